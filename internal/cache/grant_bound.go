package cache

import (
	"context"

	"github.com/google/uuid"
)

// DeleteSessionGrantsBeyond implements identity.GrantStore.
func (s invalidatingStore) DeleteSessionGrantsBeyond(ctx context.Context, sessionID, clientID uuid.UUID, newest int) ([]uuid.UUID, error) {
	deleted, err := s.Store.DeleteSessionGrantsBeyond(ctx, sessionID, clientID, newest)
	s.invalidateGrants(ctx, deleted)
	return deleted, err
}

// DeleteOfflineGrantsBeyond implements identity.GrantStore.
func (s invalidatingStore) DeleteOfflineGrantsBeyond(ctx context.Context, userID, clientID uuid.UUID, newest int) ([]uuid.UUID, error) {
	deleted, err := s.Store.DeleteOfflineGrantsBeyond(ctx, userID, clientID, newest)
	s.invalidateGrants(ctx, deleted)
	return deleted, err
}

func (s invalidatingStore) invalidateGrants(ctx context.Context, ids []uuid.UUID) {
	tags := make([]string, len(ids))
	for i, id := range ids {
		tags[i] = grantTag(id)
	}
	s.invalidate(ctx, tags...)
}
