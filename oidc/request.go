package oidc

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/oauth"
)

// Extension adds OpenID Connect to package oauth.
type Extension struct {
	Domain *identity.Domain
	Pages  Pages
}

// The bounds of the parameters of OpenID Connect, which names none itself. Lengths are in bytes.
const (
	maxNonce        = 4096
	maxClaims       = 8192
	maxClaimDepth   = 5   // of objects and lists in the claims parameter: userinfo, a claim, values and what they hold
	maxClaimMembers = 100 // of all objects in it
	maxHint         = 254 // login_hint, display, ui_locales, claims_locales, acr_values: longer ones are ignored, because they are advice
	maxPrompt       = 64  // all values that there are, and some room
)

// RequestChecks are those of the parameters of OIDC Core §3.1.2.1. Device authorization knows none of them: they are
// about the browser that the client sends. Of CIBA there are those that say who somebody is and how they sign in.
func (x *Extension) RequestChecks() []oauth.RequestCheck {
	const at, ciba = oauth.AtAuthorize | oauth.AtPAR, oauth.AtCIBA
	return []oauth.RequestCheck{
		{Name: "advice", At: at | ciba, Check: advice},
		{Name: "openid scope", At: at, Check: openIDScope},
		{Name: "nonce", At: at, Check: nonce},
		{Name: "prompt", At: at, Check: x.prompt},
		{Name: "max_age", At: at, Check: maxAge},
		{Name: "claims", At: at, Check: x.claimsRequest},
		{Name: "required_acr", At: at | ciba, Check: x.requiredClass},
		{Name: "id_token_hint", At: at | ciba, Check: x.idTokenHint},
	}
}

// advice takes the parameters that never make a request fail.
func advice(c *oauth.CheckedRequest) error {
	c.Out.Display, c.Out.UILocales = clip(c.Params.Get("display")), clip(c.Params.Get("ui_locales"))
	c.Out.LoginHint = clip(c.Params.Get("login_hint"))
	c.Out.ACRValues = strings.Fields(clip(c.Params.Get("acr_values")))
	return nil
}

func clip(s string) string {
	if len(s) > maxHint {
		return ""
	}
	return s
}

func nonce(c *oauth.CheckedRequest) error {
	c.Out.Nonce = c.Params.Get("nonce")
	if len(c.Out.Nonce) > maxNonce {
		return oauth.InvalidRequest(identity.RuleNonce, "The nonce is longer than %d bytes.", maxNonce)
	}
	brings := c.Out.ResponseType.IDToken() || c.Client.NeedsWholeRequest() && slices.Contains(c.Out.Scopes, identity.ScopeOpenID)
	if brings && c.Out.Nonce == "" { // which nothing else would tie to the request
		return oauth.InvalidRequest(identity.RuleNonceRequired, "The parameter nonce is missing (OIDC Core 3.2.2.1, 3.3.2.11).")
	}
	return nil
}

// openIDScope refuses a request for an ID token that is no request of OpenID Connect (OIDC Core §3.1.2.1).
func openIDScope(c *oauth.CheckedRequest) error {
	if c.Client.NeedsWholeRequest() && c.Params.Get("scope") == "" {
		return oauth.InvalidRequest(identity.RuleOpenIDScope, "The parameter scope is missing.")
	}
	if c.Out.ResponseType.IDToken() && !slices.Contains(c.Out.Scopes, identity.ScopeOpenID) {
		return oauth.InvalidScope(identity.RuleOpenIDScope, "The scope must have openid for an ID token.")
	}
	return nil
}

// promptValues are the values of prompt, of which create (Initiating User Registration 1.0 §4.1) is one while people can register, be it by
// invitation.
func (x *Extension) promptValues() []string {
	values := []string{"none", "login", "consent", "select_account"}
	if x.Domain.Registrations.Invites() {
		values = append(values, identity.PromptCreate)
	}
	return values
}

func (x *Extension) prompt(c *oauth.CheckedRequest) error {
	text := c.Params.Get("prompt")
	if len(text) > maxPrompt {
		return oauth.InvalidRequest(identity.RulePrompt, "The prompt is longer than %d bytes.", maxPrompt)
	}
	c.Out.Prompt = strings.Fields(text)
	values := x.promptValues()
	for _, value := range c.Out.Prompt {
		if !slices.Contains(values, value) {
			return oauth.InvalidRequest(identity.RulePrompt, "The prompt must be one of %s.", strings.Join(values, ", "))
		}
	}
	if len(c.Out.Prompt) > 1 && slices.Contains(c.Out.Prompt, "none") {
		return oauth.InvalidRequest(identity.RulePromptAlone, "The prompt none excludes all others.")
	}
	return nil
}

