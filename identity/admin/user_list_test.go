package admin_test

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/store/storetest"
)

// crowd adds seven users whose orders differ by every field, and returns them as they are stored.
func (f *fixture) crowd(t *testing.T) []identity.User {
	t.Helper()
	names := []string{"dora", "Anna", "berta", "carl", "Emil", "frida", "gunnar"}
	var list []identity.User
	for i, name := range names {
		f.advance(time.Second)
		list = append(list, f.user(t, name, func(n *admin.NewUser) {
			n.Email = fmt.Sprintf("%c%s@example.org", "xwvutsr"[i], name)
			n.Claims.GivenName = []string{"Zoe", "", "yngve", "Zoe", "", "Xena", "zoe"}[i]
			n.Inactive = i == 3
		}))
	}
	for _, i := range []int{4, 0, 5} {
		f.advance(time.Second)
		f.signIn(t, list[i])
	}
	f.advance(time.Second)
	_, err := f.admin.Users.Update(f.ctx, list[1].ID, admin.UserChange{Verified: new(false)}, nil)
	noError(t, err)
	for i := range list {
		list[i] = f.reread(t, list[i])
	}
	return list
}

func usernames(list []identity.User) []string {
	out := make([]string, len(list))
	for i, u := range list {
		out[i] = u.Username
	}
	return out
}

// TestPagesGiveTheWholeList walks every order in both directions and compares with a sort in memory.
func TestPagesGiveTheWholeList(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	all := f.crowd(t)
	at := func(t *time.Time) int64 {
		if t == nil {
			return 0
		}
		return t.UnixMicro()
	}
	fold := func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) }
	for field, compare := range map[identity.UserOrderField]func(a, b identity.User) int{
		identity.UserOrderCreatedAt:   func(a, b identity.User) int { return a.CreatedAt.Compare(b.CreatedAt) },
		identity.UserOrderUpdatedAt:   func(a, b identity.User) int { return a.UpdatedAt.Compare(b.UpdatedAt) },
		identity.UserOrderLastLoginAt: func(a, b identity.User) int { return cmp.Compare(at(a.LastLoginAt), at(b.LastLoginAt)) },
		identity.UserOrderUsername:    func(a, b identity.User) int { return fold(a.Username, b.Username) },
		identity.UserOrderEmail:       func(a, b identity.User) int { return fold(a.Email, b.Email) },
		identity.UserOrderName:        func(a, b identity.User) int { return fold(a.DisplayName(), b.DisplayName()) },
	} {
		for _, descending := range []bool{false, true} {
			want := slices.Clone(all)
			slices.SortFunc(want, func(a, b identity.User) int {
				order := cmp.Or(compare(a, b), strings.Compare(a.ID.String(), b.ID.String()))
				if descending {
					return -order
				}
				return order
			})
			list := admin.UserList{Order: identity.UserOrder{Field: field, Descending: descending}}
			wantSame(t, usernames(f.forward(t, list, 3, 7)), usernames(want))
			wantSame(t, usernames(f.backward(t, list, 3, 7)), usernames(want))
		}
	}
}

func (f *fixture) forward(t *testing.T, list admin.UserList, size, total int) []identity.User {
	t.Helper()
	var got []identity.User
	args := admin.PageArgs{First: &size}
	for {
		page, err := f.admin.Users.List(f.ctx, list, args)
		noError(t, err)
		if page.HasPrevious != (args.After != "") {
			t.Errorf("after %d: HasPrevious %v", len(got), page.HasPrevious)
		}
		got = append(got, page.Items()...)
		if page.HasNext != (len(got) < total) || len(page.Edges) > size {
			t.Fatalf("%d rows on a page after %d: HasNext %v", len(page.Edges), len(got), page.HasNext)
		}
		if !page.HasNext {
			return got
		}
		args.After = page.Edges[len(page.Edges)-1].Cursor()
	}
}

func (f *fixture) backward(t *testing.T, list admin.UserList, size, total int) []identity.User {
	t.Helper()
	var got []identity.User
	args := admin.PageArgs{Last: &size}
	for {
		page, err := f.admin.Users.List(f.ctx, list, args)
		noError(t, err)
		if page.HasNext != (args.Before != "") {
			t.Errorf("before %d: HasNext %v", len(got), page.HasNext)
		}
		got = append(page.Items(), got...)
		if page.HasPrevious != (len(got) < total) || len(page.Edges) > size {
			t.Fatalf("%d rows on a page before %d: HasPrevious %v", len(page.Edges), len(got), page.HasPrevious)
		}
		if !page.HasPrevious {
			return got
		}
		args.Before = page.Edges[0].Cursor()
	}
}

