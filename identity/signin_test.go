package identity_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/password"
)

// slowAfterThree refuses strangers after three guesses for ten minutes.
func slowAfterThree(s *identity.Settings) {
	three := identity.Rate{Burst: 3, Interval: 10 * time.Minute}
	s.Limits[identity.LimitPair], s.Limits[identity.LimitAccount] = three, three
}

// at is the context of a request from an address.
func (f *fixture) at(ip string) context.Context {
	return identity.WithActor(f.ctx, identity.Actor{Kind: identity.ActorAnonymous, IP: ip})
}

// guess signs in with a password from an address and returns only the error.
func (f *fixture) guess(ip, login, secret string) error {
	_, err := f.SignIn.Password(f.at(ip), identity.SignInAttempt{Login: login, Password: secret})
	return err
}

// try signs in with a password and returns only the error.
func (f *fixture) try(login, secret string) error {
	_, err := f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: login, Password: secret})
	return err
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	ctx := identity.WithActor(f.ctx, identity.Actor{Kind: identity.ActorAnonymous, IP: "192.0.2.9", UserAgent: "browser/2", RequestID: "r-2"})
	for i, login := range []string{"alice", "ALICE", "Alice@Example.org"} {
		f.advance(time.Minute)
		started, err := f.SignIn.Password(ctx, identity.SignInAttempt{Login: login, Password: passphrase})
		noError(t, err)
		now := f.Now()
		want := identity.Session{
			ID: started.Session.ID, Digest: f.deps.Keys.Digest(identity.PurposeSession, started.Secret), UserID: u.ID,
			CreatedAt: now, LastActiveAt: now, AuthTime: now, ExpiresAt: now.Add(12 * time.Hour), MaxExpiresAt: now.Add(30 * 24 * time.Hour),
			IP: "192.0.2.9", UserAgent: "browser/2", AMR: []string{"pwd"}, ACR: levelOne,
			Factors: []identity.Factor{{Kind: identity.CredentialPassword, At: now}}, Level: identity.LevelOne,
		}
		wantSame(t, started.Session, want)
		factors, err := f.store.SessionFactors(f.ctx, want.ID)
		noError(t, err)
		wantSame(t, factors, want.Factors)
		want.Factors = nil
		wantSame(t, f.session(t, want.ID), want)
		after := f.reread(t, u)
		if after.LastLoginAt == nil || !after.LastLoginAt.Equal(now) || after.LastLoginIP != "192.0.2.9" || after.Version != u.Version {
			t.Errorf("noted as %+v", after)
		}
		events := f.audit(t, identity.ActionSignedIn)
		if len(events) != i+1 || events[0].ActorID != u.ID.String() || events[0].TargetID != want.ID.String() || events[0].IP != "192.0.2.9" {
			t.Errorf("audited as %+v", events)
		}
		if strings.Contains(f.auditText(t), started.Secret) {
			t.Error("the cookie is in the audit trail")
		}
	}
}

// TestRefusalsLookTheSame: nobody can tell from the answer why a sign-in failed; the audit trail can.
func TestRefusalsLookTheSame(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(s *identity.Settings) { s.RequireVerified = true })
	f.user(t, "alice")
	f.user(t, "inactive", func(n *admin.NewUser) { n.Inactive = true })
	f.user(t, "unverified", func(n *admin.NewUser) { n.Verified = false })
	var texts []string
	for _, test := range []struct{ login, secret, reason, target string }{
		{"nobody", passphrase, "unknown_user", ""},
		{"nobody@example.org", passphrase, "unknown_user", ""},
		{"", "", "unknown_user", ""},
		{"a\x00\xff", passphrase, "unknown_user", ""},
		{"alice", "wrong", "wrong_password", "alice"},
		{"alice", "", "wrong_password", "alice"},
		{"inactive", passphrase, "inactive", "inactive"},
		{"inactive", "wrong", "wrong_password", "inactive"},
		{"unverified", "wrong", "wrong_password", "unverified"}, // with the right one it is a step of the sign-in
	} {
		f.advance(time.Second)
		err := f.try(test.login, test.secret)
		if !errors.Is(err, identity.ErrInvalidCredentials) {
			t.Fatalf("%q: %v", test.login, err)
		}
		texts = append(texts, err.Error())
		event := f.audit(t, identity.ActionSignInFailed)[0]
		if event.Reason != test.reason || event.Outcome != identity.OutcomeFailure || event.TargetName != test.target {
			t.Errorf("%q is audited as %+v", test.login, event)
		}
	}
	for _, text := range texts {
		if text != texts[0] {
			t.Errorf("%q differs from %q", text, texts[0])
		}
	}
	// A password typed into the field for the name must not be stored.
	if strings.Contains(f.auditText(t), "nobody") {
		t.Error("what was typed as a name is in the audit trail")
	}
}

