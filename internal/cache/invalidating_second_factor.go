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

// InsertPasskey implements identity.PasskeyStore.
func (s invalidatingStore) InsertPasskey(ctx context.Context, p identity.Passkey) (bool, error) {
	defer s.invalidate(ctx, identity.CacheTagUsers, identity.CacheTagUser(p.UserID))
	return s.Store.InsertPasskey(ctx, p)
}

// SetSecondStep implements identity.PasskeyStore.
func (s invalidatingStore) SetSecondStep(ctx context.Context, userID uuid.UUID, on bool) (bool, error) {
	defer s.invalidate(ctx, identity.CacheTagUsers, identity.CacheTagUser(userID))
	return s.Store.SetSecondStep(ctx, userID, on)
}

// RenamePasskey implements identity.PasskeyStore.
func (s invalidatingStore) RenamePasskey(ctx context.Context, userID, id uuid.UUID, name string) (bool, error) {
	defer s.invalidate(ctx, identity.CacheTagUsers, identity.CacheTagUser(userID))
	return s.Store.RenamePasskey(ctx, userID, id, name)
}

// DeletePasskey implements identity.PasskeyStore.
func (s invalidatingStore) DeletePasskey(ctx context.Context, userID, id uuid.UUID) (bool, error) {
	defer s.invalidate(ctx, identity.CacheTagUsers, identity.CacheTagUser(userID))
	return s.Store.DeletePasskey(ctx, userID, id)
}

// DeleteTOTP implements identity.SecondFactorStore.
func (s invalidatingStore) DeleteTOTP(ctx context.Context, userID uuid.UUID) (bool, error) {
	defer s.invalidate(ctx, identity.CacheTagUsers, identity.CacheTagUser(userID))
	return s.Store.DeleteTOTP(ctx, userID)
}
