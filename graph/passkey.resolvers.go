package graph

import (
	"context"
	"errors"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

func (r *mutationResolver) RemovePasskey(ctx context.Context, input model.RemovePasskeyInput) (*model.RemovePasskeyPayload, error) {
	id, err := parseID(model.KindUser, input.ID)
	passkey, wrong := parseID(model.KindPasskey, input.PasskeyID)
	if err == nil {
		err = wrong
	}
	var user identity.User
	if err == nil {
		user, err = r.admin.Users.RemovePasskey(ctx, id, passkey)
	}
	if errors.Is(err, identity.ErrCredentialNotFound) {
		problems, err := userErrors(err, input.PasskeyID, "passkeyId")
		return &model.RemovePasskeyPayload{UserErrors: problems}, err
	}
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.RemovePasskeyPayload{UserErrors: problems}, err
	}
	payload := &model.RemovePasskeyPayload{UserErrors: noErrors()}
	if r.mayShow(ctx, user.ID) {
		payload.User = r.showUsers(ctx, []identity.User{user})[0]
	}
	return payload, nil
}
