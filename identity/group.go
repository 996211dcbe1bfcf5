package identity

import (
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
)

// MaxGroupDepth is how many levels of groups there are: a group without a parent is on the first. The schema says it too.
const MaxGroupDepth = 5

// maxGroupName is how long the name of a group or role may be, in bytes.
const maxGroupName = 128

// Group is a set of users. A member of a group counts as a member of those above it.
type Group struct {
	ID          uuid.UUID
	ParentID    *uuid.UUID // nil: it is on the first level
	Depth       int        // 1 on the first level; the store sets it
	Name        string     // unique among its siblings without regard to case; stored as written
	Description string
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Version     int // 1 at creation, one more with every update
}

// GroupMember says that a user is in a group.
type GroupMember struct {
	ID       uuid.UUID
	GroupID  uuid.UUID
	UserID   uuid.UUID
	JoinedAt time.Time
}

// Check holds the rules for groups and names all fields that are wrong.
func (g Group) Check() error {
	var faults Faults
	faults.Add(checkGroupName(g.Name))
	faults.Add(CheckShown("description", g.Description, maxDescription, true))
	return faults.Err()
}

// checkGroupName refuses what would make paths of names ambiguous.
func checkGroupName(name string) error {
	if name == "" {
		return &Error{Kind: Invalid, Code: CodeRequired, Field: "name", Detail: "Must not be empty."}
	}
	if strings.ContainsRune(name, '/') || strings.TrimFunc(name, unicode.IsSpace) != name {
		return InvalidField("name", "Must not have a slash, or white space at its ends.")
	}
	return CheckShown("name", name, maxGroupName, false)
}

// GroupPath returns the names of groups from the first level on, such as /sales/emea.
func GroupPath(groups ...Group) string {
	var path strings.Builder
	for _, g := range groups {
		path.WriteString("/" + g.Name)
	}
	return path.String()
}

// SplitGroupPath returns the names of a path; false when it is none.
func SplitGroupPath(path string) ([]string, bool) {
	rest, ok := strings.CutPrefix(path, "/")
	if !ok || len(path) > MaxGroupDepth*(maxGroupName+1) {
		return nil, false
	}
	names := strings.Split(rest, "/")
	return names, len(names) <= MaxGroupDepth
}

// GroupFilter selects groups. Set conditions must all hold.
type GroupFilter struct {
	ParentID uuid.UUID    // right below it
	Root     *bool        // whether it is on the first level
	Name     *StringMatch // without regard to case
	Search   string       // in the name, without regard to case; up to 100 characters
}

// GroupOrderField is a key that a list of groups can be ordered by.
type GroupOrderField string

// The order fields.
const (
	GroupOrderName      GroupOrderField = "NAME" // without regard to case
	GroupOrderCreatedAt GroupOrderField = "CREATED_AT"
	GroupOrderUpdatedAt GroupOrderField = "UPDATED_AT"
)

// GroupOrder is one order field with its direction. The id breaks ties in the same direction.
type GroupOrder struct {
	Field      GroupOrderField
	Descending bool
}

// GroupQuery is what a store is asked for.
type GroupQuery struct {
	Filter GroupFilter
	Order  GroupOrder
	Range  KeysetRange
}

// GroupMemberFilter selects memberships: of one group, of one user, or one.
type GroupMemberFilter struct {
	GroupID uuid.UUID
	UserID  uuid.UUID
}

// GroupMemberQuery is what a store is asked for, ordered by the time of joining; newest first unless Ascending.
type GroupMemberQuery struct {
	Filter    GroupMemberFilter
	Ascending bool
	Range     KeysetRange
}

// GroupCounts is what goes with a group.
type GroupCounts struct {
	Groups  int // below it, at any level
	Members int // memberships in it and in those
}
