package cache

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// InsertTrustedIssuer implements identity.TrustedIssuerStore.
func (s invalidatingStore) InsertTrustedIssuer(ctx context.Context, t identity.TrustedIssuer) error {
	defer s.invalidate(ctx, identity.CacheTagTrusted)
	return s.Store.InsertTrustedIssuer(ctx, t)
}

// UpdateTrustedIssuer implements identity.TrustedIssuerStore.
func (s invalidatingStore) UpdateTrustedIssuer(ctx context.Context, t identity.TrustedIssuer) error {
	defer s.invalidate(ctx, identity.CacheTagTrusted)
	return s.Store.UpdateTrustedIssuer(ctx, t)
}

// DeleteTrustedIssuer implements identity.TrustedIssuerStore.
func (s invalidatingStore) DeleteTrustedIssuer(ctx context.Context, id uuid.UUID) error {
	defer s.invalidate(ctx, identity.CacheTagTrusted)
	return s.Store.DeleteTrustedIssuer(ctx, id)
}
