package admin_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// desk is a limited administrator with a group of users that they reach, some in a group below, and users that they do not.
type desk struct {
	helper            identity.User
	role              identity.Role
	group, below      identity.Group
	inside, deep      identity.User
	outside           identity.User
	boss, otherHelper identity.User // in the group too
}

func (f *fixture) desk(t testing.TB, name string, scopes ...string) desk {
	t.Helper()
	d := desk{
		helper: f.user(t, name+"-helper"), inside: f.user(t, name+"-inside"), deep: f.user(t, name+"-deep"),
		outside: f.user(t, name+"-outside"), boss: f.user(t, name+"-boss", administrator), otherHelper: f.user(t, name+"-other"),
	}
	d.group = f.group(t, name, d.inside, d.boss, d.otherHelper)
	var err error
	d.below, err = f.admin.Groups.Create(f.ctx, admin.NewGroup{Name: "below", ParentID: &d.group.ID})
	noError(t, err)
	_, err = f.admin.Groups.AddMembers(f.ctx, d.below.ID, []uuid.UUID{d.deep.ID})
	noError(t, err)
	f.group(t, name+" elsewhere", d.outside, d.inside)
	d.role = f.adminRole(t, identity.AdminRights{Scopes: scopes, GroupIDs: []uuid.UUID{d.group.ID}}, d.helper)
	f.adminRole(t, identity.AdminRights{Scopes: []string{identity.ScopeUsersUnlock}}, d.otherHelper)
	return d
}

// reachedBy are all ways to change one user that are open to a limited administrator.
var reachedBy = map[string]change{
	"verified":   userChanges["verified"],
	"deactivate": userChanges["deactivate"],
	"claims":     userChanges["claims"],
	"password":   userChanges["password"],
	"reset":      userChanges["reset"],
	"unlock":     userChanges["unlock"],
	"stale version": {identity.ScopeUsersWrite, func(ctx context.Context, f *fixture, on targets) error {
		_, err := f.admin.Users.Update(ctx, on.user.ID, admin.UserChange{Active: ptr(true)}, ptr(on.user.Version))
		return err
	}},
	"bulk flags":    userChanges["bulk flags"],
	"bulk reset":    userChanges["bulk reset"],
	"bulk sessions": userChanges["bulk sessions"],
	"sessions":      userChanges["sessions"],
}

