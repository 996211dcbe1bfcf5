package oauth

import "github.com/authly/authly/identity"

// deviceCode is the grant of RFC 8628 §3.4.
type deviceCode struct {
	devices *identity.DeviceAuthorizations
}

func (g deviceCode) redeem(r tokenRequest) (identity.Issuance, error) {
	code, err := r.required(paramDeviceCode)
	if err != nil {
		return identity.Issuance{}, err
	}
	return g.devices.Redeem(r.Context(), r.client, code, r.caller.Sender)
}
