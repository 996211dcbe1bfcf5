package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// OneTimeTokenStore keeps what works once.
type OneTimeTokenStore interface {
	// SaveOneTimeToken inserts a token in the place of the user's older one of the same purpose.
	SaveOneTimeToken(ctx context.Context, t OneTimeToken) error
	// OneTimeTokenByDigest finds one by any of the digests, whether or not it has expired; else ErrLinkInvalid.
	OneTimeTokenByDigest(ctx context.Context, digests [][]byte) (OneTimeToken, error)
	// SpendOneTimeToken removes a token that has not expired. True for exactly one caller.
	SpendOneTimeToken(ctx context.Context, id uuid.UUID, now time.Time) (bool, error)
	// EndOneTimeTokens removes all tokens of a user.
	EndOneTimeTokens(ctx context.Context, userID uuid.UUID) error
}
