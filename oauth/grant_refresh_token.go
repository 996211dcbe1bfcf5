package oauth

import "github.com/authly/authly/identity"

// refreshToken is the grant of RFC 6749 §6 with rotation.
type refreshToken struct{ h *Handler }

func (g refreshToken) redeem(r tokenRequest) (TokenResponse, error) {
	token, err := r.required(paramRefreshToken)
	if err != nil {
		return TokenResponse{}, err
	}
	scopes, err := identity.ParseScope(r.form.Get(paramScope))
	if err != nil {
		return TokenResponse{}, err
	}
	redeemed, err := g.h.Domain.Grants.Refresh(r.Context(), r.client, token, scopes)
	if err != nil {
		return TokenResponse{}, err
	}
	return g.h.issueTokens(r, redeemed, "")
}
