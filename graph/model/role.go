package model

import (
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// Role is the type Role.
type Role struct {
	identity.Role
	Batch *Batch[uuid.UUID] // ids of the roles that came together with this one
}

// NewRoles shows roles that came together.
func NewRoles(list []identity.Role) []*Role {
	ids := make([]uuid.UUID, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	batch := NewBatch(ids)
	out := make([]*Role, len(list))
	for i, r := range list {
		out[i] = &Role{Role: r, Batch: batch}
	}
	return out
}

// IsNode marks the type as a Node.
func (*Role) IsNode() {}

// ID is the field id.
func (r *Role) ID() string { return KindRole.ID(r.Role.ID) }

// Description is the field description.
func (r *Role) Description() *string { return optional(&r.Role.Description) }

// AdminScopes is the field adminScopes.
func (r *Role) AdminScopes() []string { return append([]string{}, r.Admin.Scopes...) }

// RoleConnection is the type RoleConnection.
type RoleConnection struct {
	listPage[Role]
	List admin.RoleList
}

// NewRoleConnection shows one page of roles.
func NewRoleConnection(list admin.RoleList, args admin.PageArgs, page admin.Page[identity.Role]) *RoleConnection {
	return &RoleConnection{List: list, listPage: newListPage(args, page, NewRoles(page.Items()))}
}

// Edges is the field edges.
func (c *RoleConnection) Edges() []*RoleEdge {
	return edgesOf(c.listPage, func(cursor string, node *Role) *RoleEdge { return &RoleEdge{Cursor: cursor, Node: node} })
}

// assignmentPage is a page of who has a role, or of the roles that somebody has.
type assignmentPage[T any] struct {
	listPage[T]
	assigned []time.Time
	List     admin.RoleAssignmentList
}

func newAssignmentPage[T any](
	list admin.RoleAssignmentList, args admin.PageArgs, page admin.Page[identity.RoleAssignment], nodes []*T,
) assignmentPage[T] {
	times := make([]time.Time, len(page.Edges))
	for i, edge := range page.Edges {
		times[i] = edge.Item.AssignedAt
	}
	return assignmentPage[T]{List: list, assigned: times, listPage: newListPage(args, page, nodes)}
}

func assignmentEdges[T, E any](p assignmentPage[T], edge func(cursor string, node *T, at time.Time) *E) []*E {
	edges := make([]*E, len(p.nodes))
	for i, node := range p.nodes {
		edges[i] = edge(p.cursor(i), node, p.assigned[i])
	}
	return edges
}

// RoleUserConnection is the type RoleUserConnection.
type RoleUserConnection struct{ assignmentPage[User] }

// NewRoleUserConnection shows one page of the users who have a role.
func NewRoleUserConnection(
	list admin.RoleAssignmentList, args admin.PageArgs, page admin.Page[identity.RoleAssignment], users []*User,
) *RoleUserConnection {
	return &RoleUserConnection{newAssignmentPage(list, args, page, users)}
}

// Edges is the field edges.
func (c *RoleUserConnection) Edges() []*RoleUserEdge {
	return assignmentEdges(c.assignmentPage, func(cursor string, node *User, at time.Time) *RoleUserEdge {
		return &RoleUserEdge{Cursor: cursor, Node: node, AssignedAt: at}
	})
}

// RoleGroupConnection is the type RoleGroupConnection.
type RoleGroupConnection struct{ assignmentPage[Group] }

// NewRoleGroupConnection shows one page of the groups that have a role.
func NewRoleGroupConnection(
	list admin.RoleAssignmentList, args admin.PageArgs, page admin.Page[identity.RoleAssignment], groups []*Group,
) *RoleGroupConnection {
	return &RoleGroupConnection{newAssignmentPage(list, args, page, groups)}
}

// Edges is the field edges.
func (c *RoleGroupConnection) Edges() []*RoleGroupEdge {
	return assignmentEdges(c.assignmentPage, func(cursor string, node *Group, at time.Time) *RoleGroupEdge {
		return &RoleGroupEdge{Cursor: cursor, Node: node, AssignedAt: at}
	})
}

// AssignedRoleConnection is the type AssignedRoleConnection.
type AssignedRoleConnection struct{ assignmentPage[Role] }

// NewAssignedRoleConnection shows one page of the roles of a user or group.
func NewAssignedRoleConnection(
	list admin.RoleAssignmentList, args admin.PageArgs, page admin.Page[identity.RoleAssignment], roles []*Role,
) *AssignedRoleConnection {
	return &AssignedRoleConnection{newAssignmentPage(list, args, page, roles)}
}

// Edges is the field edges.
func (c *AssignedRoleConnection) Edges() []*AssignedRoleEdge {
	return assignmentEdges(c.assignmentPage, func(cursor string, node *Role, at time.Time) *AssignedRoleEdge {
		return &AssignedRoleEdge{Cursor: cursor, Node: node, AssignedAt: at}
	})
}
