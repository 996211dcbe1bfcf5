package identity

import (
	"context"

	"github.com/google/uuid"
)

// MailStore keeps messages to users.
type MailStore interface {
	InsertMails(ctx context.Context, messages ...MailMessage) error
	// MailByID returns ErrNotFound when there is none, also when its user is gone.
	MailByID(ctx context.Context, id uuid.UUID) (MailMessage, error)
	// SaveMail writes what has become of a message that was not over; false, and nothing is changed, if it was.
	SaveMail(ctx context.Context, m MailMessage) (bool, error)
}
