package admin_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// allowed remembers the consents of users for a client.
func (f *fixture) allowed(t testing.TB, c identity.Client, users ...identity.User) {
	t.Helper()
	noError(t, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
		for i, u := range users {
			at := f.Now().Add(time.Duration(i) * time.Millisecond)
			consent := identity.Consent{UserID: u.ID, ClientID: c.ID, Scopes: []string{"openid"}, CreatedAt: at, UpdatedAt: at}
			if err := tx.SaveConsent(ctx, consent); err != nil {
				return err
			}
		}
		return nil
	}))
}

func TestConsentsForAClientAreForgottenInPortions(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		app, other := f.client(t, "app", plainScope), f.client(t, "other", plainScope)
		root := f.user(t, "root", administrator)
		users := append(f.many(t, "user", 1100), root)
		f.allowed(t, app, users...)
		f.allowed(t, other, users[:2]...)
		f.granted(t, app, users[0], root, 3)
		spared := f.granted(t, other, users[0], identity.User{}, 1)
		helpdesk := f.as(root, identity.ScopeUsersWrite)
		deps := f.deps
		deps.Store = &failing{Store: f.store, at: 2}
		by := admin.RevokeConsents{ClientID: app.ID, IncludeGrants: true}
		revoked, err := servicesOn(deps).Grants.RevokeConsents(helpdesk, by)
		wantError(t, err, identity.ErrUnavailable)
		wantSame(t, revoked, admin.RevokedConsents{Consents: 500, Grants: 2})
		revoked, err = f.admin.Grants.RevokeConsents(helpdesk, by)
		noError(t, err)
		wantSame(t, revoked, admin.RevokedConsents{Consents: 600, Refused: 1})
		left, err := f.store.CountConsents(f.ctx, identity.ConsentFilter{}, 10)
		noError(t, err)
		wantSame(t, []int{left, f.liveGrants(t, app)}, []int{3, 1}) // the administrator's, and those for the other client
		if f.grant(t, spared[0].ID).EndedAt != nil {
			t.Error("a grant of another client has ended")
		}
		forgotten := identity.AuditQuery{Filter: identity.AuditFilter{Actions: []identity.Action{identity.ActionConsentRevoked}}}
		n, err := f.store.CountAuditEvents(f.ctx, forgotten, 2000)
		noError(t, err)
		wantSame(t, n, 1100)
		wantSame(t, f.audit(t, identity.ActionConsentRevoked)[0].Changes["client"].Before, any("app"))
	})
}

func TestConsentsThatAreNamedAreForgottenTogether(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		app, shop := f.client(t, "app", plainScope), f.client(t, "shop", plainScope)
		bob, root := f.user(t, "bob"), f.user(t, "root", administrator)
		f.allowed(t, app, bob, root)
		f.allowed(t, shop, bob)
		f.granted(t, app, bob, identity.User{}, 2)
		key := func(u identity.User, c identity.Client) identity.ConsentKey {
			return identity.ConsentKey{UserID: u.ID, ClientID: c.ID}
		}
		helpdesk := f.as(root, identity.ScopeUsersWrite)
		for _, by := range []admin.RevokeConsents{
			{Keys: []identity.ConsentKey{key(bob, app), key(root, app)}}, {UserID: root.ID},
		} {
			_, err := f.admin.Grants.RevokeConsents(helpdesk, by)
			wantError(t, err, coded(identity.CodeInsufficientScope))
		}
		for _, by := range []admin.RevokeConsents{
			{},
			{UserID: bob.ID, ClientID: app.ID},
			{Keys: make([]identity.ConsentKey, 1), UserID: bob.ID},
			{Keys: make([]identity.ConsentKey, 1001)},
		} {
			_, err := f.admin.Grants.RevokeConsents(f.ctx, by)
			wantError(t, err, coded(identity.CodeValidation))
		}
		_, err := f.admin.Grants.RevokeConsents(f.ctx, admin.RevokeConsents{UserID: uuid.New()})
		wantError(t, err, identity.ErrUserNotFound)
		_, err = f.admin.Grants.RevokeConsents(f.ctx, admin.RevokeConsents{ClientID: uuid.New()})
		wantError(t, err, identity.ErrClientNotFound)
		_, err = f.admin.Grants.RevokeConsents(f.ctx, admin.RevokeConsents{Keys: []identity.ConsentKey{key(root, shop)}})
		wantError(t, err, identity.ErrConsentNotFound)
		left, err := f.store.CountConsents(f.ctx, identity.ConsentFilter{}, 10)
		noError(t, err)
		wantSame(t, left, 3)
		revoked, err := f.admin.Grants.RevokeConsents(helpdesk, admin.RevokeConsents{
			Keys: []identity.ConsentKey{key(bob, app), {UserID: uuid.New(), ClientID: app.ID}},
		})
		noError(t, err)
		wantSame(t, revoked, admin.RevokedConsents{Consents: 1})
		wantSame(t, f.liveGrants(t, app), 2)
		f.allowed(t, app, bob)
		revoked, err = f.admin.Grants.RevokeConsents(helpdesk, admin.RevokeConsents{UserID: bob.ID, IncludeGrants: true})
		noError(t, err)
		wantSame(t, revoked, admin.RevokedConsents{Consents: 2, Grants: 2})
		f.refusedWithout(t, identity.ScopeUsersWrite, func(ctx context.Context) error {
			_, err := f.admin.Grants.RevokeConsents(ctx, admin.RevokeConsents{UserID: bob.ID})
			return err
		})
		for _, do := range []func(ctx context.Context) error{
			func(ctx context.Context) error { _, err := f.admin.Grants.ConsentsByKey(ctx, nil); return err },
			func(ctx context.Context) error {
				_, err := f.admin.Grants.ListConsents(ctx, admin.ConsentList{}, admin.PageArgs{})
				return err
			},
			func(ctx context.Context) error {
				_, err := f.admin.Grants.CountConsents(ctx, admin.ConsentList{})
				return err
			},
		} {
			f.refusedWithout(t, identity.ScopeUsersRead, do)
		}
	})
}
