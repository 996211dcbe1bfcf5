package cache

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// InsertTOTP implements identity.SecondFactorStore.
func (s invalidatingStore) InsertTOTP(ctx context.Context, t identity.TOTP) (bool, error) {
	defer s.invalidate(ctx, identity.CacheTagUsers, identity.CacheTagUser(t.UserID))
	return s.Store.InsertTOTP(ctx, t)
}

// DeleteTOTP implements identity.SecondFactorStore.
func (s invalidatingStore) DeleteTOTP(ctx context.Context, userID uuid.UUID) (bool, error) {
	defer s.invalidate(ctx, identity.CacheTagUsers, identity.CacheTagUser(userID))
	return s.Store.DeleteTOTP(ctx, userID)
}
