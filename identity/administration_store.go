package identity

import (
	"context"

	"github.com/google/uuid"
)

// DelegationReader reads what people may administer by roles.
type DelegationReader interface {
	// Delegations reads it of many users in one statement; who may nothing is absent. Administrators are as others here.
	Delegations(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID]Delegation, error)
}

// ReachReader finds out whom a limited administrator reaches.
type ReachReader interface {
	// UsersInReach lists those of the users who are in one of the groups or below, and administer nothing themselves.
	UsersInReach(ctx context.Context, groups, userIDs []uuid.UUID) ([]uuid.UUID, error)
}

// ClientName is what a client is called.
type ClientName struct {
	ClientID string
	Name     string // as registered, or empty
}

// NameReader reads what is called how where lists point to it: a registration or a profile is read for its own sake alone.
// Whoever is missing is absent.
type NameReader interface {
	// ClientNames reads those of many clients in one statement.
	ClientNames(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]ClientName, error)
	// Usernames reads those of many users in one statement.
	Usernames(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]string, error)
}

// AdministrationStore finds who administers behind groups and roles, and who has as many of these as one may have. All are
// asked in the transaction of a change.
type AdministrationStore interface {
	DelegationReader
	ReachReader
	NameReader
	// LockDelegations keeps, until the transaction ends, what people may administer by roles as it is: everybody who does
	// something by such a right shares the lock, and whoever changes rights has it alone. It comes before every other lock.
	LockDelegations(ctx context.Context, alone bool) error
	// HoldAdministrator keeps a user an active administrator until the transaction ends; ErrUserNotFound when they are none any
	// more.
	HoldAdministrator(ctx context.Context, id uuid.UUID) error
	// AdminRightsOfGroups lists what the members of groups get to administer by them: by roles of these and of those above.
	AdminRightsOfGroups(ctx context.Context, ids []uuid.UUID) ([]AdminRights, error)
	// GroupsOfAdministrators lists those of the groups that have administrators in them or below them, active or not, and
	// those that have a role of administration themselves, above or below them.
	GroupsOfAdministrators(ctx context.Context, ids []uuid.UUID) ([]uuid.UUID, error)
	// RoleOfAdministrators reports whether an administrator has a role, by themselves or by a group.
	RoleOfAdministrators(ctx context.Context, id uuid.UUID) (bool, error)
	// UsersInManyGroups lists those of the users who are in as many groups as most, not counting one.
	UsersInManyGroups(ctx context.Context, userIDs []uuid.UUID, beside uuid.UUID, most int) ([]uuid.UUID, error)
	// SubjectsOfManyRoles lists those of the users and groups that have as many roles as most, not counting one.
	SubjectsOfManyRoles(ctx context.Context, userIDs, groupIDs []uuid.UUID, beside uuid.UUID, most int) ([]uuid.UUID, error)
}
