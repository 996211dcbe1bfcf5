package passkey

import (
	"errors"
	"testing"

	"github.com/descope/virtualwebauthn"

	"github.com/authly/authly/identity"
)

// FuzzResponse sends what no authenticator says: it is refused as such, and is never a fault of the server.
func FuzzResponse(f *testing.F) {
	const issuer = "https://id.example.org"
	v, err := New(issuer)
	if err != nil {
		f.Fatal(err)
	}
	party := virtualwebauthn.RelyingParty{ID: "id.example.org", Origin: issuer}
	auth, key := virtualwebauthn.NewAuthenticator(), virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	handle := []byte("a handle of the user")
	creation, err := v.Creation(identity.NewPasskey{Handle: handle, Name: "alice", DisplayName: "Alice", Challenge: make([]byte, 32)})
	if err != nil {
		f.Fatal(err)
	}
	asked, err := virtualwebauthn.ParseAttestationOptions(string(creation.JSON))
	if err != nil {
		f.Fatal(err)
	}
	auth.Options.UserHandle = handle
	good := virtualwebauthn.CreateAttestationResponse(party, auth, key, *asked)
	made, err := v.Create(creation.State, []byte(good))
	if err != nil {
		f.Fatal(err)
	}
	request, err := v.Request(nil, nil, true, make([]byte, 32))
	if err != nil {
		f.Fatal(err)
	}
	wanted, err := virtualwebauthn.ParseAssertionOptions(string(request.JSON))
	if err != nil {
		f.Fatal(err)
	}
	used := virtualwebauthn.CreateAssertionResponse(party, auth, key, *wanted)
	if _, err := v.Verify(made, request.State, []byte(used)); err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, used, "", "{}", "null", `{"id":"","rawId":"","type":"public-key","response":{}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, response []byte) {
		refused := func(what string, err error) {
			if err != nil && !errors.Is(err, identity.ErrPasskeyRefused) {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err := v.Create(creation.State, response)
		refused("create", err)
		_, err = v.CredentialID(response)
		refused("name", err)
		_, err = v.Verify(made, request.State, response)
		refused("verify", err)
	})
}
