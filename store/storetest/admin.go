package storetest

import (
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func administration(r *runner) {
	yes, no := true, false
	r.run("an unlocked user has no failures and no lock", func(f *fixture) {
		u := f.user()
		must(f.store.RecordFailedSignIn(f.ctx, u.ID, 1, f.now.Add(time.Hour)))(f)
		f.no(f.store.UnlockUser(f.ctx, u.ID))
		got := must(f.store.UserByID(f.ctx, u.ID))(f)
		f.same(got, u)
		f.is(f.store.UnlockUser(f.ctx, f.id()), identity.ErrUserNotFound)
	})
	r.run("what a deletion takes along is counted", func(f *fixture) {
		u, c := f.user(), f.client()
		f.session(u.ID)
		f.grant(u.ID, c.ID)
		f.grant(u.ID, c.ID)
		f.no(f.store.SaveConsent(f.ctx, identity.Consent{UserID: u.ID, ClientID: c.ID, CreatedAt: f.now, UpdatedAt: f.now}))
		f.same(must(f.store.CountUserRows(f.ctx, u.ID))(f), identity.Removed{Sessions: 1, Grants: 2, Consents: 1})
	})
	r.run("a pseudonym replaces the names of a user in the trail, and nobody else's", func(f *fixture) {
		u := f.user()
		mine := identity.AuditEvent{
			ID: f.id(), OccurredAt: f.now, ActorKind: identity.ActorUser, ActorID: u.ID.String(), ActorName: u.Username, IP: "192.0.2.1",
			UserAgent: "x", Action: identity.ActionSignedIn, Target: identity.TargetUser, TargetID: u.ID.String(), TargetName: u.Username,
			Outcome: identity.OutcomeSuccess, Changes: map[string]identity.Change{"email": {After: u.Email}},
		}
		other := mine
		other.ID, other.ActorID, other.TargetID = f.id(), f.id().String(), f.id().String()
		f.no(f.store.InsertAudit(f.ctx, mine, other))
		f.no(f.store.PseudonymiseAudit(f.ctx, u.ID, "deleted-1"))
		for _, e := range must(f.store.RecentAudit(f.ctx, 10))(f) {
			if e.ID == other.ID {
				f.same(e.ActorName, u.Username)
				continue
			}
			f.same([]any{e.ActorName, e.TargetName, e.IP, e.UserAgent, len(e.Changes)}, []any{"deleted-1", "deleted-1", "", "", 0})
		}
	})
	r.run("flags are set where they differ, in one statement", func(f *fixture) {
		f.user(func(u *identity.User) { u.Admin = true })
		a, b := f.user(), f.user(func(u *identity.User) { u.Verified = true })
		changed := must(f.store.SetUserFlags(f.ctx, []uuid.UUID{a.ID, b.ID, f.id()}, identity.UserFlags{Verified: &yes}, f.now.Add(time.Minute)))(f)
		f.same(changed, []uuid.UUID{a.ID})
		got := must(f.store.UserByID(f.ctx, a.ID))(f)
		f.same([]any{got.Verified, got.Version, got.UpdatedAt}, []any{true, a.Version + 1, f.now.Add(time.Minute)})
		f.same(must(f.store.UserByID(f.ctx, b.ID))(f), b)
	})
	r.run("flags never take away the last active administrator", func(f *fixture) {
		a, b := f.user(func(u *identity.User) { u.Admin = true }), f.user(func(u *identity.User) { u.Admin = true })
		_, err := f.store.SetUserFlags(f.ctx, []uuid.UUID{a.ID, b.ID}, identity.UserFlags{Active: &no}, f.now)
		f.is(err, identity.ErrLastAdmin)
		f.same(must(f.store.ActiveAdmins(f.ctx))(f), 2)
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				id := []uuid.UUID{a.ID, b.ID}[i%2]
				_, err := f.store.SetUserFlags(f.ctx, []uuid.UUID{id}, identity.UserFlags{Admin: &no}, f.now)
				if err != nil && !errors.Is(err, identity.ErrLastAdmin) {
					f.Error(err)
				}
			})
		}
		all.Wait()
		f.same(must(f.store.ActiveAdmins(f.ctx))(f), 1)
	})
	r.run("the numbers of users add up", func(f *fixture) {
		f.user(func(u *identity.User) { u.Admin = true })
		f.user(func(u *identity.User) { u.Active = false })
		f.user(func(u *identity.User) { u.RequiresPasswordChange, u.CreatedAt = true, f.now.Add(-3*24*time.Hour) })
		got := must(f.store.UserNumbers(f.ctx, f.now))(f)
		f.same([]int{got.Total, got.Active, got.Inactive, got.Admins, got.RequiresPasswordChange, got.NewLastDay, got.NewLastWeek}, []int{3, 2, 1, 1, 1, 2, 3})
	})
	r.run("sessions are listed newest first, both ways, with filters", func(f *fixture) {
		u, v, c := f.user(), f.user(), f.client()
		var made []identity.Session
		for i := range 5 {
			made = append(made, f.session(u.ID, func(s *identity.Session) { s.CreatedAt = f.now.Add(time.Duration(i/2) * time.Minute) }))
		}
		f.session(v.ID)
		f.grant(u.ID, c.ID, func(g *identity.Grant) { g.SessionID = &made[3].ID })
		must(f.store.EndSessions(f.ctx, identity.SessionSelection{IDs: []uuid.UUID{made[0].ID}}, f.now, identity.EndRevoked))(f)
		ids := func(list []identity.Listed[identity.Session]) []uuid.UUID {
			out := []uuid.UUID{}
			for _, l := range list {
				out = append(out, l.Item.ID)
			}
			return out
		}
		query := identity.SessionQuery{Filter: identity.SessionFilter{UserID: u.ID}, Slice: identity.Slice{Limit: 2}, Now: f.now}
		var walked []uuid.UUID
		for {
			page := must(f.store.Sessions(f.ctx, query))(f)
			walked = append(walked, ids(page)...)
			if len(page) < 2 {
				break
			}
			query.Slice.After = &page[1].Position
		}
		f.same(len(walked), 5)
		whole := must(f.store.Sessions(f.ctx, identity.SessionQuery{Filter: query.Filter, Slice: identity.Slice{Limit: 10}, Now: f.now}))(f)
		f.same(walked, ids(whole))
		last := must(f.store.Sessions(f.ctx, identity.SessionQuery{Filter: query.Filter, Slice: identity.Slice{Limit: 2, Backward: true}, Now: f.now}))(f)
		f.same(ids(last), walked[3:])
		reversed := must(f.store.Sessions(f.ctx, identity.SessionQuery{Filter: query.Filter, Ascending: true, Slice: identity.Slice{Limit: 1}, Now: f.now}))(f)
		f.same(ids(reversed), walked[4:])
		active := identity.SessionFilter{UserID: u.ID, Active: &yes}
		f.same(must(f.store.CountSessions(f.ctx, identity.SessionQuery{Filter: active, Now: f.now}, 10))(f), 4)
		f.same(must(f.store.CountSessions(f.ctx, identity.SessionQuery{Filter: active, Now: f.now}, 2))(f), 3)
		f.same(must(f.store.CountSessions(f.ctx, identity.SessionQuery{Filter: identity.SessionFilter{UserID: u.ID, Active: &no}, Now: f.now}, 10))(f), 1)
		ofClient := must(f.store.Sessions(f.ctx, identity.SessionQuery{Filter: identity.SessionFilter{ClientID: c.ID}, Slice: identity.Slice{Limit: 10}, Now: f.now}))(f)
		f.same(ids(ofClient), []uuid.UUID{made[3].ID})
		f.same(must(f.store.CountActiveSessions(f.ctx, f.now))(f), 5)

		nested := must(f.store.NewestSessions(f.ctx, []uuid.UUID{u.ID, v.ID, f.id()}, false, 3, f.now))(f)
		f.same(ids(nested[u.ID]), walked[:3])
		f.same(nested[u.ID][0].Position, whole[0].Position)
		f.same(len(nested[v.ID]), 1)
		f.same(len(must(f.store.NewestSessions(f.ctx, []uuid.UUID{u.ID}, true, 10, f.now))(f)[u.ID]), 4)
	})
	r.run("grants are listed by session and by user", func(f *fixture) {
		u, v, c := f.user(), f.user(), f.client()
		s := f.session(u.ID)
		in := func(g *identity.Grant) { g.SessionID = &s.ID }
		a := f.grant(u.ID, c.ID, in)
		b := f.grant(u.ID, c.ID, in, func(g *identity.Grant) { g.CreatedAt = f.now.Add(time.Minute) })
		f.grant(v.ID, c.ID)
		must(f.store.EndGrants(f.ctx, identity.GrantSelection{IDs: []uuid.UUID{a.ID}}, f.now, identity.EndRevoked))(f)
		bySession := must(f.store.GrantsOfSessions(f.ctx, []uuid.UUID{s.ID, f.id()}))(f)
		f.same(len(bySession[s.ID]), 2)
		byUser := must(f.store.NewestGrants(f.ctx, []uuid.UUID{u.ID, v.ID}, 5))(f)
		f.same(byUser[u.ID], []identity.Grant{b})
		f.same(len(byUser[v.ID]), 1)
	})
	r.run("the trail is listed newest first, with filters, by target and by day", func(f *fixture) {
		client := f.id()
		event := func(at time.Duration, action identity.Action, target string) identity.AuditEvent {
			return identity.AuditEvent{
				ID: f.id(), OccurredAt: f.now.Add(at), ActorKind: identity.ActorUser, ActorID: "actor-1", ActorName: "ann", ClientID: &client, Action: action,
				Target: identity.TargetUser, TargetID: target, Outcome: identity.OutcomeSuccess, IP: "192.0.2.7", RequestID: "rid-" + target,
			}
		}
		one, two, three := event(0, identity.ActionSignedIn, "t1"), event(time.Minute, identity.ActionSignInFailed, "t1"), event(-48*time.Hour, identity.ActionSignedIn, "t2")
		f.no(f.store.InsertAudit(f.ctx, one, two, three))
		list := func(filter identity.AuditFilter, slice identity.Slice) []uuid.UUID {
			out := []uuid.UUID{}
			for _, l := range must(f.store.AuditEvents(f.ctx, identity.AuditQuery{Filter: filter, Slice: slice}))(f) {
				out = append(out, l.Item.ID)
			}
			return out
		}
		all := identity.Slice{Limit: 10}
		f.same(list(identity.AuditFilter{}, all), []uuid.UUID{two.ID, one.ID, three.ID})
		f.same(list(identity.AuditFilter{}, identity.Slice{Limit: 2, Backward: true}), []uuid.UUID{one.ID, three.ID})
		f.same(list(identity.AuditFilter{Actions: []identity.Action{identity.ActionSignedIn}}, all), []uuid.UUID{one.ID, three.ID})
		f.same(list(identity.AuditFilter{TargetID: "t1", Target: identity.TargetUser, ActorID: "actor-1", ActorName: "ann", IP: "192.0.2.7", ClientID: client}, all), []uuid.UUID{two.ID, one.ID})
		f.same(list(identity.AuditFilter{From: &f.now}, all), []uuid.UUID{two.ID, one.ID})
		f.same(list(identity.AuditFilter{Before: &f.now, RequestID: "rid-t2", Outcome: identity.OutcomeSuccess}, all), []uuid.UUID{three.ID})
		f.same(list(identity.AuditFilter{Outcome: identity.OutcomeFailure}, all), []uuid.UUID{})
		f.same(must(f.store.CountAuditEvents(f.ctx, identity.AuditQuery{}, 2))(f), 3)
		about := must(f.store.NewestAuditOf(f.ctx, identity.TargetUser, []string{"t1", "t2", "t3"}, 1))(f)
		f.same(len(about), 2)
		f.same(about["t1"][0].Item.ID, two.ID)
		days := must(f.store.AuditDays(f.ctx, f.now.Add(-72*time.Hour), []identity.Action{identity.ActionSignedIn}))(f)
		f.same(len(days), 2)
		f.same(days[1], identity.ActionDay{Day: one.OccurredAt.Truncate(24 * time.Hour), Action: identity.ActionSignedIn, Count: 1})
	})
}
