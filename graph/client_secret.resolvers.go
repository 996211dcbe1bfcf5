package graph

import (
	"context"
	"errors"
	"time"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *mutationResolver) AddClientSecret(ctx context.Context, input model.AddClientSecretInput) (*model.AddClientSecretPayload, error) {
	id, err := parseID(model.KindClient, input.ID)
	var added admin.AddedSecret
	if err == nil {
		added, err = r.admin.Clients.AddSecret(ctx, id, admin.NewSecret{
			Secret: text(input.ClientSecret), ExpiresAt: input.ExpiresAt.Value(), ExpectedVersion: input.ExpectedVersion.Value(),
		})
	}
	if err != nil {
		problems, err := clientErrors(err, input.ID, "id")
		return &model.AddClientSecretPayload{UserErrors: problems}, err
	}
	return &model.AddClientSecretPayload{
		Client: model.NewClient(added.Client), SecretID: new(model.KindSecret.ID(added.ID)), ClientSecret: secretOrNull(added.Value),
		UserErrors: noErrors(),
	}, nil
}

func (r *mutationResolver) EndClientSecret(ctx context.Context, input model.EndClientSecretInput) (*model.EndClientSecretPayload, error) {
	id, err := parseID(model.KindClient, input.ID)
	secret, wrong := parseID(model.KindSecret, input.SecretID)
	if err == nil {
		err = wrong
	}
	var client identity.Client
	if err == nil {
		client, err = r.admin.Clients.EndSecret(ctx, id, secret, input.ExpectedVersion.Value())
	}
	if errors.Is(err, identity.ErrSecretNotFound) {
		problems, err := userErrors(err, input.SecretID, "secretId")
		return &model.EndClientSecretPayload{UserErrors: problems}, err
	}
	if err != nil {
		problems, err := clientErrors(err, input.ID, "id")
		return &model.EndClientSecretPayload{UserErrors: problems}, err
	}
	return &model.EndClientSecretPayload{Client: model.NewClient(client), UserErrors: noErrors()}, nil
}

func (r *mutationResolver) RotateClientSecret(ctx context.Context, input model.RotateClientSecretInput) (*model.RotateClientSecretPayload, error) {
	id, err := parseID(model.KindClient, input.ID)
	var added admin.AddedSecret
	if err == nil {
		added, err = r.admin.Clients.RotateSecret(ctx, id, time.Duration(input.GraceSeconds)*time.Second)
	}
	if err != nil {
		problems, err := clientErrors(err, input.ID, "id")
		return &model.RotateClientSecretPayload{UserErrors: problems}, err
	}
	return &model.RotateClientSecretPayload{
		Client: model.NewClient(added.Client), SecretID: new(model.KindSecret.ID(added.ID)), ClientSecret: secretOrNull(added.Value),
		UserErrors: noErrors(),
	}, nil
}
