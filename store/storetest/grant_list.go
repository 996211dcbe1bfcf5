package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func grantLists(r *runner) {
	for _, field := range []identity.GrantOrderField{"", identity.GrantOrderCreatedAt, identity.GrantOrderLastUsedAt} {
		r.run(fmt.Sprintf("pages of grants by %q meet every one once in both directions", field), func(f *fixture) {
			u, c := f.user(), f.client()
			var all []identity.Grant
			for i := range 60 {
				all = append(all, f.grant(u.ID, c.ID, func(g *identity.Grant) {
					g.CreatedAt = start.Add(time.Duration(i*7%20) * 250 * time.Millisecond)
					if i%3 > 0 { // others were never used
						g.Refresh.RotatedAt = ptr(start.Add(time.Duration(i*11%30) * time.Second))
					}
				}))
			}
			used := func(g identity.Grant) time.Time {
				if g.Refresh.RotatedAt == nil {
					return time.Time{}
				}
				return *g.Refresh.RotatedAt
			}
			slices.SortFunc(all, func(a, b identity.Grant) int {
				if field == identity.GrantOrderLastUsedAt {
					return order(used(a), used(b), a.ID, b.ID)
				}
				return order(a.CreatedAt, b.CreatedAt, a.ID, b.ID)
			})
			id := func(g identity.Grant) uuid.UUID { return g.ID }
			f.walks(everyID(all, id), func(ascending bool, page identity.KeysetRange) []identity.CursorKey {
				q := identity.GrantQuery{Order: field, Ascending: ascending, Range: page, Now: f.now}
				return cursorKeys(f, must(f.store.Grants(f.ctx, q))(f), id)
			})
			rows := must(f.store.Grants(f.ctx, identity.GrantQuery{Order: field, Range: identity.KeysetRange{Limit: 1}, Now: f.now}))(f)
			f.equal(rows[0].Item, all[len(all)-1])
		})
	}
	r.run("a position that is none of grants is refused, and so is an order", func(f *fixture) {
		q := identity.GrantQuery{Range: identity.KeysetRange{Limit: 1, After: &identity.CursorKey{Key: "now"}}, Now: f.now}
		_, err := f.store.Grants(f.ctx, q)
		if e := identity.AsError(err); e.Kind != identity.Invalid || e.Field != "after" {
			f.Fatalf("got %v", err)
		}
		_, err = f.store.Grants(f.ctx, identity.GrantQuery{Order: "USER", Range: identity.KeysetRange{Limit: 1}})
		if e := identity.AsError(err); e.Kind != identity.Invalid || e.Field != "order" {
			f.Fatalf("got %v", err)
		}
	})
	r.run("filters of grants select what they say", filterGrants)
	r.run("grants and sessions are found by their ids", func(f *fixture) {
		u, c := f.user(), f.client()
		g, s := f.grant(u.ID, c.ID, spent(f.now, 2)), f.session(u.ID)
		f.grant(u.ID, c.ID)
		f.equal(must(f.store.GrantsByID(f.ctx, []uuid.UUID{g.ID, f.id(), g.ID}))(f), []identity.Grant{g})
		f.equal(len(must(f.store.GrantsByID(f.ctx, nil))(f)), 0)
		f.equal(must(f.store.SessionsByID(f.ctx, []uuid.UUID{s.ID, f.id()}))(f), []identity.Session{s})
		f.equal(len(must(f.store.SessionsByID(f.ctx, nil))(f)), 0)
	})
	r.run("the grants that would end are counted, and those of administrators among them", func(f *fixture) {
		u, root, c := f.user(), f.user(func(u *identity.User) { u.Admin = true }), f.client()
		one := f.grant(u.ID, c.ID)
		f.grant(root.ID, c.ID)
		f.grant(uuid.Nil, c.ID)
		f.grant(root.ID, f.client().ID)
		f.grant(u.ID, c.ID, func(g *identity.Grant) { g.EndedAt = &f.now })
		for _, want := range []struct {
			selection identity.GrantSelection
			limit     int
			live      identity.LiveGrants
		}{
			{identity.GrantSelection{}, 10, identity.LiveGrants{}},
			{identity.GrantSelection{IDs: []uuid.UUID{}}, 10, identity.LiveGrants{}},
			{identity.GrantSelection{ClientID: c.ID}, 10, identity.LiveGrants{All: 3, Administrators: 1}},
			{identity.GrantSelection{UserID: root.ID}, 10, identity.LiveGrants{All: 2, Administrators: 2}},
			{identity.GrantSelection{IDs: []uuid.UUID{one.ID, f.id()}}, 10, identity.LiveGrants{All: 1}},
			{identity.GrantSelection{UserID: root.ID, ClientID: c.ID}, 10, identity.LiveGrants{All: 1, Administrators: 1}},
		} {
			f.equal(must(f.store.CountLiveGrants(f.ctx, want.selection, want.limit))(f), want.live)
		}
		f.equal(must(f.store.CountLiveGrants(f.ctx, identity.GrantSelection{ClientID: c.ID}, 1))(f).All, 2)
	})
}

