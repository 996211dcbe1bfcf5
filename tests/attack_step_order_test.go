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

// demandsTwo is the parameter claims of a client that gets nothing below the second class (OIDC Core §5.5.1.1).
const demandsTwo = `{"id_token":{"acr":{"essential":true,"value":"urn:authly:acr:2"}}}`

// dueStep is a sign-in that waits for a person.
type dueStep struct {
	request []string // parameters of the authorization request
	page    string   // path of the page where it waits
	reach   func(t *testing.T, n *harness.Node, b *harness.Browser)
	allowed []string // posts that are what is asked for
}

func withPassword(_ *testing.T, _ *harness.Node, b *harness.Browser) {
	b.SignIn("alice", harness.AlicePassword)
}

var dueSteps = map[string]dueStep{
	"register":     {request: []string{"prompt", "create"}, page: "/register"},
	"first factor": {page: "/login"},
	"sign in again": {request: []string{"prompt", "login"}, page: "/login", reach: func(t *testing.T, n *harness.Node, b *harness.Browser) {
		here := b.URL.String()
		b.Get(n.URL + "/login")
		b.SignIn("alice", harness.AlicePassword)
		b.Get(here)
	}},
	"second factor": {page: "/login/second", reach: func(t *testing.T, n *harness.Node, b *harness.Browser) {
		owner, _ := signedIn(t, n)
		addApp(t, n, owner)
		b.SignIn("alice", harness.AlicePassword)
	}},
	"second factor of a session": {page: "/login/second", reach: func(t *testing.T, n *harness.Node, b *harness.Browser) {
		here := b.URL.String()
		b.SignIn("alice", harness.AlicePassword)
		owner, _ := signedIn(t, n)
		addApp(t, n, owner)
		b.Get(here)
	}},
	"enrol": {request: []string{"claims", demandsTwo}, page: "/account/security/totp", reach: withPassword},
	"password": {
		page: "/account/password", allowed: []string{"/account/password"}, reach: func(t *testing.T, n *harness.Node, b *harness.Browser) {
			required := true
			n.Change(t, "alice", admin.UserChange{RequiresPasswordChange: &required})
			b.SignIn("alice", harness.AlicePassword)
		},
	},
	"verify e-mail": {page: "/verify", allowed: []string{"/account/email"}, reach: func(t *testing.T, n *harness.Node, b *harness.Browser) {
		verified := false
		n.Change(t, "alice", admin.UserChange{Verified: &verified})
		b.SignIn("alice", harness.AlicePassword)
	}},
	"offer": {page: "/enrol", allowed: []string{"/enrol"}, reach: func(t *testing.T, n *harness.Node, b *harness.Browser) {
		if _, err := n.Server.Admin.Users.RequireSecondFactor(harness.System(t), n.User(t, "alice").ID, true); err != nil {
			t.Fatal(err)
		}
		b.SignIn("alice", harness.AlicePassword)
	}},
	"device": {page: "/consent", allowed: []string{"/consent"}, reach: func(t *testing.T, n *harness.Node, b *harness.Browser) {
		webConnectsDevices(t, n)
		a := n.Form(t, deviceEndpoint, "web", harness.ClientSecret, nil)
		b.Get(a.String("verification_uri_complete"))
		b.Submit("device-submit", nil)
		b.SignIn("alice", harness.AlicePassword)
	}},
	"terms": {page: "/terms", allowed: []string{"/terms"}, reach: func(t *testing.T, n *harness.Node, b *harness.Browser) {
		inForce(n, "2026-12")
		b.SignIn("alice", harness.AlicePassword)
	}},
	"connect": {page: "/login/link", allowed: []string{"/login/link"}, reach: func(t *testing.T, n *harness.Node, b *harness.Browser) {
		newUpstream(t, n).provider(n)
		b.Get(b.URL.String())
		b.Get(callback(n, "up", goUpstream(t, n, b, "up")))
		b.SignIn("alice", harness.AlicePassword)
	}},
	"consent": {page: "/consent", allowed: []string{"/consent"}, reach: withPassword},
}

