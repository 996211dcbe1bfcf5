package tests

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// responding is the client web under another name, registered for response types with all that they need.
func responding(id string, types ...string) admin.NewClient {
	c := harness.WebClient(id)
	c.Metadata.ResponseTypes = types
	c.Metadata.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode, identity.GrantImplicit, identity.GrantRefreshToken}
	return c
}

// inFragment reads the answer of a browser that was sent to a client with a fragment and nothing in the query.
func inFragment(t *testing.T, p *harness.Party, b *harness.Browser) url.Values {
	t.Helper()
	answer, err := url.ParseQuery(b.URL.EscapedFragment())
	if err != nil || b.URL.RawQuery != "" || !strings.HasPrefix(b.URL.String(), harness.Callback+"#") {
		t.Fatalf("the browser is at %s (status %d): %s", b.URL, b.Status, b.Text())
	}
	if answer.Get("state") != p.State || answer.Get("iss") != p.Node.Issuer {
		t.Errorf("answer %v", answer)
	}
	return answer
}

// answered signs Alice in, as far as that is asked for, and returns what is in the fragment.
func answered(t *testing.T, p *harness.Party, b *harness.Browser, extra ...string) url.Values {
	t.Helper()
	b.Get(p.AuthURL(extra...))
	if b.Has("login-submit") {
		b.SignIn("alice", harness.AlicePassword)
	}
	if b.Has("approve") {
		b.Submit("approve", nil)
	}
	return inFragment(t, p, b)
}

// TestTokensComeThroughTheBrowser: OIDC Core §3.2.2.5, §3.3.2.5, §3.3.2.11, §11, of every algorithm and both formats.
func TestTokensComeThroughTheBrowser(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, frontChannel())
		eddsa, opaque := responding("eddsa", "token code id_token"), responding("opaque", "id_token token")
		eddsa.Metadata.IDTokenAlg = identity.EdDSA
		opaque.Metadata.IDTokenAlg, opaque.Policy.AccessTokenFormat = identity.ES256, identity.FormatOpaque
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{eddsa, opaque}})
		for client, c := range map[string]struct {
			response string
			half     func(string) []byte
		}{
			"eddsa":  {"code id_token token", func(s string) []byte { sum := sha512.Sum512([]byte(s)); return sum[:32] }},
			"opaque": {"token id_token", func(s string) []byte { sum := sha256.Sum256([]byte(s)); return sum[:16] }},
		} {
			party, browser := harness.NewParty(t, n, client), harness.NewBrowser(t, n)
			answer := answered(t, party, browser, "response_type", c.response)
			claims := verifiedIDToken(t, n, client, answer.Get("id_token"))
			for name, of := range map[string]string{
				"at_hash": answer.Get("access_token"), "c_hash": answer.Get("code"), "s_hash": party.State,
			} {
				if want := base64.RawURLEncoding.EncodeToString(c.half(of)); of != "" && claims[name] != want || of == "" && claims[name] != nil {
					t.Errorf("%s: %s is %v, want %s", client, name, claims[name], want)
				}
			}
			if claims["nonce"] != party.Nonce || claims["sid"] == nil || answer.Has("refresh_token") || answer.Get("token_type") != "Bearer" {
				t.Errorf("%s: %v with %v", client, answer, claims)
			}
			if strings.HasPrefix(answer.Get("access_token"), "authly_at_") != (client == "opaque") {
				t.Errorf("%s: access token %s", client, answer.Get("access_token"))
			}
			// Without a code there is no refresh token, and no access beyond the session.
			if offline := strings.Contains(answer.Get("scope"), "offline_access"); offline != (client == "eddsa") {
				t.Errorf("%s: scope %q", client, answer.Get("scope"))
			}
			if a := n.UserInfo(t, answer.Get("access_token")); a.Status != http.StatusOK || a.Body["sub"] != claims["sub"] {
				t.Errorf("%s: UserInfo %d %s", client, a.Status, a.Text)
			}
			if a := n.UserInfo(t, answer.Get("id_token")); a.Status != http.StatusUnauthorized {
				t.Errorf("%s: the ID token is taken as an access token: %d", client, a.Status)
			}
		}
		if got := n.Database.Count(t, "SELECT count(*) FROM grants WHERE code_digest IS NULL"); got != 1 {
			t.Errorf("%d grants without a code", got)
		}
	})
}

