package admin_test

import (
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/growth"
)

func TestPageArguments(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "alice")
	for name, test := range map[string]struct {
		args          admin.PageArgs
		field, detail string // of the refusal; empty: taken
	}{
		"nothing":         {admin.PageArgs{}, "", ""},
		"first 1":         {admin.PageArgs{First: new(1)}, "", ""},
		"first 100":       {admin.PageArgs{First: new(100)}, "", ""},
		"last 100":        {admin.PageArgs{Last: new(100)}, "", ""},
		"first 0":         {admin.PageArgs{First: new(0)}, "first", "Must be between 1 and 100."},
		"first negative":  {admin.PageArgs{First: new(-1)}, "first", "Must be between 1 and 100."},
		"first 101":       {admin.PageArgs{First: new(101)}, "first", "Must be between 1 and 100."},
		"last 0":          {admin.PageArgs{Last: new(0)}, "last", "Must be between 1 and 100."},
		"last 101":        {admin.PageArgs{Last: new(101)}, "last", "Must be between 1 and 100."},
		"first and last":  {admin.PageArgs{First: new(1), Last: new(1)}, "first", "Give first or last, not both."},
		"a made-up after": {admin.PageArgs{After: "abc"}, "after", "Must be a cursor of this list."},
		"a bad alphabet":  {admin.PageArgs{Before: "!!"}, "before", "Must be a cursor of this list."},
	} {
		_, err := f.admin.Users.List(f.ctx, admin.UserList{}, test.args)
		if test.field == "" {
			if err != nil {
				t.Errorf("%s: refused: %v", name, err)
			}
			continue
		}
		e := identity.AsError(err)
		if e.Kind != identity.Invalid || e.Code != identity.CodeValidation || e.Field != test.field || e.Detail != test.detail {
			t.Errorf("%s: got %+v", name, e)
		}
	}
}

// cursor returns the cursor of the only row of a list.
func (f *fixture) cursor(t testing.TB, list admin.UserList) string {
	t.Helper()
	page, err := f.admin.Users.List(f.ctx, list, admin.PageArgs{})
	noError(t, err)
	return page.Edges[0].Cursor()
}

// TestCursorsBelongToTheirList: a cursor works in the list that it was made for and in no other.
func TestCursorsBelongToTheirList(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "alice", func(n *admin.NewUser) { n.Claims.Locale = "en" })
	lists := map[string]admin.UserList{
		"all":          {},
		"by name":      {Order: identity.UserOrder{Field: identity.UserOrderName}},
		"by name down": {Order: identity.UserOrder{Field: identity.UserOrderName, Descending: true}},
		"active":       {Filter: identity.UserFilter{Active: new(true)}},
		"not inactive": {Filter: identity.UserFilter{Not: &identity.UserFilter{Active: new(false)}}},
		"a search":     {Search: "alice"},
		"a filter":     {Filter: identity.UserFilter{Locale: &identity.StringMatch{Equal: new("en")}}},
		"its like":     {Filter: identity.UserFilter{Locale: &identity.StringMatch{StartsWith: new("en")}}},
	}
	for made, from := range lists {
		cursor := f.cursor(t, from)
		for used, list := range lists {
			_, err := f.admin.Users.List(f.ctx, list, admin.PageArgs{After: cursor})
			if made == used {
				if err != nil {
					t.Errorf("%s: refuses its own cursor: %v", made, err)
				}
				continue
			}
			if e := identity.AsError(err); err == nil || e.Field != "after" {
				t.Errorf("a cursor of %q is taken by %q: %v", made, used, err)
			}
		}
	}
}

func TestCursorsCannotBeForged(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "alice")
	cursor := f.cursor(t, admin.UserList{})
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	noError(t, err)
	for i := range raw {
		raw[i] ^= 1
		if _, err := f.admin.Users.List(f.ctx, admin.UserList{}, admin.PageArgs{After: base64.RawURLEncoding.EncodeToString(raw)}); err == nil {
			t.Fatalf("byte %d can be changed", i)
		}
		raw[i] ^= 1
	}
	f.deps.Keys = keyring(t, root('b'), root('a'))
	if _, err := servicesOn(f.deps).Users.List(f.ctx, admin.UserList{}, admin.PageArgs{After: cursor}); err != nil {
		t.Errorf("after a rotation of the root secret an open page breaks: %v", err)
	}
	f.deps.Keys = keyring(t, root('b'))
	if _, err := servicesOn(f.deps).Users.List(f.ctx, admin.UserList{}, admin.PageArgs{After: cursor}); err == nil {
		t.Error("a cursor of another server is taken")
	}
}

func FuzzCursor(f *testing.F) {
	x := newFixture(f)
	// The processes that fuzz must make the same cursor.
	noError(f, x.store.InsertUser(x.ctx, identity.User{
		ID: uuid.MustParse("019ca945-0a00-7cde-be84-02476142058a"), Username: "alice", Email: "alice@example.org", CreatedAt: start, UpdatedAt: start, Version: 1,
	}))
	good := x.cursor(f, admin.UserList{})
	for _, seed := range []string{good, good[:20], good + "A", good + "\n", "", "AAAA", "%00", fmt.Sprint(good, good)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		growth.Linear(t, growth.Repeated(text, ""), func(text string) {
			_, _ = x.admin.Users.List(x.ctx, admin.UserList{}, admin.PageArgs{After: text})
		})
		_, err := x.admin.Users.List(x.ctx, admin.UserList{}, admin.PageArgs{After: text})
		genuine := text == "" || text == good // in its one spelling
		if (err == nil) != genuine {
			t.Fatalf("%q is answered with %v", text, err)
		}
		if err != nil && identity.AsError(err).Field != "after" {
			t.Fatalf("%q is answered with %v", text, err)
		}
	})
}
