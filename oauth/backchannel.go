package oauth

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/authly/authly/identity"
)

// backchannelResponse is the answer to an authentication request (CIBA Core §7.3).
type backchannelResponse struct {
	AuthReqID string `json:"auth_req_id"`
	ExpiresIn int    `json:"expires_in"` // seconds
	Interval  int    `json:"interval"`   // seconds
}

// handleBackchannel takes the request of a client that asks a user who is not in a browser that it has sent (CIBA Core §7).
func (h *Handler) handleBackchannel(w http.ResponseWriter, r *http.Request) {
	var client identity.Client
	answer, err := h.beginBackchannel(r, &client)
	if err != nil {
		h.fail(w, r, client, err)
		return
	}
	WriteJSON(w, http.StatusOK, backchannelResponse{
		AuthReqID: answer.ID, ExpiresIn: int(answer.ExpiresIn.Seconds()), Interval: int(answer.Interval.Seconds()),
	})
}

// beginBackchannel checks a request as the token endpoint would its client. client is set as soon as it is proven.
func (h *Handler) beginBackchannel(r *http.Request, client *identity.Client) (identity.BackchannelAnswer, error) {
	form, err := readForm(r)
	if err != nil {
		return identity.BackchannelAnswer{}, err
	}
	if *client, err = h.authenticateConfidential(r, form); err != nil {
		return identity.BackchannelAnswer{}, err
	}
	check := &CheckedRequest{h: h, Request: r, Params: form, Client: *client}
	if err := check.run(AtCIBA); err != nil {
		return identity.BackchannelAnswer{}, err
	}
	ask := identity.BackchannelAsk{Params: check.Out, BindingMessage: check.Params.Get(paramBindingMessage)}
	if !identity.ValidBindingMessage(ask.BindingMessage) {
		return identity.BackchannelAnswer{}, badRequest("invalid_binding_message", identity.RuleBindingMessage,
			"The binding_message must be short and of plain characters.")
	}
	if ask.Lifetime, err = check.lifetime(); err != nil {
		return identity.BackchannelAnswer{}, err
	}
	if ask.NotificationToken, err = check.notificationToken(); err != nil {
		return identity.BackchannelAnswer{}, err
	}
	if err := check.use(); err != nil {
		return identity.BackchannelAnswer{}, badSigned(err)
	}
	return h.Domain.Backchannel.Begin(r.Context(), *client, ask)
}

// cibaGrant refuses clients that are not registered for it.
func (c *CheckedRequest) cibaGrant() error {
	_, err := c.h.grantFor(identity.GrantCIBA, c.Client)
	return err
}

// credentialParameters are what may stand beside a signed authentication request (CIBA Core §7.1.1).
var credentialParameters = []string{paramRequest, paramClientID, paramClientSecret, paramClientAssertion, paramClientAssertionType}

// signedBackchannel takes the parameters from the JWT of a signed authentication request. There is no error code of its own for one
// that does not hold (CIBA Core §13).
func (c *CheckedRequest) signedBackchannel() error {
	text, err := c.single(paramRequest)
	if err != nil {
		return err
	}
	if text == "" {
		m := c.Client.Metadata
		if m.BackchannelRequestAlg != "" || m.RequireSignedRequest || c.h.Domain.Settings.Get().RequireSignedRequests {
			return InvalidRequest(identity.RuleSignedRequired, "The request must be signed (CIBA Core 7.1.1).")
		}
		return nil
	}
	for name := range c.Params {
		if !slices.Contains(credentialParameters, name) {
			return InvalidRequest(identity.RuleBackchannelSigned, "A signed request has all parameters in its JWT: %s is not.", printable(name))
		}
	}
	if c.object, err = c.h.Domain.RequestObjects.ReadBackchannel(c.Request.Context(), c.Client, text); err != nil {
		return badSigned(err)
	}
	c.Params = c.object.Parameters
	return nil
}

func badSigned(err error) error {
	if e := identity.AsError(err); e.Code == identity.CodeInvalidRequestObject {
		return InvalidRequest("", "%s", e.Detail).Because(err)
	}
	return err
}

// oneHint refuses a request that does not say in one way who is asked (CIBA Core §7.1). A login_hint_token is signed by somebody whom
// both sides trust for it, of whom there is nobody.
func (c *CheckedRequest) oneHint() error {
	var hints []string
	for _, name := range []string{paramLoginHint, paramIDTokenHint, paramLoginHintToken} {
		if c.Params.Get(name) != "" {
			hints = append(hints, name)
		}
	}
	switch {
	case len(hints) != 1:
		return InvalidRequest(identity.RuleBackchannelHint, "Exactly one of login_hint and id_token_hint must be sent.")
	case hints[0] == paramLoginHintToken:
		return InvalidRequest(identity.RuleBackchannelHint, "A login_hint_token is not supported.")
	}
	return nil
}

// openID refuses a request that is not of OpenID Connect (CIBA Core §7.1).
func (c *CheckedRequest) openID() error {
	if !slices.Contains(c.Out.Scopes, identity.ScopeOpenID) {
		return InvalidScope(identity.RuleBackchannelForm, "The scope must have openid.")
	}
	return nil
}

// lifetime reads how long the client is willing to wait.
func (c *CheckedRequest) lifetime() (time.Duration, error) {
	text := c.Params.Get(paramRequestedExpiry)
	if text == "" {
		return 0, nil
	}
	seconds, err := strconv.ParseInt(text, 10, 32)
	if err != nil || seconds <= 0 {
		return 0, InvalidRequest(identity.RuleBackchannelForm, "The requested_expiry must be a positive number of seconds.")
	}
	return time.Duration(seconds) * time.Second, nil
}

// notificationToken reads what the client wants to be notified with, if it is.
func (c *CheckedRequest) notificationToken() (string, error) {
	if c.Client.Metadata.DeliveryMode != identity.DeliveryPing {
		return "", nil
	}
	token := c.Params.Get(paramNotificationToken)
	if !identity.ValidNotificationToken(token) {
		return "", InvalidRequest(identity.RuleNotificationToken,
			"The client_notification_token must be a bearer token of 1024 characters at most.")
	}
	return token, nil
}
