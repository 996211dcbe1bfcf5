package tests

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// proxied lets the test say from which address a request comes, as a proxy would.
var proxied = harness.Env("AUTHLY_TRUSTED_PROXIES", "127.0.0.0/8")

// typed is what a person or a guesser sends.
type typed struct {
	ip, username, password, device string
}

// signIn posts the login form from an address, and returns the answer with its cookies.
func (p typed) signIn(t *testing.T, n *harness.Node) harness.Answer {
	t.Helper()
	form := url.Values{"username": {p.username}, "password": {p.password}}
	if p.device == "" {
		return postFrom(t, n, p.ip, "/login", form)
	}
	return postFrom(t, n, p.ip, "/login", form, &http.Cookie{Name: deviceCookie(t, n), Value: p.device})
}

// postFrom posts a form of a page from an address. It follows no redirect.
func postFrom(t *testing.T, n *harness.Node, ip, path string, form url.Values, cookies ...*http.Cookie) harness.Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("X-Forwarded-For", ip)
	for _, cookie := range cookies {
		request.AddCookie(cookie)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return harness.Answer{Status: response.StatusCode, Header: response.Header, Text: string(text)}
}

// deviceCookie is the name of the cookie by which a browser is known.
func deviceCookie(t *testing.T, n *harness.Node) string {
	t.Helper()
	issuer, err := url.Parse(n.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	return "authly_device_" + issuer.Port()
}

// deviceOf returns the device cookie of an answer.
func deviceOf(t *testing.T, n *harness.Node, a harness.Answer) string {
	t.Helper()
	for _, c := range (&http.Response{Header: a.Header}).Cookies() {
		if c.Name == deviceCookie(t, n) && c.HttpOnly && c.SameSite == http.SameSiteLaxMode {
			return c.Value
		}
	}
	t.Fatalf("no device cookie: %d %v", a.Status, a.Header)
	return ""
}

func onAnyOf(nodes []*harness.Node, i int) *harness.Node { return nodes[i%len(nodes)] }

// TestGuessesKeepNobodyOut: issue 9, must-show 4, and line 1 of what must be shown of people. Wrong passwords for one account come from
// many networks, through a trusted proxy and over all nodes. Its owner signs in at once on the known browser and in the known network;
// elsewhere after a mailed code, or within the documented bound: what Retry-After says, half an hour at most.
func TestGuessesKeepNobodyOut(t *testing.T) {
	t.Parallel()
	attack := func(t *testing.T, mailbox *harness.Mailbox, guesses, alone int, nodes ...*harness.Node) {
		t.Helper()
		home := typed{ip: "192.0.2.7", username: "alice", password: harness.AlicePassword}
		device := deviceOf(t, nodes[0], home.signIn(t, nodes[0]))
		looked := map[int]int{}
		for i := range guesses {
			guess := typed{ip: fmt.Sprintf("10.%d.%d.1", i%1000/256, i%1000%256), username: "alice", password: "guess " + strconv.Itoa(i)}
			looked[guess.signIn(t, onAnyOf(nodes, i)).Status]++
		}
		// A node that misses Redis, on a machine that is busy, counts half of the 20 by itself.
		if n := looked[http.StatusUnauthorized]; n < 20 || n > 20+alone || looked[http.StatusTooManyRequests] != guesses-n {
			t.Errorf("answers %v", looked)
		}
		for i := range nodes {
			known := typed{ip: "198.51.100.9", username: "alice", password: harness.AlicePassword, device: device}
			if a := known.signIn(t, nodes[i]); a.Status != http.StatusSeeOther {
				t.Errorf("the owner's browser: %d", a.Status)
			}
			near := typed{ip: "192.0.2.99", username: "alice", password: harness.AlicePassword}
			if a := near.signIn(t, nodes[i]); a.Status != http.StatusSeeOther {
				t.Errorf("the owner's network: %d", a.Status)
			}
		}
		elsewhere := typed{ip: "203.0.113.5", username: "alice", password: harness.AlicePassword}
		a := elsewhere.signIn(t, nodes[0])
		wait, _ := strconv.Atoi(a.Header.Get("Retry-After"))
		if a.Status != http.StatusTooManyRequests || wait < 1 || wait > 1800 || !strings.Contains(a.Text, "Too many attempts. Try again in ") {
			t.Fatalf("elsewhere: %d, Retry-After %d", a.Status, wait)
		}
		if !strings.Contains(a.Text, `formaction="/login/code"`) {
			t.Error("no code is offered to who is refused")
		}
		a = postFrom(t, nodes[0], "203.0.113.5", "/login/code", url.Values{"username": {"alice"}})
		last := nodes[len(nodes)-1]
		a = postFrom(t, last, "203.0.113.5", "/login/code", url.Values{"code": {codeIn(t, mailbox.Next(t))}}, (&http.Response{Header: a.Header}).Cookies()...)
		if a.Status != http.StatusOK || !strings.Contains(a.Text, `id="proven"`) {
			t.Errorf("the mailed code: %d %s", a.Status, a.Text)
		}
		third := typed{ip: "203.0.113.5", username: "alice", password: harness.AlicePassword, device: deviceOf(t, last, a)}
		if a := third.signIn(t, nodes[0]); a.Status != http.StatusSeeOther {
			t.Errorf("after a mailed code: %d", a.Status)
		}
		elsewhere.ip = "203.0.114.5" // in the network of before she has signed in now
		if a := elsewhere.signIn(t, nodes[0]); a.Status != http.StatusTooManyRequests {
			t.Errorf("a fourth browser: %d", a.Status)
		}
		unknown := typed{ip: "203.0.113.5", username: "zelda", password: "x"}.signIn(t, nodes[0])
		if unknown.Status != http.StatusUnauthorized {
			t.Errorf("another name from there: %d", unknown.Status)
		}
		nodes[0].Clock.Advance(time.Duration(wait) * time.Second)
		if a := elsewhere.signIn(t, nodes[0]); a.Status != http.StatusSeeOther {
			t.Errorf("after the wait: %d", a.Status)
		}
		if events := engaged(t, nodes[0], identity.LimitAccount); len(events) < 1 || len(events) > len(nodes)+1 || events[0].TargetName != "alice" {
			t.Errorf("audited as %+v", events)
		}
	}
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		attack(t, mailbox, 1_000, 0, start(t, db, append(withMail(mailbox), proxied)...))
	})
	t.Run("two nodes with Redis", func(t *testing.T) {
		t.Parallel()
		redis := harness.Env("AUTHLY_REDIS_URL", os.Getenv("AUTHLY_TEST_REDIS_URL"))
		mailbox := harness.NewMailbox(t, false)
		options := append(withMail(mailbox), proxied, redis)
		first := start(t, harness.Postgres(t), options...)
		second := harness.Start(t, first.Database, append(options, harness.Env("AUTHLY_ISSUER", first.Issuer), harness.WithClock(first.Clock))...)
		attack(t, mailbox, 10_000, 2*10, first, second)
	})
}

