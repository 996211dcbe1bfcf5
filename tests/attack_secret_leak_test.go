package tests

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestNothingSecretIsKeptOrLogged walks through everything once, also the failures, and then looks for every secret in
// the log and in the whole database: F-S1, F-S2, ASVS 16.2.5.
func TestNothingSecretIsKeptOrLogged(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		secrets := map[string]string{
			"Alice's password": harness.AlicePassword, "the administrator's password": harness.AdminPassword, "the client secret": harness.ClientSecret,
			"the root secret": harness.RootSecret,
		}
		note := func(name, value string) {
			t.Helper()
			if len(value) < 12 {
				t.Fatalf("%s is %q", name, value)
			}
			secrets[name] = value
		}
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{adminClient("console"), harness.ServiceClient("machine", "")}})
		_, generated, err := n.Server.Admin.Clients.Create(harness.System(t), admin.NewClient{ClientID: "made", Metadata: harness.WebClient("made").Metadata})
		if err != nil {
			t.Fatal(err)
		}
		note("the generated client secret", generated)
		_, temporary, err := n.Server.Admin.Users.Create(harness.System(t), admin.NewUser{
			Username: "newcomer", Email: "new@example.org", GeneratePassword: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		note("the generated password", temporary)

		browser := harness.NewBrowser(t, n)
		party := harness.NewParty(t, n, "web")
		browser.Get(party.AuthURL())
		_, form := browser.Form("login-submit")
		note("the handle", form.Get("interaction"))
		browser.SignIn("alice", "a wrong password of mine")
		note("a wrong password", "a wrong password of mine")
		browser.SignIn("alice", harness.AlicePassword)
		note("the cookie", sessionCookie(browser, n))
		browser.Submit("approve", nil)
		code := party.Code(browser)
		note("the code", code)
		note("the verifier", party.Verifier)
		oauthError(t, "a wrong secret", n.Form(t, "/api/v1/oauth/token", "web", strings.Repeat("wrong", 8), url.Values{
			"grant_type": {"authorization_code"}, "code": {code},
		}), 401, "invalid_client")
		note("a wrong client secret", strings.Repeat("wrong", 8))
		tokens, err := party.Exchange(code)
		if err != nil {
			t.Fatal(err)
		}
		note("the access token", tokens.AccessToken)
		note("the signature of the access token", tokens.AccessToken[strings.LastIndex(tokens.AccessToken, ".")+1:])
		note("the ID token", idToken(tokens))
		note("the refresh token", tokens.RefreshToken)
		access, next := refresh(t, n, "web", tokens.RefreshToken)
		note("the second access token", access)
		note("the second refresh token", next)
		n.UserInfo(t, access)
		n.Introspect(t, "web", next)
		n.Revoke(t, "web", access)
		admin := adminToken(t, n)
		note("the administrator's token", admin)
		n.GraphQL(t, admin, "mutation($i: CreateUserInput!) { createUser(input: $i) { user { id } } }", map[string]any{"i": map[string]any{
			"username": "made", "email": "made@example.org", "initialPassword": map[string]any{"password": "a password sent by GraphQL 1"},
		}})
		note("a password in a mutation", "a password sent by GraphQL 1")
		browser.Get(n.URL + "/account/password")
		const chosen = "my entirely new password 7"
		browser.Submit("password-submit", map[string]string{"password": harness.AlicePassword, "new_password": chosen, "confirm_password": chosen})
		note("the new password", chosen)
		note("the new cookie", sessionCookie(browser, n))
		exchange(t, n, party, "web", code)
		n.Refresh(t, "web", tokens.RefreshToken)
		browser.Get(n.URL + "/oidc/logout?" + url.Values{"id_token_hint": {idToken(tokens)}}.Encode())
		n.Get(t, "/oidc/userinfo?access_token="+tokens.AccessToken)

		log, dump := n.Logs.String(), db.Dump(t)
		if len(log) < 1000 || !strings.Contains(dump, "alice@example.org") || !strings.Contains(dump, "$argon2id$") {
			t.Fatalf("log of %d bytes, dump of %d", len(log), len(dump))
		}
		for name, secret := range secrets {
			forms := []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))}
			if raw, err := base64.RawURLEncoding.DecodeString(secret); err == nil && len(raw) >= 32 {
				forms = append(forms, string(raw))
			}
			for _, form := range forms {
				if strings.Contains(log, form) {
					t.Errorf("%s is in the log", name)
				}
				if strings.Contains(dump, form) {
					t.Errorf("%s is in the database", name)
				}
			}
		}
		if strings.Contains(log, "$argon2id$") {
			t.Error("a password hash is in the log")
		}
	})
}
