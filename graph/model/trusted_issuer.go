package model

import (
	"strings"

	"github.com/authly/authly/identity"
)

// TrustedIssuer is the type TrustedIssuer.
type TrustedIssuer struct{ identity.TrustedIssuer }

// NewTrustedIssuers shows issuers.
func NewTrustedIssuers(list ...identity.TrustedIssuer) []*TrustedIssuer {
	out := make([]*TrustedIssuer, len(list))
	for i, t := range list {
		out[i] = &TrustedIssuer{t}
	}
	return out
}

// IsNode marks the type as a Node.
func (*TrustedIssuer) IsNode() {}

// ID is the field id.
func (t *TrustedIssuer) ID() string { return KindTrusted.ID(t.TrustedIssuer.ID) }

// Jwks is the field jwks.
func (t *TrustedIssuer) Jwks() any {
	if t.JWKS == nil {
		return nil
	}
	return t.JWKS
}

// JwksURI is the field jwksUri.
func (t *TrustedIssuer) JwksURI() *string { return optional(&t.JWKSURI) }

// UserClaim is the field userClaim.
func (t *TrustedIssuer) UserClaim() *string { return optional(&t.TrustedIssuer.UserClaim) }

// UserMatch is the field userMatch.
func (t *TrustedIssuer) UserMatch() *UserMatch {
	if t.TrustedIssuer.UserMatch == identity.MatchNobody {
		return nil
	}
	return new(UserMatch(strings.ToUpper(string(t.TrustedIssuer.UserMatch))))
}

// Of returns the match of the domain; that of nil is nobody.
func (m *UserMatch) Of() identity.UserMatch {
	if m == nil {
		return identity.MatchNobody
	}
	return identity.UserMatch(strings.ToLower(string(*m)))
}
