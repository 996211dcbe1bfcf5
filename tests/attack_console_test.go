package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestAnotherSiteCannotUseTheConsole: with the cookie of an administrator, whatever a page of another origin can make a browser send is
// as anonymous as a request without one.
func TestAnotherSiteCannotUseTheConsole(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := harness.Start(t, db)
		c := openConsole(t, n)
		const body, get = `{"query":"{me{username}}"}`, "/graphql?query=%7Bme%7Busername%7D%7D"
		with := func(change func(http.Header)) http.Header {
			header := own()
			change(header)
			return header
		}
		for name, header := range map[string]http.Header{
			"without the header":        with(func(h http.Header) { h.Del("X-Authly-Console") }),
			"with another header":       with(func(h http.Header) { h.Set("X-Authly-Console", "yes") }),
			"from another site":         with(func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") }),
			"from a neighbouring host":  with(func(h http.Header) { h.Set("Sec-Fetch-Site", "same-site") }),
			"from an address bar":       with(func(h http.Header) { h.Set("Sec-Fetch-Site", "none") }),
			"from nowhere":              with(func(h http.Header) { h.Del("Sec-Fetch-Site") }),
			"from another origin":       with(func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", "https://evil.example") }),
			"from an origin of nothing": with(func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", "null") }),
			"from another port":         with(func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", n.Issuer+"0") }),
			"with a token besides":      with(func(h http.Header) { h.Set("Authorization", "Bearer nonsense") }),
			"with another scheme":       with(func(h http.Header) { h.Set("Authorization", "Basic YTpi") }),
		} {
			for _, request := range []struct{ method, path, body string }{
				{http.MethodPost, "/graphql", body},
				{http.MethodGet, get, ""},
				{http.MethodPost, "/graphql", `{"query":"subscription{auditEventAdded{event{id}}}"}`},
			} {
				header := header.Clone()
				if strings.Contains(request.body, "subscription") {
					header.Set("Accept", "text/event-stream")
				}
				if got := c.send(request.method, request.path, request.body, header); got.Status != http.StatusUnauthorized {
					t.Errorf("%s, %s %s: %d %s", name, request.method, request.path, got.Status, got.Body)
				}
			}
			if header.Get("Authorization") != "" {
				continue
			}
			if got := c.send(http.MethodDelete, "/console/session", "", header); got.Status != http.StatusForbidden {
				t.Errorf("%s, sign-out: %d %s", name, got.Status, got.Body)
			}
		}
		if got := c.send(http.MethodGet, get, "", own()); got.Status != http.StatusOK || got.Header.Get("Cache-Control") != "no-store" ||
			!strings.Contains(strings.Join(got.Header.Values("Vary"), ","), "Cookie") {
			t.Errorf("the console itself: %d %v", got.Status, got.Header)
		}
		older := with(func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", n.Issuer) })
		if got := c.send(http.MethodPost, "/graphql", body, older); got.Status != http.StatusOK {
			t.Errorf("in a browser without Fetch Metadata: %d %s", got.Status, got.Body)
		}
	})
}

// TestATokenIsNoSessionOfTheConsole, nor a session of the console a token: neither does what the other may, and a request with both is
// that of the token.
func TestATokenIsNoSessionOfTheConsole(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{consoleClient()}})
	c := openConsole(t, n)
	session := consoleCookie(t, c)
	token := adminToken(t, n)
	bearer := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + session.Value}}
	const body = `{"query":"{me{username}}"}`
	if got := c.send(http.MethodPost, "/graphql", body, bearer); got.Status != http.StatusUnauthorized {
		t.Errorf("the session in the header: %d %s", got.Status, got.Body)
	}
	c.Plant(n.URL, &http.Cookie{Name: session.Name, Value: token, Path: "/"})
	for path, got := range map[string]answer{
		"/graphql": c.query("{me{username}}"), "/console/session": c.send(http.MethodGet, "/console/session", "", own()),
	} {
		if got.Status != http.StatusUnauthorized {
			t.Errorf("%s with a token in the cookie: %d %s", path, got.Status, got.Body)
		}
	}
	bearer.Set("Authorization", "Bearer "+token)
	if got := c.send(http.MethodPost, "/graphql", body, bearer); got.Status != http.StatusOK {
		t.Errorf("the token in the header: %d %s", got.Status, got.Body)
	}
	// The code of the built-in client is of no use to whoever gets it: nobody else is that client.
	response := n.Form(t, "/api/v1/oauth/token", "", "", url.Values{
		"grant_type": {"authorization_code"}, "code": {"x"}, "client_id": {identity.ConsoleClientID}, "redirect_uri": {n.Issuer + "/console/callback"},
	})
	if response.Status != http.StatusUnauthorized || !strings.Contains(response.Text, "invalid_client") {
		t.Errorf("at the token endpoint: %d %s", response.Status, response.Text)
	}
}

// consoleCookie is the session of the console that a browser has.
func consoleCookie(t *testing.T, c *consoleTab) *http.Cookie {
	t.Helper()
	for _, cookie := range c.Cookies(c.node.URL) {
		if strings.HasPrefix(cookie.Value, "authly_at_") {
			return cookie
		}
	}
	t.Fatal("no session of the console")
	return nil
}

// consoleCallback lets a browser sign in as far as the address that it comes back to, which it does not open.
func consoleCallback(t *testing.T, n *harness.Node, b *harness.Browser) string {
	t.Helper()
	b.Get(n.URL + "/console/sign-in")
	action, values := b.Form("login-submit")
	values.Set("username", "admin")
	values.Set("password", harness.AdminPassword)
	b.Hold = true
	defer func() { b.Hold = false }()
	b.Post(action, values)
	for range 3 {
		if strings.HasPrefix(b.URL.Path, "/console/callback") {
			return b.URL.String()
		}
		b.Get(b.URL.String())
	}
	t.Fatalf("no callback: %d at %s", b.Status, b.URL)
	return ""
}

