package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/authly/authly/identity"
)

// ScopeOrder is a key that scopes and resources can be ordered by.
type ScopeOrder string

// The orders. The first one is that of the name of a scope and the URI of a resource.
const (
	OrderByKey       ScopeOrder = ""
	OrderByCreatedAt ScopeOrder = "CREATED_AT"
	OrderByUpdatedAt ScopeOrder = "UPDATED_AT"
)

// ScopeList selects and orders a list of scopes.
type ScopeList struct {
	Search     string // anywhere in name or description, without regard to case
	Order      ScopeOrder
	Descending bool
}

// ResourceList selects and orders a list of resources.
type ResourceList struct {
	Search     string // anywhere in URI or name, without regard to case
	Scope      string // that they understand; empty: any
	Order      ScopeOrder
	Descending bool
}

// Page returns one page of scopes, and how many there are on all pages. The server reads all of them with every request
// for a token, so that a page is cut from the same list.
func (s *Scopes) Page(ctx context.Context, l ScopeList, args PageArgs) (Page[identity.Scope], int, error) {
	if err := requireScope(ctx, identity.ScopeScopesRead); err != nil {
		return Page[identity.Scope]{}, 0, err
	}
	if err := checkSearch(l.Search); err != nil {
		return Page[identity.Scope]{}, 0, err
	}
	all, err := s.store.Scopes(ctx)
	if err != nil {
		return Page[identity.Scope]{}, 0, err
	}
	found := chosen(all, func(x identity.Scope) bool { return s.mentions(l.Search, x.Name, x.Description) })
	p := pager{keys: s.keys, list: listName("scopes", l)}
	page, err := pageOf(p, args, found, l.Descending, func(x identity.Scope) string { return l.Order.key(x.Name, x.CreatedAt, x.UpdatedAt) })
	return page, len(found), err
}

// Named finds the scope of a name; ErrScopeNotFound.
func (s *Scopes) Named(ctx context.Context, name string) (identity.Scope, error) {
	all, err := s.List(ctx)
	if err != nil {
		return identity.Scope{}, err
	}
	at := slices.IndexFunc(all, func(x identity.Scope) bool { return x.Name == name })
	if at < 0 {
		return identity.Scope{}, identity.ErrScopeNotFound
	}
	return all[at], nil
}

// Claims lists the claims about a user that each of the scopes releases.
func (s *Scopes) Claims(ctx context.Context, names []string) (map[string][]string, error) {
	if err := requireScope(ctx, identity.ScopeScopesRead); err != nil {
		return nil, err
	}
	attributes, err := s.attributes.AttributeDefinitions(ctx)
	if err != nil {
		return nil, fmt.Errorf("read attributes: %w", err)
	}
	claims := make(map[string][]string, len(names))
	for _, name := range names {
		claims[name] = append([]string{}, identity.ClaimsOf(name, attributes)...)
	}
	return claims, nil
}

// ResourcePage is Page for resources.
func (s *Scopes) ResourcePage(ctx context.Context, l ResourceList, args PageArgs) (Page[identity.Resource], int, error) {
	if err := requireScope(ctx, identity.ScopeScopesRead); err != nil {
		return Page[identity.Resource]{}, 0, err
	}
	if err := checkSearch(l.Search); err != nil {
		return Page[identity.Resource]{}, 0, err
	}
	all, err := s.store.Resources(ctx)
	if err != nil {
		return Page[identity.Resource]{}, 0, err
	}
	return s.cutResources(all, l, args)
}

// ResourcesOf returns, for each of the scopes, the first page of the resources that understand it.
func (s *Scopes) ResourcesOf(ctx context.Context, scopes []string, size int) (map[string]ResourcePage, error) {
	all, err := s.Resources(ctx)
	if err != nil {
		return nil, err
	}
	pages := make(map[string]ResourcePage, len(scopes))
	for _, scope := range scopes {
		page, total, err := s.cutResources(all, ResourceList{Scope: scope}, PageArgs{First: &size})
		if err != nil {
			return nil, err
		}
		pages[scope] = ResourcePage{Page: page, Total: total}
	}
	return pages, nil
}

// ResourcePage is a page of resources, and how many there are on all pages.
type ResourcePage struct {
	Page  Page[identity.Resource]
	Total int
}

func (s *Scopes) cutResources(all []identity.Resource, l ResourceList, args PageArgs) (Page[identity.Resource], int, error) {
	found := chosen(all, func(x identity.Resource) bool {
		return s.mentions(l.Search, x.URI, x.Name) && (l.Scope == "" || slices.Contains(x.Scopes, l.Scope))
	})
	p := pager{keys: s.keys, list: listName("resources", l)}
	page, err := pageOf(p, args, found, l.Descending, func(x identity.Resource) string { return l.Order.key(x.URI, x.CreatedAt, x.UpdatedAt) })
	return page, len(found), err
}

// ResourceOf finds the resource of a URI; ErrResourceNotFound.
func (s *Scopes) ResourceOf(ctx context.Context, uri string) (identity.Resource, error) {
	all, err := s.Resources(ctx)
	if err != nil {
		return identity.Resource{}, err
	}
	at := slices.IndexFunc(all, func(x identity.Resource) bool { return x.URI == uri })
	if at < 0 {
		return identity.Resource{}, identity.ErrResourceNotFound
	}
	return all[at], nil
}

func checkSearch(text string) error {
	if utf8.RuneCountInString(text) > maxSearch {
		return identity.InvalidField("search", "Must be at most %d characters.", maxSearch)
	}
	return identity.CheckText("search", text, maxSearch*utf8.UTFMax, false)
}

// mentions reports whether one of the texts has the one that is looked for.
func (s *Scopes) mentions(search string, texts ...string) bool {
	search = s.fold(search)
	return search == "" || slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(s.fold(text), search) })
}

// key is what an element is ordered by: unique, and in the order of its bytes.
func (o ScopeOrder) key(name string, created, updated time.Time) string {
	const fixed = "2006-01-02T15:04:05.000000000 " // as long for every time
	switch o {
	case OrderByCreatedAt:
		return created.UTC().Format(fixed) + name
	case OrderByUpdatedAt:
		return updated.UTC().Format(fixed) + name
	default:
		return name
	}
}

// chosen returns the elements that are wanted, and leaves the list as it is: others share it.
func chosen[T any](all []T, wanted func(T) bool) []T {
	var out []T
	for _, element := range all {
		if wanted(element) {
			out = append(out, element)
		}
	}
	return out
}

// pageOf cuts a page out of a list that is in memory. Keys are unique.
func pageOf[T any](p pager, args PageArgs, all []T, descending bool, key func(T) string) (Page[T], error) {
	slice, err := p.slice(args)
	if err != nil {
		return Page[T]{}, err
	}
	direction := 1
	if descending {
		direction = -1
	}
	compare := func(a, b identity.CursorKey) int { return direction * strings.Compare(a.Key, b.Key) }
	var rows []identity.ListRow[T]
	for _, element := range all {
		at := identity.CursorKey{Key: key(element)}
		if (slice.After == nil || compare(at, *slice.After) > 0) && (slice.Before == nil || compare(at, *slice.Before) < 0) {
			rows = append(rows, identity.ListRow[T]{Item: element, CursorKey: at})
		}
	}
	slices.SortFunc(rows, func(a, b identity.ListRow[T]) int { return compare(a.CursorKey, b.CursorKey) })
	if extra := len(rows) - slice.Limit; extra > 0 && slice.Backward {
		rows = rows[extra:]
	} else if extra > 0 {
		rows = rows[:slice.Limit]
	}
	return page(p, slice, rows), nil
}
