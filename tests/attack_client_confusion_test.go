package tests

import (
	"net/http"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestWhatIsOneClientsIsOfNoUseToAnother: RFC 9700 §4.5, B-R6 (two clients with one redirect URI), OAuch C-T2, C-V1.
func TestWhatIsOneClientsIsOfNoUseToAnother(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	const api = "https://api.example.org"
	n.Apply(t, admin.Desired{
		Resources: []identity.Resource{{URI: api}},
		Clients:   []admin.NewClient{harness.PublicClient("spa"), adminClient("console")},
	})
	browser, tokens := signedIn(t, n)

	t.Run("a code", func(t *testing.T) {
		party := harness.NewParty(t, n, "web")
		code := party.Authorize(browser, "alice", harness.AlicePassword)
		form := harness.Values("grant_type", "authorization_code", "code", code, "redirect_uri", harness.Callback, "code_verifier", party.Verifier)
		const path = "/api/v1/oauth/token"
		oauthError(t, "another client", n.Form(t, path, "other", harness.ClientSecret, form), 400, "invalid_grant")
		form.Set("client_id", "spa")
		oauthError(t, "a public client", n.Form(t, path, "", "", form), 400, "invalid_grant")
		form.Set("client_id", "web")
		oauthError(t, "the right client without its secret", n.Form(t, path, "", "", form), 401, "invalid_client")
		oauthError(t, "another client that says to be the right one", n.Form(t, path, "other", harness.ClientSecret, form), 400, "invalid_request")
		if _, err := party.Exchange(code); err != nil {
			t.Errorf("the attempts burnt the code: %v", err)
		}
	})
	t.Run("a code of a public client", func(t *testing.T) {
		party := harness.NewPublicParty(t, n, "spa")
		code := party.Authorize(browser, "alice", harness.AlicePassword)
		oauthError(t, "a confidential client", exchange(t, n, party, "web", code), 400, "invalid_grant")
		if _, err := party.Exchange(code); err != nil {
			t.Error(err)
		}
	})
	t.Run("a refresh token", func(t *testing.T) {
		oauthError(t, "another client", n.Refresh(t, "other", tokens.RefreshToken), 400, "invalid_grant")
		oauthError(t, "a public client", n.Form(t, "/api/v1/oauth/token", "", "", harness.Values(
			"grant_type", "refresh_token", "refresh_token", tokens.RefreshToken, "client_id", "spa")), 400, "invalid_grant")
		oauthError(t, "without its secret", n.Form(t, "/api/v1/oauth/token", "", "", harness.Values(
			"grant_type", "refresh_token", "refresh_token", tokens.RefreshToken, "client_id", "web")), 401, "invalid_client")
	})
	t.Run("revocation and introspection", func(t *testing.T) {
		for name, token := range map[string]string{"access": tokens.AccessToken, "refresh": tokens.RefreshToken} {
			if a := n.Revoke(t, "other", token); a.Status != http.StatusOK {
				t.Errorf("%s: %d %s", name, a.Status, a.Text)
			}
			inactive(t, name, n.Introspect(t, "other", token))
		}
	})
	live(t, n, tokens)

	t.Run("a token for another API is refused by Authly's own", func(t *testing.T) {
		party := harness.NewParty(t, n, "console", "profile", identity.ScopeUsersRead)
		admin := harness.NewBrowser(t, n)
		token, err := party.Exchange(party.Authorize(admin, "admin", harness.AdminPassword, "resource", api))
		if err != nil {
			t.Fatal(err)
		}
		if a := n.UserInfo(t, token.AccessToken); a.Status != http.StatusUnauthorized {
			t.Errorf("UserInfo: %d %s", a.Status, a.Text)
		}
		if a := n.GraphQL(t, token.AccessToken, "{ me { id } }", nil); a.Status != http.StatusUnauthorized {
			t.Errorf("GraphQL: %d %s", a.Status, a.Text)
		}
		if a := n.GraphQL(t, adminToken(t, n), "{ me { id } }", nil); a.Status != http.StatusOK {
			t.Errorf("GraphQL with its own token: %d %s", a.Status, a.Text)
		}
	})
}

// TestAClientCannotLookLikeAUser: RFC 9700 §4.15.
func TestAClientCannotLookLikeAUser(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	id := n.User(t, "alice").ID.String()
	if _, _, err := n.Server.Admin.Clients.Create(harness.System(t), harness.ServiceClient(id, "")); err == nil {
		t.Error("a client took the subject of a user as its client_id")
	}
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.ServiceClient("machine", "openid")}})
	a := n.Token(t, "machine", "grant_type", "client_credentials")
	if a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	if info := n.UserInfo(t, a.String("access_token")); info.Status == http.StatusOK {
		t.Errorf("UserInfo for a client: %s", info.Text)
	}
}
