package graph

import (
	"context"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity/admin"
)

func (r *mutationResolver) UpdateSettings(ctx context.Context, input model.UpdateSettingsInput) (*model.UpdateSettingsPayload, error) {
	changes := make([]admin.SettingChange, len(input.Values))
	for i, v := range input.Values {
		changes[i] = admin.SettingChange{Name: v.Name, Value: v.Value.Value()}
	}
	_, err := r.admin.Settings.Update(ctx, changes, input.ExpectedVersion.Value())
	payload := &model.UpdateSettingsPayload{UserErrors: noErrors()}
	if err != nil {
		if payload.UserErrors, err = userErrors(err, ""); err != nil {
			return nil, err
		}
	}
	// Whoever may not read them gets what is wrong alone.
	if settings, readErr := r.admin.Settings.List(ctx); readErr == nil {
		payload.Settings = model.NewSettings(settings)
	}
	return payload, nil
}

func (r *queryResolver) Settings(ctx context.Context) (*model.Settings, error) {
	settings, err := r.admin.Settings.List(ctx)
	if err != nil {
		return nil, err
	}
	return model.NewSettings(settings), nil
}
