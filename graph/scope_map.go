package graph

import (
	"context"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func newScope(in model.CreateScopeInput) identity.Scope {
	return identity.Scope{Name: in.Name, Description: in.Description, Default: in.Default}
}

// scopeChange reads the changes of a scope, or says what is wrong with them.
func scopeChange(in model.UpdateScopeInput) (admin.ScopeChange, []model.UserError) {
	p := &patch{}
	change := admin.ScopeChange{Description: cleared(p, in.Description), Default: nonNull(p, "default", in.Default)}
	return change, p.check()
}

// changedScope shows a scope that was changed, or what is wrong. name is what the input calls it.
func changedScope(scope identity.Scope, name string, err error) (*model.Scope, []model.UserError, error) {
	if err != nil {
		problems, err := userErrors(err, name, "name")
		return nil, problems, err
	}
	return model.NewScopes(scope)[0], noErrors(), nil
}

func newResource(in model.CreateResourceInput) identity.Resource {
	r := identity.Resource{
		URI: in.URI, Name: in.Name, Scopes: in.Scopes, AccessTokenType: in.AccessTokenTyp, Audiences: in.Audiences,
		AccessTokenAlg: identity.Algorithm(text(in.AccessTokenSigningAlg)), AccessTokenFormat: identity.TokenFormat(text(in.AccessTokenFormat)),
	}
	if seconds := in.AccessTokenTTL.Value(); seconds != nil {
		r.AccessTokenTTL = *seconds
	}
	return r
}

// resourceChange reads the changes of a resource, or says what is wrong with them.
func resourceChange(in model.UpdateResourceInput) (admin.ResourceChange, []model.UserError) {
	p := &patch{}
	change := admin.ResourceChange{
		Name: cleared(p, in.Name), AccessTokenType: nonNull(p, "accessTokenTyp", in.AccessTokenTyp), Scopes: clearedList(p, in.Scopes),
		Audiences: clearedList(p, in.Audiences), AccessTokenTTL: cleared(p, in.AccessTokenTTL),
	}
	if alg := cleared(p, in.AccessTokenSigningAlg); alg != nil {
		change.AccessTokenAlg = (*identity.Algorithm)(alg)
	}
	if format := cleared(p, in.AccessTokenFormat); format != nil {
		change.AccessTokenFormat = (*identity.TokenFormat)(format)
	}
	return change, p.check()
}

// changedResource shows a resource that was changed, or what is wrong. uri is what the input calls it.
func changedResource(resource identity.Resource, uri string, err error) (*model.Resource, []model.UserError, error) {
	if err != nil {
		problems, err := userErrors(err, uri, "uri")
		return nil, problems, err
	}
	return model.NewResources(resource)[0], noErrors(), nil
}

func scopeUse(use admin.ScopeUse) *model.ScopeUse {
	return &model.ScopeUse{
		Clients: showCount(use.Clients), Resources: showCount(use.Resources), Grants: showCount(use.Grants), Consents: showCount(use.Consents),
	}
}

func resourceUse(use admin.ResourceUse) *model.ResourceUse {
	return &model.ResourceUse{Clients: showCount(use.Clients), Grants: showCount(use.Grants)}
}

// resourcePage returns one page of resources.
func (r *Resolver) resourcePage(ctx context.Context, list admin.ResourceList, args admin.PageArgs) (*model.ResourceConnection, error) {
	page, total, err := r.admin.Scopes.ResourcePage(ctx, list, args)
	if err != nil {
		return nil, err
	}
	return model.NewResourceConnection(args, page, total), nil
}

// firstPages finds the first page of clients of each name.
type firstPages func(ctx context.Context, names []string, size int) (map[string]admin.Page[identity.Client], error)

// clientsNaming returns a page of the clients that name a scope or a resource: the first one of all that came together.
func (r *Resolver) clientsNaming(
	ctx context.Context, batch *model.Batch[string], name string, list admin.ClientList, find firstPages,
	first *int, after *string, last *int, before *string,
) (*model.ClientConnection, error) {
	args, batched := nestedArgs(first, after, last, before)
	if !batched {
		page, err := r.admin.Clients.List(ctx, list, args)
		if err != nil {
			return nil, err
		}
		return model.NewClientConnection(list, args, page), nil
	}
	key := batchKey{list: "clients", size: *args.First}
	pages, err := model.Load(batch, key, func(names []string) (map[string]admin.Page[identity.Client], error) {
		return find(ctx, names, *args.First)
	})
	if err != nil {
		return nil, err
	}
	return model.NewClientConnection(list, args, pages[name]), nil
}

// textOf returns an optional text, empty when it is not given.
func textOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
