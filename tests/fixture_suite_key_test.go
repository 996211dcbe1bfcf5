package tests

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/tests/harness"
)

// suiteKey is a key of a client of the suite, for RS256.
type suiteKey struct {
	private  *rsa.PrivateKey
	id       string // kid, or empty
	audience string // of assertions: issuer, or empty for the token endpoint
}

// suiteKeys are two of them; RSA keys are slow to make.
func suiteKeys(t *testing.T) []*suiteKey {
	t.Helper()
	made, err := madeSuiteKeys()
	if err != nil {
		t.Fatal(err)
	}
	keys := make([]*suiteKey, len(made))
	for i, private := range made {
		keys[i] = &suiteKey{private: private}
	}
	return keys
}

var madeSuiteKeys = sync.OnceValues(func() ([]*rsa.PrivateKey, error) {
	var keys []*rsa.PrivateKey
	for range 2 {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
})

// set is the key set of the client.
func (k *suiteKey) set(t *testing.T) []byte {
	t.Helper()
	encode := func(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }
	key := map[string]any{
		"kty": "RSA", "use": "sig", "alg": "RS256", "n": encode(k.private.N), "e": encode(big.NewInt(int64(k.private.E))),
	}
	if k.id != "" {
		key["kid"] = k.id
	}
	text, err := json.Marshal(map[string]any{"keys": []any{key}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (k *suiteKey) sign(t *testing.T, typ string, claims map[string]any) string {
	t.Helper()
	header := map[string]any{"alg": "RS256", "typ": typ}
	if k.id != "" {
		header["kid"] = k.id
	}
	return harness.Forge(t, header, claims, harness.RS256(t, k.private))
}

// assertion proves a client (RFC 7523 §3).
func (k *suiteKey) assertion(t *testing.T, n *harness.Node, client string) string {
	t.Helper()
	audience, now := n.Issuer+tokenPath, n.Clock.Now().Unix()
	if k.audience == "issuer" {
		audience = n.Issuer
	}
	return k.sign(t, "JWT", map[string]any{
		"iss": client, "sub": client, "aud": audience, "iat": now, "exp": now + 60, "jti": uuid.NewString(),
	})
}
