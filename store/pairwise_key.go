package store

import (
	"context"
	"database/sql"
	"errors"
)

// PairwiseKey implements identity.PairwiseKeyStore.
func (s *Store) PairwiseKey(ctx context.Context) (sealed []byte, err error) {
	err = s.read().NewRaw("SELECT sealed FROM pairwise_key").Scan(ctx, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return sealed, s.fault("read the key of pairwise subjects", err)
}

// InsertPairwiseKey implements identity.PairwiseKeyStore.
func (s *Store) InsertPairwiseKey(ctx context.Context, sealed []byte) error {
	_, err := s.write().NewRaw("INSERT INTO pairwise_key (id, sealed) VALUES (1, ?) ON CONFLICT DO NOTHING", sealed).Exec(ctx)
	return s.fault("insert the key of pairwise subjects", err)
}

// ResealPairwiseKey implements identity.PairwiseKeyStore.
func (s *Store) ResealPairwiseKey(ctx context.Context, sealed []byte) error {
	_, err := s.write().NewRaw("UPDATE pairwise_key SET sealed = ?", sealed).Exec(ctx)
	return s.fault("seal the key of pairwise subjects", err)
}
