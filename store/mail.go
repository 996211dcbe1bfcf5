package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type mailRow struct {
	bun.BaseModel `bun:"table:mail_messages,alias:mm"`

	ID        uuid.UUID  `bun:"id,pk"`
	Kind      string     `bun:"kind"`
	UserID    *uuid.UUID `bun:"user_id"`
	To        string     `bun:"to_address"`
	Locale    string     `bun:"locale"`
	Sealed    []byte     `bun:"sealed"`
	Attempts  int        `bun:"attempts"`
	Failure   string     `bun:"failure"`
	CreatedAt time.Time  `bun:"created_at"`
	SentAt    *time.Time `bun:"sent_at"`
	FailedAt  *time.Time `bun:"failed_at"`
}

func fromMail(m identity.MailMessage) mailRow {
	row := mailRow{
		ID: m.ID, Kind: string(m.Kind), To: m.To, Locale: m.Locale, Sealed: m.Sealed, Attempts: m.Attempts,
		Failure: m.Failure, CreatedAt: m.CreatedAt, SentAt: m.SentAt, FailedAt: m.FailedAt,
	}
	if m.UserID != uuid.Nil {
		row.UserID = &m.UserID
	}
	return row
}

func toMail(r mailRow) identity.MailMessage {
	m := identity.MailMessage{
		ID: r.ID, Kind: identity.MailKind(r.Kind), To: r.To, Locale: r.Locale, Sealed: r.Sealed, Attempts: r.Attempts,
		Failure: r.Failure, CreatedAt: r.CreatedAt.UTC(), SentAt: utc(r.SentAt), FailedAt: utc(r.FailedAt),
	}
	if r.UserID != nil {
		m.UserID = *r.UserID
	}
	return m
}

var (
	mailByID = selection[mailRow]("WHERE mm.id = $1")
	saveMail = statement{"update mail_messages", `UPDATE mail_messages
		SET sealed = $2, attempts = $3, failure = $4, sent_at = $5, failed_at = $6 WHERE id = $1 AND sealed IS NOT NULL`}
)

// InsertMails implements identity.MailStore.
func (s *Store) InsertMails(ctx context.Context, messages ...identity.MailMessage) error {
	if len(messages) == 0 {
		return nil
	}
	rows := mapped(messages, fromMail)
	_, err := s.write().NewInsert().Model(&rows).Exec(ctx)
	return s.fault("insert mail", err)
}

// MailByID implements identity.MailStore.
func (s *Store) MailByID(ctx context.Context, id uuid.UUID) (identity.MailMessage, error) {
	var row mailRow
	if err := s.get(ctx, mailByID, scanDestinations(&row), id); err != nil {
		return identity.MailMessage{}, s.orMissing("read mail", err, identity.ErrNotFound)
	}
	return toMail(row), nil
}

// SaveMail implements identity.MailStore. What a message says is there until it is over.
func (s *Store) SaveMail(ctx context.Context, m identity.MailMessage) (bool, error) {
	row := fromMail(m)
	var sealed any
	if row.Sealed != nil {
		sealed = row.Sealed
	}
	res, err := s.exec(ctx, saveMail, row.ID, sealed, row.Attempts, row.Failure, row.SentAt, row.FailedAt)
	n, err := s.affected("save mail", res, err)
	return n == 1, err
}
