package oauth

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authly/authly/identity"
)

// Endpoints is a set of the endpoints that take an authorization request.
type Endpoints uint8

// The endpoints.
const (
	AtAuthorize Endpoints = 1 << iota // OAuth 2.1 §4.1.1
	AtPAR                             // pushed requests, RFC 9126 §2.1: all that the authorization endpoint takes
	AtDevice                          // device authorization, RFC 8628 §3.1: the code and the way back are not the client's
	AtCIBA                            // backchannel authentication, CIBA Core §7.1: there is no way back at all

	withRedirect = AtAuthorize | AtPAR
	everywhere   = withRedirect | AtDevice | AtCIBA
)

// RequestCheck is one rule for authorization requests.
type RequestCheck struct {
	Name  string
	At    Endpoints
	Check func(*CheckedRequest) error
}

// requestChecks is the order in which an authorization request is validated. The order is the rule: until the client
// and its redirect URI are proven nothing is redirected, and what follows needs to know where its errors go. The checks
// of the Extension follow.
var requestChecks = []RequestCheck{
	{paramClientID, AtAuthorize, (*CheckedRequest).client}, // at the others it was authenticated
	{paramRequest, withRedirect, (*CheckedRequest).requestObject},
	{"signed authentication request", AtCIBA, (*CheckedRequest).signedBackchannel},
	{paramRedirectURI, withRedirect, (*CheckedRequest).redirectURI},
	{"default response mode", withRedirect, (*CheckedRequest).responseWay},
	{paramState, withRedirect, (*CheckedRequest).state},
	{paramResponseMode, withRedirect, (*CheckedRequest).responseMode},
	{"repeated parameters", everywhere, (*CheckedRequest).repeated},
	{"pushed requests", AtAuthorize, (*CheckedRequest).pushed},
	{"signed requests", withRedirect, (*CheckedRequest).signed},
	{paramRequestURI, withRedirect, (*CheckedRequest).requestURI},
	{paramResponseType, withRedirect, (*CheckedRequest).responseType},
	{"registered response type", withRedirect, (*CheckedRequest).registered},
	{"device_code grant", AtDevice, (*CheckedRequest).deviceGrant},
	{"ciba grant", AtCIBA, (*CheckedRequest).cibaGrant},
	{"one hint", AtCIBA, (*CheckedRequest).oneHint},
	{paramCodeChallenge, withRedirect, (*CheckedRequest).pkce},
	{"challenge of a pushed request", AtPAR, (*CheckedRequest).pushedChallenge},
	{paramProofKey, withRedirect, (*CheckedRequest).proofKey},
	{paramScope, everywhere, (*CheckedRequest).scope},
	{paramResource, everywhere, (*CheckedRequest).resource},
	{"openid", AtCIBA, (*CheckedRequest).openID},
	{paramDetails, withRedirect | AtCIBA, (*CheckedRequest).details},
	{"no authorization_details", AtDevice, (*CheckedRequest).noDetails},
}

// CheckedRequest is an authorization request on its way through the checks.
type CheckedRequest struct {
	Request *http.Request
	Params  url.Values
	Client  identity.Client              // once it was found
	Out     identity.AuthorizationParams // what the checks have made of the parameters so far

	h      *Handler
	object identity.RequestObject // that the parameters are from, if there is one
	proven bool                   // errors may go to the client
}

// run does the checks that concern an endpoint, up to the first that fails.
func (c *CheckedRequest) run(at Endpoints) error {
	for _, check := range c.h.checks {
		if check.At&at == 0 {
			continue
		}
		if err := check.Check(c); err != nil {
			return err
		}
	}
	return nil
}

func (c *CheckedRequest) interaction() identity.Interaction {
	return c.h.Domain.Interactions.NewAuthorize(c.Client, c.Out)
}

// single returns a parameter that decides where answers go; repeated, it is refused at once.
func (c *CheckedRequest) single(name string) (string, error) {
	if len(c.Params[name]) > 1 {
		return "", InvalidRequest(identity.RuleOnce, "The parameter %s is repeated.", name)
	}
	return c.Params.Get(name), nil
}

