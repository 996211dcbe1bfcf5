package graph

import (
	"context"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

func (r *mutationResolver) ExportUserData(ctx context.Context, input model.ExportUserDataInput) (*model.ExportUserDataPayload, error) {
	id, err := parseID(model.KindUser, input.UserID)
	var job identity.Transfer
	if err == nil {
		job, err = r.admin.Transfers.ExportUserData(ctx, id)
	}
	if err != nil {
		problems, err := userErrors(err, input.UserID, "userId")
		return &model.ExportUserDataPayload{UserErrors: problems}, err
	}
	return &model.ExportUserDataPayload{Job: model.NewJobs([]identity.Transfer{job})[0], UserErrors: noErrors()}, nil
}
