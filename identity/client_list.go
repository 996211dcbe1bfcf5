package identity

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"
)

// ClientFilter selects clients. Set conditions must all hold.
type ClientFilter struct {
	Search string // in client_id or name, without regard to case; up to 100 characters
	Active *bool
}

// ClientQuery is what a store is asked for, ordered by client_id.
type ClientQuery struct {
	Filter     ClientFilter
	Descending bool
	Range      KeysetRange
}

// AdminClientStore is what administration adds to ClientStore.
type AdminClientStore interface {
	// ClientsPage lists one slice.
	ClientsPage(ctx context.Context, q ClientQuery) ([]ListRow[Client], error)
	// CountClients counts up to limit+1 clients that match.
	CountClients(ctx context.Context, f ClientFilter, limit int) (int, error)
}

// ClientList selects and orders a list of clients.
type ClientList struct {
	Filter     ClientFilter
	Descending bool
}

func (l ClientList) check() error {
	if utf8.RuneCountInString(l.Filter.Search) > maxSearch {
		return InvalidField("search", "Must be at most %d characters.", maxSearch)
	}
	return checkText("search", l.Filter.Search, maxSearch*utf8.UTFMax, false)
}

// Get finds one client, active or not.
func (s *Clients) Get(ctx context.Context, id uuid.UUID) (Client, error) {
	if err := requireScope(ctx, ScopeClientsRead); err != nil {
		return Client{}, err
	}
	return s.d.Store.ClientByID(ctx, id)
}

// Named finds the client of a client_id for an administrator, active or not.
func (s *Clients) Named(ctx context.Context, clientID string) (Client, error) {
	if err := requireScope(ctx, ScopeClientsRead); err != nil {
		return Client{}, err
	}
	if len(clientID) > maxText {
		return Client{}, ErrClientNotFound
	}
	return s.d.Store.ClientByClientID(ctx, clientID)
}

// List returns one page of clients.
func (s *Clients) List(ctx context.Context, l ClientList, args PageArgs) (Page[Client], error) {
	if err := requireScope(ctx, ScopeClientsRead); err != nil {
		return Page[Client]{}, err
	}
	if err := l.check(); err != nil {
		return Page[Client]{}, err
	}
	p := pager{keys: s.d.Keys, list: listName("clients", l)}
	slice, err := p.slice(args)
	if err != nil {
		return Page[Client]{}, err
	}
	rows, err := s.d.Store.ClientsPage(ctx, ClientQuery{Filter: l.Filter, Descending: l.Descending, Range: slice})
	if err != nil {
		return Page[Client]{}, fmt.Errorf("list clients: %w", err)
	}
	return page(p, slice, rows), nil
}

// Count counts the clients of a list.
func (s *Clients) Count(ctx context.Context, l ClientList) (Count, error) {
	if err := requireScope(ctx, ScopeClientsRead); err != nil {
		return Count{}, err
	}
	if err := l.check(); err != nil {
		return Count{}, err
	}
	n, err := s.d.Store.CountClients(ctx, l.Filter, CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count clients: %w", err)
	}
	return countOf(n), nil
}
