package identity_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func hourly(s *identity.Settings) { s.SessionIdleTTL, s.SessionMaxTTL = time.Hour, 3*time.Hour }

func TestSessionExpiry(t *testing.T) {
	t.Parallel()
	t.Run("by idleness", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t, hourly)
		u := f.user(t, "alice")
		_, cookie := f.signInWith(t, u, "")
		f.advance(time.Hour - time.Microsecond)
		_, err := f.Sessions.FromCookie(f.ctx, cookie)
		noError(t, err)
		f.advance(time.Hour - time.Microsecond)
		_, err = f.Sessions.FromCookie(f.ctx, cookie)
		noError(t, err)
		f.advance(time.Hour)
		_, err = f.Sessions.FromCookie(f.ctx, cookie)
		wantError(t, err, identity.ErrSessionNotFound)
	})
	t.Run("in any case", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t, hourly)
		_, cookie := f.signInWith(t, f.user(t, "alice"), "")
		for range 3 {
			f.advance(59 * time.Minute)
			b, err := f.Sessions.FromCookie(f.ctx, cookie)
			noError(t, err)
			if b.Session.ExpiresAt.After(start.Add(3 * time.Hour)) {
				t.Errorf("expires at %v", b.Session.ExpiresAt)
			}
		}
		f.advance(3 * time.Minute)
		_, err := f.Sessions.FromCookie(f.ctx, cookie)
		wantError(t, err, identity.ErrSessionNotFound)
	})
}

func TestTouch(t *testing.T) {
	t.Parallel()
	f := newFixture(t, hourly)
	b, cookie := f.signInWith(t, f.user(t, "alice"), "")
	f.advance(time.Minute - time.Microsecond)
	seen, err := f.Sessions.FromCookie(f.ctx, cookie)
	noError(t, err)
	if stored := f.session(t, b.Session.ID); !stored.LastActiveAt.Equal(start) || !seen.Session.LastActiveAt.Equal(start) {
		t.Error("every view is a write")
	}
	f.advance(time.Microsecond)
	seen, err = f.Sessions.FromCookie(f.ctx, cookie)
	noError(t, err)
	wantSame(t, f.session(t, b.Session.ID), seen.Session)
	if !seen.Session.LastActiveAt.Equal(f.Now()) || !seen.Session.ExpiresAt.Equal(f.Now().Add(time.Hour)) ||
		!seen.Session.AuthTime.Equal(start) {
		t.Errorf("the session is %+v", seen.Session)
	}
}

func TestFromCookieRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	_, cookie := f.signInWith(t, u, "")
	for _, secret := range []string{"", "x", cookie + "x", cookie[:42]} {
		_, err := f.Sessions.FromCookie(f.ctx, secret)
		wantError(t, err, identity.ErrSessionNotFound)
	}
	// As after a restore of the user alone: the session is still there.
	inactive := f.reread(t, u)
	inactive.Active = false
	noError(t, f.store.UpdateUser(f.ctx, inactive))
	_, err := f.Sessions.FromCookie(f.ctx, cookie)
	wantError(t, err, identity.ErrSessionNotFound)
}

func TestSessionsSurviveRotationOfTheRoot(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, cookie := f.signInWith(t, f.user(t, "alice"), "")
	f.deps.Keys = keyring(t, root('b'), root('a'))
	_, err := identity.New(f.deps).Sessions.FromCookie(f.ctx, cookie)
	noError(t, err)
	f.deps.Keys = keyring(t, root('b'))
	_, err = identity.New(f.deps).Sessions.FromCookie(f.ctx, cookie)
	wantError(t, err, identity.ErrSessionNotFound)
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	app := f.client(t, "app")
	b, cookie := f.signInWith(t, u, "")
	other, otherCookie := f.signInWith(t, u, "")
	bound, offline := f.redeem(t, app, b, "openid").Grant, f.redeem(t, app, b, "openid", "offline_access").Grant
	untouched := f.redeem(t, app, other, "openid").Grant
	f.advance(time.Minute)
	noError(t, f.Sessions.SignOut(f.ctx, b))
	_, err := f.Sessions.FromCookie(f.ctx, cookie)
	wantError(t, err, identity.ErrSessionNotFound)
	_, err = f.Sessions.FromCookie(f.ctx, otherCookie)
	noError(t, err)
	if s := f.session(t, b.Session.ID); s.EndReason != identity.EndLogout || !s.EndedAt.Equal(f.Now()) {
		t.Errorf("the session ended as %q at %v", s.EndReason, s.EndedAt)
	}
	if g := f.grant(t, bound.ID); g.EndReason != identity.EndLogout {
		t.Errorf("the grant of the session ended as %q", g.EndReason)
	}
	for name, g := range map[string]identity.Grant{"offline": offline, "other session's": untouched} {
		if f.grant(t, g.ID).EndedAt != nil {
			t.Errorf("the %s grant ended", name)
		}
	}
	events := f.audit(t, identity.ActionSessionsEnded)
	if len(events) != 1 || events[0].TargetID != b.Session.ID.String() || events[0].ActorID != u.ID.String() || events[0].Reason != "logout" {
		t.Errorf("audited as %+v", events)
	}
}

// TestTheSessionsOfAUserAreBounded: whoever knows a password can sign in without end, and leaves no more sessions than
// MaxSessions, also on many connections at once. Those that were idle longest end as all sessions end.
func TestTheSessionsOfAUserAreBounded(t *testing.T) {
	t.Parallel()
	const connections = 4 // more at once are slowed: docs/security/throttling.md
	eachStore(t, func(t *testing.T, f *fixture) {
		u := f.user(t, "alice")
		app := f.client(t, "app", func(m *clientFields) { m.BackchannelLogoutURI = "https://app.example.org/logout" })
		signIns := func(n int) {
			t.Helper()
			faults := make([]error, n)
			var group sync.WaitGroup
			for first := range connections {
				group.Go(func() {
					for i := first; i < n; i += connections {
						_, faults[i] = f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: u.Username, Password: passphrase})
					}
				})
			}
			group.Wait()
			noError(t, errors.Join(faults...))
			live, err := f.store.ActiveSessionCounts(f.ctx, []uuid.UUID{u.ID}, f.clock.Now())
			noError(t, err)
			wantSame(t, live[u.ID], identity.MaxSessions)
		}
		active, cookie := f.signInWith(t, u, "")
		idle := f.signIn(t, u)
		bound, offline := f.redeem(t, app, idle, "openid"), f.redeem(t, app, idle, "openid", "offline_access")
		f.advance(2 * time.Minute)
		_, err := f.Sessions.FromCookie(f.ctx, cookie)
		noError(t, err)
		signIns(identity.MaxSessions - 2)
		wantSame(t, len(f.audit(t, identity.ActionSessionsEnded)), 0)

		f.signIn(t, u)
		wantSame(t, f.session(t, idle.Session.ID).EndReason, identity.EndSurplus)
		wantSame(t, f.session(t, active.Session.ID).EndedAt == nil, true)
		wantSame(t, f.grant(t, bound.Grant.ID).EndReason, identity.EndSurplus)
		wantSame(t, f.grant(t, offline.Grant.ID).EndedAt == nil, true)
		wantSame(t, f.claim(t, f.Jobs, "logout.deliver").Kind, "logout.deliver")
		events := f.audit(t, identity.ActionSessionsEnded)
		wantSame(t, len(events), 1)
		wantSame(t, events[0].Reason, string(identity.EndSurplus))
		wantSame(t, events[0].TargetID, u.ID.String())

		signIns(50)
	})
}