// TestTheCallbackOfTheConsoleIsOfOneBrowser: a code that an attacker has signed in with makes no session in the browser of somebody else
// (login CSRF), nor does one that was seen on its way; what was used or changed is refused.
func TestTheCallbackOfTheConsoleIsOfOneBrowser(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := harness.Start(t, db)
		refuses := func(name string, b *harness.Browser, address string) {
			t.Helper()
			b.Get(address)
			if b.URL.RequestURI() != "/console/?error=login_required" {
				t.Errorf("%s: came to %s", name, b.URL)
			}
			for _, cookie := range b.Cookies(n.URL) {
				if strings.HasPrefix(cookie.Value, "authly_at_") {
					t.Errorf("%s: has a session", name)
				}
			}
		}
		attacker, victim := harness.NewBrowser(t, n), harness.NewBrowser(t, n)
		address := consoleCallback(t, n, attacker)
		refuses("a browser that has begun nothing", victim, address)
		victim.Get(n.URL + "/console/sign-in")
		refuses("a browser that has begun another sign-in", victim, address)
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		changed := u.Query()
		changed.Set("state", changed.Get("state")[1:]+"A")
		refuses("a changed state", attacker, n.URL+"/console/callback?"+changed.Encode())
		changed = u.Query()
		changed.Del("state")
		refuses("no state", attacker, n.URL+"/console/callback?"+changed.Encode())
		changed = u.Query()
		changed.Set("code", "guessed")
		refuses("another code", attacker, n.URL+"/console/callback?"+changed.Encode())
		changed = u.Query()
		changed.Add("code", "second")
		attacker.Get(n.URL + "/console/callback?" + changed.Encode())
		if attacker.URL.RequestURI() != "/console/?error=invalid_request" {
			t.Errorf("two codes: came to %s", attacker.URL)
		}
		attacker.Get(address) // which is good until now
		if attacker.URL.RequestURI() != "/console/" {
			t.Fatalf("the browser that has begun came to %s", attacker.URL)
		}
		tab := &consoleTab{attacker, t, n}
		if got := tab.query("{me{username}}"); got.Status != http.StatusOK {
			t.Fatalf("signed in: %d %s", got.Status, got.Body)
		}
		attacker.Get(address)
		if attacker.URL.RequestURI() != "/console/?error=login_required" {
			t.Errorf("again: came to %s", attacker.URL)
		}
		if got := tab.query("{me{username}}"); got.Status != http.StatusUnauthorized {
			t.Errorf("a code was used twice, and its session goes on: %d", got.Status)
		}
	})
}

// TestTheConsoleReturnsToItself: whatever is asked for, a sign-in leads to an address of the console.
func TestTheConsoleReturnsToItself(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	c := openConsole(t, n)
	for _, wanted := range []string{
		"https://evil.example/console/", "//evil.example/console/", "/console", "/login", `/console/\..\..\evil`, `\\evil.example`,
		"/console/../login", "/console/%2e%2e/login", "/console/x/..%2f..%2flogin", "/consolex/", "javascript:alert(1)", "/console/\t/x",
		"/console/sign-in?return=/console/", "/console/callback", "/console/" + strings.Repeat("x", 2048), "/console/#fragment", "",
	} {
		c.Get(n.URL + "/console/sign-in?return=" + url.QueryEscape(wanted))
		if c.URL.Scheme+"://"+c.URL.Host != n.Issuer || c.URL.RequestURI() != "/console/" {
			t.Errorf("%q leads to %s", wanted, c.URL)
		}
	}
	c.Get(n.URL + "/console/sign-in?return=" + url.QueryEscape("/console/users?first=20&q=a%26b"))
	if c.URL.RequestURI() != "/console/users?first=20&q=a%26b" {
		t.Errorf("an address of the console leads to %s", c.URL)
	}
	longest := "/console/" + strings.Repeat("x", 2048-len("/console/"))
	c.Get(n.URL + "/console/sign-in?return=" + longest)
	if c.URL.RequestURI() != longest {
		t.Errorf("the longest address leads to %s", c.URL)
	}
}

// TestWhoIsNoAdministratorHasNoConsole: neither at the sign-in, nor when the right is withdrawn in the middle.
func TestWhoIsNoAdministratorHasNoConsole(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := harness.Start(t, db)
		ruth := harness.Bob()
		ruth.Username, ruth.Email, ruth.Admin = "ruth", "ruth@id.example", true
		n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Alice(), ruth}})
		b := harness.NewBrowser(t, n)
		b.Get(n.URL + "/console/sign-in")
		b.SignIn("alice", harness.AlicePassword)
		if b.URL.RequestURI() != "/console/?error=access_denied" {
			t.Errorf("alice came to %s", b.URL)
		}
		for _, cookie := range b.Cookies(n.URL) {
			if strings.HasPrefix(cookie.Value, "authly_at_") {
				t.Error("alice has a session")
			}
		}
		c := &consoleTab{harness.NewBrowser(t, n), t, n}
		c.Get(n.URL + "/console/sign-in")
		c.SignIn("ruth", harness.BobPassword)
		if got := c.query("{me{username}}"); got.Status != http.StatusOK {
			t.Fatalf("ruth: %d %s", got.Status, got.Body)
		}
		none := false
		n.Change(t, "ruth", admin.UserChange{Admin: &none})
		if got := c.query("{me{username}}"); got.Status != http.StatusUnauthorized {
			t.Errorf("ruth administers no more: %d %s", got.Status, got.Body)
		}
	})
}
