package main

import "github.com/authly/authly/identity"

type trustedDeclaration struct {
	Issuer    string             `yaml:"issuer"`
	Enabled   *bool              `yaml:"enabled,omitempty"` // default true
	JWKS      any                `yaml:"jwks,omitempty"`
	JWKSURI   string             `yaml:"jwks_uri,omitempty"`
	UserClaim string             `yaml:"user_claim,omitempty"` // default sub, with user_match
	UserMatch identity.UserMatch `yaml:"user_match,omitempty"`

	SoftwareStatements bool `yaml:"software_statements,omitempty"`
}

func (c converter) trustedIssuer(at string, d trustedDeclaration) identity.TrustedIssuer {
	return identity.TrustedIssuer{
		Issuer: d.Issuer, Enabled: d.Enabled == nil || *d.Enabled, JWKS: c.keySet(at, d.JWKS), JWKSURI: d.JWKSURI,
		UserClaim: d.UserClaim, UserMatch: d.UserMatch, SoftwareStatements: d.SoftwareStatements,
	}
}
