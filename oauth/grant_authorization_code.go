package oauth

import "github.com/authly/authly/identity"

// authorizationCode is the grant of RFC 6749 §4.1.3 with PKCE.
type authorizationCode struct{ grants *identity.Grants }

func (g authorizationCode) redeem(r tokenRequest) (identity.Issuance, error) {
	code, err := r.required(paramCode)
	if err != nil {
		return identity.Issuance{}, err
	}
	return g.grants.Exchange(r.Context(), r.client, identity.CodeProof{
		Code: code, RedirectURI: r.form.Get(paramRedirectURI), Verifier: r.form.Get(paramCodeVerifier),
		Sender: r.caller.Sender,
	})
}
