package tests

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// consoleTab is a browser in which an administrator uses the console; what its scripts send goes through it.
type consoleTab struct {
	*harness.Browser

	t    *testing.T
	node *harness.Node
}

// openConsole signs the first administrator in to the console in a new browser.
func openConsole(t *testing.T, n *harness.Node, nodes ...*harness.Node) *consoleTab {
	t.Helper()
	c := &consoleTab{harness.NewBrowser(t, append([]*harness.Node{n}, nodes...)...), t, n}
	c.Get(n.URL + "/console/sign-in?return=/console/users%3Fpage=2")
	c.SignIn("admin", harness.AdminPassword)
	if c.Status != http.StatusOK || c.URL.RequestURI() != "/console/users?page=2" {
		t.Fatalf("signed in at %s: %d %s", c.URL, c.Status, c.Text())
	}
	return c
}

// own are the headers of a request of the application.
func own() http.Header {
	return http.Header{"Sec-Fetch-Site": {"same-origin"}, "X-Authly-Console": {"1"}, "Content-Type": {"application/json"}}
}

// answer is what a script got.
type answer struct {
	Status int
	Header http.Header
	Body   string
	JSON   map[string]any
}

// send sends what a script of a page would, with the cookies of the browser.
func (c *consoleTab) send(method, path, body string, header http.Header) answer {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.node.URL+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header = header.Clone()
	for _, cookie := range c.Cookies(c.node.URL) {
		request.AddCookie(cookie)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	out := answer{Status: response.StatusCode, Header: response.Header}
	var raw json.RawMessage
	if err := json.NewDecoder(response.Body).Decode(&raw); err == nil {
		out.Body = string(raw)
		_ = json.Unmarshal(raw, &out.JSON)
	}
	return out
}

// query sends an operation to the admin API.
func (c *consoleTab) query(text string) answer {
	c.t.Helper()
	body, err := json.Marshal(map[string]string{"query": text})
	if err != nil {
		c.t.Fatal(err)
	}
	return c.send(http.MethodPost, "/graphql", string(body), own())
}

// TestTheConsoleSignsIn: through the pages, to where the person was; what it shows of the session and of the API is the person's, and
// the token is in no answer.
func TestTheConsoleSignsIn(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := harness.Start(t, db)
		c := openConsole(t, n)
		token := ""
		for _, cookie := range c.Cookies(n.URL) {
			if strings.HasPrefix(cookie.Name, "authly_console_") && strings.HasPrefix(cookie.Value, "authly_at_") {
				token = cookie.Value
			}
		}
		if token == "" {
			t.Fatal("no session of the console")
		}
		s := c.send(http.MethodGet, "/console/session", "", http.Header{})
		user, _ := s.JSON["user"].(map[string]any)
		if s.Status != http.StatusOK || user["username"] != "admin" || user["id"] != "usr_"+n.User(t, "admin").ID.String() ||
			s.JSON["issuer"] != n.Issuer || s.JSON["stepUpSeconds"] != 600.0 || !strings.Contains(s.Body, "admin:users:write") {
			t.Errorf("session: %d %s", s.Status, s.Body)
		}
		if got := c.query("{me{username}}"); got.Status != http.StatusOK || !strings.Contains(got.Body, `"username":"admin"`) {
			t.Errorf("query: %d %s", got.Status, got.Body)
		}
		if strings.Contains(s.Body+c.Body, token) || strings.Contains(n.Logs.String(), token) {
			t.Error("the token is shown")
		}
	})
}

// TestWhatEndsASessionOfTheConsole: signing out, the end of the person's session, of the grant, of the user and of the right, and time.
func TestWhatEndsASessionOfTheConsole(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := harness.Start(t, db)
		for name, end := range map[string]func(t *testing.T, c *consoleTab){
			"sign-out": func(t *testing.T, c *consoleTab) {
				got := c.send(http.MethodDelete, "/console/session", "", own())
				if got.Status != http.StatusOK || got.JSON["next"] != n.Issuer+"/logout" ||
					!strings.Contains(strings.Join(got.Header.Values("Set-Cookie"), ";"), "Max-Age=0") {
					t.Errorf("sign-out: %d %s %v", got.Status, got.Body, got.Header)
				}
			},
			"end of the person's session": func(_ *testing.T, c *consoleTab) {
				c.Get(n.URL + "/logout")
				c.Submit("logout-confirm", nil)
			},
			"revocation of the grants": func(t *testing.T, c *consoleTab) {
				if got := c.query(`mutation{revokeUserGrant(input:{userId:"usr_` + n.User(t, "admin").ID.String() + `",by:{client:"` +
					clientNode(t, n, identity.ConsoleClientID) + `"}}){userErrors{code}}}`); got.Status != http.StatusOK {
					t.Errorf("revoke: %d %s", got.Status, got.Body)
				}
			},
			"time": func(_ *testing.T, _ *consoleTab) { n.Clock.Advance(identity.ConsoleSessionTTL + time.Second) },
		} {
			c := openConsole(t, n)
			end(t, c)
			if got := c.query("{me{username}}"); got.Status != http.StatusUnauthorized {
				t.Errorf("%s: the API answers %d %s", name, got.Status, got.Body)
			}
			if got := c.send(http.MethodGet, "/console/session", "", own()); got.Status != http.StatusUnauthorized || got.JSON["error"] != "login_required" {
				t.Errorf("%s: the session answers %d %s", name, got.Status, got.Body)
			}
		}
	})
}

