package passkey

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// owner is a user as the library knows one.
type owner struct {
	handle            []byte
	name, displayName string
	credentials       []webauthn.Credential
}

// WebAuthnID implements webauthn.User.
func (o *owner) WebAuthnID() []byte { return o.handle }

// WebAuthnName implements webauthn.User.
func (o *owner) WebAuthnName() string { return o.name }

// WebAuthnDisplayName implements webauthn.User.
func (o *owner) WebAuthnDisplayName() string { return o.displayName }

// WebAuthnCredentials implements webauthn.User.
func (o *owner) WebAuthnCredentials() []webauthn.Credential { return o.credentials }

// credentialOf returns a passkey as the library knows it: as it was made, with what has changed since.
func credentialOf(p identity.Passkey) (c webauthn.Credential, err error) {
	if err := json.Unmarshal(p.Record, &c); err != nil {
		return c, fmt.Errorf("record of passkey %s: %w", p.ID, err)
	}
	c.Flags.BackupEligible, c.Flags.BackupState = p.BackupEligible, p.BackedUp
	return c, nil
}

// descriptors name passkeys that an authenticator must not have (WebAuthn §5.4, excludeCredentials).
func descriptors(list []identity.Passkey) []protocol.CredentialDescriptor {
	out := make([]protocol.CredentialDescriptor, len(list))
	for i, p := range list {
		out[i] = protocol.CredentialDescriptor{Type: protocol.PublicKeyCredentialType, CredentialID: p.CredentialID}
	}
	return out
}

// options are what a browser is asked for, with the whole of what the library must be given again.
func options(asked any, session *webauthn.SessionData) (o identity.PasskeyOptions, err error) {
	if o.JSON, err = json.Marshal(asked); err == nil {
		o.State, err = json.Marshal(session)
	}
	if err != nil {
		return identity.PasskeyOptions{}, fmt.Errorf("options of ceremony: %w", err)
	}
	return o, nil
}

func open(state []byte) (session webauthn.SessionData, err error) {
	if err := json.Unmarshal(state, &session); err != nil {
		return session, fmt.Errorf("state of ceremony: %w", err)
	}
	return session, nil
}

// only narrows what was allowed to the one that has answered: the library wants to know all others, too.
func only(session webauthn.SessionData, p identity.Passkey) (webauthn.SessionData, error) {
	same := func(id []byte) bool { return bytes.Equal(id, p.CredentialID) }
	if !slices.ContainsFunc(session.AllowedCredentialIDs, same) {
		return session, errors.New("another passkey than those that were asked for")
	}
	session.AllowedCredentialIDs = [][]byte{p.CredentialID}
	return session, nil
}

// models are the authenticators that most people have, by what they call themselves (AAGUID).
var models = map[string]string{
	"08987058-cadc-4b81-b6e1-30de50dcbe96": "Windows Hello",
	"0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6": "Keeper",
	"50726f74-6f6e-5061-7373-50726f746f6e": "Proton Pass",
	"531126d6-e717-415c-9320-3d9aa6981239": "Dashlane",
	"53414d53-554e-4700-0000-000000000000": "Samsung Pass",
	"6028b017-b1d4-4c02-b4b3-afcdafc96bb2": "Windows Hello",
	"9ddd1817-af5a-4672-a2b9-3e3dd95000a9": "Windows Hello",
	"adce0002-35bc-c60a-648b-0b25f1f05503": "Chrome on Mac",
	"b84e4048-15dc-4dd0-8640-f4f60813c8af": "NordPass",
	"bada5566-a7aa-401f-bd96-45619a55120d": "1Password",
	"d548826e-79b4-db40-a3d8-11116f7e8349": "Bitwarden",
	"dd4ec289-e01d-41c9-bb89-70fa845d4bf2": "iCloud Keychain",
	"ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4": "Google Password Manager",
	"fbfc3007-154e-4ecc-8c0b-6e020557d7bd": "Apple Passwords",
	"fdb141b2-5d84-443e-8a35-4698c205a502": "KeePassXC",
}

// modelName proposes a name for a passkey; empty when the model is not known.
func modelName(aaguid []byte) string {
	id, err := uuid.FromBytes(aaguid)
	if err != nil {
		return ""
	}
	return models[id.String()]
}
