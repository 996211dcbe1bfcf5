package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// OneTimeTokenStore keeps what works once.
type OneTimeTokenStore interface {
	// SaveOneTimeToken inserts a token in the place of the user's older one of the same purpose, but for TokenAddressUndo.
	SaveOneTimeToken(ctx context.Context, t OneTimeToken) error
	// OneTimeTokenByDigest finds one by any of the digests, whether or not it has expired; else ErrLinkInvalid.
	OneTimeTokenByDigest(ctx context.Context, digests [][]byte) (OneTimeToken, error)
	// SpendOneTimeToken removes a token that has not expired. True for exactly one caller.
	SpendOneTimeToken(ctx context.Context, id uuid.UUID, now time.Time) (bool, error)
	// OneTimeTokensOf lists the tokens of a user, whether or not they have expired, oldest first.
	OneTimeTokensOf(ctx context.Context, userID uuid.UUID) ([]OneTimeToken, error)
	// EndOneTimeTokens removes the tokens of users but those of the purposes.
	EndOneTimeTokens(ctx context.Context, userIDs []uuid.UUID, spared ...TokenPurpose) error
}
