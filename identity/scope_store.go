package identity

import "context"

// ScopeStore keeps scopes and resources.
type ScopeStore interface {
	ScopeReader
	ScopeWriter
	ScopeUseReader
}

// ScopeReader lists scopes and resources.
type ScopeReader interface {
	// Scopes lists all, ordered by name.
	Scopes(ctx context.Context) ([]Scope, error)
	// Resources lists all, ordered by URI.
	Resources(ctx context.Context) ([]Resource, error)
	// DetailTypes lists the types of authorization details, ordered by name.
	DetailTypes(ctx context.Context) ([]DetailType, error)
}

// ScopeWriter changes scopes and resources.
type ScopeWriter interface {
	// LockScopes finds scopes by name for a transaction: until it ends, nobody else changes or deletes them. Missing ones are
	// absent.
	LockScopes(ctx context.Context, names []string) (map[string]Scope, error)
	// InsertScope returns CodeDuplicateScope when the name is taken.
	InsertScope(ctx context.Context, s Scope) error
	// SaveScope inserts or replaces by name.
	SaveScope(ctx context.Context, s Scope) error
	DeleteScope(ctx context.Context, name string) error
	// LockResources is LockScopes for resources, by URI.
	LockResources(ctx context.Context, uris []string) (map[string]Resource, error)
	// InsertResource returns CodeDuplicateResource when the URI is taken.
	InsertResource(ctx context.Context, r Resource) error
	// SaveResource inserts or replaces by URI.
	SaveResource(ctx context.Context, r Resource) error
	// DeleteResource returns ErrResourceNotFound when there is none.
	DeleteResource(ctx context.Context, uri string) error
	// LockDetailTypes is DetailTypes for a transaction: until it ends, nobody else writes any.
	LockDetailTypes(ctx context.Context) ([]DetailType, error)
	// SaveDetailType inserts or replaces by name.
	SaveDetailType(ctx context.Context, t DetailType) error
	// DeleteDetailType returns ErrDetailTypeNotFound when there is none.
	DeleteDetailType(ctx context.Context, name string) error
}

// ScopeUseReader tells who names scopes and resources.
type ScopeUseReader interface {
	// ClientsOfScopes finds the first clients, by client_id, that may ask for each of the scopes: up to limit of each.
	ClientsOfScopes(ctx context.Context, names []string, limit int) (map[string][]Client, error)
	// ClientsOfResources does so for resources that clients serve or have as their default.
	ClientsOfResources(ctx context.Context, uris []string, limit int) (map[string][]Client, error)
	// CountScopeUse counts up to limit+1 of each.
	CountScopeUse(ctx context.Context, name string, limit int) (ScopeUse, error)
	// CountResourceUse counts up to limit+1 of each.
	CountResourceUse(ctx context.Context, uri string, limit int) (ResourceUse, error)
}

// ScopeUse is how many use a scope. Grants and consents are looked for among those of the clients that name it, of which
// no more than the limit are looked at; beyond that, there are at least as many.
type ScopeUse struct {
	Clients   int
	Resources int
	Grants    int // that have not ended
	Consents  int
	Looked    bool // at all grants and consents
}

// ResourceUse is how many use a resource. Of the grants for a resource no more than the limit are looked at.
type ResourceUse struct {
	Clients int
	Grants  int  // that have not ended
	Looked  bool // at all grants
}
