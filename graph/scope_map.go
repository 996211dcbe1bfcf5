package graph

import (
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
	return &model.Scope{Scope: scope}, noErrors(), nil
}

func newResource(in model.CreateResourceInput) identity.Resource {
	r := identity.Resource{
		URI: in.URI, Name: in.Name, Scopes: in.Scopes, AccessTokenType: in.AccessTokenTyp, Audiences: in.Audiences,
		AccessTokenAlg: identity.Algorithm(text(in.AccessTokenSigningAlg)),
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
	return change, p.check()
}

// changedResource shows a resource that was changed, or what is wrong. uri is what the input calls it.
func changedResource(resource identity.Resource, uri string, err error) (*model.Resource, []model.UserError, error) {
	if err != nil {
		problems, err := userErrors(err, uri, "uri")
		return nil, problems, err
	}
	return &model.Resource{Resource: resource}, noErrors(), nil
}
