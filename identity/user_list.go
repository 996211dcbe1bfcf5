package identity

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"
)

// UserList selects and orders a list of users.
type UserList struct {
	Filter UserFilter
	Search string // up to 100 characters
	Order  UserOrder
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
		return InvalidField("search", "Must be at most %d characters.", maxSearch)
	}
	if err := checkText("search", l.Search, maxSearch*utf8.UTFMax, false); err != nil {
		return err
	}
	leaves := 0
	return l.Filter.check(1, &leaves)
}

func (f UserFilter) check(depth int, leaves *int) error {
	if depth > maxFilterDepth {
		return InvalidField("filter", "Must not be nested deeper than %d levels.", maxFilterDepth)
	}
	for field, m := range map[string]*StringMatch{
		"username": f.Username, "email": f.Email, "givenName": f.GivenName, "familyName": f.FamilyName,
		"locale": f.Locale, "zoneinfo": f.Zoneinfo,
	} {
		if m == nil {
			continue
		}
		*leaves++
		if len(m.In) > maxFilterValues {
			return InvalidField("filter."+field, "Must list at most %d values.", maxFilterValues)
		}
		values := append([]string{}, m.In...)
		for _, v := range []*string{m.Equal, m.NotEqual, m.Contains, m.StartsWith} {
			if v != nil {
				values = append(values, *v)
			}
		}
		for _, v := range values {
			if err := checkText("filter."+field, v, maxText, false); err != nil {
				return err
			}
		}
		if m.Contains != nil && utf8.RuneCountInString(*m.Contains) < 3 {
			return InvalidField("filter."+field, "The operator contains needs at least 3 characters; use startsWith for fewer.")
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
	if *leaves > maxFilterLeaves {
		return InvalidField("filter", "Must have at most %d conditions.", maxFilterLeaves)
	}
	children := append(append([]UserFilter{}, f.And...), f.Or...)
	if f.Not != nil {
		children = append(children, *f.Not)
	}
	for _, child := range children {
		if err := child.check(depth+1, leaves); err != nil {
			return err
		}
	}
	return nil
}

// name identifies the list in its cursors.
func (l UserList) name() string { return listName("users", l) }

func (l UserList) query(now time.Time) UserQuery {
	if l.Order.Field == "" {
		l.Order = UserOrder{Field: UserOrderCreatedAt, Descending: true}
	}
	return UserQuery{Filter: l.Filter, Search: l.Search, Order: l.Order, Now: now}
}

// List returns one page of users. A bad page argument, cursor or filter is an Invalid error.
func (s *Users) List(ctx context.Context, l UserList, args PageArgs) (Page[User], error) {
	if err := requireScope(ctx, ScopeUsersRead); err != nil {
		return Page[User]{}, err
	}
	if err := l.check(); err != nil {
		return Page[User]{}, err
	}
	p := pager{keys: s.d.Keys, list: l.name()}
	slice, err := p.slice(args)
	if err != nil {
		return Page[User]{}, err
	}
	query := l.query(s.d.Source.Now())
	query.Range = slice
	rows, err := s.d.Store.Users(ctx, query)
	if err != nil {
		return Page[User]{}, fmt.Errorf("list users: %w", err)
	}
	return page(p, slice, rows), nil
}

// Count is how many rows a list has; AtLeast when counting stopped at CountLimit.
type Count struct {
	Value   int
	AtLeast bool
}

// Count counts the users of a list.
func (s *Users) Count(ctx context.Context, l UserList) (Count, error) {
	if err := requireScope(ctx, ScopeUsersRead); err != nil {
		return Count{}, err
	}
	if err := l.check(); err != nil {
		return Count{}, err
	}
	n, err := s.d.Store.CountUsers(ctx, l.query(s.d.Source.Now()), CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count users: %w", err)
	}
	return countOf(n), nil
}
