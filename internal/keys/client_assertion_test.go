package keys_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authly/authly/internal/keys"
)

// TestAnAssertionProvesItsKey: it says what RFC 7523 §3 wants, is signed by the key, names the key if that has a name, and is another
// each time.
func TestAnAssertionProvesItsKey(t *testing.T) {
	t.Parallel()
	m, now := newMaterial(t), time.Unix(1_800_000_000, 0)
	algorithms := []jose.SignatureAlgorithm{jose.RS256, jose.PS384, jose.ES256, jose.EdDSA}
	for name, c := range map[string]struct {
		text     string
		public   any
		alg, kid string
	}{
		"RSA, PEM":        {pkcs8(t, m.rsa), m.rsa.Public(), "RS256", ""},
		"RSA of JWK":      {jwkText(t, m.rsa, map[string]any{"alg": "PS384", "kid": "r"}), m.rsa.Public(), "PS384", "r"},
		"EC, PEM":         {pkcs8(t, m.ec), m.ec.Public(), "ES256", ""},
		"EC of JWK":       {jwkText(t, m.ec, map[string]any{"kid": "e"}), m.ec.Public(), "ES256", "e"},
		"Ed25519 as JWK":  {jwkText(t, m.ed, nil), m.ed.Public(), "EdDSA", ""},
		"with empty line": {"\n" + pkcs8(t, m.ed) + "\n", m.ed.Public(), "EdDSA", ""},
	} {
		text := ok[string](t)(keys.SignAssertion(c.text, "ci", "https://id.example.org", now))
		signed := ok[*jose.JSONWebSignature](t)(jose.ParseSignedCompact(text, algorithms))
		if h := signed.Signatures[0].Header; h.Algorithm != c.alg || h.KeyID != c.kid {
			t.Errorf("%s: %s by %q", name, h.Algorithm, h.KeyID)
		}
		var claims map[string]any
		if err := json.Unmarshal(ok[[]byte](t)(signed.Verify(c.public)), &claims); err != nil {
			t.Fatal(err)
		}
		if claims["iss"] != "ci" || claims["sub"] != "ci" || claims["aud"] != "https://id.example.org" || claims["jti"] == "" ||
			claims["iat"] != 1.8e9 || claims["exp"] != 1.8e9+60 {
			t.Errorf("%s: %v", name, claims)
		}
		if again := ok[string](t)(keys.SignAssertion(c.text, "ci", "https://id.example.org", now)); again == text {
			t.Errorf("%s: the same twice", name)
		}
	}
	for _, text := range []string{
		"", "{}", "secret-of-nobody", strings.ReplaceAll(pkcs8(t, m.ec), "PRIVATE", "PUBLIC"),
		jwkText(t, m.rsa, map[string]any{"alg": "RSA-OAEP"}), jwkText(t, m.rsa, map[string]any{"alg": "ES256"}),
	} {
		if _, err := keys.SignAssertion(text, "ci", "x", now); err == nil || strings.Contains(err.Error(), "secret-of-nobody") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