// clientNode is the id of a client in the API.
func clientNode(t *testing.T, n *harness.Node, clientID string) string {
	t.Helper()
	client, err := n.Server.Domain.ClientAuth.Find(t.Context(), clientID)
	if err != nil {
		t.Fatal(err)
	}
	return "cli_" + client.ID.String()
}

// TestTheConsoleAsksForAFreshSignIn: what is dangerous needs one of ten minutes at most, and goes through after it.
func TestTheConsoleAsksForAFreshSignIn(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := harness.Start(t, db)
		c := openConsole(t, n)
		const dangerous = `mutation{rotateSigningKey(input:{algorithm:ES256}){userErrors{code}}}`
		if got := c.query(dangerous); got.Status != http.StatusOK || strings.Contains(got.Body, `"errors"`) {
			t.Errorf("after the sign-in: %d %s", got.Status, got.Body)
		}
		n.Clock.Advance(identity.ConsoleStepUpAge + time.Second)
		got := c.query(dangerous)
		if got.Status != http.StatusUnauthorized || !strings.Contains(got.Body, `"code":"INSUFFICIENT_USER_AUTHENTICATION"`) ||
			!strings.Contains(got.Body, `"maxAge":600`) {
			t.Errorf("later: %d %s", got.Status, got.Body)
		}
		if got := c.query(`mutation{unlockUser(input:{id:"usr_` + n.User(t, "admin").ID.String() + `"}){userErrors{code}}}`); got.Status != http.StatusOK {
			t.Errorf("what is harmless: %d %s", got.Status, got.Body)
		}
		if got := c.query("{me{username}}"); got.Status != http.StatusOK {
			t.Errorf("reading: %d %s", got.Status, got.Body)
		}
		c.Get(n.URL + "/console/sign-in?step_up=1&return=" + url.QueryEscape("/console/keys?dialog=rotate"))
		if !c.Has("login-submit") {
			t.Fatalf("nobody asks for the password at %s: %s", c.URL, c.Text())
		}
		c.Submit("login-submit", map[string]string{"password": harness.AdminPassword})
		if c.URL.RequestURI() != "/console/keys?dialog=rotate" {
			t.Errorf("came back to %s", c.URL)
		}
		if got := c.query(dangerous); got.Status != http.StatusOK || strings.Contains(got.Body, `"errors"`) {
			t.Errorf("after the step-up: %d %s", got.Status, got.Body)
		}
	})
}

// TestASessionOfTheConsoleIsOfAllNodes: what one node has begun holds at the other, and what ends at one is over at the other.
func TestASessionOfTheConsoleIsOfAllNodes(t *testing.T) {
	t.Parallel()
	db := harness.Postgres(t)
	first := harness.Start(t, db)
	second := harness.Start(t, db, harness.Env("AUTHLY_ISSUER", first.Issuer), harness.WithClock(first.Clock))
	c := openConsole(t, first)
	other := &consoleTab{c.Browser, t, second}
	if got := other.query("{me{username}}"); got.Status != http.StatusOK {
		t.Errorf("the other node: %d %s", got.Status, got.Body)
	}
	if got := other.send(http.MethodDelete, "/console/session", "", own()); got.Status != http.StatusOK {
		t.Errorf("sign-out at the other: %d %s", got.Status, got.Body)
	}
	first.Clock.Advance(3 * time.Second) // as long as a node may remember what another has ended
	if got := c.query("{me{username}}"); got.Status != http.StatusUnauthorized {
		t.Errorf("the first node, after the sign-out at the other: %d %s", got.Status, got.Body)
	}
}
