package graph

import (
	"context"
	"errors"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *mutationResolver) CreateClient(ctx context.Context, input model.CreateClientInput) (*model.CreateClientPayload, error) {
	client, secret, err := r.admin.Clients.Create(ctx, newClient(input))
	if err != nil {
		problems, err := clientErrors(err, "", "clientId")
		return &model.CreateClientPayload{UserErrors: problems}, err
	}
	return &model.CreateClientPayload{Client: model.NewClient(client), ClientSecret: secretOrNull(secret), UserErrors: noErrors()}, nil
}

func (r *mutationResolver) DuplicateClient(ctx context.Context, input model.DuplicateClientInput) (*model.DuplicateClientPayload, error) {
	id, err := parseID(model.KindClient, input.ID)
	var client identity.Client
	var secret string
	if err == nil {
		client, secret, err = r.admin.Clients.Duplicate(ctx, id, duplicate(input))
	}
	if err != nil {
		problems, err := clientErrors(err, input.ID, "clientId")
		return &model.DuplicateClientPayload{UserErrors: problems}, err
	}
	return &model.DuplicateClientPayload{Client: model.NewClient(client), ClientSecret: secretOrNull(secret), UserErrors: noErrors()}, nil
}

func (r *mutationResolver) UpdateClient(ctx context.Context, input model.UpdateClientInput) (*model.UpdateClientPayload, error) {
	change, problems := clientChange(input)
	if len(problems) > 0 {
		return &model.UpdateClientPayload{UserErrors: problems}, nil
	}
	id, err := parseID(model.KindClient, input.ID)
	var client identity.Client
	if err == nil {
		client, _, err = r.admin.Clients.Update(ctx, id, change, input.ExpectedVersion.Value())
	}
	if err == nil {
		return &model.UpdateClientPayload{Client: model.NewClient(client), UserErrors: noErrors()}, nil
	}
	payload := &model.UpdateClientPayload{}
	if conflict := (*identity.VersionConflictError)(nil); errors.As(err, &conflict) {
		// The current state is for merging. Whoever may not read gets the error alone.
		if current, readErr := r.admin.Clients.Get(ctx, id); readErr == nil {
			payload.Client = model.NewClient(current)
		}
	}
	payload.UserErrors, err = clientErrors(err, input.ID, "id")
	return payload, err
}

func (r *mutationResolver) DeleteClient(ctx context.Context, input model.DeleteClientInput) (*model.DeleteClientPayload, error) {
	id, err := parseID(model.KindClient, input.ID)
	var use admin.ClientUse
	if err == nil {
		use, err = r.admin.Clients.DeleteWith(ctx, id, admin.DeleteClientOptions{
			ExpectedVersion: input.ExpectedVersion.Value(), DryRun: input.DryRun,
		})
	}
	if err != nil {
		problems, err := clientErrors(err, input.ID, "id")
		return &model.DeleteClientPayload{UserErrors: problems}, err
	}
	payload := &model.DeleteClientPayload{InUse: clientUse(use), UserErrors: noErrors()}
	if !input.DryRun {
		payload.DeletedClientID = &input.ID
	}
	return payload, nil
}