// verifiedIDToken checks an ID token by the keys of the server and returns its claims.
func verifiedIDToken(t *testing.T, n *harness.Node, client, token string) map[string]any {
	t.Helper()
	provider, err := oidc.NewProvider(t.Context(), n.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.Verifier(&oidc.Config{ClientID: client, Now: n.Clock.Now}).Verify(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	return harness.JWT(t, token, 1)
}

// TestTokensOfTheBrowserEndWithTheirGrant: at sign-out, by revocation, and when an administrator ends the grant; not when a code that
// nobody redeems expires and is removed.
func TestTokensOfTheBrowserEndWithTheirGrant(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, frontChannel())
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{responding("spa", "id_token token", "code token")}})
		for name, end := range map[string]func(*harness.Browser, url.Values){
			"sign-out": func(b *harness.Browser, answer url.Values) {
				b.Get(n.URL + "/oidc/logout?id_token_hint=" + answer.Get("id_token"))
				if b.Has("logout-confirm") {
					b.Submit("logout-confirm", nil)
				}
			},
			"revocation": func(_ *harness.Browser, answer url.Values) {
				if a := n.Revoke(t, "spa", answer.Get("access_token")); a.Status != http.StatusOK {
					t.Errorf("revocation: %d %s", a.Status, a.Text)
				}
			},
			"an administrator": func(*harness.Browser, url.Values) {
				alice, spa := n.User(t, "alice").ID, n.Client(t, "spa").ID
				if _, err := n.Server.Admin.Grants.RevokeForUser(harness.System(t), alice, uuid.Nil, spa); err != nil {
					t.Error(err)
				}
			},
		} {
			party, browser := harness.NewParty(t, n, "spa"), harness.NewBrowser(t, n)
			answer := answered(t, party, browser, "response_type", "id_token token")
			if a := n.UserInfo(t, answer.Get("access_token")); a.Status != http.StatusOK {
				t.Fatalf("%s: %d %s", name, a.Status, a.Text)
			}
			end(browser, answer)
			if a := n.UserInfo(t, answer.Get("access_token")); a.Status != http.StatusUnauthorized {
				t.Errorf("%s: the token lives: %d", name, a.Status)
			}
		}
		party, browser := harness.NewParty(t, n, "spa"), harness.NewBrowser(t, n)
		answer := answered(t, party, browser, "response_type", "code token")
		n.Clock.Advance(2 * time.Minute)
		if _, err := n.Server.Domain.Retention.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if a := n.UserInfo(t, answer.Get("access_token")); a.Status != http.StatusOK {
			t.Errorf("the token died with its code: %d %s", a.Status, a.Text)
		}
	})
}

// TestTheFrontChannelIsOffUnlessSaid: in the metadata, at registration and at the authorization endpoint.
func TestTheFrontChannelIsOffUnlessSaid(t *testing.T) {
	t.Parallel()
	all := []any{"code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"}
	const hybrid = `{"redirect_uris":["https://rp.example/cb"],"grant_types":["authorization_code","implicit"],"response_types":["id_token code"]}`
	for name, on := range map[string]bool{"off": false, "on": true} {
		opts := []harness.Option{
			harness.Env("AUTHLY_CLIENT_REGISTRATION", "token"), harness.Env("AUTHLY_CLIENT_REGISTRATION_GRANTS", "authorization_code,implicit"),
		}
		if on {
			opts = append(opts, frontChannel())
		}
		n := start(t, harness.SQLite(t), opts...)
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{responding("spa", "id_token")}}) // ahead of the switch
		for _, path := range []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"} {
			a := n.Get(t, path)
			want := all
			if !on {
				want = all[:1]
			}
			if got, _ := a.Body["response_types_supported"].([]any); !slices.Equal(got, want) {
				t.Errorf("%s: response types %v", name, got)
			}
			for member, value := range map[string]string{"grant_types_supported": "implicit", "response_modes_supported": "fragment"} {
				if slices.Contains(list(t, a.Body, member), value) != on {
					t.Errorf("%s: %s is %v", name, member, a.Body[member])
				}
			}
		}
		party, browser := harness.NewParty(t, n, "spa"), harness.NewBrowser(t, n)
		answer := answered(t, party, browser, "response_type", "id_token", "prompt", "none")
		if want := map[bool]string{false: "unsupported_response_type", true: "login_required"}[on]; answer.Get("error") != want {
			t.Errorf("%s: %v", name, answer)
		}
		a := sendRegistration(t, n, http.MethodPost, registerPath, initialToken(t, n, 1), hybrid)
		if on && (a.Status != http.StatusCreated || !slices.Equal(list(t, a.Body, "response_types"), []string{"id_token code"})) {
			t.Errorf("%s: %d %s", name, a.Status, a.Text)
		}
		if !on {
			oauthError(t, name, a, 400, "invalid_client_metadata")
		}
	}
}

// TestTheModesOfTokens: a fragment unless it is said, never the query, also signed (JARM §2.3).
func TestTheModesOfTokens(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), frontChannel())
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{responding("spa", "id_token", "code id_token", "code")}})
	browser := harness.NewBrowser(t, n)
	party := harness.NewParty(t, n, "spa", "openid")
	answered(t, party, browser, "response_type", "id_token", "response_mode", "fragment")
	for mode, place := range map[string]string{"jwt": "fragment.jwt", "fragment.jwt": "fragment.jwt", "form_post.jwt": "form_post.jwt"} {
		browser.Get(party.AuthURL("response_type", "id_token code", "response_mode", mode))
		if browser.Has("approve") {
			browser.Submit("approve", nil)
		}
		_, claims := signedResponse(t, n, browser, place, "RS256")
		if claims["code"] == nil || claims["id_token"] == nil || claims["state"] != party.State {
			t.Errorf("%s: %v", mode, claims)
		}
	}
	// A code may go by the fragment too, where there is one.
	if answer := answered(t, party, browser, "response_mode", "fragment"); answer.Get("code") == "" || len(answer) != 3 {
		t.Errorf("a code: %v", answer)
	}
	// The pushed parameters count, and not those beside the reference.
	uri := push(t, n, party, "response_type", "id_token", "prompt", "none")
	browser.Get(byReference(n, "spa", uri, "response_type", "code", "response_mode", "query"))
	if answer := inFragment(t, party, browser); answer.Get("id_token") == "" || answer.Has("code") {
		t.Errorf("pushed: %v", answer)
	}
}
