package admin

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/authly/authly/identity"
)

// UserList selects and orders a list of users.
type UserList struct {
	Filter identity.UserFilter
	Search string // up to 100 characters
	Order  identity.UserOrder
}

// The bounds of a filter.
const (
	maxFilterDepth  = 4
	maxFilterLeaves = 20
	maxFilterValues = 100
	maxSearch       = 100
)

func (l UserList) check() error {
	if utf8.RuneCountInString(l.Search) > maxSearch {
		return identity.InvalidField("search", "Must be at most %d characters.", maxSearch)
	}
	if err := identity.CheckText("search", l.Search, maxSearch*utf8.UTFMax, false); err != nil {
		return err
	}
	leaves := 0
	return checkUserFilter(l.Filter, 1, &leaves)
}

// checkUserFilter bounds a filter; leaves counts its conditions.
func checkUserFilter(f identity.UserFilter, depth int, leaves *int) error {
	if depth > maxFilterDepth {
		return identity.InvalidField("filter", "Must not be nested deeper than %d levels.", maxFilterDepth)
	}
	for _, field := range []struct { // in one order, so that the same filter is always refused for the same field
		name  string
		match *identity.StringMatch
	}{
		{"username", f.Username},
		{"email", f.Email},
		{"given_name", f.GivenName},
		{"family_name", f.FamilyName},
		{"locale", f.Locale},
		{"zoneinfo", f.Zoneinfo},
	} {
		if field.match == nil {
			continue
		}
		*leaves++
		if err := checkStringMatch("filter."+field.name, *field.match); err != nil {
			return err
		}
	}
	for _, set := range []bool{
		f.Active != nil, f.Verified != nil, f.Admin != nil, f.RequiresPasswordChange != nil, f.Locked != nil,
		f.HasActiveSessions != nil, f.CreatedAt != nil, f.UpdatedAt != nil, f.LastLoginAt != nil,
	} {
		if set {
			*leaves++
		}
	}
	*leaves += len(f.Attributes)
	if *leaves > maxFilterLeaves {
		return identity.InvalidField("filter", "Must have at most %d conditions.", maxFilterLeaves)
	}
	children := append(append([]identity.UserFilter{}, f.And...), f.Or...)
	if f.Not != nil {
		children = append(children, *f.Not)
	}
	for _, child := range children {
		if err := checkUserFilter(child, depth+1, leaves); err != nil {
			return err
		}
	}
	return nil
}

func checkStringMatch(field string, m identity.StringMatch) error {
	if len(m.In) > maxFilterValues {
		return identity.InvalidField(field, "Must list at most %d values.", maxFilterValues)
	}
	values := append([]string{}, m.In...)
	for _, v := range []*string{m.Equal, m.NotEqual, m.Contains, m.StartsWith} {
		if v != nil {
			values = append(values, *v)
		}
	}
	for _, v := range values {
		if err := identity.CheckText(field, v, identity.MaxText, false); err != nil {
			return err
		}
	}
	if m.Contains != nil && utf8.RuneCountInString(*m.Contains) < 3 {
		return identity.InvalidField(field, "The operator contains needs at least 3 characters; use startsWith for fewer.")
	}
	return nil
}

// name identifies the list in its cursors.
func (l UserList) name() string { return listName("users", l) }

func (l UserList) query(now time.Time) identity.UserQuery {
	if l.Order.Field == "" {
		l.Order = identity.UserOrder{Field: identity.UserOrderCreatedAt, Descending: true}
	}
	return identity.UserQuery{Filter: l.Filter, Search: l.Search, Order: l.Order, Now: now}
}

// List returns one page of users. A bad page argument, cursor or filter is an Invalid error.
func (s *Users) List(ctx context.Context, l UserList, args PageArgs) (Page[identity.User], error) {
	within, err := requireReach(ctx, identity.ScopeUsersRead)
	if err != nil {
		return Page[identity.User]{}, err
	}
	if err := l.check(); err != nil {
		return Page[identity.User]{}, err
	}
	p := pager{keys: s.keys, list: l.name()}
	if l.Filter, err = s.findAttributes(ctx, l.Filter); err != nil {
		return Page[identity.User]{}, err
	}
	return readPage(p, args, "list users", func(slice identity.KeysetRange) ([]identity.ListRow[identity.User], error) {
		query := l.query(s.source.Now())
		query.Range, query.Within = slice, within
		return s.store.Users(ctx, query)
	})
}

// Count is how many rows a list has; AtLeast when counting stopped at CountLimit.
type Count struct {
	Value   int
	AtLeast bool
}

// Count counts the users of a list.
func (s *Users) Count(ctx context.Context, l UserList) (Count, error) {
	within, err := requireReach(ctx, identity.ScopeUsersRead)
	if err != nil {
		return Count{}, err
	}
	if err := l.check(); err != nil {
		return Count{}, err
	}
	if l.Filter, err = s.findAttributes(ctx, l.Filter); err != nil {
		return Count{}, err
	}
	query := l.query(s.source.Now())
	query.Within = within
	n, err := s.store.CountUsers(ctx, query, CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count users: %w", err)
	}
	return countOf(n), nil
}
