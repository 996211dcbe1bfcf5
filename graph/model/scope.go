package model

import "github.com/authly/authly/identity"

// Scope is the type Scope.
type Scope struct{ identity.Scope }

// Resource is the type Resource.
type Resource struct{ identity.Resource }

// Name is the field name.
func (r *Resource) Name() *string { return optional(&r.Resource.Name) }

// Scopes is the field scopes.
func (r *Resource) Scopes() []string { return present(r.Resource.Scopes) }

// Audiences is the field audiences.
func (r *Resource) Audiences() []string { return present(r.Resource.Audiences) }

// AccessTokenSigningAlg is the field accessTokenSigningAlg.
func (r *Resource) AccessTokenSigningAlg() *string {
	alg := string(r.AccessTokenAlg)
	return optional(&alg)
}

// AccessTokenTTL is the field accessTokenTtl.
func (r *Resource) AccessTokenTTL() *int {
	if r.Resource.AccessTokenTTL == 0 {
		return nil
	}
	return &r.Resource.AccessTokenTTL
}

// AccessTokenTyp is the field accessTokenTyp.
func (r *Resource) AccessTokenTyp() string { return r.AccessTokenType }
