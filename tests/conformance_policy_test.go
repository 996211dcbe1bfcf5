package tests

import (
	"net/http"
	"testing"
	"time"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestAClientWithoutRotationKeepsItsRefreshToken: two profiles want opposite things, so it is a setting of the client
// (FAPI 2.0 §5.3.2.1).
func TestAClientWithoutRotationKeepsItsRefreshToken(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	client := harness.WebClient("steady")
	client.Policy.RefreshTokenRotation = false
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{client}})
	tokens := harness.NewParty(t, n, "steady").Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
	for range 3 {
		n.Clock.Advance(time.Minute)
		a := n.Refresh(t, "steady", tokens.RefreshToken)
		if a.Status != http.StatusOK || a.String("refresh_token") != tokens.RefreshToken {
			t.Fatalf("%d %s", a.Status, a.Text)
		}
		if info := n.UserInfo(t, a.String("access_token")); info.Status != http.StatusOK {
			t.Errorf("UserInfo: %d", info.Status)
		}
	}
}

// TestAnAuthenticationClassThatIsEssentialIsNotIgnored: OIDC Core §5.5.1.1. One that is not advertised cannot be
// met.
func TestAnAuthenticationClassThatIsEssentialIsNotIgnored(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	for claims, want := range map[string]string{
		`{"id_token":{"acr":{"essential":true,"values":["gold"]}}}`:                    "unmet_authentication_requirements",
		`{"id_token":{"acr":{"essential":true,"value":"gold"}}}`:                       "unmet_authentication_requirements",
		`{"id_token":{"acr":{"essential":true,"values":["gold","urn:authly:acr:1"]}}}`: "",
		`{"id_token":{"acr":{"values":["gold"]}}}`:                                     "",
		`{"id_token":{"acr":{"essential":true}}}`:                                      "",
		`{"id_token":{"acr":null}}`:                                                    "",
		`{"id_token":{"acr":{"essential":true,"value":"1"}}}`:                          "unmet_authentication_requirements", // its name of before
	} {
		browser := harness.NewBrowser(t, n)
		party := harness.NewParty(t, n, "web")
		browser.Get(party.AuthURL("claims", claims))
		if want == "" {
			if !browser.Has("login-submit") {
				t.Errorf("%s: at %s", claims, browser.URL)
			}
			continue
		}
		if answer := party.Answer(browser); answer.Get("error") != want || answer.Has("code") {
			t.Errorf("%s: answer %v", claims, answer)
		}
	}
}

// TestASubjectThatIsAskedForIsTheOnlyOneAnsweredFor: OIDC Core §5.5.
func TestASubjectThatIsAskedForIsTheOnlyOneAnsweredFor(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser, tokens := signedIn(t, n)
	request := func(id string) string { return `{"id_token":{"sub":{"value":"` + id + `"}}}` }
	alice, admin := n.User(t, "alice").ID.String(), n.User(t, "admin").ID.String()

	party := harness.NewParty(t, n, "web")
	browser.Get(party.AuthURL("prompt", "none", "claims", request(alice)))
	party.Code(browser)
	for _, claims := range []string{
		request(admin), `{"userinfo":{"sub":{"value":"` + admin + `"}}}`, `{"id_token":{"sub":{"essential":true,"values":["` + admin + `"]}}}`,
	} {
		browser.Get(party.AuthURL("prompt", "none", "claims", claims))
		if answer := party.Answer(browser); answer.Get("error") != "login_required" || answer.Has("code") {
			t.Errorf("%s: answer %v", claims, answer)
		}
	}
	for _, claims := range []string{
		`{"id_token":{"sub":{"value":"` + alice + `"}},"userinfo":{"sub":{"value":"` + admin + `"}}}`,
		`{"id_token":{"sub":{"values":["` + alice + `","` + admin + `"]}}}`,
	} {
		browser.Get(party.AuthURL("prompt", "none", "claims", claims))
		if answer := party.Answer(browser); answer.Get("error") != "invalid_request" {
			t.Errorf("%s: answer %v", claims, answer)
		}
	}
	browser.Get(party.AuthURL("claims", request(admin), "id_token_hint", idToken(tokens)))
	if answer := party.Answer(browser); answer.Get("error") != "invalid_request" {
		t.Errorf("answer %v", answer)
	}
	browser.Get(party.AuthURL("claims", request(admin)))
	browser.SignIn("alice", harness.AlicePassword)
	if !browser.Has("login-submit") {
		t.Errorf("another person was let through: %s", browser.URL)
	}
}
