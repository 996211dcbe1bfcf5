package store

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// withAttributes counts who has the attributes of a filter, because not every planner knows how many share a value: those of a
// rare one are looked up and sorted, a common one is met soon on the way through any order.
func (s *Store) withAttributes(ctx context.Context, f userFilter, filter identity.UserFilter) (userFilter, error) {
	f.rare = map[identity.AttributeMatch]bool{}
	var visit func(filter identity.UserFilter) error
	visit = func(filter identity.UserFilter) error {
		for _, m := range filter.Attributes {
			if _, known := f.rare[m]; known || !validText(m.Value) {
				continue
			}
			n, err := s.count(ctx, "count values of attribute", s.usersWith(m), common)
			if err != nil {
				return err
			}
			f.rare[m] = n <= common
		}
		inner := slices.Concat(filter.And, filter.Or)
		if filter.Not != nil {
			inner = append(inner, *filter.Not)
		}
		for _, sub := range inner {
			if err := visit(sub); err != nil {
				return err
			}
		}
		return nil
	}
	return f, visit(filter)
}

// usersWith selects from the index of values.
func (s *Store) usersWith(m identity.AttributeMatch) *bun.SelectQuery {
	return s.read().NewSelect().TableExpr("user_attributes AS ua").Where("ua.filter_key = ?", filterKey(m.AttributeID, m.Value))
}

// filterKey is one column, because planners take two for independent: many have the value true, and nobody of this attribute.
func filterKey(attributeID uuid.UUID, value string) string {
	return attributeID.String() + " " + fold(value)
}

// attribute is the condition that a user has a value.
func (f userFilter) attribute(m identity.AttributeMatch) condition {
	switch {
	case !validText(m.Value):
		return alwaysFalse
	case f.rare[m]:
		few := f.dialect.amongFew("SELECT ua.user_id FROM user_attributes AS ua WHERE ua.filter_key = ?")
		return where("u.id "+few, filterKey(m.AttributeID, m.Value))
	}
	return where("EXISTS (SELECT 1 FROM user_attributes AS ua WHERE ua.filter_key = ? AND ua.user_id = u.id)",
		filterKey(m.AttributeID, m.Value))
}
