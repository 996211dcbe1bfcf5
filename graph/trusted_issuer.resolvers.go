package graph

import (
	"context"
	"errors"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

func (r *mutationResolver) CreateTrustedIssuer(ctx context.Context, input model.CreateTrustedIssuerInput) (*model.CreateTrustedIssuerPayload, error) {
	created, err := r.admin.Trusted.Create(ctx, newTrustedIssuer(input))
	if err != nil {
		problems, err := userErrors(err, "")
		return &model.CreateTrustedIssuerPayload{UserErrors: problems}, err
	}
	return &model.CreateTrustedIssuerPayload{TrustedIssuer: model.NewTrustedIssuers(created)[0], UserErrors: noErrors()}, nil
}

func (r *mutationResolver) UpdateTrustedIssuer(ctx context.Context, input model.UpdateTrustedIssuerInput) (*model.UpdateTrustedIssuerPayload, error) {
	change, problems := trustedIssuerChange(input)
	if len(problems) > 0 {
		return &model.UpdateTrustedIssuerPayload{UserErrors: problems}, nil
	}
	id, err := parseID(model.KindTrusted, input.ID)
	var changed identity.TrustedIssuer
	if err == nil {
		changed, err = r.admin.Trusted.Update(ctx, id, change, input.ExpectedVersion.Value())
	}
	if err == nil {
		return &model.UpdateTrustedIssuerPayload{TrustedIssuer: model.NewTrustedIssuers(changed)[0], UserErrors: noErrors()}, nil
	}
	payload := &model.UpdateTrustedIssuerPayload{}
	if conflict := (*identity.VersionConflictError)(nil); errors.As(err, &conflict) {
		// The current state is for merging. Whoever may not read gets the error alone.
		if current, readErr := r.admin.Trusted.Get(ctx, id); readErr == nil {
			payload.TrustedIssuer = model.NewTrustedIssuers(current)[0]
		}
	}
	payload.UserErrors, err = userErrors(err, input.ID)
	return payload, err
}

func (r *mutationResolver) DeleteTrustedIssuer(ctx context.Context, input model.DeleteTrustedIssuerInput) (*model.DeleteTrustedIssuerPayload, error) {
	id, err := parseID(model.KindTrusted, input.ID)
	if err == nil {
		err = r.admin.Trusted.Delete(ctx, id, input.ExpectedVersion.Value())
	}
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.DeleteTrustedIssuerPayload{UserErrors: problems}, err
	}
	return &model.DeleteTrustedIssuerPayload{DeletedTrustedIssuerID: &input.ID, UserErrors: noErrors()}, nil
}

func (r *queryResolver) TrustedIssuers(ctx context.Context) ([]*model.TrustedIssuer, error) {
	list, err := r.admin.Trusted.List(ctx)
	if err != nil {
		return nil, err
	}
	return model.NewTrustedIssuers(list...), nil
}
