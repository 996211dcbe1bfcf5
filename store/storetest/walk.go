package storetest

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// order compares by time and id, as lists do.
func order(a, b time.Time, x, y uuid.UUID) int {
	if c := a.Compare(b); c != 0 {
		return c
	}
	return slices.Compare(x[:], y[:])
}

func everyID[T any](all []T, id func(T) uuid.UUID) []uuid.UUID {
	out := make([]uuid.UUID, len(all))
	for i, item := range all {
		out[i] = id(item)
	}
	return out
}

// cursorKeys returns the cursor keys of a page, which must have the ids of their items.
func cursorKeys[T any](f *fixture, rows []identity.ListRow[T], id func(T) uuid.UUID) []identity.CursorKey {
	f.Helper()
	out := make([]identity.CursorKey, len(rows))
	for i, row := range rows {
		f.equal(row.CursorKey.ID, id(row.Item))
		out[i] = row.CursorKey
	}
	return out
}

// walk goes through all pages of a list, from the front or from the back.
func (f *fixture) walk(size, most int, backward bool, list func(identity.KeysetRange) []identity.CursorKey) []uuid.UUID {
	f.Helper()
	var all []uuid.UUID
	page := identity.KeysetRange{Limit: size, Backward: backward}
	for {
		rows := list(page)
		ids := everyID(rows, func(p identity.CursorKey) uuid.UUID { return p.ID })
		if backward {
			all = append(ids, all...)
		} else {
			all = append(all, ids...)
		}
		if len(rows) < size {
			return all
		}
		if len(all) > most {
			f.Fatal("the walk does not come to an end")
		}
		if page.After, page.Before = &rows[len(rows)-1], nil; backward {
			page.After, page.Before = nil, &rows[0]
		}
	}
}

// walks goes through a list in every direction, and requests what lies between two cursors. ascending are the ids in
// that order.
func (f *fixture) walks(ascending []uuid.UUID, list func(ascending bool, page identity.KeysetRange) []identity.CursorKey) {
	f.Helper()
	n := len(ascending)
	for _, up := range []bool{true, false} {
		want := slices.Clone(ascending)
		if !up {
			slices.Reverse(want)
		}
		one := func(s identity.KeysetRange) []identity.CursorKey { return list(up, s) }
		for _, size := range []int{7, n, n + 1} {
			f.equal(f.walk(size, 2*n, false, one), want)
			f.equal(f.walk(size, 2*n, true, one), want)
		}
		rows := one(identity.KeysetRange{Limit: n})
		from, to := n/4, n/2
		for backward, expected := range map[bool][]uuid.UUID{false: want[from+1 : from+6], true: want[to-5 : to]} {
			got := one(identity.KeysetRange{Limit: 5, After: &rows[from], Before: &rows[to], Backward: backward})
			f.equal(everyID(got, func(p identity.CursorKey) uuid.UUID { return p.ID }), expected)
		}
		f.equal(len(one(identity.KeysetRange{})), 0)
	}
}
