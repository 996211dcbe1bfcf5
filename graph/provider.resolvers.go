package graph

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

func (r *mutationResolver) CreateIdentityProvider(ctx context.Context, input model.CreateIdentityProviderInput) (*model.CreateIdentityProviderPayload, error) {
	created, err := r.admin.Providers.Create(ctx, newProvider(input), text(input.ClientSecret))
	if err != nil {
		problems, err := userErrors(err, "")
		return &model.CreateIdentityProviderPayload{UserErrors: problems}, err
	}
	return &model.CreateIdentityProviderPayload{IdentityProvider: r.showProviders(created)[0], UserErrors: noErrors()}, nil
}

func (r *mutationResolver) UpdateIdentityProvider(ctx context.Context, input model.UpdateIdentityProviderInput) (*model.UpdateIdentityProviderPayload, error) {
	change, problems := providerChange(input)
	if len(problems) > 0 {
		return &model.UpdateIdentityProviderPayload{UserErrors: problems}, nil
	}
	id, err := parseID(model.KindProvider, input.ID)
	var changed identity.IdentityProvider
	if err == nil {
		changed, err = r.admin.Providers.Update(ctx, id, change, input.ExpectedVersion.Value())
	}
	if err == nil {
		return &model.UpdateIdentityProviderPayload{IdentityProvider: r.showProviders(changed)[0], UserErrors: noErrors()}, nil
	}
	payload := &model.UpdateIdentityProviderPayload{}
	if conflict := (*identity.VersionConflictError)(nil); errors.As(err, &conflict) {
		// The current state is for merging. Whoever may not read gets the error alone.
		if current, readErr := r.admin.Providers.Get(ctx, id); readErr == nil {
			payload.IdentityProvider = r.showProviders(current)[0]
		}
	}
	payload.UserErrors, err = userErrors(err, input.ID)
	return payload, err
}

func (r *mutationResolver) DeleteIdentityProvider(ctx context.Context, input model.DeleteIdentityProviderInput) (*model.DeleteIdentityProviderPayload, error) {
	id, err := parseID(model.KindProvider, input.ID)
	if err == nil {
		err = r.admin.Providers.Delete(ctx, id, input.ExpectedVersion.Value())
	}
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.DeleteIdentityProviderPayload{UserErrors: problems}, err
	}
	return &model.DeleteIdentityProviderPayload{DeletedIdentityProviderID: &input.ID, UserErrors: noErrors()}, nil
}

func (r *mutationResolver) UnlinkIdentity(ctx context.Context, input model.UnlinkIdentityInput) (*model.UnlinkIdentityPayload, error) {
	id, err := parseID(model.KindUser, input.ID)
	linked, wrong := parseID(model.KindLinked, input.LinkedIdentityID)
	if err == nil {
		err = wrong
	}
	var user identity.User
	if err == nil {
		user, err = r.admin.Users.UnlinkIdentity(ctx, id, linked)
	}
	if errors.Is(err, identity.ErrCredentialNotFound) {
		problems, err := userErrors(err, input.LinkedIdentityID, "linkedIdentityId")
		return &model.UnlinkIdentityPayload{UserErrors: problems}, err
	}
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.UnlinkIdentityPayload{UserErrors: problems}, err
	}
	payload := &model.UnlinkIdentityPayload{UserErrors: noErrors()}
	if r.mayShow(ctx, user.ID) {
		payload.User = r.showUsers(ctx, []identity.User{user})[0]
	}
	return payload, nil
}

func (r *queryResolver) IdentityProviders(ctx context.Context) ([]*model.IdentityProvider, error) {
	list, err := r.admin.Providers.List(ctx)
	if err != nil {
		return nil, err
	}
	return r.showProviders(list...), nil
}

func (r *queryResolver) TestIdentityProvider(ctx context.Context, id string) (*model.IdentityProviderTest, error) {
	parsed, ok := model.KindProvider.Parse(id)
	if !ok {
		return nil, nil // an id of another kind names no provider
	}
	report, err := r.admin.Providers.Test(ctx, parsed)
	switch {
	case errors.Is(err, identity.ErrProviderNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return model.NewIdentityProviderTest(report), nil
}

func (r *userResolver) LinkedIdentities(ctx context.Context, obj *model.User) ([]*model.LinkedIdentity, error) {
	linked, err := model.Load(obj.Batch, "linkedIdentities", func(ids []uuid.UUID) (map[uuid.UUID][]*model.LinkedIdentity, error) {
		found, err := r.admin.Users.LinkedIdentities(ctx, ids)
		return showLinked(found), err
	})
	if err != nil || linked[obj.Sub()] != nil {
		return linked[obj.Sub()], err
	}
	return []*model.LinkedIdentity{}, nil
}
