package admin_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/store"
)

// granted inserts n live grants of a client, the first one to root if that is not the zero user.
func (f *fixture) granted(t testing.TB, c identity.Client, u, root identity.User, n int) []identity.Grant {
	t.Helper()
	grants := make([]identity.Grant, n)
	err := f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
		for i := range grants {
			grants[i] = identity.Grant{
				ID: f.Source.NewID(), UserID: u.ID, ClientID: c.ID, AuthTime: f.Now(), CreatedAt: f.Now().Add(time.Duration(i) * time.Millisecond),
			}
			if i == 0 && root.ID != uuid.Nil {
				grants[i].UserID = root.ID
			}
			if err := tx.InsertGrant(ctx, grants[i]); err != nil {
				return err
			}
		}
		return nil
	})
	noError(t, err)
	return grants
}

func plainScope(c *clientFields) { c.Scope = "openid email" }

func (f *fixture) liveGrants(t testing.TB, c identity.Client) int {
	t.Helper()
	live, err := f.store.CountLiveGrants(f.ctx, identity.GrantSelection{ClientID: c.ID}, 10_000)
	noError(t, err)
	return live.All
}

func TestAllGrantsOfAClientEndInPortions(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		app, other := f.client(t, "app", plainScope), f.client(t, "other")
		bob, root := f.user(t, "bob"), f.user(t, "root", administrator)
		grants := f.granted(t, app, bob, root, 1200)
		f.granted(t, other, bob, root, 3)
		by := admin.RevokeGrants{ClientID: app.ID}
		helpdesk := f.as(root, identity.ScopeSessionsWrite)

		dry := by
		dry.DryRun = true
		would, err := f.admin.Grants.Revoke(helpdesk, dry)
		noError(t, err)
		wantSame(t, would, admin.RevokedGrants{Ended: 1199, Refused: 1})
		few := by
		few.MaxAffected = ptr(1198)
		for _, dry := range []bool{false, true} {
			few.DryRun = dry
			_, err = f.admin.Grants.Revoke(helpdesk, few)
			wantError(t, err, coded(identity.CodeValidation))
		}
		wantSame(t, f.liveGrants(t, app), 1200)

		// The second transaction fails: what the first has ended stays ended, and the next call ends the rest.
		deps := f.deps
		deps.Store = &failing{Store: f.store, at: 2}
		revoked, err := servicesOn(deps).Grants.Revoke(helpdesk, by)
		wantError(t, err, identity.ErrUnavailable)
		wantSame(t, revoked, admin.RevokedGrants{Ended: 499, Refused: 1})
		ctx, counter := store.CountStatements(helpdesk)
		enough := by
		enough.MaxAffected = ptr(700)
		revoked, err = f.admin.Grants.Revoke(ctx, enough)
		noError(t, err)
		wantSame(t, revoked, admin.RevokedGrants{Ended: 700, Refused: 1})
		if n := counter.Total(); n > 20 {
			t.Errorf("%d statements", n)
		}
		wantSame(t, []int{f.liveGrants(t, app), f.liveGrants(t, other)}, []int{1, 3})
		if g := f.grant(t, grants[0].ID); g.EndedAt != nil {
			t.Error("the grant of an administrator has ended")
		}
		if g := f.grant(t, grants[1199].ID); g.EndReason != identity.EndRevoked {
			t.Errorf("ended because of %q", g.EndReason)
		}
		revoked, err = f.admin.Grants.Revoke(f.as(root, identity.ScopeSessionsWrite, identity.ScopeAdminsWrite), by)
		noError(t, err)
		wantSame(t, revoked, admin.RevokedGrants{Ended: 1})

		total := 0
		for _, event := range f.audit(t, identity.ActionGrantEnded) {
			wantSame(t, []string{string(event.Target), event.TargetID, event.Reason}, []string{"client", app.ID.String(), "revoked"})
			n, _ := event.Changes["grants"].After.(float64)
			total += int(n)
		}
		wantSame(t, total, 1200)
	})
}

func TestARevocationOfGrantsIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		app, bob := f.client(t, "app"), f.user(t, "bob")
		f.granted(t, app, bob, identity.User{}, 600)
		call := func(at int) (admin.RevokedGrants, error) {
			once, err := admin.NewIdempotency("Mutation.revokeClientGrants", "key", []byte("{}"))
			noError(t, err)
			deps := f.deps
			deps.Store = &failing{Store: f.store, at: at}
			return servicesOn(deps).Grants.Revoke(admin.WithIdempotency(f.ctx, once), admin.RevokeGrants{ClientID: app.ID, MaxAffected: ptr(600)})
		}
		_, err := call(2)
		wantError(t, err, identity.ErrUnavailable)
		for range 2 {
			revoked, err := call(0)
			noError(t, err)
			wantSame(t, revoked, admin.RevokedGrants{Ended: 600})
		}
		wantSame(t, len(f.audit(t, identity.ActionGrantEnded)), 2)
	})
}

