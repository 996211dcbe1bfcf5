package identity

import (
	"time"

	"github.com/google/uuid"
)

// Passkey is a public key credential of a user (WebAuthn Level 3, §4, credential record): a passkey, or a security key.
type Passkey struct {
	ID             uuid.UUID
	UserID         uuid.UUID
	Handle         []byte // user handle: by this name authenticators know the user
	CredentialID   []byte // of the authenticator's choice
	Record         []byte // what the verifier remembers of the registration; nobody else reads it
	Name           string // that the user gave it
	SecurityKey    bool   // it stands beside another factor, and signs nobody in by itself
	SignCount      int    // of the last use; 0 for ever from passkeys that are copied between devices
	BackupEligible bool   // it may be copied between devices (flag BE)
	BackedUp       bool   // it is (flag BS)
	CreatedAt      time.Time
	LastUsedAt     *time.Time

	CloneSuspectedAt *time.Time // the count has last gone back: somebody else may have a copy
}

// Kind is what the passkey counts as.
func (p *Passkey) Kind() CredentialKind {
	if p.SecurityKey {
		return CredentialSecurityKey
	}
	return CredentialPasskey
}

// factor is a proof of it, without the person verified.
func (p *Passkey) factor(at time.Time, synced bool) Factor {
	return Factor{Kind: p.Kind(), At: at, CredentialID: p.ID, Synced: synced}
}

// passkeyActions are what becomes of one, in the trail.
type passkeyActions struct{ added, renamed, removed, suspected, backup Action }

func (p *Passkey) actions() passkeyActions {
	if p.SecurityKey {
		return passkeyActions{
			ActionSecurityKeyAdded, ActionSecurityKeyRenamed, ActionSecurityKeyRemoved, ActionSecurityKeyCloneSuspected,
			ActionSecurityKeyBackupChanged,
		}
	}
	return passkeyActions{
		ActionPasskeyAdded, ActionPasskeyRenamed, ActionPasskeyRemoved, ActionPasskeyCloneSuspected, ActionPasskeyBackupChanged,
	}
}

// onlyPasskeys returns those that sign somebody in by themselves.
func onlyPasskeys(list []Passkey) (passkeys []Passkey) {
	for _, p := range list {
		if !p.SecurityKey {
			passkeys = append(passkeys, p)
		}
	}
	return passkeys
}

// PasskeyPolicy says whether people can sign in with passkeys.
type PasskeyPolicy string

// The policies. Where browsers know no passkeys, because the issuer has no name, it is PasskeysOff.
const (
	PasskeysOff     PasskeyPolicy = "off"   // nobody can; those that there are stay stored
	PasskeysAllowed PasskeyPolicy = "allow" // who wants to
	PasskeysOffered PasskeyPolicy = "offer" // who has none is asked whether they want one when they sign in
	PasskeysOnly    PasskeyPolicy = "only"  // everybody does; no password is taken or chosen, whoever has one
)

// TakesPasswords reports whether people can sign in with passwords.
func (s *Settings) TakesPasswords() bool { return s.Passkeys != PasskeysOnly }

// PasswordDue reports whether the user must choose another password.
func (s *Settings) PasswordDue(u User) bool { return u.RequiresPasswordChange && s.TakesPasswords() }

// passwordExpired reports whether the password of the user is a temporary one whose time is over, and the user must have one.
func (s *Settings) passwordExpired(u User, now time.Time) bool {
	return s.PasswordDue(u) && u.PasswordExpired(now)
}

// ErrPasswordsOff refuses a password where none is taken, before anything is said of the user.
var ErrPasswordsOff = &Error{
	Kind: Unauthenticated, Code: CodePasswordsOff, Detail: "Passwords are not taken here. Sign in with a passkey.",
}

