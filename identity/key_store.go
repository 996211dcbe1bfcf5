package identity

import (
	"context"
	"time"
)

// KeyStore keeps signing keys.
type KeyStore interface {
	// Keys lists all that are not expired at the given time, oldest first.
	Keys(ctx context.Context, now time.Time) ([]SigningKey, error)
	// LockKeys is Keys for a transaction: until it ends, nobody else adds or moves a key.
	LockKeys(ctx context.Context, now time.Time) ([]SigningKey, error)
	// InsertKey adds a key; false when there already is one of that kid, expired or not, or of that algorithm and state next
	// or active.
	InsertKey(ctx context.Context, k SigningKey) (bool, error)
	// MoveKey changes state and times if the stored state is from; false otherwise.
	MoveKey(ctx context.Context, k SigningKey, from KeyState) (bool, error)
	// ResealKey replaces Sealed alone, in a transaction that has locked the keys.
	ResealKey(ctx context.Context, k SigningKey) error
	// CountSealed counts what is sealed under a root key.
	CountSealed(ctx context.Context) (int, error)
	// ResealRootKeyCheck replaces what shows which root key fits, where there is something.
	ResealRootKeyCheck(ctx context.Context, sealed []byte) error
}
