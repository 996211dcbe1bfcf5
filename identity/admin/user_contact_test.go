package admin_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func TestAChangedAddressOrNumberIsUnverifiedUnlessTheSameInputSaysOtherwise(t *testing.T) {
	t.Parallel()
	const phone = "+4722334455"
	patch := func(number string) func(*identity.Claims) {
		return func(c *identity.Claims) { c.PhoneNumber = number }
	}
	eachStore(t, func(t *testing.T, f *fixture) {
		for name, test := range map[string]struct {
			change       admin.UserChange
			email, phone bool
		}{
			"another address":              {admin.UserChange{Email: ptr("new@example.org")}, false, true},
			"another verified address":     {admin.UserChange{Email: ptr("new@example.org"), Verified: ptr(true)}, true, true},
			"the same address":             {admin.UserChange{Email: ptr("alice@example.org")}, true, true},
			"the same address, other case": {admin.UserChange{Email: ptr("Alice@Example.ORG")}, true, true},
			"another number":               {admin.UserChange{PatchClaims: patch("+4755667788")}, true, false},
			"another verified number": {
				admin.UserChange{PatchClaims: patch("+4755667788"), PhoneNumberVerified: ptr(true)}, true, true,
			},
			"no number":       {admin.UserChange{PatchClaims: patch("")}, true, false},
			"the same number": {admin.UserChange{PatchClaims: patch(phone)}, true, true},
			"a declaration, which says both": {
				admin.UserChange{
					Email: ptr("new@example.org"), Verified: ptr(true),
					Claims: &identity.Claims{PhoneNumber: "+4755667788", PhoneNumberVerified: true},
				}, true, true,
			},
			"a declaration, which says neither": {
				admin.UserChange{
					Email: ptr("new@example.org"), Verified: ptr(false), Claims: &identity.Claims{PhoneNumber: "+4755667788"},
				}, false, false,
			},
		} {
			u := f.user(t, "alice", func(n *admin.NewUser) {
				n.Email = "alice@example.org"
				n.Claims = identity.Claims{PhoneNumber: phone, PhoneNumberVerified: true}
			})
			_, err := f.admin.Users.Update(f.ctx, u.ID, test.change, nil)
			noError(t, err)
			got := f.reread(t, u)
			wantSame(t, map[string][]bool{name: {got.Verified, got.Claims.PhoneNumberVerified}}, map[string][]bool{name: {test.email, test.phone}})
			_, err = f.admin.Users.Delete(f.ctx, u.ID, admin.DeleteUserOptions{})
			noError(t, err)
		}
	})
}

// TestADemandForANewPasswordEndsNoSession: neither by a single update nor by a bulk one; no tokens are had until it is met.
func TestADemandForANewPasswordEndsNoSession(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		app := f.client(t, "app")
		for name, demand := range map[string]func(id uuid.UUID) error{
			"one": func(id uuid.UUID) error {
				_, err := f.admin.Users.Update(f.ctx, id, admin.UserChange{RequiresPasswordChange: ptr(true)}, nil)
				return err
			},
			"many": func(id uuid.UUID) error {
				_, err := f.admin.Users.BulkUpdate(f.ctx, []uuid.UUID{id}, identity.UserFlags{RequiresPasswordChange: ptr(true)}, false)
				return err
			},
		} {
			u := f.user(t, "user-"+name)
			b := f.signIn(t, u)
			issued, unspent := f.redeem(t, app, b, "openid", "offline_access"), f.code(t, app, b, "openid")
			f.advance(time.Second)
			noError(t, demand(u.ID))
			if f.session(t, b.Session.ID).EndedAt != nil || f.grant(t, issued.Grant.ID).EndedAt != nil {
				t.Errorf("%s: access has ended", name)
			}
			_, err := f.Grants.Exchange(f.ctx, app, proof(unspent))
			wantError(t, err, identity.ErrInvalidGrant)
		}
		wantSame(t, len(f.audit(t, identity.ActionSessionsEnded)), 0)
	})
}
