package storetest

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func (f *fixture) newInteraction(client uuid.UUID, change ...func(*identity.Interaction)) identity.Interaction {
	i := identity.Interaction{
		ID: f.id(), Kind: identity.InteractionAuthorize, Digest: []byte("interaction " + f.id().String()), ClientID: client,
		CreatedAt: f.now, ExpiresAt: f.now.Add(time.Hour),
		Params: identity.AuthorizationParams{
			RedirectURI: "https://app.example.org/cb", RedirectURISent: true, ResponseMode: "query", Scopes: []string{"openid"},
			State: `s"t'a\t?0`, HasState: true, MaxAge: ptr(0), Claims: json.RawMessage(`{"id_token": null}`),
		},
	}
	for _, c := range change {
		c(&i)
	}
	return i
}

func (f *fixture) interaction(client uuid.UUID, change ...func(*identity.Interaction)) identity.Interaction {
	f.Helper()
	i := f.newInteraction(client, change...)
	f.noError(f.store.InsertInteraction(f.ctx, i))
	return i
}

// stored returns the interaction as it is now.
func (f *fixture) stored(i identity.Interaction) identity.Interaction {
	f.Helper()
	return must(f.store.InteractionByDigest(f.ctx, [][]byte{i.Digest}))(f)
}

func interactions(r *runner) {
	r.run("every field of an interaction comes back as it was", func(f *fixture) {
		i := f.interaction(f.client().ID, func(i *identity.Interaction) {
			i.SessionID, i.AuthenticatedAt, i.ConsentedAt = ptr(f.id()), &f.now, &f.now
		})
		f.equal(must(f.store.InteractionByDigest(f.ctx, [][]byte{[]byte("x"), i.Digest}))(f), i)
		_, err := f.store.InteractionByDigest(f.ctx, [][]byte{[]byte("x")})
		f.wantErr(err, identity.ErrInteractionNotFound)
		_, err = f.store.InteractionByDigest(f.ctx, nil)
		f.wantErr(err, identity.ErrInteractionNotFound)
	})
	r.run("an interaction has a client or none by its kind", func(f *fixture) {
		c := f.client()
		for kind, client := range map[identity.InteractionKind]uuid.UUID{
			identity.InteractionAuthorize: c.ID, "device": c.ID,
			identity.InteractionAccount: {}, "registration": {}, "recovery": {}, "verification": {}, "enrolment": {},
		} {
			i := f.interaction(client, func(i *identity.Interaction) {
				i.Kind, i.ReturnPath = kind, identity.ReturnToPassword
			})
			f.equal(f.stored(i), i)
			other := c.ID
			if client != uuid.Nil {
				other = uuid.Nil
			}
			if err := f.store.InsertInteraction(f.ctx, f.newInteraction(other, func(i *identity.Interaction) { i.Kind = kind })); err == nil {
				f.Fatalf("%s: with the client %s", kind, other)
			}
		}
		if err := f.store.InsertInteraction(f.ctx, f.newInteraction(c.ID, func(i *identity.Interaction) { i.Kind = "else" })); err == nil {
			f.Fatal("an unknown kind was taken")
		}
	})
	r.run("progress is written until the interaction is done", func(f *fixture) {
		i := f.interaction(f.client().ID)
		i.SessionID, i.AuthenticatedAt, i.ConsentedAt = ptr(f.id()), &f.now, &f.now
		change := i
		change.ExpiresAt, change.Params.State, change.ReturnPath = f.now.Add(99*time.Hour), "else", "/else"
		f.noError(f.store.ProgressInteraction(f.ctx, change))
		f.equal(f.stored(i), i)
		f.equal(must(f.store.FinishInteraction(f.ctx, i.ID, f.now))(f), true)
		f.equal(must(f.store.FinishInteraction(f.ctx, i.ID, f.now.Add(time.Hour)))(f), false)
		f.equal(must(f.store.FinishInteraction(f.ctx, f.id(), f.now))(f), false)
		f.wantErr(f.store.ProgressInteraction(f.ctx, i), identity.ErrInteractionNotFound)
		f.equal(f.stored(i).DoneAt, &f.now)
	})
}
