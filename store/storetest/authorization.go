package storetest

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func (f *fixture) request(client uuid.UUID, change ...func(*identity.AuthorizationRequest)) identity.AuthorizationRequest {
	f.Helper()
	q := identity.AuthorizationRequest{
		ID: f.id(), Digest: []byte("request " + f.id().String()), ClientID: client, CreatedAt: f.now,
		ExpiresAt: f.now.Add(time.Hour),
		Params: identity.AuthorizationParams{
			RedirectURI: "https://app.example.org/cb", RedirectURISent: true, ResponseMode: "query", Scopes: []string{"openid"},
			State: `s"t'a\t?0`, HasState: true, MaxAge: ptr(0), Claims: json.RawMessage(`{"id_token": null}`),
		},
	}
	for _, c := range change {
		c(&q)
	}
	f.noError(f.store.InsertAuthorization(f.ctx, q))
	return q
}

func authorizations(r *runner) {
	r.run("every field of a request comes back as it was", func(f *fixture) {
		q := f.request(f.client().ID, func(q *identity.AuthorizationRequest) {
			q.SessionID, q.AuthenticatedAt, q.ConsentedAt, q.Denied = ptr(f.id()), &f.now, &f.now, true
		})
		f.equal(must(f.store.AuthorizationByDigest(f.ctx, [][]byte{[]byte("x"), q.Digest}))(f), q)
		_, err := f.store.AuthorizationByDigest(f.ctx, [][]byte{[]byte("x")})
		f.wantErr(err, identity.ErrRequestNotFound)
		_, err = f.store.AuthorizationByDigest(f.ctx, nil)
		f.wantErr(err, identity.ErrRequestNotFound)
	})
	r.run("progress is written until the request is done", func(f *fixture) {
		q := f.request(f.client().ID)
		q.SessionID, q.AuthenticatedAt, q.ConsentedAt, q.Denied = ptr(f.id()), &f.now, &f.now, true
		change := q
		change.ExpiresAt, change.Params.State = f.now.Add(99*time.Hour), "else"
		f.noError(f.store.ProgressAuthorization(f.ctx, change))
		f.equal(must(f.store.AuthorizationByDigest(f.ctx, [][]byte{q.Digest}))(f), q)
		f.equal(must(f.store.FinishAuthorization(f.ctx, q.ID, f.now))(f), true)
		f.equal(must(f.store.FinishAuthorization(f.ctx, q.ID, f.now.Add(time.Hour)))(f), false)
		f.equal(must(f.store.FinishAuthorization(f.ctx, f.id(), f.now))(f), false)
		f.wantErr(f.store.ProgressAuthorization(f.ctx, q), identity.ErrRequestNotFound)
		f.equal(must(f.store.AuthorizationByDigest(f.ctx, [][]byte{q.Digest}))(f).DoneAt, &f.now)
	})
}
