package model

import (
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// Consent is the type Consent.
type Consent struct {
	identity.Consent
	Users *Batch[uuid.UUID] // ids of the users of the consents that came together with this one
}

// NewConsents shows consents that came together.
func NewConsents(list []identity.Consent) []*Consent {
	userIDs := make([]uuid.UUID, len(list))
	for i, c := range list {
		userIDs[i] = c.UserID
	}
	users := NewBatch(userIDs)
	out := make([]*Consent, len(list))
	for i, c := range list {
		out[i] = &Consent{Consent: c, Users: users}
	}
	return out
}

// NewConsentsOf shows the consents of many users.
func NewConsentsOf(consents map[uuid.UUID][]identity.Consent) map[uuid.UUID][]*Consent {
	var all []identity.Consent
	for _, list := range consents {
		all = append(all, list...)
	}
	out := make(map[uuid.UUID][]*Consent, len(consents))
	for _, shown := range NewConsents(all) {
		out[shown.UserID] = append(out[shown.UserID], shown)
	}
	return out
}

// IsNode marks the type as a Node.
func (*Consent) IsNode() {}

// ID is the field id.
func (c *Consent) ID() string { return ConsentID(c.Key()) }

// Scopes is the field scopes.
func (c *Consent) Scopes() []string { return present(c.Consent.Scopes) }

// ConsentConnection is the type ConsentConnection.
type ConsentConnection struct {
	listPage[Consent]
	List admin.ConsentList
}

// NewConsentConnection shows one page of consents. consents are the items of the page.
func NewConsentConnection(
	list admin.ConsentList, args admin.PageArgs, page admin.Page[identity.Consent], consents []*Consent,
) *ConsentConnection {
	return &ConsentConnection{List: list, listPage: newListPage(args, page, consents)}
}

// Edges is the field edges.
func (c *ConsentConnection) Edges() []*ConsentEdge {
	return edgesOf(c.listPage, func(cursor string, node *Consent) *ConsentEdge { return &ConsentEdge{Cursor: cursor, Node: node} })
}