func maxAge(c *oauth.CheckedRequest) error {
	c.Out.MaxAge = c.Client.Metadata.DefaultMaxAge
	text := c.Params.Get("max_age")
	if text == "" {
		return nil
	}
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 0 {
		return oauth.InvalidRequest(identity.RuleMaxAge, "The max_age must be a number of seconds.")
	}
	seconds = min(seconds, 1<<31-1)
	c.Out.MaxAge = &seconds
	return nil
}

func (x *Extension) claimsRequest(c *oauth.CheckedRequest) error {
	text, locales := c.Params.Get("claims"), clip(c.Params.Get("claims_locales"))
	if text == "" && locales == "" {
		return nil
	}
	if len(text) > maxClaims {
		return oauth.InvalidRequest(identity.RuleClaims, "The claims parameter is longer than %d bytes.", maxClaims)
	}
	if depth, members := identity.MeasureJSON(text); depth > maxClaimDepth || members > maxClaimMembers {
		return oauth.InvalidRequest(
			identity.RuleClaims, "The claims parameter has more than %d levels or %d members.", maxClaimDepth, maxClaimMembers,
		)
	}
	requested, err := parseClaimsRequest([]byte(text))
	if err != nil {
		return oauth.InvalidRequest(identity.RuleClaims, "The claims parameter is not a valid claims request.")
	}
	if len(requested.subjects()) > 1 { // one person signs in
		return oauth.InvalidRequest(identity.RuleHintSubject, "The claims request names more than one subject.")
	}
	switch classes, essential := requested.classes(x.Domain.AuthenticationClasses()); {
	case essential && len(classes) == 0:
		return errUnmet
	case essential:
		c.Out.ACREssential = classes
	default:
		c.Out.ACRValues = append(c.Out.ACRValues, classes...)
	}
	c.Out.ClaimScopes = requested.confine(c.Client)
	if sub := requested.subject(); sub != "" {
		if c.Out.HintSubject, err = x.Domain.Subjects.User(c.Request.Context(), c.Client, sub); err != nil {
			return err
		}
	}
	requested.Locales = nil // which the parameter alone says
	if requested.namesAttributes() || locales != "" {
		attributes, err := x.Domain.Tokens.ReleasedAttributes(c.Request.Context())
		if err != nil {
			return err
		}
		requested.Locales = localesOf(locales, attributes)
		more := requested.confineAttributes(c.Client, attributes, slices.Concat(c.Out.Scopes, c.Out.ClaimScopes))
		c.Out.ClaimScopes = append(c.Out.ClaimScopes, more...)
	}
	if text == "" && len(requested.Locales) == 0 {
		return nil
	}
	if c.Out.Claims, err = json.Marshal(requested); err != nil {
		return fmt.Errorf("encode claims request: %w", err)
	}
	return nil
}

// requiredClass refuses what no sign-in here can be, such as that by a passkey where there are none.
func (x *Extension) requiredClass(c *oauth.CheckedRequest) error {
	required := c.Client.Policy.RequireACR
	if required != "" && !slices.Contains(x.Domain.AuthenticationClasses(), required) {
		return errUnmet
	}
	return nil
}

// errUnmet: no sign-in can satisfy the request (OpenID Connect Core Error Code unmet_authentication_requirements 1.0).
var errUnmet = oauth.NewError(http.StatusBadRequest, "unmet_authentication_requirements", identity.RuleACR,
	"The requested authentication context class is not available.")

// idTokenHint reads the subject of an ID token that Authly issued before, perhaps long expired. A hint that is not ours
// is refused (OIDC Core §3.1.2.1).
func (x *Extension) idTokenHint(c *oauth.CheckedRequest) error {
	hint := c.Params.Get("id_token_hint")
	if hint == "" {
		return nil
	}
	claims, err := readHint(c.Request.Context(), x.Domain.ClientTokens, hint)
	if err != nil {
		if identity.AsError(err).Code == identity.CodeInvalidToken {
			return oauth.InvalidRequest(identity.RuleHint, "The id_token_hint is not an ID token of this server.")
		}
		return err
	}
	if !slices.Contains(claims.Audience, c.Client.ClientID) {
		return oauth.InvalidRequest(identity.RuleHintClient, "The id_token_hint was issued to another client.")
	}
	user, err := x.Domain.Subjects.User(c.Request.Context(), c.Client, claims.Subject)
	if err != nil {
		return err
	}
	if c.Out.HintSubject != "" && c.Out.HintSubject != user {
		return oauth.InvalidRequest(identity.RuleHintSubject, "The id_token_hint and the claims request name different subjects.")
	}
	c.Out.HintSubject = user
	return nil
}
