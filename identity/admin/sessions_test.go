package admin_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// sessionIDs returns the ids of a page.
func sessionIDs(p admin.Page[identity.Session]) []uuid.UUID {
	ids := []uuid.UUID{}
	for _, s := range p.Items() {
		ids = append(ids, s.ID)
	}
	return ids
}

// sessions makes n sessions of a user, a minute apart, and then uses the first of them; it returns their ids, newest
// first.
func (f *fixture) sessions(t *testing.T, u identity.User, n int) (newest []uuid.UUID, first identity.BrowserSession) {
	t.Helper()
	secret := ""
	for i := range n {
		b, s := f.signInWith(t, u, "")
		if i == 0 {
			secret = s
		}
		newest = append(newest, b.Session.ID)
		f.advance(time.Minute)
	}
	slices.Reverse(newest)
	first, err := f.Sessions.FromCookie(f.ctx, secret)
	noError(t, err)
	return newest, first
}

func TestListSessions(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	alice, bob := f.user(t, "alice"), f.user(t, "bob")
	newest, used := f.sessions(t, alice, 5)
	f.signIn(t, bob)
	grant := f.redeem(t, app, used, "openid", "email").Grant
	oldest := slices.Clone(newest)
	slices.Reverse(oldest)
	byActivity := append([]uuid.UUID{used.Session.ID}, newest[:4]...)
	for name, c := range map[string]struct {
		list admin.SessionList
		want []uuid.UUID
	}{
		"newest first":  {admin.SessionList{}, newest},
		"oldest first":  {admin.SessionList{Ascending: true}, oldest},
		"by creation":   {admin.SessionList{Order: identity.SessionOrderCreatedAt}, newest},
		"by activity":   {admin.SessionList{Order: identity.SessionOrderLastActiveAt}, byActivity},
		"of the client": {admin.SessionList{Filter: identity.SessionFilter{ClientID: app.ID}}, []uuid.UUID{used.Session.ID}},
		"active":        {admin.SessionList{Filter: identity.SessionFilter{Active: ptr(true)}}, newest},
		"ended":         {admin.SessionList{Filter: identity.SessionFilter{Active: ptr(false)}}, []uuid.UUID{}},
	} {
		c.list.Filter.UserID = alice.ID
		var forward, backward []uuid.UUID
		args := admin.PageArgs{First: ptr(1)}
		for {
			p, err := f.admin.Sessions.List(f.ctx, c.list, args)
			noError(t, err)
			forward = append(forward, sessionIDs(p)...)
			if !p.HasNext {
				break
			}
			args.After = p.Edges[len(p.Edges)-1].Cursor()
		}
		args = admin.PageArgs{Last: ptr(1)}
		for {
			p, err := f.admin.Sessions.List(f.ctx, c.list, args)
			noError(t, err)
			backward = append(sessionIDs(p), backward...)
			if !p.HasPrevious {
				break
			}
			args.Before = p.Edges[0].Cursor()
		}
		if !slices.Equal(forward, c.want) || !slices.Equal(backward, c.want) {
			t.Errorf("%s: forward %v, backward %v, want %v", name, forward, backward, c.want)
		}
		n, err := f.admin.Sessions.Count(f.ctx, c.list)
		noError(t, err)
		wantSame(t, n, admin.Count{Value: len(c.want)})
	}
	all, err := f.admin.Sessions.Count(f.ctx, admin.SessionList{})
	noError(t, err)
	wantSame(t, all.Value, 6)
	in, err := f.admin.Sessions.Grants(f.ctx, newest)
	noError(t, err)
	wantSame(t, len(in), 1)
	wantSame(t, in[used.Session.ID][0].ID, grant.ID)
	got, err := f.admin.Sessions.Get(f.ctx, used.Session.ID)
	noError(t, err)
	wantSame(t, got, f.session(t, used.Session.ID))
}

func TestListSessionsRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	alice := f.user(t, "alice")
	f.sessions(t, alice, 3)
	p, err := f.admin.Sessions.List(f.ctx, admin.SessionList{}, admin.PageArgs{First: ptr(1)})
	noError(t, err)
	cursor := p.Edges[0].Cursor()
	for name, c := range map[string]struct {
		list  admin.SessionList
		args  admin.PageArgs
		field string
	}{
		"a cursor of another order":     {admin.SessionList{Order: identity.SessionOrderLastActiveAt}, admin.PageArgs{After: cursor}, "after"},
		"a cursor of another direction": {admin.SessionList{Ascending: true}, admin.PageArgs{Before: cursor}, "before"},
		"a cursor of another filter":    {admin.SessionList{Filter: identity.SessionFilter{UserID: alice.ID}}, admin.PageArgs{After: cursor}, "after"},
		"an unknown order":              {admin.SessionList{Order: "IP"}, admin.PageArgs{}, "order"},
		"no rows":                       {admin.SessionList{}, admin.PageArgs{First: ptr(0)}, "first"},
		"too many rows":                 {admin.SessionList{}, admin.PageArgs{Last: ptr(101)}, "last"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.admin.Sessions.List(f.ctx, c.list, c.args)
			wantField(t, err, c.field)
		})
	}
	for _, size := range []int{0, 101} {
		_, err := f.admin.Sessions.ByUsers(f.ctx, []uuid.UUID{alice.ID}, false, size)
		wantField(t, err, "first")
	}
	for name, do := range map[string]func(ctx context.Context) error{
		"list": func(ctx context.Context) error {
			_, err := f.admin.Sessions.List(ctx, admin.SessionList{}, admin.PageArgs{})
			return err
		},
		"count": func(ctx context.Context) error {
			_, err := f.admin.Sessions.Count(ctx, admin.SessionList{})
			return err
		},
		"users": func(ctx context.Context) error { _, err := f.admin.Sessions.ByUsers(ctx, nil, false, 1); return err },
		"grant": func(ctx context.Context) error { _, err := f.admin.Sessions.Grants(ctx, nil); return err },
		"get":   func(ctx context.Context) error { _, err := f.admin.Sessions.Get(ctx, uuid.New()); return err },
	} {
		t.Run(name, func(t *testing.T) { f.refusedWithout(t, identity.ScopeSessionsRead, do) })
	}
}

func TestSessionsOfManyUsersGoOnInTheList(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		alice, bob := f.user(t, "alice"), f.user(t, "bob")
		newest, _ := f.sessions(t, alice, 5)
		_, err := f.admin.Users.RevokeSessions(f.ctx, bob.ID, false)
		noError(t, err)
		_, err = f.admin.Sessions.Revoke(f.ctx, admin.RevokeBy{IDs: newest[:1]})
		noError(t, err)
		for _, activeOnly := range []bool{false, true} {
			want, list := newest, admin.SessionList{Filter: identity.SessionFilter{UserID: alice.ID}}
			if activeOnly {
				want, list.Filter.Active = newest[1:], &activeOnly
			}
			pages, err := f.admin.Sessions.ByUsers(f.ctx, []uuid.UUID{alice.ID, bob.ID}, activeOnly, 2)
			noError(t, err)
			first := pages[alice.ID]
			wantSame(t, sessionIDs(first), want[:2])
			wantSame(t, []bool{first.HasNext, first.HasPrevious, pages[bob.ID].HasNext}, []bool{true, false, false})
			rest, err := f.admin.Sessions.List(f.ctx, list, admin.PageArgs{After: first.Edges[1].Cursor()})
			noError(t, err)
			wantSame(t, sessionIDs(rest), want[2:])
		}
	})
}

