package store

import (
	"cmp"
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type providerRow struct {
	bun.BaseModel `bun:"table:identity_providers,alias:ip"`

	ID        uuid.UUID               `bun:"id,pk"`
	Slug      string                  `bun:"slug"`
	Kind      string                  `bun:"kind"`
	Name      string                  `bun:"name"`
	Enabled   bool                    `bun:"enabled"`
	Position  int                     `bun:"position"`
	Issuer    string                  `bun:"issuer"`
	ClientID  string                  `bun:"client_id"`
	Sealed    []byte                  `bun:"sealed"`
	Config    identity.ProviderConfig `bun:"config,type:jsonb"`
	CreatedAt time.Time               `bun:"created_at"`
	UpdatedAt time.Time               `bun:"updated_at"`
	Version   int                     `bun:"version"`
}

func fromProvider(p identity.IdentityProvider) providerRow {
	return providerRow{
		ID: p.ID, Slug: p.Slug, Kind: string(p.Kind), Name: p.Name, Enabled: p.Enabled, Position: p.Position, Issuer: p.Issuer,
		ClientID: p.ClientID, Sealed: p.Sealed, Config: p.Config, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt, Version: p.Version,
	}
}

func toProvider(r providerRow) identity.IdentityProvider {
	return identity.IdentityProvider{
		ID: r.ID, Slug: r.Slug, Kind: identity.ProviderKind(r.Kind), Name: r.Name, Enabled: r.Enabled, Position: r.Position, Issuer: r.Issuer,
		ClientID: r.ClientID, Sealed: r.Sealed, Config: r.Config, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
	}
}

// Providers implements identity.ProviderStore.
func (s *Store) Providers(ctx context.Context) ([]identity.IdentityProvider, error) {
	rows, err := list[providerRow](ctx, s, s.read().NewSelect().Model((*providerRow)(nil)).Order("ip.position", "ip.slug"))
	if err != nil {
		return nil, s.fault("list identity providers", err)
	}
	return mapped(rows, toProvider), nil
}

// LockProvider implements identity.ProviderStore.
func (s *Store) LockProvider(ctx context.Context, id uuid.UUID) (identity.IdentityProvider, error) {
	q := s.write().NewSelect().Model((*providerRow)(nil)).Where("ip.id = ?", id)
	rows, err := list[providerRow](ctx, s, s.forUpdate(q))
	switch {
	case err != nil:
		return identity.IdentityProvider{}, s.fault("lock identity provider", err)
	case len(rows) == 0:
		return identity.IdentityProvider{}, identity.ErrProviderNotFound
	}
	return toProvider(rows[0]), nil
}

// HoldProvider implements identity.ProviderStore.
func (s *Store) HoldProvider(ctx context.Context, id uuid.UUID) (bool, error) {
	q := s.write().NewSelect().Model((*providerRow)(nil)).Where("ip.id = ?", id).Where("ip.enabled")
	if !s.dialect.oneWriter() {
		q = q.For("SHARE")
	}
	rows, err := list[providerRow](ctx, s, q)
	return len(rows) == 1, s.fault("hold identity provider", err)
}

// InsertProvider implements identity.ProviderStore.
func (s *Store) InsertProvider(ctx context.Context, p identity.IdentityProvider) error {
	row := fromProvider(p)
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.write().NewInsert().Model(&row).Exec(ctx)
	return s.fault("insert identity provider", err)
}

// UpdateProvider implements identity.ProviderStore.
func (s *Store) UpdateProvider(ctx context.Context, p identity.IdentityProvider) error {
	row := fromProvider(p)
	if err := checkText(&row); err != nil {
		return err
	}
	row.Version = p.Version + 1
	res, err := s.write().NewUpdate().Model(&row).
		Column("name", "enabled", "position", "issuer", "client_id", "sealed", "config", "updated_at", "version").
		Where("ip.id = ?", p.ID).Where("ip.version = ?", p.Version).Exec(ctx)
	n, err := s.affected("update identity provider", res, err)
	if err == nil && n != 1 {
		err = s.conflict(ctx, "identity_providers", p.ID, identity.ErrProviderNotFound)
	}
	return err
}

// ResealProvider implements identity.ProviderStore.
func (s *Store) ResealProvider(ctx context.Context, p identity.IdentityProvider, sealed []byte) error {
	_, err := s.write().NewUpdate().Model((*providerRow)(nil)).Set("sealed = ?", sealed).
		Where("ip.id = ?", p.ID).Where("ip.sealed = ?", p.Sealed).Exec(ctx)
	return s.fault("seal secret of identity provider anew", err)
}

// DeleteProvider implements identity.ProviderStore. Whoever connects somebody holds the provider.
func (s *Store) DeleteProvider(ctx context.Context, id uuid.UUID) error {
	const what = "delete identity provider"
	used, err := s.write().NewSelect().Model((*linkedIdentityRow)(nil)).Where("li.provider_id = ?", id).Exists(ctx)
	if err != nil || used {
		return cmp.Or(s.fault(what, err), error(identity.ErrProviderInUse))
	}
	res, err := s.write().NewDelete().Model((*providerRow)(nil)).Where("ip.id = ?", id).Exec(ctx)
	return s.changed(what, res, err, identity.ErrProviderNotFound)
}

var sessionsThrough = statement{"select sessions", `SELECT id, user_id FROM sessions
	WHERE provider_id = $1 AND ended_at IS NULL LIMIT $2`}

var sessionsOfUserThrough = statement{"select sessions", `SELECT id, user_id FROM sessions
	WHERE provider_id = $1 AND ended_at IS NULL AND user_id = $3 LIMIT $2`}

// SessionsThrough implements identity.ProviderStore.
func (s *Store) SessionsThrough(ctx context.Context, providerID, userID uuid.UUID, limit int) (map[uuid.UUID][]uuid.UUID, error) {
	st, args := sessionsThrough, []any{providerID, limit}
	if userID != uuid.Nil {
		st, args = sessionsOfUserThrough, append(args, userID)
	}
	var id, user uuid.UUID
	found := map[uuid.UUID][]uuid.UUID{}
	err := s.all(ctx, st, args, []any{scanDestination(&id), scanDestination(&user)}, func() { found[user] = append(found[user], id) })
	return found, s.fault("list sessions of identity provider", err)
}