// Bounds of passkeys.
const (
	maxPasskeys        = 20   // of a user
	maxPasskeyName     = 64   // characters
	maxPasskeyResponse = 8192 // bytes that a browser may send of one
	passkeyHandleSize  = 32   // bytes, at random: WebAuthn §14.6.1 wants nothing personal in it
	passkeyChallenge   = 32   // bytes; WebAuthn §13.4.3 asks for 16
)

// PasskeyVerifier makes the options of WebAuthn ceremonies and verifies what authenticators answer. It knows no time and
// stores nothing: what it must know again is in the state that goes with the options.
type PasskeyVerifier interface {
	// Creation makes the options for another passkey or security key of a user.
	Creation(n NewPasskey) (PasskeyOptions, error)
	// Create verifies the answer to Creation (WebAuthn §7.1). An answer that is refused is ErrPasskeyRefused.
	Create(state, response []byte) (Passkey, error)
	// Request makes the options for the use of a passkey: one of the given, or without any one that the authenticator finds
	// by itself. The person is verified if that is demanded.
	Request(handle []byte, allowed []Passkey, verified bool, challenge []byte) (PasskeyOptions, error)
	// CredentialID returns which passkey an answer to Request is of; ErrPasskeyRefused when it is none.
	CredentialID(response []byte) ([]byte, error)
	// Verify verifies the answer to Request with the passkey (WebAuthn §7.2), but that the count moves on. An answer that is
	// refused is ErrPasskeyRefused.
	Verify(p Passkey, state, response []byte) (PasskeyUse, error)
	// RelyingPartyID is the name for which passkeys are made.
	RelyingPartyID() string
}

// NewPasskey is asked of an authenticator.
type NewPasskey struct {
	Handle            []byte
	Name, DisplayName string    // of the user
	SecurityKey       bool      // by any authenticator that is not part of the device, whether it can verify the person or not
	Present           []Passkey // the authenticator must have none of them
	Challenge         []byte
}

// PasskeyOptions are what a browser is asked for.
type PasskeyOptions struct {
	JSON  []byte // PublicKeyCredentialCreationOptionsJSON or PublicKeyCredentialRequestOptionsJSON (WebAuthn §5.1)
	State []byte // for the verification
}

// PasskeyUse is what an answer of an authenticator says.
type PasskeyUse struct {
	SignCount      int
	UserVerified   bool // in this very ceremony
	BackupEligible bool
	BackedUp       bool
}

var (
	// ErrPasskeyRefused refuses an answer of an authenticator; nobody is told what is wrong with it.
	ErrPasskeyRefused = &Error{
		Kind: Unauthenticated, Code: CodePasskeyRefused, Detail: "The passkey was not accepted. Try again, or sign in another way.",
	}
	// ErrPasskeyUnknown refuses a passkey that nobody has: it was removed.
	ErrPasskeyUnknown = &Error{
		Kind: Unauthenticated, Code: CodePasskeyUnknown, Detail: "This passkey is not known here any more. Sign in another way.",
	}
	// ErrCeremonyExpired asks for another try: the page is too old, was used, or is another browser's.
	ErrCeremonyExpired = &Error{
		Kind: Unauthenticated, Code: CodeCeremonyExpired, Detail: "The page was open for too long. Try again.",
	}
	// ErrKeyAlone refuses a security key where a passkey is asked for.
	ErrKeyAlone = &Error{
		Kind: Unauthenticated, Code: CodePasskeyRefused,
		Detail: "This is a security key, which is used after another way to sign in. Sign in that way first.",
	}
	errPasskeyDuplicate = &Error{
		Kind: Conflict, Code: CodeDuplicateCredential, Detail: "This device already has a passkey for this account.",
	}
	errKeyDuplicate = &Error{
		Kind: Conflict, Code: CodeDuplicateCredential, Detail: "This security key was added to an account already.",
	}
	errPasskeyLimit = Errorf(Conflict, CodePasskeyLimit, "There are %d passkeys and security keys, and there cannot be more.", maxPasskeys)
)
