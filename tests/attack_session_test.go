package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// crossSite are the headers of posts that another site makes a browser send, by new and by old browsers.
var crossSite = map[string]http.Header{
	"cross-site by Sec-Fetch-Site": {"Sec-Fetch-Site": {"cross-site"}},
	"same-site is not same-origin": {"Sec-Fetch-Site": {"same-site"}},
	"cross-site by Origin":         {"Origin": {"https://evil.example"}},
	"an opaque origin":             {"Origin": {"null"}},
	"both":                         {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}, "Referer": {"https://evil.example/"}},
}

// withCookie asks for a page with a session cookie of one's choice.
func withCookie(t *testing.T, n *harness.Node, address, value string) harness.Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.AddCookie(n.SessionCookie(value))
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return harness.Answer{Status: response.StatusCode, Header: response.Header}
}

// TestASessionCannotBePlanted: session fixation; ASVS 7.2.4, E-14.
func TestASessionCannotBePlanted(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	signedInAs := func(cookie string) bool {
		party := harness.NewParty(t, n, "web")
		a := withCookie(t, n, party.AuthURL("prompt", "none"), cookie)
		return !strings.Contains(a.Header.Get("Location"), "error=login_required")
	}
	planted := strings.Repeat("A", 43)
	browser := harness.NewBrowser(t, n)
	browser.Plant(n.URL, n.SessionCookie(planted))
	harness.NewParty(t, n, "web").Tokens(browser, "alice", harness.AlicePassword)
	first := sessionCookie(browser, n)
	if first == planted || signedInAs(planted) || !signedInAs(first) {
		t.Fatalf("the planted session was taken: %q", first)
	}

	// Each new sign-in gives a new secret, and the old one is dead: one's own, and that of who was there before.
	party := harness.NewParty(t, n, "web")
	browser.Get(party.AuthURL("prompt", "login"))
	browser.SignIn("alice", harness.AlicePassword)
	second := sessionCookie(browser, n)
	if second == first || signedInAs(first) || !signedInAs(second) {
		t.Error("signing in again left the secret as it was")
	}
	browser.Get(harness.NewParty(t, n, "web").AuthURL("prompt", "login"))
	browser.SignIn("admin", harness.AdminPassword)
	if third := sessionCookie(browser, n); third == second || signedInAs(second) {
		t.Error("the session of the person before lives on")
	}
	if sessions := n.Database.Count(t, "SELECT count(*) FROM sessions WHERE ended_at IS NULL"); sessions != 1 {
		t.Errorf("%d sessions", sessions)
	}
}

func TestASignedOutSessionIsDeadOnTheServer(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser, _ := signedIn(t, n)
	cookie := sessionCookie(browser, n)
	browser.Get(n.URL + "/logout")
	browser.Submit("logout-confirm", nil)
	if !strings.Contains(browser.Text(), "You are signed out") || sessionCookie(browser, n) != "" {
		t.Errorf("%s, cookie %q", browser.Text(), sessionCookie(browser, n))
	}
	a := withCookie(t, n, harness.NewParty(t, n, "web").AuthURL("prompt", "none"), cookie)
	if !strings.Contains(a.Header.Get("Location"), "error=login_required") {
		t.Errorf("the cookie still works: %s", a.Header.Get("Location"))
	}
}

// TestASessionEnds: ASVS 7.3.1, 7.3.2.
func TestASessionEnds(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	alive := func(b *harness.Browser) bool {
		party := harness.NewParty(t, n, "web")
		b.Get(party.AuthURL("prompt", "none"))
		return party.Answer(b).Has("code")
	}
	idle, _ := signedIn(t, n)
	n.Clock.Advance(12*time.Hour + time.Second)
	if alive(idle) {
		t.Error("an idle session lives longer than twelve hours")
	}
	busy, _ := signedIn(t, n)
	hours := 0
	for ; hours < 40*24 && alive(busy); hours += 11 {
		n.Clock.Advance(11 * time.Hour)
	}
	if hours < 29*24 || hours > 31*24 {
		t.Errorf("a busy session lived %d hours", hours)
	}
}

