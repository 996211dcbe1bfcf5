package storetest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func userAdministration(r *runner) {
	yes, no := ptr(true), ptr(false)
	r.run("an unlocked user has no failures and no lock", func(f *fixture) {
		u := f.user()
		must(f.store.RecordFailedSignIn(f.ctx, u.ID, ptr(f.now.Add(time.Hour))))(f)
		f.noError(f.store.UnlockUser(f.ctx, u.ID, f.now))
		u.UnlockedAt = &f.now
		f.equal(must(f.store.UserByID(f.ctx, u.ID))(f), u)
		f.wantErr(f.store.UnlockUser(f.ctx, f.id(), f.now), identity.ErrUserNotFound)
	})
	r.run("what a deletion takes along is counted, ended or not", func(f *fixture) {
		u, other, c := f.user(), f.user(), f.client()
		f.session(u.ID)
		f.grant(u.ID, c.ID)
		f.grant(u.ID, c.ID, func(g *identity.Grant) { g.EndedAt = &f.now })
		for range 3 {
			f.session(u.ID, func(s *identity.Session) { s.EndedAt = &f.now })
			f.session(other.ID)
		}
		f.noError(f.store.SaveConsent(f.ctx, identity.Consent{UserID: u.ID, ClientID: c.ID, CreatedAt: f.now, UpdatedAt: f.now}))
		f.equal(must(f.store.CountUserRows(f.ctx, u.ID))(f), identity.DeletedCounts{Sessions: 4, Grants: 2, Consents: 1})
		f.equal(must(f.store.CountUserRows(f.ctx, f.id()))(f), identity.DeletedCounts{})
	})
	r.run("a pseudonym replaces the names of a user in the trail, and nobody else's", pseudonyms)
	r.run("flags are set where they differ", func(f *fixture) {
		f.user(func(u *identity.User) { u.Admin = true })
		a, b, c := f.user(), f.user(func(u *identity.User) { u.Verified = true }), f.user()
		ids, at := []uuid.UUID{a.ID, b.ID, f.id()}, f.now.Add(time.Minute)
		set := func(flags identity.UserFlags) []uuid.UUID {
			return must(f.store.SetUserFlags(f.ctx, ids, flags, at))(f)
		}
		f.equal(set(identity.UserFlags{Verified: yes}), []uuid.UUID{a.ID})
		a.Verified, a.Version, a.UpdatedAt = true, 2, at
		f.equal(must(f.store.UserByID(f.ctx, a.ID))(f), a)
		f.equal(must(f.store.UserByID(f.ctx, b.ID))(f), b)
		f.equal(len(set(identity.UserFlags{Verified: yes})), 0)
		f.equal(len(set(identity.UserFlags{})), 0)
		f.equal(len(must(f.store.SetUserFlags(f.ctx, nil, identity.UserFlags{Verified: no}, at))(f)), 0)

		// One flag differs at each, another at none.
		f.ends(set(identity.UserFlags{Active: no, Verified: yes}), nil)(a.ID, b.ID)
		f.ends(set(identity.UserFlags{Admin: yes, RequiresPasswordChange: yes, Active: yes, Verified: no}), nil)(a.ID, b.ID)
		a.Verified, a.Admin, a.RequiresPasswordChange, a.Version = false, true, true, 4
		b.Verified, b.Admin, b.RequiresPasswordChange, b.Version, b.UpdatedAt = false, true, true, 3, at
		f.equal(must(f.store.UserByID(f.ctx, a.ID))(f), a)
		f.equal(must(f.store.UserByID(f.ctx, b.ID))(f), b)
		f.equal(must(f.store.UserByID(f.ctx, c.ID))(f), c)
		f.equal(must(f.store.ActiveAdmins(f.ctx))(f), 3)
	})
	r.run("a password that need not be changed has no end", func(f *fixture) {
		u := f.user(func(u *identity.User) { u.RequiresPasswordChange, u.Password.ExpiresAt = true, &f.now })
		flag := func(flags identity.UserFlags) *time.Time {
			must(f.store.SetUserFlags(f.ctx, []uuid.UUID{u.ID}, flags, f.now.Add(time.Minute)))(f)
			return must(f.store.UserByID(f.ctx, u.ID))(f).Password.ExpiresAt
		}
		f.equal(flag(identity.UserFlags{Verified: yes}), &f.now)
		f.equal(flag(identity.UserFlags{RequiresPasswordChange: no}) == nil, true)
	})
	for name, flags := range map[string]identity.UserFlags{"demote": {Admin: no}, "deactivate": {Active: no}} {
		r.run("flags that "+name+" every administrator change nobody", func(f *fixture) {
			admin := func(u *identity.User) { u.Admin = true }
			all := []identity.User{f.user(admin), f.user(), f.user(admin)}
			ids := []uuid.UUID{all[0].ID, all[1].ID, all[2].ID}
			_, err := f.store.SetUserFlags(f.ctx, ids, flags, f.now.Add(time.Minute))
			f.wantErr(err, identity.ErrLastAdmin)
			for _, u := range all {
				f.equal(must(f.store.UserByID(f.ctx, u.ID))(f), u)
			}
			f.equal(must(f.store.ActiveAdmins(f.ctx))(f), 2)
			if got := must(f.store.SetUserFlags(f.ctx, ids[:2], flags, f.now))(f); !slices.Contains(got, ids[0]) {
				f.Fatalf("changed %v", got)
			}
		})
	}
	r.run("a locked user is changed by one after the other", func(f *fixture) {
		u := f.user()
		_, faults := race(f, contenders/5, func(int) (bool, error) {
			return true, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				found, err := tx.LockUsers(ctx, []uuid.UUID{u.ID, f.id()})
				if err != nil {
					return err
				}
				return tx.UpdateUser(ctx, found[u.ID]) // would be a conflict of versions if another were between
			})
		})
		f.noError(errors.Join(faults...))
		f.equal(must(f.store.UserByID(f.ctx, u.ID))(f).Version, 1+contenders/5)
	})
	r.run("flags set by many at once leave one of two administrators", func(f *fixture) {
		admin := func(u *identity.User) { u.Admin = true }
		ids := []uuid.UUID{f.user(admin).ID, f.user(admin).ID}
		changed, faults := race(f, contenders, func(i int) (int, error) {
			flags := identity.UserFlags{Admin: no}
			if i%4 > 1 {
				flags = identity.UserFlags{Active: no}
			}
			// Both in every order: these must always be refused.
			sel := [][]uuid.UUID{ids[:1], ids[1:], ids, {ids[1], ids[0]}}[i/4%4]
			got, err := f.store.SetUserFlags(f.ctx, sel, flags, f.now)
			if errors.Is(err, identity.ErrLastAdmin) || identity.AsError(err).Kind == identity.Unavailable {
				return 0, nil // a deadlock is honest, too
			}
			return len(got), err
		})
		f.noError(errors.Join(faults...))
		f.equal(must(f.store.ActiveAdmins(f.ctx))(f), 1)
		sum := 0
		for _, n := range changed {
			sum += n
		}
		if sum == 0 {
			f.Fatal("nobody changed anything")
		}
	})
	r.run("the numbers of users add up", func(f *fixture) {
		f.equal(must(f.store.UserNumbers(f.ctx, f.now))(f), identity.UserNumbers{})
		const day = 24 * time.Hour
		f.user(func(u *identity.User) { u.Admin, u.Verified = true, true })
		f.user(func(u *identity.User) { u.Active, u.Admin, u.CreatedAt = false, true, f.now.Add(-day) })
		f.user(func(u *identity.User) { u.Active, u.CreatedAt = false, f.now.Add(-day-time.Microsecond) })
		f.user(func(u *identity.User) { u.RequiresPasswordChange, u.CreatedAt = true, f.now.Add(-7*day) })
		f.user(func(u *identity.User) { u.CreatedAt = f.now.Add(-7*day - time.Microsecond) })
		f.equal(must(f.store.UserNumbers(f.ctx, f.now))(f), identity.UserNumbers{
			Total: 5, Active: 3, Inactive: 2, Admins: 2, Unverified: 4, RequiresPasswordChange: 1, NewLastDay: 2, NewLastWeek: 4,
		})
	})
}