func filterGrants(f *fixture) {
	u, v, c, d := f.user(), f.user(), f.client(), f.client()
	later := func(n int) func(*identity.Grant) {
		return func(g *identity.Grant) { g.CreatedAt = f.now.Add(time.Duration(n) * time.Second) }
	}
	in := func(s identity.Session) func(*identity.Grant) { return func(g *identity.Grant) { g.SessionID = &s.ID } }
	offline := func(g *identity.Grant) { g.Offline = true }
	live := f.session(u.ID)
	over := f.session(u.ID, func(s *identity.Session) { s.ExpiresAt = f.now })
	code := f.grant(u.ID, c.ID, later(9), in(live))
	unredeemed := f.grant(u.ID, c.ID, later(8), func(g *identity.Grant) { g.Code.ExpiresAt = f.now })
	family := f.grant(v.ID, d.ID, later(7), spent(f.now, 3), offline, in(over), func(g *identity.Grant) { g.Refresh.RotatedAt = &f.now })
	idle := f.grant(v.ID, c.ID, later(6), spent(f.now, 3), func(g *identity.Grant) { g.Refresh.IdleExpiresAt = &f.now })
	old := f.grant(v.ID, c.ID, later(5), spent(f.now, 3), func(g *identity.Grant) { g.Refresh.ExpiresAt = &f.now })
	bound := f.grant(u.ID, d.ID, later(4), in(over))
	orphan := f.grant(u.ID, d.ID, later(3), func(g *identity.Grant) { g.SessionID = ptr(f.id()) })
	ended := f.grant(u.ID, c.ID, later(2), spent(f.now, 1), func(g *identity.Grant) {
		g.EndedAt, g.EndReason, g.Refresh.RotatedAt = &f.now, identity.EndRevoked, ptr(f.now.Add(-time.Hour))
	})
	own := f.grant(uuid.Nil, c.ID, later(1), func(g *identity.Grant) { g.Code = nil })
	front := f.grant(u.ID, c.ID, later(0), func(g *identity.Grant) { g.Code.ExpiresAt, g.FrontChannel = f.now, true })
	yes, no := ptr(true), ptr(false)
	for name, want := range map[string]struct {
		filter identity.GrantFilter
		want   []identity.Grant
	}{
		"all":                {identity.GrantFilter{}, []identity.Grant{code, unredeemed, family, idle, old, bound, orphan, ended, own, front}},
		"active":             {identity.GrantFilter{Active: yes}, []identity.Grant{code, family, own, front}},
		"not active":         {identity.GrantFilter{Active: no}, []identity.Grant{unredeemed, idle, old, bound, orphan, ended}},
		"ended":              {identity.GrantFilter{Ended: yes}, []identity.Grant{ended}},
		"not ended":          {identity.GrantFilter{Ended: no, ClientID: d.ID}, []identity.Grant{family, bound, orphan}},
		"of a user":          {identity.GrantFilter{UserID: v.ID}, []identity.Grant{family, idle, old}},
		"of a client":        {identity.GrantFilter{ClientID: d.ID}, []identity.Grant{family, bound, orphan}},
		"of both":            {identity.GrantFilter{UserID: u.ID, ClientID: d.ID}, []identity.Grant{bound, orphan}},
		"in a session":       {identity.GrantFilter{SessionID: over.ID}, []identity.Grant{family, bound}},
		"of nobody":          {identity.GrantFilter{UserID: f.id()}, []identity.Grant{}},
		"offline":            {identity.GrantFilter{Offline: yes}, []identity.Grant{family}},
		"not offline of one": {identity.GrantFilter{Offline: no, UserID: v.ID}, []identity.Grant{idle, old}},
		"given in a time": {
			identity.GrantFilter{CreatedAt: &identity.TimeMatch{From: ptr(f.now.Add(3 * time.Second)), Before: ptr(f.now.Add(5 * time.Second))}},
			[]identity.Grant{bound, orphan},
		},
		"used since":  {identity.GrantFilter{LastUsedAt: &identity.TimeMatch{From: &f.now}}, []identity.Grant{family}},
		"used before": {identity.GrantFilter{LastUsedAt: &identity.TimeMatch{Before: &f.now}}, []identity.Grant{ended}},
		"used ever":   {identity.GrantFilter{LastUsedAt: &identity.TimeMatch{IsNull: no}}, []identity.Grant{family, ended}},
		"never used": {
			identity.GrantFilter{LastUsedAt: &identity.TimeMatch{IsNull: yes}},
			[]identity.Grant{code, unredeemed, idle, old, bound, orphan, own, front},
		},
	} {
		q := identity.GrantQuery{Filter: want.filter, Range: identity.KeysetRange{Limit: 20}, Now: f.now}
		got := []identity.Grant{}
		for _, row := range must(f.store.Grants(f.ctx, q))(f) {
			got = append(got, row.Item)
			if id, bound := row.Item.Bound(); want.filter.Active == yes && bound {
				f.equal(must(f.store.SessionByID(f.ctx, id))(f).Active(f.now), true)
			}
			f.equal(row.Item.InTime(f.now) || want.filter.Active != yes, true)
		}
		f.Log(name)
		f.equal(got, want.want)
		f.equal(must(f.store.CountGrants(f.ctx, q, 20))(f), len(got))
	}
	for limit, want := range map[int]int{0: 1, 2: 3, 9: 10, 20: 10} {
		f.equal(must(f.store.CountGrants(f.ctx, identity.GrantQuery{Now: f.now}, limit))(f), want)
	}
}
