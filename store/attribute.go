package store

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type attributeRow struct {
	bun.BaseModel `bun:"table:attribute_definitions,alias:ad"`

	ID           uuid.UUID `bun:"id,pk"`
	Name         string    `bun:"name"`
	NameKey      string    `bun:"name_key"     store:"write-only"`
	DisplayName  string    `bun:"display_name"`
	Description  string    `bun:"description"`
	Type         string    `bun:"type"`
	Pattern      string    `bun:"pattern"`
	Required     bool      `bun:"required"`
	Unique       bool      `bun:"is_unique"`
	Filterable   bool      `bun:"filterable"`
	Claim        string    `bun:"claim"`
	UserWritable bool      `bun:"user_writable"`
	CreatedAt    time.Time `bun:"created_at"`
	UpdatedAt    time.Time `bun:"updated_at"`
	Version      int       `bun:"version"`
}

func fromAttribute(d identity.AttributeDefinition) attributeRow {
	return attributeRow{
		ID: d.ID, Name: d.Name, NameKey: fold(d.Name), DisplayName: d.DisplayName, Description: d.Description, Type: string(d.Type),
		Pattern: d.Pattern, Required: d.Required, Unique: d.Unique, Filterable: d.Filterable, Claim: d.Claim,
		UserWritable: d.UserWritable, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt, Version: d.Version,
	}
}

func toAttribute(r attributeRow) identity.AttributeDefinition {
	return identity.AttributeDefinition{
		ID: r.ID, Name: r.Name, DisplayName: r.DisplayName, Description: r.Description, Type: identity.AttributeType(r.Type),
		Pattern: r.Pattern, Required: r.Required, Unique: r.Unique, Filterable: r.Filterable, Claim: r.Claim, UserWritable: r.UserWritable,
		CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
	}
}

// attributeScopeRow is a scope that releases an attribute.
type attributeScopeRow struct {
	bun.BaseModel `bun:"table:attribute_scopes,alias:ads"`

	AttributeID uuid.UUID `bun:"attribute_id,pk"`
	Scope       string    `bun:"scope,pk"`
}

// allAttributes has a row for each scope of an attribute, and one without a scope for one that has none.
var allAttributes = statement{"select attribute_definitions", "SELECT " + columns[attributeRow]() + `, coalesce(ads.scope, '')
	FROM attribute_definitions AS ad LEFT JOIN attribute_scopes AS ads ON ads.attribute_id = ad.id ORDER BY ad.name_key, ads.scope`}

// AttributeDefinitions implements identity.AttributeReader.
func (s *Store) AttributeDefinitions(ctx context.Context) ([]identity.AttributeDefinition, error) {
	var row attributeRow
	var scope string
	var out []identity.AttributeDefinition
	err := s.all(ctx, allAttributes, nil, append(scanDestinations(&row), scanDestination(&scope)), func() {
		if len(out) == 0 || out[len(out)-1].ID != row.ID {
			out = append(out, toAttribute(row))
		}
		if last := &out[len(out)-1]; scope != "" {
			last.Scopes = append(last.Scopes, scope)
		}
	})
	if err != nil {
		return nil, s.fault("list attributes", err)
	}
	return out, nil
}

// LockAttributeDefinitions implements identity.AttributeWriter. Whoever reads them, or writes what users have of them, does
// not wait.
func (s *Store) LockAttributeDefinitions(ctx context.Context) ([]identity.AttributeDefinition, error) {
	if err := s.lockTable(ctx, "attribute_definitions"); err != nil {
		return nil, s.fault("lock attributes", err)
	}
	return s.AttributeDefinitions(ctx)
}

// LockAttributeDefinition implements identity.AttributeWriter. Who writes values holds the row by their foreign key.
func (s *Store) LockAttributeDefinition(ctx context.Context, id uuid.UUID) (identity.AttributeDefinition, error) {
	q := s.write().NewSelect().Model((*attributeRow)(nil)).Where("ad.id = ?", id)
	rows, err := list[attributeRow](ctx, s, s.forUpdate(q))
	switch {
	case err != nil:
		return identity.AttributeDefinition{}, s.fault("lock attribute", err)
	case len(rows) == 0:
		return identity.AttributeDefinition{}, identity.ErrAttributeNotFound
	}
	all, err := s.AttributeDefinitions(ctx)
	if err != nil {
		return identity.AttributeDefinition{}, err
	}
	return all[slices.IndexFunc(all, func(d identity.AttributeDefinition) bool { return d.ID == id })], nil
}

// InsertAttributeDefinition implements identity.AttributeWriter.
func (s *Store) InsertAttributeDefinition(ctx context.Context, d identity.AttributeDefinition) error {
	row := fromAttribute(d)
	if err := checkText(&row); err != nil {
		return err
	}
	if _, err := s.write().NewInsert().Model(&row).Exec(ctx); err != nil {
		err = s.fault("insert attribute", err)
		if d.Claim == "" && identity.AsError(err).Field == errClaim.Field { // which is the name
			return errAttribute.Because(err)
		}
		return err
	}
	return s.insertAttributeScopes(ctx, d)
}

func (s *Store) insertAttributeScopes(ctx context.Context, d identity.AttributeDefinition) error {
	if len(d.Scopes) == 0 {
		return nil
	}
	rows := mapped(d.Scopes, func(scope string) attributeScopeRow { return attributeScopeRow{AttributeID: d.ID, Scope: scope} })
	_, err := s.write().NewInsert().Model(&rows).Exec(ctx)
	if f, _ := s.dialect.classify(err); f == failureReference {
		return identity.InvalidField("scopes", "Must be scopes that are registered.").Because(err)
	}
	return s.fault("insert scopes of attribute", err)
}

// UpdateAttributeDefinition implements identity.AttributeWriter.
func (s *Store) UpdateAttributeDefinition(ctx context.Context, d identity.AttributeDefinition) error {
	row := fromAttribute(d)
	if err := checkText(&row); err != nil {
		return err
	}
	row.Version = d.Version + 1
	res, err := s.write().NewUpdate().Model(&row).
		Column("display_name", "description", "pattern", "required", "claim", "user_writable", "updated_at", "version").
		Where("ad.id = ?", d.ID).Where("ad.version = ?", d.Version).Exec(ctx)
	n, err := s.affected("update attribute", res, err)
	if err != nil {
		return err
	}
	if n != 1 {
		return s.conflict(ctx, "attribute_definitions", d.ID, identity.ErrAttributeNotFound)
	}
	if _, err := s.write().NewDelete().Model((*attributeScopeRow)(nil)).Where("ads.attribute_id = ?", d.ID).Exec(ctx); err != nil {
		return s.fault("replace scopes of attribute", err)
	}
	return s.insertAttributeScopes(ctx, d)
}

// DeleteAttributeDefinition implements identity.AttributeWriter.
func (s *Store) DeleteAttributeDefinition(ctx context.Context, id uuid.UUID) error {
	res, err := s.write().NewDelete().Model((*attributeRow)(nil)).Where("ad.id = ?", id).Exec(ctx)
	return s.changed("delete attribute", res, err, identity.ErrAttributeNotFound)
}
