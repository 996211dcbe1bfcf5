package store

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// userAttributeRow is one value of an attribute of a user.
type userAttributeRow struct {
	bun.BaseModel `bun:"table:user_attributes,alias:ua"`

	UserID      uuid.UUID `bun:"user_id,pk"`
	AttributeID uuid.UUID `bun:"attribute_id,pk"`
	Position    int       `bun:"position,pk"`
	Value       string    `bun:"value"`
	UniqueKey   *string   `bun:"unique_key" store:"write-only"` // of an attribute that is unique
	FilterKey   *string   `bun:"filter_key" store:"write-only"` // of one that users are found by
}

// userAttributes is the statement of UserAttributes.
func (s *Store) userAttributes() statement {
	return statement{"select user_attributes", `SELECT ua.user_id, ad.name, ua.value FROM user_attributes AS ua
		JOIN attribute_definitions AS ad ON ad.id = ua.attribute_id WHERE ua.user_id ` + s.dialect.inSet("$1") + `
		ORDER BY ua.user_id, ua.attribute_id, ua.position`}
}

// UserAttributes implements identity.AttributeReader.
func (s *Store) UserAttributes(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID]identity.AttributeValues, error) {
	out := make(map[uuid.UUID]identity.AttributeValues, len(userIDs))
	if len(userIDs) == 0 {
		return out, nil
	}
	var user uuid.UUID
	var name, value string
	dest := []any{scanDestination(&user), scanDestination(&name), scanDestination(&value)}
	err := s.all(ctx, s.userAttributes(), []any{s.dialect.set(userIDs)}, dest, func() {
		if out[user] == nil {
			out[user] = identity.AttributeValues{}
		}
		out[user][name] = append(out[user][name], value)
	})
	if err != nil {
		return nil, s.fault("read attributes of users", err)
	}
	return out, nil
}

// CountAttributeUsers implements identity.AttributeReader.
func (s *Store) CountAttributeUsers(ctx context.Context, attributeID uuid.UUID, limit int) (int, error) {
	first := s.read().NewSelect().Model((*userAttributeRow)(nil)).Where("ua.attribute_id = ?", attributeID).Where("ua.position = 0")
	return s.count(ctx, "count users of attribute", first, limit)
}

// SaveUserAttributes implements identity.AttributeWriter.
func (s *Store) SaveUserAttributes(
	ctx context.Context, userID uuid.UUID, definitions []identity.AttributeDefinition, values identity.AttributeValues,
) error {
	if len(definitions) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(definitions))
	for i, d := range definitions {
		ids[i] = d.ID
	}
	_, err := s.write().NewDelete().Model((*userAttributeRow)(nil)).Where("ua.user_id = ?", userID).
		Where("ua.attribute_id IN (?)", idList(ids)).Exec(ctx)
	if err != nil {
		return s.fault("replace attributes of user", err)
	}
	return s.insertAttributesOf(ctx, definitions, map[uuid.UUID]identity.AttributeValues{userID: values})
}

// ReplaceUserAttributes implements identity.AttributeWriter.
func (s *Store) ReplaceUserAttributes(
	ctx context.Context, definitions []identity.AttributeDefinition, values map[uuid.UUID]identity.AttributeValues,
) error {
	if len(values) == 0 {
		return nil
	}
	return s.unit(ctx, false, func(ctx context.Context, tx *Store) error {
		ids := slices.Collect(maps.Keys(values))
		if _, err := tx.write().NewDelete().Model((*userAttributeRow)(nil)).Where("ua.user_id IN (?)", idList(ids)).Exec(ctx); err != nil {
			return tx.fault("replace attributes of users", err)
		}
		return tx.insertAttributesOf(ctx, definitions, values)
	})
}

// InsertUserAttributes implements identity.AttributeWriter.
func (s *Store) InsertUserAttributes(
	ctx context.Context, definitions []identity.AttributeDefinition, values map[uuid.UUID]identity.AttributeValues,
) error {
	if len(values) == 0 {
		return nil
	}
	return s.unit(ctx, false, func(ctx context.Context, tx *Store) error { return tx.insertAttributesOf(ctx, definitions, values) })
}

// AttributeHolders implements identity.AttributeReader.
func (s *Store) AttributeHolders(ctx context.Context, attributeID uuid.UUID, values []string) (map[string]uuid.UUID, error) {
	holders := map[string]uuid.UUID{}
	values = slices.DeleteFunc(slices.Clone(values), func(value string) bool { return !validText(value) })
	if len(values) == 0 {
		return holders, nil
	}
	var rows []userAttributeRow
	err := s.read().NewSelect().Model(&rows).Column("user_id", "unique_key").Where("ua.attribute_id = ?", attributeID).
		Where("ua.unique_key IN (?)", bun.List(mapped(values, fold))).Scan(ctx)
	if err != nil {
		return nil, s.fault("find holders of values", err)
	}
	for _, row := range rows {
		holders[*row.UniqueKey] = row.UserID
	}
	return holders, nil
}

func (s *Store) insertAttributesOf(
	ctx context.Context, definitions []identity.AttributeDefinition, values map[uuid.UUID]identity.AttributeValues,
) error {
	var others []userAttributeRow
	for _, d := range definitions {
		var rows []userAttributeRow
		for userID, of := range values {
			more, err := attributeRows(userID, d, of[d.Name])
			if err != nil {
				return err
			}
			rows = append(rows, more...)
		}
		if !d.Unique {
			others = append(others, rows...)
		} else if err := s.insertUserAttributes(ctx, d.Name, rows); err != nil { // by itself, so that it is known which is taken
			return err
		}
	}
	return s.insertUserAttributes(ctx, "", others)
}

func attributeRows(userID uuid.UUID, d identity.AttributeDefinition, values []string) ([]userAttributeRow, error) {
	rows := make([]userAttributeRow, len(values))
	for i, value := range values {
		rows[i] = userAttributeRow{UserID: userID, AttributeID: d.ID, Position: i, Value: value}
		if err := checkText(&rows[i]); err != nil {
			return nil, err
		}
		if d.Unique {
			key := fold(value)
			rows[i].UniqueKey = &key
		}
		if d.Filterable {
			key := filterKey(d.ID, value)
			rows[i].FilterKey = &key
		}
	}
	return rows, nil
}

// valueTaken is the index of unique values: by name on PostgreSQL, by its first column on SQLite.
var valueTaken = map[string]bool{"user_attributes_value_unique": true, "user_attributes.attribute_id,": true}

func (s *Store) insertUserAttributes(ctx context.Context, name string, rows []userAttributeRow) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := s.write().NewInsert().Model(&rows).Exec(ctx)
	switch f, constraint := s.dialect.classify(err); {
	case f == failureUnique && valueTaken[constraint]:
		return duplicate(identity.CodeAttributeValueTaken, identity.AttributePath(name), "Is the value of another user.").Because(err)
	case f == failureReference:
		return identity.ErrAttributeNotFound.Because(err)
	}
	return s.fault("insert attributes of user", err)
}
