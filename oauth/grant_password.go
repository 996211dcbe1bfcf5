package oauth

import "github.com/authly/authly/identity"

// passwordGrant is the grant of RFC 6749 §4.3, which OAuth 2.1 has dropped. It is offered only when the operator has
// switched it on for a migration, and never advertised.
type passwordGrant struct{ grants *identity.Grants }

func (g passwordGrant) redeem(r tokenRequest) (identity.Issuance, error) {
	username, err := r.required("username")
	if err != nil {
		return identity.Issuance{}, err
	}
	password, err := r.required("password")
	if err != nil {
		return identity.Issuance{}, err
	}
	scopes, err := r.scopes()
	if err != nil {
		return identity.Issuance{}, err
	}
	return g.grants.ForPassword(r.Context(), r.client, username, password, scopes)
}
