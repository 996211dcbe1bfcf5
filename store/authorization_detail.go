package store

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type detailTypeRow struct {
	bun.BaseModel `bun:"table:authorization_detail_types,alias:dt"`

	Name        string    `bun:"name,pk"`
	Description string    `bun:"description"`
	Schema      string    `bun:"json_schema"`
	CreatedAt   time.Time `bun:"created_at"`
	UpdatedAt   time.Time `bun:"updated_at"`
}

func toDetailType(r detailTypeRow) identity.DetailType {
	return identity.DetailType{
		Name: r.Name, Description: r.Description, Schema: json.RawMessage(r.Schema), CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
	}
}

// joinJSON returns the list of objects in one text.
func joinJSON(objects []json.RawMessage) string {
	texts := make([][]byte, len(objects))
	for i, object := range objects {
		texts[i] = object
	}
	return "[" + string(bytes.Join(texts, []byte(","))) + "]"
}

// splitJSON is the inverse of joinJSON. What is no list of ours is none.
func splitJSON(text string) []json.RawMessage {
	var objects []json.RawMessage
	if json.Unmarshal([]byte(text), &objects) != nil {
		return nil
	}
	return objects
}

// DetailTypes implements identity.ScopeReader.
func (s *Store) DetailTypes(ctx context.Context) ([]identity.DetailType, error) {
	rows, err := list[detailTypeRow](ctx, s, s.read().NewSelect().Model((*detailTypeRow)(nil)).Order("dt.name"))
	if err != nil {
		return nil, s.fault("list types of authorization details", err)
	}
	return mapped(rows, toDetailType), nil
}

// LockDetailTypes implements identity.ScopeWriter.
func (s *Store) LockDetailTypes(ctx context.Context) ([]identity.DetailType, error) {
	if err := s.lockTable(ctx, "authorization_detail_types"); err != nil {
		return nil, s.fault("lock types of authorization details", err)
	}
	rows, err := list[detailTypeRow](ctx, s, s.write().NewSelect().Model((*detailTypeRow)(nil)).Order("dt.name"))
	if err != nil {
		return nil, s.fault("list types of authorization details", err)
	}
	return mapped(rows, toDetailType), nil
}

// SaveDetailType implements identity.ScopeWriter. The time of creation of an existing one stays.
func (s *Store) SaveDetailType(ctx context.Context, t identity.DetailType) error {
	row := detailTypeRow{Name: t.Name, Description: t.Description, Schema: string(t.Schema), CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt}
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.write().NewInsert().Model(&row).On("CONFLICT (name) DO UPDATE").
		Set("description = EXCLUDED.description").Set("json_schema = EXCLUDED.json_schema").
		Set("updated_at = EXCLUDED.updated_at").Exec(ctx)
	return s.fault("save type of authorization details", err)
}

// DeleteDetailType implements identity.ScopeWriter.
func (s *Store) DeleteDetailType(ctx context.Context, name string) error {
	if !validText(name) {
		return identity.ErrDetailTypeNotFound
	}
	res, err := s.write().NewDelete().Model((*detailTypeRow)(nil)).Where("dt.name = ?", name).Exec(ctx)
	return s.changed("delete type of authorization details", res, err, identity.ErrDetailTypeNotFound)
}
