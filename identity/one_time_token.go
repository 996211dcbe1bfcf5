package identity

import (
	"time"

	"github.com/google/uuid"
)

// TokenPurpose is what a one-time token is good for, and for nothing else.
type TokenPurpose string

// The purposes.
const (
	TokenRecovery TokenPurpose = "recovery" // choose a new password
)

// recoveryFor is how long a link to choose a new password works.
const recoveryFor = time.Hour

// OneTimeToken is a secret that is mailed to a user in a link and works once: whoever spends it deletes the row. Of a purpose
// a user has one; a newer one takes its place.
type OneTimeToken struct {
	ID        uuid.UUID
	Digest    []byte // keyed digest of the secret, which is not stored
	Purpose   TokenPurpose
	UserID    uuid.UUID
	Email     string // the address that it was mailed to
	CreatedAt time.Time
	ExpiresAt time.Time
}

// ErrLinkInvalid refuses a link that is none, was used, has expired or was replaced by a newer one: nobody is told which.
var ErrLinkInvalid = &Error{Kind: NotFound, Code: CodeLinkInvalid, Detail: "This link is no longer valid. Ask for a new one."}

// newOneTimeToken makes a token for a user and returns it with its secret.
func newOneTimeToken(source Source, keys *Keyring, purpose TokenPurpose, u User, ttl time.Duration) (t OneTimeToken, secret string) {
	now := source.Now()
	secret = source.NewSecret()
	return OneTimeToken{
		ID: source.NewID(), Digest: keys.Digest(PurposeOneTimeToken, secret), Purpose: purpose, UserID: u.ID, Email: u.Email,
		CreatedAt: now, ExpiresAt: now.Add(ttl),
	}, secret
}

// good reports whether the token can be spent for the purpose at the given time.
func (t OneTimeToken) good(purpose TokenPurpose, now time.Time) bool {
	return t.Purpose == purpose && t.ExpiresAt.After(now)
}
