package identity

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says what sort of failure an Error is. Each surface maps it to its own status once.
type Kind int

// The kinds. Internal is the zero value, so that a forgotten field hides a fault instead of leaking it.
const (
	Internal Kind = iota
	Invalid
	Unauthenticated
	Forbidden
	NotFound
	Conflict
	RateLimited
	Unavailable
)

// Code is the stable, machine-readable name of a failure.
type Code string

// The codes of the domain. Those of administration are the vocabulary that GraphQL offers as UserErrorCode.
const (
	CodeInternal             Code = "INTERNAL_ERROR"
	CodeUnavailable          Code = "SERVICE_UNAVAILABLE"
	CodeValidation           Code = "VALIDATION_ERROR"
	CodeRequired             Code = "REQUIRED_FIELD"
	CodeNotFound             Code = "NOT_FOUND"
	CodeUserNotFound         Code = "USER_NOT_FOUND"
	CodeClientNotFound       Code = "CLIENT_NOT_FOUND"
	CodeScopeNotFound        Code = "SCOPE_NOT_FOUND"
	CodeGroupNotFound        Code = "GROUP_NOT_FOUND"
	CodeRoleNotFound         Code = "ROLE_NOT_FOUND"
	CodeSessionNotFound      Code = "SESSION_NOT_FOUND"
	CodeGrantNotFound        Code = "GRANT_NOT_FOUND"
	CodeConsentNotFound      Code = "CONSENT_NOT_FOUND"
	CodeJobNotFound          Code = "JOB_NOT_FOUND"
	CodeJobState             Code = "JOB_STATE"
	CodeDuplicateUsername    Code = "DUPLICATE_USERNAME"
	CodeDuplicateEmail       Code = "DUPLICATE_EMAIL"
	CodeDuplicateClient      Code = "DUPLICATE_CLIENT"
	CodeClientConfig         Code = "CLIENT_INVALID_CONFIG"
	CodeSecretNotFound       Code = "CLIENT_SECRET_NOT_FOUND"
	CodeTooManySecrets       Code = "CLIENT_SECRET_LIMIT"
	CodeLastSecret           Code = "LAST_CLIENT_SECRET"
	CodeDuplicateScope       Code = "DUPLICATE_SCOPE"
	CodeDuplicateGroup       Code = "DUPLICATE_GROUP"
	CodeGroupInUse           Code = "GROUP_IN_USE"
	CodeDuplicateRole        Code = "DUPLICATE_ROLE"
	CodeRoleInUse            Code = "ROLE_IN_USE"
	CodeAttributeNotFound    Code = "ATTRIBUTE_NOT_FOUND"
	CodeDuplicateAttribute   Code = "DUPLICATE_ATTRIBUTE"
	CodeTooManyAttributes    Code = "ATTRIBUTE_LIMIT"
	CodeAttributeInUse       Code = "ATTRIBUTE_IN_USE"
	CodeAttributeValueTaken  Code = "ATTRIBUTE_VALUE_TAKEN"
	CodeSettingPinned        Code = "SETTING_PINNED"
	CodeSettingFixed         Code = "SETTING_FIXED"
	CodeMembershipLimit      Code = "MEMBERSHIP_LIMIT"
	CodeScopeInUse           Code = "SCOPE_IN_USE"
	CodeScopeRequired        Code = "SCOPE_REQUIRED"
	CodeResourceNotFound     Code = "RESOURCE_NOT_FOUND"
	CodeDuplicateResource    Code = "DUPLICATE_RESOURCE"
	CodeResourceInUse        Code = "RESOURCE_IN_USE"
	CodePasswordPolicy       Code = "PASSWORD_POLICY_VIOLATION"
	CodeLastAdmin            Code = "LAST_ADMIN_PROTECTION"
	CodeSelfAdminRevoke      Code = "SELF_ADMIN_REVOKE_DENIED"
	CodeVersionConflict      Code = "VERSION_CONFLICT"
	CodeUnauthenticated      Code = "UNAUTHENTICATED"
	CodeForbidden            Code = "FORBIDDEN"
	CodeInsufficientScope    Code = "INSUFFICIENT_SCOPE"
	CodeInvalidCredentials   Code = "INVALID_CREDENTIALS"
	CodePasswordsOff         Code = "PASSWORDS_OFF"
	CodeRateLimited          Code = "RATE_LIMIT_EXCEEDED"
	CodeInvalidGrant         Code = "INVALID_GRANT"
	CodeInvalidScope         Code = "INVALID_SCOPE"
	CodeInvalidTarget        Code = "INVALID_TARGET"
	CodeInvalidRequestURI    Code = "INVALID_REQUEST_URI"
	CodeInvalidRequestObject Code = "INVALID_REQUEST_OBJECT"
	CodeInvalidDetails       Code = "INVALID_AUTHORIZATION_DETAILS"
	CodeDetailTypeNotFound   Code = "AUTHORIZATION_DETAIL_TYPE_NOT_FOUND"
	CodeDuplicateDetailType  Code = "DUPLICATE_AUTHORIZATION_DETAIL_TYPE"
	CodeInvalidProof         Code = "INVALID_PROOF"
	CodeUseProofNonce        Code = "USE_PROOF_NONCE"
	CodeKeyTooYoung          Code = "KEY_TOO_YOUNG"
	CodeKeyNotFound          Code = "KEY_NOT_FOUND"
	CodeDuplicateKey         Code = "DUPLICATE_KEY"
	CodeInvalidClient        Code = "INVALID_CLIENT"
	CodeUnauthorizedClient   Code = "UNAUTHORIZED_CLIENT"
	CodeInvalidToken         Code = "INVALID_TOKEN"
	CodeInteractionNotFound  Code = "REQUEST_NOT_FOUND"
	CodeLoginRequired        Code = "LOGIN_REQUIRED"
	CodeConsentRequired      Code = "CONSENT_REQUIRED"
	CodeInteractionRequired  Code = "INTERACTION_REQUIRED"
	CodePasswordChangeNeeded Code = "PASSWORD_CHANGE_REQUIRED"
	CodePasswordExpired      Code = "PASSWORD_EXPIRED"
	CodeInvalidCode          Code = "INVALID_CODE"
	CodePasskeyRefused       Code = "PASSKEY_REFUSED"
	CodePasskeyUnknown       Code = "PASSKEY_UNKNOWN"
	CodePasskeyLimit         Code = "PASSKEY_LIMIT"
	CodeCeremonyExpired      Code = "CEREMONY_EXPIRED"
	CodeLinkInvalid          Code = "LINK_INVALID"
	CodeMailNotConfigured    Code = "MAIL_NOT_CONFIGURED"
	CodeMailNotFound         Code = "MAIL_NOT_FOUND"
	CodeMailOver             Code = "MAIL_OVER"
	CodeEmailUnverified      Code = "EMAIL_UNVERIFIED"
	CodeSecondFactorNeeded   Code = "SECOND_FACTOR_REQUIRED"
	CodeCredentialNotFound   Code = "CREDENTIAL_NOT_FOUND"
	CodeDuplicateCredential  Code = "DUPLICATE_CREDENTIAL"
	CodeRegistrationClosed   Code = "REGISTRATION_CLOSED"
	CodeRegistrationNotFound Code = "REGISTRATION_NOT_FOUND"
	CodeSignInCodeNotFound   Code = "SIGN_IN_CODE_NOT_FOUND"
	CodeAuthorizationPending Code = "AUTHORIZATION_PENDING"
	CodeSlowDown             Code = "SLOW_DOWN"
	CodeAccessDenied         Code = "ACCESS_DENIED"
	CodeExpiredToken         Code = "EXPIRED_TOKEN"
	CodeUnknownUserID        Code = "UNKNOWN_USER_ID"
	CodeUserCodeNotFound     Code = "USER_CODE_NOT_FOUND"
	CodeTermsNotAccepted     Code = "TERMS_NOT_ACCEPTED"
	CodeInvitationInvalid    Code = "INVITATION_INVALID"
	CodeInvitationNotFound   Code = "INVITATION_NOT_FOUND"
	CodeSoftwareStatement    Code = "INVALID_SOFTWARE_STATEMENT"
	CodeUnapprovedStatement  Code = "UNAPPROVED_SOFTWARE_STATEMENT"
	CodeEntityStatement      Code = "INVALID_ENTITY_STATEMENT"
	CodeTrustAnchor          Code = "INVALID_TRUST_ANCHOR"
	CodeTrustChain           Code = "INVALID_TRUST_CHAIN"
	CodeEntityMetadata       Code = "INVALID_ENTITY_METADATA"
	CodeInitialTokenNotFound Code = "INITIAL_ACCESS_TOKEN_NOT_FOUND"
	CodeProviderNotFound     Code = "PROVIDER_NOT_FOUND"
	CodeDuplicateProvider    Code = "DUPLICATE_PROVIDER"
	CodeProviderInUse        Code = "PROVIDER_IN_USE"
	CodeProviderLimit        Code = "PROVIDER_LIMIT"
	CodeProviderUnreachable  Code = "PROVIDER_UNREACHABLE"
	CodeTrustedNotFound      Code = "TRUSTED_ISSUER_NOT_FOUND"
	CodeDuplicateTrusted     Code = "DUPLICATE_TRUSTED_ISSUER"
	CodeTrustedLimit         Code = "TRUSTED_ISSUER_LIMIT"
	CodeUpstreamRefused      Code = "UPSTREAM_REFUSED"
	CodeFederationExpired    Code = "FEDERATION_EXPIRED"
	CodeIdentityLinked       Code = "IDENTITY_ALREADY_LINKED"
	CodeLastCredential       Code = "LAST_CREDENTIAL"
	CodeIdempotencyReused    Code = "IDEMPOTENCY_KEY_REUSED"
)

