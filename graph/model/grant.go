package model

import (
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// Grant is the type Grant.
type Grant struct {
	identity.Grant
	Users    *Batch[uuid.UUID] // ids of the users of the grants that came together with this one
	Sessions *Batch[uuid.UUID] // and of the sessions in which they were given
}

// NewGrants shows grants that came together.
func NewGrants(list []identity.Grant) []*Grant {
	var userIDs, sessionIDs []uuid.UUID
	for _, g := range list {
		if g.UserID != uuid.Nil {
			userIDs = append(userIDs, g.UserID)
		}
		if g.SessionID != nil {
			sessionIDs = append(sessionIDs, *g.SessionID)
		}
	}
	users, sessions := NewBatch(userIDs), NewBatch(sessionIDs)
	out := make([]*Grant, len(list))
	for i, g := range list {
		out[i] = &Grant{Grant: g, Users: users, Sessions: sessions}
	}
	return out
}

// NewGrantsOf shows the grants of many owners.
func NewGrantsOf(grants map[uuid.UUID][]identity.Grant) map[uuid.UUID][]*Grant {
	var all []identity.Grant
	var owners []uuid.UUID
	for owner, list := range grants {
		for _, g := range list {
			all, owners = append(all, g), append(owners, owner)
		}
	}
	out := make(map[uuid.UUID][]*Grant, len(grants))
	for i, shown := range NewGrants(all) {
		out[owners[i]] = append(out[owners[i]], shown)
	}
	return out
}

// IsNode marks the type as a Node.
func (*Grant) IsNode() {}

// ID is the field id.
func (g *Grant) ID() string { return KindGrant.ID(g.Grant.ID) }

// Scopes is the field scopes.
func (g *Grant) Scopes() []string { return present(g.Grant.Scopes) }

// Resources is the field resources.
func (g *Grant) Resources() []string { return present(g.Grant.Resources) }

// AuthorizationDetails is the field authorizationDetails.
func (g *Grant) AuthorizationDetails() []any {
	details := make([]any, len(g.Details))
	for i, detail := range g.Details {
		details[i] = detail
	}
	return details
}

// LastUsedAt is the field lastUsedAt.
func (g *Grant) LastUsedAt() *time.Time { return g.Refresh.RotatedAt }

// ExpiresAt is the field expiresAt.
func (g *Grant) ExpiresAt() *time.Time { return g.Refresh.IdleExpiresAt }

// SessionID is the field sessionId.
func (g *Grant) SessionID() *string {
	if g.Grant.SessionID == nil {
		return nil
	}
	id := KindSession.ID(*g.Grant.SessionID)
	return &id
}

// EndReason is the field endReason.
func (g *Grant) EndReason() *string {
	reason := string(g.Grant.EndReason)
	return optional(&reason)
}

// GrantConnection is the type GrantConnection.
type GrantConnection struct {
	listPage[Grant]
	List admin.GrantList
}

// NewGrantConnection shows one page of grants. grants are the items of the page.
func NewGrantConnection(list admin.GrantList, args admin.PageArgs, page admin.Page[identity.Grant], grants []*Grant) *GrantConnection {
	return &GrantConnection{List: list, listPage: newListPage(args, page, grants)}
}

// Edges is the field edges.
func (c *GrantConnection) Edges() []*GrantEdge {
	return edgesOf(c.listPage, func(cursor string, node *Grant) *GrantEdge { return &GrantEdge{Cursor: cursor, Node: node} })
}
