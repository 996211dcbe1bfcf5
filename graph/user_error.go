package graph

import (
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// userErrors shows what the caller can correct as the userErrors of a payload, and passes every other error on. id is
// the global id of the object that the mutation is about, if it has one, and at is where in the input it stands: ["id"]
// by default.
func userErrors(err error, id string, at ...string) ([]model.UserError, error) {
	var out []model.UserError
	for _, e := range identity.AllErrors(err) {
		shown, hidden := userError(err, e, id, at)
		if hidden != nil {
			return nil, hidden
		}
		out = append(out, shown)
	}
	return out, nil
}

// userError shows one of the errors of a chain, or passes the chain on.
func userError(err error, e *identity.Error, id string, at []string) (model.UserError, error) {
	switch e.Kind {
	case identity.Invalid, identity.NotFound, identity.Conflict:
	case identity.Forbidden:
		if e.Code != identity.CodeSelfAdminRevoke {
			return nil, err
		}
	case identity.Internal, identity.Unauthenticated, identity.RateLimited, identity.Unavailable:
		return nil, err
	}
	code, known := codes[e.Code]
	if !known {
		return nil, err
	}
	path, message := []string{"input"}, e.Detail
	if e.Field != "" {
		field := fieldPath(e.Field)
		path, message = append(path, field...), e.MessageAbout(strings.Join(field, "."))
	}
	if conflict := (*identity.VersionConflictError)(nil); errors.As(err, &conflict) {
		return &model.VersionConflict{
			Code: code, Message: e.Detail, Path: append(path, "expectedVersion"), CurrentVersion: conflict.CurrentVersion,
		}, nil
	}
	if e.Kind == identity.NotFound {
		if len(at) == 0 {
			at = []string{"id"}
		}
		return &model.NotFound{Code: code, Message: e.Detail, Path: append(path, at...), ID: id}, nil
	}
	return &model.InvalidInput{Code: code, Message: message, Path: path}, nil
}

// noErrors returns the userErrors of a payload without any.
func noErrors() []model.UserError { return []model.UserError{} }

// requiredError returns a userError about a field that has no value and needs one. The message is a predicate of the field.
func requiredError(field, message string) model.UserError {
	message = (&identity.Error{Code: identity.CodeRequired, Detail: message}).MessageAbout(field)
	path := []string{"input"}
	if field != "" {
		path = append(path, strings.Split(field, ".")...)
	}
	return &model.InvalidInput{Code: model.UserErrorCodeMissingRequiredField, Message: message, Path: path}
}

// parseID reads the id of the object that a mutation is about. An id of another kind is the domain's error for what
// does not exist.
func parseID(kind model.Kind, id string) (uuid.UUID, error) {
	parsed, ok := kind.Parse(id)
	if ok {
		return parsed, nil
	}
	switch kind {
	case model.KindUser:
		return uuid.Nil, identity.ErrUserNotFound
	case model.KindSession:
		return uuid.Nil, identity.ErrSessionNotFound
	case model.KindClient:
		return uuid.Nil, identity.ErrClientNotFound
	case model.KindGrant:
		return uuid.Nil, identity.ErrGrantNotFound
	case model.KindSecret:
		return uuid.Nil, identity.ErrSecretNotFound
	case model.KindProvider:
		return uuid.Nil, identity.ErrProviderNotFound
	case model.KindTrusted:
		return uuid.Nil, identity.ErrTrustedIssuerNotFound
	case model.KindPasskey, model.KindKey, model.KindLinked:
		return uuid.Nil, identity.ErrCredentialNotFound
	case model.KindConsent:
		return uuid.Nil, identity.ErrConsentNotFound
	case model.KindRole:
		return uuid.Nil, identity.ErrRoleNotFound
	case model.KindGroup:
		return uuid.Nil, identity.ErrGroupNotFound
	case model.KindJob:
		return uuid.Nil, identity.ErrJobNotFound
	case model.KindMail:
		return uuid.Nil, identity.ErrMailNotFound
	case model.KindInvite:
		return uuid.Nil, identity.ErrInvitationNotFound
	case model.KindInitial:
		return uuid.Nil, identity.ErrInitialAccessTokenNotFound
	case model.KindAttribute:
		return uuid.Nil, identity.ErrAttributeNotFound
	case model.KindAudit, model.KindRefusal:
	}
	return uuid.Nil, identity.ErrNotFound
}