func TestUserListDefaults(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	empty, err := f.admin.Users.List(f.ctx, admin.UserList{}, admin.PageArgs{})
	noError(t, err)
	if len(empty.Edges) != 0 || empty.HasNext || empty.HasPrevious {
		t.Errorf("an empty list: %+v", empty)
	}
	for i := range 26 {
		f.advance(time.Second)
		f.user(t, fmt.Sprintf("user%02d", i))
	}
	page, err := f.admin.Users.List(f.ctx, admin.UserList{}, admin.PageArgs{})
	noError(t, err)
	got := usernames(page.Items())
	if len(got) != 25 || got[0] != "user25" || got[24] != "user01" || !page.HasNext {
		t.Errorf("the default page is %v, HasNext %v", got, page.HasNext)
	}
	between, err := f.admin.Users.List(f.ctx, admin.UserList{}, admin.PageArgs{After: page.Edges[3].Cursor(), Before: page.Edges[6].Cursor()})
	noError(t, err)
	wantSame(t, usernames(between.Items()), got[4:6])
}

// TestAPageSurvivesChanges: rows that come or go between two pages shift nothing.
func TestAPageSurvivesChanges(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	list := admin.UserList{Order: identity.UserOrder{Field: identity.UserOrderUsername}}
	var users []identity.User
	for _, name := range []string{"bbb", "ddd", "fff", "hhh"} {
		users = append(users, f.user(t, name))
	}
	page, err := f.admin.Users.List(f.ctx, list, admin.PageArgs{First: new(2)})
	noError(t, err)
	f.user(t, "aaa")
	f.user(t, "eee")
	noError(t, f.store.DeleteUser(f.ctx, users[1].ID)) // the row of the cursor itself
	page, err = f.admin.Users.List(f.ctx, list, admin.PageArgs{First: new(2), After: page.Edges[1].Cursor()})
	noError(t, err)
	wantSame(t, usernames(page.Items()), []string{"eee", "fff"})
}

func TestFilterAndSearch(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.crowd(t)
	for name, test := range map[string]struct {
		list admin.UserList
		want []string
	}{
		"search":     {admin.UserList{Search: "ZOE"}, []string{"carl", "dora", "gunnar"}},
		"active":     {admin.UserList{Filter: identity.UserFilter{Active: new(false)}}, []string{"carl"}},
		"verified":   {admin.UserList{Filter: identity.UserFilter{Verified: new(false)}}, []string{"Anna"}},
		"signed in":  {admin.UserList{Filter: identity.UserFilter{HasActiveSessions: new(true)}}, []string{"dora", "Emil", "frida"}},
		"equal":      {admin.UserList{Filter: identity.UserFilter{Username: &identity.StringMatch{Equal: new("EMIL")}}}, []string{"Emil"}},
		"none":       {admin.UserList{Filter: identity.UserFilter{Username: &identity.StringMatch{Equal: new("zzz")}}}, nil},
		"and search": {admin.UserList{Search: "zoe", Filter: identity.UserFilter{Active: new(true)}}, []string{"dora", "gunnar"}},
	} {
		test.list.Order = identity.UserOrder{Field: identity.UserOrderUsername}
		page, err := f.admin.Users.List(f.ctx, test.list, admin.PageArgs{})
		noError(t, err)
		if got := usernames(page.Items()); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v", name, got)
		}
		count, err := f.admin.Users.Count(f.ctx, test.list)
		noError(t, err)
		if count.Value != len(test.want) || count.AtLeast {
			t.Errorf("%s: counted %+v", name, count)
		}
	}
}

