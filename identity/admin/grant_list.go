package admin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// GrantList selects and orders a list of grants.
type GrantList struct {
	Filter    identity.GrantFilter
	Order     identity.GrantOrderField // empty: CREATED_AT
	Ascending bool
}

// name identifies the list in its cursors.
func (l GrantList) name() string {
	if l.Order == "" {
		l.Order = identity.GrantOrderCreatedAt
	}
	return listName("grants", l)
}

// List returns one page of grants.
func (s *Grants) List(ctx context.Context, l GrantList, args PageArgs) (Page[identity.Grant], error) {
	if err := requireScope(ctx, identity.ScopeSessionsRead); err != nil {
		return Page[identity.Grant]{}, err
	}
	p := pager{keys: s.keys, list: l.name()}
	return readPage(p, args, "list grants", func(slice identity.KeysetRange) ([]identity.ListRow[identity.Grant], error) {
		return s.store.Grants(ctx, identity.GrantQuery{
			Filter: l.Filter, Order: l.Order, Ascending: l.Ascending, Range: slice, Now: s.source.Now(),
		})
	})
}

// Count counts the grants of a list.
func (s *Grants) Count(ctx context.Context, l GrantList) (Count, error) {
	if err := requireScope(ctx, identity.ScopeSessionsRead); err != nil {
		return Count{}, err
	}
	n, err := s.store.CountGrants(ctx, identity.GrantQuery{Filter: l.Filter, Now: s.source.Now()}, CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count grants: %w", err)
	}
	return countOf(n), nil
}

// ByIDs finds many grants, ended or not; missing ones are absent.
func (s *Grants) ByIDs(ctx context.Context, ids []uuid.UUID) ([]identity.Grant, error) {
	if err := requireScope(ctx, identity.ScopeSessionsRead); err != nil {
		return nil, err
	}
	return s.store.GrantsByID(ctx, ids)
}