// Error is the one failure vocabulary of the program. Detail and Field are safe to show to the caller; the cause is
// logged and never sent.
type Error struct {
	Kind       Kind
	Code       Code
	Detail     string        // one English sentence without a secret, printable ASCII without quotes; of a Field a predicate
	Field      string        // name of the offending input, in the domain's spelling ("email"), or empty
	RetryAfter time.Duration // when RateLimited or Unavailable: how long to wait, or zero
	violation  Violation     // of a request: what administrators are told besides
	format     string        // that Detail was made from, or empty
	args       []any
	cause      error
}

// Text returns the detail as a format of package fmt and its arguments, by which it is found in other languages.
func (e *Error) Text() (format string, args []any) {
	if e.format == "" {
		return e.Detail, nil
	}
	return e.format, e.args
}

// Message returns the detail for a caller who sees nothing else, so it names the field: "nickname must be valid UTF-8."
// A surface that shows the field itself takes Detail.
func (e *Error) Message() string {
	return e.MessageAbout(e.Field)
}

// MessageAbout is Message in a spelling of the field that the caller uses: givenName instead of given_name.
func (e *Error) MessageAbout(field string) string {
	if field == "" {
		return e.Detail
	}
	verb, _, _ := strings.Cut(e.Detail, " ")
	switch verb {
	case "Must", "Has", "Is", "Cannot":
		return field + " " + strings.ToLower(verb) + e.Detail[len(verb):]
	}
	if e.Code != CodeValidation {
		return e.Detail
	}
	return field + ": " + e.Detail
}

