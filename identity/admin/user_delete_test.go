package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func TestDeleteUser(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		app := f.client(t, "app", func(m *clientFields) { m.BackchannelLogoutURI = "https://app.example.org/logout" })
		asRoot := f.user(t, "root", administrator)
		alice := f.user(t, "alice")
		b := f.signIn(t, alice)
		f.signIn(t, alice)
		grant := f.redeem(t, app, b, "openid").Grant
		f.offline(t, app, b)
		noError(
			t,
			f.store.SaveConsent(
				f.ctx,
				identity.Consent{UserID: alice.ID, ClientID: app.ID, Scopes: []string{"openid"}, CreatedAt: start, UpdatedAt: start},
			),
		)

		ctx := f.as(asRoot, identity.ScopeUsersWrite)
		_, err := f.admin.Users.Delete(ctx, alice.ID, admin.DeleteUserOptions{ExpectedVersion: ptr(7)})
		var conflict *identity.VersionConflictError
		if !errors.As(err, &conflict) || conflict.CurrentVersion != 1 {
			t.Fatalf("got %v", err)
		}
		removed, err := f.admin.Users.Delete(ctx, alice.ID, admin.DeleteUserOptions{ExpectedVersion: ptr(1)})
		noError(t, err)
		wantSame(t, removed, identity.DeletedCounts{Sessions: 2, Grants: 2, Consents: 1})
		for _, find := range []func() error{
			func() error { _, err := f.store.UserByID(f.ctx, alice.ID); return err },
			func() error { _, err := f.store.SessionByID(f.ctx, b.Session.ID); return err },
			func() error { _, err := f.store.GrantStatusByID(f.ctx, grant.ID, f.clock.Now()); return err },
		} {
			if e := identity.AsError(find()); e.Kind != identity.NotFound {
				t.Errorf("still there: %v", e)
			}
		}
		job, found, err := f.Jobs.Claim(f.ctx, []string{"logout.deliver"}, nil)
		noError(t, err)
		var logout struct {
			SessionID uuid.UUID `json:"session_id"`
			UserID    uuid.UUID `json:"user_id"`
		}
		if !found || json.Unmarshal(job.Payload, &logout) != nil || logout.SessionID != b.Session.ID || logout.UserID != alice.ID {
			t.Errorf("job of the logout: %+v", job)
		}
		event := f.audit(t, identity.ActionUserDeleted)[0]
		wantSame(t, []string{event.ActorName, event.TargetName, event.TargetID}, []string{"root", "alice", alice.ID.String()})
		if len(f.audit(t, identity.ActionSignedIn)) != 2 {
			t.Error("audit events did not stay")
		}
		_, err = f.admin.Users.Delete(ctx, alice.ID, admin.DeleteUserOptions{})
		wantError(t, err, identity.ErrUserNotFound)
	})
}

func TestDeleteUserRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	root := f.user(t, "root", administrator)
	f.user(t, "retired", administrator, func(n *admin.NewUser) { n.Inactive = true }) // does not count
	before := len(f.audit(t, ""))
	_, err := f.admin.Users.Delete(f.as(root, identity.ScopeUsersWrite), root.ID, admin.DeleteUserOptions{})
	wantError(t, err, identity.ErrSelfAdmin)
	_, err = f.admin.Users.Delete(f.ctx, root.ID, admin.DeleteUserOptions{Pseudonymise: true})
	wantError(t, err, identity.ErrLastAdmin)
	if got := f.reread(t, root); got.Version != root.Version || len(f.audit(t, "")) != before {
		t.Error("a refusal has changed something")
	}
	f.refusedWithout(t, identity.ScopeUsersWrite, func(ctx context.Context) error {
		_, err := f.admin.Users.Delete(ctx, uuid.New(), admin.DeleteUserOptions{})
		return err
	})
}

