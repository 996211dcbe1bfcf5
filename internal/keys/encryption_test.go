package keys_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/keys"
	"github.com/authly/authly/tests/growth"
)

func notFetched(context.Context, string) ([]byte, error) { return nil, errors.New("not fetched") }

// decrypting is a signer with keys that decrypt, and what encrypts to them.
func decrypting(t testing.TB) (*keys.Signer, map[identity.Algorithm]identity.Client) {
	t.Helper()
	ring, err := identity.NewKeyring([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	maker, stored, clients := keys.Maker{Keyring: ring}, &rows{}, map[identity.Algorithm]identity.Client{}
	for _, alg := range []identity.Algorithm{identity.RSAOAEP256, identity.ECDHES} {
		k, err := maker.Make(alg)
		if err != nil {
			t.Fatal(err)
		}
		k.State = identity.KeyActive
		stored.keys = append(stored.keys, k)
		public, err := maker.Public(k)
		if err != nil {
			t.Fatal(err)
		}
		clients[alg] = identity.Client{Metadata: identity.ClientMetadata{JWKS: json.RawMessage(`{"keys":[` + string(public.JWK) + `]}`)}}
	}
	return keys.NewSigner(stored, ring, identity.SystemSource(), issuer), clients
}

// FuzzDecrypt: nothing panics, every failure is ErrInvalidToken, the cost grows with the size alone, and what comes out is no longer than
// what goes in.
func FuzzDecrypt(f *testing.F) {
	signer, clients := decrypting(f)
	sender := keys.NewClientKeys(notFetched, identity.SystemSource())
	for _, as := range []identity.Encryption{{Alg: "RSA-OAEP-256", Enc: "A128GCM"}, {Alg: "ECDH-ES", Enc: "A256GCM"}, {Alg: "ECDH-ES+A128KW", Enc: "A128CBC-HS256"}} {
		to := clients[identity.ECDHES]
		if as.Alg == "RSA-OAEP-256" {
			to = clients[identity.RSAOAEP256]
		}
		token, err := sender.Encrypt(f.Context(), to, as, []byte("e30.e30.AA"), true)
		if err != nil {
			f.Fatal(err)
		}
		if inner, err := signer.Decrypt(f.Context(), token, as); err != nil || string(inner) != "e30.e30.AA" {
			f.Fatalf("%s: %q, %v", as.Alg, inner, err)
		}
		f.Add(token)
	}
	f.Add("eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTEyOEdDTSIsImVwayI6e319....")
	f.Add("eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIiwiemlwIjoiREVGIn0..AA.AA.AA")
	f.Add("....")
	f.Fuzz(func(t *testing.T, token string) {
		growth.Linear(t, growth.Repeated(token, ""), func(text string) { _, _ = signer.Decrypt(t.Context(), text, identity.Encryption{}) })
		inner, err := signer.Decrypt(t.Context(), token, identity.Encryption{})
		if err != nil && !errors.Is(err, identity.ErrInvalidToken) || len(inner) > len(token) {
			t.Errorf("%q: %q, %v", token, inner, err)
		}
	})
}

// TestTheKeyThatIsMeantForItIsEncryptedTo (RFC 7517 §4.2, §4.3, §4.4), and no other that the client has.
func TestTheKeyThatIsMeantForItIsEncryptedTo(t *testing.T) {
	t.Parallel()
	point := func() *ecdsa.PublicKey {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return &private.PublicKey
	}
	bits, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	sender := keys.NewClientKeys(notFetched, identity.SystemSource())
	key := func(kid, use, alg string) jose.JSONWebKey {
		return jose.JSONWebKey{Key: point(), KeyID: kid, Use: use, Algorithm: alg}
	}
	for name, test := range map[string]struct {
		keys []jose.JSONWebKey
		want string // kid; empty = none
	}{
		"the first that is meant":      {[]jose.JSONWebKey{key("a", "sig", ""), key("b", "", ""), key("c", "enc", ""), key("d", "enc", "")}, "c"},
		"one of any use":               {[]jose.JSONWebKey{key("a", "sig", ""), key("b", "", "")}, "b"},
		"one of the alg":               {[]jose.JSONWebKey{key("a", "enc", "ECDH-ES+A128KW"), key("b", "enc", "ECDH-ES")}, "b"},
		"one that signs alone":         {[]jose.JSONWebKey{key("a", "sig", "")}, ""},
		"one of a signature algorithm": {[]jose.JSONWebKey{key("a", "", "ES256")}, ""},
		"one of another type":          {[]jose.JSONWebKey{{Key: &bits.PublicKey, KeyID: "a", Use: "enc"}}, ""},
		"none":                         {[]jose.JSONWebKey{}, ""},
	} {
		set, err := json.Marshal(jose.JSONWebKeySet{Keys: test.keys})
		if err != nil {
			t.Fatal(err)
		}
		client := identity.Client{ClientID: "app", Metadata: identity.ClientMetadata{JWKS: set}}
		token, err := sender.Encrypt(t.Context(), client, identity.Encryption{Alg: "ECDH-ES", Enc: "A128GCM"}, []byte("{}"), false)
		if test.want == "" {
			if !errors.Is(err, identity.ErrNoEncryptionKey) || token != "" {
				t.Errorf("%s: %q, %v", name, token, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		object, err := jose.ParseEncryptedCompact(token, []jose.KeyAlgorithm{jose.ECDH_ES}, []jose.ContentEncryption{jose.A128GCM})
		if err != nil || object.Header.KeyID != test.want {
			t.Errorf("%s: encrypted to %q, %v", name, object.Header.KeyID, err)
		}
	}
}

// BenchmarkEncrypt is an ID token of some 800 bytes, and BenchmarkEncryptPrimitives the cryptography in it alone.
func BenchmarkEncrypt(b *testing.B) {
	signer, clients := decrypting(b)
	sender, payload := keys.NewClientKeys(notFetched, identity.SystemSource()), []byte(strings.Repeat("a", 400)+"."+strings.Repeat("b", 400)+".AA")
	for _, as := range []identity.Encryption{{Alg: "RSA-OAEP-256", Enc: "A128CBC-HS256"}, {Alg: "RSA-OAEP-256", Enc: "A256GCM"}, {Alg: "ECDH-ES", Enc: "A256GCM"}, {Alg: "ECDH-ES+A256KW", Enc: "A256GCM"}} {
		to := clients[identity.ECDHES]
		if as.Alg == "RSA-OAEP-256" {
			to = clients[identity.RSAOAEP256]
		}
		token, err := sender.Encrypt(b.Context(), to, as, payload, true)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(as.Alg+"/"+as.Enc+"/encrypt", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := sender.Encrypt(b.Context(), to, as, payload, true); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(as.Alg+"/"+as.Enc+"/decrypt", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := signer.Decrypt(b.Context(), token, as); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncryptPrimitives(b *testing.B) {
	payload, key, nonce := []byte(strings.Repeat("a", 800)), make([]byte, 32), make([]byte, 12)
	bits, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	point, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	seal := func() {
		block, err := aes.NewCipher(key)
		if err != nil {
			b.Fatal(err)
		}
		gcm, err := cipher.NewGCM(block)
		if err != nil {
			b.Fatal(err)
		}
		gcm.Seal(nil, nonce, payload, nil)
	}
	b.Run("RSA-OAEP-256/A256GCM", func(b *testing.B) {
		for b.Loop() {
			if _, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &bits.PublicKey, key, nil); err != nil {
				b.Fatal(err)
			}
			seal()
		}
	})
	b.Run("ECDH-ES/A256GCM", func(b *testing.B) {
		for b.Loop() {
			own, err := ecdh.P256().GenerateKey(rand.Reader)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := own.ECDH(point.PublicKey()); err != nil {
				b.Fatal(err)
			}
			seal()
		}
	})
}
