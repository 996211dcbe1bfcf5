package storetest

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func (f *fixture) backchannelRequest(user uuid.UUID) identity.BackchannelRequest {
	f.Helper()
	r := identity.BackchannelRequest{
		ID: f.id(), Digest: fmt.Appendf(nil, "auth_req_id %d \x00\xff", f.next()), ClientID: f.client().ID, UserID: user,
		Params: identity.AuthorizationParams{Scopes: []string{"openid"}, HintSubject: user.String()}, BindingMessage: "Till 4",
		Sealed: []byte("token"), IP: "192.0.2.1", CreatedAt: f.now, ExpiresAt: f.now.Add(10 * time.Minute),
	}
	f.noError(f.store.InsertBackchannelRequest(f.ctx, r))
	return r
}

func backchannelRequests(r *runner) {
	r.run("a backchannel request is found by id and by any digest of its auth_req_id", func(f *fixture) {
		b := f.backchannelRequest(f.user().ID)
		f.equal(must(f.store.BackchannelRequestByID(f.ctx, b.ID))(f), b)
		f.equal(must(f.store.BackchannelRequestByDigest(f.ctx, [][]byte{[]byte("other"), b.Digest}))(f), b)
		for _, none := range [][][]byte{nil, {[]byte("other")}} {
			_, err := f.store.BackchannelRequestByDigest(f.ctx, none)
			f.wantErr(err, identity.ErrInteractionNotFound)
		}
		_, err := f.store.BackchannelRequestByID(f.ctx, f.id())
		f.wantErr(err, identity.ErrInteractionNotFound)
	})
	r.run("the pending backchannel requests of a user are those that are neither decided nor over", func(f *fixture) {
		user, other := f.user(), f.user()
		first, decided, denied := f.backchannelRequest(user.ID), f.backchannelRequest(user.ID), f.backchannelRequest(user.ID)
		f.backchannelRequest(other.ID)
		grant := f.id()
		for _, i := range []identity.Interaction{
			{ID: first.ID, ClientID: first.ClientID, AuthenticatedAt: &f.now},
			{ID: decided.ID, ClientID: decided.ClientID, DoneAt: &f.now, GrantID: &grant},
			{ID: denied.ID, ClientID: denied.ClientID, DoneAt: &f.now, Denied: true},
		} {
			i.Kind, i.Digest = identity.InteractionBackchannel, fmt.Appendf(nil, "of a request %d", f.next())
			i.CreatedAt, i.ExpiresAt = f.now, f.now.Add(time.Hour)
			f.noError(f.store.SaveInteraction(f.ctx, i))
		}
		f.equal(must(f.store.WaitingBackchannelRequests(f.ctx, user.ID, f.now))(f), []identity.BackchannelRequest{first})
		f.equal(len(must(f.store.WaitingBackchannelRequests(f.ctx, user.ID, first.ExpiresAt))(f)), 0)
		decided.DoneAt, decided.GrantID = &f.now, &grant
		f.equal(must(f.store.BackchannelRequestByID(f.ctx, decided.ID))(f), decided)
		denied.DoneAt, denied.Denied = &f.now, true
		f.equal(must(f.store.BackchannelRequestByDigest(f.ctx, [][]byte{denied.Digest}))(f), denied)
	})
	r.run("a backchannel request goes with its user, and when it has expired", func(f *fixture) {
		user := f.user()
		gone, old := f.backchannelRequest(user.ID), f.backchannelRequest(f.user().ID)
		f.noError(f.store.DeleteUser(f.ctx, user.ID))
		_, err := f.store.BackchannelRequestByID(f.ctx, gone.ID)
		f.wantErr(err, identity.ErrInteractionNotFound)
		before := f.now.Add(-time.Hour)
		expiry := identity.Expiry{Now: before, EndedBefore: before, JobsBefore: before, MailBefore: before, DecisionsBefore: before}
		f.equal(must(f.store.Sweep(f.ctx, expiry, 10))(f), 0)
		expiry.DecisionsBefore = old.ExpiresAt
		f.equal(must(f.store.Sweep(f.ctx, expiry, 10))(f), 1)
		_, err = f.store.BackchannelRequestByID(f.ctx, old.ID)
		f.wantErr(err, identity.ErrInteractionNotFound)
	})
}
