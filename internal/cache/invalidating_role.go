package cache

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// InsertRole implements identity.RoleWriter.
func (s invalidatingStore) InsertRole(ctx context.Context, r identity.Role) error {
	defer s.invalidate(ctx, identity.CacheTagRoles)
	return s.Store.InsertRole(ctx, r)
}

// UpdateRole implements identity.RoleWriter.
func (s invalidatingStore) UpdateRole(ctx context.Context, r identity.Role) error {
	defer s.invalidate(ctx, identity.CacheTagRoles)
	return s.Store.UpdateRole(ctx, r)
}

// DeleteRole implements identity.RoleWriter.
func (s invalidatingStore) DeleteRole(ctx context.Context, id uuid.UUID) error {
	defer s.invalidate(ctx, identity.CacheTagRoles)
	return s.Store.DeleteRole(ctx, id)
}

// AssignRole implements identity.RoleWriter.
func (s invalidatingStore) AssignRole(ctx context.Context, list []identity.RoleAssignment) ([]identity.RoleAssignment, error) {
	defer s.invalidate(ctx, identity.CacheTagRoles)
	return s.Store.AssignRole(ctx, list)
}

// UnassignRole implements identity.RoleWriter.
func (s invalidatingStore) UnassignRole(
	ctx context.Context, roleID uuid.UUID, userIDs, groupIDs []uuid.UUID,
) ([]identity.RoleAssignment, error) {
	defer s.invalidate(ctx, identity.CacheTagRoles)
	return s.Store.UnassignRole(ctx, roleID, userIDs, groupIDs)
}
