package graph

import (
	"context"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

func (r *mutationResolver) RemovePasskey(ctx context.Context, input model.RemovePasskeyInput) (*model.RemovePasskeyPayload, error) {
	user, problems, err := r.takePasskey(ctx, input.ID, identity.CredentialPasskey, model.KindPasskey, input.PasskeyID, "passkeyId")
	return &model.RemovePasskeyPayload{User: user, UserErrors: problems}, err
}

func (r *mutationResolver) RemoveSecurityKey(ctx context.Context, input model.RemoveSecurityKeyInput) (*model.RemoveSecurityKeyPayload, error) {
	user, problems, err := r.takePasskey(ctx, input.ID, identity.CredentialSecurityKey, model.KindKey, input.SecurityKeyID, "securityKeyId")
	return &model.RemoveSecurityKeyPayload{User: user, UserErrors: problems}, err
}