func TestRevokeSessions(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app, other := f.client(t, "app"), f.client(t, "other")
	alice := f.user(t, "alice")
	newest, first := f.sessions(t, alice, 4)
	f.redeem(t, app, first, "openid")
	f.offline(t, other, first)

	ended, err := f.admin.Sessions.Revoke(f.ctx, admin.RevokeBy{IDs: []uuid.UUID{newest[0], uuid.New()}})
	noError(t, err)
	wantSame(t, ended, identity.RevokedCounts{Sessions: 1})
	_, err = f.admin.Sessions.Revoke(f.ctx, admin.RevokeBy{IDs: newest[:1]})
	wantError(t, err, identity.ErrSessionNotFound)
	ended, err = f.admin.Sessions.Revoke(f.ctx, admin.RevokeBy{ClientID: app.ID})
	noError(t, err)
	wantSame(t, ended, identity.RevokedCounts{Sessions: 1, Grants: 1}) // the other client keeps its offline access
	wantSame(t, f.session(t, first.Session.ID).EndReason, identity.EndRevoked)
	ended, err = f.admin.Sessions.Revoke(f.ctx, admin.RevokeBy{UserID: alice.ID})
	noError(t, err)
	wantSame(t, ended, identity.RevokedCounts{Sessions: 2})
	ended, err = f.admin.Sessions.Revoke(f.ctx, admin.RevokeBy{ClientID: uuid.New()})
	noError(t, err)
	wantSame(t, ended, identity.RevokedCounts{})

	_, err = f.admin.Sessions.Revoke(f.ctx, admin.RevokeBy{UserID: uuid.New()})
	wantError(t, err, identity.ErrUserNotFound)
	_, err = f.admin.Sessions.Revoke(f.ctx, admin.RevokeBy{})
	wantField(t, err, "ids")
	_, err = f.admin.Sessions.Revoke(f.ctx, admin.RevokeBy{IDs: make([]uuid.UUID, 1001)})
	wantField(t, err, "ids")
	_, err = f.admin.Sessions.Revoke(f.ctx, admin.RevokeBy{UserID: alice.ID, ClientID: app.ID})
	wantField(t, err, "by")
	f.refusedWithout(t, identity.ScopeSessionsWrite, func(ctx context.Context) error {
		_, err := f.admin.Sessions.Revoke(ctx, admin.RevokeBy{ClientID: app.ID})
		return err
	})
}

func TestRevokeTheManySessionsOfAClient(t *testing.T) {
	t.Parallel()
	const many = 230 // more than two transactions
	f := newFixture(t)
	app := f.client(t, "app")
	for i, u := range f.many(t, "user", many) {
		noError(t, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
			session := identity.Session{
				ID: f.deps.Source.NewID(), Digest: fmt.Appendf(nil, "digest %d", i), UserID: u.ID, CreatedAt: start, LastActiveAt: start, AuthTime: start,
				ExpiresAt: start.Add(time.Hour), MaxExpiresAt: start.Add(time.Hour), Level: identity.LevelOne,
			}
			if err := tx.InsertSession(ctx, session); err != nil {
				return err
			}
			return tx.InsertGrant(ctx, identity.Grant{
				ID: f.deps.Source.NewID(), UserID: u.ID, ClientID: app.ID, SessionID: &session.ID, AuthTime: start, CreatedAt: start,
			})
		}))
	}
	spared := f.signIn(t, f.user(t, "spared"))
	ended, err := f.admin.Sessions.Revoke(f.ctx, admin.RevokeBy{ClientID: app.ID})
	noError(t, err)
	wantSame(t, ended, identity.RevokedCounts{Sessions: many, Grants: many})
	n, err := f.store.CountActiveSessions(f.ctx, f.Now())
	noError(t, err)
	if n != 1 || f.session(t, spared.Session.ID).EndedAt != nil {
		t.Errorf("%d sessions are left", n)
	}
	wantSame(t, len(f.audit(t, identity.ActionSessionsEnded)), many)
}

