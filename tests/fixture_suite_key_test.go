package tests

import (
	"cmp"
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

// suiteKey is a key of a client of the suite.
type suiteKey struct {
	private  *rsa.PrivateKey
	id       string // kid, or empty
	alg      string // PS256, or empty for RS256
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

// public is the public key with what it is made of alone (RFC 7518 §6.3.1).
func (k *suiteKey) public() map[string]any {
	encode := func(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }
	return map[string]any{"kty": "RSA", "n": encode(k.private.N), "e": encode(big.NewInt(int64(k.private.E)))}
}

// set is the key set of the client.
func (k *suiteKey) set(t *testing.T) []byte {
	t.Helper()
	key := k.public()
	key["use"], key["alg"] = "sig", cmp.Or(k.alg, "RS256")
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
	return k.signChanged(t, typ, claims, nil)
}

// signChanged is sign for what change makes of header and claims: also the algorithm.
func (k *suiteKey) signChanged(t *testing.T, typ string, claims map[string]any, change func(header, claims map[string]any)) string {
	t.Helper()
	header := map[string]any{"alg": cmp.Or(k.alg, "RS256")}
	if typ != "" {
		header["typ"] = typ
	}
	if k.id != "" {
		header["kid"] = k.id
	}
	if change != nil {
		change(header, claims)
	}
	sign := harness.RS256(t, k.private)
	switch header["alg"] {
	case "PS256":
		sign = harness.PS256(t, k.private)
	case "none":
		sign = harness.Unsigned
	}
	return harness.Forge(t, header, claims, sign)
}

// assertion proves a client (RFC 7523 §3).
func (k *suiteKey) assertion(t *testing.T, n *harness.Node, client string) string {
	t.Helper()
	return k.assertionChanged(t, n, client, nil)
}

// assertionChanged is assertion, but what change makes of it.
func (k *suiteKey) assertionChanged(t *testing.T, n *harness.Node, client string, change func(header, claims map[string]any)) string {
	t.Helper()
	audience, now := n.Issuer+tokenPath, n.Clock.Now().Unix()
	if k.audience == "issuer" {
		audience = n.Issuer
	}
	return k.signChanged(t, "JWT", map[string]any{
		"iss": client, "sub": client, "aud": audience, "iat": now, "exp": now + 60, "jti": uuid.NewString(),
	}, change)
}

// readSuiteKey reads a key as a configuration of the suite has it.
func readSuiteKey(t *testing.T, jwk map[string]any) *suiteKey {
	t.Helper()
	id, _ := jwk["kid"].(string)
	alg, _ := jwk["alg"].(string)
	return &suiteKey{private: harness.RSAPrivateKey(t, jwk), id: id, alg: alg, audience: "issuer"}
}
