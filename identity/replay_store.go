package identity

import (
	"context"
	"time"
)

// ReplayStore remembers what may be used only once.
type ReplayStore interface {
	// MarkUsed returns true for the first caller with this key until expires.
	MarkUsed(ctx context.Context, key string, expires time.Time) (bool, error)
	Sweeper
}

// Sweeper removes what has expired.
type Sweeper interface {
	// Sweep removes up to limit rows of each kind that are of no more use: expired requests, grants that were never used,
	// revoked tokens, one-time tokens, replay keys, idempotency keys, sessions and grants that ended, finished jobs. It returns
	// how many rows went.
	Sweep(ctx context.Context, e Expiry, limit int) (int, error)
	// RefoldUsers makes anew what search has of up to limit users whom a server of before has written, and returns how many.
	RefoldUsers(ctx context.Context, limit int) (int, error)
}
