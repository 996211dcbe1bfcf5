package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// InitialAccessToken lets its bearer register so many clients until it ends (RFC 7591 §1.2).
type InitialAccessToken struct {
	ID        uuid.UUID
	Digest    []byte // keyed digest of the secret, which is not stored
	Name      string // for administrators: who got it, what for
	Uses      int    // how many clients it was made for
	UsesLeft  int
	CreatedBy string // name of the administrator or client on whose behalf it was made
	CreatedAt time.Time
	ExpiresAt time.Time
}

// The bounds of an initial access token.
const (
	ShortestInitialAccess = time.Minute
	LongestInitialAccess  = 365 * 24 * time.Hour
	MaxInitialAccessUses  = 10_000
)

// ErrInitialAccessTokenNotFound says that there is no such token, or none any more.
var ErrInitialAccessTokenNotFound = &Error{
	Kind: NotFound, Code: CodeInitialTokenNotFound, Detail: "No such initial access token.",
}

// Good reports whether a client can be registered by it.
func (t InitialAccessToken) Good(now time.Time) bool { return t.UsesLeft > 0 && t.ExpiresAt.After(now) }

// Check holds the rules for what an administrator says of a token.
func (t InitialAccessToken) Check() error {
	var faults Faults
	if t.Name == "" {
		faults.Add(&Error{Kind: Invalid, Code: CodeRequired, Field: "name", Detail: "Must not be empty."})
	}
	faults.Add(checkName("name", t.Name))
	if t.Uses < 1 || t.Uses > MaxInitialAccessUses {
		faults.Add(InvalidField("uses", "Must be between 1 and %d.", MaxInitialAccessUses))
	}
	if ttl := t.ExpiresAt.Sub(t.CreatedAt); ttl < ShortestInitialAccess || ttl > LongestInitialAccess {
		faults.Add(InvalidField("expires_at", "Must be between a minute and 365 days from now."))
	}
	return faults.Err()
}

// InitialAccessTokenQuery asks for one slice of all tokens, ordered by creation.
type InitialAccessTokenQuery struct {
	Ascending bool
	Range     KeysetRange
}

// InitialAccessTokenStore keeps the tokens until they have expired, whether or not they were used up.
type InitialAccessTokenStore interface {
	InsertInitialAccessToken(ctx context.Context, t InitialAccessToken) error
	// InitialAccessTokenByDigest finds one by any of the digests of its secret, good or not; else ErrInitialAccessTokenNotFound.
	InitialAccessTokenByDigest(ctx context.Context, digests [][]byte) (InitialAccessToken, error)
	// InitialAccessTokensByID finds many; missing ones are absent.
	InitialAccessTokensByID(ctx context.Context, ids []uuid.UUID) ([]InitialAccessToken, error)
	// InitialAccessTokens lists one slice, ordered by creation and id.
	InitialAccessTokens(ctx context.Context, q InitialAccessTokenQuery) ([]ListRow[InitialAccessToken], error)
	// CountInitialAccessTokens counts up to limit+1 of them.
	CountInitialAccessTokens(ctx context.Context, limit int) (int, error)
	// SpendInitialAccessToken takes one use of a token that has not expired. True for as many callers as it has uses.
	SpendInitialAccessToken(ctx context.Context, id uuid.UUID, now time.Time) (bool, error)
	// DeleteInitialAccessToken removes one; false when there is none.
	DeleteInitialAccessToken(ctx context.Context, id uuid.UUID) (bool, error)
}
