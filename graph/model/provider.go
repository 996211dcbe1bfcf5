package model

import (
	"maps"
	"slices"
	"strings"

	"github.com/authly/authly/identity"
)

// IdentityProvider is the type IdentityProvider.
type IdentityProvider struct {
	identity.IdentityProvider
	RedirectURI string
}

// NewIdentityProviders shows providers of a server with an issuer.
func NewIdentityProviders(issuer string, list ...identity.IdentityProvider) []*IdentityProvider {
	out := make([]*IdentityProvider, len(list))
	for i, p := range list {
		out[i] = &IdentityProvider{p, p.RedirectURI(issuer)}
	}
	return out
}

// IsNode marks the type as a Node.
func (*IdentityProvider) IsNode() {}

// ID is the field id.
func (p *IdentityProvider) ID() string { return KindProvider.ID(p.IdentityProvider.ID) }

// Kind is the field kind.
func (p *IdentityProvider) Kind() IdentityProviderKind {
	return IdentityProviderKind(strings.ToUpper(string(p.IdentityProvider.Kind)))
}

// Of returns the kind of the domain.
func (k IdentityProviderKind) Of() identity.ProviderKind {
	return identity.ProviderKind(strings.ToLower(string(k)))
}

// Scopes is the field scopes.
func (p *IdentityProvider) Scopes() []string { return present(p.Config.Scopes) }

// LinkPolicy is the field linkPolicy.
func (p *IdentityProvider) LinkPolicy() LinkPolicy {
	return LinkPolicy(strings.ToUpper(string(p.Config.LinkPolicy)))
}

// Of returns the policy of the domain.
func (p LinkPolicy) Of() identity.LinkPolicy { return identity.LinkPolicy(strings.ToLower(string(p))) }

// TrustEmail is the field trustEmail.
func (p *IdentityProvider) TrustEmail() bool { return p.Config.TrustEmail }

// EmailDomains is the field emailDomains.
func (p *IdentityProvider) EmailDomains() []string { return present(p.Config.EmailDomains) }

// Register is the field register.
func (p *IdentityProvider) Register() bool { return p.Config.Register }

// Levels is the field levels, by value.
func (p *IdentityProvider) Levels() []*IdentityProviderLevel {
	levels := make([]*IdentityProviderLevel, 0, len(p.Config.Levels))
	for _, value := range slices.Sorted(maps.Keys(p.Config.Levels)) {
		levels = append(levels, &IdentityProviderLevel{Value: value, Level: p.Config.Levels[value]})
	}
	return levels
}

// Tenants is the field tenants.
func (p *IdentityProvider) Tenants() []string { return present(p.Config.Tenants) }

// AuthorizationEndpoint is the field authorizationEndpoint.
func (p *IdentityProvider) AuthorizationEndpoint() *string {
	return optional(&p.Config.AuthorizationEndpoint)
}

// TokenEndpoint is the field tokenEndpoint.
func (p *IdentityProvider) TokenEndpoint() *string { return optional(&p.Config.TokenEndpoint) }

// UserinfoEndpoint is the field userinfoEndpoint.
func (p *IdentityProvider) UserinfoEndpoint() *string { return optional(&p.Config.UserInfoEndpoint) }

// SubjectClaim is the field subjectClaim.
func (p *IdentityProvider) SubjectClaim() *string { return optional(&p.Config.SubjectClaim) }

// NewIdentityProviderTest shows what was found out about a provider.
func NewIdentityProviderTest(r identity.ProviderReport) *IdentityProviderTest {
	return &IdentityProviderTest{
		RedirectURI: r.RedirectURI, Issuer: r.Issuer, AuthorizationEndpoint: optional(&r.AuthorizationEndpoint),
		TokenEndpoint: optional(&r.TokenEndpoint), UserinfoEndpoint: optional(&r.UserInfoEndpoint), JwksURI: optional(&r.KeysEndpoint),
		SigningKeys: r.SigningKeys, Problem: optional(&r.Problem),
	}
}

// LinkedIdentity is the type LinkedIdentity.
type LinkedIdentity struct{ identity.LinkedIdentity }

// ID is the field id.
func (l *LinkedIdentity) ID() string { return KindLinked.ID(l.LinkedIdentity.ID) }

// IdentityProviderID is the field identityProviderId.
func (l *LinkedIdentity) IdentityProviderID() string { return KindProvider.ID(l.ProviderID) }

// Email is the field email.
func (l *LinkedIdentity) Email() *string { return optional(&l.LinkedIdentity.Email) }
