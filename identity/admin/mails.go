package admin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Mails shows administrators what becomes of messages to users. What a message says is nobody's to see.
type Mails struct {
	changes
	store identity.MailStore
	mails *identity.Mails
}

// mailScopes are what one needs to see messages: they are of the server, and to persons.
var mailScopes = []string{identity.ScopeSystemRead, identity.ScopeUsersRead}

// MailList selects and orders a list of messages.
type MailList struct {
	Filter    identity.MailFilter
	Ascending bool
}

// List returns one page of messages.
func (s *Mails) List(ctx context.Context, l MailList, args PageArgs) (Page[identity.MailMessage], error) {
	if err := requireScopes(ctx, mailScopes...); err != nil {
		return Page[identity.MailMessage]{}, err
	}
	if err := identity.CheckText("filter.kind", string(l.Filter.Kind), identity.MaxText, false); err != nil {
		return Page[identity.MailMessage]{}, err
	}
	p := pager{keys: s.keys, list: listName("mails", l)}
	return readPage(p, args, "list mail", func(slice identity.KeysetRange) ([]identity.ListRow[identity.MailMessage], error) {
		return s.store.Mails(ctx, identity.MailQuery{Filter: l.Filter, Ascending: l.Ascending, Range: slice})
	})
}

// Count counts the messages of a list.
func (s *Mails) Count(ctx context.Context, l MailList) (Count, error) {
	if err := requireScopes(ctx, mailScopes...); err != nil {
		return Count{}, err
	}
	n, err := s.store.CountMails(ctx, l.Filter, CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count mail: %w", err)
	}
	return countOf(n), nil
}

// ByIDs finds many messages; missing ones are absent.
func (s *Mails) ByIDs(ctx context.Context, ids []uuid.UUID) ([]identity.MailMessage, error) {
	if err := requireScopes(ctx, mailScopes...); err != nil {
		return nil, err
	}
	return s.store.MailsByID(ctx, ids)
}

// mailID is what an operation with messages leaves to be repeated.
type mailID struct{ ID uuid.UUID }

// Retry lets a message that waits be sent at once. ErrMailNotFound; CodeMailOver for one that was sent or given up, since what
// it said is gone.
func (s *Mails) Retry(ctx context.Context, id uuid.UUID) (identity.MailMessage, error) {
	if err := requireScopes(ctx, append([]string{identity.ScopeSystemWrite}, mailScopes...)...); err != nil {
		return identity.MailMessage{}, err
	}
	_, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (mailID, error) {
		return mailID{id}, s.mails.Hasten(ctx, tx, id)
	})
	if err != nil {
		return identity.MailMessage{}, fmt.Errorf("retry mail: %w", err)
	}
	return s.found(ctx, id)
}

// SendTest sends a user with a verified address a message that says that it is a test. ErrNoMail, ErrUnverified, or RateLimited:
// a mailbox is no toy.
func (s *Mails) SendTest(ctx context.Context, userID uuid.UUID) (identity.MailMessage, error) {
	if err := requireScopes(ctx, append([]string{identity.ScopeSystemWrite}, mailScopes...)...); err != nil {
		return identity.MailMessage{}, err
	}
	sent, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (mailID, error) {
		user, err := tx.UserByID(ctx, userID)
		if err != nil {
			return mailID{}, err
		}
		id, err := s.mails.WriteTest(ctx, tx, user)
		return mailID{id}, err
	})
	if err != nil {
		return identity.MailMessage{}, fmt.Errorf("send test mail: %w", err)
	}
	return s.found(ctx, sent.ID)
}

// found reads a message that was there a moment ago.
func (s *Mails) found(ctx context.Context, id uuid.UUID) (identity.MailMessage, error) {
	list, err := s.store.MailsByID(ctx, []uuid.UUID{id})
	if err == nil && len(list) == 0 {
		err = identity.ErrMailNotFound
	}
	if err != nil {
		return identity.MailMessage{}, err
	}
	return list[0], nil
}
