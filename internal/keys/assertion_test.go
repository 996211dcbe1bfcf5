package keys_test

import (
	"context"
	"errors"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/keys"
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
		if _, err := verifier.VerifyAssertion(t.Context(), client, token); !errors.Is(err, identity.ErrInvalidToken) {
			t.Errorf("%q with %q: %v", token, set, err)
		}
	})
}
