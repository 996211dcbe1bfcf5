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

const bye = "https://rp.example/bye"

// TestRPInitiatedLogout walks through the cases of conformance section 6.1, each by GET and by POST.
func TestRPInitiatedLogout(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	query := harness.WebClient("query")
	query.Metadata.PostLogoutRedirectURIs = []string{bye + "?keep=1"}
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{query}})
	state := strings.Repeat("Aa0-._~", 18) + "xx"
	for name, c := range map[string]struct {
		client string
		params []string // hint is replaced with the ID token
		asks   bool
		at     string // where it ends; empty is the page of the server
	}{
		"hint, URI and state":                {"web", []string{"id_token_hint", "hint", "post_logout_redirect_uri", bye, "state", state}, false, bye + "?state=" + state},
		"hint, client, URI":                  {"web", []string{"id_token_hint", "hint", "client_id", "web", "post_logout_redirect_uri", bye}, false, bye},
		"no state":                           {"web", []string{"id_token_hint", "hint", "post_logout_redirect_uri", bye}, false, bye},
		"a URI with a query":                 {"query", []string{"id_token_hint", "hint", "post_logout_redirect_uri", bye + "?keep=1", "state", "s"}, false, bye + "?keep=1&state=s"},
		"no URI":                             {"web", []string{"id_token_hint", "hint"}, false, ""},
		"no parameters":                      {"web", nil, true, ""},
		"only state":                         {"web", []string{"state", "s"}, true, ""},
		"only the client":                    {"web", []string{"client_id", "web"}, true, ""},
		"client and URI without a hint":      {"web", []string{"client_id", "web", "post_logout_redirect_uri", bye, "state", "s"}, true, bye + "?state=s"},
		"advisory and unknown parameters":    {"web", []string{"id_token_hint", "hint", "logout_hint", "x", "ui_locales", "se", "extra", "1"}, false, ""},
		"an odd state comes back to the bit": {"web", []string{"id_token_hint", "hint", "post_logout_redirect_uri", bye, "state", `"&=+ %#æ`}, false, bye + "?" + url.Values{"state": {`"&=+ %#æ`}}.Encode()},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			browser := harness.NewBrowser(t, n)
			tokens := harness.NewParty(t, n, c.client).Tokens(browser, "alice", harness.AlicePassword)
			values := harness.Values(c.params...)
			if values.Has("id_token_hint") {
				values.Set("id_token_hint", idToken(tokens))
			}
			if method == http.MethodGet {
				browser.Get(n.URL + "/oidc/logout?" + values.Encode())
			} else {
				browser.Post(n.URL+"/oidc/logout", values)
			}
			if browser.Has("logout-confirm") != c.asks {
				t.Errorf("%s %s: asks: %v; at %s: %s", method, name, !c.asks, browser.URL, browser.Text())
			}
			if c.asks {
				browser.Submit("logout-confirm", nil)
			}
			if c.at == "" && !strings.Contains(browser.Text(), "You are signed out") || c.at != "" && browser.URL.String() != c.at {
				t.Errorf("%s %s: at %s: %s", method, name, browser.URL, browser.Text())
			}
			if !signedOut(t, n, browser) {
				t.Errorf("%s %s: still signed in", method, name)
			}
		}
	}
}

func TestALogoutThatIsNotConfirmedDoesNothing(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser, tokens := signedIn(t, n)
	for _, path := range []string{"/oidc/logout", "/oidc/logout?client_id=web", "/logout"} {
		browser.Get(n.URL + path)
		if !browser.Has("logout-confirm") {
			t.Errorf("%s: at %s: %s", path, browser.URL, browser.Text())
		}
	}
	if signedOut(t, n, browser) {
		t.Error("signed out by looking at the page")
	}
	live(t, n, tokens)
}

