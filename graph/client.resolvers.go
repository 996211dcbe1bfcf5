package graph

import (
	"context"
	"errors"
	"time"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

func (r *mutationResolver) RotateClientSecret(ctx context.Context, input model.RotateClientSecretInput) (*model.RotateClientSecretPayload, error) {
	id, err := parseID(model.KindClient, input.ID)
	var client identity.Client
	var secret string
	if err == nil {
		client, secret, err = r.domain.Clients.RotateSecret(ctx, id, time.Duration(input.GraceSeconds)*time.Second)
	}
	if e := identity.AsError(err); err != nil && e.Kind == identity.Invalid {
		return &model.RotateClientSecretPayload{UserErrors: []model.UserError{&model.InvalidInput{
			Code: model.UserErrorCodeClientInvalidConfig, Message: e.Detail, Path: []string{"input", "id"},
		}}}, nil
	}
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.RotateClientSecretPayload{UserErrors: problems}, err
	}
	return &model.RotateClientSecretPayload{Client: model.NewClient(client), ClientSecret: shownOnce(secret), UserErrors: nothing()}, nil
}

func (r *queryResolver) Client(ctx context.Context, by model.ClientBy) (*model.Client, error) {
	if clientID := by.ClientID.Value(); clientID != nil {
		client, err := r.domain.Clients.Find(ctx, *clientID)
		if errors.Is(err, identity.ErrClientNotFound) {
			return nil, nil //nolint:nilnil // null is the answer for what does not exist
		}
		if err != nil {
			return nil, err
		}
		return model.NewClient(client), nil
	}
	id, ok := model.KindClient.Parse(text(by.ID))
	if !ok {
		return nil, nil //nolint:nilnil // an id of another kind names no client
	}
	return r.client(ctx, id)
}

func (r *queryResolver) Scopes(ctx context.Context) ([]*model.Scope, error) {
	all, err := r.domain.Scopes.All(ctx)
	if err != nil {
		return nil, err
	}
	scopes := make([]*model.Scope, len(all))
	for i, scope := range all {
		scopes[i] = &model.Scope{Scope: scope}
	}
	return scopes, nil
}
