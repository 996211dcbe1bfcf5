package model

import (
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// listPage is what all connections have in common: the nodes of one page with their cursors.
type listPage[T any] struct {
	cursor func(i int) string // of a node
	nodes  []*T
	info   PageInfo
	whole  bool
}

func newListPage[I, T any](args admin.PageArgs, page admin.Page[I], nodes []*T) listPage[T] {
	p := listPage[T]{
		cursor: func(i int) string { return page.Edges[i].Cursor() }, nodes: nodes,
		info:  PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrevious},
		whole: args.After == "" && args.Before == "" && !page.HasNext && !page.HasPrevious,
	}
	if n := len(page.Edges); n > 0 {
		first, last := p.cursor(0), p.cursor(n-1)
		p.info.StartCursor, p.info.EndCursor = &first, &last
	}
	return p
}

// Nodes is the field nodes.
func (p *listPage[T]) Nodes() []*T { return p.nodes }

// PageInfo is the field pageInfo.
func (p *listPage[T]) PageInfo() *PageInfo { return &p.info }

// Whole reports whether the page is the whole list, so that its length is the count.
func (p *listPage[T]) Whole() bool { return p.whole }

func edgesOf[T, E any](p listPage[T], edge func(cursor string, node *T) *E) []*E {
	edges := make([]*E, len(p.nodes))
	for i, node := range p.nodes {
		edges[i] = edge(p.cursor(i), node)
	}
	return edges
}

// UserConnection is the type UserConnection. Like all connections it keeps the list that it is a page of, so that
// counting can wait until somebody asks.
type UserConnection struct {
	listPage[User]
	List admin.UserList
}

// NewUserConnection shows one page of users. users are the items of the page.
func NewUserConnection(list admin.UserList, args admin.PageArgs, page admin.Page[identity.User], users []*User) *UserConnection {
	return &UserConnection{List: list, listPage: newListPage(args, page, users)}
}

// Edges is the field edges.
func (c *UserConnection) Edges() []*UserEdge {
	return edgesOf(c.listPage, func(cursor string, node *User) *UserEdge { return &UserEdge{Cursor: cursor, Node: node} })
}

// SessionConnection is the type SessionConnection.
type SessionConnection struct {
	listPage[Session]
	List admin.SessionList
}

// NewSessionConnection shows one page of sessions. sessions are the items of the page.
func NewSessionConnection(
	list admin.SessionList, args admin.PageArgs, page admin.Page[identity.Session], sessions []*Session,
) *SessionConnection {
	return &SessionConnection{List: list, listPage: newListPage(args, page, sessions)}
}

// Edges is the field edges.
func (c *SessionConnection) Edges() []*SessionEdge {
	return edgesOf(c.listPage, func(cursor string, node *Session) *SessionEdge {
		return &SessionEdge{Cursor: cursor, Node: node}
	})
}

// ClientConnection is the type ClientConnection.
type ClientConnection struct {
	listPage[Client]
	List admin.ClientList
}

// NewClientConnection shows one page of clients.
func NewClientConnection(list admin.ClientList, args admin.PageArgs, page admin.Page[identity.Client]) *ClientConnection {
	return &ClientConnection{List: list, listPage: newListPage(args, page, NewClients(page.Items()))}
}

// Edges is the field edges.
func (c *ClientConnection) Edges() []*ClientEdge {
	return edgesOf(c.listPage, func(cursor string, node *Client) *ClientEdge { return &ClientEdge{Cursor: cursor, Node: node} })
}

// AuditEventConnection is the type AuditEventConnection.
type AuditEventConnection struct {
	listPage[AuditEvent]
	List admin.AuditList
}

// NewAuditEventConnection shows one page of audit events. events are the items of the page.
func NewAuditEventConnection(
	list admin.AuditList, args admin.PageArgs, page admin.Page[identity.AuditEvent], events []*AuditEvent,
) *AuditEventConnection {
	return &AuditEventConnection{List: list, listPage: newListPage(args, page, events)}
}

// Edges is the field edges.
func (c *AuditEventConnection) Edges() []*AuditEventEdge {
	return edgesOf(c.listPage, func(cursor string, node *AuditEvent) *AuditEventEdge {
		return &AuditEventEdge{Cursor: cursor, Node: node}
	})
}
