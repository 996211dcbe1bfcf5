package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// SignInCodeStore keeps codes that were mailed to whom browsers say to be.
type SignInCodeStore interface {
	InsertSignInCode(ctx context.Context, c SignInCode) error
	// SignInCodeByDigest finds one by any of the digests of the browser's secret, whether or not it has expired; else
	// ErrSignInCodeNotFound.
	SignInCodeByDigest(ctx context.Context, digests [][]byte) (SignInCode, error)
	// TrySignInCode counts one try of a code that has not expired. False, and nothing is counted, when there were as many as the
	// limit.
	TrySignInCode(ctx context.Context, id uuid.UUID, limit int, now time.Time) (bool, error)
	// SpendSignInCode removes one that has not expired. True for exactly one caller.
	SpendSignInCode(ctx context.Context, id uuid.UUID, now time.Time) (bool, error)
}
