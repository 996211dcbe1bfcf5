package store_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
)

// TestUsersAreFoundByAttributes: those who have a rare value are looked up by it; those who have a common one are met on the
// way through the order. Neither reads all users, nor all who have the value.
func TestUsersAreFoundByAttributes(t *testing.T) {
	t.Parallel()
	const many = 4200 // more than are looked up and sorted
	onBoth(t, func(t *testing.T, s *store.Store) {
		users := make([]identity.User, many)
		for i := range users {
			users[i] = user(i)
		}
		badge := identity.AttributeDefinition{ID: uuid.New(), Name: "badge", Filterable: true, CreatedAt: now, UpdatedAt: now, Version: 1}
		remote := badge
		remote.ID, remote.Name = uuid.New(), "remote"
		for _, err := range []error{
			s.InsertUsers(t.Context(), users), s.InsertAttributeDefinition(t.Context(), badge), s.InsertAttributeDefinition(t.Context(), remote),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, st := range []string{
			"SELECT id, '" + badge.ID.String() + "', 0, username, NULL, '" + badge.ID.String() + " ' || username_key FROM users",
			"SELECT id, '" + remote.ID.String() + "', 0, 'true', NULL, '" + remote.ID.String() + " true' FROM users",
		} {
			if s.Dialect() == "postgres" {
				st = strings.Replace(st, ", 0", "::uuid, 0", 1)
			}
			if _, err := s.Writer().ExecContext(t.Context(), "INSERT INTO user_attributes "+st); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Analyze(t.Context()); err != nil {
			t.Fatal(err)
		}
		order := identity.UserOrder{Field: identity.UserOrderUsername}
		query := func(own ...identity.AttributeMatch) identity.UserQuery {
			return identity.UserQuery{
				Filter: identity.UserFilter{Attributes: own}, Order: order, Range: identity.KeysetRange{Limit: 20}, Now: now,
			}
		}
		rare, common := identity.AttributeMatch{AttributeID: badge.ID, Value: "USER7"}, identity.AttributeMatch{AttributeID: remote.ID, Value: "true"}
		for name, c := range map[string]struct {
			query identity.UserQuery
			index []string
			found int
			total int
		}{
			"rare":             {query(rare), []string{"user_attributes_filter"}, 1, 1},
			"common":           {query(common), []string{"users_username_unique", "sqlite_autoindex_users_2"}, 20, 101},
			"rare and common":  {query(rare, common), []string{"user_attributes_filter"}, 1, 1},
			"common and rare":  {query(common, rare), []string{"user_attributes_filter"}, 1, 1},
			"nobody has it":    {query(identity.AttributeMatch{AttributeID: badge.ID, Value: "true"}), []string{"user_attributes_filter"}, 0, 0},
			"another's value":  {query(identity.AttributeMatch{AttributeID: remote.ID, Value: "user7"}), []string{"user_attributes_filter"}, 0, 0},
			"no text of a row": {query(identity.AttributeMatch{AttributeID: remote.ID, Value: "\x00"}), nil, 0, 0},
		} {
			rows, err := s.Users(t.Context(), c.query)
			if err != nil || len(rows) != c.found {
				t.Errorf("%s: %d users, %v", name, len(rows), err)
			}
			if n, err := s.CountUsers(t.Context(), c.query, 100); err != nil || n != c.total {
				t.Errorf("%s: %d are counted, %v", name, n, err)
			}
			statement, err := s.ListUsersSQL(c.query)
			if err != nil {
				t.Fatal(err)
			}
			got := plan(t, s, statement)
			if c.index != nil && (scans(got) || !containsAny(got, c.index...)) {
				t.Errorf("%s: %s", name, got)
			}
			if name == "common" && sorted.MatchString(got) {
				t.Errorf("all who have it are sorted: %s", got)
			}
		}
		counted := plan(t, s, s.CountUsersSQL(query(common)))
		if s.Dialect() == "sqlite" && !strings.Contains(counted, "SEARCH ua USING") {
			t.Errorf("counting does not begin with who has it: %s", counted)
		}
		either := identity.UserFilter{Or: []identity.UserFilter{{Attributes: []identity.AttributeMatch{rare}}, {Not: &identity.UserFilter{
			Attributes: []identity.AttributeMatch{common},
		}}}}
		if n, err := s.CountUsers(t.Context(), identity.UserQuery{Filter: either, Now: now}, 100); err != nil || n != 1 {
			t.Errorf("either: %d, %v", n, err)
		}
	})
}

func containsAny(text string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}
