package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type trustedIssuerRow struct {
	bun.BaseModel `bun:"table:trusted_issuers,alias:ti"`

	ID        uuid.UUID `bun:"id,pk"`
	Issuer    string    `bun:"issuer"`
	Enabled   bool      `bun:"enabled"`
	JWKS      string    `bun:"jwks"`
	JWKSURI   string    `bun:"jwks_uri"`
	UserClaim string    `bun:"user_claim"`
	UserMatch string    `bun:"user_match"`
	Software  bool      `bun:"software_statements"`
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`
	Version   int       `bun:"version"`
}

func fromTrustedIssuer(t identity.TrustedIssuer) trustedIssuerRow {
	return trustedIssuerRow{
		ID: t.ID, Issuer: t.Issuer, Enabled: t.Enabled, JWKS: string(t.JWKS), JWKSURI: t.JWKSURI, UserClaim: t.UserClaim,
		UserMatch: string(t.UserMatch), Software: t.SoftwareStatements, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt, Version: t.Version,
	}
}

func toTrustedIssuer(r trustedIssuerRow) identity.TrustedIssuer {
	t := identity.TrustedIssuer{
		ID: r.ID, Issuer: r.Issuer, Enabled: r.Enabled, JWKSURI: r.JWKSURI, UserClaim: r.UserClaim,
		UserMatch: identity.UserMatch(r.UserMatch), SoftwareStatements: r.Software,
		CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
	}
	if r.JWKS != "" {
		t.JWKS = json.RawMessage(r.JWKS)
	}
	return t
}

// TrustedIssuers implements identity.TrustedIssuerReader.
func (s *Store) TrustedIssuers(ctx context.Context) ([]identity.TrustedIssuer, error) {
	rows, err := list[trustedIssuerRow](ctx, s, s.read().NewSelect().Model((*trustedIssuerRow)(nil)).Order("ti.issuer"))
	if err != nil {
		return nil, s.fault("list trusted issuers", err)
	}
	return mapped(rows, toTrustedIssuer), nil
}

// LockTrustedIssuer implements identity.TrustedIssuerStore.
func (s *Store) LockTrustedIssuer(ctx context.Context, id uuid.UUID) (identity.TrustedIssuer, error) {
	q := s.write().NewSelect().Model((*trustedIssuerRow)(nil)).Where("ti.id = ?", id)
	rows, err := list[trustedIssuerRow](ctx, s, s.forUpdate(q))
	switch {
	case err != nil:
		return identity.TrustedIssuer{}, s.fault("lock trusted issuer", err)
	case len(rows) == 0:
		return identity.TrustedIssuer{}, identity.ErrTrustedIssuerNotFound
	}
	return toTrustedIssuer(rows[0]), nil
}

// InsertTrustedIssuer implements identity.TrustedIssuerStore.
func (s *Store) InsertTrustedIssuer(ctx context.Context, t identity.TrustedIssuer) error {
	row := fromTrustedIssuer(t)
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.write().NewInsert().Model(&row).Exec(ctx)
	return s.fault("insert trusted issuer", err)
}

// UpdateTrustedIssuer implements identity.TrustedIssuerStore.
func (s *Store) UpdateTrustedIssuer(ctx context.Context, t identity.TrustedIssuer) error {
	row := fromTrustedIssuer(t)
	if err := checkText(&row); err != nil {
		return err
	}
	row.Version = t.Version + 1
	res, err := s.write().NewUpdate().Model(&row).
		Column("enabled", "jwks", "jwks_uri", "user_claim", "user_match", "software_statements", "updated_at", "version").
		Where("ti.id = ?", t.ID).Where("ti.version = ?", t.Version).Exec(ctx)
	n, err := s.affected("update trusted issuer", res, err)
	if err == nil && n != 1 {
		err = s.conflict(ctx, "trusted_issuers", t.ID, identity.ErrTrustedIssuerNotFound)
	}
	return err
}

// DeleteTrustedIssuer implements identity.TrustedIssuerStore.
func (s *Store) DeleteTrustedIssuer(ctx context.Context, id uuid.UUID) error {
	res, err := s.write().NewDelete().Model((*trustedIssuerRow)(nil)).Where("ti.id = ?", id).Exec(ctx)
	return s.changed("delete trusted issuer", res, err, identity.ErrTrustedIssuerNotFound)
}
