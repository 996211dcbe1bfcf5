package store_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
)

// TestUsersOfAServerOfBeforeAreFound: whom such a server writes, before and after the migration, search finds once the job
// has run, and nobody is made anew twice.
func TestUsersOfAServerOfBeforeAreFound(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		u := user(1)
		u.Claims.GivenName, u.Claims.FamilyName = "Jürgen", "王"
		if err := s.InsertUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		o := older{t, s}
		o.exec("UPDATE users SET search_text = $1 WHERE id = $2", "user1\nuser1@example.org\njürgen 王\njürgen\n王", u.ID)
		found := func() int {
			rows, err := s.Users(t.Context(), identity.UserQuery{
				Search: "jurgen 王", Order: identity.UserOrder{Field: identity.UserOrderCreatedAt}, Range: identity.KeysetRange{Limit: 9}, Now: now,
			})
			if err != nil {
				t.Fatal(err)
			}
			return len(rows)
		}
		if found() != 0 {
			t.Fatal("found before it is made anew")
		}
		for i, want := range []int{1, 0} {
			if n, err := s.RefoldUsers(t.Context(), 500); err != nil || n != want {
				t.Fatalf("run %d: %d, %v", i, n, err)
			}
		}
		if found() != 1 {
			t.Error("not found")
		}
	})
}

// TestACommonTextGivesTheSamePages: a text that more users have than are fetched at once is looked for along the order; the
// pages are those of the index.
func TestACommonTextGivesTheSamePages(t *testing.T) {
	t.Parallel()
	const many = 4600
	onBoth(t, func(t *testing.T, s *store.Store) {
		fill(t, s, many)
		for _, descending := range []bool{false, true} {
			q := identity.UserQuery{
				Search: "amily", Now: now, Range: identity.KeysetRange{Limit: 1000},
				Order: identity.UserOrder{Field: identity.UserOrderCreatedAt, Descending: descending},
			}
			all := q
			all.Search = ""
			for {
				got, err := s.Users(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				want, err := s.Users(t.Context(), all)
				if err != nil {
					t.Fatal(err)
				}
				id := func(r identity.ListRow[identity.User]) string { return r.Item.Username }
				if !slices.EqualFunc(got, want, func(a, b identity.ListRow[identity.User]) bool { return id(a) == id(b) }) {
					t.Fatalf("%d rows instead of %d", len(got), len(want))
				}
				if len(got) < q.Range.Limit {
					break
				}
				q.Range.After, all.Range.After = &got[len(got)-1].CursorKey, &got[len(got)-1].CursorKey
			}
		}
		n, err := s.CountUsers(t.Context(), identity.UserQuery{Search: "FAMILY", Now: now}, 10_000)
		if err != nil || n != many {
			t.Errorf("%d users, %v", n, err)
		}
	})
}

// BenchmarkSearchUsers compares texts that one, some and very many users have.
func BenchmarkSearchUsers(b *testing.B) {
	benchBoth(b, 100_000, func(b *testing.B, s *store.Store) {
		for _, search := range []string{"family77777", "fa", "family", "example", "family77"} {
			b.Run(fmt.Sprintf("%q", search), func(b *testing.B) {
				for b.Loop() {
					_, err := s.Users(b.Context(), identity.UserQuery{
						Search: search, Now: now, Range: identity.KeysetRange{Limit: 26},
						Order: identity.UserOrder{Field: identity.UserOrderCreatedAt, Descending: true},
					})
					must(b, err)
				}
			})
		}
	})
}
