package graph

import (
	"context"

	"github.com/authly/authly/graph/model"
)

func (r *mutationResolver) CreateScope(ctx context.Context, input model.CreateScopeInput) (*model.CreateScopePayload, error) {
	scope, err := r.admin.Scopes.Create(ctx, newScope(input))
	shown, problems, err := changedScope(scope, input.Name, err)
	return &model.CreateScopePayload{Scope: shown, UserErrors: problems}, err
}

func (r *mutationResolver) UpdateScope(ctx context.Context, input model.UpdateScopeInput) (*model.UpdateScopePayload, error) {
	change, problems := scopeChange(input)
	if len(problems) > 0 {
		return &model.UpdateScopePayload{UserErrors: problems}, nil
	}
	scope, err := r.admin.Scopes.Update(ctx, input.Name, change)
	shown, problems, err := changedScope(scope, input.Name, err)
	return &model.UpdateScopePayload{Scope: shown, UserErrors: problems}, err
}

func (r *mutationResolver) DeleteScope(ctx context.Context, input model.DeleteScopeInput) (*model.DeleteScopePayload, error) {
	if err := r.admin.Scopes.Delete(ctx, input.Name); err != nil {
		problems, err := userErrors(err, input.Name, "name")
		return &model.DeleteScopePayload{UserErrors: problems}, err
	}
	return &model.DeleteScopePayload{DeletedScopeName: &input.Name, UserErrors: noErrors()}, nil
}

func (r *mutationResolver) CreateResource(ctx context.Context, input model.CreateResourceInput) (*model.CreateResourcePayload, error) {
	resource, err := r.admin.Scopes.CreateResource(ctx, newResource(input))
	shown, problems, err := changedResource(resource, input.URI, err)
	return &model.CreateResourcePayload{Resource: shown, UserErrors: problems}, err
}

func (r *mutationResolver) UpdateResource(ctx context.Context, input model.UpdateResourceInput) (*model.UpdateResourcePayload, error) {
	change, problems := resourceChange(input)
	if len(problems) > 0 {
		return &model.UpdateResourcePayload{UserErrors: problems}, nil
	}
	resource, err := r.admin.Scopes.UpdateResource(ctx, input.URI, change)
	shown, problems, err := changedResource(resource, input.URI, err)
	return &model.UpdateResourcePayload{Resource: shown, UserErrors: problems}, err
}

func (r *mutationResolver) DeleteResource(ctx context.Context, input model.DeleteResourceInput) (*model.DeleteResourcePayload, error) {
	if err := r.admin.Scopes.DeleteResource(ctx, input.URI); err != nil {
		problems, err := userErrors(err, input.URI, "uri")
		return &model.DeleteResourcePayload{UserErrors: problems}, err
	}
	return &model.DeleteResourcePayload{DeletedResourceURI: &input.URI, UserErrors: noErrors()}, nil
}

func (r *queryResolver) Scopes(ctx context.Context) ([]*model.Scope, error) {
	all, err := r.admin.Scopes.List(ctx)
	if err != nil {
		return nil, err
	}
	scopes := make([]*model.Scope, len(all))
	for i, scope := range all {
		scopes[i] = &model.Scope{Scope: scope}
	}
	return scopes, nil
}

func (r *queryResolver) Resources(ctx context.Context) ([]*model.Resource, error) {
	all, err := r.admin.Scopes.Resources(ctx)
	if err != nil {
		return nil, err
	}
	resources := make([]*model.Resource, len(all))
	for i, resource := range all {
		resources[i] = &model.Resource{Resource: resource}
	}
	return resources, nil
}
