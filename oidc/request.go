package oidc

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/oauth"
)

// Extension adds OpenID Connect to package oauth.
type Extension struct {
	Domain *identity.Domain
}

// Longest accepted values, in bytes.
const (
	maxNonce  = 4096
	maxClaims = 8192
	maxHint   = 254
)

// Authorize checks the parameters of OIDC Core §3.1.2.1. Those that only advise (display, ui_locales, acr_values,
// login_hint) never make a request fail.
func (x *Extension) Authorize(r *http.Request, client identity.Client, params url.Values, p *identity.AuthorizationParams) error {
	p.Display, p.UILocales = clip(params.Get("display")), clip(params.Get("ui_locales"))
	p.LoginHint = clip(params.Get("login_hint"))
	p.ACRValues = strings.Fields(clip(params.Get("acr_values")))
	for _, check := range []func(url.Values, identity.Client, *identity.AuthorizationParams) error{nonce, prompt, maxAge, claimsRequest} {
		if err := check(params, client, p); err != nil {
			return err
		}
	}
	return x.idTokenHint(r, client, params, p)
}

func clip(s string) string {
	if len(s) > maxHint {
		return ""
	}
	return s
}

func nonce(params url.Values, _ identity.Client, p *identity.AuthorizationParams) error {
	p.Nonce = params.Get("nonce")
	if len(p.Nonce) > maxNonce {
		return oauth.InvalidRequest("The nonce is longer than %d bytes.", maxNonce)
	}
	return nil
}

func prompt(params url.Values, _ identity.Client, p *identity.AuthorizationParams) error {
	p.Prompt = strings.Fields(params.Get("prompt"))
	for _, value := range p.Prompt {
		if !slices.Contains([]string{"none", "login", "consent", "select_account"}, value) {
			return oauth.InvalidRequest("The prompt must be none, login, consent or select_account.")
		}
	}
	if len(p.Prompt) > 1 && slices.Contains(p.Prompt, "none") {
		return oauth.InvalidRequest("The prompt none excludes all others.")
	}
	return nil
}

func maxAge(params url.Values, client identity.Client, p *identity.AuthorizationParams) error {
	p.MaxAge = client.Metadata.DefaultMaxAge
	text := params.Get("max_age")
	if text == "" {
		return nil
	}
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 0 {
		return oauth.InvalidRequest("The max_age must be a number of seconds.")
	}
	seconds = min(seconds, 1<<31-1)
	p.MaxAge = &seconds
	return nil
}

func claimsRequest(params url.Values, client identity.Client, p *identity.AuthorizationParams) error {
	text := params.Get("claims")
	if text == "" {
		return nil
	}
	requested, err := parseClaimsRequest([]byte(text))
	if err != nil || len(text) > maxClaims {
		return oauth.InvalidRequest("The claims parameter is not a valid claims request.")
	}
	if requested.needsACR() {
		return errUnmet
	}
	p.ClaimScopes, p.HintSubject = requested.confine(client), requested.subject()
	if p.Claims, err = json.Marshal(requested); err != nil {
		return fmt.Errorf("encode claims request: %w", err)
	}
	return nil
}

// errUnmet: no sign-in can satisfy the request (OpenID Connect Core Error Code unmet_authentication_requirements 1.0).
var errUnmet = &oauth.Error{
	Code: "unmet_authentication_requirements", Description: "The requested authentication context class is not available.",
	Status: http.StatusBadRequest,
}

// idTokenHint reads the subject of an ID token that Authly issued before, perhaps long expired. A hint that is not ours
// is refused (OIDC Core §3.1.2.1).
func (x *Extension) idTokenHint(r *http.Request, client identity.Client, params url.Values, p *identity.AuthorizationParams) error {
	hint := params.Get("id_token_hint")
	if hint == "" {
		return nil
	}
	var claims idClaims
	if err := x.Domain.Signer.Verify(r.Context(), hint, identity.TypeIDToken, true, &claims); err != nil {
		if identity.AsError(err).Code == identity.CodeInvalidToken {
			return oauth.InvalidRequest("The id_token_hint is not an ID token of this server.")
		}
		return err
	}
	if !slices.Contains(claims.Audience, client.ClientID) {
		return oauth.InvalidRequest("The id_token_hint was issued to another client.")
	}
	if p.HintSubject != "" && p.HintSubject != claims.Subject {
		return oauth.InvalidRequest("The id_token_hint and the claims request name different subjects.")
	}
	p.HintSubject = claims.Subject
	return nil
}