// TestALimitedAdministratorReachesTheirGroups: every way to change a user × in the group, below it, elsewhere, nowhere, an
// administrator and one by a role who are in it. Whoever is not reached does not exist.
func TestALimitedAdministratorReachesTheirGroups(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		f.user(t, "root", administrator)
		d := f.desk(t, "d", identity.ScopeUsersRead, identity.ScopeUsersWrite, identity.ScopeSessionsWrite)
		ctx := f.by(t, d.helper, adminScopes()...)
		for name, c := range reachedBy {
			t.Run(name, func(t *testing.T) {
				for _, whom := range []identity.User{d.inside, d.deep} {
					if err := c.do(ctx, f, targets{user: f.reread(t, whom)}); err != nil {
						t.Errorf("%s: %v", whom.Username, err)
					}
				}
				nobody := identity.User{ID: uuid.New(), Version: 1}
				for _, whom := range []identity.User{d.outside, d.boss, d.otherHelper, d.helper, nobody} {
					before, _ := f.store.UserByID(f.ctx, whom.ID)
					if err := c.do(ctx, f, targets{user: whom}); err == nil || err.Error() != c.do(ctx, f, targets{user: nobody}).Error() {
						t.Errorf("%q: %v", whom.Username, err)
					}
					after, _ := f.store.UserByID(f.ctx, whom.ID)
					wantSame(t, after, before)
				}
			})
		}
		for name, c := range map[string]admin.UserChange{
			"username": {Username: ptr("root")}, "email": {Email: ptr("root@example.org")}, "promote": {Admin: ptr(true)},
		} {
			_, err := f.admin.Users.Update(ctx, d.inside.ID, c, nil)
			if err == nil || identity.AsError(err).Code != identity.CodeInsufficientScope {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestALimitedAdministratorSeesTheirGroups: lists, counts and lookups of users, and what these have.
func TestALimitedAdministratorSeesTheirGroups(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		f.user(t, "root", administrator)
		d := f.desk(t, "d", identity.ScopeUsersRead, identity.ScopeSessionsRead, identity.ScopeAuditRead)
		ctx := f.by(t, d.helper, adminScopes()...)
		everybody := []identity.User{d.inside, d.deep, d.outside, d.boss, d.otherHelper, d.helper}
		reached := []uuid.UUID{d.inside.ID, d.deep.ID}
		either := []identity.UserFilter{{Active: ptr(true)}, {Not: &identity.UserFilter{Active: ptr(true)}}}
		for _, list := range []admin.UserList{
			{}, {Search: "d-"}, {Search: "d-", Order: identity.UserOrder{Field: identity.UserOrderUsername}},
			{Filter: identity.UserFilter{Or: either}},
		} {
			page, err := f.admin.Users.List(ctx, list, admin.PageArgs{})
			noError(t, err)
			sameUsers(t, idsOf(page.Items()), reached)
			n, err := f.admin.Users.Count(ctx, list)
			noError(t, err)
			wantSame(t, n, admin.Count{Value: 2})
		}
		found, err := f.admin.Users.ByIDs(ctx, idsOf(everybody))
		noError(t, err)
		var ids []uuid.UUID
		for id := range found {
			ids = append(ids, id)
		}
		sameUsers(t, ids, reached)
		for _, u := range everybody {
			b := f.signIn(t, f.reread(t, u))
			ok := slices.Contains(reached, u.ID)
			for _, by := range []identity.UserBy{{ID: u.ID}, {Username: u.Username}, {Email: u.Email}} {
				if _, err := f.admin.Users.Get(ctx, by); ok != (err == nil) {
					t.Errorf("%s: %v", u.Username, err)
				}
			}
			sessions, err := f.admin.Sessions.List(ctx, admin.SessionList{Filter: identity.SessionFilter{UserID: u.ID}}, admin.PageArgs{})
			noError(t, err)
			counted, err := f.admin.Sessions.Count(ctx, admin.SessionList{Filter: identity.SessionFilter{UserID: u.ID}})
			noError(t, err)
			named, err := f.admin.Sessions.ByIDs(ctx, []uuid.UUID{b.Session.ID})
			noError(t, err)
			first, err := f.admin.Sessions.ByUsers(ctx, []uuid.UUID{u.ID}, false, 10)
			noError(t, err)
			trail, err := f.admin.Audit.List(ctx, admin.AuditList{Filter: identity.AuditFilter{UserID: u.ID}}, admin.PageArgs{})
			noError(t, err)
			recent, err := f.admin.Audit.OfUsers(ctx, []uuid.UUID{u.ID}, 10)
			noError(t, err)
			for what, seen := range map[string]bool{
				"sessions": len(sessions.Edges) > 0, "count": counted.Value > 0, "session": len(named) > 0,
				"first sessions": len(first[u.ID].Edges) > 0,
				"trail":          len(trail.Edges) > 0, "first events": len(recent[u.ID].Edges) > 0,
			} {
				if seen != ok {
					t.Errorf("%s of %s: %v", what, u.Username, seen)
				}
			}
		}
		for name, ask := range map[string]func() error{
			"sessions": func() error { _, err := f.admin.Sessions.List(ctx, admin.SessionList{}, admin.PageArgs{}); return err },
			"events":   func() error { _, err := f.admin.Audit.List(ctx, admin.AuditList{}, admin.PageArgs{}); return err },
			"an event": func() error { _, err := f.admin.Audit.ByIDs(ctx, []uuid.UUID{uuid.New()}); return err },
		} {
			if err := ask(); err == nil || identity.AsError(err).Code != identity.CodeInsufficientScope {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func sameUsers(t testing.TB, got, want []uuid.UUID) {
	t.Helper()
	sorted := func(ids []uuid.UUID) []string {
		var texts []string
		for _, id := range ids {
			texts = append(texts, id.String())
		}
		slices.Sort(texts)
		return texts
	}
	wantSame(t, sorted(got), sorted(want))
}

// TestARoleOfGroupsThatAreGoneReachesNobody: never everybody.
func TestARoleOfGroupsThatAreGoneReachesNobody(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		f.user(t, "root", administrator)
		d := f.desk(t, "d", identity.ScopeUsersRead, identity.ScopeUsersReset)
		_, err := f.admin.Groups.Delete(f.ctx, d.group.ID, admin.DeleteGroupOptions{Recursive: true})
		noError(t, err)
		ctx := f.by(t, d.helper, adminScopes()...)
		page, err := f.admin.Users.List(ctx, admin.UserList{}, admin.PageArgs{})
		noError(t, err)
		if len(page.Edges) != 0 {
			t.Errorf("%d users are seen", len(page.Edges))
		}
		_, err = f.admin.Users.ResetPassword(ctx, d.inside.ID)
		wantError(t, err, identity.ErrUserNotFound)
	})
}

// TestWhatCannotBeLimited: scopes that are not about users, and limits to nothing.
func TestWhatCannotBeLimited(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	g := f.group(t, "g")
	for _, scope := range adminScopes() {
		n := admin.NewRole{Name: uuid.NewString(), Admin: identity.AdminRights{Scopes: []string{scope}, GroupIDs: []uuid.UUID{g.ID}}}
		if _, err := f.admin.Roles.Create(f.ctx, n); (err == nil) != slices.Contains(identity.LimitedScopes(), scope) {
			t.Errorf("%s: %v", scope, err)
		}
	}
	read := []string{identity.ScopeUsersRead}
	for name, rights := range map[string]identity.AdminRights{
		"no group":   {Scopes: read, GroupIDs: []uuid.UUID{}},
		"one twice":  {Scopes: read, GroupIDs: []uuid.UUID{g.ID, g.ID}},
		"too many":   {Scopes: read, GroupIDs: idsUpTo(21)},
		"no scope":   {GroupIDs: []uuid.UUID{g.ID}},
		"none there": {Scopes: read, GroupIDs: idsUpTo(20)},
	} {
		_, err := f.admin.Roles.Create(f.ctx, admin.NewRole{Name: "x", Admin: rights})
		if err == nil || identity.AsError(err).Field != "admin_groups" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func idsUpTo(n int) []uuid.UUID {
	ids := make([]uuid.UUID, n)
	for i := range ids {
		ids[i] = uuid.New()
	}
	return ids
}

// TestARightThatEndsIsNotUsedLater: 50 rounds of resets by a limited administrator, whose request began before, while the right
// to them is taken away in one of several ways. After the end, or after the first that is refused, none is done.
func TestARightThatEndsIsNotUsedLater(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		f.user(t, "root", administrator)
		d := f.desk(t, "d", identity.ScopeUsersReset)
		elsewhere := f.group(t, "elsewhere")
		subjects := admin.RoleSubjects{UserIDs: []uuid.UUID{d.helper.ID}}
		read, reset := []string{identity.ScopeUsersRead}, []string{identity.ScopeUsersReset}
		type way struct{ take, giveBack func() error }
		once := func(_ any, err error) error { return err }
		ways := []way{
			{
				func() error { return once(f.admin.Roles.Unassign(f.ctx, d.role.ID, subjects)) },
				func() error { return once(f.admin.Roles.Assign(f.ctx, d.role.ID, subjects)) },
			},
			{
				func() error {
					return once(f.admin.Roles.Update(f.ctx, d.role.ID, admin.RoleChange{AdminScopes: &read}, nil))
				},
				func() error {
					return once(f.admin.Roles.Update(f.ctx, d.role.ID, admin.RoleChange{AdminScopes: &reset}, nil))
				},
			},
			{
				func() error {
					return once(f.admin.Groups.Update(f.ctx, d.below.ID, admin.GroupChange{Parent: &elsewhere.ID}, nil))
				},
				func() error {
					return once(f.admin.Groups.Update(f.ctx, d.below.ID, admin.GroupChange{Parent: &d.group.ID}, nil))
				},
			},
			{
				func() error { return once(f.admin.Groups.RemoveMembers(f.ctx, d.below.ID, []uuid.UUID{d.deep.ID})) },
				func() error { return once(f.admin.Groups.AddMembers(f.ctx, d.below.ID, []uuid.UUID{d.deep.ID})) },
			},
		}
		done := 0
		for round := range 50 {
			w := ways[round%len(ways)]
			ctx := f.by(t, d.helper, identity.ScopeUsersReset)
			var all sync.WaitGroup
			var taken, acted error
			var rest []error
			all.Go(func() { taken = w.take() })
			all.Go(func() {
				_, acted = f.admin.Users.ResetPassword(ctx, d.deep.ID)
				for range 3 {
					_, err := f.admin.Users.ResetPassword(ctx, d.deep.ID)
					rest = append(rest, err)
				}
			})
			all.Wait()
			noError(t, taken)
			if _, err := f.admin.Users.ResetPassword(ctx, d.deep.ID); err == nil {
				t.Fatalf("round %d: a reset after the end", round)
			}
			if acted == nil {
				done++
			}
			refused := acted != nil
			for _, err := range rest { // refused once is refused for good
				if refused && err == nil {
					t.Fatalf("round %d: the right came back", round)
				}
				refused = refused || err != nil
			}
			noError(t, w.giveBack())
		}
		t.Logf("%d of 50 resets came first", done)
	})
}