// engaged lists the events of a limit that was reached, newest first.
func engaged(t *testing.T, n *harness.Node, limit identity.Limit) []identity.AuditEvent {
	t.Helper()
	rows, err := n.Server.Store.AuditEvents(t.Context(), identity.AuditQuery{
		Filter: identity.AuditFilter{Actions: []identity.Action{identity.ActionThrottleEngaged}}, Range: identity.KeysetRange{Limit: 1000},
	})
	if err != nil {
		t.Fatal(err)
	}
	var list []identity.AuditEvent
	for _, row := range rows {
		if row.Item.Reason == string(limit) {
			list = append(list, row.Item)
		}
	}
	return list
}

// TestOneAddressOverAThousandAccounts: issue 9, must-show 4. It is slowed and noticed, and little is written of it.
func TestOneAddressOverAThousandAccounts(t *testing.T) {
	t.Parallel()
	address := harness.FreeAddress(t)
	n := start(t, harness.SQLite(t), proxied, harness.Env("AUTHLY_METRICS_ADDR", address))
	looked := map[int]int{}
	for i := range 1_000 {
		guess := typed{ip: "192.0.2.1", username: fmt.Sprint("person", i), password: "Summer2026!"}
		looked[guess.signIn(t, n).Status]++
	}
	if got := looked[http.StatusUnauthorized]; got < 50 || got > 70 || looked[http.StatusTooManyRequests] != 1_000-got {
		t.Errorf("answers %v", looked)
	}
	for _, limit := range []identity.Limit{identity.LimitNetwork, identity.LimitManyAccounts} {
		if events := engaged(t, n, limit); len(events) != 1 || events[0].IP != "192.0.2.1" {
			t.Errorf("%s is audited as %+v", limit, events)
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	metrics := harness.Do(t, request).Text
	for _, want := range []string{
		`authly_throttle_total{limit="network"} `, `authly_throttle_total{limit="many_accounts"} `, `authly_sign_ins_total{outcome="unknown_user"} `,
		"authly_password_hashes_total ", "authly_throttle_degraded 0",
	} {
		if !strings.Contains(metrics, want) || strings.Contains(metrics, want+"0\n") {
			t.Errorf("%q is missing, or 0", want)
		}
	}
}

// TestAnUnlockedUserIsOpenToStrangers, by GraphQL, and locked and lockedUntil say what strangers meet.
func TestAnUnlockedUserIsOpenToStrangers(t *testing.T) {
	t.Parallel()
	a := administer(t, harness.SQLite(t), proxied)
	id := a.added(t, "bob", nil)
	for i := range 20 {
		typed{ip: fmt.Sprintf("10.0.%d.1", i/5), username: "bob", password: "wrong"}.signIn(t, a.Node)
	}
	const fields = "{locked lockedUntil failedAttempts lastLoginAt}"
	data := a.run(t, "query($id:ID!){user(by:{id:$id})"+fields+"}", "id", id)["user"]
	if dig(data, "locked") != true || dig(data, "lockedUntil") == nil || dig(data, "failedAttempts") != 20.0 || dig(data, "lastLoginAt") != nil {
		t.Error(data)
	}
	right := typed{ip: "203.0.113.5", username: "bob", password: harness.BobPassword}
	if got := right.signIn(t, a.Node); got.Status != http.StatusTooManyRequests {
		t.Errorf("a stranger: %d", got.Status)
	}
	data = a.run(t, "mutation($id:ID!){unlockUser(input:{id:$id}){user"+fields+" userErrors{code}}}", "id", id)["unlockUser"]
	if dig(data, "user", "locked") != false || dig(data, "user", "lockedUntil") != nil || dig(data, "user", "failedAttempts") != 0.0 {
		t.Error(data)
	}
	if got := right.signIn(t, a.Node); got.Status != http.StatusSeeOther {
		t.Errorf("after the unlock: %d", got.Status)
	}
}

// TestGuessesAtAClientConcernNobodyElse: a network that guesses at a client is refused there; the client goes on where it
// has authenticated, and elsewhere.
func TestGuessesAtAClientConcernNobodyElse(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), proxied)
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.ServiceClient("machine", ""), harness.ServiceClient("another", "")}})
	token := func(ip, id, secret string) harness.Answer {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+"/api/v1/oauth/token", strings.NewReader("grant_type=client_credentials"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("X-Forwarded-For", ip)
		request.SetBasicAuth(id, secret)
		return harness.Do(t, request)
	}
	wrong := strings.Repeat("x", 40)
	if a := token("192.0.2.1", "machine", harness.ClientSecret); a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	for _, ip := range []string{"192.0.2.1", "203.0.113.1"} { // where the client lives, and a stranger's
		statuses := map[int]int{}
		for range 40 {
			statuses[token(ip, "machine", wrong).Status]++
		}
		if statuses[http.StatusUnauthorized] < 20 || statuses[http.StatusTooManyRequests] < 15 {
			t.Errorf("%s: %v", ip, statuses)
		}
	}
	for ip, want := range map[string]int{"192.0.2.1": http.StatusOK, "203.0.113.1": http.StatusTooManyRequests, "198.51.100.1": http.StatusOK} {
		a := token(ip, "machine", harness.ClientSecret)
		if a.Status != want || want == http.StatusTooManyRequests && (a.Header.Get("Retry-After") == "" || a.String("error") != "temporarily_unavailable") {
			t.Errorf("the right secret from %s: %d %s", ip, a.Status, a.Text)
		}
	}
	if a := token("203.0.113.1", "another", harness.ClientSecret); a.Status != http.StatusOK {
		t.Errorf("another client in the guesser's network: %d", a.Status)
	}
	if events := engaged(t, n, identity.LimitClient); len(events) != 2 || events[0].TargetName != "machine" {
		t.Errorf("audited as %+v", events)
	}
}

