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

// AccessTokenTyp is the field accessTokenTyp.
func (r *Resource) AccessTokenTyp() string { return r.AccessTokenType }
