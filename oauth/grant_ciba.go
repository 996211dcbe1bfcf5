package oauth

import "github.com/authly/authly/identity"

// ciba is the grant of CIBA Core §10.1.
type ciba struct {
	backchannel *identity.BackchannelAuthentications
}

func (g ciba) redeem(r tokenRequest) (identity.Issuance, error) {
	id, err := r.required(paramAuthReqID)
	if err != nil {
		return identity.Issuance{}, err
	}
	return g.backchannel.Redeem(r.Context(), r.client, id, r.caller.Sender)
}
