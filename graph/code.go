package graph

import (
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// codes translates the codes of the domain into those of the schema. It is the only place that does.
var codes = map[identity.Code]model.UserErrorCode{
	identity.CodeInternal:             model.UserErrorCodeInternalError,
	identity.CodeValidation:           model.UserErrorCodeValidationFailed,
	identity.CodeRequired:             model.UserErrorCodeMissingRequiredField,
	identity.CodeNotFound:             model.UserErrorCodeNotFound,
	identity.CodeUserNotFound:         model.UserErrorCodeUserNotFound,
	identity.CodeClientNotFound:       model.UserErrorCodeClientNotFound,
	identity.CodeScopeNotFound:        model.UserErrorCodeScopeNotFound,
	identity.CodeSessionNotFound:      model.UserErrorCodeSessionNotFound,
	identity.CodeGrantNotFound:        model.UserErrorCodeGrantNotFound,
	identity.CodeDuplicateUsername:    model.UserErrorCodeUserAlreadyExists,
	identity.CodeDuplicateEmail:       model.UserErrorCodeUserAlreadyExists,
	identity.CodeDuplicateClient:      model.UserErrorCodeClientAlreadyExists,
	identity.CodeDuplicateScope:       model.UserErrorCodeScopeAlreadyExists,
	identity.CodePasswordPolicy:       model.UserErrorCodePasswordPolicyViolation,
	identity.CodeLastAdmin:            model.UserErrorCodeLastAdminProtection,
	identity.CodeSelfAdminRevoke:      model.UserErrorCodeSelfAdminRevokeDenied,
	identity.CodeVersionConflict:      model.UserErrorCodeVersionConflict,
	identity.CodeUnauthenticated:      model.UserErrorCodeUnauthorized,
	identity.CodeForbidden:            model.UserErrorCodeInsufficientPrivileges,
	identity.CodeInsufficientScope:    model.UserErrorCodeInsufficientPrivileges,
	identity.CodeInvalidCredentials:   model.UserErrorCodeUnauthorized,
	identity.CodeRateLimited:          model.UserErrorCodeRateLimitExceeded,
	identity.CodeInvalidGrant:         model.UserErrorCodeResourceConflict,
	identity.CodeInvalidScope:         model.UserErrorCodeFieldValueInvalid,
	identity.CodeInvalidTarget:        model.UserErrorCodeFieldValueInvalid,
	identity.CodeKeyTooYoung:          model.UserErrorCodeOperationNotPermitted,
	identity.CodeInvalidClient:        model.UserErrorCodeUnauthorized,
	identity.CodeUnauthorizedClient:   model.UserErrorCodeOperationNotPermitted,
	identity.CodeInvalidToken:         model.UserErrorCodeTokenInvalid,
	identity.CodeInteractionNotFound:  model.UserErrorCodeNotFound,
	identity.CodeLoginRequired:        model.UserErrorCodeUnauthorized,
	identity.CodeConsentRequired:      model.UserErrorCodeOperationNotPermitted,
	identity.CodeInteractionRequired:  model.UserErrorCodeOperationNotPermitted,
	identity.CodePasswordChangeNeeded: model.UserErrorCodeOperationNotPermitted,
	identity.CodeIdempotencyReused:    model.UserErrorCodeIdempotencyKeyReused,
}

// wireCode is extensions.code of a failure.
func wireCode(e *identity.Error) string {
	if e.Kind == identity.Unavailable {
		return codeUnavailable
	}
	if code, known := codes[e.Code]; known {
		return string(code)
	}
	return codeInternal
}