// Error returns the text for logs: code, message and cause.
func (e *Error) Error() string {
	text := string(e.Code)
	if message := e.Message(); message != "" {
		text += ": " + message
	}
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap returns the hidden cause.
func (e *Error) Unwrap() error { return e.cause }

// Is compares by Code, so that errors.Is(err, ErrUserNotFound) holds for every error of that code.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// Because returns a copy that carries a cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// Errorf makes an Error whose Detail is formatted. Never format a secret or a driver's text into it.
func Errorf(kind Kind, code Code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Detail: fmt.Sprintf(format, args...), format: format, args: args}
}

// InvalidField makes an Invalid error about one input field. The detail is a predicate: it says what the field must be,
// has or is.
func InvalidField(field string, format string, args ...any) *Error {
	e := Errorf(Invalid, CodeValidation, format, args...)
	e.Field = field
	return e
}

// The errors that callers compare with errors.Is.
var (
	ErrUserNotFound        = &Error{Kind: NotFound, Code: CodeUserNotFound, Detail: "No such user."}
	ErrClientNotFound      = &Error{Kind: NotFound, Code: CodeClientNotFound, Detail: "No such client."}
	ErrSecretNotFound      = &Error{Kind: NotFound, Code: CodeSecretNotFound, Detail: "No such secret of the client."}
	ErrGroupNotFound       = &Error{Kind: NotFound, Code: CodeGroupNotFound, Detail: "No such group."}
	ErrRoleNotFound        = &Error{Kind: NotFound, Code: CodeRoleNotFound, Detail: "No such role."}
	ErrAttributeNotFound   = &Error{Kind: NotFound, Code: CodeAttributeNotFound, Detail: "No such attribute."}
	ErrScopeNotFound       = &Error{Kind: NotFound, Code: CodeScopeNotFound, Detail: "No such scope."}
	ErrDetailTypeNotFound  = &Error{Kind: NotFound, Code: CodeDetailTypeNotFound, Detail: "No such type of authorization details."}
	ErrResourceNotFound    = &Error{Kind: NotFound, Code: CodeResourceNotFound, Detail: "No such resource."}
	ErrSessionNotFound     = &Error{Kind: NotFound, Code: CodeSessionNotFound, Detail: "No such session."}
	ErrGrantNotFound       = &Error{Kind: NotFound, Code: CodeGrantNotFound, Detail: "No such grant."}
	ErrConsentNotFound     = &Error{Kind: NotFound, Code: CodeConsentNotFound, Detail: "No such consent."}
	ErrJobNotFound         = &Error{Kind: NotFound, Code: CodeJobNotFound, Detail: "No such job."}
	ErrCredentialNotFound  = &Error{Kind: NotFound, Code: CodeCredentialNotFound, Detail: "No such credential."}
	ErrInvalidCode         = &Error{Kind: Unauthenticated, Code: CodeInvalidCode, Detail: "The code is wrong or was used already."}
	ErrInteractionNotFound = &Error{
		Kind: NotFound, Code: CodeInteractionNotFound,
		Detail: "This sign-in request is unknown, finished or has expired. Go back to the application and start again.",
	}
	// Why a request that must be answered without a page cannot be.
	ErrLoginRequired       = &Error{Kind: Unauthenticated, Code: CodeLoginRequired, Detail: "The user must sign in."}
	ErrConsentRequired     = &Error{Kind: Forbidden, Code: CodeConsentRequired, Detail: "The user must give consent."}
	ErrInteractionRequired = &Error{
		Kind: Forbidden, Code: CodeInteractionRequired, Detail: "The user must act before this can go on.",
	}

	ErrNotFound           = &Error{Kind: NotFound, Code: CodeNotFound, Detail: "Not found."}
	ErrInvalidCredentials = &Error{
		Kind: Unauthenticated, Code: CodeInvalidCredentials,
		Detail: "The username or the password is wrong.",
	}
	// ErrPasswordExpired is told only to somebody who has proven the temporary password.
	ErrPasswordExpired = &Error{
		Kind: Unauthenticated, Code: CodePasswordExpired,
		Detail: "This temporary password has expired. Ask an administrator for a new one.",
	}
	ErrInvalidToken = &Error{
		Kind: Unauthenticated, Code: CodeInvalidToken, Detail: "The access token is invalid, has expired or was revoked.",
	}
	ErrInvalidClient = &Error{Kind: Unauthenticated, Code: CodeInvalidClient, Detail: "Client authentication failed."}
	ErrInvalidGrant  = &Error{Kind: Conflict, Code: CodeInvalidGrant, Detail: "The grant is invalid, has expired or was revoked."}
	ErrUnavailable   = &Error{Kind: Unavailable, Code: CodeUnavailable, Detail: "The service is temporarily unavailable."}
	ErrLastAdmin     = &Error{Kind: Conflict, Code: CodeLastAdmin, Detail: "There must be at least one active administrator."}
	ErrSelfAdmin     = &Error{Kind: Forbidden, Code: CodeSelfAdminRevoke, Detail: "Administrators cannot take away their own access."}
	// ErrGroupInUse refuses to delete a group that has others below it.
	ErrGroupInUse = &Error{
		Kind: Conflict, Code: CodeGroupInUse, Detail: "There are groups below this one; delete them with it, or move them away.",
	}
	// ErrRoleInUse refuses to delete a role that somebody has.
	ErrRoleInUse = &Error{Kind: Conflict, Code: CodeRoleInUse, Detail: "Users or groups have this role; say that it is taken from them."}
	// ErrMembershipLimit refuses one more group or role.
	ErrMembershipLimit = &Error{Kind: Conflict, Code: CodeMembershipLimit, Detail: "Has as many groups or roles as there may be."}
	// ErrAttributeInUse refuses to delete an attribute that users have.
	ErrAttributeInUse = &Error{
		Kind: Conflict, Code: CodeAttributeInUse, Detail: "Users have values of this attribute; say that these are removed.",
	}
	// ErrIdempotencyKeyReused refuses a key that was used with other arguments.
	ErrIdempotencyKeyReused = &Error{
		Kind: Conflict, Code: CodeIdempotencyReused, Detail: "The idempotency key was used with other arguments; take a new one.",
	}
	ErrInternal = &Error{Kind: Internal, Code: CodeInternal, Detail: "Internal error."}
)

// ErrTokenExpired is the cause of an ErrInvalidToken when the token was good but for its time.
var ErrTokenExpired = errors.New("the token has expired")

// VersionConflictError reports an update whose expected version is no longer the current one.
type VersionConflictError struct {
	CurrentVersion int
}

// Error returns the text for logs.
func (e *VersionConflictError) Error() string {
	return fmt.Sprintf("version conflict: the current version is %d", e.CurrentVersion)
}

// AsError finds the domain error in a chain; any other error becomes Internal with the original as its cause.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var conflict *VersionConflictError
	if errors.As(err, &conflict) {
		return Errorf(Conflict, CodeVersionConflict, "The current version is %d.", conflict.CurrentVersion).Because(err)
	}
	return ErrInternal.Because(err)
}
