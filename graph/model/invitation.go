package model

import (
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// Invitation is the type Invitation.
type Invitation struct {
	identity.Invitation
}

// NewInvitations shows invitations.
func NewInvitations(list []identity.Invitation) []*Invitation {
	out := make([]*Invitation, len(list))
	for i, invitation := range list {
		out[i] = &Invitation{Invitation: invitation}
	}
	return out
}

// IsNode marks the type as a Node.
func (*Invitation) IsNode() {}

// ID is the field id.
func (i *Invitation) ID() string { return KindInvite.ID(i.Invitation.ID) }

// CreatedBy is the field createdBy.
func (i *Invitation) CreatedBy() string { return i.Actor.Name }

// InvitationConnection is the type InvitationConnection.
type InvitationConnection struct {
	listPage[Invitation]
	List admin.InvitationList
}

// NewInvitationConnection shows one page of invitations.
func NewInvitationConnection(list admin.InvitationList, args admin.PageArgs, page admin.Page[identity.Invitation]) *InvitationConnection {
	return &InvitationConnection{List: list, listPage: newListPage(args, page, NewInvitations(page.Items()))}
}

// Edges is the field edges.
func (c *InvitationConnection) Edges() []*InvitationEdge {
	return edgesOf(c.listPage, func(cursor string, node *Invitation) *InvitationEdge {
		return &InvitationEdge{Cursor: cursor, Node: node}
	})
}
