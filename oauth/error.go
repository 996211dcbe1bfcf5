package oauth

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/authly/authly/identity"
)

// Error is a protocol error: a code of a standard, which owns its status.
type Error struct {
	Code        string // RFC 6749 §4.1.2.1, §5.2 and their extensions
	Description string // for developers; printable ASCII without quotes and backslashes
	Status      int    // of the JSON form
	retryAfter  int    // seconds; 0 = not said
	violation   identity.Violation
	cause       error
}

// Error returns the text for logs.
func (e *Error) Error() string {
	if e.cause != nil {
		return e.Code + ": " + e.Description + ": " + e.cause.Error()
	}
	return e.Code + ": " + e.Description
}

// Unwrap returns the hidden cause.
func (e *Error) Unwrap() error { return e.cause }

// Broken returns what the refusal is about; of what its cause says already, nothing.
func (e *Error) Broken() identity.Violation { return e.violation }

// Expecting returns a copy that says what was expected, where the rule alone does not. It is shown to administrators only,
// and holds no secret.
func (e *Error) Expecting(what string) *Error {
	c := *e
	c.violation.Expected = what
	return &c
}

// Because returns a copy that carries a cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// NewError makes a protocol error. The rule is the one that the request breaks.
func NewError(status int, code string, rule identity.RuleID, description string) *Error {
	return &Error{Code: code, Description: printable(description), Status: status, violation: identity.Violation{Rule: rule}}
}

func badRequest(code string, rule identity.RuleID, format string, args ...any) *Error {
	return NewError(http.StatusBadRequest, code, rule, fmt.Sprintf(format, args...))
}

// InvalidRequest says that a parameter is missing, repeated or malformed.
func InvalidRequest(rule identity.RuleID, format string, args ...any) *Error {
	return badRequest("invalid_request", rule, format, args...)
}

// InvalidClient says that client authentication failed. The reason is not told, so that nobody can probe for client
// ids.
func InvalidClient(rule identity.RuleID) *Error {
	return NewError(http.StatusUnauthorized, "invalid_client", rule, "Client authentication failed.")
}

// InvalidGrant says that the code or refresh token is unknown, used, expired, revoked or another client's.
func InvalidGrant(rule identity.RuleID, format string, args ...any) *Error {
	return badRequest("invalid_grant", rule, format, args...)
}

// UnauthorizedClient says that the client may not use this grant or response type.
func UnauthorizedClient(rule identity.RuleID, format string, args ...any) *Error {
	return badRequest("unauthorized_client", rule, format, args...)
}

// UnsupportedGrantType says that the server does not offer the grant type.
func UnsupportedGrantType() *Error {
	return badRequest("unsupported_grant_type", identity.RuleGrantType, "The grant type is not supported.")
}

// UnsupportedResponseType says that the server does not offer the response type.
func UnsupportedResponseType() *Error {
	return badRequest("unsupported_response_type", identity.RuleResponseTypes, "The response type is not supported.")
}

// InvalidScope says that the scope is malformed or goes beyond what may be granted.
func InvalidScope(rule identity.RuleID, format string, args ...any) *Error {
	return badRequest("invalid_scope", rule, format, args...)
}

// InvalidTarget says that a resource is unknown (RFC 8707 §2).
func InvalidTarget(rule identity.RuleID, format string, args ...any) *Error {
	return badRequest("invalid_target", rule, format, args...)
}

// AccessDenied says that the person refused.
func AccessDenied() *Error {
	return badRequest("access_denied", identity.RuleDenied, "The request was denied.")
}

// LoginRequired answers prompt=none when somebody must sign in (OIDC Core §3.1.2.6).
func LoginRequired() *Error {
	return badRequest("login_required", identity.RulePromptNone, "The user must sign in.")
}

// ConsentRequired answers prompt=none when consent is missing (OIDC Core §3.1.2.6).
func ConsentRequired() *Error {
	return badRequest("consent_required", identity.RulePromptNone, "The user must give consent.")
}

// InteractionRequired answers prompt=none when something else must be done first (OIDC Core §3.1.2.6).
func InteractionRequired() *Error {
	return badRequest("interaction_required", identity.RulePromptNone, "The user must act before this can go on.")
}

// RequestURINotSupported refuses request objects by reference of a client that has registered none (OIDC Core §3.1.2.6).
func RequestURINotSupported() *Error {
	return badRequest("request_uri_not_supported", identity.RuleRequestURI, "The application has registered no request_uris.")
}

