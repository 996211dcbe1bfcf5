package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// listedMailRow is a message without what it says.
type listedMailRow struct {
	bun.BaseModel `bun:"table:mail_messages,alias:mm"`

	ID        uuid.UUID  `bun:"id,pk"`
	Kind      string     `bun:"kind"`
	UserID    uuid.UUID  `bun:"user_id"`
	To        string     `bun:"to_address"`
	Locale    string     `bun:"locale"`
	Attempts  int        `bun:"attempts"`
	Failure   string     `bun:"failure"`
	CreatedAt time.Time  `bun:"created_at"`
	SentAt    *time.Time `bun:"sent_at"`
	FailedAt  *time.Time `bun:"failed_at"`
}

func toListedMail(r listedMailRow) identity.MailMessage {
	return toMail(mailRow{
		ID: r.ID, Kind: r.Kind, UserID: r.UserID, To: r.To, Locale: r.Locale, Attempts: r.Attempts, Failure: r.Failure,
		CreatedAt: r.CreatedAt, SentAt: r.SentAt, FailedAt: r.FailedAt,
	})
}

func toMailRow(r listedMailRow) identity.ListRow[identity.MailMessage] {
	m := toListedMail(r)
	return identity.ListRow[identity.MailMessage]{Item: m, CursorKey: identity.CursorKey{Key: cursorTime(&m.CreatedAt), ID: m.ID}}
}

// mailStates are the conditions of the states, as the indexes have them.
var mailStates = map[identity.MailState]string{
	identity.MailWaiting: "mm.sent_at IS NULL AND mm.failed_at IS NULL",
	identity.MailSent:    "mm.sent_at IS NOT NULL",
	identity.MailGivenUp: "mm.failed_at IS NOT NULL",
}

var mailKey = sortKey{column: "mm.created_at", id: "mm.id", time: true}

// Mails implements identity.MailStore.
func (s *Store) Mails(ctx context.Context, q identity.MailQuery) ([]identity.ListRow[identity.MailMessage], error) {
	build := func() (*bun.SelectQuery, error) {
		return mailKey.paginate(s.selectMails(q.Filter), !q.Ascending, q.Range)
	}
	return listPage(ctx, s, "list mail", q.Range, build, toMailRow)
}

// CountMails implements identity.MailStore.
func (s *Store) CountMails(ctx context.Context, f identity.MailFilter, limit int) (int, error) {
	return s.count(ctx, "count mail", s.selectMails(f), limit)
}

// MailsByID implements identity.MailStore.
func (s *Store) MailsByID(ctx context.Context, ids []uuid.UUID) ([]identity.MailMessage, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := list[listedMailRow](ctx, s, s.selectMails(identity.MailFilter{}).Where("mm.id IN (?)", idList(ids)))
	return mapped(rows, toListedMail), s.fault("list mail", err)
}

func (s *Store) selectMails(f identity.MailFilter) *bun.SelectQuery {
	list := s.read().NewSelect().Model((*listedMailRow)(nil))
	if state := mailStates[f.State]; state != "" {
		list = list.Where(state)
	}
	if f.Kind != "" {
		list = list.Where("mm.kind = ?", string(f.Kind))
	}
	if f.UserID != uuid.Nil {
		list = list.Where("mm.user_id = ?", f.UserID)
	}
	if f.CreatedAt != nil {
		for _, c := range timeConditions("mm.created_at", *f.CreatedAt) {
			list = list.Where(c.text, c.args...)
		}
	}
	return list
}
