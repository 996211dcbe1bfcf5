package tests

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// leadingAway are the pages whose form leads to a client in the end.
var leadingAway = []string{"login for a client", "failed sign-in", "required password", "refused password", "consent", "form_post"}

// guarded checks the headers of a page: A-4.2-1, A-4.3-3, A-4.16-1, OAuch C-A11.
func guarded(t *testing.T, name string, h http.Header) {
	t.Helper()
	policy := h.Get("Content-Security-Policy")
	for _, directive := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, directive) {
			t.Errorf("%s: the policy lacks %s: %s", name, directive, policy)
		}
	}
	// Only a page whose form leads to a client does without (docs/decisions/0035).
	if leadsAway := slices.Contains(leadingAway, name); strings.Contains(policy, "form-action ") == leadsAway {
		t.Errorf("%s: leads away: %v, policy %s", name, leadsAway, policy)
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
		t.Errorf("%s: policy %s", name, policy)
	}
	for header, want := range map[string]string{
		"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
	} {
		if h.Get(header) != want {
			t.Errorf("%s: %s is %q", name, header, h.Get(header))
		}
	}
	if !strings.Contains(h.Get("Cache-Control"), "no-store") {
		t.Errorf("%s: Cache-Control is %q", name, h.Get("Cache-Control"))
	}
	for _, header := range []string{"Access-Control-Allow-Origin", "Server", "X-Powered-By"} {
		if h.Get(header) != "" {
			t.Errorf("%s: %s is %q", name, header, h.Get(header))
		}
	}
}

func TestNoPageCanBeFramedKeptOrLeaked(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	yes := true
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Bob()}})
	n.Change(t, "bob", admin.UserChange{RequiresPasswordChange: &yes})
	browser := harness.NewBrowser(t, n)
	page := func(name, id string) {
		t.Helper()
		if id != "" && !browser.Has(id) {
			t.Errorf("%s: at %s: %s", name, browser.URL, browser.Text())
		}
		guarded(t, name, browser.Header)
	}
	browser.Get(n.URL + "/login")
	page("login", "login-submit")
	browser.Get(harness.NewParty(t, n, "web").AuthURL())
	page("login for a client", "login-submit")
	browser.SignIn("bob", "wrong")
	page("failed sign-in", "login-submit")
	browser.SignIn("bob", harness.BobPassword)
	page("required password", "password-submit")
	browser.Submit("password-submit", map[string]string{"new_password": "x", "confirm_password": "x"})
	page("refused password", "password-submit")
	const chosen = "builds a house of granite"
	browser.Submit("password-submit", map[string]string{"new_password": chosen, "confirm_password": chosen})
	page("consent", "approve")
	browser.Submit("approve", nil)
	if browser.Status != http.StatusSeeOther || !strings.Contains(browser.Header.Get("Cache-Control"), "no-store") ||
		browser.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the answer to the client: %d %v", browser.Status, browser.Header)
	}
	browser.Get(harness.NewParty(t, n, "web").AuthURL("response_mode", "form_post"))
	page("form_post", "")
	browser.Get(n.URL + "/login")
	page("home", "")
	browser.Get(n.URL + "/account/password")
	page("password", "password-submit")
	browser.Get(n.URL + "/api/v1/oauth/authorize")
	page("error", "")
	browser.Send(http.MethodPost, n.URL+"/login", url.Values{}, crossSite["both"])
	page("refused form", "")
	browser.Get(n.URL + "/oidc/logout")
	page("logout of a client", "logout-confirm")
	browser.Get(n.URL + "/logout")
	page("logout", "logout-confirm")
	browser.Submit("logout-confirm", nil)
	page("logged out", "")

	for _, path := range []string{"/console/", "/console/users", "/playground", "/playground/flows", "/playground/flows/callback"} {
		playground := n.Get(t, path)
		policy := playground.Header.Get("Content-Security-Policy")
		if playground.Status != http.StatusOK || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") ||
			playground.Header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: %d %v", path, playground.Status, playground.Header)
		}
	}
}

// TestCredentialsAreNeverSentOnByARedirect: RFC 9700 §4.12; 307 and 308 would repeat a posted password.
func TestCredentialsAreNeverSentOnByARedirect(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser := harness.NewBrowser(t, n)
	browser.Get(harness.NewParty(t, n, "web").AuthURL())
	browser.Hold = true
	browser.SignIn("alice", harness.AlicePassword)
	for range 6 {
		if browser.Status != http.StatusSeeOther {
			t.Fatalf("status %d at %s", browser.Status, browser.URL)
		}
		if browser.URL.Host == "rp.example" {
			return
		}
		browser.Get(browser.URL.String())
		if browser.Has("approve") {
			browser.Submit("approve", nil)
		}
	}
	t.Errorf("still at %s", browser.URL)
}

// TestTheSessionCookie: ASVS 3.3, F-U7.
func TestTheSessionCookie(t *testing.T) {
	t.Parallel()
	for issuer, name := range map[string]string{"": "", "https://id.example.org": "__Host-authly_session"} {
		var opts []harness.Option
		if issuer != "" {
			opts = append(opts, harness.Env("AUTHLY_ISSUER", issuer))
		}
		n := start(t, harness.SQLite(t), opts...)
		if issuer == "" {
			name = "authly_session_" + n.Issuer[strings.LastIndexByte(n.Issuer, ':')+1:]
		}
		browser := harness.NewBrowser(t, n)
		browser.Hold = true
		browser.Post(n.URL+"/login", harness.Values("username", "alice", "password", harness.AlicePassword))
		cookies, err := http.ParseSetCookie(browser.Header.Get("Set-Cookie"))
		if err != nil {
			t.Fatal(err)
		}
		if cookies.Name != name || !cookies.HttpOnly || cookies.SameSite != http.SameSiteLaxMode || cookies.Path != "/" || cookies.Domain != "" ||
			cookies.Secure != (issuer != "") || len(cookies.Value) < 43 {
			t.Errorf("%s: %s", issuer, browser.Header.Get("Set-Cookie"))
		}
		if hsts := browser.Header.Get("Strict-Transport-Security"); (hsts != "") != (issuer != "") {
			t.Errorf("%s: HSTS %q", issuer, hsts)
		}
	}
}
