package tests

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
)

// line is a connection that a test writes to by hand.
type line struct {
	t *testing.T
	net.Conn
	*bufio.Reader
}

func dial(t *testing.T, n *harness.Node) *line {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(n.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &line{t, conn, bufio.NewReader(conn)}
}

func (l *line) Read(p []byte) (int, error) { return l.Reader.Read(p) }

func (l *line) say(text string) {
	l.t.Helper()
	if _, err := io.WriteString(l.Conn, text); err != nil {
		l.t.Fatal(err)
	}
}

func (l *line) hear() (status int, body string) {
	l.t.Helper()
	response, err := http.ReadResponse(l.Reader, nil)
	if err != nil {
		l.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// TestRequestsInFlightFinishWhenTheServerIsStopped sends SIGTERM while a token request has been read by half.
func TestRequestsInFlightFinishWhenTheServerIsStopped(t *testing.T) {
	t.Parallel()
	db := harness.SQLite(t)
	env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "WEB_SECRET": harness.ClientSecret}
	if code, _, errs := harness.Command(t, env, declaration, "apply", "-f", "-"); code != 0 {
		t.Fatal(errs)
	}
	server := harness.Launch(t, map[string]string{"AUTHLY_DATABASE_URL": db.URL})
	server.Start(t)
	n := server.Node()
	party := harness.NewParty(t, n, "web")
	code := party.Authorize(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
	body := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {harness.Callback}, "code_verifier": {party.Verifier},
	}.Encode()
	request, err := http.NewRequest(http.MethodPost, n.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth("web", harness.ClientSecret)

	// The answer 100 shows that the handler is reading the body.
	exchange := dial(t, n)
	exchange.say("POST /api/v1/oauth/token HTTP/1.1\r\nHost: authly\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
		"Authorization: " + request.Header.Get("Authorization") + "\r\nExpect: 100-continue\r\n" +
		fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)))
	if status, _ := exchange.hear(); status != http.StatusContinue {
		t.Fatalf("status %d instead of 100", status)
	}
	exchange.say(body[:10])

	server.Signal(syscall.SIGTERM)
	refused(t, n)
	exchange.say(body[10:])
	if status, body := exchange.hear(); status != http.StatusOK || !strings.Contains(body, "access_token") {
		t.Errorf("the request in flight: %d %s", status, body)
	}
	if code := server.Wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if spent := db.Count(t, "SELECT count(*) FROM grants WHERE code_spent_at IS NOT NULL"); spent != 1 {
		t.Errorf("%d codes were spent", spent)
	}
}

// TestABalancerSeesAServerThatStops: with a delay the server says that it is not ready, and serves, before it stops to
// listen.
func TestABalancerSeesAServerThatStops(t *testing.T) {
	t.Parallel()
	server := harness.Launch(t, map[string]string{"AUTHLY_DATABASE_URL": harness.SQLite(t).URL, "AUTHLY_SHUTDOWN_DELAY": "5m"})
	server.Start(t)
	n := server.Node()
	server.Signal(syscall.SIGTERM)
	if !eventually(func() bool { return n.Get(t, "/health/ready").Status == http.StatusServiceUnavailable }) {
		t.Error("it is ready")
	}
	if answer := n.Get(t, "/.well-known/jwks.json"); answer.Status != http.StatusOK {
		t.Errorf("it serves no more: %d", answer.Status)
	}
	server.Kill()
}

// refused waits until the server takes no more connections.
func refused(t *testing.T, n *harness.Node) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 1000 {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(n.URL, "http://"))
		if err != nil {
			return
		}
		_ = conn.Close()
		<-tick.C
	}
	t.Fatal("the server still takes connections")
}

// TestAClientThatDoesNotFinishItsHeaderIsCutOff waits for the server's limit, which is ten seconds.
func TestAClientThatDoesNotFinishItsHeaderIsCutOff(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	slow := dial(t, n)
	slow.say("GET /health/live HTTP/1.1\r\nHost: authly\r\nX-Slow: ")
	if err := slow.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(slow); err != nil {
		t.Errorf("the connection stays open: %v", err)
	} else if len(text) > 0 && !strings.HasPrefix(string(text), "HTTP/1.1 408") {
		t.Errorf("answer %q", text)
	}
}
