package storetest

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// provider adds an identity provider.
func (f *fixture) provider(change ...func(*identity.IdentityProvider)) identity.IdentityProvider {
	f.Helper()
	id := f.id()
	p := identity.IdentityProvider{
		ID: id, Slug: fmt.Sprintf("p%d", f.next()), Kind: identity.ProviderOIDC, Name: "Provider", Enabled: true, Issuer: "https://idp.example",
		ClientID: "here", Sealed: []byte("sealed"), CreatedAt: f.now, UpdatedAt: f.now, Version: 1,
		Config: identity.ProviderConfig{LinkPolicy: identity.LinkConfirm, Scopes: []string{"openid"}, Levels: map[string]int{"mfa": 2}},
	}
	for _, c := range change {
		c(&p)
	}
	f.noError(f.store.InsertProvider(f.ctx, p))
	return p
}

func (f *fixture) newLink(p identity.IdentityProvider, user uuid.UUID, subject string) identity.LinkedIdentity {
	return identity.LinkedIdentity{
		ID: f.id(), ProviderID: p.ID, Issuer: p.Issuer, Subject: subject, UserID: user, Email: "a@idp.example", CreatedAt: f.now,
	}
}

func providers(r *runner) {
	r.run("a provider is what was stored, and is changed at its version", func(f *fixture) {
		second := f.provider(func(p *identity.IdentityProvider) { p.Position = 2 })
		first := f.provider(func(p *identity.IdentityProvider) { p.Position = 1 })
		f.equal(must(f.store.Providers(f.ctx))(f), []identity.IdentityProvider{first, second})
		again := first
		again.ID = f.id()
		f.wantErr(f.store.InsertProvider(f.ctx, again), &identity.Error{Code: identity.CodeDuplicateProvider})
		changed := first
		changed.Name, changed.Enabled, changed.Config.TrustEmail, changed.Sealed = "Other", false, true, []byte("anew")
		f.noError(f.store.UpdateProvider(f.ctx, changed))
		changed.Version = 2
		f.equal(must(f.store.LockProvider(f.ctx, first.ID))(f), changed)
		f.equal(identity.AsError(f.store.UpdateProvider(f.ctx, first)).Code, identity.CodeVersionConflict)
		first.ID = f.id()
		f.wantErr(f.store.UpdateProvider(f.ctx, first), identity.ErrProviderNotFound)
		f.noError(f.store.ResealProvider(f.ctx, second, []byte("resealed")))
		f.noError(f.store.ResealProvider(f.ctx, second, []byte("too late")))
		f.equal(must(f.store.LockProvider(f.ctx, second.ID))(f).Sealed, []byte("resealed"))
		f.equal(must(f.store.HoldProvider(f.ctx, second.ID))(f), true)
		f.equal(must(f.store.HoldProvider(f.ctx, changed.ID))(f), false)
		f.equal(must(f.store.HoldProvider(f.ctx, f.id()))(f), false)
		f.noError(f.store.DeleteProvider(f.ctx, second.ID))
		f.wantErr(f.store.DeleteProvider(f.ctx, second.ID), identity.ErrProviderNotFound)
		_, err := f.store.LockProvider(f.ctx, second.ID)
		f.wantErr(err, identity.ErrProviderNotFound)
	})
	r.run("what a provider calls somebody is one user's, found by that alone, and a credential", func(f *fixture) {
		u, other, p := f.user(func(u *identity.User) { u.Password.Hash = "" }), f.user(), f.provider()
		link := f.newLink(p, u.ID, "Sub")
		f.equal(must(f.store.InsertLinkedIdentity(f.ctx, link))(f), true)
		again := f.newLink(p, other.ID, "Sub")
		f.equal(must(f.store.InsertLinkedIdentity(f.ctx, again))(f), false)
		f.equal(must(f.store.InsertLinkedIdentity(f.ctx, f.newLink(p, f.id(), "nobody")))(f), false)
		f.equal(must(f.store.LinkedIdentity(f.ctx, p.ID, p.Issuer, "Sub"))(f), link)
		for _, key := range [][2]string{{p.Issuer, "sub"}, {p.Issuer + "/", "Sub"}, {p.Issuer, "Sub "}} {
			_, err := f.store.LinkedIdentity(f.ctx, p.ID, key[0], key[1])
			f.wantErr(err, identity.ErrCredentialNotFound)
		}
		link.Email, link.EmailVerified, link.LastUsedAt = "b@idp.example", true, &f.now
		f.equal(must(f.store.UseLinkedIdentity(f.ctx, link, f.now))(f), true)
		f.equal(must(f.store.LinkedIdentitiesOf(f.ctx, []uuid.UUID{u.ID, other.ID}))(f), map[uuid.UUID][]identity.LinkedIdentity{u.ID: {link}})
		f.equal(len(must(f.store.LinkedIdentitiesOf(f.ctx, nil))(f)), 0)
		f.equal(must(f.store.CredentialsOf(f.ctx, u.ID))(f), []identity.Credential{
			{ID: link.ID, Kind: identity.CredentialFederated, UserID: u.ID, CreatedAt: f.now, LastUsedAt: &f.now},
		})
		f.wantErr(f.store.DeleteProvider(f.ctx, p.ID), identity.ErrProviderInUse)
		f.equal(must(f.store.DeleteLinkedIdentity(f.ctx, other.ID, link.ID))(f), false)
		f.equal(must(f.store.DeleteLinkedIdentity(f.ctx, u.ID, link.ID))(f), true)
		f.equal(must(f.store.UseLinkedIdentity(f.ctx, link, f.now))(f), false)
		f.equal(must(f.store.InsertLinkedIdentity(f.ctx, again))(f), true)
		f.noError(f.store.DeleteUser(f.ctx, other.ID))
		f.noError(f.store.DeleteProvider(f.ctx, p.ID))
	})
	r.run("of fifty who connect the same one does, and of fifty who disconnect it one does", func(f *fixture) {
		u, p := f.user(), f.provider()
		link := f.newLink(p, u.ID, "raced")
		f.equal(f.raced(func() (bool, error) {
			l := link
			l.ID = uuid.New()
			return f.store.InsertLinkedIdentity(f.ctx, l)
		}), int32(1))
		stored := must(f.store.LinkedIdentity(f.ctx, p.ID, p.Issuer, "raced"))(f)
		f.equal(f.raced(func() (bool, error) { return f.store.DeleteLinkedIdentity(f.ctx, u.ID, stored.ID) }), int32(1))
	})
	r.run("sessions remember where somebody has signed in last", func(f *fixture) {
		u, other, p := f.user(), f.user(), f.provider()
		through := func(s *identity.Session) { s.ProviderID = &p.ID }
		one, two, here := f.session(u.ID, through), f.session(other.ID, through), f.session(u.ID)
		ended := f.session(u.ID, through)
		f.ends(f.store.EndSessions(f.ctx, identity.SessionSelection{IDs: []uuid.UUID{ended.ID}}, f.now, identity.EndLogout))(ended.ID)
		f.equal(must(f.store.SessionsThrough(f.ctx, p.ID, uuid.Nil, 10))(f), map[uuid.UUID][]uuid.UUID{u.ID: {one.ID}, other.ID: {two.ID}})
		f.equal(must(f.store.SessionsThrough(f.ctx, p.ID, u.ID, 10))(f), map[uuid.UUID][]uuid.UUID{u.ID: {one.ID}})
		f.equal(len(must(f.store.SessionsThrough(f.ctx, p.ID, uuid.Nil, 1))(f)), 1)
		f.equal(must(f.store.SessionByID(f.ctx, one.ID))(f).ProviderID, &p.ID)
		one.ProviderID, one.LastActiveAt = nil, f.now.Add(time.Minute)
		f.noError(f.store.RenewSession(f.ctx, one))
		f.equal(len(must(f.store.SessionsThrough(f.ctx, p.ID, u.ID, 10))(f)), 0)
		here.ProviderID = &p.ID
		f.noError(f.store.RenewSession(f.ctx, here))
		f.equal(len(must(f.store.SessionsThrough(f.ctx, p.ID, u.ID, 10))(f)), 1)
	})
}
