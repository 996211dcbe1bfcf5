package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type initialAccessTokenRow struct {
	bun.BaseModel `bun:"table:initial_access_tokens,alias:ia"`

	ID        uuid.UUID `bun:"id,pk"`
	Digest    []byte    `bun:"digest"`
	Name      string    `bun:"name"`
	Uses      int       `bun:"uses"`
	UsesLeft  int       `bun:"uses_left"`
	CreatedBy string    `bun:"created_by"`
	CreatedAt time.Time `bun:"created_at"`
	ExpiresAt time.Time `bun:"expires_at"`
}

func toInitialAccessToken(r initialAccessTokenRow) identity.InitialAccessToken {
	return identity.InitialAccessToken{
		ID: r.ID, Digest: r.Digest, Name: r.Name, Uses: r.Uses, UsesLeft: r.UsesLeft, CreatedBy: r.CreatedBy,
		CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(),
	}
}

var (
	insertInitialAccessToken   = insertion[initialAccessTokenRow]("")
	initialAccessTokenByDigest = byDigest(selection[initialAccessTokenRow](""), "ia.digest")
	spendInitialAccessToken    = statement{"update initial_access_tokens", `UPDATE initial_access_tokens SET uses_left = uses_left - 1
		WHERE id = $1 AND uses_left > 0 AND expires_at > $2`}
	deleteInitialAccessToken = statement{"delete initial_access_tokens", `DELETE FROM initial_access_tokens WHERE id = $1`}
	sweepInitialAccessTokens = sweep("initial_access_tokens", "id", "expires_at <= $1", "$2")
)

// InsertInitialAccessToken implements identity.InitialAccessTokenStore.
func (s *Store) InsertInitialAccessToken(ctx context.Context, t identity.InitialAccessToken) error {
	row := initialAccessTokenRow{
		ID: t.ID, Digest: t.Digest, Name: t.Name, Uses: t.Uses, UsesLeft: t.UsesLeft, CreatedBy: t.CreatedBy,
		CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt,
	}
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.exec(ctx, insertInitialAccessToken, arguments(&row)...)
	return s.fault("insert initial access token", err)
}

// InitialAccessTokenByDigest implements identity.InitialAccessTokenStore.
func (s *Store) InitialAccessTokenByDigest(ctx context.Context, digests [][]byte) (identity.InitialAccessToken, error) {
	if len(digests) == 0 {
		return identity.InitialAccessToken{}, identity.ErrInitialAccessTokenNotFound
	}
	var row initialAccessTokenRow
	if err := s.get(ctx, initialAccessTokenByDigest(len(digests)), scanDestinations(&row), toAnys(digests)...); err != nil {
		return identity.InitialAccessToken{}, s.orMissing("read initial access token", err, identity.ErrInitialAccessTokenNotFound)
	}
	return toInitialAccessToken(row), nil
}

// InitialAccessTokensByID implements identity.InitialAccessTokenStore.
func (s *Store) InitialAccessTokensByID(ctx context.Context, ids []uuid.UUID) ([]identity.InitialAccessToken, error) {
	rows, err := byIDs[initialAccessTokenRow](ctx, s, ids)
	return mapped(rows, toInitialAccessToken), s.fault("find initial access tokens", err)
}

var initialAccessTokenKey = sortKey{column: "ia.created_at", id: "ia.id", time: true}

// InitialAccessTokens implements identity.InitialAccessTokenStore.
func (s *Store) InitialAccessTokens(
	ctx context.Context, q identity.InitialAccessTokenQuery,
) ([]identity.ListRow[identity.InitialAccessToken], error) {
	build := func() (*bun.SelectQuery, error) {
		return initialAccessTokenKey.paginate(s.read().NewSelect().Model((*initialAccessTokenRow)(nil)), !q.Ascending, q.Range)
	}
	return listPage(ctx, s, "list initial access tokens", q.Range, build, toInitialAccessTokenRow)
}

func toInitialAccessTokenRow(r initialAccessTokenRow) identity.ListRow[identity.InitialAccessToken] {
	t := toInitialAccessToken(r)
	return identity.ListRow[identity.InitialAccessToken]{Item: t, CursorKey: identity.CursorKey{Key: cursorTime(&t.CreatedAt), ID: t.ID}}
}

// CountInitialAccessTokens implements identity.InitialAccessTokenStore.
func (s *Store) CountInitialAccessTokens(ctx context.Context, limit int) (int, error) {
	return s.count(ctx, "count initial access tokens", s.read().NewSelect().Model((*initialAccessTokenRow)(nil)), limit)
}

// SpendInitialAccessToken implements identity.InitialAccessTokenStore.
func (s *Store) SpendInitialAccessToken(ctx context.Context, id uuid.UUID, now time.Time) (bool, error) {
	res, err := s.exec(ctx, spendInitialAccessToken, id, now)
	n, err := s.affected("spend initial access token", res, err)
	return n == 1, err
}

// DeleteInitialAccessToken implements identity.InitialAccessTokenStore.
func (s *Store) DeleteInitialAccessToken(ctx context.Context, id uuid.UUID) (bool, error) {
	res, err := s.exec(ctx, deleteInitialAccessToken, id)
	n, err := s.affected("delete initial access token", res, err)
	return n == 1, err
}

// unused is the condition for clients that strangers have registered and nobody uses since a time.
const unused = `c.origin IN ('open', 'document', 'entity') AND c.updated_at < ?0
	AND (c.expires_at IS NULL OR c.expires_at < ?0) AND NOT EXISTS (SELECT 1 FROM grants AS g WHERE g.client_id = c.id AND g.ended_at IS NULL)
	AND NOT EXISTS (SELECT 1 FROM client_days AS d WHERE d.client_id = c.id AND d.last_used_at >= ?0)`

// UnusedClients implements identity.SelfRegisteredStore.
func (s *Store) UnusedClients(ctx context.Context, before time.Time, after string, limit int) ([]identity.Client, error) {
	q := s.read().NewSelect().Model((*clientRow)(nil)).Where(unused, before).Where("c.client_id > ?", after).
		Order("c.client_id").Limit(int64(limit))
	rows, err := list[clientRow](ctx, s, q)
	return mapped(rows, toClient), s.fault("find unused clients", err)
}

// DeleteUnusedClient implements identity.SelfRegisteredStore.
func (s *Store) DeleteUnusedClient(ctx context.Context, id uuid.UUID, before time.Time) (bool, error) {
	res, err := s.write().NewDelete().Model((*clientRow)(nil)).Where("c.id = ?", id).Where(unused, before).Exec(ctx)
	n, err := s.affected("delete unused client", res, err)
	return n == 1, err
}
