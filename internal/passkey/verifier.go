package passkey

import (
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/authly/authly/identity"
)

// Verifier implements identity.PasskeyVerifier for one origin.
type Verifier struct{ party *webauthn.WebAuthn }

var _ identity.PasskeyVerifier = (*Verifier)(nil)

// New returns the Verifier of an issuer, whose host is the relying party's id. It fails where browsers know no passkeys: for
// an address instead of a name, and a name without a dot but localhost (WebAuthn §5.1.3, a valid domain string).
func New(issuer string) (*Verifier, error) {
	origin, err := url.Parse(issuer)
	if err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	host := origin.Hostname()
	if err := protocol.ValidateRPID(host); err != nil {
		return nil, fmt.Errorf("%q as a name of passkeys: %w", host, err)
	}
	party, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: host, RPOrigins: []string{issuer}, AttestationPreference: protocol.PreferNoAttestation,
		// Extensions of browsers answer what nobody has asked for.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	if err != nil {
		return nil, fmt.Errorf("%q as a name of passkeys: %w", host, err)
	}
	return &Verifier{party}, nil
}

// RelyingPartyID implements identity.PasskeyVerifier.
func (v *Verifier) RelyingPartyID() string { return v.party.Config.RPID }

// algorithms are those of which one is in every authenticator (WebAuthn §5.4, pubKeyCredParams).
var algorithms = []protocol.CredentialParameter{
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgES256},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgEdDSA},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgRS256},
}

// Creation implements identity.PasskeyVerifier.
func (v *Verifier) Creation(n identity.NewPasskey) (identity.PasskeyOptions, error) {
	selection := protocol.AuthenticatorSelection{
		ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
		UserVerification: protocol.VerificationRequired,
	}
	if n.SecurityKey {
		selection = protocol.AuthenticatorSelection{
			AuthenticatorAttachment: protocol.CrossPlatform, ResidentKey: protocol.ResidentKeyRequirementDiscouraged,
			RequireResidentKey: protocol.ResidentKeyNotRequired(), UserVerification: protocol.VerificationDiscouraged,
		}
	}
	creation, session, err := v.party.BeginRegistration(&owner{handle: n.Handle, name: n.Name, displayName: n.DisplayName},
		webauthn.WithCredentialParameters(algorithms),
		webauthn.WithAuthenticatorSelection(selection),
		webauthn.WithExclusions(descriptors(n.Present)),
		func(options *protocol.PublicKeyCredentialCreationOptions) error {
			options.Challenge = n.Challenge
			if n.SecurityKey {
				options.Hints = []protocol.PublicKeyCredentialHints{protocol.PublicKeyCredentialHintSecurityKey}
			}
			return nil
		})
	if err != nil {
		return identity.PasskeyOptions{}, fmt.Errorf("begin to create passkey: %w", err)
	}
	return options(creation.Response, session)
}

// Create implements identity.PasskeyVerifier.
func (v *Verifier) Create(state, response []byte) (identity.Passkey, error) {
	session, err := open(state)
	if err != nil {
		return identity.Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return identity.Passkey{}, identity.ErrPasskeyRefused.Because(err)
	}
	made, err := v.party.CreateCredential(&owner{handle: session.UserID}, session, parsed)
	if err != nil {
		return identity.Passkey{}, identity.ErrPasskeyRefused.Because(err)
	}
	record, err := json.Marshal(made)
	if err != nil {
		return identity.Passkey{}, fmt.Errorf("record of passkey: %w", err)
	}
	return identity.Passkey{
		Handle: session.UserID, CredentialID: made.ID, Record: record, Name: modelName(made.Authenticator.AAGUID),
		SignCount: int(made.Authenticator.SignCount), BackupEligible: made.Flags.BackupEligible, BackedUp: made.Flags.BackupState,
	}, nil
}

// Request implements identity.PasskeyVerifier.
func (v *Verifier) Request(
	handle []byte, allowed []identity.Passkey, verified bool, challenge []byte,
) (identity.PasskeyOptions, error) {
	verification := protocol.VerificationDiscouraged
	if verified {
		verification = protocol.VerificationRequired
	}
	with := []webauthn.LoginOption{webauthn.WithUserVerification(verification), webauthn.WithChallenge(challenge)}
	var (
		assertion *protocol.CredentialAssertion
		session   *webauthn.SessionData
		err       error
	)
	if len(allowed) == 0 {
		assertion, session, err = v.party.BeginDiscoverableLogin(with...)
	} else {
		known := &owner{handle: handle}
		for _, p := range allowed {
			credential, err := credentialOf(p)
			if err != nil {
				return identity.PasskeyOptions{}, err
			}
			known.credentials = append(known.credentials, credential)
		}
		assertion, session, err = v.party.BeginLogin(known, with...)
	}
	if err != nil {
		return identity.PasskeyOptions{}, fmt.Errorf("begin to use passkey: %w", err)
	}
	return options(assertion.Response, session)
}

// CredentialID implements identity.PasskeyVerifier.
func (v *Verifier) CredentialID(response []byte) ([]byte, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return nil, identity.ErrPasskeyRefused.Because(err)
	}
	return parsed.RawID, nil
}

// Verify implements identity.PasskeyVerifier.
func (v *Verifier) Verify(p identity.Passkey, state, response []byte) (identity.PasskeyUse, error) {
	session, err := open(state)
	if err != nil {
		return identity.PasskeyUse{}, err
	}
	credential, err := credentialOf(p)
	if err != nil {
		return identity.PasskeyUse{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return identity.PasskeyUse{}, identity.ErrPasskeyRefused.Because(err)
	}
	flags := parsed.Response.AuthenticatorData.Flags
	// The library refuses any change. Authenticators that have come to copy their passkeys say so from then on; that one does
	// not any more what could be copied is a lie.
	credential.Flags.BackupEligible = credential.Flags.BackupEligible || flags.HasBackupEligible()
	user := &owner{handle: p.Handle, credentials: []webauthn.Credential{credential}}
	if len(session.UserID) == 0 {
		find := func(_, _ []byte) (webauthn.User, error) { return user, nil }
		_, _, err = v.party.ValidatePasskeyLogin(find, session, parsed)
	} else {
		if session, err = only(session, p); err == nil {
			_, err = v.party.ValidateLogin(user, session, parsed)
		}
	}
	if err != nil {
		return identity.PasskeyUse{}, identity.ErrPasskeyRefused.Because(err)
	}
	return identity.PasskeyUse{
		SignCount:      int(parsed.Response.AuthenticatorData.Counter),
		UserVerified:   session.UserVerification == protocol.VerificationRequired && flags.HasUserVerified(),
		BackupEligible: flags.HasBackupEligible(), BackedUp: flags.HasBackupState(),
	}, nil
}
