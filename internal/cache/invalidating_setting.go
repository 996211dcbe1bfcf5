package cache

import (
	"context"

	"github.com/authly/authly/identity"
)

// SaveSettings implements identity.SettingStore.
func (s invalidatingStore) SaveSettings(ctx context.Context, settings identity.StoredSettings) error {
	defer s.invalidate(ctx, identity.CacheTagSettings)
	return s.Store.SaveSettings(ctx, settings)
}

// SaveBrand implements identity.BrandStore.
func (s invalidatingStore) SaveBrand(ctx context.Context, b identity.StoredBrand) error {
	defer s.invalidate(ctx, identity.CacheTagSettings)
	return s.Store.SaveBrand(ctx, b)
}
