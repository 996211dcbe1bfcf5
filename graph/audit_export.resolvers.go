package graph

import (
	"context"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

func (r *mutationResolver) ExportAuditEvents(ctx context.Context, input model.ExportAuditEventsInput) (*model.ExportAuditEventsPayload, error) {
	var selected identity.AuditFilter
	var err error
	if filter := input.Filter.Value(); filter != nil {
		selected, err = auditFilter(filter)
	}
	var job identity.Transfer
	if err == nil {
		job, err = r.admin.Transfers.ExportAuditEvents(ctx, selected)
	}
	if err != nil {
		problems, err := userErrors(err, "")
		return &model.ExportAuditEventsPayload{UserErrors: problems}, err
	}
	return &model.ExportAuditEventsPayload{Job: model.NewJobs([]identity.Transfer{job})[0], UserErrors: noErrors()}, nil
}
