package tests

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"hash"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// signingSecret is long enough for every algorithm.
var signingSecret = strings.Repeat("signing-secret-0", 4)

// signsWith is a service that signs its assertions with a secret.
func signsWith(id, secret string, change func(*identity.ClientMetadata)) admin.NewClient {
	c := serviceClient(id, func(m *identity.ClientMetadata) {
		m.TokenEndpointAuthMethod = identity.AuthClientSecretJWT
		if change != nil {
			change(m)
		}
	})
	c.Secret = secret
	return c
}

// secretAssertion signs as a client would, without a JOSE library.
func secretAssertion(
	t *testing.T, n *harness.Node, clientID, secret, alg string, change func(header, claims map[string]any),
) string {
	t.Helper()
	now := n.Clock.Now().Unix()
	header := map[string]any{"alg": alg, "typ": "JWT"}
	claims := map[string]any{"iss": clientID, "sub": clientID, "aud": n.Issuer, "jti": uuid.NewString(), "iat": now, "exp": now + 60}
	if change != nil {
		change(header, claims)
	}
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	input := part(header) + "." + part(claims)
	h := map[string]func() hash.Hash{"HS256": sha256.New, "HS384": sha512.New384, "HS512": sha512.New}[alg]
	mac := hmac.New(h, []byte(secret))
	mac.Write([]byte(input))
	return input + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// TestClientSecretJWT is OIDC Core §9 with every claim made wrong once; what is stored of the secret is sealed.
func TestClientSecretJWT(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := harness.Start(t, db)
		key := newClientKey(t, "k1")
		strict := signsWith("strict", signingSecret, nil)
		strict.Policy.AssertionAudience = "issuer"
		n.Apply(t, admin.Desired{
			Scopes: []identity.Scope{{Name: "reports"}},
			Clients: []admin.NewClient{
				signsWith("robot", signingSecret, nil), strict, signsWith("other", strings.Repeat("o", 64), nil),
				signsWith("long", signingSecret, func(m *identity.ClientMetadata) { m.TokenEndpointAuthAlg = "HS512" }),
				serviceClient("keyed", func(m *identity.ClientMetadata) { m.JWKS = key.JWKS(t) }),
			},
		})
		now := n.Clock.Now().Unix()
		by := func(id string, change func(header, claims map[string]any)) harness.Answer {
			t.Helper()
			return withAssertion(n, t, secretAssertion(t, n, id, signingSecret, "HS256", change))
		}
		for name, change := range map[string]func(header, claims map[string]any){
			"the issuer as audience":         nil,
			"the token endpoint as audience": func(_, c map[string]any) { c["aud"] = n.Issuer + "/api/v1/oauth/token" },
			"a kid, which names nothing":     func(h, _ map[string]any) { h["kid"] = "k1" },
		} {
			if answer := by("robot", change); answer.Status != http.StatusOK {
				t.Errorf("%s: %d %s", name, answer.Status, answer.Text)
			}
		}
		for _, alg := range identity.SecretAssertionAlgorithms() {
			if a := withAssertion(n, t, secretAssertion(t, n, "robot", signingSecret, alg, nil)); a.Status != http.StatusOK {
				t.Errorf("%s: %d %s", alg, a.Status, a.Text)
			}
		}
		for name, change := range map[string]func(header, claims map[string]any){
			"another issuer":        func(_, c map[string]any) { c["iss"] = "other" },
			"another subject":       func(_, c map[string]any) { c["sub"] = "other" },
			"no audience":           func(_, c map[string]any) { delete(c, "aud") },
			"a foreign audience":    func(_, c map[string]any) { c["aud"] = "https://other.example" },
			"no expiry":             func(_, c map[string]any) { delete(c, "exp") },
			"expired":               func(_, c map[string]any) { c["exp"] = now - 300 },
			"valid for a day":       func(_, c map[string]any) { c["exp"] = now + 86_400 },
			"issued in the future":  func(_, c map[string]any) { c["iat"] = now + 300 },
			"no jti":                func(_, c map[string]any) { delete(c, "jti") },
			"a crit header":         func(h, _ map[string]any) { h["crit"] = []string{"x"} },
			"a request object":      func(h, _ map[string]any) { h["typ"] = "oauth-authz-req+jwt" },
			"alg none":              func(h, _ map[string]any) { h["alg"] = "none" },
			"alg RS256":             func(h, _ map[string]any) { h["alg"] = "RS256" },
			"another length of MAC": func(h, _ map[string]any) { h["alg"] = "HS512" },
		} {
			oauthError(t, name, by("robot", change), 401, "invalid_client")
		}
		oauthError(t, "another secret", by("other", nil), 401, "invalid_client")
		oauthError(t, "another algorithm than registered", by("long", nil), 401, "invalid_client")
		if a := withAssertion(n, t, secretAssertion(t, n, "long", signingSecret, "HS512", nil)); a.Status != http.StatusOK {
			t.Errorf("the registered algorithm: %s", a.Text)
		}
		oauthError(t, "the token endpoint, for a strict client", by("strict", func(_, c map[string]any) {
			c["aud"] = n.Issuer + "/api/v1/oauth/token"
		}), 401, "invalid_client")
		oauthError(t, "the secret itself", n.Form(t, "/api/v1/oauth/token", "robot", signingSecret, url.Values{
			"grant_type": {"client_credentials"},
		}), 401, "invalid_client")
		oauthError(t, "nothing", n.Form(t, "/api/v1/oauth/token", "", "", url.Values{
			"grant_type": {"client_credentials"}, "client_id": {"robot"},
		}), 401, "invalid_client")

		once := secretAssertion(t, n, "robot", signingSecret, "HS256", nil)
		if answer := withAssertion(n, t, once); answer.Status != http.StatusOK {
			t.Fatal(answer.Text)
		}
		oauthError(t, "a replay", withAssertion(n, t, once), 401, "invalid_client")

		t.Run("keys and secrets are not taken for one another", func(t *testing.T) {
			if a := withAssertion(n, t, key.assertion(t, n, "keyed", nil)); a.Status != http.StatusOK {
				t.Fatal(a.Text)
			}
			oauthError(t, "a key for a secret", withAssertion(n, t, key.assertion(t, n, "robot", nil)), 401, "invalid_client")
			oauthError(t, "a secret for a key", withAssertion(n, t, secretAssertion(t, n, "keyed", signingSecret, "HS256", nil)), 401, "invalid_client")
			oauthError(t, "the public key as secret", withAssertion(n, t, secretAssertion(t, n, "keyed", string(key.JWKS(t)), "HS256", nil)), 401, "invalid_client")
		})
		for _, column := range []string{"secrets", "metadata"} {
			if n := db.Count(t, "SELECT count(*) FROM clients WHERE CAST("+column+" AS TEXT) LIKE '%"+signingSecret[:16]+"%'"); n != 0 {
				t.Errorf("the secret is in %s", column)
			}
		}
	})
}

