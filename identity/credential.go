package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// CredentialKind is what somebody proves who they are with. What a proof of it is worth stands in factorKinds.
type CredentialKind string

// The kinds of credentials.
const (
	CredentialPassword CredentialKind = "password"
	CredentialTOTP     CredentialKind = "totp" // an authenticator app

	// CredentialPasskey is a key of an authenticator (WebAuthn). With the person verified it is complete; else it stands beside
	// another factor.
	CredentialPasskey CredentialKind = "passkey"

	// CredentialSecurityKey is a key of an authenticator that stands beside another factor, whatever the authenticator verifies.
	CredentialSecurityKey CredentialKind = "security_key"

	// CredentialRecoveryCode is a code on paper, used once in the place of the second factor.
	CredentialRecoveryCode CredentialKind = "recovery_code"

	// CredentialFederated is who a user is at an identity provider. What it reaches is in the factor.
	CredentialFederated CredentialKind = "federated"

	// CredentialEmail is a code that was mailed to the address of the user. It stands for the mailbox, which also opens the account
	// by recovery, and so it is never a second factor.
	CredentialEmail CredentialKind = "email"

	// CredentialBrowser is a browser that spares the second factor, because that was proven there. It raises no level.
	CredentialBrowser CredentialKind = "browser"
)

// factorKinds is what a factor of each kind proves. One of a kind that is not here, written by a newer server, proves
// nothing.
var factorKinds = map[CredentialKind]struct {
	method string // RFC 8176
	level  Level  // that it reaches alone
	second bool   // it reaches LevelTwo beside another that reaches LevelOne
}{
	CredentialPassword:     {"pwd", LevelOne, false},
	CredentialTOTP:         {"otp", LevelNone, true},
	CredentialPasskey:      {"", LevelNone, true}, // see Factor.level and Factor.methods
	CredentialSecurityKey:  {"", LevelNone, true}, // see Factor.methods
	CredentialRecoveryCode: {"otp", LevelNone, true},
	CredentialFederated:    {"fed", LevelOne, false}, // see Factor.level
	CredentialEmail:        {"email", LevelOne, false},
	CredentialBrowser:      {methodTrustedBrowser, LevelNone, false},
}

// Credential is what a user can prove who they are with, without what is secret about it.
type Credential struct {
	ID         uuid.UUID // of the user for the password: there is one
	Kind       CredentialKind
	UserID     uuid.UUID
	Name       string // that the user gave it; the password has none
	CreatedAt  time.Time
	LastUsedAt *time.Time
}

// PasswordCredential is the password of a user, which is stored with the user (docs/decisions/0030).
type PasswordCredential struct {
	Hash      string // PHC string; empty = cannot sign in with a password. Never leaves the server
	ChangedAt *time.Time
	ExpiresAt *time.Time // of a temporary one: refused from then on; nil = it has no end
}

// Credentials lists what users can sign in with.
type Credentials struct{ store CredentialStore }

// Of lists the credentials of a user, oldest first. None for a user who is gone.
func (s *Credentials) Of(ctx context.Context, userID uuid.UUID) ([]Credential, error) {
	return s.store.CredentialsOf(ctx, userID)
}
