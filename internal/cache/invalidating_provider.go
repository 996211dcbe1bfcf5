package cache

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// InsertProvider implements identity.ProviderStore.
func (s invalidatingStore) InsertProvider(ctx context.Context, p identity.IdentityProvider) error {
	defer s.invalidate(ctx, identity.CacheTagProviders)
	return s.Store.InsertProvider(ctx, p)
}

// UpdateProvider implements identity.ProviderStore.
func (s invalidatingStore) UpdateProvider(ctx context.Context, p identity.IdentityProvider) error {
	defer s.invalidate(ctx, identity.CacheTagProviders)
	return s.Store.UpdateProvider(ctx, p)
}

// ResealProvider implements identity.ProviderStore.
func (s invalidatingStore) ResealProvider(ctx context.Context, p identity.IdentityProvider, sealed []byte) error {
	defer s.invalidate(ctx, identity.CacheTagProviders)
	return s.Store.ResealProvider(ctx, p, sealed)
}

// DeleteProvider implements identity.ProviderStore.
func (s invalidatingStore) DeleteProvider(ctx context.Context, id uuid.UUID) error {
	defer s.invalidate(ctx, identity.CacheTagProviders)
	return s.Store.DeleteProvider(ctx, id)
}

// InsertLinkedIdentity implements identity.ProviderStore.
func (s invalidatingStore) InsertLinkedIdentity(ctx context.Context, l identity.LinkedIdentity) (bool, error) {
	defer s.invalidate(ctx, identity.CacheTagUsers, identity.CacheTagUser(l.UserID))
	return s.Store.InsertLinkedIdentity(ctx, l)
}

// DeleteLinkedIdentity implements identity.ProviderStore.
func (s invalidatingStore) DeleteLinkedIdentity(ctx context.Context, userID, id uuid.UUID) (bool, error) {
	defer s.invalidate(ctx, identity.CacheTagUsers, identity.CacheTagUser(userID))
	return s.Store.DeleteLinkedIdentity(ctx, userID, id)
}
