package cache

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// InsertGroup implements identity.GroupWriter.
func (s invalidatingStore) InsertGroup(ctx context.Context, g identity.Group) (identity.Group, error) {
	defer s.invalidate(ctx, identity.CacheTagGroups)
	return s.Store.InsertGroup(ctx, g)
}

// UpdateGroup implements identity.GroupWriter.
func (s invalidatingStore) UpdateGroup(ctx context.Context, g identity.Group) (identity.Group, error) {
	defer s.invalidate(ctx, identity.CacheTagGroups)
	return s.Store.UpdateGroup(ctx, g)
}

// DeleteGroups implements identity.GroupWriter.
func (s invalidatingStore) DeleteGroups(ctx context.Context, ids []uuid.UUID) error {
	defer s.invalidate(ctx, identity.CacheTagGroups, identity.CacheTagRoles)
	return s.Store.DeleteGroups(ctx, ids)
}

// AddGroupMembers implements identity.GroupWriter.
func (s invalidatingStore) AddGroupMembers(ctx context.Context, members []identity.GroupMember) ([]uuid.UUID, error) {
	defer s.invalidate(ctx, identity.CacheTagGroups)
	return s.Store.AddGroupMembers(ctx, members)
}

// RemoveGroupMembers implements identity.GroupWriter.
func (s invalidatingStore) RemoveGroupMembers(ctx context.Context, groupID uuid.UUID, userIDs []uuid.UUID) ([]uuid.UUID, error) {
	defer s.invalidate(ctx, identity.CacheTagGroups)
	return s.Store.RemoveGroupMembers(ctx, groupID, userIDs)
}
