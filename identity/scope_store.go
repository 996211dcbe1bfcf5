package identity

import "context"

// ScopeStore keeps scopes and resources.
type ScopeStore interface {
	ScopeReader
	ScopeWriter
}

// ScopeReader lists scopes and resources.
type ScopeReader interface {
	// Scopes lists all, ordered by name.
	Scopes(ctx context.Context) ([]Scope, error)
	// Resources lists all, ordered by URI.
	Resources(ctx context.Context) ([]Resource, error)
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
}
