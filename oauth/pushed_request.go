package oauth

import (
	"net/http"
	"net/url"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/bearer"
)

// pushedResponse is the answer to a pushed request (RFC 9126 §2.2).
type pushedResponse struct {
	RequestURI string `json:"request_uri"`
	ExpiresIn  int    `json:"expires_in"` // seconds
}

// handlePushed takes an authorization request from the client itself, before the browser comes (RFC 9126 §2).
func (h *Handler) handlePushed(w http.ResponseWriter, r *http.Request) {
	var client identity.Client
	requestURI, err := h.push(r, &client)
	h.offerNonce(w, r)
	if err != nil {
		h.fail(w, r, client, err)
		return
	}
	response := pushedResponse{RequestURI: requestURI, ExpiresIn: int(identity.PushedRequestTTL.Seconds())}
	WriteJSON(w, http.StatusCreated, response)
}

// push checks a request as the authorization endpoint does. client is set as soon as it is proven.
func (h *Handler) push(r *http.Request, client *identity.Client) (requestURI string, err error) {
	form, err := readForm(r)
	if err != nil {
		return "", err
	}
	if *client, err = h.authenticateClient(r, form); err != nil {
		return "", err
	}
	if form.Has(paramRequestURI) {
		return "", InvalidRequest(identity.RulePushedNested, "A pushed request must not have a request_uri.")
	}
	check := &CheckedRequest{h: h, Request: r, Params: form, Client: *client}
	if err := check.run(AtPAR); err != nil {
		return "", err
	}
	if err := check.proofOfKey(); err != nil {
		return "", err
	}
	requestURI, err = h.Domain.Interactions.Push(check.interaction())
	if err != nil {
		return "", err
	}
	return requestURI, check.use()
}

// proofOfKey binds the code to the key of a proof that comes with a pushed request (RFC 9449 §10.1). The proof is not spent: it
// gives nothing but that its key will be asked for again.
func (c *CheckedRequest) proofOfKey() error {
	presented, err := bearer.ProofOf(c.Request)
	if err != nil || presented.JWT == "" {
		return err
	}
	if err := c.Client.CheckKey(); err != nil {
		return err
	}
	proof, err := c.h.Domain.Proofs.Check(presented, "")
	if err != nil {
		return err
	}
	if c.Out.ProofKey != "" && c.Out.ProofKey != proof.Thumbprint {
		return InvalidRequest(identity.RuleProofKey, "The dpop_jkt is not that of the key of the proof.")
	}
	c.Out.ProofKey = proof.Thumbprint
	return c.keyHolds()
}

// pushed returns the request that a browser brings by reference. All that is beside client_id and request_uri is overlooked:
// who has changed it may be anybody (RFC 9126 §4, RFC 9101 §6.3).
func (h *Handler) pushed(r *http.Request, params url.Values) (identity.Interaction, error) {
	c := &CheckedRequest{h: h, Request: r, Params: params}
	requestURI, err := c.single(paramRequestURI)
	if err != nil {
		return identity.Interaction{}, err
	}
	if err := c.client(); err != nil {
		return identity.Interaction{}, err
	}
	i, err := h.Domain.Interactions.Pushed(r.Context(), requestURI, c.Client.ClientID)
	if err != nil {
		i.Client = c.Client
	}
	return i, err
}
