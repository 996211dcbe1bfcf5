package oauth

import "github.com/authly/authly/identity"

// authorizationCode is the grant of RFC 6749 §4.1.3 with PKCE.
type authorizationCode struct{ h *Handler }

func (g authorizationCode) redeem(r tokenRequest) (TokenResponse, error) {
	code, err := r.required(paramCode)
	if err != nil {
		return TokenResponse{}, err
	}
	redeemed, err := g.h.Domain.Grants.Exchange(r.Context(), r.client, identity.CodeProof{
		Code: code, RedirectURI: r.form.Get(paramRedirectURI), Verifier: r.form.Get(paramCodeVerifier),
	})
	if err != nil {
		return TokenResponse{}, err
	}
	return g.h.issueTokens(r, redeemed, redeemed.Grant.Code.Nonce)
}
