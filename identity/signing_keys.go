package identity

import (
	"context"
	"fmt"
	"slices"
)

// SigningKeys is the life of the server's signing keys: next, active, retired.
type SigningKeys struct{ d Deps }

// Ensure makes an active key of every algorithm that has none. Nodes that start at the same time agree, because the
// database admits one active key of an algorithm.
func (s *SigningKeys) Ensure(ctx context.Context) error {
	keys, err := s.d.Store.Keys(ctx, s.d.Source.Now())
	if err != nil {
		return fmt.Errorf("read signing keys: %w", err)
	}
	for _, alg := range Algorithms() {
		active := slices.ContainsFunc(keys, func(k SigningKey) bool { return k.Algorithm == alg && k.State == KeyActive })
		if active {
			continue
		}
		if err := s.create(ctx, alg, KeyActive); err != nil {
			return err
		}
	}
	return nil
}

func (s *SigningKeys) create(ctx context.Context, alg Algorithm, state KeyState) error {
	key, err := s.d.KeyMaker.Make(alg)
	if err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	now := s.d.Source.Now()
	key.State, key.CreatedAt = state, now
	if state == KeyActive {
		key.ActivatedAt = &now
	}
	err = s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		inserted, err := tx.InsertKey(ctx, key)
		if err != nil || !inserted {
			return err
		}
		return tx.InsertAudit(ctx, newEvent(ctx, s.d.Source, ActionKeyCreated, TargetKey, key.KID, string(alg)))
	})
	if err != nil {
		return fmt.Errorf("store signing key: %w", err)
	}
	return nil
}

// List gives the keys that are published, oldest first.
func (s *SigningKeys) List(ctx context.Context) ([]SigningKey, error) {
	return s.d.Store.Keys(ctx, s.d.Source.Now())
}