func TestAPseudonymLeavesNoNameInTheTrail(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		f.user(t, "root", administrator)
		app := f.client(t, "app", func(m *clientFields) { m.GrantTypes = append(m.GrantTypes, identity.GrantPassword) })
		bob, alice := f.user(t, "bob"), f.user(t, "alice", administrator)
		try := identity.SignInAttempt{Login: "alice", Password: "wrong"}
		_, err := f.SignIn.Password(f.stranger(), try)
		wantError(t, err, identity.ErrInvalidCredentials)
		try.Password = passphrase
		started, err := f.SignIn.Password(f.stranger(), try)
		noError(t, err)
		_, err = f.Grants.ForPassword(f.stranger(), app, "alice", passphrase, []string{"openid"})
		noError(t, err)
		_, err = f.admin.Users.Update(
			f.ctx,
			alice.ID,
			admin.UserChange{Email: ptr("alice.liddell@example.org"), PatchClaims: func(c *identity.Claims) {
				c.GivenName = "Pleasance"
			}},
			nil,
		)
		noError(t, err)
		_, err = f.admin.Users.Update(f.as(alice, identity.ScopeUsersWrite), bob.ID, admin.UserChange{Verified: ptr(false)}, nil)
		noError(t, err)
		noError(t, f.Sessions.SignOut(f.stranger(), identity.BrowserSession{Session: started.Session, User: alice}))

		_, err = f.admin.Users.Delete(f.ctx, alice.ID, admin.DeleteUserOptions{Pseudonymise: true})
		noError(t, err)
		trail := f.auditText(t)
		for _, word := range []string{"alice", "liddell", "Pleasance", "203.0.113.5", "192.0.2.7", "curl/8", "browser/1"} {
			if strings.Contains(strings.ToLower(trail), strings.ToLower(word)) {
				t.Errorf("the trail still has %s", word)
			}
		}
		if !strings.Contains(trail, `"bob"`) || !strings.Contains(trail, alice.ID.String()) {
			t.Error("the trail lost what is nobody's secret")
		}
		pseudonym := f.audit(t, identity.ActionUserDeleted)[0].TargetName
		if !strings.HasPrefix(pseudonym, "deleted-") || strings.Count(trail, pseudonym) < 8 {
			t.Errorf("the pseudonym %s is not used throughout: %s", pseudonym, trail)
		}
	})
}

func TestResetPassword(t *testing.T) {
	t.Parallel()
	f := newFixture(t, slowAfterThree)
	app := f.client(t, "app")
	alice := f.user(t, "alice")
	b := f.signIn(t, alice)
	f.signIn(t, alice)
	session, offline := f.redeem(t, app, b, "openid").Grant, f.offline(t, app, b)
	code := f.code(t, app, b, "openid")
	for range 3 {
		_ = f.guess("192.0.2.1", "alice", "wrong")
	}
	if !f.reread(t, alice).Locked(f.Now()) {
		t.Fatal("strangers are not slowed")
	}
	f.advance(time.Minute)
	first, err := f.admin.Users.ResetPassword(f.ctx, alice.ID)
	noError(t, err)
	if first.Sessions != 2 || first.Grants != 3 || len(first.Temporary) != 12 || !first.User.RequiresPasswordChange {
		t.Errorf("got %+v", first)
	}
	wantSame(t, first.User, f.reread(t, alice))
	if first.User.Locked(f.Now()) || first.User.FailedAttempts != 0 || first.User.Version != 2 ||
		!first.User.Password.ChangedAt.Equal(f.Now()) {
		t.Errorf("got %+v", first.User)
	}
	for _, id := range []uuid.UUID{session.ID, offline.ID} {
		wantSame(t, f.grant(t, id).EndReason, identity.EndPasswordReset)
	}
	_, err = f.Grants.Exchange(f.ctx, app, proof(code))
	wantError(t, err, identity.ErrInvalidGrant)
	wantError(t, f.try("alice", passphrase), identity.ErrInvalidCredentials)
	noError(t, f.try("alice", first.Temporary))
	second, err := f.admin.Users.ResetPassword(f.ctx, alice.ID)
	noError(t, err)
	if second.Temporary == first.Temporary {
		t.Error("two resets give the same password")
	}
	for _, secret := range []string{first.Temporary, second.Temporary, f.reread(t, alice).Password.Hash} {
		if strings.Contains(f.auditText(t), secret) {
			t.Error("the trail has a secret")
		}
	}
	if len(f.audit(t, identity.ActionPasswordReset)) != 2 {
		t.Error("not audited")
	}
	_, err = f.admin.Users.ResetPassword(f.ctx, uuid.New())
	wantError(t, err, identity.ErrUserNotFound)
	f.refusedWithout(t, identity.ScopeUsersWrite, func(ctx context.Context) error {
		_, err := f.admin.Users.ResetPassword(ctx, alice.ID)
		return err
	})
}

