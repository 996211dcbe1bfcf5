package graph

import (
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// codes translates the codes of the domain into those of the schema. It is the only place that does.
var codes = map[identity.Code]model.UserErrorCode{
	identity.CodeInternal:            model.UserErrorCodeInternalError,
	identity.CodeValidation:          model.UserErrorCodeValidationFailed,
	identity.CodeRequired:            model.UserErrorCodeMissingRequiredField,
	identity.CodeUserNotFound:        model.UserErrorCodeUserNotFound,
	identity.CodeClientNotFound:      model.UserErrorCodeClientNotFound,
	identity.CodeSessionNotFound:     model.UserErrorCodeSessionNotFound,
	identity.CodeGrantNotFound:       model.UserErrorCodeGrantNotFound,
	identity.CodeConsentNotFound:     model.UserErrorCodeConsentNotFound,
	identity.CodeGroupNotFound:       model.UserErrorCodeGroupNotFound,
	identity.CodeDuplicateGroup:      model.UserErrorCodeGroupAlreadyExists,
	identity.CodeRoleNotFound:        model.UserErrorCodeRoleNotFound,
	identity.CodeDuplicateRole:       model.UserErrorCodeRoleAlreadyExists,
	identity.CodeRoleInUse:           model.UserErrorCodeRoleInUse,
	identity.CodeAttributeNotFound:   model.UserErrorCodeAttributeNotFound,
	identity.CodeDuplicateAttribute:  model.UserErrorCodeAttributeAlreadyExists,
	identity.CodeTooManyAttributes:   model.UserErrorCodeAttributeLimit,
	identity.CodeMembershipLimit:     model.UserErrorCodeMembershipLimit,
	identity.CodeGroupInUse:          model.UserErrorCodeGroupInUse,
	identity.CodeKeyNotFound:         model.UserErrorCodeKeyNotFound,
	identity.CodeKeyTooYoung:         model.UserErrorCodeKeyTooYoung,
	identity.CodeDuplicateKey:        model.UserErrorCodeKeyAlreadyExists,
	identity.CodeJobNotFound:         model.UserErrorCodeJobNotFound,
	identity.CodeJobState:            model.UserErrorCodeJobState,
	identity.CodeMailNotFound:        model.UserErrorCodeMailNotFound,
	identity.CodeMailOver:            model.UserErrorCodeMailOver,
	identity.CodeInvitationNotFound:  model.UserErrorCodeInvitationNotFound,
	identity.CodeRegistrationClosed:  model.UserErrorCodeRegistrationClosed,
	identity.CodeMailNotConfigured:   model.UserErrorCodeMailNotConfigured,
	identity.CodeEmailUnverified:     model.UserErrorCodeEmailUnverified,
	identity.CodeDuplicateUsername:   model.UserErrorCodeUserAlreadyExists,
	identity.CodeDuplicateEmail:      model.UserErrorCodeUserAlreadyExists,
	identity.CodeDuplicateClient:     model.UserErrorCodeClientAlreadyExists,
	identity.CodeClientConfig:        model.UserErrorCodeClientInvalidConfig,
	identity.CodeSecretNotFound:      model.UserErrorCodeClientSecretNotFound,
	identity.CodeTooManySecrets:      model.UserErrorCodeClientSecretLimit,
	identity.CodeLastSecret:          model.UserErrorCodeLastClientSecret,
	identity.CodeScopeNotFound:       model.UserErrorCodeScopeNotFound,
	identity.CodeDuplicateScope:      model.UserErrorCodeScopeAlreadyExists,
	identity.CodeScopeInUse:          model.UserErrorCodeScopeInUse,
	identity.CodeScopeRequired:       model.UserErrorCodeScopeRequired,
	identity.CodeResourceNotFound:    model.UserErrorCodeResourceNotFound,
	identity.CodeDuplicateResource:   model.UserErrorCodeResourceAlreadyExists,
	identity.CodeResourceInUse:       model.UserErrorCodeResourceInUse,
	identity.CodePasswordPolicy:      model.UserErrorCodePasswordPolicyViolation,
	identity.CodeLastAdmin:           model.UserErrorCodeLastAdminProtection,
	identity.CodeSelfAdminRevoke:     model.UserErrorCodeSelfAdminRevokeDenied,
	identity.CodeVersionConflict:     model.UserErrorCodeVersionConflict,
	identity.CodeUnauthenticated:     model.UserErrorCodeUnauthorized,
	identity.CodeForbidden:           model.UserErrorCodeInsufficientPrivileges,
	identity.CodeInsufficientScope:   model.UserErrorCodeInsufficientPrivileges,
	identity.CodeInvalidCredentials:  model.UserErrorCodeUnauthorized,
	identity.CodeRateLimited:         model.UserErrorCodeRateLimitExceeded,
	identity.CodeInvalidClient:       model.UserErrorCodeUnauthorized,
	identity.CodeInvalidToken:        model.UserErrorCodeTokenInvalid,
	identity.CodeLoginRequired:       model.UserErrorCodeUnauthorized,
	identity.CodeIdempotencyReused:   model.UserErrorCodeIdempotencyKeyReused,
	identity.CodeAttributeInUse:      model.UserErrorCodeAttributeInUse,
	identity.CodeCredentialNotFound:  model.UserErrorCodeCredentialNotFound,
	identity.CodeSettingPinned:       model.UserErrorCodeSettingPinned,
	identity.CodeSettingFixed:        model.UserErrorCodeSettingFixed,
	identity.CodeAttributeValueTaken: model.UserErrorCodeAttributeValueTaken,

	// No operation of this API tells these. They are here so that one that comes all the same is not taken for a fault.
	identity.CodeNotFound:             model.UserErrorCodeValidationFailed,
	identity.CodeInvalidGrant:         model.UserErrorCodeValidationFailed,
	identity.CodeInvalidScope:         model.UserErrorCodeValidationFailed,
	identity.CodeInvalidTarget:        model.UserErrorCodeValidationFailed,
	identity.CodeInvalidRequestURI:    model.UserErrorCodeValidationFailed,
	identity.CodeInvalidProof:         model.UserErrorCodeValidationFailed,
	identity.CodeUseProofNonce:        model.UserErrorCodeValidationFailed,
	identity.CodeUnauthorizedClient:   model.UserErrorCodeValidationFailed,
	identity.CodeInteractionNotFound:  model.UserErrorCodeValidationFailed,
	identity.CodeConsentRequired:      model.UserErrorCodeValidationFailed,
	identity.CodeInteractionRequired:  model.UserErrorCodeValidationFailed,
	identity.CodePasswordChangeNeeded: model.UserErrorCodeValidationFailed,
	identity.CodePasswordExpired:      model.UserErrorCodeValidationFailed,
	identity.CodeInvalidCode:          model.UserErrorCodeValidationFailed,
	identity.CodePasskeyRefused:       model.UserErrorCodeValidationFailed,
	identity.CodePasskeyUnknown:       model.UserErrorCodeValidationFailed,
	identity.CodePasskeyLimit:         model.UserErrorCodeValidationFailed,
	identity.CodeCeremonyExpired:      model.UserErrorCodeValidationFailed,
	identity.CodeLinkInvalid:          model.UserErrorCodeValidationFailed,
	identity.CodeInvitationInvalid:    model.UserErrorCodeValidationFailed,
	identity.CodeRegistrationNotFound: model.UserErrorCodeValidationFailed,
	identity.CodeAuthorizationPending: model.UserErrorCodeValidationFailed,
	identity.CodeSlowDown:             model.UserErrorCodeValidationFailed,
	identity.CodeDeviceDenied:         model.UserErrorCodeValidationFailed,
	identity.CodeDeviceCodeExpired:    model.UserErrorCodeValidationFailed,
	identity.CodeUserCodeNotFound:     model.UserErrorCodeValidationFailed,
	identity.CodeSecondFactorNeeded:   model.UserErrorCodeValidationFailed,
	identity.CodeDuplicateCredential:  model.UserErrorCodeValidationFailed,
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
