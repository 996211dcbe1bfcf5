package oauth

import "github.com/authly/authly/identity"

// clientCredentials is the grant of RFC 6749 §4.4.
type clientCredentials struct{ grants *identity.Grants }

func (g clientCredentials) redeem(r tokenRequest) (identity.Issuance, error) {
	scopes, err := r.scopes()
	if err != nil {
		return identity.Issuance{}, err
	}
	return g.grants.ForClient(r.Context(), r.client, scopes, r.form[paramResource])
}