func (c *CheckedRequest) client() error {
	id, err := c.single(paramClientID)
	if err != nil {
		return err
	}
	if id == "" {
		return InvalidRequest(identity.RuleClientID, "The parameter client_id is missing.")
	}
	client, err := c.h.Domain.ClientAuth.Find(c.Request.Context(), id)
	if errors.Is(err, identity.ErrClientNotFound) {
		broken := identity.ViolationOf(err)
		return InvalidRequest(broken.Rule, "The application is not known here (client_id).").Expecting(broken.Expected)
	}
	if err != nil {
		return err
	}
	c.Client = client
	return nil
}

func (c *CheckedRequest) redirectURI() error {
	requested, err := c.single(paramRedirectURI)
	if err != nil {
		return err
	}
	uri, ok := c.Client.RedirectURI(requested)
	if requested == "" && (!ok || c.mustPush() || c.Client.NeedsWholeRequest()) { // FAPI 2.0 Security Profile §5.3.2.2: pushed ones have it
		return InvalidRequest(identity.RuleRedirect, "The parameter redirect_uri is missing.")
	}
	if !ok {
		return InvalidRequest(identity.RuleRedirectRegistered, "The redirect_uri is not registered for this application.").
			Expecting(identity.OneOf(c.Client.Metadata.RedirectURIs))
	}
	c.Out.RedirectURI, c.Out.RedirectURISent, c.proven = uri, requested != "", true
	return nil
}

// responseWay takes what is to be sent back, and where it goes unless the request says so: also an error, of a response type that is
// not offered or not the client's (OAuth 2.0 Multiple Response Type Encoding Practices §3, §5).
func (c *CheckedRequest) responseWay() error {
	c.Out.ResponseType, _ = identity.ParseResponseType(c.Params.Get(paramResponseType))
	c.Out.ResponseMode = modeQuery
	if c.Out.ResponseType.FrontChannel() {
		c.Out.ResponseMode = modeFragment
	}
	return nil
}

func (c *CheckedRequest) state() error {
	c.Out.State = c.Params.Get(paramState)
	c.Out.HasState = c.Out.State != ""
	if len(c.Out.State) > maxState {
		// An answer without the state would be refused by the client, or taken for another's (RFC 6749 §10.12).
		c.proven = false
		return InvalidRequest(identity.RuleState, "The state is longer than %d bytes.", maxState)
	}
	return nil
}

// maxState bounds what is kept and sent back, in bytes.
const maxState = 4096

// responseMode takes the way that is asked for. No token goes by the query, which is logged and sent on (OAuth 2.0 Multiple Response
// Type Encoding Practices §3, §5; JARM §2.3.1).
func (c *CheckedRequest) responseMode() error {
	mode, modes := c.Params.Get(paramResponseMode), c.h.responseModes()
	name, signed := strings.CutSuffix(mode, signedModes)
	switch {
	case mode == "":
	case !slices.Contains(modes, mode):
		return InvalidRequest(identity.RuleResponseMode, "The response_mode must be one of %s.", strings.Join(modes, ", "))
	case mode == modeJWT:
		c.Out.ResponseMode += signedModes
	case name == modeQuery && c.Out.ResponseType.FrontChannel():
		if signed {
			c.Out.ResponseMode += signedModes
		}
		return InvalidRequest(identity.RuleResponseModeQuery, "The response_mode must not be %s for a response with tokens.", mode)
	default:
		c.Out.ResponseMode = mode
	}
	if c.Client.NeedsSignedResponse(c.Out.ResponseType) && !strings.HasSuffix(c.Out.ResponseMode, signedModes) {
		return InvalidRequest(identity.RuleResponseModeSigned, "The response_mode must be jwt, or one that ends in .jwt, for this application.")
	}
	return nil
}

func (c *CheckedRequest) repeated() error {
	return refuseRepeated(c.Params)
}

// mustPush: the client must push its requests, or every one must (RFC 9126 §5, §6).
func (c *CheckedRequest) mustPush() bool {
	return c.Client.Metadata.RequirePushedRequests || c.h.Domain.Settings.Get().RequirePushedRequests
}

// pushed refuses a request that had to be pushed.
func (c *CheckedRequest) pushed() error {
	if c.mustPush() {
		return InvalidRequest(identity.RulePushedRequired, "The request must be pushed first (RFC 9126).")
	}
	return nil
}

