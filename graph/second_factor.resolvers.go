package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

func (r *mutationResolver) RemoveTotp(ctx context.Context, input model.RemoveTotpInput) (*model.RemoveTotpPayload, error) {
	user, problems, err := r.changed(ctx, input.ID, func(id uuid.UUID) (identity.User, error) {
		return r.admin.Users.RemoveTOTP(ctx, id)
	})
	return &model.RemoveTotpPayload{User: user, UserErrors: problems}, err
}
