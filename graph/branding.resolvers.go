package graph

import (
	"context"

	"github.com/authly/authly/graph/model"
)

func (r *mutationResolver) UpdateBranding(ctx context.Context, input model.UpdateBrandingInput) (*model.UpdateBrandingPayload, error) {
	change, err := brandChange(input)
	if err == nil {
		_, err = r.admin.Branding.Update(ctx, change, input.ExpectedVersion.Value())
	}
	payload := &model.UpdateBrandingPayload{UserErrors: noErrors()}
	if err != nil {
		if payload.UserErrors, err = userErrors(err, ""); err != nil {
			return nil, err
		}
	}
	// Whoever may not read it gets what is wrong alone.
	if stored, readErr := r.admin.Branding.Get(ctx); readErr == nil {
		payload.Branding = model.NewBranding(stored)
	}
	return payload, nil
}

func (r *queryResolver) Branding(ctx context.Context) (*model.Branding, error) {
	stored, err := r.admin.Branding.Get(ctx)
	if err != nil {
		return nil, err
	}
	return model.NewBranding(stored), nil
}
