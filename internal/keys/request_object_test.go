package keys_test

import (
	"context"
	"errors"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/keys"
	"github.com/authly/authly/tests/growth"
)

// FuzzVerifyRequestObject: nothing that was not signed with a registered key verifies, but without a signature where the client is
// registered so.
func FuzzVerifyRequestObject(f *testing.F) {
	const good = `{"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}`
	for _, alg := range []string{"", "none", "ES256"} {
		f.Add("eyJhbGciOiJFUzI1NiJ9.e30.AA", alg)
		f.Add("eyJhbGciOiJub25lIn0.e30.", alg)
		f.Add("eyJhbGciOiJub25lIn0.e30.AA", alg)
		f.Add("eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.AA", alg)
	}
	f.Fuzz(func(t *testing.T, object, alg string) {
		client := identity.Client{ClientID: "app"}
		client.Metadata.JWKS, client.Metadata.RequestObjectAlg = []byte(good), alg
		verifier := keys.NewClientKeys(func(context.Context, string) ([]byte, error) { return nil, errors.New("not fetched") }, identity.SystemSource())
		growth.Linear(t, growth.Repeated(object, ""), func(text string) { _, _, _ = verifier.VerifyRequestObject(t.Context(), client, text) })
		_, signed, err := verifier.VerifyRequestObject(t.Context(), client, object)
		if signed || err == nil && alg != "none" || err != nil && !errors.Is(err, identity.ErrInvalidToken) {
			t.Errorf("%q with %q: %v %v", object, alg, signed, err)
		}
	})
}
