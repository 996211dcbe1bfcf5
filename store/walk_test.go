package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/store"
)

// walkers is how many users the walk meets.
const walkers = 5000

// TestAWalkMeetsEverybodyOnce goes through all users in every order, with many ties and missing values, by pages as
// large as they may be.
func TestAWalkMeetsEverybodyOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		all := make([]identity.User, walkers)
		for i := range all {
			u := user(i * 7919 % walkers) // ids in another order than everything else
			u.CreatedAt = now.Add(time.Duration(i/40) * time.Millisecond)
			u.UpdatedAt = now.Add(time.Duration(i*31%17) * time.Second)
			if i%3 > 0 {
				u.LastLoginAt = ptr(now.Add(-time.Duration(i*13%29) * time.Hour))
			}
			if i%2 == 0 {
				u.Claims.Name = []string{"Same", "same", "SAME", "Ångström", "zz"}[i%5]
			}
			all[i] = u
		}
		for chunk := range slices.Chunk(all, 500) {
			if err := s.InsertUsers(t.Context(), chunk); err != nil {
				t.Fatal(err)
			}
		}
		for _, field := range []identity.UserOrderField{
			identity.UserOrderCreatedAt, identity.UserOrderUpdatedAt, identity.UserOrderLastLoginAt, identity.UserOrderUsername,
			identity.UserOrderEmail, identity.UserOrderName,
		} {
			forth := walk(t, s, identity.UserOrder{Field: field}, false)
			if met := slices.Compact(sortedIDs(forth)); len(met) != walkers || len(forth) != walkers {
				t.Errorf("%s: met %d users %d times", field, len(met), len(forth))
			}
			for _, descending := range []bool{false, true} {
				for _, backward := range []bool{false, true} {
					got := walk(t, s, identity.UserOrder{Field: field, Descending: descending}, backward)
					if descending {
						slices.Reverse(got)
					}
					if !slices.Equal(got, forth) {
						t.Errorf("%s descending=%v backward=%v: met others or in another order", field, descending, backward)
					}
				}
			}
		}
	})
}

// walk goes through all users by pages, from the front or from the back, and returns their ids in list order.
func walk(t *testing.T, s *store.Store, order identity.UserOrder, backward bool) []uuid.UUID {
	t.Helper()
	pages := [][]uuid.UUID{}
	q := identity.UserQuery{Order: order, Range: identity.KeysetRange{Limit: admin.MaxPageSize + 1, Backward: backward}, Now: now}
	for {
		rows, err := s.Users(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		page := make([]uuid.UUID, len(rows))
		for i, row := range rows {
			page[i] = row.Item.ID
		}
		pages = append(pages, page)
		if len(rows) <= admin.MaxPageSize {
			break
		}
		if len(pages) > walkers {
			t.Fatal("the walk does not come to an end")
		}
		if q.Range.After = &rows[len(rows)-1].CursorKey; backward {
			q.Range.After, q.Range.Before = nil, &rows[0].CursorKey
		}
	}
	if backward {
		slices.Reverse(pages)
	}
	return slices.Concat(pages...)
}

func sortedIDs(ids []uuid.UUID) []uuid.UUID {
	return slices.SortedFunc(slices.Values(ids), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
}

func ptr[T any](v T) *T { return &v }