// TestAFormOfAnotherSiteIsRefused: A-4.7-2, login CSRF and its kin.
func TestAFormOfAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Bob()}})
	for name, header := range crossSite {
		refused := func(what string, b *harness.Browser, address string, values url.Values) {
			t.Helper()
			b.Send(http.MethodPost, address, values, header)
			if b.Status != http.StatusForbidden || b.Header.Get("Set-Cookie") != "" || !strings.Contains(b.Text(), "Request error") {
				t.Errorf("%s, %s: status %d at %s: %s", what, name, b.Status, b.URL, b.Text())
			}
		}
		stranger := harness.NewBrowser(t, n)
		refused("sign-in", stranger, n.URL+"/login", harness.Values("username", "alice", "password", harness.AlicePassword))
		if sessionCookie(stranger, n) != "" {
			t.Errorf("%s: login CSRF", name)
		}
		stranger.Get(harness.NewParty(t, n, "web").AuthURL())
		address, values := stranger.Form("login-submit")
		values.Set("username", "alice")
		values.Set("password", harness.AlicePassword)
		refused("sign-in to an interaction", stranger, address, values)

		browser := harness.NewBrowser(t, n)
		party := harness.NewParty(t, n, "web")
		browser.Get(party.AuthURL("prompt", "consent"))
		browser.SignIn("bob", harness.BobPassword)
		address, values = browser.Form("approve")
		refused("consent", browser, address, values)
		refused("password", browser, n.URL+"/account/password", harness.Values(
			"password", harness.BobPassword, "new_password", "a password of the attacker 1", "confirm_password", "a password of the attacker 1"))
		refused("logout", browser, n.URL+"/logout", url.Values{})
		browser.Get(n.URL + "/login")
		if !strings.Contains(browser.Text(), "bob") {
			t.Errorf("%s: Bob is no longer signed in: %s", name, browser.Text())
		}
		if consents := n.Database.Count(t, "SELECT count(*) FROM consents"); consents != 0 {
			t.Errorf("%s: %d consents", name, consents)
		}
	}
}

// TestAnotherSiteCannotSignAnybodyOut: E-20, ASVS 10.6.2, RP-Initiated Logout §6.
func TestAnotherSiteCannotSignAnybodyOut(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser, _ := signedIn(t, n)
	requests := []url.Values{
		{},
		{"client_id": {"web"}},
		{"confirmed": {"yes"}},
		{"confirmed": {"yes"}, "client_id": {"web"}},
		{"client_id": {"web"}, "post_logout_redirect_uri": {"https://rp.example/bye"}, "confirmed": {"yes"}},
	}
	still := func(name string) {
		t.Helper()
		party := harness.NewParty(t, n, "web")
		browser.Get(party.AuthURL("prompt", "none"))
		if !party.Answer(browser).Has("code") {
			t.Errorf("%s: signed out", name)
		}
	}
	for _, values := range requests {
		browser.Send(http.MethodGet, n.URL+"/oidc/logout?"+values.Encode(), nil, http.Header{"Sec-Fetch-Site": {"cross-site"}})
		still("GET " + values.Encode())
		for name, header := range crossSite {
			browser.Send(http.MethodPost, n.URL+"/oidc/logout", values, header)
			still(name + ": " + values.Encode())
			// A browser leaves a Lax cookie out of such a post; the answer must not take it away either.
			cookieless := harness.NewBrowser(t, n)
			cookieless.Hold = true
			cookieless.Send(http.MethodPost, n.URL+"/oidc/logout", values, header)
			if cookie := cookieless.Header.Get("Set-Cookie"); cookie != "" {
				t.Errorf("%s: %s: the answer says Set-Cookie: %s", name, values.Encode(), cookie)
			}
		}
	}
}

// TestAPostOfTheClientFindsTheSession: OIDC Core §3.1.2.1 and RP-Initiated Logout §2 allow POST from the client's own
// site, where browsers leave out a Lax cookie. The server leads such a browser to a GET, which has the cookie.
func TestAPostOfTheClientFindsTheSession(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser, tokens := signedIn(t, n)
	post := func(address string, values url.Values) string {
		t.Helper()
		cookieless := harness.NewBrowser(t, n)
		cookieless.Hold = true
		cookieless.Send(http.MethodPost, address, values, crossSite["both"])
		if cookieless.Status != http.StatusSeeOther || cookieless.URL.Host == "rp.example" {
			t.Fatalf("status %d at %s: %s", cookieless.Status, cookieless.URL, cookieless.Text())
		}
		return cookieless.URL.String()
	}
	party := harness.NewParty(t, n, "web")
	u, err := url.Parse(party.AuthURL("prompt", "none"))
	if err != nil {
		t.Fatal(err)
	}
	values := u.Query()
	browser.Get(post(n.URL+"/api/v1/oauth/authorize", values))
	if _, err := party.Exchange(party.Code(browser)); err != nil {
		t.Error(err)
	}
	browser.Get(post(n.URL+"/oidc/logout", url.Values{
		"id_token_hint": {idToken(tokens)}, "post_logout_redirect_uri": {"https://rp.example/bye"}, "state": {"s"},
	}))
	if browser.URL.String() != "https://rp.example/bye?state=s" {
		t.Errorf("at %s: %s", browser.URL, browser.Text())
	}
	if sessions := n.Database.Count(t, "SELECT count(*) FROM sessions WHERE ended_at IS NULL"); sessions != 0 {
		t.Errorf("%d sessions live on", sessions)
	}
}
