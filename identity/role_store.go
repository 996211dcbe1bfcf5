package identity

import (
	"context"

	"github.com/google/uuid"
)

// RoleStore keeps roles and who has them.
type RoleStore interface {
	RoleReader
	RoleWriter
	MembershipReader
}

// MembershipReader reads what tokens say of users.
type MembershipReader interface {
	// Memberships reads the groups and roles of many users in one statement; who has none is absent.
	Memberships(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID]Memberships, error)
}

// RoleReader finds roles.
type RoleReader interface {
	// RolesByID finds many roles in one statement; missing ones are absent.
	RolesByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Role, error)
	// Roles lists one slice.
	Roles(ctx context.Context, q RoleQuery) ([]ListRow[Role], error)
	// FirstRoles lists up to limit roles of each of many clients, by name.
	FirstRoles(ctx context.Context, clientIDs []uuid.UUID, limit int) (map[uuid.UUID][]Role, error)
	// CountRoles counts up to limit+1 roles that match.
	CountRoles(ctx context.Context, f RoleFilter, limit int) (int, error)
	// RoleAssignments lists one slice.
	RoleAssignments(ctx context.Context, q RoleAssignmentQuery) ([]ListRow[RoleAssignment], error)
	// CountRoleAssignments counts up to limit+1 assignments.
	CountRoleAssignments(ctx context.Context, l RoleAssignmentList, limit int) (int, error)
	// NewestRoleAssignments lists up to limit assignments of each of many owners, newest first.
	NewestRoleAssignments(
		ctx context.Context, side RoleSide, owners []uuid.UUID, limit int,
	) (map[uuid.UUID][]ListRow[RoleAssignment], error)
}

// RoleWriter changes roles. That names differ is decided by the database: CodeDuplicateRole.
type RoleWriter interface {
	// LockRole finds a role for a transaction: until it ends, nobody else changes or deletes it. ErrRoleNotFound.
	LockRole(ctx context.Context, id uuid.UUID) (Role, error)
	// InsertRole adds a role. ErrClientNotFound when there is no such client.
	InsertRole(ctx context.Context, r Role) error
	// UpdateRole writes name, description and UpdatedAt if the stored version is r.Version, and stores r.Version+1; else
	// *VersionConflictError or ErrRoleNotFound.
	UpdateRole(ctx context.Context, r Role) error
	// DeleteRole removes a role with its assignments; ErrRoleNotFound.
	DeleteRole(ctx context.Context, id uuid.UUID) error
	// AssignRole adds assignments that there are not yet, and returns which. ErrNotFound when what one names is gone.
	AssignRole(ctx context.Context, assignments []RoleAssignment) ([]RoleAssignment, error)
	// UnassignRole removes assignments and returns those that there were.
	UnassignRole(ctx context.Context, roleID uuid.UUID, userIDs, groupIDs []uuid.UUID) ([]RoleAssignment, error)
}
