package browser_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"testing"
)

// clientKey is a key of a client, or of somebody whose assertions are trusted.
type clientKey struct{ private *ecdsa.PrivateKey }

func newClientKey(t *testing.T) clientKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return clientKey{private}
}

var encode = base64.RawURLEncoding.EncodeToString

func marshal(t *testing.T, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (k clientKey) jwk(t *testing.T, more map[string]string) map[string]string {
	t.Helper()
	public, err := k.private.PublicKey.Bytes() // 0x04, x, y
	if err != nil {
		t.Fatal(err)
	}
	members := map[string]string{
		"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "first", "x": encode(public[1:33]), "y": encode(public[33:]),
	}
	maps.Copy(members, more)
	return members
}

// jwks is its public part as a set.
func (k clientKey) jwks(t *testing.T) json.RawMessage {
	t.Helper()
	return marshal(t, map[string]any{"keys": []any{k.jwk(t, nil)}})
}

// privateJWK is what an administrator pastes.
func (k clientKey) privateJWK(t *testing.T) string {
	t.Helper()
	private, err := k.private.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return string(marshal(t, k.jwk(t, map[string]string{"d": encode(private)})))
}

// sign makes a JWT.
func (k clientKey) sign(t *testing.T, claims map[string]any) string {
	t.Helper()
	input := encode(marshal(t, map[string]string{"alg": "ES256", "kid": "first"})) + "." + encode(marshal(t, claims))
	digest := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, k.private, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + encode(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}
