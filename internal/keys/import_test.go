package keys_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/keys"
)

func ok[T any](t *testing.T) func(value T, err error) T {
	t.Helper()
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func pemText(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func pkcs8(t *testing.T, key any) string {
	t.Helper()
	return pemText("PRIVATE KEY", ok[[]byte](t)(x509.MarshalPKCS8PrivateKey(key)))
}

func jwkText(t *testing.T, key any, change map[string]any) string {
	t.Helper()
	members := map[string]any{}
	if err := json.Unmarshal(ok[[]byte](t)(json.Marshal(jose.JSONWebKey{Key: key})), &members); err != nil {
		t.Fatal(err)
	}
	for name, value := range change {
		members[name] = value
	}
	return string(ok[[]byte](t)(json.Marshal(members)))
}

// material is one key of each kind that can be imported.
type material struct {
	rsa *rsa.PrivateKey
	ec  *ecdsa.PrivateKey
	ed  ed25519.PrivateKey
}

func newMaterial(t *testing.T) material {
	t.Helper()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return material{
		rsa: ok[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 2048)),
		ec:  ok[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)), ed: ed,
	}
}

func TestEachFormOfAKeyIsImported(t *testing.T) {
	t.Parallel()
	f, m := setUp(t), newMaterial(t)
	maker := keys.Maker{Keyring: f.ring}
	sec1 := pemText("EC PRIVATE KEY", ok[[]byte](t)(x509.MarshalECPrivateKey(m.ec)))
	p384 := ok[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	for name, test := range map[string]struct {
		text string
		alg  identity.Algorithm
		key  crypto.Signer
	}{
		"PKCS #8, RSA":         {pkcs8(t, m.rsa), identity.RS256, m.rsa},
		"PKCS #8, EC":          {pkcs8(t, m.ec), identity.ES256, m.ec},
		"PKCS #8, Ed25519":     {pkcs8(t, m.ed), identity.EdDSA, m.ed},
		"PKCS #1":              {pemText("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(m.rsa)), identity.RS256, m.rsa},
		"SEC 1":                {sec1, identity.ES256, m.ec},
		"SEC 1 with its curve": {pemText("EC PARAMETERS", []byte{6, 8, 42, 134, 72, 206, 61, 3, 1, 7}) + sec1, identity.ES256, m.ec},
		"between other lines":  {"key of the old server\r\n" + strings.ReplaceAll(sec1, "\n", "\r\n") + "\r\n", identity.ES256, m.ec},
		"JWK, RSA":             {jwkText(t, m.rsa, map[string]any{"alg": "RS256", "kid": "old"}), identity.RS256, m.rsa},
		"JWK, EC":              {"\n" + jwkText(t, m.ec, map[string]any{"use": "sig", "key_ops": []string{"sign"}}), identity.ES256, m.ec},
		"JWK, Ed25519":         {jwkText(t, m.ed, nil), identity.EdDSA, m.ed},
		"PKCS #8, P-384":       {pkcs8(t, p384), identity.ES384, p384},
		"JWK for PS512":        {jwkText(t, m.rsa, map[string]any{"alg": "PS512"}), identity.PS512, m.rsa},
	} {
		k, err := maker.Import(test.text, "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sum := ok[[]byte](t)((&jose.JSONWebKey{Key: test.key.Public()}).Thumbprint(crypto.SHA256))
		if k.Algorithm != test.alg || k.KID != base64.RawURLEncoding.EncodeToString(sum) {
			t.Errorf("%s: %s %s", name, k.Algorithm, k.KID)
		}
		k.State = identity.KeyActive
		f.rows.keys = []identity.SigningKey{k}
		signer := keys.NewSigner(f.rows, f.ring, identity.SystemSource(), issuer)
		token := ok[string](t)(signer.Sign(t.Context(), test.alg, identity.TypeJWT, payload{Issuer: issuer}))
		parsed := ok[*jose.JSONWebSignature](t)(jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(test.alg)}))
		if _, err := parsed.Verify(test.key.Public()); err != nil {
			t.Errorf("%s: what it signs does not verify: %v", name, err)
		}
		checkPublic(t, maker, k, test.key)
	}
}

// checkPublic compares both forms of the public half with the key.
func checkPublic(t *testing.T, maker keys.Maker, k identity.SigningKey, key crypto.Signer) {
	t.Helper()
	public := ok[identity.PublicKey](t)(maker.Public(k))
	block, rest := pem.Decode([]byte(public.PEM))
	if block == nil || block.Type != "PUBLIC KEY" || len(rest) > 0 {
		t.Fatalf("PEM %s", public.PEM)
	}
	want := key.Public().(interface{ Equal(x crypto.PublicKey) bool })
	if !want.Equal(ok[any](t)(x509.ParsePKIXPublicKey(block.Bytes))) {
		t.Errorf("the PEM is another key: %s", public.PEM)
	}
	var jwk jose.JSONWebKey
	if err := jwk.UnmarshalJSON(public.JWK); err != nil || !jwk.IsPublic() || !want.Equal(jwk.Key) || jwk.KeyID != k.KID || jwk.Use != "sig" {
		t.Errorf("JWK %s: %v", public.JWK, err)
	}
}

func TestAKeyThatCannotBeUsedIsRefused(t *testing.T) {
	t.Parallel()
	f, m := setUp(t), newMaterial(t)
	maker := keys.Maker{Keyring: f.ring}
	weak := ok[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 1024))
	p521 := ok[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))
	other := ok[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	mixed := *m.ec
	mixed.PublicKey = other.PublicKey
	_, otherEd, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	small := jwkText(t, m.rsa, map[string]any{"e": encode([]byte{3})})
	for name, text := range map[string]string{
		"nothing":                    "",
		"not PEM":                    "secret-canary",
		"too long":                   strings.Repeat("secret-canary", 2000),
		"RSA of 1024 bits":           pkcs8(t, weak),
		"a JWK of 1024 bits":         jwkText(t, weak, nil),
		"P-521":                      pkcs8(t, p521),
		"a JWK on P-521":             jwkText(t, p521, nil),
		"a public key":               pemText("PUBLIC KEY", ok[[]byte](t)(x509.MarshalPKIXPublicKey(m.ec.Public()))),
		"a public JWK":               jwkText(t, m.ec.Public(), nil),
		"a certificate":              pemText("CERTIFICATE", []byte("secret-canary")),
		"encrypted":                  pemText("ENCRYPTED PRIVATE KEY", []byte("secret-canary")),
		"encrypted as OpenSSL did":   "-----BEGIN EC PRIVATE KEY-----\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n",
		"two keys":                   pkcs8(t, m.ec) + pkcs8(t, m.ed),
		"damaged":                    pemText("PRIVATE KEY", []byte("secret-canary")),
		"another kind than it says":  pemText("RSA PRIVATE KEY", ok[[]byte](t)(x509.MarshalPKCS8PrivateKey(m.rsa))),
		"half a JSON":                `{"kty":"EC","d":"secret-canary"`,
		"no key":                     `{"d":"secret-canary"}`,
		"a symmetric key":            `{"kty":"oct","k":"secret-canary"}`,
		"a JWK for encryption":       jwkText(t, m.rsa, map[string]any{"use": "enc"}),
		"a JWK for other operations": jwkText(t, m.rsa, map[string]any{"key_ops": []string{"verify"}}),
		"a JWK for ES256":            jwkText(t, m.rsa, map[string]any{"alg": "ES256"}),
		"a JWK for RSA-OAEP":         jwkText(t, m.rsa, map[string]any{"alg": "RSA-OAEP"}),
		"a JWK with a changed prime": jwkText(t, m.rsa, map[string]any{"p": encode(m.rsa.Primes[1].Bytes())}),
		"a small exponent":           small,
		"an EC JWK of two halves":    jwkText(t, &mixed, nil),
		"an OKP JWK of two halves":   jwkText(t, m.ed, map[string]any{"x": encode(otherEd.Public().(ed25519.PublicKey))}),
		"X25519":                     jwkText(t, m.ed, map[string]any{"crv": "X25519"}),
		"a short seed":               jwkText(t, m.ed, map[string]any{"d": encode(m.ed.Seed()[:31])}),
		"an unknown curve":           jwkText(t, m.ec, map[string]any{"crv": "secp256k1"}),
	} {
		_, err := maker.Import(text, "")
		var refused *identity.Error
		if !errors.As(err, &refused) || refused.Kind != identity.Invalid || refused.Field != "key" {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the input is repeated: %v", name, err)
		}
	}
}

func TestAnRSAKeyIsImportedForOneAlgorithm(t *testing.T) {
	t.Parallel()
	f, m := setUp(t), newMaterial(t)
	maker := keys.Maker{Keyring: f.ring}
	for _, test := range []struct {
		text        string
		alg, wanted identity.Algorithm
		field       string
	}{
		{pkcs8(t, m.rsa), identity.PS256, identity.PS256, ""},
		{jwkText(t, m.rsa, map[string]any{"alg": "PS256"}), identity.PS256, identity.PS256, ""},
		{jwkText(t, m.rsa, map[string]any{"alg": "PS256"}), identity.RS256, "", "algorithm"},
		{pkcs8(t, m.rsa), identity.ES256, "", "algorithm"},
		{pkcs8(t, m.ec), identity.PS256, "", "algorithm"},
		{pkcs8(t, m.rsa), identity.HS256, "", "algorithm"},
	} {
		k, err := maker.Import(test.text, test.alg)
		var refused *identity.Error
		if errors.As(err, &refused); k.Algorithm != test.wanted || (refused == nil) != (test.field == "") || refused != nil && refused.Field != test.field {
			t.Errorf("for %s: %s, %v", test.alg, k.Algorithm, err)
		}
	}
}