func pseudonyms(f *fixture) {
	u, other := f.user(), f.user()
	event := func(actor identity.User, target identity.TargetKind, id, name string) identity.AuditEvent {
		return identity.AuditEvent{
			ID: f.id(), OccurredAt: f.now, ActorKind: identity.ActorUser, ActorID: actor.ID.String(), ActorName: actor.Username,
			IP: "192.0.2.1", UserAgent: "browser", Target: target, TargetID: id, TargetName: name, Outcome: identity.OutcomeSuccess,
			Changes: map[string]identity.Change{"email": {After: name}},
		}
	}
	self := event(u, identity.TargetUser, u.ID.String(), u.Username)
	session := event(u, identity.TargetSession, "session", u.Username)
	acted := event(u, identity.TargetUser, other.ID.String(), other.Username)
	suffered := event(other, identity.TargetUser, u.ID.String(), u.Username)
	unrelated := event(other, identity.TargetUser, other.ID.String(), other.Username)
	namesake := event(other, identity.TargetSession, u.ID.String(), u.Username) // the id is one of another kind
	all := []*identity.AuditEvent{&self, &session, &acted, &suffered, &unrelated, &namesake}
	for _, e := range all {
		f.noError(f.store.InsertAudit(f.ctx, *e))
	}
	f.noError(f.store.PseudonymiseAudit(f.ctx, u.ID, "deleted-1"))

	for _, e := range []*identity.AuditEvent{&self, &session, &acted} {
		e.ActorName, e.IP, e.UserAgent = "deleted-1", "", ""
	}
	self.TargetName, self.Changes, suffered.TargetName, suffered.Changes = "deleted-1", nil, "deleted-1", nil
	session.TargetName = "deleted-1"
	got := map[uuid.UUID]identity.AuditEvent{}
	for _, e := range f.recentAudit(10) {
		got[e.ID] = e
	}
	for _, e := range all {
		f.equal(got[e.ID], *e)
	}
}
