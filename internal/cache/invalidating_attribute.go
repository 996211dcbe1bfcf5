package cache

import (
	"context"
	"iter"
	"maps"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// InsertAttributeDefinition implements identity.AttributeWriter.
func (s invalidatingStore) InsertAttributeDefinition(ctx context.Context, d identity.AttributeDefinition) error {
	defer s.invalidate(ctx, identity.CacheTagAttributes)
	return s.Store.InsertAttributeDefinition(ctx, d)
}

// UpdateAttributeDefinition implements identity.AttributeWriter.
func (s invalidatingStore) UpdateAttributeDefinition(ctx context.Context, d identity.AttributeDefinition) error {
	defer s.invalidate(ctx, identity.CacheTagAttributes)
	return s.Store.UpdateAttributeDefinition(ctx, d)
}

// DeleteAttributeDefinition implements identity.AttributeWriter.
func (s invalidatingStore) DeleteAttributeDefinition(ctx context.Context, id uuid.UUID) error {
	defer s.invalidate(ctx, identity.CacheTagAttributes)
	return s.Store.DeleteAttributeDefinition(ctx, id)
}

// InsertUserAttributes implements identity.AttributeWriter.
func (s invalidatingStore) InsertUserAttributes(
	ctx context.Context, definitions []identity.AttributeDefinition, values map[uuid.UUID]identity.AttributeValues,
) error {
	defer s.invalidate(ctx, tagsOfUsers(maps.Keys(values))...)
	return s.Store.InsertUserAttributes(ctx, definitions, values)
}

// ReplaceUserAttributes implements identity.AttributeWriter.
func (s invalidatingStore) ReplaceUserAttributes(
	ctx context.Context, definitions []identity.AttributeDefinition, values map[uuid.UUID]identity.AttributeValues,
) error {
	defer s.invalidate(ctx, tagsOfUsers(maps.Keys(values))...)
	return s.Store.ReplaceUserAttributes(ctx, definitions, values)
}

// tagsOfUsers are the tags of some users, and that of all.
func tagsOfUsers(ids iter.Seq[uuid.UUID]) []string {
	tags := []string{identity.CacheTagUsers}
	for id := range ids {
		tags = append(tags, identity.CacheTagUser(id))
	}
	return tags
}

// SaveUserAttributes implements identity.AttributeWriter.
func (s invalidatingStore) SaveUserAttributes(
	ctx context.Context, userID uuid.UUID, definitions []identity.AttributeDefinition, values identity.AttributeValues,
) error {
	defer s.invalidate(ctx, identity.CacheTagUsers, identity.CacheTagUser(userID))
	return s.Store.SaveUserAttributes(ctx, userID, definitions, values)
}
