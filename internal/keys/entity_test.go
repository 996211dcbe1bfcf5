package keys

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

// federationKeys are the PEM blocks of private keys.
func federationKeys(t *testing.T, algorithms ...identity.Algorithm) [][]byte {
	t.Helper()
	var blocks [][]byte
	for _, alg := range algorithms {
		private, err := generate(alg)
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, pemOf(t, private))
	}
	return blocks
}

func pemOf(t *testing.T, private crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// TestTheKeysOfAnEntity: the first signs, by what entities understand of its kind, and all are published.
func TestTheKeysOfAnEntity(t *testing.T) {
	t.Parallel()
	blocks := federationKeys(t, identity.EdDSA, identity.ES256, identity.ES384, identity.RS256, identity.EdDSA, identity.EdDSA)
	for i, alg := range []identity.Algorithm{identity.EdDSA, identity.ES256, identity.ES384, identity.RS256} {
		e, err := NewEntity(bytes.Join([][]byte{blocks[i], blocks[4]}, nil))
		if err != nil {
			t.Fatal(err)
		}
		text, err := e.Sign("a-type", map[string]any{"iss": "x"})
		if err != nil || e.header.Algorithm != alg || VerifyStatement(e.KeySet(), text) != nil {
			t.Errorf("%s: %v %v", alg, e.header, err)
		}
		var set struct{ Keys []map[string]any }
		if err := json.Unmarshal(e.KeySet(), &set); err != nil || len(set.Keys) != 2 || set.Keys[0]["kid"] != e.header.KID || set.Keys[0]["d"] != nil {
			t.Errorf("%s: %s", alg, e.KeySet())
		}
	}
	if _, err := NewEntity(bytes.Join(blocks[:maxEntityKeys], nil)); err != nil {
		t.Errorf("as many as there may be: %v", err)
	}
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, material := range map[string][]byte{
		"nothing": nil, "no PEM": []byte("x"), "one twice": append(bytes.Clone(blocks[0]), blocks[0]...), "too many": bytes.Join(blocks, nil),
		"a curve of its own": pemOf(t, p224), "a certificate": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}),
	} {
		if _, err := NewEntity(material); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// TestAStatementIsProvenByTheKeyThatItNames, and by no other of the set (OpenID Federation 1.0 §3).
func TestAStatementIsProvenByTheKeyThatItNames(t *testing.T) {
	t.Parallel()
	blocks := federationKeys(t, identity.ES256, identity.ES256)
	e, err := NewEntity(bytes.Join(blocks, nil))
	if err != nil {
		t.Fatal(err)
	}
	text, err := e.Sign("entity-statement+jwt", map[string]any{"iss": "x"})
	if err != nil {
		t.Fatal(err)
	}
	var set struct {
		Keys []map[string]any `json:"keys"`
	}
	if err := json.Unmarshal(e.KeySet(), &set); err != nil {
		t.Fatal(err)
	}
	changed := func(change func(first, second map[string]any)) json.RawMessage {
		var copied struct {
			Keys []map[string]any `json:"keys"`
		}
		if err := json.Unmarshal(e.KeySet(), &copied); err != nil {
			t.Fatal(err)
		}
		change(copied.Keys[0], copied.Keys[1])
		out, err := json.Marshal(copied)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	long, err := e.Sign("entity-statement+jwt", map[string]any{"iss": "x", "x": strings.Repeat("x", 2*maxToken)})
	if err != nil || VerifyStatement(e.KeySet(), long) != nil {
		t.Errorf("one that is longer than tokens are: %v", err)
	}
	for name, c := range map[string]struct {
		set  json.RawMessage
		text string
	}{
		"no set":               {nil, text},
		"a set of others":      {changed(func(first, _ map[string]any) { first["kid"] = "other" }), text},
		"a kid of two":         {changed(func(first, second map[string]any) { second["kid"] = first["kid"] }), text},
		"another's key":        {changed(func(first, second map[string]any) { first["kid"], second["kid"] = "x", first["kid"] }), text},
		"a key to encrypt by":  {changed(func(first, _ map[string]any) { first["use"] = "enc" }), text},
		"another algorithm":    {changed(func(first, _ map[string]any) { first["alg"] = "ES384" }), text},
		"a private key":        {changed(func(first, _ map[string]any) { first["d"] = "x" }), text},
		"a line break":         {e.KeySet(), text[:len(text)-4] + "\n" + text[len(text)-4:]},
		"a changed signature":  {e.KeySet(), text[:len(text)-4] + "AAAA"},
		"without a signature":  {e.KeySet(), text[:strings.LastIndexByte(text, '.')+1]},
		"without a kid":        {e.KeySet(), signedWithout(t, e)},
		"somebody's own claim": {json.RawMessage(`{"keys":[{"kty":"oct","kid":"` + e.header.KID + `","k":"AA"}]}`), text},
	} {
		if err := VerifyStatement(c.set, c.text); !errors.Is(err, identity.ErrInvalidToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func signedWithout(t *testing.T, e *Entity) string {
	t.Helper()
	text, err := sign(header{Algorithm: e.header.Algorithm, Type: "entity-statement+jwt"}, map[string]any{}, e.method, e.private)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
