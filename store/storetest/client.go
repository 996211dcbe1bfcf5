package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func clients(r *runner) {
	r.run("every field of a client comes back as it was", func(f *fixture) {
		c := f.client(func(c *identity.Client) {
			c.BuiltIn, c.Active, c.Version, c.ExpiresAt = true, false, 4, ptr(f.now.Add(time.Minute))
			c.Origin, c.RegistrationDigest = identity.OriginToken, []byte{0, 7, 255}
			c.Secrets = []identity.ClientSecret{
				{ID: f.id(), Digest: []byte{0, 1, 255}, CreatedAt: f.now, ExpiresAt: ptr(f.now.Add(time.Hour))},
				{ID: f.id(), Digest: []byte{9}, CreatedAt: f.now},
				{ID: f.id(), Sealed: []byte{0, 2, 255}, CreatedAt: f.now},
			}
			c.Metadata = identity.ClientMetadata{
				Name: `Dømo "&" <b> \ '`, RedirectURIs: []string{"https://app.example.org/cb?a=b", "com.example:/cb"},
				GrantTypes: []identity.GrantType{identity.GrantAuthorizationCode}, TokenEndpointAuthMethod: identity.AuthPrivateKeyJWT,
				JWKS: json.RawMessage(`{"keys": []}`), DefaultMaxAge: ptr(0), IDTokenAlg: identity.EdDSA,
			}
			c.Policy = identity.ClientPolicy{AccessTokenTTL: -1, RefreshTokenRotation: true, Audiences: []string{"https://api.example.org"}}
		})
		f.equal(must(f.store.ClientByID(f.ctx, c.ID))(f), c)
		f.equal(must(f.store.ClientByClientID(f.ctx, c.ClientID))(f), c)
		f.equal(must(f.store.ClientsByID(f.ctx, []uuid.UUID{c.ID, f.id()}))(f), map[uuid.UUID]identity.Client{c.ID: c})
		f.equal(must(f.store.ClientsByID(f.ctx, nil))(f), map[uuid.UUID]identity.Client{})
		name := identity.ClientName{ClientID: c.ClientID, Name: c.Metadata.Name}
		f.equal(must(f.store.ClientNames(f.ctx, []uuid.UUID{c.ID, f.id()}))(f), map[uuid.UUID]identity.ClientName{c.ID: name})
		f.equal(must(f.store.ClientNames(f.ctx, nil))(f), map[uuid.UUID]identity.ClientName{})
	})
	r.run("an unknown client is ErrClientNotFound", func(f *fixture) {
		c := f.client(func(c *identity.Client) { c.ClientID = "Demo" })
		_, err := f.store.ClientByID(f.ctx, f.id())
		f.wantErr(err, identity.ErrClientNotFound)
		for _, id := range []string{"", "demo", "De_o", "a\x00", "\xff"} {
			_, err = f.store.ClientByClientID(f.ctx, id)
			f.wantErr(err, identity.ErrClientNotFound)
		}
		f.wantErr(f.store.UpdateClient(f.ctx, f.newClient()), identity.ErrClientNotFound)
		f.noError(f.store.DeleteClient(f.ctx, c.ID))
		f.wantErr(f.store.DeleteClient(f.ctx, c.ID), identity.ErrClientNotFound)
	})
	r.run("a client_id is taken once", func(f *fixture) {
		c := f.client()
		f.duplicate(f.store.InsertClient(f.ctx, f.newClient(func(v *identity.Client) { v.ClientID = c.ClientID })),
			identity.CodeDuplicateClient, "client_id")
	})
	r.run("a locked client is changed by one after the other", func(f *fixture) {
		c := f.client(func(c *identity.Client) { c.Active = false })
		_, faults := race(f, contenders/5, func(int) (bool, error) {
			return true, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				found, err := tx.LockClient(ctx, c.ID)
				if err != nil {
					return err
				}
				return tx.UpdateClient(ctx, found) // would be a conflict of versions if another were between
			})
		})
		f.noError(errors.Join(faults...))
		f.equal(must(f.store.LockClient(f.ctx, c.ID))(f).Version, c.Version+contenders/5)
		_, err := f.store.LockClient(f.ctx, f.id())
		f.wantErr(err, identity.ErrClientNotFound)
	})
	r.run("those that sign with their secrets are listed by id, and what is sealed of them is replaced alone", func(f *fixture) {
		signs := func(c *identity.Client) {
			c.Metadata.TokenEndpointAuthMethod = identity.AuthClientSecretJWT
			c.Secrets = []identity.ClientSecret{{ID: f.id(), Sealed: []byte("sealed"), CreatedAt: f.now}}
		}
		f.client()
		all := []identity.Client{f.client(signs), f.client(signs), f.client(signs)}
		slices.SortFunc(all, func(a, b identity.Client) int { return strings.Compare(a.ID.String(), b.ID.String()) })
		f.equal(must(f.store.LockSealedClients(f.ctx, uuid.Nil, 2))(f), all[:2])
		f.equal(must(f.store.LockSealedClients(f.ctx, all[1].ID, 2))(f), all[2:])
		f.equal(len(must(f.store.LockSealedClients(f.ctx, all[2].ID, 2))(f)), 0)
		all[0].Secrets = []identity.ClientSecret{{ID: all[0].Secrets[0].ID, Sealed: []byte("anew"), CreatedAt: f.now}}
		f.noError(f.store.ResealClient(f.ctx, all[0].ID, all[0].Secrets))
		f.equal(must(f.store.LockSealedClients(f.ctx, uuid.Nil, 9))(f), all)
		f.wantErr(f.store.ResealClient(f.ctx, f.id(), nil), identity.ErrClientNotFound)
	})
	r.run("the time at which a client expires is replaced alone", func(f *fixture) {
		c, other := f.client(func(c *identity.Client) { c.ExpiresAt = ptr(f.now) }), f.client()
		c.ExpiresAt = ptr(f.now.Add(time.Hour))
		f.noError(f.store.ExtendClient(f.ctx, c.ID, *c.ExpiresAt))
		f.equal(must(f.store.ClientByID(f.ctx, c.ID))(f), c)
		f.equal(must(f.store.ClientByID(f.ctx, other.ID))(f), other)
		f.wantErr(f.store.ExtendClient(f.ctx, f.id(), f.now), identity.ErrClientNotFound)
	})
	r.run("clients are listed by client_id", func(f *fixture) {
		for _, id := range []string{"b", "C", "a", "_"} {
			f.client(func(c *identity.Client) { c.ClientID = id })
		}
		var got []string
		for _, c := range must(f.store.Clients(f.ctx))(f) {
			got = append(got, c.ClientID)
		}
		f.equal(got, []string{"C", "_", "a", "b"})
	})
	r.run("an update of a client compares versions", func(f *fixture) {
		c := f.client()
		change := c
		change.Active, change.Secrets, change.Metadata.Name = false, []identity.ClientSecret{{ID: f.id(), Digest: []byte("d"), CreatedAt: f.now}}, "New"
		change.UpdatedAt = f.now.Add(time.Minute)
		f.noError(f.store.UpdateClient(f.ctx, change))
		want := change
		want.Version = 2
		f.equal(must(f.store.ClientByID(f.ctx, c.ID))(f), want)
		var conflict *identity.VersionConflictError
		if err := f.store.UpdateClient(f.ctx, c); !errors.As(err, &conflict) || conflict.CurrentVersion != 2 {
			f.Fatalf("got %v", err)
		}
	})
	r.run("who uses a client is counted up to a limit", func(f *fixture) {
		c, other, u := f.client(), f.client(), f.user()
		in := func(s identity.Session) func(*identity.Grant) { return func(g *identity.Grant) { g.SessionID = &s.ID } }
		active, ended := f.session(u.ID), f.session(u.ID, func(s *identity.Session) { s.EndedAt = &f.now })
		expired := f.session(u.ID, func(s *identity.Session) { s.ExpiresAt = f.now })
		unused := f.session(u.ID)
		for _, s := range []identity.Session{active, active, ended, expired} {
			f.grant(u.ID, c.ID, in(s))
		}
		f.grant(u.ID, c.ID)
		f.grant(u.ID, c.ID, in(unused), func(g *identity.Grant) { g.EndedAt = &f.now })
		f.grant(u.ID, other.ID, in(unused))
		f.noError(f.store.SaveConsent(f.ctx, identity.Consent{UserID: u.ID, ClientID: c.ID, CreatedAt: f.now, UpdatedAt: f.now}))
		f.equal(must(f.store.CountClientUse(f.ctx, c.ID, f.now, 10))(f), identity.ClientUse{Grants: 5, Consents: 1, Sessions: 1})
		f.equal(must(f.store.CountClientUse(f.ctx, c.ID, f.now, 1))(f), identity.ClientUse{Grants: 2, Consents: 1, Sessions: 1})
		f.equal(must(f.store.CountClientUse(f.ctx, f.id(), f.now, 10))(f), identity.ClientUse{})
	})
	r.run("a deleted client takes grants, consents and requests along", func(f *fixture) {
		u, c := f.user(), f.client()
		g, q := f.grant(u.ID, c.ID), f.interaction(c.ID)
		f.noError(f.store.SaveConsent(f.ctx, identity.Consent{UserID: u.ID, ClientID: c.ID, Scopes: []string{"openid"}, CreatedAt: f.now, UpdatedAt: f.now}))
		f.noError(f.store.DeleteClient(f.ctx, c.ID))
		_, err := f.store.GrantStatusByID(f.ctx, g.ID, f.now)
		f.wantErr(err, identity.ErrGrantNotFound)
		_, err = f.store.InteractionByDigest(f.ctx, [][]byte{q.Digest})
		f.wantErr(err, identity.ErrInteractionNotFound)
		if got := must(f.store.ConsentFor(f.ctx, u.ID, c.ID))(f); got.Scopes != nil {
			f.Fatalf("got %v", got)
		}
	})
}
