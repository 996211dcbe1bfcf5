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
	f.noError(f.store.SaveInteraction(f.ctx, i))
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
			i.DoneAt, i.Denied, i.GrantID = &f.now, true, ptr(f.id())
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
			if err := f.store.SaveInteraction(f.ctx, f.newInteraction(other, func(i *identity.Interaction) { i.Kind = kind })); err == nil {
				f.Fatalf("%s: with the client %s", kind, other)
			}
		}
		if err := f.store.SaveInteraction(f.ctx, f.newInteraction(c.ID, func(i *identity.Interaction) { i.Kind = "else" })); err == nil {
			f.Fatal("an unknown kind was taken")
		}
	})
	r.run("what was done is written until the interaction is done", func(f *fixture) {
		i := f.interaction(f.client().ID)
		i.SessionID, i.AuthenticatedAt, i.ConsentedAt = ptr(f.id()), &f.now, &f.now
		change := i
		change.ExpiresAt, change.Params.State, change.ReturnPath = f.now.Add(99*time.Hour), "else", "/else"
		change.Digest = []byte("else")
		f.noError(f.store.SaveInteraction(f.ctx, change))
		f.equal(f.stored(i), i)
		i.DoneAt, i.Denied, i.AuthenticatedAt, i.ConsentedAt = &f.now, true, nil, nil
		f.noError(f.store.SaveInteraction(f.ctx, i))
		f.equal(f.stored(i), i)
		f.equal(must(f.store.InteractionByID(f.ctx, i.ID))(f), i)
		for _, done := range []*time.Time{nil, ptr(f.now.Add(time.Hour))} {
			again := i
			again.DoneAt, again.Denied, again.SessionID = done, false, ptr(f.id())
			f.wantErr(f.store.SaveInteraction(f.ctx, again), identity.ErrInteractionNotFound)
		}
		f.equal(f.stored(i), i)
		_, err := f.store.InteractionByID(f.ctx, f.id())
		f.wantErr(err, identity.ErrInteractionNotFound)
	})
	r.run("the grant of an interaction that is done is replaced from one to the next", func(f *fixture) {
		i := f.newInteraction(f.client().ID)
		first, second := f.id(), f.id()
		i.GrantID = &first
		f.noError(f.store.SaveInteraction(f.ctx, i))
		f.equal(must(f.store.ReplaceInteractionGrant(f.ctx, i.ID, first, second))(f), false)
		i.DoneAt = &f.now
		f.noError(f.store.SaveInteraction(f.ctx, i))
		f.equal(must(f.store.ReplaceInteractionGrant(f.ctx, i.ID, f.id(), second))(f), false)
		f.equal(must(f.store.ReplaceInteractionGrant(f.ctx, i.ID, first, second))(f), true)
		i.GrantID = &second
		f.equal(f.stored(i), i)
	})
}
