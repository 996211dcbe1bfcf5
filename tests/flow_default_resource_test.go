package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestAClientThatCannotSendResource gets tokens for the API that its scopes belong to, by every grant, and by a refresh
// those of what is left.
func TestAClientThatCannotSendResource(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		withAPIs(t, n)
		shop := harness.WebClient("shop")
		shop.Metadata.Scope += " invoices:read orders:read"
		fixed := harness.ServiceClient("fixed", "invoices:read")
		fixed.Policy.DefaultResource = orders
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{shop, fixed}})
		audience := func(token string) any { return harness.JWT(t, token, 1)["aud"] }
		for name, c := range map[string]struct {
			client string
			params []string
			want   any
		}{
			"one API":           {"machine", []string{"scope", "invoices:read"}, invoices},
			"two APIs":          {"machine", []string{"scope", "invoices:read orders:read"}, n.Issuer},
			"one that is named": {"machine", []string{"scope", "invoices:read", "resource", orders}, orders},
			"a fixed default":   {"fixed", nil, orders},
			"Authly, by name":   {"fixed", []string{"resource", n.Issuer}, n.Issuer},
		} {
			a := n.Token(t, c.client, append(c.params, "grant_type", "client_credentials")...)
			if diff := cmp.Diff(c.want, audience(a.String("access_token"))); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		party := harness.NewParty(t, n, "shop", "openid", "offline_access", "invoices:read", "orders:read")
		tokens := party.Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
		if got := audience(tokens.AccessToken); got != n.Issuer {
			t.Errorf("a code for two APIs: %v", got)
		}
		narrowed := n.Token(t, "shop", "grant_type", "refresh_token", "refresh_token", tokens.RefreshToken, "scope", "openid invoices:read")
		if diff := cmp.Diff(any([]any{invoices, n.Issuer}), audience(narrowed.String("access_token"))); diff != "" {
			t.Errorf("a refresh for one API: %s", diff)
		}
		if a := n.UserInfo(t, narrowed.String("access_token")); a.Status != http.StatusOK {
			t.Errorf("UserInfo: %d %s", a.Status, a.Text)
		}
	})
}

// TestAResourceSaysWhatItsTokensAre: to the client in expires_in, to the API in the token and by introspection.
func TestAResourceSaysWhatItsTokensAre(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		const bank = "https://bank.example.org"
		teller := harness.ServiceClient("teller", "bank:read")
		serves := harness.ServiceClient("bank-api", "")
		serves.Policy.Audiences = []string{"urn:bank"}
		n.Apply(t, admin.Desired{
			Resources: []identity.Resource{{
				URI: bank, Scopes: []string{"bank:read"}, Audiences: []string{"urn:bank"}, AccessTokenAlg: identity.RS256, AccessTokenTTL: 60,
			}},
			Clients: []admin.NewClient{teller, serves},
		})
		a := n.Token(t, "teller", "grant_type", "client_credentials", "scope", "bank:read")
		token := a.String("access_token")
		if diff := cmp.Diff(any([]any{bank, "urn:bank"}), harness.JWT(t, token, 1)["aud"]); diff != "" {
			t.Error(diff)
		}
		if alg := harness.JWT(t, token, 0)["alg"]; alg != "RS256" || a.Body["expires_in"] != 60.0 {
			t.Errorf("%v, %v", alg, a.Body["expires_in"])
		}
		if i := n.Introspect(t, "bank-api", token); i.Body["active"] != true {
			t.Errorf("introspection by a name of the API: %s", i.Text)
		}
	})
}

// TestAResourceThatWantsPlainJWT: its tokens work everywhere, and are never taken for ID tokens, nor ID tokens for them.
func TestAResourceThatWantsPlainJWT(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		const spring = "https://spring.example.org"
		web := harness.WebClient("web")
		web.Metadata.Scope += " spring:read"
		api := harness.ServiceClient("spring-api", "")
		api.Policy.Audiences = []string{spring}
		n.Apply(t, admin.Desired{
			Scopes:    []identity.Scope{{Name: "spring:read", Description: "Read the spring"}},
			Resources: []identity.Resource{{URI: spring, Scopes: []string{"spring:read"}, AccessTokenType: identity.TypeJWT}},
			Clients:   []admin.NewClient{web, api},
		})
		browser := harness.NewBrowser(t, n)
		tokens := harness.NewParty(t, n, "web", "openid", "profile", "spring:read").Tokens(browser, "alice", harness.AlicePassword)
		if header := harness.JWT(t, tokens.AccessToken, 0); header["typ"] != "JWT" {
			t.Errorf("header %v", header)
		}
		live(t, n, tokens)
		if a := n.Introspect(t, "spring-api", tokens.AccessToken); a.Body["active"] != true || a.Body["sub"] == nil {
			t.Errorf("introspection by the API: %s", a.Text)
		}
		id := idToken(tokens)
		if a := n.UserInfo(t, id); a.Status != http.StatusUnauthorized {
			t.Errorf("UserInfo took an ID token: %d %s", a.Status, a.Text)
		}
		inactive(t, "an ID token", n.Introspect(t, "web", id))
		if a := n.GraphQL(t, id, "{ me { id } }", nil); a.Status != http.StatusUnauthorized {
			t.Errorf("the admin API took an ID token: %d %s", a.Status, a.Text)
		}
		browser.Get(harness.NewParty(t, n, "web", "openid").AuthURL() + "&prompt=none&id_token_hint=" + url.QueryEscape(tokens.AccessToken))
		if got := browser.URL.Query().Get("error"); got != "invalid_request" {
			t.Errorf("an access token as id_token_hint: %s", browser.URL)
		}
		browser.Get(n.Issuer + "/oidc/logout?id_token_hint=" + url.QueryEscape(tokens.AccessToken))
		if !strings.Contains(browser.Text(), "not an ID token") {
			t.Errorf("an access token signs out: %s", browser.Text())
		}
		n.Revoke(t, "web", tokens.AccessToken)
		if a := n.UserInfo(t, tokens.AccessToken); a.Status != http.StatusUnauthorized {
			t.Errorf("UserInfo after revocation: %d", a.Status)
		}
	})
}

// TestClaimsInTheIDToken: only for a client with id_token_claims, only those of the granted scopes, and after a refresh too.
func TestClaimsInTheIDToken(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		nameless := harness.WebClient("nameless")
		named := harness.WebClient("named")
		named.Policy.IDTokenClaims = true
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{nameless, named}})
		browser := harness.NewBrowser(t, n)
		for client, there := range map[string]bool{"nameless": false, "named": true} {
			tokens := harness.NewParty(t, n, client, "openid", "email", "profile").Tokens(browser, "alice", harness.AlicePassword)
			refreshed := n.Refresh(t, client, tokens.RefreshToken)
			userinfo := n.UserInfo(t, tokens.AccessToken).Body
			for when, raw := range map[string]string{"first": idToken(tokens), "refreshed": refreshed.String("id_token")} {
				claims := harness.JWT(t, raw, 1)
				for _, name := range []string{"name", "preferred_username", "email", "email_verified", "updated_at"} {
					if claims[name] != nil != there || there && claims[name] != userinfo[name] {
						t.Errorf("%s, %s: %s is %v, UserInfo has %v", client, when, name, claims[name], userinfo[name])
					}
				}
				if claims["phone_number"] != nil || claims["address"] != nil {
					t.Errorf("%s, %s: more than was granted: %v", client, when, claims)
				}
				if claims["iss"] != n.Issuer || claims["aud"] != client {
					t.Errorf("%s, %s: %v", client, when, claims)
				}
			}
		}
	})
}
