package admin

import (
	"context"
	"fmt"
	"slices"

	"github.com/authly/authly/identity"
)

// DesiredProvider is a declared identity provider, which is told by its slug.
type DesiredProvider struct {
	identity.IdentityProvider
	Secret *string // of this server at the provider; nil: the file does not say
}

// prunesProviders reports whether identity providers that the file does not name go: only if it names some.
func (d Desired) prunesProviders() bool { return d.Prune && d.Providers != nil }

// providers adds what is wrong with the identity providers of a declaration.
func (c *check) providers(ctx context.Context) {
	have, err := c.deps.Store.Providers(ctx)
	if err != nil {
		c.failed = err
		return
	}
	for i, want := range c.desired.Providers {
		at := entry("identity_providers", i)
		c.repeated(at, "slug", want.Slug)
		secret := ""
		if want.Secret != nil {
			secret = *want.Secret
		}
		c.add(at, checkProvider(want.WithDefaults(), secret))
		if j := slices.IndexFunc(have, want.same); j >= 0 {
			c.add(at, want.ofKind(have[j]))
		}
	}
}

// same reports whether it is this provider that is declared.
func (d DesiredProvider) same(p identity.IdentityProvider) bool { return p.Slug == d.Slug }

// ofKind refuses another kind than the provider has.
func (d DesiredProvider) ofKind(have identity.IdentityProvider) error {
	if have.Kind == d.Kind {
		return nil
	}
	return identity.InvalidField("kind", "Must stay as it is there: %s.", have.Kind)
}

// providers brings the identity providers to the declared state.
func (a *applier) providers(ctx context.Context, d Desired) error {
	have, err := a.store.Providers(ctx)
	if err != nil {
		return err
	}
	if d.prunesProviders() { // first, since there is room for so many
		for _, p := range have {
			if slices.ContainsFunc(d.Providers, func(want DesiredProvider) bool { return want.same(p) }) {
				continue
			}
			if err := a.Providers.Delete(ctx, p.ID, nil); err != nil {
				return fmt.Errorf("identity provider %q: %w", p.Slug, err)
			}
			a.note(identity.TargetProvider, p.Slug, Deleted, "")
		}
	}
	for i, want := range d.Providers {
		if err := a.provider(ctx, want, have); err != nil {
			return under(entry("identity_providers", i), err)
		}
	}
	return nil
}

func (a *applier) provider(ctx context.Context, want DesiredProvider, have []identity.IdentityProvider) error {
	at := slices.IndexFunc(have, want.same)
	if at < 0 {
		secret := ""
		if want.Secret != nil {
			secret = *want.Secret
		}
		if _, err := a.Providers.Create(ctx, want.IdentityProvider, secret); err != nil {
			return err
		}
		a.note(identity.TargetProvider, want.Slug, Created, "")
		return nil
	}
	if err := want.ofKind(have[at]); err != nil {
		return err
	}
	after, err := a.Providers.Update(ctx, have[at].ID, ProviderChange{
		Name: &want.Name, Enabled: &want.Enabled, Position: &want.Position, Issuer: &want.Issuer, ClientID: &want.ClientID,
		Secret: want.Secret, Config: func(c *identity.ProviderConfig) { *c = want.Config },
	}, nil)
	if err != nil {
		return err
	}
	a.note(identity.TargetProvider, want.Slug, verbOf(after.Version != have[at].Version), "")
	return nil
}