// TestNoRouteGoesRoundAStep: lines 14 and 26 of what must be shown. A sign-in waits at each of its steps, and the browser sends
// its handle to every route of the router, also one that will be added, with what the forms of other steps have in them. None
// answers the client, none writes, and the sign-in waits where it did (CVE-2026-18963 went round the second factor by the page
// for a new password).
func TestNoRouteGoesRoundAStep(t *testing.T) {
	t.Parallel()
	for name, step := range dueSteps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := start(t, harness.SQLite(t), harness.Env("AUTHLY_SMTP_URL", "log:"), harness.Env("AUTHLY_REGISTRATION", "open"),
				harness.Env("AUTHLY_REQUIRE_VERIFIED_EMAIL", "true"), harness.Env("AUTHLY_EMAIL_SIGN_IN", "true"))
			browser, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
			browser.Get(party.AuthURL(step.request...))
			if step.reach != nil {
				step.reach(t, n, browser)
			}
			if browser.URL.Path != step.page {
				t.Fatalf("it waits at %s: %s", browser.URL, browser.Text())
			}
			here, handle := browser.URL.String(), browser.URL.Query().Get("interaction")
			rows, password, asked := n.Database.Count(t, writtenByASignIn), n.User(t, "alice").Password.Hash, 0
			ask := func(method, path string, values url.Values) {
				asked++
				browser.Send(method, n.URL+path, values, http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {n.URL}})
				if browser.URL.Host != strings.TrimPrefix(n.URL, "http://") || browser.Status >= 500 {
					t.Errorf("%s %s: %d, at %s", method, path, browser.Status, browser.URL)
				}
				if n.Database.Count(t, writtenByASignIn) != rows || n.User(t, "alice").Password.Hash != password {
					t.Fatalf("%s %s writes", method, path)
				}
				browser.Get(here)
				if browser.URL.Path != step.page || browser.Status != http.StatusOK {
					t.Fatalf("after %s %s it waits at %s: %d %s", method, path, browser.URL, browser.Status, browser.Text())
				}
			}
			err := n.Server.WalkRoutes(func(method, pattern string) {
				path := pathParameter.ReplaceAllString(pattern, "junk")
				if path == "/logout" || path == "/console/sign-in" || method != http.MethodGet && method != http.MethodPost {
					return // whoever signs out, or in to the console, begins anew
				}
				ask(http.MethodGet, path+"?interaction="+url.QueryEscape(handle), nil)
				if method == http.MethodPost && !slices.Contains(step.allowed, path) {
					ask(http.MethodPost, path+"?interaction="+url.QueryEscape(handle), formsOfSteps(handle))
				}
			})
			if err != nil || asked < 60 {
				t.Errorf("%d requests, %v", asked, err)
			}
		})
	}
}

// formsOfSteps is what the forms of all steps have in them, with secrets that are not right.
func formsOfSteps(handle string) url.Values {
	return harness.Values(
		"interaction", handle, "username", "alice", "password", "not the password", "code", "000000", "recovery_code", "AAAA-BBBB-CCCC-DDDD",
		"new_password", "twelve grey herons fishing", "confirm_password", "twelve grey herons fishing",
		"decision", "approve", "saved", "yes", "trust_browser", "yes", "token", "junk", "credential", "{}", "ceremony", "junk",
		"grant_type", "authorization_code", "prompt", "none",
	)
}

// writtenByASignIn counts the rows of everything that a sign-in leads to.
var writtenByASignIn = func() string {
	var counts []string
	for _, table := range []string{
		"users", "sessions", "grants", "consents", "totps", "passkeys", "recovery_codes", "registrations", "sign_in_codes", "mail_messages",
		"linked_identities",
	} {
		counts = append(counts, "(SELECT count(*) FROM "+table+")")
	}
	return "SELECT " + strings.Join(counts, " + ")
}()
