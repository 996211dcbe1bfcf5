package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// grantsListed bounds how many grants of a user are read to tell which clients have any: the newest. What one session makes
// is bounded (docs/decisions/0050), so that of more only what is oldest is left out.
const grantsListed = 1000

// Application is what a client may do in the name of a user.
type Application struct {
	Client     Client
	Scopes     []string  // that were allowed or granted, sorted
	Since      time.Time // the first that is still there
	LastUsedAt *time.Time
}

// Applications lists the clients that a user has allowed something, or that have tokens of theirs, by their names.
func (s *Accounts) Applications(ctx context.Context, user User) ([]Application, error) {
	consents, err := s.store.ConsentsOf(ctx, []uuid.UUID{user.ID})
	if err != nil {
		return nil, fmt.Errorf("list applications: %w", err)
	}
	grants, err := s.store.Grants(ctx, GrantQuery{
		Filter: GrantFilter{UserID: user.ID, Active: OnlyActive(true)}, Range: KeysetRange{Limit: grantsListed}, Now: s.source.Now(),
	})
	if err != nil {
		return nil, fmt.Errorf("list applications: %w", err)
	}
	found := map[uuid.UUID]*Application{}
	var ids []uuid.UUID
	add := func(client uuid.UUID, scopes []string, since time.Time, used *time.Time) {
		a := found[client]
		if a == nil {
			a = &Application{Since: since}
			found[client], ids = a, append(ids, client)
		}
		a.Scopes = append(a.Scopes, scopes...)
		if since.Before(a.Since) {
			a.Since = since
		}
		if used != nil && (a.LastUsedAt == nil || used.After(*a.LastUsedAt)) {
			a.LastUsedAt = used
		}
	}
	for _, c := range consents[user.ID] {
		add(c.ClientID, c.Scopes, c.CreatedAt, nil)
	}
	for _, row := range grants {
		add(row.Item.ClientID, row.Item.Scopes, row.Item.CreatedAt, row.Item.usedAt())
	}
	clients, err := s.store.ClientsByID(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("list applications: %w", err)
	}
	var list []Application
	for id, a := range found {
		client, there := clients[id]
		if !there {
			continue // deleted meanwhile
		}
		slices.Sort(a.Scopes)
		a.Client, a.Scopes = client, slices.Compact(a.Scopes)
		list = append(list, *a)
	}
	slices.SortFunc(list, func(a, b Application) int { return strings.Compare(a.Client.DisplayName(), b.Client.DisplayName()) })
	return list, nil
}

// usedAt returns when the client last had tokens under the grant; nil when it never had.
func (g Grant) usedAt() *time.Time {
	switch {
	case g.Refresh.RotatedAt != nil:
		return g.Refresh.RotatedAt
	case g.Code != nil:
		return g.Code.SpentAt
	}
	return nil
}

// RevokeApplication takes from a client all that the user of a session has allowed it: the grants end, and it asks again.
// ErrGrantNotFound when there is nothing, ErrSessionNotFound when the session has ended.
func (s *Accounts) RevokeApplication(ctx context.Context, b BrowserSession, client uuid.UUID) error {
	err := s.change(ctx, b, func(ctx context.Context, tx Store) error {
		_, err := RevokeGrants(ctx, tx, s.source, b.User, GrantSelection{UserID: b.User.ID, ClientID: client})
		return err
	})
	if err != nil {
		return fmt.Errorf("revoke application: %w", err)
	}
	return nil
}

// RevokeGrants ends grants of a user inside tx, with the consent for the client if the selection names one, and writes the
// audit event of it; ErrGrantNotFound when there was nothing.
func RevokeGrants(ctx context.Context, tx Store, source Source, user User, sel GrantSelection) (int, error) {
	forgotten := false
	if sel.ClientID != uuid.Nil { // first: a grant that is decided on the consent at this moment is there afterwards, or never
		var err error
		if forgotten, err = tx.DeleteConsent(ctx, user.ID, sel.ClientID); err != nil {
			return 0, err
		}
	}
	ids, err := tx.EndGrants(ctx, sel, source.Now(), EndRevoked)
	if err != nil {
		return 0, err
	}
	if len(ids) == 0 && !forgotten {
		return 0, ErrGrantNotFound
	}
	event := NewEvent(ctx, source, ActionGrantEnded, TargetUser, user.ID.String(), user.Username)
	event.Reason = string(EndRevoked)
	event.Changes = map[string]Change{"grants": {After: len(ids)}}
	if forgotten {
		event.Changes["consents"] = Change{After: 1}
	}
	return len(ids), tx.InsertAudit(ctx, event)
}

// Application finds a client that a user has allowed something, or that has tokens of theirs; ErrGrantNotFound for any other.
func (s *Accounts) Application(ctx context.Context, user User, client uuid.UUID) (Client, error) {
	consent, err := s.store.ConsentFor(ctx, user.ID, client)
	if err != nil {
		return Client{}, err
	}
	if consent.CreatedAt.IsZero() {
		granted, err := s.store.Grants(ctx, GrantQuery{
			Filter: GrantFilter{UserID: user.ID, ClientID: client, Active: OnlyActive(true)}, Range: KeysetRange{Limit: 1}, Now: s.source.Now(),
		})
		if err != nil {
			return Client{}, err
		}
		if len(granted) == 0 {
			return Client{}, ErrGrantNotFound
		}
	}
	clients, err := s.store.ClientsByID(ctx, []uuid.UUID{client})
	return clients[client], err
}
