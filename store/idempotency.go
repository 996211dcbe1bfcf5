package store

import (
	"context"
	"fmt"

	"github.com/authly/authly/identity"
)

var (
	// An expired record counts as none. Another transaction with the same key makes this one wait at the primary key.
	claimIdempotency = statement{"insert idempotency_keys", `
		INSERT INTO idempotency_keys AS k (actor, client, field, idempotency_key, args_hash, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (actor, client, field, idempotency_key) DO UPDATE
		SET args_hash = excluded.args_hash, payload = NULL, created_at = excluded.created_at, expires_at = excluded.expires_at
		WHERE k.expires_at <= excluded.created_at`}
	readIdempotency = statement{"select idempotency_keys", `
		SELECT args_hash, payload FROM idempotency_keys WHERE actor = $1 AND client = $2 AND field = $3 AND idempotency_key = $4`}
	saveIdempotency = statement{"update idempotency_keys", `
		UPDATE idempotency_keys SET payload = $5 WHERE actor = $1 AND client = $2 AND field = $3 AND idempotency_key = $4`}
	sweepIdempotency = statement{"delete idempotency_keys", `
		DELETE FROM idempotency_keys WHERE (actor, client, field, idempotency_key) IN
		(SELECT actor, client, field, idempotency_key FROM idempotency_keys WHERE expires_at <= $1 LIMIT $2)`}
)

// ClaimIdempotency implements identity.IdempotencyStore.
func (s *Store) ClaimIdempotency(ctx context.Context, r identity.IdempotencyRecord) (*identity.IdempotencyRecord, error) {
	res, err := s.exec(ctx, claimIdempotency, r.Actor, r.Client, r.Field, r.Key, r.ArgsMAC, r.CreatedAt, r.ExpiresAt)
	n, err := s.affected("claim idempotency key", res, err)
	if err != nil || n == 1 {
		return nil, err
	}
	stored := r
	err = s.get(ctx, readIdempotency, []any{&stored.ArgsMAC, &stored.Payload}, r.Actor, r.Client, r.Field, r.Key)
	if err != nil {
		return nil, s.fault("read idempotency key", err)
	}
	return &stored, nil
}

// SaveIdempotency implements identity.IdempotencyStore.
func (s *Store) SaveIdempotency(ctx context.Context, r identity.IdempotencyRecord) error {
	res, err := s.exec(ctx, saveIdempotency, r.Actor, r.Client, r.Field, r.Key, string(r.Payload))
	n, err := s.affected("save idempotency key", res, err)
	if err == nil && n != 1 {
		return fmt.Errorf("save idempotency key: %d rows", n)
	}
	return err
}
