package model

import (
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// InitialAccessToken is the type InitialAccessToken.
type InitialAccessToken struct {
	identity.InitialAccessToken
}

// NewInitialAccessTokens shows initial access tokens.
func NewInitialAccessTokens(list []identity.InitialAccessToken) []*InitialAccessToken {
	out := make([]*InitialAccessToken, len(list))
	for i, token := range list {
		out[i] = &InitialAccessToken{InitialAccessToken: token}
	}
	return out
}

// IsNode marks the type as a Node.
func (*InitialAccessToken) IsNode() {}

// ID is the field id.
func (t *InitialAccessToken) ID() string { return KindInitial.ID(t.InitialAccessToken.ID) }

// InitialAccessTokenConnection is the type InitialAccessTokenConnection.
type InitialAccessTokenConnection struct {
	listPage[InitialAccessToken]
}

// NewInitialAccessTokenConnection shows one page of initial access tokens.
func NewInitialAccessTokenConnection(args admin.PageArgs, page admin.Page[identity.InitialAccessToken]) *InitialAccessTokenConnection {
	return &InitialAccessTokenConnection{newListPage(args, page, NewInitialAccessTokens(page.Items()))}
}

// Edges is the field edges.
func (c *InitialAccessTokenConnection) Edges() []*InitialAccessTokenEdge {
	return edgesOf(c.listPage, func(cursor string, node *InitialAccessToken) *InitialAccessTokenEdge {
		return &InitialAccessTokenEdge{Cursor: cursor, Node: node}
	})
}
