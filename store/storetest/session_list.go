package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func sessionLists(r *runner) {
	yes, no := ptr(true), ptr(false)
	for _, field := range []identity.SessionOrderField{"", identity.SessionOrderCreatedAt, identity.SessionOrderLastActiveAt} {
		r.run(fmt.Sprintf("pages of sessions by %q meet every one once in both directions", field), func(f *fixture) {
			u, v := f.user(), f.user()
			var all []identity.Session
			for i := range 60 {
				all = append(all, f.session([]uuid.UUID{u.ID, v.ID}[i%2], func(s *identity.Session) {
					s.CreatedAt = start.Add(time.Duration(i*7%20) * 250 * time.Millisecond) // three share one, some without fraction
					s.LastActiveAt = start.Add(time.Duration(i*11%30) * time.Second)
				}))
			}
			slices.SortFunc(all, func(a, b identity.Session) int {
				if field == identity.SessionOrderLastActiveAt {
					return order(a.LastActiveAt, b.LastActiveAt, a.ID, b.ID)
				}
				return order(a.CreatedAt, b.CreatedAt, a.ID, b.ID)
			})
			id := func(s identity.Session) uuid.UUID { return s.ID }
			f.walks(everyID(all, id), func(ascending bool, page identity.KeysetRange) []identity.CursorKey {
				q := identity.SessionQuery{Order: field, Ascending: ascending, Range: page, Now: f.now}
				return cursorKeys(f, must(f.store.Sessions(f.ctx, q))(f), id)
			})
			rows := must(f.store.Sessions(f.ctx, identity.SessionQuery{Order: field, Range: identity.KeysetRange{Limit: 1}, Now: f.now}))(f)
			f.equal(rows[0].Item, all[len(all)-1])
		})
	}
	r.run("a position that is none of sessions is refused", func(f *fixture) {
		q := identity.SessionQuery{Range: identity.KeysetRange{Limit: 1, Before: &identity.CursorKey{Key: "now"}}, Now: f.now}
		_, err := f.store.Sessions(f.ctx, q)
		if e := identity.AsError(err); e.Kind != identity.Invalid || e.Field != "before" {
			f.Fatalf("got %v", err)
		}
	})
	r.run("filters of sessions select what they say", func(f *fixture) {
		u, v, c, d := f.user(), f.user(), f.client(), f.client()
		later := func(n int) func(*identity.Session) {
			return func(s *identity.Session) { s.CreatedAt = f.now.Add(time.Duration(n) * time.Second) }
		}
		live, other := f.session(u.ID, later(5)), f.session(v.ID, later(4))
		ended := f.session(u.ID, later(3), func(s *identity.Session) { s.EndedAt, s.IP = &f.now, "2001:db8::7" })
		expired := f.session(u.ID, later(2), func(s *identity.Session) {
			s.ExpiresAt, s.LastActiveAt = f.now, f.now.Add(time.Hour)
		})
		in := func(s identity.Session) func(*identity.Grant) { return func(g *identity.Grant) { g.SessionID = &s.ID } }
		f.grant(u.ID, c.ID, in(live))
		f.grant(u.ID, c.ID, in(live)) // a session is listed once
		f.grant(u.ID, c.ID, in(expired))
		f.grant(v.ID, c.ID, in(other), func(g *identity.Grant) { g.EndedAt = &f.now })
		f.grant(v.ID, d.ID, in(other))
		for name, want := range map[string]struct {
			filter identity.SessionFilter
			want   []identity.Session
		}{
			"all":              {identity.SessionFilter{}, []identity.Session{live, other, ended, expired}},
			"active":           {identity.SessionFilter{Active: yes}, []identity.Session{live, other}},
			"not active":       {identity.SessionFilter{Active: no}, []identity.Session{ended, expired}},
			"of a user":        {identity.SessionFilter{UserID: u.ID}, []identity.Session{live, ended, expired}},
			"of nobody":        {identity.SessionFilter{UserID: f.id()}, []identity.Session{}},
			"active of a user": {identity.SessionFilter{UserID: u.ID, Active: yes}, []identity.Session{live}},
			"from an address":  {identity.SessionFilter{IP: "2001:db8::7"}, []identity.Session{ended}},
			"of a time": {
				identity.SessionFilter{CreatedAt: &identity.TimeMatch{From: ptr(f.now.Add(3 * time.Second)), Before: ptr(f.now.Add(5 * time.Second))}},
				[]identity.Session{other, ended},
			},
			"active since": {identity.SessionFilter{LastActiveAt: &identity.TimeMatch{From: ptr(f.now.Add(time.Hour))}}, []identity.Session{expired}},
			"of a client":  {identity.SessionFilter{ClientID: c.ID}, []identity.Session{live, expired}},
			"of both":      {identity.SessionFilter{ClientID: d.ID, UserID: v.ID, Active: yes}, []identity.Session{other}},
			"of neither":   {identity.SessionFilter{ClientID: d.ID, UserID: u.ID}, []identity.Session{}},
		} {
			q := identity.SessionQuery{Filter: want.filter, Range: identity.KeysetRange{Limit: 10}, Now: f.now}
			got := []identity.Session{}
			for _, row := range must(f.store.Sessions(f.ctx, q))(f) {
				got = append(got, row.Item)
			}
			f.Log(name)
			f.equal(got, want.want)
			f.equal(must(f.store.CountSessions(f.ctx, q, 10))(f), len(got))
		}
		for limit, want := range map[int]int{0: 1, 2: 3, 3: 4, 4: 4} {
			f.equal(must(f.store.CountSessions(f.ctx, identity.SessionQuery{Now: f.now}, limit))(f), want)
		}
		f.equal(must(f.store.CountActiveSessions(f.ctx, f.now))(f), 2)
		f.equal(must(f.store.CountActiveSessions(f.ctx, f.now.Add(-time.Microsecond)))(f), 3)
	})
	r.run("the newest sessions of many users are those that each list begins with", func(f *fixture) {
		users := []uuid.UUID{f.user().ID, f.user().ID, f.user().ID, f.id()}
		for i := range 24 {
			f.session(users[i%2], func(s *identity.Session) {
				s.CreatedAt = f.now.Add(time.Duration(i*5%8) * time.Second)
				if i%3 == 0 {
					s.EndedAt = &f.now
				}
			})
		}
		for _, active := range []bool{false, true} {
			for _, limit := range []int{1, 5, 100} {
				got := must(f.store.NewestSessions(f.ctx, append(users, users[0]), active, limit, f.now))(f)
				f.equal(len(got), 2)
				for _, id := range users {
					q := identity.SessionQuery{Filter: identity.SessionFilter{UserID: id}, Range: identity.KeysetRange{Limit: limit}, Now: f.now}
					if active {
						q.Filter.Active = yes
					}
					if want := must(f.store.Sessions(f.ctx, q))(f); len(want) > 0 {
						f.equal(got[id], want)
					}
				}
			}
		}
		f.equal(len(must(f.store.NewestSessions(f.ctx, nil, false, 5, f.now))(f)), 0)
		f.equal(len(must(f.store.NewestSessions(f.ctx, users, false, 0, f.now))(f)), 0)
	})
	r.run("of each client in a session the newest ten grants are returned, active ones first", func(f *fixture) {
		u, c, d := f.user(), f.client(), f.client()
		s := f.session(u.ID)
		grant := func(client identity.Client, age int, ended bool) identity.Grant {
			return f.grant(u.ID, client.ID, func(g *identity.Grant) {
				g.SessionID, g.CreatedAt = &s.ID, f.now.Add(-time.Duration(age)*time.Hour)
				if ended {
					g.EndedAt = &f.now
				}
			})
		}
		var newest []identity.Grant
		other := grant(d, 100, true)
		live := grant(c, 50, false)
		for age := 12; age > 0; age-- {
			if g := grant(c, age, true); age <= 9 {
				newest = append(newest, g)
			}
		}
		got := must(f.store.GrantsOfSessions(f.ctx, []uuid.UUID{s.ID}))(f)
		f.equal(got[s.ID], append([]identity.Grant{other, live}, newest...))
	})
	r.run("grants of many sessions come oldest first, ended or not", func(f *fixture) {
		u, c := f.user(), f.client()
		one, two, three := f.session(u.ID), f.session(u.ID), f.session(u.ID)
		grant := func(s identity.Session, age int) identity.Grant {
			return f.grant(u.ID, c.ID, spent(f.now, 1), func(g *identity.Grant) {
				g.SessionID, g.CreatedAt = &s.ID, f.now.Add(-time.Duration(age)*time.Hour)
			})
		}
		a, b, d := grant(one, 1), grant(one, 2), grant(two, 3)
		grant(three, 4)
		f.grant(u.ID, c.ID)
		must(f.store.EndGrants(f.ctx, identity.GrantSelection{IDs: []uuid.UUID{b.ID}}, f.now, identity.EndRevoked))(f)
		b.EndedAt, b.EndReason = &f.now, identity.EndRevoked
		got := must(f.store.GrantsOfSessions(f.ctx, []uuid.UUID{one.ID, two.ID, two.ID, f.id()}))(f)
		f.equal(got, map[uuid.UUID][]identity.Grant{one.ID: {b, a}, two.ID: {d}})
		f.equal(len(must(f.store.GrantsOfSessions(f.ctx, nil))(f)), 0)
		f.equal(must(f.store.OwnersOfSessions(f.ctx, []uuid.UUID{one.ID, two.ID, f.id()}))(f), []uuid.UUID{one.UserID})
		f.equal(len(must(f.store.OwnersOfSessions(f.ctx, nil))(f)), 0)
	})
	r.run("the newest live grants of many users come newest first", func(f *fixture) {
		u, v, c := f.user(), f.user(), f.client()
		at := func(n int) func(*identity.Grant) {
			return func(g *identity.Grant) { g.CreatedAt = f.now.Add(time.Duration(n) * time.Second) }
		}
		a, b, d := f.grant(u.ID, c.ID, at(1)), f.grant(u.ID, c.ID, at(3)), f.grant(u.ID, c.ID, at(2))
		f.grant(u.ID, c.ID, at(4), func(g *identity.Grant) { g.EndedAt = &f.now })
		f.grant(uuid.Nil, c.ID)
		e := f.grant(v.ID, c.ID)
		ids := []uuid.UUID{u.ID, v.ID, f.id(), v.ID}
		f.equal(must(f.store.NewestGrants(f.ctx, ids, 9))(f), map[uuid.UUID][]identity.Grant{u.ID: {b, d, a}, v.ID: {e}})
		f.equal(must(f.store.NewestGrants(f.ctx, ids, 2))(f), map[uuid.UUID][]identity.Grant{u.ID: {b, d}, v.ID: {e}})
		f.equal(len(must(f.store.NewestGrants(f.ctx, nil, 2))(f)), 0)
		f.equal(len(must(f.store.NewestGrants(f.ctx, ids, 0))(f)), 0)
	})
	r.run("consents of many users come latest first", func(f *fixture) {
		u, v, c, d := f.user(), f.user(), f.client(), f.client()
		save := func(user identity.User, client identity.Client, age int) identity.Consent {
			at := f.now.Add(-time.Duration(age) * time.Hour)
			consent := identity.Consent{UserID: user.ID, ClientID: client.ID, Scopes: []string{"openid"}, CreatedAt: at, UpdatedAt: at}
			f.noError(f.store.SaveConsent(f.ctx, consent))
			return consent
		}
		old, recent, other := save(u, c, 2), save(u, d, 1), save(v, c, 3)
		f.equal(must(f.store.ConsentsOf(f.ctx, []uuid.UUID{u.ID, v.ID, u.ID, f.id()}))(f),
			map[uuid.UUID][]identity.Consent{u.ID: {recent, old}, v.ID: {other}})
		f.equal(len(must(f.store.ConsentsOf(f.ctx, nil))(f)), 0)
	})
}
