package oauth

import "github.com/authly/authly/identity"

// refreshToken is the grant of RFC 6749 §6 with rotation.
type refreshToken struct{ grants *identity.Grants }

func (g refreshToken) redeem(r tokenRequest) (identity.Issuance, error) {
	token, err := r.required(paramRefreshToken)
	if err != nil {
		return identity.Issuance{}, err
	}
	scopes, err := r.scopes()
	if err != nil {
		return identity.Issuance{}, err
	}
	return g.grants.Refresh(r.Context(), r.client, token, scopes, r.caller.Sender)
}
