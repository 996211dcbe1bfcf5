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

// TestThePasswordGrantExistsForMigrationOnly: off in the server and in the client until both are switched on, and never
// advertised.
func TestThePasswordGrantExistsForMigrationOnly(t *testing.T) {
	t.Parallel()
	old := harness.WebClient("old")
	old.Metadata.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode, identity.GrantRefreshToken, identity.GrantPassword}
	form := url.Values{"grant_type": {"password"}, "username": {"alice"}, "password": {harness.AlicePassword}, "scope": {"openid email admin:users:read"}}
	const path = "/api/v1/oauth/token"

	off := start(t, harness.SQLite(t))
	off.Apply(t, admin.Desired{Clients: []admin.NewClient{old}})
	oauthError(t, "off in the server", off.Form(t, path, "old", harness.ClientSecret, form), 400, "unsupported_grant_type")

	on := start(t, harness.SQLite(t), harness.Env("AUTHLY_PASSWORD_GRANT", "true"))
	on.Apply(t, admin.Desired{Clients: []admin.NewClient{old}, Users: []admin.DesiredUser{{NewUser: admin.NewUser{
		Username: "newcomer", Email: "new@example.org", Password: harness.AlicePassword, RequiresPasswordChange: true,
	}}}})
	oauthError(t, "off in the client", on.Form(t, path, "web", harness.ClientSecret, form), 400, "unauthorized_client")
	answer := on.Form(t, path, "old", harness.ClientSecret, form)
	if answer.Status != http.StatusOK || answer.Body["scope"] != "openid email" || answer.Body["id_token"] == nil {
		t.Fatalf("%d %s", answer.Status, answer.Text)
	}
	access, _ := answer.Body["access_token"].(string)
	if info := on.UserInfo(t, access); info.Body["email"] != "alice@example.org" {
		t.Errorf("userinfo %s", info.Text)
	}
	refresh, _ := answer.Body["refresh_token"].(string)
	if again := on.Refresh(t, "old", refresh); again.Status != http.StatusOK {
		t.Errorf("refresh: %s", again.Text)
	}
	for name, change := range map[string]func(url.Values){
		"wrong password":      func(v url.Values) { v.Set("password", "wrong") },
		"unknown user":        func(v url.Values) { v.Set("username", "nobody") },
		"must change":         func(v url.Values) { v.Set("username", "newcomer") },
		"an e-mail of nobody": func(v url.Values) { v.Set("username", "x@example.org") },
	} {
		changed, _ := url.ParseQuery(form.Encode())
		change(changed)
		oauthError(t, name, on.Form(t, path, "old", harness.ClientSecret, changed), 400, "invalid_grant")
	}
	for _, document := range []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, on.URL+document, nil)
		if err != nil {
			t.Fatal(err)
		}
		if answer := harness.Do(t, request); strings.Contains(answer.Text, `"password"`) {
			t.Errorf("%s advertises the password grant", document)
		}
	}
}
