package identity

import (
	"context"

	"github.com/google/uuid"
)

// AdministrationStore finds who administers behind groups and roles, and who has as many of these as one may have. All are
// asked in the transaction of a change.
type AdministrationStore interface {
	// GroupsOfAdministrators lists those of the groups that have administrators in them or below them, active or not.
	GroupsOfAdministrators(ctx context.Context, ids []uuid.UUID) ([]uuid.UUID, error)
	// RoleOfAdministrators reports whether an administrator has a role, by themselves or by a group.
	RoleOfAdministrators(ctx context.Context, id uuid.UUID) (bool, error)
	// UsersInManyGroups lists those of the users who are in as many groups as most, not counting one.
	UsersInManyGroups(ctx context.Context, userIDs []uuid.UUID, beside uuid.UUID, most int) ([]uuid.UUID, error)
	// SubjectsOfManyRoles lists those of the users and groups that have as many roles as most, not counting one.
	SubjectsOfManyRoles(ctx context.Context, userIDs, groupIDs []uuid.UUID, beside uuid.UUID, most int) ([]uuid.UUID, error)
}
