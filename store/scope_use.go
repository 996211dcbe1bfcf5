package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// The kinds of client_uses.
const (
	useOfScope     = "scope"
	useOfResource  = "resource"
	useOfGrantType = "grant_type"
)

// How many names one statement looks for, each of which is a part of a union, and how many clients.
const (
	namesAtOnce   = 100
	clientsAtOnce = 10_000
)

// clientUse is a row of client_uses.
type clientUse struct {
	Name     string `bun:"name"`
	ClientID string `bun:"client_id"`
}

// ClientsOfScopes implements identity.ScopeUseReader.
func (s *Store) ClientsOfScopes(ctx context.Context, names []string, limit int) (map[string][]identity.Client, error) {
	return s.clientsNaming(ctx, useOfScope, names, limit)
}

// ClientsOfResources implements identity.ScopeUseReader.
func (s *Store) ClientsOfResources(ctx context.Context, uris []string, limit int) (map[string][]identity.Client, error) {
	return s.clientsNaming(ctx, useOfResource, uris, limit)
}

func (s *Store) clientsNaming(ctx context.Context, kind string, names []string, limit int) (map[string][]identity.Client, error) {
	out := make(map[string][]identity.Client, len(names))
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !validText(name) })
	slices.Sort(names)
	var uses []clientUse
	for some := range slices.Chunk(slices.Compact(names), namesAtOnce) {
		var found []clientUse
		if err := s.selectNaming(kind, some, limit).Scan(ctx, &found); err != nil {
			return nil, s.fault("list clients of names", err)
		}
		uses = append(uses, found...)
	}
	clients, err := s.clientsNamed(ctx, uses)
	if err != nil {
		return nil, err
	}
	for _, use := range uses {
		if client, found := clients[use.ClientID]; found { // else deleted meanwhile
			out[use.Name] = append(out[use.Name], client)
		}
	}
	return out, nil
}

// clientsNamed reads the clients of uses, by client_id.
func (s *Store) clientsNamed(ctx context.Context, uses []clientUse) (map[string]identity.Client, error) {
	ids := make([]string, len(uses))
	for i, use := range uses {
		ids[i] = use.ClientID
	}
	slices.Sort(ids)
	clients := make(map[string]identity.Client, len(ids))
	for some := range slices.Chunk(slices.Compact(ids), clientsAtOnce) {
		rows, err := list[clientRow](ctx, s, s.read().NewSelect().Model((*clientRow)(nil)).Where("c.client_id IN (?)", bun.List(some)))
		if err != nil {
			return nil, s.fault("read clients of names", err)
		}
		for _, row := range rows {
			clients[row.ClientID] = toClient(row)
		}
	}
	return clients, nil
}

// selectNaming takes the first clients of each name: it reads no others, also when very many have one of them.
func (s *Store) selectNaming(kind string, names []string, limit int) *bun.SelectQuery {
	var all *bun.SelectQuery
	for _, name := range names {
		first := s.read().NewSelect().TableExpr("client_uses AS cu").ColumnExpr("cu.name, cu.client_id").
			Where("cu.kind = ?", kind).Where("cu.name = ?", name).OrderExpr("cu.client_id").Limit(int64(limit))
		part := s.read().NewSelect().TableExpr("(?) AS f", first).ColumnExpr("f.name, f.client_id")
		if all == nil {
			all = part
		} else {
			all = all.UnionAll(part)
		}
	}
	return s.read().NewSelect().TableExpr("(?) AS u", all).ColumnExpr("u.name, u.client_id").OrderExpr("u.name, u.client_id")
}

// CountScopeUse implements identity.ScopeUseReader.
func (s *Store) CountScopeUse(ctx context.Context, name string, limit int) (use identity.ScopeUse, err error) {
	if !validText(name) {
		return identity.ScopeUse{Looked: true}, nil
	}
	const operation = "count use of scope"
	if use.Clients, err = s.count(ctx, operation, s.usesOf(useOfScope, name), limit); err != nil {
		return use, err
	}
	holds := s.dialect.hasElement("r.scopes", name)
	resources := s.read().NewSelect().TableExpr("resources AS r").Where(holds.text, holds.args...)
	if use.Resources, err = s.count(ctx, operation, resources, limit); err != nil {
		return use, err
	}
	grants, consents := s.scopeHolders(name)
	var all bool
	if use.Grants, use.Looked, err = s.countAmong(ctx, operation, grants, "scopes", name, limit); err != nil {
		return use, err
	}
	use.Consents, all, err = s.countAmong(ctx, operation, consents, "scopes", name, limit)
	use.Looked = use.Looked && all
	return use, err
}

// scopeHolders are the grants and consents of the clients that name a scope. Those of others do not have it any more,
// whatever they say.
func (s *Store) scopeHolders(name string) (grants, consents *bun.SelectQuery) {
	of := func(table string) *bun.SelectQuery {
		return s.usesOf(useOfScope, name).Join("JOIN clients AS c ON c.client_id = cu.client_id").
			Join("JOIN ? AS h ON h.client_id = c.id", bun.Ident(table)).ColumnExpr("h.scopes")
	}
	return of("grants").Where("h.ended_at IS NULL"), of("consents")
}

// CountResourceUse implements identity.ScopeUseReader.
func (s *Store) CountResourceUse(ctx context.Context, uri string, limit int) (use identity.ResourceUse, err error) {
	if !validText(uri) {
		return identity.ResourceUse{Looked: true}, nil
	}
	const operation = "count use of resource"
	if use.Clients, err = s.count(ctx, operation, s.usesOf(useOfResource, uri), limit); err != nil {
		return use, err
	}
	use.Grants, use.Looked, err = s.countAmong(ctx, operation, s.resourceHolders(), "resources", uri, limit)
	return use, err
}

// resourceHolders are the live grants that were made for a resource by name, newest first.
func (s *Store) resourceHolders() *bun.SelectQuery {
	return s.read().NewSelect().TableExpr("grants AS h").ColumnExpr("h.resources").Where("h.resources <> '[]'").
		Where("h.ended_at IS NULL").OrderExpr("h.id DESC")
}

func (s *Store) usesOf(kind, name string) *bun.SelectQuery {
	return s.read().NewSelect().TableExpr("client_uses AS cu").Where("cu.kind = ?", kind).Where("cu.name = ?", name)
}

// countAmong counts the rows whose list has an element. It looks at no more than limit of them; false if there are more.
func (s *Store) countAmong(
	ctx context.Context, operation string, rows *bun.SelectQuery, column, element string, limit int,
) (n int, all bool, err error) {
	holds := s.dialect.hasElement("h."+column, element)
	var seen int
	err = s.read().NewSelect().TableExpr("(?) AS h", rows.Limit(int64(limit)+1)).ColumnExpr("count(*)").
		ColumnExpr("count(CASE WHEN "+holds.text+" THEN 1 END)", holds.args...).Scan(ctx, &seen, &n)
	return n, seen <= limit, s.fault(operation, err)
}
