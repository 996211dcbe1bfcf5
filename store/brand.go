package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// brandRow is the one row of the table.
type brandRow struct {
	bun.BaseModel `bun:"table:branding,alias:br"`

	ID        int            `bun:"id,pk"`
	Stored    identity.Brand `bun:"stored,type:jsonb"`
	Logo      []byte         `bun:"logo"`
	Version   int            `bun:"version"`
	UpdatedAt time.Time      `bun:"updated_at"`
}

// StoredBrand implements identity.BrandStore.
func (s *Store) StoredBrand(ctx context.Context) (identity.StoredBrand, error) {
	b, _, err := s.StoredBrandUnless(ctx, 0)
	return b, err
}

// StoredBrandUnless implements identity.BrandStore.
func (s *Store) StoredBrandUnless(ctx context.Context, version int) (identity.StoredBrand, bool, error) {
	rows, err := list[brandRow](ctx, s, s.read().NewSelect().Model((*brandRow)(nil)).Where("version <> ?", version))
	if err != nil || len(rows) == 0 {
		return identity.StoredBrand{}, false, s.fault("read the brand", err)
	}
	row := rows[0]
	row.Stored.Logo = row.Logo
	return identity.StoredBrand{Brand: row.Stored, Version: row.Version, UpdatedAt: row.UpdatedAt.UTC()}, true, nil
}

// LockBrand implements identity.BrandStore. Whoever reads it does not wait.
func (s *Store) LockBrand(ctx context.Context) (identity.StoredBrand, error) {
	if err := s.lockTable(ctx, "branding"); err != nil {
		return identity.StoredBrand{}, s.fault("lock the brand", err)
	}
	return s.StoredBrand(ctx)
}

// SaveBrand implements identity.BrandStore.
func (s *Store) SaveBrand(ctx context.Context, b identity.StoredBrand) error {
	row := brandRow{ID: 1, Stored: b.Brand, Logo: b.Brand.Logo, Version: b.Version + 1, UpdatedAt: b.UpdatedAt}
	res, err := s.write().NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Set("stored = EXCLUDED.stored").Set("logo = EXCLUDED.logo").
		Set("version = EXCLUDED.version").Set("updated_at = EXCLUDED.updated_at").Where("br.version = EXCLUDED.version - 1").Exec(ctx)
	n, err := s.affected("save the brand", res, err)
	if err != nil || n == 1 {
		return err
	}
	current, err := s.StoredBrand(ctx)
	if err != nil {
		return err
	}
	return &identity.VersionConflictError{CurrentVersion: current.Version}
}
