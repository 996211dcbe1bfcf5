package identity_test

import (
	"testing"
	"time"

	"github.com/authly/authly/identity"
)

// TestTheGrantsOfASessionAreBounded: a loop of authorization requests leaves the newest MaxSessionGrants codes of the client
// and what was redeemed, so that a web page that makes a browser ask throws nobody out. Of what is redeemed as many stay.
// What is pushed out is dead, and nobody is refused.
func TestTheGrantsOfASessionAreBounded(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		f.withKeys(t)
		app, other := f.client(t, "app"), f.client(t, "other")
		b := f.signIn(t, f.user(t, "alice"))
		elsewhere := f.redeem(t, other, b, "openid")
		unspent := f.code(t, app, b, "openid")
		f.advance(time.Millisecond)
		redeemed := f.redeem(t, app, b, "openid", "offline_access")
		asks := func(times int) {
			for range times {
				f.advance(time.Millisecond)
				f.code(t, app, b, "openid")
			}
		}
		asks(identity.MaxSessionGrants - 1)
		f.grant(t, redeemed.Grant.ID)
		_, err := f.byCode(unspent)
		noError(t, err)

		asks(2)
		_, err = f.Grants.Exchange(f.ctx, app, proof(unspent))
		wantError(t, err, coded(identity.CodeInvalidGrant))
		refreshed, err := f.Grants.Refresh(f.ctx, app, redeemed.RefreshToken, nil, identity.SenderConstraint{})
		noError(t, err)
		first := f.redeem(t, app, b, "openid")
		for range identity.MaxSessionGrants {
			f.advance(time.Millisecond)
			f.redeem(t, app, b, "openid")
		}
		f.code(t, app, b, "openid")
		_, err = f.store.GrantStatus(f.ctx, first.Grant.ID, "", f.clock.Now())
		wantError(t, err, identity.ErrGrantNotFound)
		_, err = f.Grants.Refresh(f.ctx, app, refreshed.RefreshToken, nil, identity.SenderConstraint{}) // offline: a device
		noError(t, err)
		f.grant(t, elsewhere.Grant.ID)
		f.advance(time.Millisecond)
		f.redeem(t, app, b, "openid")
	})
}
