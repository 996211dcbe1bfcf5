package storetest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func sessions(r *runner) {
	r.run("every field of a session comes back as it was", func(f *fixture) {
		s := f.session(f.user().ID, func(s *identity.Session) {
			s.AMR, s.UserAgent = []string{"pwd", "otp"}, `Mozilla/5.0 "x" \ '?0`
			s.EndedAt, s.EndReason = ptr(f.now.Add(time.Second)), identity.EndLogout
		})
		f.equal(must(f.store.SessionByID(f.ctx, s.ID))(f), s)
		f.equal(must(f.store.SessionByDigest(f.ctx, [][]byte{[]byte("other"), s.Digest}))(f), s)
	})
	r.run("what was proven in a session is read by itself", func(f *fixture) {
		factors := []identity.Factor{
			{Kind: identity.CredentialPassword, At: f.now}, {Kind: "else", At: f.now.Add(time.Microsecond), CredentialID: f.id()},
		}
		s := f.session(f.user().ID, func(s *identity.Session) { s.Factors, s.Level = factors, 2 })
		f.equal(must(f.store.SessionFactors(f.ctx, s.ID))(f), factors)
		f.equal(must(f.store.SessionByID(f.ctx, s.ID))(f).Level, identity.Level(2))
		s.Factors, s.Level = factors[:1], 1
		f.noError(f.store.RenewSession(f.ctx, s))
		f.equal(must(f.store.SessionFactors(f.ctx, s.ID))(f), factors[:1])
		f.equal(must(f.store.SessionByID(f.ctx, s.ID))(f).Level, identity.Level(1))
		f.equal(len(must(f.store.SessionFactors(f.ctx, f.session(s.UserID).ID))(f)), 0)
		_, err := f.store.SessionFactors(f.ctx, f.id())
		f.wantErr(err, identity.ErrSessionNotFound)
	})
	r.run("nothing trusts an incomplete session", func(f *fixture) {
		u, v, c := f.user(), f.user(), f.client()
		s := f.session(u.ID, func(s *identity.Session) { s.Level = identity.LevelNone })
		g := f.grant(u.ID, c.ID, func(g *identity.Grant) { g.SessionID = &s.ID })
		offline := f.grant(u.ID, c.ID, func(g *identity.Grant) { g.SessionID, g.Offline = &s.ID, true })
		for name, read := range map[string]func(id uuid.UUID) bool{
			"status": func(id uuid.UUID) bool { return must(f.store.GrantStatus(f.ctx, id, "", f.now))(f).SessionActive },
			"grant":  func(id uuid.UUID) bool { return must(f.store.GrantStatusByID(f.ctx, id, f.now))(f).SessionActive },
		} {
			if read(g.ID) || !read(offline.ID) {
				f.Errorf("%s: the grant counts, or that which needs no session does not", name)
			}
		}
		f.equal(must(f.store.GrantStatusByCode(f.ctx, [][]byte{g.Code.Digest}, f.now))(f).SessionActive, false)
		for _, users := range [][]uuid.UUID{{u.ID}, {u.ID, v.ID}} {
			f.equal(must(f.store.ActiveSessionCounts(f.ctx, users, f.now))(f), map[uuid.UUID]int{})
		}
		f.equal(must(f.store.CountActiveSessions(f.ctx, f.now))(f), 0)
		for active, want := range map[bool]int{true: 0, false: 1} {
			q := identity.SessionQuery{Filter: identity.SessionFilter{Active: &active}, Range: identity.KeysetRange{Limit: 9}, Now: f.now}
			f.equal(len(must(f.store.Sessions(f.ctx, q))(f)), want)
			f.equal(must(f.store.CountSessions(f.ctx, q, 9))(f), want)
			people := identity.UserQuery{Filter: identity.UserFilter{HasActiveSessions: &active}, Now: f.now}
			f.equal(must(f.store.CountUsers(f.ctx, people, 9))(f), 2*want)
		}
		f.equal(len(must(f.store.NewestSessions(f.ctx, []uuid.UUID{u.ID}, true, 9, f.now))(f)), 0)
		f.equal(must(f.store.SessionByID(f.ctx, s.ID))(f).Active(f.now), false)
	})
	r.run("a session comes with its user", func(f *fixture) {
		u := f.user(func(u *identity.User) { u.Active, u.Claims.Address = false, &identity.Address{Country: "NO"} })
		s := f.session(u.ID, func(s *identity.Session) { s.EndedAt, s.EndReason = &f.now, identity.EndLogout })
		f.equal(must(f.store.BrowserSessionByDigest(f.ctx, [][]byte{[]byte("other"), s.Digest}))(f), identity.BrowserSession{Session: s, User: u})
	})
	r.run("an unknown session is ErrSessionNotFound", func(f *fixture) {
		f.session(f.user().ID)
		_, err := f.store.SessionByID(f.ctx, f.id())
		f.wantErr(err, identity.ErrSessionNotFound)
		for _, digests := range [][][]byte{nil, {}, {nil}, {[]byte("none")}} {
			_, err = f.store.SessionByDigest(f.ctx, digests)
			f.wantErr(err, identity.ErrSessionNotFound)
			_, err = f.store.BrowserSessionByDigest(f.ctx, digests)
			f.wantErr(err, identity.ErrSessionNotFound)
		}
	})
	r.run("a user agent that is no text does not prevent its session", func(f *fixture) {
		s := f.session(f.user().ID, func(s *identity.Session) { s.UserAgent = "bad\xff\x00agent" })
		f.equal(must(f.store.SessionByID(f.ctx, s.ID))(f).UserAgent, "bad\uFFFD\uFFFDagent")
	})
	r.run("a session of nobody is not found", func(f *fixture) {
		f.wantErr(f.store.InsertSession(f.ctx, f.newSession(f.id())), identity.ErrNotFound)
	})
	r.run("two sessions cannot have one secret", func(f *fixture) {
		s := f.session(f.user().ID)
		if err := f.store.InsertSession(f.ctx, f.newSession(s.UserID, func(v *identity.Session) { v.Digest = s.Digest })); err == nil {
			f.Fatal("the second was taken")
		}
	})
	r.run("activity moves the expiry of a live session", func(f *fixture) {
		s := f.session(f.user().ID)
		s.LastActiveAt, s.ExpiresAt = f.now.Add(time.Minute), f.now.Add(2*time.Hour)
		f.noError(f.store.TouchSession(f.ctx, s.ID, s.LastActiveAt, s.ExpiresAt))
		f.equal(must(f.store.SessionByID(f.ctx, s.ID))(f), s)
		f.wantErr(f.store.TouchSession(f.ctx, f.id(), f.now, f.now), identity.ErrSessionNotFound)
	})
	r.run("a renewed session has a new secret and proof", func(f *fixture) {
		s := f.session(f.user().ID)
		old := s.Digest
		s.Digest, s.AuthTime, s.LastActiveAt = []byte("new digest"), f.now.Add(time.Minute), f.now.Add(time.Minute)
		s.ExpiresAt, s.MaxExpiresAt, s.AMR, s.ACR = f.now.Add(3*time.Hour), f.now.Add(48*time.Hour), []string{"otp"}, "2"
		f.noError(f.store.RenewSession(f.ctx, s))
		f.equal(must(f.store.SessionByDigest(f.ctx, [][]byte{s.Digest}))(f), s)
		_, err := f.store.SessionByDigest(f.ctx, [][]byte{old})
		f.wantErr(err, identity.ErrSessionNotFound)
	})
	r.run("an ended session stays ended", func(f *fixture) {
		s := f.session(f.user().ID)
		sel := identity.SessionSelection{IDs: []uuid.UUID{s.ID}}
		f.equal(must(f.store.EndSessions(f.ctx, sel, f.now, identity.EndLogout))(f), []uuid.UUID{s.ID})
		f.none(f.store.EndSessions(f.ctx, sel, f.now.Add(time.Hour), identity.EndRevoked))
		got := must(f.store.SessionByID(f.ctx, s.ID))(f)
		if got.EndedAt == nil || !got.EndedAt.Equal(f.now) || got.EndReason != identity.EndLogout {
			f.Fatalf("ended at %v because of %s", got.EndedAt, got.EndReason)
		}
		f.wantErr(f.store.TouchSession(f.ctx, s.ID, f.now, f.now.Add(time.Hour)), identity.ErrSessionNotFound)
		f.wantErr(f.store.RenewSession(f.ctx, s), identity.ErrSessionNotFound)
	})
	r.run("a selection of sessions ends those that it names", func(f *fixture) {
		u, other := f.user(), f.user()
		a, b, c, d := f.session(u.ID), f.session(u.ID), f.session(u.ID), f.session(other.ID)
		f.none(f.store.EndSessions(f.ctx, identity.SessionSelection{}, f.now, identity.EndRevoked))
		f.none(f.store.EndSessions(f.ctx, identity.SessionSelection{Except: a.ID}, f.now, identity.EndRevoked))
		f.none(f.store.EndSessions(f.ctx, identity.SessionSelection{UserID: u.ID, IDs: []uuid.UUID{}}, f.now, identity.EndRevoked))
		f.ends(
			f.store.EndSessions(f.ctx, identity.SessionSelection{UserID: u.ID, IDs: []uuid.UUID{a.ID, d.ID}}, f.now, identity.EndRevoked),
		)(
			a.ID,
		)
		f.ends(f.store.EndSessions(f.ctx, identity.SessionSelection{UserID: u.ID, Except: b.ID}, f.now, identity.EndRevoked))(c.ID)
		f.ends(f.store.EndSessions(f.ctx, identity.SessionSelection{IDs: []uuid.UUID{a.ID, b.ID, d.ID}}, f.now, identity.EndRevoked))(b.ID, d.ID)
	})
	r.run("sessions are found by when they ended", func(f *fixture) {
		u, other := f.user(), f.user()
		a, b, c := f.session(u.ID), f.session(u.ID), f.session(other.ID)
		first, second := f.now.Add(time.Minute), f.now.Add(time.Minute+time.Microsecond)
		must(f.store.EndSessions(f.ctx, identity.SessionSelection{IDs: []uuid.UUID{a.ID, c.ID}}, first, identity.EndRevoked))(f)
		must(f.store.EndSessions(f.ctx, identity.SessionSelection{IDs: []uuid.UUID{b.ID}}, second, identity.EndRevoked))(f)
		ended := func(users []uuid.UUID, times ...time.Time) (ids []uuid.UUID) {
			f.Helper()
			for _, s := range must(f.store.EndedSessions(f.ctx, users, times))(f) {
				ids = append(ids, s.ID)
			}
			return ids
		}
		f.equal(ended([]uuid.UUID{u.ID}, first), []uuid.UUID{a.ID})
		f.equal(ended([]uuid.UUID{u.ID}, second, f.now), []uuid.UUID{b.ID})
		f.equal(len(ended([]uuid.UUID{u.ID, other.ID}, first, second)), 3)
		f.equal(len(ended(nil, first)), 0)
	})
	r.run("the sessions beyond a number are those that were idle longest", func(f *fixture) {
		u := f.user()
		at := func(minutes int) func(*identity.Session) {
			return func(s *identity.Session) { s.LastActiveAt = f.now.Add(time.Duration(minutes) * time.Minute) }
		}
		newest, oldest, middle := f.session(u.ID, at(-1)), f.session(u.ID, at(-9)), f.session(u.ID, at(-5))
		incomplete := f.session(u.ID, at(-7), func(s *identity.Session) { s.Level = identity.LevelNone })
		f.session(u.ID, at(-30), func(s *identity.Session) { s.ExpiresAt = f.now })
		f.session(u.ID, at(-30), func(s *identity.Session) { s.EndedAt = &f.now })
		f.session(f.user().ID, at(-30))
		beyond := func(n int) []uuid.UUID { return must(f.store.SessionsBeyond(f.ctx, u.ID, n, f.now))(f) }
		f.equal(beyond(0), []uuid.UUID{newest.ID, middle.ID, incomplete.ID, oldest.ID})
		f.equal(beyond(2), []uuid.UUID{incomplete.ID, oldest.ID})
		f.equal(len(beyond(4)), 0)
	})
	r.run("sign-ins at the same moment leave no more sessions than they may", func(f *fixture) {
		const bound = 5
		u := f.user()
		_, faults := race(f, contenders, func(int) (bool, error) {
			return true, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				if err := tx.RecordSignIn(ctx, u, f.now, "192.0.2.9", ""); err != nil {
					return err
				}
				surplus, err := tx.SessionsBeyond(ctx, u.ID, bound-1, f.now)
				if err != nil {
					return err
				}
				if _, err := tx.EndSessions(ctx, identity.SessionSelection{IDs: surplus}, f.now, identity.EndSurplus); err != nil {
					return err
				}
				return tx.InsertSession(ctx, f.newSession(u.ID))
			})
		})
		f.noError(errors.Join(faults...))
		f.equal(must(f.store.ActiveSessionCounts(f.ctx, []uuid.UUID{u.ID}, f.now))(f)[u.ID], bound)
	})
	r.run("active sessions are counted for many users at once", func(f *fixture) {
		u, other, none := f.user(), f.user(), f.user()
		f.session(u.ID)
		f.session(u.ID)
		f.session(u.ID, func(s *identity.Session) { s.ExpiresAt = f.now })
		f.session(u.ID, func(s *identity.Session) { s.EndedAt = &f.now })
		f.session(other.ID, func(s *identity.Session) { s.ExpiresAt = f.now.Add(time.Microsecond) })
		got := must(f.store.ActiveSessionCounts(f.ctx, []uuid.UUID{u.ID, other.ID, none.ID, f.id()}, f.now))(f)
		f.equal(got, map[uuid.UUID]int{u.ID: 2, other.ID: 1})
		f.equal(must(f.store.ActiveSessionCounts(f.ctx, nil, f.now))(f), map[uuid.UUID]int{})
	})
}

// none requires that nothing was ended.
func (f *fixture) none(got []uuid.UUID, err error) {
	f.Helper()
	f.noError(err)
	if len(got) > 0 {
		f.Fatalf("ended %v", got)
	}
}

// ends requires that exactly these were ended, in any order.
func (f *fixture) ends(got []uuid.UUID, err error) func(want ...uuid.UUID) {
	return func(want ...uuid.UUID) {
		f.Helper()
		f.noError(err)
		order := func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }
		slices.SortFunc(got, order)
		slices.SortFunc(want, order)
		f.equal(got, want)
	}
}
