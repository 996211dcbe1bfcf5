package model

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// Refusal is the type Refusal.
type Refusal struct {
	identity.Refusal
}

// IsNode marks the type as a Node.
func (*Refusal) IsNode() {}

// ID is the field id.
func (r *Refusal) ID() string { return KindRefusal.ID(r.Refusal.ID) }

// OccurredAt is the field occurredAt.
func (r *Refusal) OccurredAt() time.Time { return r.At }

// Endpoint is the field endpoint.
func (r *Refusal) Endpoint() RefusalEndpoint {
	return RefusalEndpoint(strings.ToUpper(string(r.Refusal.Endpoint)))
}

// Rule is the field rule.
func (r *Refusal) Rule() *RefusalRule {
	rule := r.Refusal.Rule.Rule()
	return &RefusalRule{Name: string(rule.ID), Clause: rule.Clause, Repair: rule.Repair}
}

// Expected is the field expected.
func (r *Refusal) Expected() *string { return optional(&r.Refusal.Expected) }

// Sent is the field sent.
func (r *Refusal) Sent() []*SentParameter {
	out := make([]*SentParameter, len(r.Refusal.Sent))
	for i, sent := range r.Refusal.Sent {
		out[i] = &SentParameter{Name: sent.Name, Length: sent.Length}
		if !sent.Masked {
			out[i].Value = &sent.Value
		}
	}
	return out
}

// UserID is the field userId.
func (r *Refusal) UserID() *string {
	if r.Refusal.UserID == uuid.Nil {
		return nil
	}
	id := KindUser.ID(r.Refusal.UserID)
	return &id
}

// IP is the field ip.
func (r *Refusal) IP() *string { return optional(&r.Refusal.IP) }

// RefusalConnection is the type RefusalConnection.
type RefusalConnection struct {
	listPage[Refusal]
}

// NewRefusalConnection shows one page of refusals.
func NewRefusalConnection(args admin.PageArgs, page admin.Page[identity.Refusal]) *RefusalConnection {
	nodes := make([]*Refusal, len(page.Edges))
	for i, edge := range page.Edges {
		nodes[i] = &Refusal{edge.Item}
	}
	return &RefusalConnection{newListPage(args, page, nodes)}
}

// Edges is the field edges.
func (c *RefusalConnection) Edges() []*RefusalEdge {
	return edgesOf(c.listPage, func(cursor string, node *Refusal) *RefusalEdge { return &RefusalEdge{Cursor: cursor, Node: node} })
}
