package store

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type scopeRow struct {
	bun.BaseModel `bun:"table:scopes,alias:sc"`

	Name        string    `bun:"name,pk"`
	Description string    `bun:"description"`
	Default     bool      `bun:"is_default"`
	BuiltIn     bool      `bun:"built_in"`
	CreatedAt   time.Time `bun:"created_at"`
	UpdatedAt   time.Time `bun:"updated_at"`
}

func fromScope(v identity.Scope) scopeRow {
	return scopeRow{
		Name: v.Name, Description: v.Description, Default: v.Default, BuiltIn: v.BuiltIn, CreatedAt: v.CreatedAt,
		UpdatedAt: v.UpdatedAt,
	}
}

func toScope(r scopeRow) identity.Scope {
	return identity.Scope{
		Name: r.Name, Description: r.Description, Default: r.Default, BuiltIn: r.BuiltIn, CreatedAt: r.CreatedAt.UTC(),
		UpdatedAt: r.UpdatedAt.UTC(),
	}
}

type resourceRow struct {
	bun.BaseModel `bun:"table:resources,alias:r"`

	URI       string    `bun:"uri,pk"`
	Name      string    `bun:"name"`
	Scopes    []string  `bun:"scopes,type:jsonb"`
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`

	AccessTokenType string   `bun:"access_token_typ"`
	Audiences       []string `bun:"audiences,type:jsonb"`
	AccessTokenAlg  string   `bun:"access_token_alg"`
	AccessTokenTTL  int      `bun:"access_token_ttl"`

	AccessTokenFormat string `bun:"access_token_format"`
}

func fromResource(v identity.Resource) resourceRow {
	return resourceRow{
		URI: v.URI, Name: v.Name, Scopes: emptyIfNil(v.Scopes), CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
		AccessTokenType: v.WithDefaults().AccessTokenType, Audiences: emptyIfNil(v.Audiences), AccessTokenAlg: string(v.AccessTokenAlg),
		AccessTokenTTL: v.AccessTokenTTL, AccessTokenFormat: string(v.AccessTokenFormat),
	}
}

func toResource(r resourceRow) identity.Resource {
	return identity.Resource{
		URI: r.URI, Name: r.Name, Scopes: nilIfEmpty(r.Scopes), CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
		AccessTokenType: r.AccessTokenType, Audiences: nilIfEmpty(r.Audiences), AccessTokenAlg: identity.Algorithm(r.AccessTokenAlg),
		AccessTokenTTL: r.AccessTokenTTL, AccessTokenFormat: identity.TokenFormat(r.AccessTokenFormat),
	}
}

// Scopes implements identity.ScopeStore.
func (s *Store) Scopes(ctx context.Context) ([]identity.Scope, error) {
	rows, err := list[scopeRow](ctx, s, s.read().NewSelect().Model((*scopeRow)(nil)).Order("sc.name"))
	if err != nil {
		return nil, s.fault("list scopes", err)
	}
	return mapped(rows, toScope), nil
}

// LockScopes implements identity.ScopeWriter.
func (s *Store) LockScopes(ctx context.Context, names []string) (map[string]identity.Scope, error) {
	rows, err := lockNamed[scopeRow](ctx, s, "sc.name", names)
	if err != nil {
		return nil, s.fault("lock scopes", err)
	}
	found := make(map[string]identity.Scope, len(rows))
	for _, row := range rows {
		found[row.Name] = toScope(row)
	}
	return found, nil
}

// lockNamed locks the rows of the names. Everybody locks in the order of the names, so that no two wait for each other.
func lockNamed[Row any](ctx context.Context, s *Store, column string, names []string) ([]Row, error) {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !validText(name) })
	if len(names) == 0 {
		return nil, nil
	}
	q := s.write().NewSelect().Model((*Row)(nil)).Where("? IN (?)", bun.Safe(column), bun.List(names)).Order(column)
	return list[Row](ctx, s, s.forUpdate(q))
}

// InsertScope implements identity.ScopeWriter.
func (s *Store) InsertScope(ctx context.Context, v identity.Scope) error {
	row := fromScope(v)
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.write().NewInsert().Model(&row).Exec(ctx)
	return s.fault("insert scope", err)
}

// SaveScope implements identity.ScopeStore. The time of creation of an existing scope stays.
func (s *Store) SaveScope(ctx context.Context, v identity.Scope) error {
	row := fromScope(v)
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.write().NewInsert().Model(&row).On("CONFLICT (name) DO UPDATE").
		Set("description = EXCLUDED.description").Set("is_default = EXCLUDED.is_default").
		Set("built_in = EXCLUDED.built_in").Set("updated_at = EXCLUDED.updated_at").Exec(ctx)
	return s.fault("save scope", err)
}

// DeleteScope implements identity.ScopeStore; ErrScopeNotFound when there is none.
func (s *Store) DeleteScope(ctx context.Context, name string) error {
	if !validText(name) {
		return identity.ErrScopeNotFound
	}
	res, err := s.write().NewDelete().Model((*scopeRow)(nil)).Where("sc.name = ?", name).Exec(ctx)
	return s.changed("delete scope", res, err, identity.ErrScopeNotFound)
}

// Resources implements identity.ScopeStore.
func (s *Store) Resources(ctx context.Context) ([]identity.Resource, error) {
	rows, err := list[resourceRow](ctx, s, s.read().NewSelect().Model((*resourceRow)(nil)).Order("r.uri"))
	if err != nil {
		return nil, s.fault("list resources", err)
	}
	return mapped(rows, toResource), nil
}

// LockResources implements identity.ScopeWriter.
func (s *Store) LockResources(ctx context.Context, uris []string) (map[string]identity.Resource, error) {
	rows, err := lockNamed[resourceRow](ctx, s, "r.uri", uris)
	if err != nil {
		return nil, s.fault("lock resources", err)
	}
	found := make(map[string]identity.Resource, len(rows))
	for _, row := range rows {
		found[row.URI] = toResource(row)
	}
	return found, nil
}

// InsertResource implements identity.ScopeWriter.
func (s *Store) InsertResource(ctx context.Context, v identity.Resource) error {
	row := fromResource(v)
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.write().NewInsert().Model(&row).Exec(ctx)
	return s.fault("insert resource", err)
}

// SaveResource implements identity.ScopeStore. The time of creation of an existing resource stays.
func (s *Store) SaveResource(ctx context.Context, v identity.Resource) error {
	row := fromResource(v)
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.write().NewInsert().Model(&row).On("CONFLICT (uri) DO UPDATE").Set("name = EXCLUDED.name").
		Set("scopes = EXCLUDED.scopes").Set("access_token_typ = EXCLUDED.access_token_typ").
		Set("audiences = EXCLUDED.audiences").Set("access_token_alg = EXCLUDED.access_token_alg").
		Set("access_token_ttl = EXCLUDED.access_token_ttl").Set("access_token_format = EXCLUDED.access_token_format").
		Set("updated_at = EXCLUDED.updated_at").Exec(ctx)
	return s.fault("save resource", err)
}

// DeleteResource implements identity.ScopeStore; ErrResourceNotFound when there is none.
func (s *Store) DeleteResource(ctx context.Context, uri string) error {
	if !validText(uri) {
		return identity.ErrResourceNotFound
	}
	res, err := s.write().NewDelete().Model((*resourceRow)(nil)).Where("r.uri = ?", uri).Exec(ctx)
	return s.changed("delete resource", res, err, identity.ErrResourceNotFound)
}