// TestBoundsOfAFilter: what is at the bound is taken, what is beyond is refused by name.
func TestBoundsOfAFilter(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	deep := func(levels int) identity.UserFilter {
		leaf := identity.UserFilter{Active: new(true)}
		for i := range levels - 1 {
			switch inner := leaf; i % 3 {
			case 0:
				leaf = identity.UserFilter{Not: &inner}
			case 1:
				leaf = identity.UserFilter{And: []identity.UserFilter{inner}}
			default:
				leaf = identity.UserFilter{Or: []identity.UserFilter{inner}}
			}
		}
		return leaf
	}
	wide := func(leaves int) identity.UserFilter {
		var filter identity.UserFilter
		for range leaves {
			filter.Or = append(filter.Or, identity.UserFilter{Admin: new(true)})
		}
		return filter
	}
	values := func(n int) identity.UserFilter {
		return identity.UserFilter{Email: &identity.StringMatch{In: slices.Repeat([]string{"a"}, n)}}
	}
	username := func(m identity.StringMatch) identity.UserFilter { return identity.UserFilter{Username: &m} }
	long := strings.Repeat("x", 256)
	for name, test := range map[string]struct {
		list  admin.UserList
		field string // of the refusal; empty: taken
	}{
		"4 levels":               {admin.UserList{Filter: deep(4)}, ""},
		"5 levels":               {admin.UserList{Filter: deep(5)}, "filter"},
		"20 conditions":          {admin.UserList{Filter: wide(20)}, ""},
		"21 conditions":          {admin.UserList{Filter: wide(21)}, "filter"},
		"100 values":             {admin.UserList{Filter: values(100)}, ""},
		"101 values":             {admin.UserList{Filter: values(101)}, "filter.email"},
		"contains 3 characters":  {admin.UserList{Filter: username(identity.StringMatch{Contains: new("æøå")})}, ""},
		"contains 2 characters":  {admin.UserList{Filter: username(identity.StringMatch{Contains: new("ab")})}, "filter.username"},
		"begins with 1":          {admin.UserList{Filter: username(identity.StringMatch{StartsWith: new("a")})}, ""},
		"a long value":           {admin.UserList{Filter: username(identity.StringMatch{Equal: &long})}, "filter.username"},
		"a long value in a list": {admin.UserList{Filter: username(identity.StringMatch{In: []string{"a", long}})}, "filter.username"},
		"a control character":    {admin.UserList{Filter: username(identity.StringMatch{NotEqual: new("a\x00")})}, "filter.username"},
		"bad UTF-8 inside not": {
			admin.UserList{Filter: identity.UserFilter{Not: new(username(identity.StringMatch{StartsWith: new("\xff")}))}}, "filter.username",
		},
		"a search of 100":      {admin.UserList{Search: strings.Repeat("å", 100)}, ""},
		"a search of 101":      {admin.UserList{Search: strings.Repeat("å", 101)}, "search"},
		"a search with NUL":    {admin.UserList{Search: "a\x00"}, "search"},
		"an unknown order":     {admin.UserList{Order: identity.UserOrder{Field: "PASSWORD"}}, "order"},
		"quotes and operators": {admin.UserList{Search: `" OR * NEAR( '; --`}, ""},
	} {
		_, err := f.admin.Users.List(f.ctx, test.list, admin.PageArgs{})
		if test.field == "" {
			if err != nil {
				t.Errorf("%s: refused: %v", name, err)
			}
			continue
		}
		if e := identity.AsError(err); err == nil || e.Kind != identity.Invalid || e.Field != test.field {
			t.Errorf("%s: got %v", name, err)
		}
		if _, err := f.admin.Users.Count(f.ctx, test.list); test.field != "order" && err == nil {
			t.Errorf("%s: counted", name)
		}
	}
}

// TestCountStops counts exactly up to the limit, and says so beyond.
func TestCountStops(t *testing.T) {
	t.Parallel()
	file, address := storetest.SQLite(t)
	f := newFixtureOn(t, file)
	f.user(t, "alice")
	db, err := sql.Open("sqlite", strings.TrimPrefix(address, "sqlite:"))
	noError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	crowdTo(t, db, admin.CountLimit)
	count, err := f.admin.Users.Count(f.ctx, admin.UserList{})
	noError(t, err)
	wantSame(t, count, admin.Count{Value: admin.CountLimit})
	f.user(t, "one-more")
	count, err = f.admin.Users.Count(f.ctx, admin.UserList{})
	noError(t, err)
	wantSame(t, count, admin.Count{Value: admin.CountLimit, AtLeast: true})
}

// crowdTo copies the only user until there are total, in one statement: one by one would take a minute under the race
// detector.
func crowdTo(t *testing.T, db *sql.DB, total int) {
	t.Helper()
	own := map[string]string{
		"id": "printf('019ca945-0a00-7000-8000-%012d', i)", "username_key": "printf('copy%d', i)", "email_key": "printf('copy%d@x.y', i)",
		"search_text": "''",
	}
	rows, err := db.QueryContext(t.Context(), "SELECT name FROM pragma_table_info('users') WHERE name <> 'rowid'") // without generated columns
	noError(t, err)
	defer rows.Close()
	var columns, values []string
	for rows.Next() {
		var name string
		noError(t, rows.Scan(&name))
		columns, values = append(columns, name), append(values, cmp.Or(own[name], name))
	}
	noError(t, rows.Err())
	_, err = db.ExecContext(t.Context(), "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO users ("+
		strings.Join(columns, ", ")+") SELECT "+strings.Join(values, ", ")+" FROM users, n", total)
	noError(t, err)
}