// FromError is the one translation of a failure into protocol terms: by code, then by kind; everything unknown is
// server_error without a word about its cause. Which rule was broken is for the cause to say.
func FromError(err error) *Error {
	var protocol *Error
	if errors.As(err, &protocol) {
		return protocol
	}
	e := identity.AsError(err)
	switch e.Code {
	case identity.CodeInvalidGrant, identity.CodeInvalidCredentials, identity.CodePasswordChangeNeeded, identity.CodePasswordExpired,
		identity.CodePasswordsOff, identity.CodeSecondFactorNeeded, identity.CodeEmailUnverified, identity.CodeTermsNotAccepted:
		return InvalidGrant("", "%s", e.Detail).Because(err)
	case identity.CodeInvalidScope:
		return InvalidScope("", "%s", e.Detail).Because(err)
	case identity.CodeInvalidTarget:
		return InvalidTarget("", "%s", e.Detail).Because(err)
	case identity.CodeInvalidRequestURI:
		return badRequest("invalid_request_uri", "", "%s", e.Detail).Because(err)
	case identity.CodeInvalidDetails:
		return badRequest("invalid_authorization_details", "", "%s", e.Detail).Because(err)
	case identity.CodeInvalidRequestObject:
		return badRequest("invalid_request_object", "", "%s", e.Detail).Because(err)
	case identity.CodeEntityStatement: // OpenID Federation 1.0 §8.9
		return InvalidRequest("", "%s", e.Detail).Because(err)
	case identity.CodeTrustAnchor:
		return NewError(http.StatusNotFound, "invalid_trust_anchor", "", e.Detail).Because(err)
	case identity.CodeTrustChain:
		return badRequest("invalid_trust_chain", "", "%s", e.Detail).Because(err)
	case identity.CodeEntityMetadata:
		return badRequest("invalid_metadata", "", "%s", e.Detail).Because(err)
	case identity.CodeAuthorizationPending:
		return badRequest("authorization_pending", "", "%s", e.Detail).Because(err)
	case identity.CodeSlowDown:
		return badRequest("slow_down", "", "%s", e.Detail).Because(err)
	case identity.CodeExpiredToken:
		return badRequest("expired_token", "", "%s", e.Detail).Because(err)
	case identity.CodeUnknownUserID:
		return badRequest("unknown_user_id", "", "%s", e.Detail).Because(err)
	case identity.CodeAccessDenied:
		return AccessDenied().Because(err)
	case identity.CodeInvalidProof:
		return badRequest("invalid_dpop_proof", "", "%s", e.Detail).Because(err)
	case identity.CodeUseProofNonce:
		return badRequest("use_dpop_nonce", "", "%s", e.Detail).Because(err)
	case identity.CodeInvalidClient, identity.CodeClientNotFound:
		return InvalidClient("").Because(err)
	case identity.CodeLoginRequired:
		return LoginRequired()
	case identity.CodeConsentRequired:
		return ConsentRequired()
	case identity.CodeInteractionRequired:
		return InteractionRequired()
	case identity.CodeUnauthorizedClient:
		return UnauthorizedClient("", "%s", e.Detail).Because(err)
	case identity.CodeInvalidToken:
		return &Error{Code: "invalid_token", Description: e.Detail, Status: http.StatusUnauthorized, cause: err}
	case identity.CodeInsufficientScope:
		return &Error{Code: "insufficient_scope", Description: e.Detail, Status: http.StatusForbidden, cause: err}
	case identity.CodeForbidden:
		return &Error{Code: "access_denied", Description: e.Detail, Status: http.StatusForbidden, cause: err}
	}
	retry := int((e.RetryAfter + time.Second - 1) / time.Second)
	switch e.Kind {
	case identity.Invalid, identity.NotFound, identity.Conflict:
		return InvalidRequest("", "%s", identity.Messages(err)).Because(err)
	case identity.RateLimited:
		return &Error{
			Code: "temporarily_unavailable", Description: cmp.Or(e.Detail, "Too many requests."), Status: http.StatusTooManyRequests,
			retryAfter: max(retry, 1), cause: err,
		}
	case identity.Unavailable:
		return &Error{
			Code: "temporarily_unavailable", Description: "The service is temporarily unavailable.",
			Status: http.StatusServiceUnavailable, retryAfter: max(retry, 1), cause: err,
		}
	case identity.Internal, identity.Unauthenticated, identity.Forbidden:
	}
	return &Error{Code: "server_error", Description: "Internal error.", Status: http.StatusInternalServerError, cause: err}
}

// ofTrustChain reports whether a code is about the trust in an entity, and not about what it wants to be registered with.
func ofTrustChain(code identity.Code) bool {
	return code == identity.CodeEntityStatement || code == identity.CodeTrustAnchor || code == identity.CodeTrustChain ||
		code == identity.CodeEntityMetadata
}

// WriteError writes the JSON form (RFC 6749 §5.2) and logs a fault once. realm is the issuer.
func WriteError(w http.ResponseWriter, r *http.Request, logger *slog.Logger, realm string, err error) {
	e := FromError(err)
	e.log(r, logger)
	if e.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="`+realm+`", charset="UTF-8"`)
	}
	if e.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(e.retryAfter))
	}
	body := map[string]string{paramError: e.Code, paramErrorDescription: printable(e.Description)}
	if e.Status >= http.StatusInternalServerError {
		body["request_id"] = identity.RequestID(r.Context())
	}
	WriteJSON(w, e.Status, body)
}

// log reports what the operator must see, once, where the error stops.
func (e *Error) log(r *http.Request, logger *slog.Logger) {
	level := slog.LevelInfo
	if e.Status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	logger.Log(r.Context(), level, "request refused", "request_id", identity.RequestID(r.Context()), "error", e.Code, "cause", e.Error())
}

// printable keeps error_description within the characters of RFC 6749 §5.2.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
			return '?'
		}
		return r
	}, s)
}