func TestGrantsThatAreNamedEndTogether(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		app, bob, root := f.client(t, "app", plainScope), f.user(t, "bob"), f.user(t, "root", administrator)
		grants := f.granted(t, app, bob, root, 5)
		ids := func(from, to int) (list []uuid.UUID) {
			for _, g := range grants[from:to] {
				list = append(list, g.ID)
			}
			return list
		}
		helpdesk := f.as(root, identity.ScopeSessionsWrite)
		for name, by := range map[string]admin.RevokeGrants{
			"an administrator's among them": {IDs: ids(0, 5)}, "of an administrator": {UserID: root.ID},
		} {
			for _, dry := range []bool{false, true} {
				by.DryRun = dry
				_, err := f.admin.Grants.Revoke(helpdesk, by)
				t.Log(name)
				wantError(t, err, coded(identity.CodeInsufficientScope))
			}
		}
		for name, by := range map[string]admin.RevokeGrants{
			"nothing": {}, "two keys": {IDs: ids(1, 2), UserID: bob.ID}, "too many": {IDs: make([]uuid.UUID, 1001)},
			"a negative bound": {UserID: bob.ID, MaxAffected: ptr(-1)}, "too many affected": {IDs: ids(1, 5), MaxAffected: ptr(3)},
			"too many of a user": {UserID: bob.ID, MaxAffected: ptr(3)},
		} {
			_, err := f.admin.Grants.Revoke(f.ctx, by)
			t.Log(name)
			wantError(t, err, coded(identity.CodeValidation))
		}
		wantSame(t, f.liveGrants(t, app), 5)
		revoked, err := f.admin.Grants.Revoke(helpdesk, admin.RevokeGrants{IDs: append(ids(1, 3), f.Source.NewID()), DryRun: true})
		noError(t, err)
		wantSame(t, revoked, admin.RevokedGrants{Ended: 2})
		revoked, err = f.admin.Grants.Revoke(helpdesk, admin.RevokeGrants{IDs: append(ids(1, 3), f.Source.NewID()), MaxAffected: ptr(2)})
		noError(t, err)
		wantSame(t, revoked, admin.RevokedGrants{Ended: 2})
		wantSame(t, len(f.audit(t, identity.ActionGrantEnded)), 2)
		for _, by := range []admin.RevokeGrants{{IDs: ids(1, 2)}, {IDs: ids(1, 2), DryRun: true}} {
			_, err = f.admin.Grants.Revoke(helpdesk, by)
			wantError(t, err, identity.ErrGrantNotFound)
		}
		for _, by := range []admin.RevokeGrants{{UserID: f.Source.NewID()}, {UserID: f.Source.NewID(), DryRun: true}} {
			_, err = f.admin.Grants.Revoke(helpdesk, by)
			wantError(t, err, identity.ErrUserNotFound)
		}
		for _, by := range []admin.RevokeGrants{{ClientID: bob.ID}, {ClientID: bob.ID, DryRun: true}, {ClientID: bob.ID, MaxAffected: ptr(1)}} {
			_, err = f.admin.Grants.Revoke(helpdesk, by)
			wantError(t, err, identity.ErrClientNotFound)
		}
		f.advance(time.Second)
		revoked, err = f.admin.Grants.Revoke(helpdesk, admin.RevokeGrants{UserID: bob.ID})
		noError(t, err)
		wantSame(t, revoked, admin.RevokedGrants{Ended: 2})
		wantSame(t, f.audit(t, identity.ActionGrantEnded)[0].TargetName, "bob")
		f.refusedWithout(t, identity.ScopeSessionsWrite, func(ctx context.Context) error {
			_, err := f.admin.Grants.Revoke(ctx, admin.RevokeGrants{UserID: bob.ID})
			return err
		})
		for _, do := range []func(ctx context.Context) error{
			func(ctx context.Context) error { _, err := f.admin.Grants.ByIDs(ctx, nil); return err },
			func(ctx context.Context) error {
				_, err := f.admin.Grants.List(ctx, admin.GrantList{}, admin.PageArgs{})
				return err
			},
			func(ctx context.Context) error { _, err := f.admin.Grants.Count(ctx, admin.GrantList{}); return err },
			func(ctx context.Context) error { _, err := f.admin.Sessions.ByIDs(ctx, nil); return err },
		} {
			f.refusedWithout(t, identity.ScopeSessionsRead, do)
		}
	})
}

// TestAGrantEndsOnceHoweverManyRevokeIt: the counts of those who do it at once add up.
func TestAGrantEndsOnceHoweverManyRevokeIt(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		app, bob := f.client(t, "app"), f.user(t, "bob")
		f.granted(t, app, bob, identity.User{}, 700)
		results := make(chan int)
		for range 4 {
			go func() {
				revoked, err := f.admin.Grants.Revoke(f.ctx, admin.RevokeGrants{ClientID: app.ID})
				if err != nil {
					t.Error(err)
				}
				results <- revoked.Ended
			}()
		}
		total := 0
		for range 4 {
			total += <-results
		}
		wantSame(t, total, 700)
	})
}
