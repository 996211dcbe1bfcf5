package oauth

import "github.com/authly/authly/identity"

// The paths of the endpoints.
const (
	AuthorizePath  = "/api/v1/oauth/authorize"
	PARPath        = "/api/v1/oauth/par"
	DevicePath     = "/api/v1/oauth/device_authorization"
	CIBAPath       = "/api/v1/oauth/ciba"
	TokenPath      = "/api/v1/oauth/token"
	RevokePath     = "/api/v1/oauth/revoke"
	RegisterPath   = "/api/v1/oauth/register"
	IntrospectPath = "/api/v1/oauth/introspect"
	MetadataPath   = "/.well-known/oauth-authorization-server"
)

// Parameter names of RFC 6749, RFC 7636, RFC 8628, RFC 8693, RFC 8707, RFC 9207, RFC 9396, RFC 9449, JARM, CIBA and OIDC Core.
const (
	paramClientID            = "client_id"
	paramClientSecret        = "client_secret"
	paramClientAssertion     = "client_assertion"
	paramClientAssertionType = "client_assertion_type"
	paramRedirectURI         = "redirect_uri"
	paramResponseType        = "response_type"
	paramResponseMode        = "response_mode"
	paramScope               = "scope"
	paramState               = "state"
	paramCode                = "code"
	paramAccessToken         = "access_token"
	paramTokenType           = "token_type"
	paramExpiresIn           = "expires_in"
	paramIDToken             = "id_token" // OIDC Core §3.2.2.5, §3.3.2.5
	paramCodeVerifier        = "code_verifier"
	paramCodeChallenge       = "code_challenge"
	paramChallengeMethod     = "code_challenge_method"
	paramGrantType           = "grant_type"
	paramRefreshToken        = "refresh_token"
	paramResource            = "resource"
	paramDetails             = "authorization_details"
	paramToken               = "token"
	paramIssuer              = "iss"
	paramError               = "error"
	paramErrorDescription    = "error_description"
	paramResponse            = "response"
	paramRequest             = "request"
	paramRequestURI          = "request_uri"
	paramProofKey            = "dpop_jkt"
	paramDeviceCode          = "device_code"
	paramAssertion           = "assertion" // RFC 7521 §4.1
	paramSubjectToken        = "subject_token"
	paramSubjectTokenType    = "subject_token_type"
	paramActorToken          = "actor_token"
	paramActorTokenType      = "actor_token_type"
	paramRequestedTokenType  = "requested_token_type"
	paramAudience            = "audience"
	paramAuthReqID           = "auth_req_id"
	paramLoginHint           = "login_hint"
	paramLoginHintToken      = "login_hint_token"
	paramIDTokenHint         = "id_token_hint"
	paramBindingMessage      = "binding_message"
	paramRequestedExpiry     = "requested_expiry"
	paramNotificationToken   = "client_notification_token"
)

// Values of response_mode (OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode, JARM §2.3).
const (
	modeQuery       = "query"
	modeFormPost    = "form_post"
	modeFragment    = "fragment"
	modeJWT         = "jwt" // the default of the response type, signed
	modeQueryJWT    = "query.jwt"
	modeFragmentJWT = "fragment.jwt"
	modeFormPostJWT = "form_post.jwt"
)

// signedModes are those whose parameters are in one JWT (JARM §2.3).
const signedModes = ".jwt"

// responseModes lists all that a client may ask for. The fragment is where tokens go: where there are none, it is not offered.
func (h *Handler) responseModes() []string {
	modes := []string{modeQuery, modeFormPost, modeQueryJWT, modeFragmentJWT, modeFormPostJWT, modeJWT}
	if h.frontChannel() {
		modes = append(modes, modeFragment)
	}
	return modes
}

// responseTypes lists all that there are on this server.
func (h *Handler) responseTypes() []identity.ResponseType {
	if h.frontChannel() {
		return identity.ResponseTypes()
	}
	return []identity.ResponseType{identity.ResponseCode}
}

// frontChannel reports whether there are response types with tokens: most of these are ID tokens, which the Extension makes.
func (h *Handler) frontChannel() bool {
	return h.Domain.Settings.Get().FrontChannelTokens && h.Extension != nil
}

// Values of prompt (OIDC Core §3.1.2.1).
const promptNone = "none"
