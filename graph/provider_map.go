package graph

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// showProviders shows providers.
func (r *Resolver) showProviders(list ...identity.IdentityProvider) []*model.IdentityProvider {
	return model.NewIdentityProviders(r.domain.Settings.Get().Issuer, list...)
}

// providerNodes finds providers, all of which are few.
func (r *Resolver) providerNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	list, err := r.admin.Providers.List(ctx)
	for _, p := range r.showProviders(list...) {
		if slices.Contains(ids, p.IdentityProvider.ID) {
			found[p.ID()] = p
		}
	}
	return err
}

func newProvider(in model.CreateIdentityProviderInput) identity.IdentityProvider {
	return identity.IdentityProvider{
		Slug: in.Slug, Kind: in.Kind.Of(), Name: in.Name, Enabled: in.Enabled, Position: in.Position, Issuer: text(in.Issuer),
		ClientID: in.ClientID, Config: identity.ProviderConfig{
			Scopes: in.Scopes, LinkPolicy: in.LinkPolicy.Of(), TrustEmail: in.TrustEmail, EmailDomains: in.EmailDomains, Register: in.Register,
			Levels: levels(in.Levels), Tenants: in.Tenants, AuthorizationEndpoint: text(in.AuthorizationEndpoint),
			TokenEndpoint: text(in.TokenEndpoint), UserInfoEndpoint: text(in.UserinfoEndpoint), SubjectClaim: text(in.SubjectClaim),
		},
	}
}

// levels reads what values of a provider are worth.
func levels(list []*model.IdentityProviderLevelInput) map[string]int {
	if len(list) == 0 {
		return nil
	}
	out := make(map[string]int, len(list))
	for _, l := range list {
		out[l.Value] = l.Level
	}
	return out
}

// providerChange reads the changes of a provider, or says what is wrong with them.
func providerChange(in model.UpdateIdentityProviderInput) (admin.ProviderChange, []model.UserError) {
	p := &patch{}
	change := admin.ProviderChange{
		Name: nonNull(p, "name", in.Name), Enabled: nonNull(p, "enabled", in.Enabled), Position: nonNull(p, "position", in.Position),
		Issuer: cleared(p, in.Issuer), ClientID: nonNull(p, "clientId", in.ClientID), Secret: cleared(p, in.ClientSecret),
	}
	scopes, domains, tenants := clearedList(p, in.Scopes), clearedList(p, in.EmailDomains), clearedList(p, in.Tenants)
	policy := nonNull(p, "linkPolicy", in.LinkPolicy)
	trust, register := nonNull(p, "trustEmail", in.TrustEmail), nonNull(p, "register", in.Register)
	texts := map[*string]func(c *identity.ProviderConfig) *string{}
	for _, f := range []struct {
		value *string
		of    func(c *identity.ProviderConfig) *string
	}{
		{cleared(p, in.AuthorizationEndpoint), func(c *identity.ProviderConfig) *string { return &c.AuthorizationEndpoint }},
		{cleared(p, in.TokenEndpoint), func(c *identity.ProviderConfig) *string { return &c.TokenEndpoint }},
		{cleared(p, in.UserinfoEndpoint), func(c *identity.ProviderConfig) *string { return &c.UserInfoEndpoint }},
		{cleared(p, in.SubjectClaim), func(c *identity.ProviderConfig) *string { return &c.SubjectClaim }},
	} {
		if f.value != nil {
			texts[f.value] = f.of
		}
	}
	if in.Levels.IsSet() {
		p.given = true
	}
	change.Config = func(c *identity.ProviderConfig) {
		replace(&c.Scopes, scopes)
		replace(&c.EmailDomains, domains)
		replace(&c.Tenants, tenants)
		replace(&c.TrustEmail, trust)
		replace(&c.Register, register)
		if policy != nil {
			c.LinkPolicy = policy.Of()
		}
		if in.Levels.IsSet() {
			c.Levels = levels(in.Levels.Value())
		}
		for value, of := range texts {
			*of(c) = *value
		}
	}
	return change, p.check()
}

func replace[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// showLinked shows who users are at providers.
func showLinked(found map[uuid.UUID][]identity.LinkedIdentity) map[uuid.UUID][]*model.LinkedIdentity {
	out := make(map[uuid.UUID][]*model.LinkedIdentity, len(found))
	for user, list := range found {
		for _, l := range list {
			out[user] = append(out[user], &model.LinkedIdentity{LinkedIdentity: l})
		}
	}
	return out
}
