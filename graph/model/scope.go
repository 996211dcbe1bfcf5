package model

import (
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// Scope is the type Scope.
type Scope struct {
	identity.Scope

	// Batch has the names of the scopes that came together with this one.
	Batch *Batch[string]
}

// NewScopes shows scopes that came together.
func NewScopes(list ...identity.Scope) []*Scope {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = s.Name
	}
	batch, shown := NewBatch(names), make([]*Scope, len(list))
	for i, s := range list {
		shown[i] = &Scope{Scope: s, Batch: batch}
	}
	return shown
}

// ScopeConnection is the type ScopeConnection.
type ScopeConnection struct {
	listPage[Scope]
	total int
}

// NewScopeConnection shows one page of so many scopes.
func NewScopeConnection(args admin.PageArgs, page admin.Page[identity.Scope], total int) *ScopeConnection {
	return &ScopeConnection{listPage: newListPage(args, page, NewScopes(page.Items()...)), total: total}
}

// Edges is the field edges.
func (c *ScopeConnection) Edges() []*ScopeEdge {
	return edgesOf(c.listPage, func(cursor string, node *Scope) *ScopeEdge { return &ScopeEdge{Cursor: cursor, Node: node} })
}

// TotalCount is the field totalCount.
func (c *ScopeConnection) TotalCount() *Count {
	return &Count{Value: c.total, Precision: CountPrecisionExact}
}

// Resource is the type Resource.
type Resource struct {
	identity.Resource

	// Batch has the URIs of the resources that came together with this one.
	Batch *Batch[string]
}

// NewResources shows resources that came together.
func NewResources(list ...identity.Resource) []*Resource {
	uris := make([]string, len(list))
	for i, r := range list {
		uris[i] = r.URI
	}
	batch, shown := NewBatch(uris), make([]*Resource, len(list))
	for i, r := range list {
		shown[i] = &Resource{Resource: r, Batch: batch}
	}
	return shown
}

// ResourceConnection is the type ResourceConnection.
type ResourceConnection struct {
	listPage[Resource]
	total int
}

// NewResourceConnection shows one page of so many resources.
func NewResourceConnection(args admin.PageArgs, page admin.Page[identity.Resource], total int) *ResourceConnection {
	return &ResourceConnection{listPage: newListPage(args, page, NewResources(page.Items()...)), total: total}
}

// Edges is the field edges.
func (c *ResourceConnection) Edges() []*ResourceEdge {
	return edgesOf(c.listPage, func(cursor string, node *Resource) *ResourceEdge {
		return &ResourceEdge{Cursor: cursor, Node: node}
	})
}

// TotalCount is the field totalCount.
func (c *ResourceConnection) TotalCount() *Count {
	return &Count{Value: c.total, Precision: CountPrecisionExact}
}

// Name is the field name.
func (r *Resource) Name() *string { return optional(&r.Resource.Name) }

// Scopes is the field scopes.
func (r *Resource) Scopes() []string { return present(r.Resource.Scopes) }

// Audiences is the field audiences.
func (r *Resource) Audiences() []string { return present(r.Resource.Audiences) }

// AccessTokenFormat is the field accessTokenFormat.
func (r *Resource) AccessTokenFormat() *string {
	return optional(new(string(r.Resource.AccessTokenFormat)))
}

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
