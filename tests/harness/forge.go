package harness

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"testing"
)

// Sign makes the signature of a token that Authly did not issue.
type Sign func(input []byte) []byte

// Unsigned leaves the signature empty.
func Unsigned([]byte) []byte { return nil }

// HS256 signs with a shared secret.
func HS256(key []byte) Sign {
	return func(input []byte) []byte {
		h := hmac.New(sha256.New, key)
		h.Write(input)
		return h.Sum(nil)
	}
}

// RS256 signs with an RSA key.
func RS256(t *testing.T, key *rsa.PrivateKey) Sign {
	return func(input []byte) []byte {
		sum := sha256.Sum256(input)
		signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return signature
	}
}

// PS256 signs with an RSA key (RFC 7518 §3.5).
func PS256(t *testing.T, key *rsa.PrivateKey) Sign {
	return func(input []byte) []byte {
		sum := sha256.Sum256(input)
		signature, err := rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		if err != nil {
			t.Fatal(err)
		}
		return signature
	}
}

// ES256 signs with a key of the curve P-256 (RFC 7518 §3.4).
func ES256(t *testing.T, key *ecdsa.PrivateKey) Sign {
	return func(input []byte) []byte {
		sum := sha256.Sum256(input)
		r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		out := make([]byte, 64)
		r.FillBytes(out[:32])
		s.FillBytes(out[32:])
		return out
	}
}

// Forge puts a token together.
func Forge(t *testing.T, header, claims map[string]any, sign Sign) string {
	t.Helper()
	part := func(value any) string {
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	input := part(header) + "." + part(claims)
	return input + "." + base64.RawURLEncoding.EncodeToString(sign([]byte(input)))
}

// JWKS reads the published keys.
func (n *Node) JWKS(t *testing.T) []map[string]any {
	t.Helper()
	answer := n.Get(t, "/.well-known/jwks.json")
	if answer.Status != http.StatusOK {
		t.Fatalf("JWKS: %d %s", answer.Status, answer.Text)
	}
	var set struct {
		Keys []map[string]any `json:"keys"`
	}
	if err := json.Unmarshal([]byte(answer.Text), &set); err != nil {
		t.Fatal(err)
	}
	return set.Keys
}

// RSAKey makes a public key of its JWK form.
func RSAKey(t *testing.T, jwk map[string]any) *rsa.PublicKey {
	t.Helper()
	return &rsa.PublicKey{N: member(t, jwk, "n"), E: int(member(t, jwk, "e").Int64())}
}

// RSAPrivateKey makes a private key of its JWK form (RFC 7518 §6.3.2).
func RSAPrivateKey(t *testing.T, jwk map[string]any) *rsa.PrivateKey {
	t.Helper()
	key := &rsa.PrivateKey{
		PublicKey: *RSAKey(t, jwk), D: member(t, jwk, "d"), Primes: []*big.Int{member(t, jwk, "p"), member(t, jwk, "q")},
	}
	if err := key.Validate(); err != nil {
		t.Fatal(err)
	}
	key.Precompute()
	return key
}

// member reads a number of a key.
func member(t *testing.T, jwk map[string]any, name string) *big.Int {
	t.Helper()
	text, _ := jwk[name].(string)
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) == 0 {
		t.Fatalf("member %s of %v: %v", name, jwk, err)
	}
	return new(big.Int).SetBytes(raw)
}
