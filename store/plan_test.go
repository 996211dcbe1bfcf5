package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// crowd is how many users there are when plans are looked at: enough for an index to pay.
const crowd = 3000

func fill(t testing.TB, s *store.Store, n int) {
	t.Helper()
	err := s.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
		for i := range n {
			u := user(i)
			u.CreatedAt = now.Add(time.Duration(i%100) * time.Second)
			u.Claims.GivenName, u.Claims.FamilyName = fmt.Sprintf("given%d", i%50), fmt.Sprintf("family%d", i)
			if i%2 == 0 {
				u.LastLoginAt = &now
			}
			if err := tx.InsertUser(ctx, u); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	analyze := "ANALYZE"
	if s.Dialect() == "postgres" {
		analyze = "VACUUM ANALYZE"
	}
	if _, err := s.Writer().ExecContext(t.Context(), analyze); err != nil {
		t.Fatal(err)
	}
}

func plan(t *testing.T, s *store.Store, statement string, args ...any) string {
	t.Helper()
	explain := "EXPLAIN "
	if s.Dialect() == "sqlite" {
		explain = "EXPLAIN QUERY PLAN "
	}
	rows, err := s.Writer().QueryContext(t.Context(), explain+statement, args...)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		var a, b, c any
		if s.Dialect() == "sqlite" {
			err = rows.Scan(&a, &b, &c, &line)
		} else {
			err = rows.Scan(&line)
		}
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// withoutScans forbids PostgreSQL to read a small table from end to end where that is cheaper: what is left to see is
// whether it could use an index at all. The setting is that of one connection.
func withoutScans(t *testing.T, s *store.Store) {
	t.Helper()
	if s.Dialect() != "postgres" {
		return
	}
	s.Writer().SetMaxOpenConns(1)
	if _, err := s.Writer().ExecContext(t.Context(), "SET enable_seqscan = off"); err != nil {
		t.Fatal(err)
	}
}

func TestListsWalkTheirIndex(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		fill(t, s, crowd)
		position := map[identity.UserOrderField]string{
			identity.UserOrderCreatedAt: now.Format(time.RFC3339Nano), identity.UserOrderUpdatedAt: now.Format(time.RFC3339Nano),
			identity.UserOrderLastLoginAt: "", identity.UserOrderUsername: "user15", identity.UserOrderEmail: "user15",
			identity.UserOrderName: "given15",
		}
		index := map[identity.UserOrderField][]string{ // by name on PostgreSQL, or as SQLite calls that of a constraint
			identity.UserOrderCreatedAt: {"users_created"}, identity.UserOrderUpdatedAt: {"users_updated"},
			identity.UserOrderLastLoginAt: {"users_last_login"}, identity.UserOrderName: {"users_name"},
			identity.UserOrderUsername: {"users_username_unique", "sqlite_autoindex_users_2"},
			identity.UserOrderEmail:    {"users_email_unique", "sqlite_autoindex_users_3"},
		}
		for field, key := range position {
			for _, descending := range []bool{false, true} {
				for _, backward := range []bool{false, true} {
					q := identity.UserQuery{
						Order: identity.UserOrder{Field: field, Descending: descending}, Now: now,
						Range: identity.KeysetRange{Limit: 26, Backward: backward, After: &identity.CursorKey{Key: key, ID: user(crowd / 2).ID}},
					}
					statement, err := s.ListUsersSQL(q)
					if err != nil {
						t.Fatal(err)
					}
					got := plan(t, s, statement)
					used := false
					for _, name := range index[field] {
						used = used || strings.Contains(got, name)
					}
					sorts := strings.Contains(got, "Sort") || strings.Contains(got, "TEMP B-TREE")
					scans := strings.Contains(got, "Seq Scan") || s.Dialect() == "sqlite" && !strings.Contains(got, "SEARCH u ")
					if !used || sorts || scans {
						t.Errorf("%s descending=%v backward=%v:\n%s", field, descending, backward, got)
					}
				}
			}
		}
	})
}

func TestSearchesUseTheirIndex(t *testing.T) {
	t.Parallel()
	contains := func(m identity.StringMatch) identity.UserQuery {
		return identity.UserQuery{Filter: identity.UserFilter{FamilyName: &m}}
	}
	text := "family2999"
	onBoth(t, func(t *testing.T, s *store.Store) {
		fill(t, s, crowd)
		withoutScans(t, s)
		for name, q := range map[string]identity.UserQuery{
			"search":                 {Search: text},
			"contains in one column": contains(identity.StringMatch{Contains: &text}),
		} {
			q.Order, q.Range, q.Now = identity.UserOrder{Field: identity.UserOrderCreatedAt}, identity.KeysetRange{Limit: 26}, now
			statement, err := s.ListUsersSQL(q)
			if err != nil {
				t.Fatal(err)
			}
			got := plan(t, s, statement)
			if !strings.Contains(got, "users_search") || strings.Contains(got, "Seq Scan") {
				t.Errorf("%s:\n%s", name, got)
			}
		}
	})
}

func TestHotStatementsScanNoTable(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		id := user(1).ID
		statements := s.HotSQL(id, now)
		for statement, args := range map[string][]any{
			"UPDATE grants SET ended_at = $2 WHERE session_id IN ($1) AND ended_at IS NULL": {id, now},
			"UPDATE grants SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL":       {id, now},
			`SELECT id FROM grants WHERE code_digest IS NOT NULL AND code_spent_at IS NULL AND NOT front_channel
				AND code_expires_at <= $1`: {now},
		} {
			statements[statement] = args
		}
		withoutScans(t, s)
		for statement, args := range statements {
			got := plan(t, s, statement, args...)
			for line := range strings.Lines(got) {
				// The ids of a parameter and the lanes found so far are no table; the index of open jobs has nothing else.
				listed := slices.ContainsFunc([]string{"json_each", "SCAN k VIRTUAL TABLE", "SCAN lanes", "USING INDEX jobs_open"},
					func(allowed string) bool { return strings.Contains(line, allowed) })
				if strings.Contains(line, "Seq Scan") || s.Dialect() == "sqlite" && strings.HasPrefix(line, "SCAN ") && !listed {
					t.Errorf("%s\n%s", statement, got)
				}
			}
		}
	})
}

// TestAPlanIsNotThatOfASmallerDatabase: a database that was small when it was last looked at, and has grown since.
func TestAPlanIsNotThatOfASmallerDatabase(t *testing.T) {
	t.Parallel()
	for name, refresh := range map[string]func(s *store.Store) error{
		"when it is closed": (*store.Store).Close,
		"when it is asked":  func(s *store.Store) error { return s.Analyze(t.Context()) },
	} {
		url := storetest.SQLiteDatabase(t)
		s := open(t, url)
		fillTrail(t, s, 1, 1)
		if err := refresh(s); err != nil {
			t.Fatal(err)
		}
		s = open(t, url)
		got := plan(t, s, store.PendingAuditSQL(), 100)
		if strings.Contains(got, "SCAN e") || !strings.Contains(got, "SEARCH e ") {
			t.Errorf("%s:\n%s", name, got)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