// TestWhatMayNotLogOut: the rest of the negative cases is in attack_open_redirect_test.go and
// attack_id_token_hint_test.go.
func TestWhatMayNotLogOut(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser, tokens := signedIn(t, n)
	hint := idToken(tokens)
	for name, values := range map[string]url.Values{
		"a hint of another client":       {"id_token_hint": {hint}, "client_id": {"other"}, "post_logout_redirect_uri": {bye}},
		"an unknown client":              {"client_id": {"nobody"}},
		"a URI and nobody named":         {"post_logout_redirect_uri": {bye}, "state": {"s"}},
		"two URIs":                       {"id_token_hint": {hint}, "post_logout_redirect_uri": {bye, "https://evil.example"}},
		"two hints":                      {"id_token_hint": {hint, hint}},
		"an unregistered URI":            {"id_token_hint": {hint}, "post_logout_redirect_uri": {bye + "?x=1"}},
		"a URI of the other client only": {"client_id": {"authly-playground"}, "post_logout_redirect_uri": {bye}},
	} {
		browser.Get(n.URL + "/oidc/logout?" + values.Encode())
		if browser.Status != http.StatusBadRequest || browser.Header.Get("Location") != "" || !strings.Contains(browser.Text(), "Request error") {
			t.Errorf("%s: %d at %s", name, browser.Status, browser.URL)
		}
	}
	if signedOut(t, n, browser) {
		t.Error("signed out")
	}
	// A hint of an earlier session of the same person asks first.
	browser.Get(n.URL + "/logout")
	browser.Submit("logout-confirm", nil)
	harness.NewParty(t, n, "web").Tokens(browser, "alice", harness.AlicePassword)
	browser.Get(n.URL + "/oidc/logout?" + url.Values{"id_token_hint": {hint}}.Encode())
	if !browser.Has("logout-confirm") {
		t.Errorf("a hint of an ended session: at %s", browser.URL)
	}
}

func TestLogoutWhenNobodyIsSignedIn(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser, tokens := signedIn(t, n)
	browser.Get(n.URL + "/logout")
	browser.Submit("logout-confirm", nil)
	n.Clock.Advance(48 * time.Hour) // the hint has expired, which does not matter
	values := url.Values{"id_token_hint": {idToken(tokens)}, "post_logout_redirect_uri": {bye}, "state": {"s"}}
	browser.Get(n.URL + "/oidc/logout?" + values.Encode())
	if browser.URL.String() != bye+"?state=s" {
		t.Errorf("at %s: %s", browser.URL, browser.Text())
	}
	for _, path := range []string{"/oidc/logout", "/logout"} {
		browser.Get(n.URL + path)
		if browser.Status != http.StatusOK || !strings.Contains(browser.Text(), "You are signed out") {
			t.Errorf("%s: %d %s", path, browser.Status, browser.Text())
		}
	}
}

// TestAClientsServerEndsTheHintedSession: without any cookie, by GET and POST; a browser with another session is asked, and
// then ends its own.
func TestAClientsServerEndsTheHintedSession(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Bob()}})
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			browser := harness.NewBrowser(t, n)
			tokens := harness.NewParty(t, n, "web", "openid", "profile").Tokens(browser, "alice", harness.AlicePassword)
			hint := url.Values{"id_token_hint": {idToken(tokens)}}
			if a := n.Send(t, http.MethodHead, "/oidc/logout?"+hint.Encode()); a.Status != http.StatusOK {
				t.Errorf("HEAD: %d", a.Status)
			}
			other := harness.NewBrowser(t, n)
			bobs := harness.NewParty(t, n, "web", "openid", "profile").Tokens(other, "bob", harness.BobPassword)
			other.Get(n.URL + "/oidc/logout?" + hint.Encode())
			if !other.Has("logout-confirm") {
				t.Fatalf("Bob was not asked: %s", other.Text())
			}
			live(t, n, tokens)
			other.Submit("logout-confirm", nil)
			live(t, n, tokens)
			dead(t, n, bobs)

			if method == http.MethodGet {
				n.Get(t, "/oidc/logout?"+hint.Encode())
			} else {
				n.Form(t, "/oidc/logout", "", "", hint)
			}
			dead(t, n, tokens)
			browser.Get(harness.NewParty(t, n, "web").AuthURL("prompt", "none"))
			if got := browser.URL.Query().Get("error"); got != "login_required" {
				t.Errorf("the browser is still signed in: %s", browser.URL)
			}
			events := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'sessions.ended'")
			n.Get(t, "/oidc/logout?"+hint.Encode())
			if again := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'sessions.ended'"); again != events {
				t.Error("a session that was over was ended again")
			}
		}
	})
}
