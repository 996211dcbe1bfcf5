package tests

import (
	"testing"
	"time"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestARegisteredAgeHoldsWhereNoneIsAskedFor: default_max_age and require_auth_time (OIDC Registration §2), and that a request may say
// otherwise.
func TestARegisteredAgeHoldsWhereNoneIsAskedFor(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		aged := harness.WebClient("aged")
		aged.Metadata.DefaultMaxAge, aged.Metadata.RequireAuthTime = new(60), true
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{aged}})
		party, browser := harness.NewParty(t, n, "aged"), harness.NewBrowser(t, n)
		tokens := party.Tokens(browser, "alice", harness.AlicePassword)
		signedInAt := float64(n.Clock.Now().Unix())
		authTime := func(token string) any { return harness.JWT(t, token, 1)["auth_time"] }
		if got := authTime(idToken(tokens)); got != signedInAt {
			t.Errorf("auth_time %v, want %v", got, signedInAt)
		}
		silently := func(extra ...string) string {
			t.Helper()
			browser.Get(party.AuthURL(append([]string{"prompt", "none"}, extra...)...))
			return party.Answer(browser).Get("error")
		}
		n.Clock.Advance(59 * time.Second)
		if got := silently(); got != "" {
			t.Errorf("in time: %s", got)
		}
		n.Clock.Advance(2 * time.Second)
		if got := silently(); got != "login_required" {
			t.Errorf("too late: %q", got)
		}
		if got := silently("max_age", "600"); got != "" {
			t.Errorf("the request allows more: %q", got)
		}
		if got := silently("max_age", "30"); got != "login_required" {
			t.Errorf("the request allows less: %q", got)
		}
		refreshed := n.Refresh(t, "aged", tokens.RefreshToken)
		if token, _ := refreshed.Body["id_token"].(string); authTime(token) != signedInAt {
			t.Errorf("after a refresh: %v", authTime(token))
		}
		if browser.Get(party.AuthURL()); !browser.Has("login-submit") {
			t.Fatalf("not asked to sign in again at %s: %s", browser.URL, browser.Text())
		}
		browser.SignIn("alice", harness.AlicePassword)
		again, err := party.Exchange(party.Code(browser))
		if err != nil || authTime(idToken(again)) != float64(n.Clock.Now().Unix()) {
			t.Errorf("%v: auth_time %v", err, authTime(idToken(again)))
		}
	})
}
