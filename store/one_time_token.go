package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type oneTimeTokenRow struct {
	bun.BaseModel `bun:"table:one_time_tokens,alias:ot"`

	ID        uuid.UUID `bun:"id,pk"`
	Digest    []byte    `bun:"digest"`
	Purpose   string    `bun:"purpose"`
	UserID    uuid.UUID `bun:"user_id"`
	Email     string    `bun:"email"`
	CreatedAt time.Time `bun:"created_at"`
	ExpiresAt time.Time `bun:"expires_at"`
}

func fromOneTimeToken(t identity.OneTimeToken) oneTimeTokenRow {
	return oneTimeTokenRow{
		ID: t.ID, Digest: t.Digest, Purpose: string(t.Purpose), UserID: t.UserID, Email: t.Email, CreatedAt: t.CreatedAt,
		ExpiresAt: t.ExpiresAt,
	}
}

func toOneTimeToken(r oneTimeTokenRow) identity.OneTimeToken {
	return identity.OneTimeToken{
		ID: r.ID, Digest: r.Digest, Purpose: identity.TokenPurpose(r.Purpose), UserID: r.UserID, Email: r.Email,
		CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(),
	}
}

var (
	saveOneTimeToken = insertion[oneTimeTokenRow](` ON CONFLICT (user_id, purpose)
		WHERE purpose <> 'address_undo' DO UPDATE
		SET id = excluded.id, digest = excluded.digest, email = excluded.email, created_at = excluded.created_at,
		expires_at = excluded.expires_at`)
	oneTimeTokenByDigest = byDigest(selection[oneTimeTokenRow](""), "ot.digest")
	spendOneTimeToken    = statement{"delete one_time_tokens", `DELETE FROM one_time_tokens WHERE id = $1 AND expires_at > $2`}
	sweepOneTimeTokens   = sweep("one_time_tokens", "id", "expires_at <= $1", "$2")
)

// SaveOneTimeToken implements identity.OneTimeTokenStore.
func (s *Store) SaveOneTimeToken(ctx context.Context, t identity.OneTimeToken) error {
	row := fromOneTimeToken(t)
	_, err := s.exec(ctx, saveOneTimeToken, arguments(&row)...)
	return s.fault("save one-time token", err)
}

// OneTimeTokenByDigest implements identity.OneTimeTokenStore.
func (s *Store) OneTimeTokenByDigest(ctx context.Context, digests [][]byte) (identity.OneTimeToken, error) {
	if len(digests) == 0 {
		return identity.OneTimeToken{}, identity.ErrLinkInvalid
	}
	var row oneTimeTokenRow
	if err := s.get(ctx, oneTimeTokenByDigest(len(digests)), scanDestinations(&row), toAnys(digests)...); err != nil {
		return identity.OneTimeToken{}, s.orMissing("read one-time token", err, identity.ErrLinkInvalid)
	}
	return toOneTimeToken(row), nil
}

// OneTimeTokensOf implements identity.OneTimeTokenStore.
func (s *Store) OneTimeTokensOf(ctx context.Context, userID uuid.UUID) ([]identity.OneTimeToken, error) {
	rows, err := list[oneTimeTokenRow](ctx, s, s.read().NewSelect().Model((*oneTimeTokenRow)(nil)).
		Where("ot.user_id = ?", userID).OrderExpr("ot.created_at, ot.id"))
	return mapped(rows, toOneTimeToken), s.fault("list one-time tokens", err)
}

// SpendOneTimeToken implements identity.OneTimeTokenStore.
func (s *Store) SpendOneTimeToken(ctx context.Context, id uuid.UUID, now time.Time) (bool, error) {
	res, err := s.exec(ctx, spendOneTimeToken, id, now)
	n, err := s.affected("spend one-time token", res, err)
	return n == 1, err
}

// EndOneTimeTokens implements identity.OneTimeTokenStore.
func (s *Store) EndOneTimeTokens(ctx context.Context, userIDs []uuid.UUID, spared ...identity.TokenPurpose) error {
	if len(userIDs) == 0 {
		return nil
	}
	q := s.write().NewDelete().Model((*oneTimeTokenRow)(nil)).Where("ot.user_id IN (?)", bun.List(userIDs))
	if len(spared) > 0 {
		q = q.Where("ot.purpose NOT IN (?)", bun.List(spared))
	}
	_, err := q.Exec(ctx)
	return s.fault("end one-time tokens", err)
}