func TestUnlock(t *testing.T) {
	t.Parallel()
	f := newFixture(t, slowAfterThree)
	alice := f.user(t, "alice")
	for range 3 {
		_ = f.guess("192.0.2.1", "alice", "wrong")
	}
	wantError(t, f.guess("192.0.2.1", "alice", passphrase), coded(identity.CodeRateLimited))
	wantError(t, f.guess("203.0.113.1", "alice", passphrase), coded(identity.CodeRateLimited))
	f.advance(time.Second)
	got, err := f.admin.Users.Unlock(f.ctx, alice.ID)
	noError(t, err)
	if got.LockedUntil != nil {
		t.Error("strangers are still slowed")
	}
	wantSame(t, *got.UnlockedAt, f.Now())
	wantSame(t, got, f.reread(t, alice))
	noError(t, f.guess("192.0.2.1", "alice", passphrase))
	noError(t, f.guess("203.0.113.1", "alice", passphrase))
	wantSame(t, f.audit(t, identity.ActionUserUnlocked)[0].Changes["failed_attempts"], identity.Change{Before: 3.0, After: 0.0})
	_, err = f.admin.Users.Unlock(f.ctx, alice.ID)
	noError(t, err)
	if len(f.audit(t, identity.ActionUserUnlocked)) != 1 {
		t.Error("a change of nothing was audited")
	}
	_, err = f.admin.Users.Unlock(f.ctx, uuid.New())
	wantError(t, err, identity.ErrUserNotFound)
	f.refusedWithout(
		t, identity.ScopeUsersWrite,
		func(ctx context.Context) error { _, err := f.admin.Users.Unlock(ctx, alice.ID); return err },
	)
}

func TestRevokeSessionsOfAUser(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	alice := f.user(t, "alice")
	b := f.signIn(t, alice)
	bound, offline := f.redeem(t, app, b, "openid").Grant, f.offline(t, app, b)
	ended, err := f.admin.Users.RevokeSessions(f.ctx, alice.ID, false)
	noError(t, err)
	wantSame(t, ended, identity.RevokedCounts{Sessions: 1, Grants: 1})
	wantSame(
		t, []identity.EndReason{f.grant(t, bound.ID).EndReason, f.grant(t, offline.ID).EndReason},
		[]identity.EndReason{identity.EndRevoked, ""},
	)
	ended, err = f.admin.Users.RevokeSessions(f.ctx, alice.ID, true)
	noError(t, err)
	wantSame(t, ended, identity.RevokedCounts{Grants: 1})
	events := len(f.audit(t, identity.ActionSessionsEnded))
	ended, err = f.admin.Users.RevokeSessions(f.ctx, alice.ID, true)
	noError(t, err)
	if ended != (identity.RevokedCounts{}) || len(f.audit(t, identity.ActionSessionsEnded)) != events {
		t.Errorf("got %+v, or a change of nothing was audited", ended)
	}
	_, err = f.admin.Users.RevokeSessions(f.ctx, uuid.New(), false)
	wantError(t, err, identity.ErrUserNotFound)
	f.refusedWithout(t, identity.ScopeSessionsWrite, func(ctx context.Context) error {
		_, err := f.admin.Users.RevokeSessions(ctx, alice.ID, false)
		return err
	})
}

func TestSingleClaimsChange(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	alice := f.user(t, "alice", func(n *admin.NewUser) { n.Claims = everyClaim() })
	want := everyClaim()
	want.Nickname, want.GivenName, want.Address.Region = "", "Alys", ""
	got, err := f.admin.Users.Update(f.ctx, alice.ID, admin.UserChange{PatchClaims: func(c *identity.Claims) {
		c.Nickname, c.GivenName, c.Address.Region = "", "Alys", ""
	}}, nil)
	noError(t, err)
	wantSame(t, got.Claims, want)
	wantSame(t, f.reread(t, alice).Claims, want)
	changes := f.audit(t, identity.ActionUserUpdated)[0].Changes
	if len(changes) != 3 || changes["nickname"].Before != "Al" || changes["nickname"].After != "" || changes["given_name"].After != "Alys" {
		t.Errorf("audited %v", changes)
	}
	got, err = f.admin.Users.Update(f.ctx, alice.ID, admin.UserChange{PatchClaims: func(c *identity.Claims) { c.Address = nil }}, nil)
	noError(t, err)
	if got.Claims.Address != nil || got.Version != 3 {
		t.Errorf("got %+v", got)
	}
	_, err = f.admin.Users.Update(f.ctx, alice.ID, admin.UserChange{PatchClaims: func(c *identity.Claims) { c.Birthdate = "yesterday" }}, nil)
	wantField(t, err, "birthdate")
}

func TestChangesAtOnceComeOneAfterTheOther(t *testing.T) {
	t.Parallel()
	const many = 20
	eachStore(t, func(t *testing.T, f *fixture) {
		alice := f.user(t, "alice")
		var all sync.WaitGroup
		for i := range many {
			all.Go(func() {
				name := strings.Repeat("x", i+1)
				change := admin.UserChange{PatchClaims: func(c *identity.Claims) { c.Nickname = name }}
				if _, err := f.admin.Users.Update(f.ctx, alice.ID, change, nil); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		wantSame(t, f.reread(t, alice).Version, many+1)
		before := map[any]bool{}
		for _, event := range f.audit(t, identity.ActionUserUpdated) {
			before[event.Changes["nickname"].Before] = true
		}
		wantSame(t, len(before), many) // each saw what the one before it had written
	})
}
