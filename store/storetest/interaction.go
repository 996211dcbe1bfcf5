package storetest

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func (f *fixture) interaction(client uuid.UUID, change ...func(*identity.Interaction)) identity.Interaction {
	f.Helper()
	q := identity.Interaction{
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
	f.no(f.store.InsertInteraction(f.ctx, q))
	return q
}

func interactions(r *runner) {
	r.run("every field of a request comes back as it was", func(f *fixture) {
		q := f.interaction(f.client().ID, func(q *identity.Interaction) {
			q.SessionID, q.AuthenticatedAt, q.ConsentedAt, q.Denied = ptr(f.id()), &f.now, &f.now, true
		})
		f.same(must(f.store.InteractionByDigest(f.ctx, [][]byte{[]byte("x"), q.Digest}))(f), q)
		_, err := f.store.InteractionByDigest(f.ctx, [][]byte{[]byte("x")})
		f.is(err, identity.ErrInteractionNotFound)
		_, err = f.store.InteractionByDigest(f.ctx, nil)
		f.is(err, identity.ErrInteractionNotFound)
	})
	r.run("progress is written until the request is done", func(f *fixture) {
		q := f.interaction(f.client().ID)
		q.SessionID, q.AuthenticatedAt, q.ConsentedAt, q.Denied = ptr(f.id()), &f.now, &f.now, true
		change := q
		change.ExpiresAt, change.Params.State = f.now.Add(99*time.Hour), "else"
		f.no(f.store.ProgressInteraction(f.ctx, change))
		f.same(must(f.store.InteractionByDigest(f.ctx, [][]byte{q.Digest}))(f), q)
		f.same(must(f.store.FinishInteraction(f.ctx, q.ID, f.now))(f), true)
		f.same(must(f.store.FinishInteraction(f.ctx, q.ID, f.now.Add(time.Hour)))(f), false)
		f.same(must(f.store.FinishInteraction(f.ctx, f.id(), f.now))(f), false)
		f.is(f.store.ProgressInteraction(f.ctx, q), identity.ErrInteractionNotFound)
		f.same(must(f.store.InteractionByDigest(f.ctx, [][]byte{q.Digest}))(f).DoneAt, &f.now)
	})
}
