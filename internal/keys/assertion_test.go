package keys_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/keys"
	"github.com/authly/authly/tests/growth"
)

// FuzzVerifyAssertion: nothing that was not signed with a registered key verifies, and nothing panics, also with key
// sets that are nonsense.
func FuzzVerifyAssertion(f *testing.F) {
	const good = `{"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}`
	f.Add("eyJhbGciOiJFUzI1NiJ9.e30.AA", good)
	f.Add("eyJhbGciOiJub25lIn0.e30.", good)
	f.Add("eyJhbGciOiJIUzI1NiJ9.e30.AA", `{"keys":[{"kty":"oct","k":"AA"}]}`)
	f.Add("...", `{"keys":[{}]}`)
	f.Add("", `null`)
	f.Fuzz(func(t *testing.T, token, set string) {
		client := identity.Client{ClientID: "robot"}
		client.Metadata.JWKS = []byte(set)
		verifier := keys.NewClientKeys(func(context.Context, string) ([]byte, error) { return nil, errors.New("not fetched") }, identity.SystemSource())
		growth.Linear(t, growth.Repeated(token, ""), func(text string) { _, _ = verifier.VerifyAssertion(t.Context(), client, text) })
		growth.Linear(t, growth.Repeated(set, ","), func(text string) {
			client.Metadata.JWKS = []byte(`{"keys":[` + text + `]}`)
			_, _ = verifier.VerifyAssertion(t.Context(), client, token)
		})
		client.Metadata.JWKS = []byte(set)
		if _, err := verifier.VerifyAssertion(t.Context(), client, token); !errors.Is(err, identity.ErrInvalidToken) {
			t.Errorf("%q with %q: %v", token, set, err)
		}
	})
}

// TestASecretSignsWithNoFewerBytesThanTheHash (RFC 7518 §3.2), and nothing but a secret signs symmetrically (RFC 8725 §3.1).
func TestASecretSignsWithNoFewerBytesThanTheHash(t *testing.T) {
	t.Parallel()
	verifier := keys.NewClientKeys(func(context.Context, string) ([]byte, error) { return nil, errors.New("not fetched") }, identity.SystemSource())
	sign := func(alg string, key any) string {
		t.Helper()
		token, err := jwt.NewWithClaims(jwt.GetSigningMethod(alg), jwt.MapClaims{"sub": "robot"}).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	secret := bytes.Repeat([]byte("s"), 64)
	for alg, least := range map[string]int{"HS256": 32, "HS384": 48, "HS512": 64} {
		for size, good := range map[int]bool{0: false, 8: false, least - 1: false, least: true, 64: true} {
			key := secret[:size]
			token := sign(alg, key)
			for _, secrets := range [][][]byte{{key}, {secret[1:], key}} {
				if _, err := verifier.VerifySecretAssertion(identity.Client{}, secrets, token); (err == nil) != good {
					t.Errorf("%s with %d bytes: %v", alg, size, err)
				}
			}
		}
		if _, err := verifier.VerifySecretAssertion(identity.Client{}, nil, sign(alg, []byte{})); err == nil {
			t.Errorf("%s of a client without a secret", alg)
		}
	}
	for _, registered := range []string{"HS512", "ES256"} {
		client := identity.Client{Metadata: identity.ClientMetadata{TokenEndpointAuthAlg: registered}}
		if _, err := verifier.VerifySecretAssertion(client, [][]byte{secret}, sign("HS256", secret)); err == nil {
			t.Errorf("another algorithm than %s", registered)
		}
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{sign("ES256", private), sign("none", jwt.UnsafeAllowNoneSignatureType)} {
		if _, err := verifier.VerifySecretAssertion(identity.Client{}, [][]byte{secret}, token); err == nil {
			t.Error("something else than a MAC")
		}
	}
	client := identity.Client{}
	client.Metadata.JWKS = []byte(`{"keys":[{"kty":"oct","k":"` + base64.RawURLEncoding.EncodeToString(secret) + `"}]}`)
	for _, client.Metadata.TokenEndpointAuthAlg = range []string{"", "HS256"} {
		if _, err := verifier.VerifyAssertion(t.Context(), client, sign("HS256", secret)); err == nil {
			t.Error("a MAC for a signature")
		}
	}
}

// TestAKeyThatIsNotUnderstoodHarmsNoOther: in a set of the client itself and in one that is fetched (RFC 7517 §5).
func TestAKeyThatIsNotUnderstoodHarmsNoOther(t *testing.T) {
	t.Parallel()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good, err := jose.JSONWebKey{Key: private.Public(), KeyID: "k"}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{"sub": "robot"}).SignedString(private)
	if err != nil {
		t.Fatal(err)
	}
	for _, foreign := range []string{
		`{"kty":"AKP","alg":"ML-DSA-44","pub":"x"}`, `{"kty":"EC","crv":"P-999","x":"x","y":"x"}`, `{"kty":"EC","crv":"P-256","use":"enc","x":"x","y":"x"}`,
		`{"kty":"RSA","alg":"RSA-OAEP","n":"AQAB","e":"AQAB"}`, `{"kty":"oct","k":"AA"}`, `5`, `{}`,
	} {
		set := []byte(`{"keys":[` + foreign + `,` + string(good) + `,` + foreign + `]}`)
		fetch := func(context.Context, string) ([]byte, error) { return set, nil }
		for name, m := range map[string]identity.ClientMetadata{"of its own": {JWKS: set}, "fetched": {JWKSURI: "https://app.example/keys"}} {
			verifier := keys.NewClientKeys(fetch, identity.SystemSource())
			if _, err := verifier.VerifyAssertion(t.Context(), identity.Client{ClientID: "robot", Metadata: m}, token); err != nil {
				t.Errorf("a set %s with %s: %v", name, foreign, err)
			}
		}
	}
}
