package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type attributeRow struct {
	bun.BaseModel `bun:"table:attribute_definitions,alias:ad"`

	ID          uuid.UUID `bun:"id,pk"`
	Name        string    `bun:"name"`
	NameKey     string    `bun:"name_key"     store:"write-only"`
	DisplayName string    `bun:"display_name"`
	Description string    `bun:"description"`
	Type        string    `bun:"type"`
	Pattern     string    `bun:"pattern"`
	Required    bool      `bun:"required"`
	Unique      bool      `bun:"is_unique"`
	Filterable  bool      `bun:"filterable"`
	CreatedAt   time.Time `bun:"created_at"`
	UpdatedAt   time.Time `bun:"updated_at"`
	Version     int       `bun:"version"`
}

func fromAttribute(d identity.AttributeDefinition) attributeRow {
	return attributeRow{
		ID: d.ID, Name: d.Name, NameKey: fold(d.Name), DisplayName: d.DisplayName, Description: d.Description, Type: string(d.Type),
		Pattern: d.Pattern, Required: d.Required, Unique: d.Unique, Filterable: d.Filterable, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
		Version: d.Version,
	}
}

func toAttribute(r attributeRow) identity.AttributeDefinition {
	return identity.AttributeDefinition{
		ID: r.ID, Name: r.Name, DisplayName: r.DisplayName, Description: r.Description, Type: identity.AttributeType(r.Type),
		Pattern: r.Pattern, Required: r.Required, Unique: r.Unique, Filterable: r.Filterable, CreatedAt: r.CreatedAt.UTC(),
		UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
	}
}

var allAttributes = selection[attributeRow]("ORDER BY ad.name_key")

// AttributeDefinitions implements identity.AttributeReader.
func (s *Store) AttributeDefinitions(ctx context.Context) ([]identity.AttributeDefinition, error) {
	var row attributeRow
	var out []identity.AttributeDefinition
	err := s.all(ctx, allAttributes, nil, scanDestinations(&row), func() { out = append(out, toAttribute(row)) })
	if err != nil {
		return nil, s.fault("list attributes", err)
	}
	return out, nil
}

// LockAttributeDefinitions implements identity.AttributeWriter. Whoever reads them, or writes what users have of them, does
// not wait.
func (s *Store) LockAttributeDefinitions(ctx context.Context) ([]identity.AttributeDefinition, error) {
	if !s.dialect.oneWriter() {
		if _, err := s.write().NewRaw("LOCK TABLE attribute_definitions IN SHARE ROW EXCLUSIVE MODE").Exec(ctx); err != nil {
			return nil, s.fault("lock attributes", err)
		}
	}
	return s.AttributeDefinitions(ctx)
}

// LockAttributeDefinition implements identity.AttributeWriter. Who writes values holds the row by their foreign key.
func (s *Store) LockAttributeDefinition(ctx context.Context, id uuid.UUID) (identity.AttributeDefinition, error) {
	q := s.write().NewSelect().Model((*attributeRow)(nil)).Where("ad.id = ?", id)
	if !s.dialect.oneWriter() {
		q = q.For("UPDATE")
	}
	rows, err := list[attributeRow](ctx, s, q)
	switch {
	case err != nil:
		return identity.AttributeDefinition{}, s.fault("lock attribute", err)
	case len(rows) == 0:
		return identity.AttributeDefinition{}, identity.ErrAttributeNotFound
	}
	return toAttribute(rows[0]), nil
}

// InsertAttributeDefinition implements identity.AttributeWriter.
func (s *Store) InsertAttributeDefinition(ctx context.Context, d identity.AttributeDefinition) error {
	row := fromAttribute(d)
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.write().NewInsert().Model(&row).Exec(ctx)
	return s.fault("insert attribute", err)
}

// UpdateAttributeDefinition implements identity.AttributeWriter.
func (s *Store) UpdateAttributeDefinition(ctx context.Context, d identity.AttributeDefinition) error {
	row := fromAttribute(d)
	if err := checkText(&row); err != nil {
		return err
	}
	row.Version = d.Version + 1
	res, err := s.write().NewUpdate().Model(&row).Column("display_name", "description", "pattern", "required", "updated_at", "version").
		Where("ad.id = ?", d.ID).Where("ad.version = ?", d.Version).Exec(ctx)
	n, err := s.affected("update attribute", res, err)
	if err != nil || n == 1 {
		return err
	}
	return s.conflict(ctx, "attribute_definitions", d.ID, identity.ErrAttributeNotFound)
}

// DeleteAttributeDefinition implements identity.AttributeWriter.
func (s *Store) DeleteAttributeDefinition(ctx context.Context, id uuid.UUID) error {
	res, err := s.write().NewDelete().Model((*attributeRow)(nil)).Where("ad.id = ?", id).Exec(ctx)
	return s.changed("delete attribute", res, err, identity.ErrAttributeNotFound)
}
