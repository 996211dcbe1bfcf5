package harness

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"testing"
)

// ClientKey is a key of a client, or of somebody whose assertions are trusted, on the curve P-256. It signs without a JOSE library.
type ClientKey struct {
	ID      string // kid
	Private *ecdsa.PrivateKey
}

// NewClientKey makes a key.
func NewClientKey(t *testing.T, id string) ClientKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return ClientKey{ID: id, Private: private}
}

// JWK is the public key with what it is made of alone (RFC 7518 §6.2.1).
func (k ClientKey) JWK(t *testing.T) map[string]any {
	t.Helper()
	public, err := k.Private.PublicKey.Bytes() // 0x04, x, y
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return map[string]any{"kty": "EC", "crv": "P-256", "x": encode(public[1:33]), "y": encode(public[33:])}
}

// used is JWK with what the key is for.
func (k ClientKey) used(t *testing.T) map[string]any {
	t.Helper()
	key := k.JWK(t)
	key["use"], key["alg"], key["kid"] = "sig", "ES256", k.ID
	return key
}

// JWKS is the public key as a set.
func (k ClientKey) JWKS(t *testing.T) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(map[string]any{"keys": []any{k.used(t)}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// PrivateJWK is the key as its owner has it.
func (k ClientKey) PrivateJWK(t *testing.T) string {
	t.Helper()
	private, err := k.Private.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	key := k.used(t)
	key["d"] = base64.RawURLEncoding.EncodeToString(private)
	text, err := json.Marshal(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Sign makes a JWT.
func (k ClientKey) Sign(t *testing.T, header, claims map[string]any) string {
	t.Helper()
	return Forge(t, header, claims, ES256(t, k.Private))
}
