package admin_test

import (
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestWhatIsStoredOfASecretIsWhatItsMethodNeeds: neither is a secret sealed that could be a digest, nor does a change of the method
// leave one behind, whichever way it goes.
func TestWhatIsStoredOfASecretIsWhatItsMethodNeeds(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		client, first, _ := f.secretClient(t)
		becomes := func(m identity.AuthMethod, secret *string) identity.Client {
			t.Helper()
			changed, _, err := f.admin.Clients.Update(f.ctx, client.ID, admin.ClientChange{Secret: secret, Patch: func(
				fields *identity.ClientMetadata, _ *identity.ClientPolicy,
			) {
				fields.TokenEndpointAuthMethod = m
			}}, nil)
			noError(t, err)
			return changed
		}
		forms := func(c identity.Client) (forms string) {
			t.Helper()
			stored, err := f.store.ClientByID(f.ctx, c.ID)
			noError(t, err)
			for _, s := range stored.Secrets {
				if len(s.Digest) > 0 {
					forms += "d"
				}
				if len(s.Sealed) > 0 {
					forms += "s"
				}
				if strings.Contains(string(s.Sealed), first[:16]) {
					t.Error("the secret is not sealed")
				}
			}
			return forms
		}
		has := func(c identity.Client, secret string) bool { return c.HasSecret(f.deps.Keys, secret, f.Now()) }

		wantSame(t, forms(client), "d")
		signing := becomes(identity.AuthClientSecretJWT, nil)
		wantSame(t, forms(signing), "")
		added, err := f.admin.Clients.AddSecret(f.ctx, client.ID, admin.NewSecret{})
		noError(t, err)
		wantSame(t, []any{forms(signing), len(added.Value), has(added.Client, added.Value), has(added.Client, first)}, []any{"s", 86, true, false})
		_, err = f.admin.Clients.AddSecret(f.ctx, client.ID, admin.NewSecret{Secret: strings.Repeat("s", 63)})
		wantField(t, err, "client_secret")
		_, err = f.admin.Clients.AddSecret(f.ctx, client.ID, admin.NewSecret{Secret: added.Value})
		wantField(t, err, "client_secret")
		rotated, err := f.admin.Clients.RotateSecret(f.ctx, client.ID, 1)
		noError(t, err)
		wantSame(t, []any{forms(signing), len(rotated.Value)}, []any{"ss", 86})

		wantSame(t, forms(becomes(identity.AuthClientSecretPost, nil)), "")
		chosen := strings.Repeat("c", 64)
		wantSame(t, forms(becomes(identity.AuthClientSecretBasic, &chosen)), "d")
		both := becomes(identity.AuthClientSecretJWT, &chosen)
		wantSame(t, []any{forms(both), has(both, chosen)}, []any{"s", true})
		wantSame(t, forms(becomes(identity.AuthClientSecretJWT, &chosen)), "s")
		back := becomes(identity.AuthClientSecretBasic, &chosen)
		wantSame(t, []any{forms(back), has(back, chosen)}, []any{"d", true})
		wantSame(t, forms(becomes(identity.AuthClientSecretPost, nil)), "d") // it is the same secret at another place
		becomes(identity.AuthClientSecretJWT, &chosen)
		wantSame(t, forms(becomes(identity.AuthNone, nil)), "")
		f.noneInTheTrail(t, first, chosen, added.Value, rotated.Value)

		short := strings.Repeat("s", 63)
		_, _, err = f.admin.Clients.Update(f.ctx, client.ID, admin.ClientChange{Secret: &short, Patch: func(
			fields *identity.ClientMetadata, _ *identity.ClientPolicy,
		) {
			fields.TokenEndpointAuthMethod = identity.AuthClientSecretJWT
		}}, nil)
		wantField(t, err, "client_secret")
	})
}

// TestACopySignsWithASecretOfItsOwn that is long enough.
func TestACopySignsWithASecretOfItsOwn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var m identity.ClientMetadata
	m.RedirectURIs, m.TokenEndpointAuthMethod = []string{callback}, identity.AuthClientSecretJWT
	client, secret, err := f.admin.Clients.Create(f.ctx, admin.NewClient{ClientID: "app", Metadata: m})
	noError(t, err)
	copied, other, err := f.admin.Clients.Duplicate(f.ctx, client.ID, admin.DuplicateClient{ClientID: "copy"})
	noError(t, err)
	has := func(c identity.Client, secret string) bool { return c.HasSecret(f.deps.Keys, secret, f.Now()) }
	wantSame(t, []any{len(secret), len(other), has(client, secret), has(copied, other), has(copied, secret)}, []any{86, 86, true, true, false})
}

// TestADeclarationGivesASecretThatIsMissing: a method that needs another form of it is as one that needs a first one.
func TestADeclarationGivesASecretThatIsMissing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	apply := func(m identity.AuthMethod) (string, identity.Client) {
		t.Helper()
		n := admin.NewClient{ClientID: "app"}
		n.Metadata.RedirectURIs, n.Metadata.TokenEndpointAuthMethod = []string{callback}, m
		done, err := f.admin.Declarations.Apply(f.ctx, admin.Desired{Clients: []admin.NewClient{n}}, false)
		noError(t, err)
		at := len(done) - 1
		stored, err := f.store.ClientByClientID(f.ctx, "app")
		noError(t, err)
		wantSame(t, done[at].Name, "app")
		return done[at].Secret, stored
	}
	for _, m := range []identity.AuthMethod{
		identity.AuthClientSecretBasic, identity.AuthClientSecretJWT, identity.AuthClientSecretPost, identity.AuthNone,
		identity.AuthClientSecretJWT,
	} {
		secret, stored := apply(m)
		if wantSame(t, secret != "", m != identity.AuthNone); secret != "" && !stored.HasSecret(f.deps.Keys, secret, f.Now()) {
			t.Errorf("%s: another secret", m)
		}
		again, _ := apply(m)
		wantSame(t, again, "")
	}
}
