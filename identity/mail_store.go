package identity

import (
	"context"

	"github.com/google/uuid"
)

// MailState is where a message stands.
type MailState string

// The states.
const (
	MailWaiting MailState = "waiting" // for the mail server
	MailSent    MailState = "sent"    // the mail server has taken it
	MailGivenUp MailState = "given_up"
)

// State returns where the message stands.
func (m MailMessage) State() MailState {
	switch {
	case m.SentAt != nil:
		return MailSent
	case m.FailedAt != nil:
		return MailGivenUp
	}
	return MailWaiting
}

// MailFilter selects messages. Zero fields select all.
type MailFilter struct {
	State     MailState
	Kind      MailKind
	UserID    uuid.UUID
	CreatedAt *TimeMatch
}

// MailQuery asks for one slice of a list of messages, ordered by creation.
type MailQuery struct {
	Filter    MailFilter
	Ascending bool
	Range     KeysetRange
}

// MailStore keeps messages to users.
type MailStore interface {
	// Mails lists one slice, and MailsByID finds many, missing ones being absent. Neither reads what a message says.
	Mails(ctx context.Context, q MailQuery) ([]ListRow[MailMessage], error)
	MailsByID(ctx context.Context, ids []uuid.UUID) ([]MailMessage, error)
	// CountMails counts up to limit+1 that match.
	CountMails(ctx context.Context, f MailFilter, limit int) (int, error)
	InsertMails(ctx context.Context, messages ...MailMessage) error
	// MailByID returns ErrNotFound when there is none, also when its user is gone.
	MailByID(ctx context.Context, id uuid.UUID) (MailMessage, error)
	// SaveMail writes what has become of a message that was not over; false, and nothing is changed, if it was.
	SaveMail(ctx context.Context, m MailMessage) (bool, error)
}
