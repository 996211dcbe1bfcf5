package admin

import (
	"context"
	"fmt"

	"github.com/authly/authly/identity"
)

// OfScopes returns, for each of the scopes, the first page of List with that scope.
func (s *Clients) OfScopes(ctx context.Context, names []string, size int) (map[string]Page[identity.Client], error) {
	list := func(name string) ClientList { return ClientList{Filter: identity.ClientFilter{Scope: name}} }
	return s.firstPages(ctx, names, size, list, s.store.ClientsOfScopes)
}

// OfResources does so for the resources that clients serve or have as their default.
func (s *Clients) OfResources(ctx context.Context, uris []string, size int) (map[string]Page[identity.Client], error) {
	list := func(uri string) ClientList { return ClientList{Filter: identity.ClientFilter{Resource: uri}} }
	return s.firstPages(ctx, uris, size, list, s.store.ClientsOfResources)
}

func (s *Clients) firstPages(
	ctx context.Context, names []string, size int, list func(name string) ClientList,
	find func(ctx context.Context, names []string, limit int) (map[string][]identity.Client, error),
) (map[string]Page[identity.Client], error) {
	if err := requireScope(ctx, identity.ScopeClientsRead); err != nil {
		return nil, err
	}
	found, err := find(ctx, names, size+1)
	if err != nil {
		return nil, fmt.Errorf("list clients: %w", err)
	}
	pages := make(map[string]Page[identity.Client], len(names))
	for _, name := range names {
		p := pager{keys: s.keys, list: list(name).name()}
		slice, err := p.slice(PageArgs{First: &size})
		if err != nil {
			return nil, err
		}
		rows := make([]identity.ListRow[identity.Client], len(found[name]))
		for i, c := range found[name] {
			rows[i] = identity.ListRow[identity.Client]{Item: c, CursorKey: identity.CursorKey{Key: c.ClientID, ID: c.ID}}
		}
		pages[name] = page(p, slice, rows)
	}
	return pages, nil
}
