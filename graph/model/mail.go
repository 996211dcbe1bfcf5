package model

import (
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// MailMessage is the type MailMessage.
type MailMessage struct {
	identity.MailMessage
	Users *Batch[uuid.UUID] // ids of the users of the messages that came together with this one
}

// NewMailMessages shows messages that came together.
func NewMailMessages(list []identity.MailMessage) []*MailMessage {
	users := make([]uuid.UUID, len(list))
	for i, m := range list {
		users[i] = m.UserID
	}
	batch := NewBatch(users)
	out := make([]*MailMessage, len(list))
	for i, m := range list {
		out[i] = &MailMessage{MailMessage: m, Users: batch}
	}
	return out
}

// IsNode marks the type as a Node.
func (*MailMessage) IsNode() {}

// ID is the field id.
func (m *MailMessage) ID() string { return KindMail.ID(m.MailMessage.ID) }

// Kind is the field kind.
func (m *MailMessage) Kind() string { return string(m.MailMessage.Kind) }

// State is the field state.
func (m *MailMessage) State() MailState {
	return MailState(strings.ToUpper(string(m.MailMessage.State())))
}

// Failure is the field failure.
func (m *MailMessage) Failure() *string { return optional(&m.MailMessage.Failure) }

// MailMessageConnection is the type MailMessageConnection.
type MailMessageConnection struct {
	listPage[MailMessage]
	List admin.MailList
}

// NewMailMessageConnection shows one page of messages.
func NewMailMessageConnection(list admin.MailList, args admin.PageArgs, page admin.Page[identity.MailMessage]) *MailMessageConnection {
	return &MailMessageConnection{List: list, listPage: newListPage(args, page, NewMailMessages(page.Items()))}
}

// Edges is the field edges.
func (c *MailMessageConnection) Edges() []*MailMessageEdge {
	return edgesOf(c.listPage, func(cursor string, node *MailMessage) *MailMessageEdge {
		return &MailMessageEdge{Cursor: cursor, Node: node}
	})
}
