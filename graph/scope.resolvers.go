package graph

import (
	"context"
	"errors"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
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
	use, err := r.admin.Scopes.DeleteWith(ctx, input.Name, admin.Deletion{DryRun: input.DryRun})
	if err != nil {
		problems, err := userErrors(err, input.Name, "name")
		return &model.DeleteScopePayload{UserErrors: problems}, err
	}
	payload := &model.DeleteScopePayload{InUse: scopeUse(use), UserErrors: noErrors()}
	if !input.DryRun {
		payload.DeletedScopeName = &input.Name
	}
	return payload, nil
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
	use, err := r.admin.Scopes.DeleteResourceWith(ctx, input.URI, admin.Deletion{DryRun: input.DryRun})
	if err != nil {
		problems, err := userErrors(err, input.URI, "uri")
		return &model.DeleteResourcePayload{UserErrors: problems}, err
	}
	payload := &model.DeleteResourcePayload{InUse: resourceUse(use), UserErrors: noErrors()}
	if !input.DryRun {
		payload.DeletedResourceURI = &input.URI
	}
	return payload, nil
}

func (r *queryResolver) Scopes(ctx context.Context, first *int, after *string, last *int, before *string, search *string, orderBy model.ScopeOrder) (*model.ScopeConnection, error) {
	list := admin.ScopeList{Search: textOf(search), Descending: orderBy.Direction == model.SortDirectionDesc}
	if orderBy.Field != model.ScopeOrderFieldName {
		list.Order = admin.ScopeOrder(orderBy.Field)
	}
	args := pageArgs(first, after, last, before)
	page, total, err := r.admin.Scopes.Page(ctx, list, args)
	if err != nil {
		return nil, err
	}
	return model.NewScopeConnection(args, page, total), nil
}

func (r *queryResolver) Scope(ctx context.Context, name string) (*model.Scope, error) {
	scope, err := r.admin.Scopes.Named(ctx, name)
	if errors.Is(err, identity.ErrScopeNotFound) {
		return nil, nil // null stands for what does not exist
	}
	if err != nil {
		return nil, err
	}
	return model.NewScopes(scope)[0], nil
}

func (r *queryResolver) Resources(ctx context.Context, first *int, after *string, last *int, before *string, search *string, orderBy model.ResourceOrder) (*model.ResourceConnection, error) {
	list := admin.ResourceList{Search: textOf(search), Descending: orderBy.Direction == model.SortDirectionDesc}
	if orderBy.Field != model.ResourceOrderFieldURI {
		list.Order = admin.ScopeOrder(orderBy.Field)
	}
	return r.resourcePage(ctx, list, pageArgs(first, after, last, before))
}

func (r *queryResolver) Resource(ctx context.Context, uri string) (*model.Resource, error) {
	resource, err := r.admin.Scopes.ResourceOf(ctx, uri)
	if errors.Is(err, identity.ErrResourceNotFound) {
		return nil, nil // null stands for what does not exist
	}
	if err != nil {
		return nil, err
	}
	return model.NewResources(resource)[0], nil
}

func (r *resourceResolver) Clients(ctx context.Context, obj *model.Resource, first *int, after *string, last *int, before *string) (*model.ClientConnection, error) {
	list := admin.ClientList{Filter: identity.ClientFilter{Resource: obj.URI}}
	return r.clientsNaming(ctx, obj.Batch, obj.URI, list, r.admin.Clients.OfResources, first, after, last, before)
}

func (r *scopeResolver) Claims(ctx context.Context, obj *model.Scope) ([]string, error) {
	all, err := model.Load(obj.Batch, "claims", func(names []string) (map[string][]string, error) {
		return r.admin.Scopes.Claims(ctx, names)
	})
	return all[obj.Name], err
}

func (r *scopeResolver) Clients(ctx context.Context, obj *model.Scope, first *int, after *string, last *int, before *string) (*model.ClientConnection, error) {
	list := admin.ClientList{Filter: identity.ClientFilter{Scope: obj.Name}}
	return r.clientsNaming(ctx, obj.Batch, obj.Name, list, r.admin.Clients.OfScopes, first, after, last, before)
}

func (r *scopeResolver) Resources(ctx context.Context, obj *model.Scope, first *int, after *string, last *int, before *string) (*model.ResourceConnection, error) {
	args, batched := nestedArgs(first, after, last, before)
	if !batched {
		return r.resourcePage(ctx, admin.ResourceList{Scope: obj.Name}, args)
	}
	pages, err := model.Load(obj.Batch, batchKey{list: "resources", size: *args.First},
		func(names []string) (map[string]admin.ResourcePage, error) {
			return r.admin.Scopes.ResourcesOf(ctx, names, *args.First)
		})
	if err != nil {
		return nil, err
	}
	return model.NewResourceConnection(args, pages[obj.Name].Page, pages[obj.Name].Total), nil
}

func (r *Resolver) Resource() generated.ResourceResolver { return &resourceResolver{r} }

func (r *Resolver) Scope() generated.ScopeResolver { return &scopeResolver{r} }

type (
	resourceResolver struct{ *Resolver }
	scopeResolver    struct{ *Resolver }
)
