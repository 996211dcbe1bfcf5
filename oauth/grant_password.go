package oauth

// passwordGrant is the grant of RFC 6749 §4.3, which OAuth 2.1 has dropped. It is offered only when the operator has
// switched it on for a migration, and never advertised.
type passwordGrant struct{ h *Handler }

func (g passwordGrant) redeem(r tokenRequest) (TokenResponse, error) {
	username, err := r.required("username")
	if err != nil {
		return TokenResponse{}, err
	}
	password, err := r.required("password")
	if err != nil {
		return TokenResponse{}, err
	}
	_, scopes, err := g.h.requestedScopes(r)
	if err != nil {
		return TokenResponse{}, err
	}
	redeemed, err := g.h.Domain.Grants.ForPassword(r.Context(), r.client, username, password, scopes)
	if err != nil {
		return TokenResponse{}, err
	}
	return g.h.issueTokens(r, redeemed, "")
}
