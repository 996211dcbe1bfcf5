package tests

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// clientKey signs assertions as a client would, without a JOSE library.
type clientKey struct {
	kid     string
	private *ecdsa.PrivateKey
}

func newClientKey(t *testing.T, kid string) clientKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return clientKey{kid: kid, private: private}
}

func (k clientKey) jwks(t *testing.T) json.RawMessage {
	t.Helper()
	public, err := k.private.PublicKey.Bytes() // 0x04, x, y
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	text, err := json.Marshal(map[string]any{"keys": []map[string]string{{
		"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": k.kid, "x": encode(public[1:33]), "y": encode(public[33:]),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (k clientKey) sign(t *testing.T, header, claims map[string]any) string {
	t.Helper()
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	input := part(header) + "." + part(claims)
	digest := sha256.Sum256([]byte(input))
	der, err := k.private.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(rawSignature(der))
}

// rawSignature turns the ASN.1 form of an ECDSA signature into the two numbers of JWS (RFC 7518 §3.4).
func rawSignature(der []byte) []byte {
	r := der[4 : 4+der[3]]
	s := der[6+der[3]:]
	out := make([]byte, 64)
	new(big.Int).SetBytes(r).FillBytes(out[:32])
	new(big.Int).SetBytes(s).FillBytes(out[32:])
	return out
}

func (k clientKey) assertion(t *testing.T, n *harness.Node, clientID string, change func(header, claims map[string]any)) string {
	t.Helper()
	now := n.Clock.Now().Unix()
	header := map[string]any{"alg": "ES256", "kid": k.kid, "typ": "JWT"}
	claims := map[string]any{
		"iss": clientID, "sub": clientID, "aud": n.Issuer, "jti": uuid.NewString(), "iat": now, "exp": now + 60,
	}
	if change != nil {
		change(header, claims)
	}
	return k.sign(t, header, claims)
}

func serviceClient(id string, change func(*identity.ClientMetadata)) admin.NewClient {
	m := identity.DefaultMetadata()
	m.GrantTypes = []identity.GrantType{identity.GrantClientCredentials}
	m.TokenEndpointAuthMethod = identity.AuthPrivateKeyJWT
	m.Scope = "reports"
	if change != nil {
		change(&m)
	}
	return admin.NewClient{ClientID: id, Metadata: m}
}

func withAssertion(n *harness.Node, t *testing.T, assertion string) harness.Answer {
	t.Helper()
	return n.Form(t, "/api/v1/oauth/token", "", "", url.Values{
		"grant_type": {"client_credentials"}, "client_assertion": {assertion},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	})
}

// TestPrivateKeyJWT is RFC 7523 §3 with every claim made wrong once.
func TestPrivateKeyJWT(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := harness.Start(t, db)
		key, stranger := newClientKey(t, "k1"), newClientKey(t, "k1")
		n.Apply(t, admin.Desired{
			Scopes: []identity.Scope{{Name: "reports"}},
			Clients: []admin.NewClient{
				serviceClient("robot", func(m *identity.ClientMetadata) { m.JWKS = key.jwks(t) }),
				serviceClient("strict", func(m *identity.ClientMetadata) { m.JWKS, m.AssertionAudience = key.jwks(t), "issuer" }),
				serviceClient("rsa", func(m *identity.ClientMetadata) { m.JWKS, m.TokenEndpointAuthAlg = key.jwks(t), "PS256" }),
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
		_, _ = w.Write(keys[current].jwks(t))
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
