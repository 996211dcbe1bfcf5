package identity

import (
	"context"

	"github.com/google/uuid"
)

// GroupStore keeps groups and who is in them.
type GroupStore interface {
	GroupReader
	GroupMemberReader
	GroupWriter
}

// GroupReader finds groups.
type GroupReader interface {
	// GroupNamed finds the group of a name, without regard to case, right below a parent, or without one for the nil UUID;
	// ErrGroupNotFound when there is none.
	GroupNamed(ctx context.Context, parent uuid.UUID, name string) (Group, error)
	// GroupsByID finds many groups in one statement; missing ones are absent.
	GroupsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Group, error)
	// GroupAncestors lists the groups above each of many, the first level first, in one statement.
	GroupAncestors(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]Group, error)
	// Groups lists one slice.
	Groups(ctx context.Context, q GroupQuery) ([]ListRow[Group], error)
	// CountGroups counts up to limit+1 groups that match.
	CountGroups(ctx context.Context, f GroupFilter, limit int) (int, error)
	// FirstChildren lists up to limit groups right below each of many, by name.
	FirstChildren(ctx context.Context, ids []uuid.UUID, limit int) (map[uuid.UUID][]ListRow[Group], error)
	// GroupsBelow lists up to limit groups below one, at any level, in no order.
	GroupsBelow(ctx context.Context, id uuid.UUID, limit int) ([]Group, error)
	// CountGroupMembersBelow counts the memberships in a group and in all below it.
	CountGroupMembersBelow(ctx context.Context, id uuid.UUID) (int, error)
}

// GroupMemberReader lists who is in which group.
type GroupMemberReader interface {
	// GroupMembers lists one slice.
	GroupMembers(ctx context.Context, q GroupMemberQuery) ([]ListRow[GroupMember], error)
	// CountGroupMembers counts up to limit+1 memberships that match.
	CountGroupMembers(ctx context.Context, f GroupMemberFilter, limit int) (int, error)
	// NewestMembers lists up to limit memberships of each of many groups, newest first; NewestMemberships those of each of
	// many users.
	NewestMembers(ctx context.Context, groupIDs []uuid.UUID, limit int) (map[uuid.UUID][]ListRow[GroupMember], error)
	NewestMemberships(ctx context.Context, userIDs []uuid.UUID, limit int) (map[uuid.UUID][]ListRow[GroupMember], error)
}

// GroupWriter changes groups. That names differ among siblings, that no group is below itself, and how deep they are, is
// decided by the database: CodeDuplicateGroup, and Invalid of the field parent_id.
type GroupWriter interface {
	// LockGroup finds a group for a transaction: until it ends, nobody else changes, moves or deletes it, nor the others, of
	// which some may not exist. ErrGroupNotFound.
	LockGroup(ctx context.Context, id uuid.UUID, others ...uuid.UUID) (Group, error)
	// InsertGroup adds a group and returns it with its depth. ErrGroupNotFound of the field parent_id when there is no such
	// parent.
	InsertGroup(ctx context.Context, g Group) (Group, error)
	// UpdateGroup writes name, description, parent and UpdatedAt if the stored version is g.Version, and returns the group with
	// its depth and next version. With it moves all below it. *VersionConflictError, or ErrGroupNotFound: of the field
	// parent_id when there is no such parent.
	UpdateGroup(ctx context.Context, g Group) (Group, error)
	// DeleteGroups removes groups with their memberships. ErrGroupInUse when a group that stays is right below one of them.
	DeleteGroups(ctx context.Context, ids []uuid.UUID) error
	// AddGroupMembers adds memberships that there are not yet, and returns whose. ErrGroupNotFound when the group is gone.
	AddGroupMembers(ctx context.Context, members []GroupMember) ([]uuid.UUID, error)
	// RemoveGroupMembers removes memberships and returns whose there were.
	RemoveGroupMembers(ctx context.Context, groupID uuid.UUID, userIDs []uuid.UUID) ([]uuid.UUID, error)
}
