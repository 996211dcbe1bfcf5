package model

import (
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// Group is the type Group.
type Group struct {
	identity.Group
	Batch *Batch[uuid.UUID] // ids of the groups that came together with this one
}

// NewGroups shows groups that came together.
func NewGroups(list []identity.Group) []*Group {
	ids := make([]uuid.UUID, len(list))
	for i, g := range list {
		ids[i] = g.ID
	}
	batch := NewBatch(ids)
	out := make([]*Group, len(list))
	for i, g := range list {
		out[i] = &Group{Group: g, Batch: batch}
	}
	return out
}

// IsNode marks the type as a Node.
func (*Group) IsNode() {}

// ID is the field id.
func (g *Group) ID() string { return KindGroup.ID(g.Group.ID) }

// Description is the field description.
func (g *Group) Description() *string { return optional(&g.Group.Description) }

// GroupConnection is the type GroupConnection.
type GroupConnection struct {
	listPage[Group]
	List admin.GroupList
}

// NewGroupConnection shows one page of groups. groups are the items of the page.
func NewGroupConnection(list admin.GroupList, args admin.PageArgs, page admin.Page[identity.Group], groups []*Group) *GroupConnection {
	return &GroupConnection{List: list, listPage: newListPage(args, page, groups)}
}

// Edges is the field edges.
func (c *GroupConnection) Edges() []*GroupEdge {
	return edgesOf(c.listPage, func(cursor string, node *Group) *GroupEdge { return &GroupEdge{Cursor: cursor, Node: node} })
}

// GroupMemberConnection is the type GroupMemberConnection.
type GroupMemberConnection struct {
	listPage[User]
	joined []time.Time
	List   admin.GroupMemberList
}

// NewGroupMemberConnection shows one page of the members of a group. users are those of the page.
func NewGroupMemberConnection(
	list admin.GroupMemberList, args admin.PageArgs, page admin.Page[identity.GroupMember], users []*User,
) *GroupMemberConnection {
	return &GroupMemberConnection{List: list, joined: joinedAt(page), listPage: newListPage(args, page, users)}
}

func joinedAt(page admin.Page[identity.GroupMember]) []time.Time {
	times := make([]time.Time, len(page.Edges))
	for i, edge := range page.Edges {
		times[i] = edge.Item.JoinedAt
	}
	return times
}

// Edges is the field edges.
func (c *GroupMemberConnection) Edges() []*GroupMemberEdge {
	edges := make([]*GroupMemberEdge, len(c.nodes))
	for i, node := range c.nodes {
		edges[i] = &GroupMemberEdge{Cursor: c.cursor(i), Node: node, JoinedAt: c.joined[i]}
	}
	return edges
}

// UserGroupConnection is the type UserGroupConnection.
type UserGroupConnection struct {
	listPage[Group]
	joined []time.Time
	List   admin.GroupMemberList
}

// NewUserGroupConnection shows one page of the groups of a user. groups are those of the page.
func NewUserGroupConnection(
	list admin.GroupMemberList, args admin.PageArgs, page admin.Page[identity.GroupMember], groups []*Group,
) *UserGroupConnection {
	return &UserGroupConnection{List: list, joined: joinedAt(page), listPage: newListPage(args, page, groups)}
}

// Edges is the field edges.
func (c *UserGroupConnection) Edges() []*UserGroupEdge {
	edges := make([]*UserGroupEdge, len(c.nodes))
	for i, node := range c.nodes {
		edges[i] = &UserGroupEdge{Cursor: c.cursor(i), Node: node, JoinedAt: c.joined[i]}
	}
	return edges
}
