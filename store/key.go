package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type keyRow struct {
	bun.BaseModel `bun:"table:signing_keys,alias:k"`

	KID         string     `bun:"kid,pk"`
	Algorithm   string     `bun:"algorithm"`
	Sealed      []byte     `bun:"sealed"`
	State       string     `bun:"state"`
	CreatedAt   time.Time  `bun:"created_at"`
	ActivatedAt *time.Time `bun:"activated_at"`
	RetiredAt   *time.Time `bun:"retired_at"`
	ExpiresAt   *time.Time `bun:"expires_at"`
}

func fromKey(k identity.SigningKey) keyRow {
	return keyRow{
		KID: k.KID, Algorithm: string(k.Algorithm), Sealed: k.Sealed, State: string(k.State), CreatedAt: k.CreatedAt,
		ActivatedAt: k.ActivatedAt, RetiredAt: k.RetiredAt, ExpiresAt: k.ExpiresAt,
	}
}

func toKey(r keyRow) identity.SigningKey {
	return identity.SigningKey{
		KID: r.KID, Algorithm: identity.Algorithm(r.Algorithm), Sealed: r.Sealed, State: identity.KeyState(r.State),
		CreatedAt: r.CreatedAt.UTC(), ActivatedAt: utc(r.ActivatedAt), RetiredAt: utc(r.RetiredAt),
		ExpiresAt: utc(r.ExpiresAt),
	}
}

// Keys implements identity.KeyStore.
func (s *Store) Keys(ctx context.Context, now time.Time) ([]identity.SigningKey, error) {
	rows, err := list[keyRow](ctx, s, s.read().NewSelect().Model((*keyRow)(nil)).
		Where("k.expires_at IS NULL OR k.expires_at > ?", now).Order("k.created_at", "k.kid"))
	if err != nil {
		return nil, s.fault("list signing keys", err)
	}
	return mapped(rows, toKey), nil
}

// LockKeys implements identity.KeyStore. Locking the rows would not keep others from adding one; readers do not wait.
func (s *Store) LockKeys(ctx context.Context, now time.Time) ([]identity.SigningKey, error) {
	if err := s.lockTable(ctx, "signing_keys"); err != nil {
		return nil, s.fault("lock signing keys", err)
	}
	return s.Keys(ctx, now)
}

// InsertKey implements identity.KeyStore.
func (s *Store) InsertKey(ctx context.Context, k identity.SigningKey) (bool, error) {
	row := fromKey(k)
	res, err := s.write().NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx)
	n, err := s.affected("insert signing key", res, err)
	return n == 1, err
}

// MoveKey implements identity.KeyStore. Moving a second key of an algorithm to next or active is an error: retire the
// first one before, in the same transaction.
func (s *Store) MoveKey(ctx context.Context, k identity.SigningKey, from identity.KeyState) (bool, error) {
	row := fromKey(k)
	res, err := s.write().NewUpdate().Model(&row).Column("state", "activated_at", "retired_at", "expires_at").
		Where("k.kid = ?", k.KID).Where("k.state = ?", string(from)).Exec(ctx)
	n, err := s.affected("move signing key", res, err)
	return n == 1, err
}

// ResealKey implements identity.KeyStore.
func (s *Store) ResealKey(ctx context.Context, k identity.SigningKey) error {
	row := fromKey(k)
	_, err := s.write().NewUpdate().Model(&row).Column("sealed").Where("k.kid = ?", k.KID).Exec(ctx)
	return s.fault("seal signing key", err)
}
