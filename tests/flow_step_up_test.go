package tests

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestAnAdministratorIsChallengedToSignInAsDemanded: whoever changes something is told how to sign in (RFC 9470), does so and goes on,
// until that was too long ago. Nothing is demanded of who reads, and of a client on its own behalf.
func TestAnAdministratorIsChallengedToSignInAsDemanded(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, harness.Env("AUTHLY_ADMIN_ACR", "urn:authly:acr:2"), harness.Env("AUTHLY_ADMIN_MAX_AGE", "10m"))
		service := harness.WebClient("service")
		service.Metadata.GrantTypes = []identity.GrantType{identity.GrantClientCredentials}
		service.Metadata.RedirectURIs, service.Metadata.PostLogoutRedirectURIs, service.Metadata.ResponseTypes = nil, nil, nil
		service.Metadata.Scope, service.Policy.ServiceAdmin = "admin:users:write", true
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{consoleClient(), service}})
		browser, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "console", "openid", identity.ScopeUsersRead, identity.ScopeUsersWrite)
		token := party.Tokens(browser, "admin", harness.AdminPassword).AccessToken
		secret := addApp(t, n, browser)

		made := 0
		create := func(token string) harness.Answer {
			made++
			return n.GraphQL(t, token, fmt.Sprintf(`mutation { createUser(input: { username: "user%d", email: "user%[1]d@id.example",
				password: { generateTemporary: true } }) { user { id } userErrors { code } } }`, made), nil)
		}
		challenged := func(when string, a harness.Answer) {
			t.Helper()
			want := `Bearer error="insufficient_user_authentication", ` +
				`error_description="The sign-in behind the access token is not what this needs.", acr_values="urn:authly:acr:2", max_age="600", ` +
				`resource_metadata="` + n.Issuer + `/.well-known/oauth-protected-resource"`
			extensions := `"acrValues":"urn:authly:acr:2","code":"INSUFFICIENT_USER_AUTHENTICATION","maxAge":600`
			if a.Status != http.StatusUnauthorized || a.Header.Get("WWW-Authenticate") != want || !strings.Contains(a.Text, extensions) {
				t.Errorf("%s: %d %v %s", when, a.Status, a.Header, a.Text)
			}
		}
		challenged("with one factor", create(token))
		if a := n.GraphQL(t, token, "{ users(first: 1) { nodes { id } } }", nil); a.Status != http.StatusOK || strings.Contains(a.Text, "errors") {
			t.Errorf("reading: %d %s", a.Status, a.Text)
		}
		browser.Get(party.AuthURL("acr_values", "urn:authly:acr:2", "max_age", "600")) // the app that was added has raised the session
		better, err := party.Exchange(party.Code(browser))
		if err != nil {
			t.Fatal(err)
		}
		if a := create(better.AccessToken); a.Status != http.StatusOK || !strings.Contains(a.Text, `"userErrors":[]`) {
			t.Errorf("after the challenge: %d %s", a.Status, a.Text)
		}
		n.Clock.Advance(8 * time.Minute)
		if a := create(better.AccessToken); a.Status != http.StatusOK || !strings.Contains(a.Text, `"userErrors":[]`) {
			t.Errorf("in time: %d %s", a.Status, a.Text)
		}
		n.Clock.Advance(2 * time.Minute)
		renewed := n.Refresh(t, "console", better.RefreshToken).String("access_token")
		challenged("too long after, with a new token of the grant", create(renewed))
		browser.Get(party.AuthURL("acr_values", "urn:authly:acr:2", "max_age", "600"))
		browser.SignIn("admin", harness.AdminPassword)
		if browser.Has("code-submit") {
			browser.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
		}
		if better, err = party.Exchange(party.Code(browser)); err != nil {
			t.Fatal(err)
		}
		if a := create(better.AccessToken); a.Status != http.StatusOK || !strings.Contains(a.Text, `"userErrors":[]`) {
			t.Errorf("after another sign-in: %d %s", a.Status, a.Text)
		}
		own := n.Token(t, "service", "grant_type", "client_credentials", "scope", "admin:users:write")
		if a := create(own.String("access_token")); a.Status != http.StatusOK || !strings.Contains(a.Text, `"userErrors":[]`) {
			t.Errorf("a client on its own behalf: %d %s", a.Status, a.Text)
		}
		if users := db.Count(t, "SELECT count(*) FROM users WHERE username IN ('user2', 'user3', 'user5', 'user6')"); users != 4 || made != 6 {
			t.Errorf("%d of %d changes were made", users, made)
		}
		if others := db.Count(t, "SELECT count(*) FROM users WHERE username IN ('user1', 'user4')"); others != 0 {
			t.Errorf("%d refused changes were made", others)
		}
	})
}