func (c *CheckedRequest) requestURI() error {
	if c.Params.Has(paramRequestURI) {
		return RequestURINotSupported()
	}
	return nil
}

func (c *CheckedRequest) responseType() error {
	switch {
	case c.Params.Get(paramResponseType) == "":
		return InvalidRequest(identity.RuleResponseType, "The parameter response_type is missing.")
	case !slices.Contains(c.h.responseTypes(), c.Out.ResponseType):
		return UnsupportedResponseType().Expecting(identity.OneOf(c.h.responseTypes()))
	}
	return nil
}

// registered refuses what the client has not registered, word for word (RFC 6749 §4.1.2.1, OIDC Registration §2).
func (c *CheckedRequest) registered() error {
	if !c.Client.Responds(c.Out.ResponseType) {
		return UnauthorizedClient(identity.RuleCodeOfClient, "The client is not registered for the response type.")
	}
	if c.Out.ResponseType.Token() && c.Client.BindsTokens() {
		return UnauthorizedClient(identity.RuleFrontChannelBound,
			"The access tokens of the client are bound, and none goes through the browser.")
	}
	return nil
}

func (c *CheckedRequest) pkce() error {
	if !c.Out.ResponseType.Code() {
		return nil // there is nothing to redeem
	}
	c.Out.CodeChallenge = c.Params.Get(paramCodeChallenge)
	return c.Client.CheckChallenge(c.Out.CodeChallenge, c.Params.Get(paramChallengeMethod))
}

func (c *CheckedRequest) pushedChallenge() error {
	if c.Out.CodeChallenge == "" && c.Client.NeedsChallenge() {
		return InvalidRequest(identity.RuleChallenge, "The parameter code_challenge is required.")
	}
	return nil
}

// proofKey takes the key that the code is to be bound to (RFC 9449 §10).
func (c *CheckedRequest) proofKey() error {
	c.Out.ProofKey = c.Params.Get(paramProofKey)
	if c.Out.ProofKey != "" && !identity.IsThumbprint(c.Out.ProofKey) {
		return InvalidRequest(identity.RuleProofKey, "The dpop_jkt is not a SHA-256 thumbprint.")
	}
	if c.Out.ProofKey != "" && c.Client.CheckKey() != nil { // it could not redeem the code
		return InvalidRequest(identity.RuleProofUnused, "The tokens of the client are not bound to a key (dpop_jkt).")
	}
	return c.keyHolds()
}

// keyHolds refuses a key for a response with an access token, which nothing would bind to it.
func (c *CheckedRequest) keyHolds() error {
	if c.Out.ProofKey != "" && c.Out.ResponseType.Token() {
		return InvalidRequest(identity.RuleFrontChannelBound, "An access token in the authorization response is bound to no key.")
	}
	return nil
}

func (c *CheckedRequest) scope() error {
	requested, err := identity.ParseScope(c.Params.Get(paramScope))
	if err != nil {
		return err
	}
	c.Out.Scopes, err = c.h.Domain.Scopes.Requested(c.Request.Context(), c.Client, requested)
	if !c.Out.ResponseType.Code() && c.Out.ResponseType.FrontChannel() { // there is no refresh token (OIDC Core §11)
		c.Out.Scopes = slices.DeleteFunc(c.Out.Scopes, func(name string) bool { return name == identity.ScopeOfflineAccess })
	}
	return err
}

func (c *CheckedRequest) resource() error {
	c.Out.Resources = c.Params[paramResource]
	return c.h.Domain.Scopes.CheckResources(c.Request.Context(), c.Out.Resources)
}

// details takes what is asked for in detail (RFC 9396 §5).
func (c *CheckedRequest) details() error {
	var err error
	c.Out.Details, err = c.h.Domain.Scopes.RequestedDetails(c.Request.Context(), c.Client, c.Params.Get(paramDetails))
	return err
}

// noDetails refuses them where a person could not read them beside what they approve: a code from another screen.
func (c *CheckedRequest) noDetails() error {
	if c.Params.Has(paramDetails) {
		return badRequest("invalid_authorization_details", identity.RuleDetails, "A device cannot ask for authorization_details.")
	}
	return nil
}
