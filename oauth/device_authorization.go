package oauth

import (
	"net/http"
	"net/url"

	"github.com/authly/authly/identity"
)

// deviceResponse is the answer to a device (RFC 8628 §3.2).
type deviceResponse struct {
	DeviceCode              string `json:"device_code"`
	UserCode                string `json:"user_code"`
	VerificationURI         string `json:"verification_uri"`
	VerificationURIComplete string `json:"verification_uri_complete"`
	ExpiresIn               int    `json:"expires_in"` // seconds
	Interval                int    `json:"interval"`   // seconds
}

// handleDevice takes the request of a device that lets a person decide in a browser of another (RFC 8628 §3.1).
func (h *Handler) handleDevice(w http.ResponseWriter, r *http.Request) {
	var client identity.Client
	codes, err := h.beginDevice(r, &client)
	if err != nil {
		h.fail(w, r, client, err)
		return
	}
	page := h.issuer() + identity.DevicePath
	WriteJSON(w, http.StatusOK, deviceResponse{
		DeviceCode: codes.DeviceCode, UserCode: codes.UserCode, VerificationURI: page,
		VerificationURIComplete: page + "?" + url.Values{"user_code": {codes.UserCode}}.Encode(),
		ExpiresIn:               int(codes.ExpiresIn.Seconds()), Interval: int(codes.Interval.Seconds()),
	})
}

// beginDevice checks a request as the token endpoint would its client. client is set as soon as it is proven.
func (h *Handler) beginDevice(r *http.Request, client *identity.Client) (identity.DeviceCodes, error) {
	form, err := readForm(r)
	if err != nil {
		return identity.DeviceCodes{}, err
	}
	if *client, err = h.authenticateClient(r, form); err != nil {
		return identity.DeviceCodes{}, err
	}
	check := &CheckedRequest{h: h, Request: r, Params: form, Client: *client}
	if err := check.run(AtDevice); err != nil {
		return identity.DeviceCodes{}, err
	}
	return h.Domain.Devices.Begin(r.Context(), *client, check.Out.Scopes, check.Out.Resources)
}

// deviceGrant refuses clients that are not registered for it.
func (c *CheckedRequest) deviceGrant() error {
	_, err := c.h.grantFor(identity.GrantDeviceCode, c.Client)
	return err
}