// TestASecretSignsAtEveryEndpoint at which clients authenticate, and as a grant.
func TestASecretSignsAtEveryEndpoint(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{
		Users: []admin.DesiredUser{harness.Alice()}, Scopes: []identity.Scope{{Name: "reports"}},
		Clients: []admin.NewClient{signsWith("robot", signingSecret, func(m *identity.ClientMetadata) {
			m.GrantTypes = []identity.GrantType{
				identity.GrantClientCredentials, identity.GrantAuthorizationCode, identity.GrantDeviceCode, identity.GrantCIBA, identity.GrantJWTBearer,
			}
			m.RedirectURIs, m.ResponseTypes, m.DeliveryMode = []string{harness.Callback}, []string{"code"}, identity.DeliveryPoll
			m.Scope = "openid reports"
		})},
	})
	fresh := func() string { return secretAssertion(t, n, "robot", signingSecret, "HS256", nil) }
	token, _ := withAssertion(n, t, fresh()).Body["access_token"].(string)
	for path, c := range map[string]struct {
		form url.Values
		want int
	}{
		"/api/v1/oauth/introspect":           {url.Values{"token": {token}}, 200},
		"/api/v1/oauth/revoke":               {url.Values{"token": {token}}, 200},
		"/api/v1/oauth/device_authorization": {url.Values{"scope": {"openid"}}, 200},
		"/api/v1/oauth/ciba":                 {url.Values{"scope": {"openid"}, "login_hint": {"alice"}}, 200},
		"/api/v1/oauth/par": {url.Values{
			"response_type": {"code"}, "redirect_uri": {harness.Callback}, "scope": {"openid"},
			"code_challenge": {strings.Repeat("c", 43)}, "code_challenge_method": {"S256"},
		}, 201},
		"/api/v1/oauth/token": {url.Values{"grant_type": {string(identity.GrantJWTBearer)}, "assertion": {fresh()}}, 200},
	} {
		form := c.form
		form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		form.Set("client_assertion", fresh())
		if a := n.Form(t, path, "", "", form); a.Status != c.want {
			t.Errorf("%s: %d %s", path, a.Status, a.Text)
		}
		form.Set("client_assertion", secretAssertion(t, n, "robot", strings.Repeat("w", 64), "HS256", nil))
		oauthError(t, path, n.Form(t, path, "", "", form), 401, "invalid_client")
	}
	if a := n.Form(t, "/api/v1/oauth/token", "", "", url.Values{
		"grant_type": {string(identity.GrantJWTBearer)}, "assertion": {fresh()},
	}); a.Status != http.StatusOK {
		t.Errorf("as the grant and nothing else: %s", a.Text)
	}
}

// TestASecretThatHasEndedSignsNothing on both of two nodes: by rotation, and by its end.
func TestASecretThatHasEndedSignsNothing(t *testing.T) {
	t.Parallel()
	a, b := twoNodes(t)
	a.Apply(t, admin.Desired{Scopes: []identity.Scope{{Name: "reports"}}, Clients: []admin.NewClient{signsWith("robot", signingSecret, nil)}})
	clients, id := a.Server.Admin.Clients, a.Client(t, "robot").ID
	come := func(what, secret string, want int) {
		t.Helper()
		a.Clock.Advance(staleness)
		for _, n := range []*harness.Node{a, b} {
			if answer := withAssertion(n, t, secretAssertion(t, n, "robot", secret, "HS512", nil)); answer.Status != want {
				t.Errorf("%s: %d %s", what, answer.Status, answer.Text)
			}
		}
	}
	come("at first", signingSecret, 200)
	rotated, err := clients.RotateSecret(harness.System(t), id, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	come("the new one", rotated.Value, 200)
	come("the former one, for a minute", signingSecret, 200)
	a.Clock.Advance(time.Minute)
	come("the former one, after it", signingSecret, 401)
	const chosen = "chosen-secret-00chosen-secret-00chosen-secret-00chosen-secret-00"
	added, err := clients.AddSecret(harness.System(t), id, admin.NewSecret{Secret: chosen})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = clients.EndSecret(harness.System(t), id, rotated.ID, nil); err != nil {
		t.Fatal(err)
	}
	come("one that was ended", rotated.Value, 401)
	come("the one beside it", chosen, 200)
	if _, err := clients.EndSecret(harness.System(t), id, added.ID, nil); err == nil {
		t.Error("the last one was ended")
	}
}
