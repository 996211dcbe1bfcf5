package oauth

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/authly/authly/identity"
)

// authorizeChecks is the order in which an authorization request is validated. The order is the rule: until the client
// and its redirect URI are proven nothing is redirected, and what follows needs to know where its errors go.
var authorizeChecks = []func(*authorizeCheck) error{
	(*authorizeCheck).client,
	(*authorizeCheck).redirectURI,
	(*authorizeCheck).state,
	(*authorizeCheck).responseMode,
	(*authorizeCheck).repeated,
	(*authorizeCheck).requestObject,
	(*authorizeCheck).responseType,
	(*authorizeCheck).grantType,
	(*authorizeCheck).pkce,
	(*authorizeCheck).scope,
	(*authorizeCheck).resource,
	(*authorizeCheck).extension,
}

// authorizeCheck is a request on its way through the checks.
type authorizeCheck struct {
	h      *Handler
	r      *http.Request
	params url.Values

	registered identity.Client
	proven     bool // errors may go to the client
	out        identity.AuthorizationParams
}

func (c *authorizeCheck) interaction() identity.Interaction {
	return c.h.Domain.Interactions.NewAuthorize(c.registered, c.out)
}

// one returns a parameter that decides where answers go; repeated, it is refused at once.
func (c *authorizeCheck) one(name string) (string, error) {
	if len(c.params[name]) > 1 {
		return "", InvalidRequest("The parameter %s is repeated.", name)
	}
	return c.params.Get(name), nil
}

func (c *authorizeCheck) client() error {
	id, err := c.one(paramClientID)
	if err != nil {
		return err
	}
	if id == "" {
		return InvalidRequest("The parameter client_id is missing.")
	}
	client, err := c.h.Domain.Clients.Find(c.r.Context(), id)
	if errors.Is(err, identity.ErrClientNotFound) {
		return InvalidRequest("The application is not known here (client_id).")
	}
	if err != nil {
		return err
	}
	c.registered = client
	return nil
}

func (c *authorizeCheck) redirectURI() error {
	requested, err := c.one(paramRedirectURI)
	if err != nil {
		return err
	}
	uri, ok := c.registered.RedirectURI(requested)
	if !ok && requested == "" {
		return InvalidRequest("The parameter redirect_uri is missing.")
	}
	if !ok {
		return InvalidRequest("The redirect_uri is not registered for this application.")
	}
	c.out.RedirectURI, c.out.RedirectURISent, c.proven = uri, requested != "", true
	c.out.ResponseMode = modeQuery
	return nil
}

func (c *authorizeCheck) state() error {
	c.out.State, c.out.HasState = c.params.Get(paramState), c.params.Get(paramState) != ""
	if len(c.out.State) > maxState {
		c.out.State, c.out.HasState = "", false
		return InvalidRequest("The state is longer than %d bytes.", maxState)
	}
	return nil
}

// maxState bounds what is stored and sent back.
const maxState = 4096

func (c *authorizeCheck) responseMode() error {
	switch c.params.Get(paramResponseMode) {
	case "", modeQuery:
	case modeFormPost:
		c.out.ResponseMode = modeFormPost
	default:
		return InvalidRequest("The response_mode must be query or form_post.")
	}
	return nil
}

func (c *authorizeCheck) repeated() error {
	if name, repeated := repeatedParameter(c.params); repeated {
		return InvalidRequest("The parameter %s is repeated.", printable(name))
	}
	return nil
}

func (c *authorizeCheck) requestObject() error {
	if c.params.Has(paramRequest) {
		return RequestNotSupported()
	}
	if c.params.Has(paramRequestURI) {
		return RequestURINotSupported()
	}
	return nil
}

func (c *authorizeCheck) responseType() error {
	switch c.params.Get(paramResponseType) {
	case "code":
		return nil
	case "":
		return InvalidRequest("The parameter response_type is missing.")
	}
	return UnsupportedResponseType()
}

func (c *authorizeCheck) grantType() error {
	if !c.registered.Allows(identity.GrantAuthorizationCode) || !slices.Contains(c.registered.Metadata.ResponseTypes, "code") {
		return UnauthorizedClient("The client is not registered for authorization codes.")
	}
	return nil
}

// pkce follows RFC 7636 §4.3 and §4.4.1: S256 only, required unless the client's policy says otherwise.
func (c *authorizeCheck) pkce() error {
	challenge, method := c.params.Get(paramCodeChallenge), c.params.Get(paramChallengeMethod)
	if challenge == "" {
		if c.registered.Metadata.RequirePKCE {
			return InvalidRequest("The parameter code_challenge is required.")
		}
		if method != "" {
			return InvalidRequest("A code_challenge_method needs a code_challenge.")
		}
		return nil
	}
	if method != "S256" {
		return InvalidRequest("The code_challenge_method must be S256.")
	}
	if !identity.ValidChallenge(challenge) {
		return InvalidRequest("The code_challenge must be the base64url form of a SHA-256 digest.")
	}
	c.out.CodeChallenge = challenge
	return nil
}

func (c *authorizeCheck) scope() error {
	requested, err := identity.ParseScope(c.params.Get(paramScope))
	if err != nil {
		return err
	}
	c.out.Scopes, err = c.h.Domain.Scopes.Requested(c.r.Context(), c.registered, requested)
	return err
}

func (c *authorizeCheck) resource() error {
	c.out.Resources = c.params[paramResource]
	return c.h.Domain.Scopes.CheckResources(c.r.Context(), c.out.Resources)
}

func (c *authorizeCheck) extension() error {
	if c.h.Extension == nil {
		return nil
	}
	return c.h.Extension.Authorize(c.r, c.registered, c.params, &c.out)
}
