package model

import (
	"time"

	"github.com/authly/authly/identity"
)

// UserConnection is the type UserConnection. It keeps the list it is a page of, so that counting can wait until somebody
// asks.
type UserConnection struct {
	List  identity.UserList
	Whole bool // the page is the whole list, so its length is the count
	page  identity.Page[identity.User]
	users []*User
}

// NewUserConnection shows one page of users as they are at the given time.
func NewUserConnection(list identity.UserList, args identity.PageArgs, page identity.Page[identity.User], now time.Time) *UserConnection {
	users := make([]User, len(page.Edges))
	nodes := make([]*User, len(users))
	for i, edge := range page.Edges {
		users[i] = User{User: edge.Item, now: now}
		nodes[i] = &users[i]
	}
	return &UserConnection{
		List: list, page: page, users: nodes,
		Whole: args.After == "" && args.Before == "" && !page.HasNext && !page.HasPrevious,
	}
}

// Nodes is the field nodes.
func (c *UserConnection) Nodes() []*User { return c.users }

// Edges is the field edges.
func (c *UserConnection) Edges() []*UserEdge {
	edges := make([]*UserEdge, len(c.users))
	for i, user := range c.users {
		edges[i] = &UserEdge{Cursor: c.page.Edges[i].Cursor, Node: user}
	}
	return edges
}

// PageInfo is the field pageInfo.
func (c *UserConnection) PageInfo() *PageInfo {
	info := &PageInfo{HasNextPage: c.page.HasNext, HasPreviousPage: c.page.HasPrevious}
	if n := len(c.page.Edges); n > 0 {
		info.StartCursor, info.EndCursor = &c.page.Edges[0].Cursor, &c.page.Edges[n-1].Cursor
	}
	return info
}
