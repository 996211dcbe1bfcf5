package identity

import (
	"time"

	"github.com/google/uuid"
)

// Role is what somebody may be, of the server or of one client. What it means is for those who are told of it.
type Role struct {
	ID          uuid.UUID
	ClientID    *uuid.UUID // whose it is; nil: the server's
	Name        string     // unique among those of its owner without regard to case; stored as written
	Description string
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Version     int // 1 at creation, one more with every update

	Admin AdminRights // what it lets administer: of a role of the server only
}

// Check holds the rules for roles and names all fields that are wrong.
func (r Role) Check() error {
	var faults Faults
	faults.Add(checkGroupName(r.Name))
	faults.Add(CheckShown("description", r.Description, maxDescription, true))
	faults.Add(r.Admin.check(r.ClientID == nil))
	return faults.Err()
}

// RoleAssignment says that a user or a group has a role. One of UserID and GroupID is set.
type RoleAssignment struct {
	ID         uuid.UUID
	RoleID     uuid.UUID
	UserID     *uuid.UUID
	GroupID    *uuid.UUID
	AssignedAt time.Time
}

// RoleFilter selects roles. Set conditions must all hold.
type RoleFilter struct {
	ClientID uuid.UUID    // of this client
	Server   *bool        // whether it is one of the server
	Name     *StringMatch // without regard to case
	Search   string       // in the name, without regard to case; up to 100 characters
}

// RoleOrderField is a key that a list of roles can be ordered by.
type RoleOrderField string

// The order fields.
const (
	RoleOrderName      RoleOrderField = "NAME" // without regard to case
	RoleOrderCreatedAt RoleOrderField = "CREATED_AT"
)

// RoleOrder is one order field with its direction. The id breaks ties in the same direction.
type RoleOrder struct {
	Field      RoleOrderField
	Descending bool
}

// RoleQuery is what a store is asked for.
type RoleQuery struct {
	Filter RoleFilter
	Order  RoleOrder
	Range  KeysetRange
}

// RoleSide is from where assignments are seen.
type RoleSide string

// The sides: the users or groups that a role has, and the roles that a user or a group has.
const (
	RoleUsers  RoleSide = "users"
	RoleGroups RoleSide = "groups"
	UserRoles  RoleSide = "of user"
	GroupRoles RoleSide = "of group"
)

// RoleAssignmentList selects assignments: those of an owner, which is a role, user or group as Side says.
type RoleAssignmentList struct {
	Side  RoleSide
	Owner uuid.UUID
}

// RoleAssignmentQuery is what a store is asked for, ordered by the time of assignment; newest first unless Ascending.
type RoleAssignmentQuery struct {
	List      RoleAssignmentList
	Ascending bool
	Range     KeysetRange
}

// RoleCounts is who has a role by assignment.
type RoleCounts struct {
	Users  int
	Groups int
}

// MaxMemberships is how many groups a user may be put into and how many roles a user or group may be given, and how many of
// each are looked at, in claims and in administration: with those above them there can be more.
const MaxMemberships = 1000

// Memberships are the groups and roles of a user: also the groups above those that the user is in, and the roles of all of
// these. At most MaxMemberships of each.
type Memberships struct {
	Groups []Group // by path
	Roles  []Role  // by name, those of the server first
	More   bool    // there are more of one of them
}

// Paths returns the paths of the groups by their ids: with a group are those above it.
func (m Memberships) Paths() map[uuid.UUID]string {
	groups := make(map[uuid.UUID]Group, len(m.Groups))
	for _, g := range m.Groups {
		groups[g.ID] = g
	}
	paths := make(map[uuid.UUID]string, len(m.Groups))
	for _, g := range m.Groups {
		path := "/" + g.Name
		for above := g; above.ParentID != nil; {
			above = groups[*above.ParentID]
			path = "/" + above.Name + path
		}
		paths[g.ID] = path
	}
	return paths
}
