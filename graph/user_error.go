package graph

import (
	"errors"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// userErrors shows what the caller can correct as the userErrors of a payload, and passes every other error on. id is the
// global id of the object that the mutation is about, if it has one.
func userErrors(err error, id string) ([]model.UserError, error) {
	e := identity.AsError(err)
	code := model.UserErrorCode(e.Code)
	if !code.IsValid() {
		return nil, err
	}
	path := []string{"input"}
	if e.Field != "" {
		path = append(path, fieldPath(e.Field)...)
	}
	if conflict := (*identity.VersionConflictError)(nil); errors.As(err, &conflict) {
		return []model.UserError{&model.VersionConflict{
			Code: code, Message: e.Detail, Path: append(path, "expectedVersion"), CurrentVersion: conflict.CurrentVersion,
		}}, nil
	}
	if e.Kind == identity.NotFound {
		return []model.UserError{&model.NotFound{Code: code, Message: e.Detail, Path: append(path, "id"), ID: id}}, nil
	}
	return []model.UserError{&model.InvalidInput{Code: code, Message: e.Detail, Path: path}}, nil
}
