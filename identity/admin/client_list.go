package admin

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// ClientList selects and orders a list of clients.
type ClientList struct {
	Filter     identity.ClientFilter
	Order      identity.ClientOrderField // empty: CLIENT_ID
	Descending bool
}

// name identifies the list in its cursors.
func (l ClientList) name() string {
	if l.Order == "" {
		l.Order = identity.ClientOrderClientID
	}
	return listName("clients", l)
}

func (l ClientList) check() error {
	if utf8.RuneCountInString(l.Filter.Search) > maxSearch {
		return identity.InvalidField("search", "Must be at most %d characters.", maxSearch)
	}
	if err := identity.CheckText("search", l.Filter.Search, maxSearch*utf8.UTFMax, false); err != nil {
		return err
	}
	return l.Filter.Check()
}

// Get finds one client, active or not.
func (s *Clients) Get(ctx context.Context, id uuid.UUID) (identity.Client, error) {
	if err := requireScope(ctx, identity.ScopeClientsRead); err != nil {
		return identity.Client{}, err
	}
	return s.store.ClientByID(ctx, id)
}

// Named finds the client of a client_id for an administrator, active or not.
func (s *Clients) Named(ctx context.Context, clientID string) (identity.Client, error) {
	if err := requireScope(ctx, identity.ScopeClientsRead); err != nil {
		return identity.Client{}, err
	}
	if len(clientID) > identity.MaxText {
		return identity.Client{}, identity.ErrClientNotFound
	}
	return s.store.ClientByClientID(ctx, clientID)
}

// List returns one page of clients.
func (s *Clients) List(ctx context.Context, l ClientList, args PageArgs) (Page[identity.Client], error) {
	if err := requireScope(ctx, identity.ScopeClientsRead); err != nil {
		return Page[identity.Client]{}, err
	}
	if err := l.check(); err != nil {
		return Page[identity.Client]{}, err
	}
	p := pager{keys: s.keys, list: l.name()}
	return readPage(p, args, "list clients", func(slice identity.KeysetRange) ([]identity.ListRow[identity.Client], error) {
		return s.store.ClientsPage(ctx, identity.ClientQuery{Filter: l.Filter, Order: l.Order, Descending: l.Descending, Range: slice})
	})
}

// Count counts the clients of a list.
func (s *Clients) Count(ctx context.Context, l ClientList) (Count, error) {
	if err := requireScope(ctx, identity.ScopeClientsRead); err != nil {
		return Count{}, err
	}
	if err := l.check(); err != nil {
		return Count{}, err
	}
	n, err := s.store.CountClients(ctx, l.Filter, CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count clients: %w", err)
	}
	return countOf(n), nil
}
