package oauth

import "github.com/authly/authly/identity"

// clientCredentials is the grant of RFC 6749 §4.4.
type clientCredentials struct {
	grants *identity.Grants
	scopes *identity.Scopes
}

func (g clientCredentials) redeem(r tokenRequest) (identity.Issuance, error) {
	scopes, err := r.scopes()
	if err != nil {
		return identity.Issuance{}, err
	}
	issuance, err := g.grants.ForClient(r.Context(), r.client, scopes, r.form[paramResource])
	if err != nil {
		return identity.Issuance{}, err
	}
	issuance.Details, err = g.scopes.RequestedDetails(r.Context(), r.client, r.form.Get(paramDetails))
	return issuance, err
}
