package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type accessTokenRow struct {
	bun.BaseModel `bun:"table:access_tokens,alias:at"`

	Digest    []byte     `bun:"digest,pk"`
	GrantID   *uuid.UUID `bun:"grant_id"`
	Claims    string     `bun:"claims"` // JSON, spelled as it was made
	ExpiresAt time.Time  `bun:"expires_at"`
}

var (
	insertAccessToken   = insertion[accessTokenRow]("")
	accessTokenByDigest = byDigest(selection[accessTokenRow](""), "at.digest")
	sweepAccessTokens   = sweep("access_tokens", "digest", "expires_at <= $1", "$2")
)

// InsertOpaqueToken implements identity.AccessTokenStore.
func (s *Store) InsertOpaqueToken(ctx context.Context, t identity.OpaqueToken) (bool, error) {
	claims, err := json.Marshal(t.Claims)
	if err != nil {
		return false, fmt.Errorf("insert access token: %w", err)
	}
	row := accessTokenRow{Digest: t.Digest, GrantID: nilIfZero(t.GrantID), Claims: string(claims), ExpiresAt: t.ExpiresAt}
	if err := checkText(&row); err != nil {
		return false, err
	}
	_, err = s.exec(ctx, insertAccessToken, arguments(&row)...)
	if f, _ := s.dialect.classify(err); f == failureReference {
		return false, nil
	}
	return err == nil, s.fault("insert access token", err)
}

// OpaqueTokenByDigest implements identity.AccessTokenStore.
func (s *Store) OpaqueTokenByDigest(ctx context.Context, digests [][]byte) (identity.OpaqueToken, error) {
	var row accessTokenRow
	if len(digests) == 0 {
		return identity.OpaqueToken{}, identity.ErrInvalidToken
	}
	if err := s.get(ctx, accessTokenByDigest(len(digests)), scanDestinations(&row), toAnys(digests)...); err != nil {
		return identity.OpaqueToken{}, s.orMissing("read access token", err, identity.ErrInvalidToken)
	}
	t := identity.OpaqueToken{Digest: row.Digest, ExpiresAt: row.ExpiresAt.UTC()}
	if row.GrantID != nil {
		t.GrantID = *row.GrantID
	}
	if err := json.Unmarshal([]byte(row.Claims), &t.Claims); err != nil {
		return identity.OpaqueToken{}, fmt.Errorf("read access token: %w", err)
	}
	return t, nil
}