func TestGrantsAndConsentsOfUsers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app, other := f.client(t, "app"), f.client(t, "other")
	alice, bob := f.user(t, "alice"), f.user(t, "bob")
	b := f.signIn(t, alice)
	first := f.offline(t, app, b)
	f.advance(time.Second)
	second := f.redeem(t, app, b, "openid").Grant
	f.advance(time.Second)
	third := f.redeem(t, other, b, "openid", "email").Grant
	for i, client := range []uuid.UUID{app.ID, other.ID} {
		noError(t, f.store.SaveConsent(f.ctx, identity.Consent{
			UserID: alice.ID, ClientID: client, Scopes: []string{"openid"}, CreatedAt: start, UpdatedAt: start.Add(time.Duration(i) * time.Hour),
		}))
	}
	of := func(limit int) []uuid.UUID {
		t.Helper()
		grants, err := f.admin.Grants.OfUsers(f.ctx, []uuid.UUID{alice.ID, bob.ID}, limit)
		noError(t, err)
		wantSame(t, len(grants[bob.ID]), 0)
		ids := []uuid.UUID{}
		for _, g := range grants[alice.ID] {
			ids = append(ids, g.ID)
		}
		return ids
	}
	wantSame(t, of(10), []uuid.UUID{third.ID, second.ID, first.ID})
	wantSame(t, of(1), []uuid.UUID{third.ID})
	consents, err := f.admin.Grants.Consents(f.ctx, []uuid.UUID{alice.ID, bob.ID})
	noError(t, err)
	wantSame(t, len(consents), 1)
	wantSame(t, []uuid.UUID{consents[alice.ID][0].ClientID, consents[alice.ID][1].ClientID}, []uuid.UUID{other.ID, app.ID})

	n, err := f.admin.Grants.RevokeForUser(f.ctx, alice.ID, uuid.Nil, app.ID)
	noError(t, err)
	wantSame(t, n, 2)
	wantSame(t, of(10), []uuid.UUID{third.ID})
	consents, err = f.admin.Grants.Consents(f.ctx, []uuid.UUID{alice.ID})
	noError(t, err)
	if len(consents[alice.ID]) != 1 || consents[alice.ID][0].ClientID != other.ID {
		t.Errorf("the consent outlives the grants: %v", consents)
	}
	n, err = f.admin.Grants.RevokeForUser(f.ctx, alice.ID, third.ID, uuid.Nil)
	noError(t, err)
	wantSame(t, n, 1)
	wantSame(t, f.grant(t, third.ID).EndReason, identity.EndRevoked)
	n, err = f.admin.Grants.RevokeForUser(f.ctx, alice.ID, uuid.Nil, other.ID) // the consent is left
	noError(t, err)
	wantSame(t, n, 0)
	wantSame(t, len(f.audit(t, identity.ActionGrantEnded)), 3)
	for _, again := range [][3]uuid.UUID{
		{alice.ID, third.ID, uuid.Nil}, {alice.ID, uuid.Nil, app.ID}, {alice.ID, uuid.Nil, other.ID}, {bob.ID, uuid.Nil, app.ID},
	} {
		_, err = f.admin.Grants.RevokeForUser(f.ctx, again[0], again[1], again[2])
		wantError(t, err, identity.ErrGrantNotFound)
	}
	_, err = f.admin.Grants.RevokeForUser(f.ctx, uuid.New(), uuid.Nil, app.ID)
	wantError(t, err, identity.ErrUserNotFound)
	_, err = f.admin.Grants.RevokeForUser(f.ctx, alice.ID, uuid.Nil, uuid.Nil)
	wantField(t, err, "by")
	f.refusedWithout(t, identity.ScopeUsersRead, func(ctx context.Context) error { _, err := f.admin.Grants.OfUsers(ctx, nil, 1); return err })
	f.refusedWithout(t, identity.ScopeUsersRead, func(ctx context.Context) error { _, err := f.admin.Grants.Consents(ctx, nil); return err })
	f.refusedWithout(t, identity.ScopeUsersWrite, func(ctx context.Context) error {
		_, err := f.admin.Grants.RevokeForUser(ctx, alice.ID, uuid.Nil, app.ID)
		return err
	})
}
