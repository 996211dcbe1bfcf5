package main

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

type providerDeclaration struct {
	Slug         string                `yaml:"slug"`
	Kind         identity.ProviderKind `yaml:"kind"`
	Name         string                `yaml:"name"`
	Enabled      *bool                 `yaml:"enabled"` // default true
	Position     int                   `yaml:"position,omitempty"`
	Issuer       string                `yaml:"issuer,omitempty"` // empty: that of the kind
	ClientID     string                `yaml:"client_id"`
	ClientSecret *string               `yaml:"client_secret,omitempty"` // may be a reference: env:NAME or file:PATH; nil: as it is

	identity.ProviderConfig `yaml:",inline"`
}

func (c converter) provider(at string, d providerDeclaration) admin.DesiredProvider {
	p := admin.DesiredProvider{IdentityProvider: identity.IdentityProvider{
		Slug: d.Slug, Kind: d.Kind, Name: d.Name, Enabled: d.Enabled == nil || *d.Enabled, Position: d.Position, Issuer: d.Issuer,
		ClientID: d.ClientID, Config: d.ProviderConfig,
	}}
	if d.ClientSecret != nil {
		p.Secret = new(c.resolve(at+".client_secret", *d.ClientSecret))
	}
	return p
}

// asDeclared returns a provider as the file of apply says it, without its secret.
func asDeclared(p identity.IdentityProvider) (string, error) {
	declared := declaredProvider(admin.DesiredProvider{IdentityProvider: p})
	text, err := yaml.Marshal(declaration{Providers: listed[providerDeclaration]{declared}})
	if err != nil {
		return "", fmt.Errorf("write declaration: %w", err)
	}
	return string(text), nil
}
