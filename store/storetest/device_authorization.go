package storetest

import (
	"fmt"
	"time"

	"github.com/authly/authly/identity"
)

func (f *fixture) newDeviceAuthorization() identity.DeviceAuthorization {
	return identity.DeviceAuthorization{
		ID: f.id(), Digest: fmt.Appendf(nil, "device code %d \x00\xff", f.next()), UserCodeDigest: fmt.Appendf(nil, "user code %d", f.next()),
		ClientID: f.client().ID, Scopes: []string{"openid"}, IP: "192.0.2.1", CreatedAt: f.now, ExpiresAt: f.now.Add(10 * time.Minute),
	}
}

func (f *fixture) deviceAuthorization() identity.DeviceAuthorization {
	f.Helper()
	d := f.newDeviceAuthorization()
	f.equal(must(f.store.InsertDeviceAuthorization(f.ctx, d))(f), true)
	return d
}

func deviceAuthorizations(r *runner) {
	r.run("a device authorization is found by any digest of either code", func(f *fixture) {
		d := f.newDeviceAuthorization()
		d.Resources = []string{"https://api.example"}
		f.equal(must(f.store.InsertDeviceAuthorization(f.ctx, d))(f), true)
		f.equal(must(f.store.DeviceAuthorizationByCode(f.ctx, [][]byte{[]byte("other"), d.Digest}))(f), d)
		f.equal(must(f.store.DeviceAuthorizationByUserCode(f.ctx, [][]byte{[]byte("other"), d.UserCodeDigest}))(f), d)
		for _, none := range [][][]byte{nil, {[]byte("other")}, {d.UserCodeDigest}} {
			_, err := f.store.DeviceAuthorizationByCode(f.ctx, none)
			f.wantErr(err, identity.ErrUserCodeNotFound)
		}
		_, err := f.store.DeviceAuthorizationByUserCode(f.ctx, [][]byte{d.Digest})
		f.wantErr(err, identity.ErrUserCodeNotFound)
	})
	r.run("a user code is of one device", func(f *fixture) {
		first, second := f.deviceAuthorization(), f.newDeviceAuthorization()
		second.UserCodeDigest = first.UserCodeDigest
		f.equal(must(f.store.InsertDeviceAuthorization(f.ctx, second))(f), false)
		f.equal(must(f.store.DeviceAuthorizationByUserCode(f.ctx, [][]byte{first.UserCodeDigest}))(f), first)
	})
	r.run("a device authorization says how its interaction has ended", func(f *fixture) {
		d := f.deviceAuthorization()
		i := identity.Interaction{
			ID: d.ID, Kind: identity.InteractionDevice, ClientID: d.ClientID, Digest: []byte("interaction of a device"), CreatedAt: f.now,
			ExpiresAt: d.ExpiresAt, AuthenticatedAt: &f.now,
		}
		f.noError(f.store.SaveInteraction(f.ctx, i))
		f.equal(must(f.store.DeviceAuthorizationByCode(f.ctx, [][]byte{d.Digest}))(f), d)
		i.DoneAt, i.Denied = &f.now, true
		f.noError(f.store.SaveInteraction(f.ctx, i))
		d.Denied = true
		f.equal(must(f.store.DeviceAuthorizationByCode(f.ctx, [][]byte{d.Digest}))(f), d)

		allowed := f.deviceAuthorization()
		grant := f.id()
		i = identity.Interaction{
			ID: allowed.ID, Kind: identity.InteractionDevice, ClientID: allowed.ClientID, Digest: []byte("interaction of another"),
			CreatedAt: f.now, ExpiresAt: allowed.ExpiresAt, DoneAt: &f.now, GrantID: &grant,
		}
		f.noError(f.store.SaveInteraction(f.ctx, i))
		allowed.GrantID = &grant
		f.equal(must(f.store.DeviceAuthorizationByUserCode(f.ctx, [][]byte{allowed.UserCodeDigest}))(f), allowed)
	})
	r.run("a device authorization goes when it has expired", func(f *fixture) {
		old := f.deviceAuthorization()
		before := f.now.Add(-time.Hour)
		expiry := identity.Expiry{Now: before, EndedBefore: before, JobsBefore: before, MailBefore: before, DecisionsBefore: before}
		f.equal(must(f.store.Sweep(f.ctx, expiry, 10))(f), 0)
		expiry.DecisionsBefore = old.ExpiresAt
		f.equal(must(f.store.Sweep(f.ctx, expiry, 10))(f), 1)
		_, err := f.store.DeviceAuthorizationByCode(f.ctx, [][]byte{old.Digest})
		f.wantErr(err, identity.ErrUserCodeNotFound)
	})
}
