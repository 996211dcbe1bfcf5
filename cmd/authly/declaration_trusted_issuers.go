package main

import "github.com/authly/authly/identity"

type trustedDeclaration struct {
	Issuer    string             `yaml:"issuer"`
	Enabled   *bool              `yaml:"enabled"` // default true
	JWKS      any                `yaml:"jwks"`
	JWKSURI   string             `yaml:"jwks_uri"`
	UserClaim string             `yaml:"user_claim"` // default sub, with user_match
	UserMatch identity.UserMatch `yaml:"user_match"`

	SoftwareStatements bool `yaml:"software_statements"`
}

func (c converter) trustedIssuer(at string, d trustedDeclaration) identity.TrustedIssuer {
	return identity.TrustedIssuer{
		Issuer: d.Issuer, Enabled: d.Enabled == nil || *d.Enabled, JWKS: c.keySet(at, d.JWKS), JWKSURI: d.JWKSURI,
		UserClaim: d.UserClaim, UserMatch: d.UserMatch, SoftwareStatements: d.SoftwareStatements,
	}
}