// TestAFloodIsRefusedForItsNetworkOnly: what is open to everybody has a budget for each network; a browser that is known
// has its own, programs that succeed need none, and a forged header is not an address.
func TestAFloodIsRefusedForItsNetworkOnly(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), proxied, harness.Env("AUTHLY_THROTTLE", "anonymous=50/1h,failures=5/1h"))
	device := deviceOf(t, n, typed{ip: "192.0.2.1", username: "alice", password: harness.AlicePassword}.signIn(t, n))
	for range 60 {
		n.Get(t, "/login", "X-Forwarded-For", "2001:db8:1:2:3::4")
	}
	for name, test := range map[string]struct {
		path, ip, cookie string
		want             int
	}{
		"the flood":                      {"/login", "2001:db8:1:2:3::4", "", 429},
		"its network":                    {"/login", "2001:db8:1:2:ffff::1", "", 429},
		"the authorization endpoint":     {"/api/v1/oauth/authorize", "2001:db8:1:2:3::4", "", 429},
		"discovery":                      {"/.well-known/openid-configuration", "2001:db8:1:2:3::4", "", 429},
		"another network":                {"/login", "2001:db8:1:3::1", "", 200},
		"a known browser in the network": {"/login", "2001:db8:1:2:3::4", deviceCookie(t, n) + "=" + device, 200},
		"a forged cookie":                {"/login", "2001:db8:1:2:3::4", deviceCookie(t, n) + "=" + device[:43] + "." + strings.Repeat("A", 22), 429},
		"a forged address":               {"/login", "192.0.2.200, 2001:db8:1:2:3::4", "", 429},
		"health":                         {"/health/live", "2001:db8:1:2:3::4", "", 200},
	} {
		a := n.Get(t, test.path, "X-Forwarded-For", test.ip, "Cookie", test.cookie)
		if a.Status != test.want || test.want == 429 && a.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d, Retry-After %q", name, a.Status, a.Header.Get("Retry-After"))
		}
	}
	direct := start(t, harness.SQLite(t), harness.Env("AUTHLY_THROTTLE", "anonymous=50/1h"))
	for i := range 60 {
		direct.Get(t, "/login", "X-Forwarded-For", fmt.Sprintf("192.0.2.%d", i))
	}
	if a := direct.Get(t, "/login"); a.Status != http.StatusTooManyRequests {
		t.Errorf("without a trusted proxy: %d", a.Status)
	}
}
