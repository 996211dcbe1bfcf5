package tests

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestPrivateKeyJWT is RFC 7523 §3 with every claim made wrong once.
func TestPrivateKeyJWT(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := harness.Start(t, db)
		key, stranger := newClientKey(t, "k1"), newClientKey(t, "k1")
		strict := serviceClient("strict", func(m *identity.ClientMetadata) { m.JWKS = key.JWKS(t) })
		strict.Policy.AssertionAudience = "issuer"
		n.Apply(t, admin.Desired{
			Scopes: []identity.Scope{{Name: "reports"}},
			Clients: []admin.NewClient{
				serviceClient("robot", func(m *identity.ClientMetadata) { m.JWKS = key.JWKS(t) }),
				strict,
				serviceClient("rsa", func(m *identity.ClientMetadata) { m.JWKS, m.TokenEndpointAuthAlg = key.JWKS(t), "PS256" }),
			},
		})
		now := n.Clock.Now().Unix()
		for name, change := range map[string]func(header, claims map[string]any){
			"the issuer as audience":         nil,
			"the token endpoint as audience": func(_, c map[string]any) { c["aud"] = n.Issuer + "/api/v1/oauth/token" },
			"a list of our own names":        func(_, c map[string]any) { c["aud"] = []string{n.Issuer, n.Issuer + "/api/v1/oauth/token"} },
			"a clock that is a little fast":  func(_, c map[string]any) { c["nbf"], c["iat"] = now+8, now+8 },
			"no kid":                         func(h, _ map[string]any) { delete(h, "kid") },
		} {
			if answer := withAssertion(n, t, key.assertion(t, n, "robot", change)); answer.Status != http.StatusOK {
				t.Errorf("%s: %d %s", name, answer.Status, answer.Text)
			}
		}
		for name, change := range map[string]func(header, claims map[string]any){
			"another issuer":         func(_, c map[string]any) { c["iss"] = "other" },
			"no issuer":              func(_, c map[string]any) { delete(c, "iss") },
			"no subject":             func(_, c map[string]any) { delete(c, "sub") },
			"no audience":            func(_, c map[string]any) { delete(c, "aud") },
			"a foreign audience":     func(_, c map[string]any) { c["aud"] = "https://other.example" },
			"a mixed audience":       func(_, c map[string]any) { c["aud"] = []string{n.Issuer, "https://other.example"} },
			"no expiry":              func(_, c map[string]any) { delete(c, "exp") },
			"an expiry that is text": func(_, c map[string]any) { c["exp"] = "99999999999" },
			"expired":                func(_, c map[string]any) { c["exp"] = now - 300 },
			"valid for a day":        func(_, c map[string]any) { c["exp"] = now + 86_400 },
			"issued in the future":   func(_, c map[string]any) { c["iat"] = now + 300 },
			"not valid yet":          func(_, c map[string]any) { c["nbf"] = now + 300 },
			"no jti":                 func(_, c map[string]any) { delete(c, "jti") },
			"an unknown kid":         func(h, _ map[string]any) { h["kid"] = "k2" },
			"a crit header":          func(h, _ map[string]any) { h["crit"] = []string{"x"} },
			"alg none":               func(h, _ map[string]any) { h["alg"] = "none" },
			"alg HS256":              func(h, _ map[string]any) { h["alg"] = "HS256" },
		} {
			oauthError(t, name, withAssertion(n, t, key.assertion(t, n, "robot", change)), 401, "invalid_client")
		}
		oauthError(t, "another key", withAssertion(n, t, stranger.assertion(t, n, "robot", nil)), 401, "invalid_client")
		oauthError(t, "another algorithm than registered", withAssertion(n, t, key.assertion(t, n, "rsa", nil)), 401, "invalid_client")
		oauthError(t, "the token endpoint, for a strict client", withAssertion(n, t, key.assertion(t, n, "strict", func(_, c map[string]any) {
			c["aud"] = n.Issuer + "/api/v1/oauth/token"
		})), 401, "invalid_client")
		oauthError(t, "a list, for a strict client", withAssertion(n, t, key.assertion(t, n, "strict", func(_, c map[string]any) {
			c["aud"] = []string{n.Issuer}
		})), 401, "invalid_client")
		oauthError(t, "a secret instead", n.Form(t, "/api/v1/oauth/token", "robot", harness.ClientSecret, url.Values{
			"grant_type": {"client_credentials"},
		}), 401, "invalid_client")

		once := key.assertion(t, n, "robot", nil)
		if answer := withAssertion(n, t, once); answer.Status != http.StatusOK {
			t.Fatal(answer.Text)
		}
		oauthError(t, "a replay", withAssertion(n, t, once), 401, "invalid_client")
	})
}

// TestAClientRotatesItsKey: the new key is found soon after it is published at jwks_uri.
func TestAClientRotatesItsKey(t *testing.T) {
	t.Parallel()
	keys := []clientKey{newClientKey(t, "old"), newClientKey(t, "new")}
	var mu sync.Mutex
	current, fetched := 0, 0
	publisher := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		fetched++
		_, _ = w.Write(keys[current].JWKS(t))
	}))
	defer publisher.Close()
	n := harness.Start(t, harness.SQLite(t), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
	n.Apply(t, admin.Desired{
		Scopes:  []identity.Scope{{Name: "reports"}},
		Clients: []admin.NewClient{serviceClient("robot", func(m *identity.ClientMetadata) { m.JWKSURI = publisher.URL + "/jwks" })},
	})
	for range 3 {
		if answer := withAssertion(n, t, keys[0].assertion(t, n, "robot", nil)); answer.Status != http.StatusOK {
			t.Fatal(answer.Text)
		}
	}
	if fetched != 1 {
		t.Errorf("the key set was fetched %d times", fetched)
	}
	mu.Lock()
	current = 1
	mu.Unlock()
	oauthError(t, "an unknown key right after a fetch", withAssertion(n, t, keys[1].assertion(t, n, "robot", nil)), 401, "invalid_client")
	if fetched != 1 {
		t.Error("an unknown kid makes every request fetch the key set")
	}
	n.Clock.Advance(15 * time.Second)
	if answer := withAssertion(n, t, keys[1].assertion(t, n, "robot", nil)); answer.Status != http.StatusOK {
		t.Errorf("the new key is not accepted: %s", answer.Text)
	}
	oauthError(t, "the old key", withAssertion(n, t, keys[0].assertion(t, n, "robot", nil)), 401, "invalid_client")
}