// TestGuessesAtOnceAreAllCounted: a flood from one network cannot try more passwords than one after the other.
func TestGuessesAtOnceAreAllCounted(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { _ = f.try("alice", "wrong") })
	}
	group.Wait()
	if got := f.reread(t, u).FailedAttempts; got != 5 {
		t.Errorf("%d failures", got)
	}
}

func TestLongPasswordsAreNotHashed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "alice")
	wantError(t, f.try("alice", strings.Repeat("x", 1025)), identity.ErrInvalidCredentials)
	wantError(t, f.try("alice", passphrase+strings.Repeat("x", 1<<20)), identity.ErrInvalidCredentials)
}

func TestRehash(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	weak, err := password.New(password.Params{Memory: 32, Time: 1, Threads: 1}, 1).Hash(t.Context(), passphrase)
	noError(t, err)
	u := f.user(t, "alice", func(n *admin.NewUser) { n.PasswordHash = weak })
	wantError(t, f.try("alice", "wrong"), identity.ErrInvalidCredentials)
	wantSame(t, f.reread(t, u).Password.Hash, weak)
	noError(t, f.try("alice", passphrase))
	after := f.reread(t, u)
	if !strings.HasPrefix(after.Password.Hash, "$argon2id$v=19$m=64,") || after.Version != u.Version {
		t.Errorf("hash %.24s, version %d", after.Password.Hash, after.Version)
	}
	noError(t, f.try("alice", passphrase))
	wantSame(t, f.reread(t, u).Password.Hash, after.Password.Hash)
}

func TestSignInAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	alice, bob := f.user(t, "alice"), f.user(t, "bob")
	app := f.client(t, "app")

	t.Run("the same user keeps the session under a new secret", func(t *testing.T) {
		first, old := f.signInWith(t, alice, "")
		grant := f.redeem(t, app, first, "openid").Grant
		f.advance(time.Hour)
		second, secret := f.signInWith(t, alice, old)
		if second.Session.ID != first.Session.ID || !second.Session.CreatedAt.Equal(first.Session.CreatedAt) || secret == old {
			t.Errorf("session %v became %v, same secret: %v", first.Session, second.Session, secret == old)
		}
		wantSame(t, f.session(t, first.Session.ID).AuthTime, f.Now())
		_, err := f.Sessions.FromCookie(f.ctx, old)
		wantError(t, err, identity.ErrSessionNotFound)
		_, err = f.Sessions.FromCookie(f.ctx, secret)
		noError(t, err)
		if f.grant(t, grant.ID).EndedAt != nil {
			t.Error("the grant ended")
		}
	})
	t.Run("another user replaces it", func(t *testing.T) {
		first, old := f.signInWith(t, alice, "")
		bound, offline := f.redeem(t, app, first, "openid").Grant, f.redeem(t, app, first, "openid", "offline_access").Grant
		second, _ := f.signInWith(t, bob, old)
		if second.Session.ID == first.Session.ID || second.Session.UserID != bob.ID {
			t.Errorf("bob got %+v", second.Session)
		}
		if s := f.session(t, first.Session.ID); s.EndedAt == nil || s.EndReason != identity.EndReplaced {
			t.Errorf("alice's session ended as %q", s.EndReason)
		}
		if g := f.grant(t, bound.ID); g.EndReason != identity.EndReplaced {
			t.Errorf("the grant of the session ended as %q", g.EndReason)
		}
		if f.grant(t, offline.ID).EndedAt != nil {
			t.Error("the offline grant ended")
		}
	})
	t.Run("an expired session is not revived", func(t *testing.T) {
		first, old := f.signInWith(t, alice, "")
		f.advance(f.Settings.Get().SessionIdleTTL)
		second, _ := f.signInWith(t, alice, old)
		if second.Session.ID == first.Session.ID {
			t.Error("it is")
		}
	})
	t.Run("an ended session is not revived", func(t *testing.T) {
		first, old := f.signInWith(t, alice, "")
		noError(t, f.Sessions.SignOut(f.ctx, first))
		second, _ := f.signInWith(t, alice, old)
		if second.Session.ID == first.Session.ID || f.session(t, first.Session.ID).EndReason != identity.EndLogout {
			t.Error("it is")
		}
	})
	t.Run("a planted cookie is not taken over", func(t *testing.T) {
		planted := strings.Repeat("A", 43)
		_, secret := f.signInWith(t, alice, planted)
		if secret == planted {
			t.Error("the browser's own value became the session's secret")
		}
		_, err := f.Sessions.FromCookie(f.ctx, planted)
		wantError(t, err, identity.ErrSessionNotFound)
	})
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	const next = "another otter 20 river"
	setUp := func(t *testing.T) (f *fixture, u identity.User, here identity.BrowserSession, cookie string) {
		f = newFixture(t)
		u = f.user(t, "alice", func(n *admin.NewUser) { n.RequiresPasswordChange = true })
		here, cookie = f.signInWith(t, u, "")
		return f, u, here, cookie
	}
	t.Run("keeps the own session and ends the others and all grants", func(t *testing.T) {
		t.Parallel()
		f, u, here, cookie := setUp(t)
		app := f.client(t, "app")
		there := f.signIn(t, u)
		own := f.redeemAnyway(t, app, here, "openid", "offline_access")
		others := []identity.Grant{f.redeemAnyway(t, app, there, "openid"), f.redeemAnyway(t, app, there, "openid", "offline_access")}
		f.advance(time.Hour)
		started, err := f.SignIn.ChangePassword(f.ctx, here.Session, identity.PasswordChange{Current: passphrase, Next: next})
		noError(t, err)

		b, err := f.Sessions.FromCookie(f.ctx, started.Secret)
		noError(t, err)
		if b.Session.ID != here.Session.ID || !b.Session.AuthTime.Equal(f.Now()) {
			t.Errorf("the session is %+v", b.Session)
		}
		_, err = f.Sessions.FromCookie(f.ctx, cookie)
		wantError(t, err, identity.ErrSessionNotFound)
		if s := f.session(t, there.Session.ID); s.EndReason != identity.EndPasswordChanged {
			t.Errorf("the other session ended as %q", s.EndReason)
		}
		for _, g := range append(others, own) {
			if g := f.grant(t, g.ID); g.EndReason != identity.EndPasswordChanged {
				t.Errorf("a grant ended as %q", g.EndReason)
			}
		}
		after := f.reread(t, u)
		if after.RequiresPasswordChange || after.Version != u.Version+1 || !after.Password.ChangedAt.Equal(f.Now()) {
			t.Errorf("the user is %+v", after)
		}
		wantSame(t, started.User, after)
		noError(t, f.try("alice", next))
		wantError(t, f.try("alice", passphrase), identity.ErrInvalidCredentials)
		text := f.auditText(t)
		for _, secret := range []string{next, passphrase, after.Password.Hash, started.Secret} {
			if strings.Contains(text, secret) {
				t.Error("a secret is in the audit trail")
			}
		}
		if events := f.audit(t, identity.ActionPasswordChanged); len(events) != 1 || events[0].ActorID != u.ID.String() {
			t.Errorf("audited as %+v", events)
		}
	})
	t.Run("refuses without changing anything", func(t *testing.T) {
		t.Parallel()
		f, u, here, cookie := setUp(t)
		for name, test := range map[string]struct {
			current, next string
			want          error
		}{
			"a weak one":       {passphrase, "short", coded(identity.CodePasswordPolicy)},
			"the present one":  {passphrase, passphrase, coded(identity.CodePasswordPolicy)},
			"the own name":     {passphrase, "alice alice alice", coded(identity.CodePasswordPolicy)},
			"a wrong password": {"wrong", next, identity.ErrInvalidCredentials},
		} {
			change := identity.PasswordChange{Current: test.current, Next: test.next}
			if _, err := f.SignIn.ChangePassword(f.ctx, here.Session, change); !errors.Is(err, test.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		after := f.reread(t, u)
		if after.Password.Hash != u.Password.Hash || !after.RequiresPasswordChange || after.FailedAttempts != 1 {
			t.Errorf("the user is %+v", after)
		}
		_, err := f.Sessions.FromCookie(f.ctx, cookie)
		noError(t, err)
	})
	t.Run("cannot be used to guess", func(t *testing.T) {
		t.Parallel()
		f, u, here, _ := setUp(t)
		wrong := identity.PasswordChange{Current: "wrong", Next: next}
		for i := range 10 {
			_, err := f.SignIn.ChangePassword(f.ctx, here.Session, wrong)
			if i == 5 { // after a burst of five
				wantError(t, err, coded(identity.CodeRateLimited))
				wantSame(t, identity.AsError(err).RetryAfter, time.Minute)
			}
			f.advance(time.Duration(i/5) * time.Minute)
		}
		if f.session(t, here.Session.ID).EndedAt != nil {
			t.Error("ended too early")
		}
		_, err := f.SignIn.ChangePassword(f.ctx, here.Session, wrong)
		wantError(t, err, identity.ErrInvalidCredentials)
		wantSame(t, f.session(t, here.Session.ID).EndReason, identity.EndPasswordGuessed)
		wantSame(t, f.reread(t, u).FailedAttempts, 10)
	})
	t.Run("mistakes before a success do not end the session", func(t *testing.T) {
		t.Parallel()
		f, _, here, _ := setUp(t)
		for range 5 {
			for range 4 {
				_, err := f.SignIn.ChangePassword(f.ctx, here.Session, identity.PasswordChange{Current: "wrong", Next: next})
				wantError(t, err, identity.ErrInvalidCredentials)
				f.advance(time.Minute)
			}
			_, err := f.SignIn.ChangePassword(f.ctx, here.Session, identity.PasswordChange{Current: passphrase, Next: "short"})
			wantError(t, err, coded(identity.CodePasswordPolicy))
		}
	})
	t.Run("an ended session cannot do it", func(t *testing.T) {
		t.Parallel()
		f, u, here, _ := setUp(t)
		noError(t, f.Sessions.SignOut(f.ctx, here))
		_, err := f.SignIn.ChangePassword(f.ctx, here.Session, identity.PasswordChange{Current: passphrase, Next: next})
		wantError(t, err, identity.ErrSessionNotFound)
		wantSame(t, f.reread(t, u).Password.Hash, u.Password.Hash)
	})
}

// redeemAnyway returns a grant to a user who may not have tokens at present.
func (f *fixture) redeemAnyway(t *testing.T, c identity.Client, b identity.BrowserSession, scopes ...string) identity.Grant {
	t.Helper()
	code := f.code(t, c, b, scopes...)
	g, err := f.byCode(code)
	noError(t, err)
	return g
}
