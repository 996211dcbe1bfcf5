package admin_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestAProviderWithManySessionsEndsThemInPortions: a part with the change itself, the others by a job that goes on elsewhere when the
// node that runs it dies.
func TestAProviderWithManySessionsEndsThemInPortions(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		system := identity.WithActor(f.ctx, identity.SystemActor("test"))
		p, err := f.admin.Providers.Create(system, identity.IdentityProvider{
			Slug: "work", Kind: identity.ProviderOIDC, Name: "Work", Enabled: true, Issuer: "https://idp.example", ClientID: "here",
		}, "secret")
		noError(t, err)
		users := []identity.User{f.user(t, "alice"), f.user(t, "bob"), f.user(t, "carol")}
		now := f.deps.Source.Now()
		for i := range 250 {
			noError(t, f.deps.Store.InsertSession(f.ctx, identity.Session{
				ID: uuid.New(), Digest: []byte{byte(i >> 8), byte(i), 32: 0}, UserID: users[i%len(users)].ID, CreatedAt: now, LastActiveAt: now,
				AuthTime: now, ExpiresAt: now.Add(time.Hour), MaxExpiresAt: now.Add(time.Hour), Level: identity.LevelOne, ProviderID: &p.ID,
				Factors: []identity.Factor{{Kind: identity.CredentialFederated, At: now, Level: identity.LevelOne}},
			}))
		}
		left := func() (n int) {
			found, err := f.deps.Store.SessionsThrough(f.ctx, p.ID, uuid.Nil, 1000)
			noError(t, err)
			for _, sessions := range found {
				n += len(sessions)
			}
			return n
		}
		_, err = f.admin.Providers.Update(system, p.ID, admin.ProviderChange{Enabled: new(false)}, nil)
		noError(t, err)
		if n := left(); n != 150 {
			t.Fatalf("%d sessions are left after the change", n)
		}
		kinds := []string{"provider.end_sessions"}
		_, found, err := f.Jobs.Claim(f.ctx, kinds, nil)
		if noError(t, err); !found {
			t.Fatal("no job ends the others")
		}
		f.advance(2 * time.Minute) // the node has died, and its lease with it
		job, found, err := f.Jobs.Claim(f.ctx, kinds, nil)
		if noError(t, err); !found {
			t.Fatal("no other node takes the job")
		}
		end, err := f.Jobs.Run(system, job)
		noError(t, err)
		if n := left(); n != 0 || end != identity.JobSucceeded {
			t.Errorf("%d sessions are left after the job: %s", n, end)
		}
		ended := 0
		for _, event := range f.audit(t, identity.ActionSessionsEnded) {
			if event.Reason == string(identity.EndProvider) {
				ended++
			}
		}
		if ended < len(users) {
			t.Errorf("%d events tell of it", ended)
		}
	})
}

// TestADeclarationNeverDisconnectsAnybody: it says so, and that the provider can be switched off.
func TestADeclarationNeverDisconnectsAnybody(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	system := identity.WithActor(f.ctx, identity.SystemActor("test"))
	work := admin.DesiredProvider{IdentityProvider: identity.IdentityProvider{
		Slug: "work", Kind: identity.ProviderOIDC, Name: "Work", Enabled: true, Issuer: "https://idp.example", ClientID: "here",
	}}
	_, err := f.admin.Declarations.Apply(system, admin.Desired{Providers: []admin.DesiredProvider{work}}, false)
	noError(t, err)
	all, err := f.deps.Store.Providers(f.ctx)
	noError(t, err)
	_, err = f.deps.Store.InsertLinkedIdentity(f.ctx, identity.LinkedIdentity{
		ID: uuid.New(), ProviderID: all[0].ID, Issuer: all[0].Issuer, Subject: "kim", UserID: f.user(t, "alice").ID, CreatedAt: f.deps.Source.Now(),
	})
	noError(t, err)
	_, err = f.admin.Declarations.Apply(system, admin.Desired{Providers: []admin.DesiredProvider{}, Prune: true}, false)
	wantError(t, err, identity.ErrProviderInUse)
	if all, err := f.deps.Store.Providers(f.ctx); err != nil || len(all) != 1 {
		t.Errorf("%v %v", all, err)
	}
}
