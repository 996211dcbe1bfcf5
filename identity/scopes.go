package identity

import (
	"context"
	"fmt"
	"reflect"
	"slices"
)

// Scopes keeps the registry of scopes and resources, and decides which are granted.
type Scopes struct {
	store  ScopeStore
	source Source
	issuer string

	d Deps // of the methods for administrators
}

func newScopes(d Deps) *Scopes {
	return &Scopes{store: d.Store, source: d.Source, issuer: d.Settings.Issuer, d: d}
}

// All lists the registered scopes by name.
func (s *Scopes) All(ctx context.Context) ([]Scope, error) { return s.store.Scopes(ctx) }

// List is All for an administrator.
func (s *Scopes) List(ctx context.Context) ([]Scope, error) {
	if err := requireScope(ctx, ScopeScopesRead); err != nil {
		return nil, err
	}
	return s.All(ctx)
}

// Describe returns the registered scopes of the names, in their order; an unregistered name stands for itself.
func (s *Scopes) Describe(ctx context.Context, names []string) ([]Scope, error) {
	all, err := s.store.Scopes(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Scope, len(names))
	for i, name := range names {
		out[i] = Scope{Name: name}
		if at := slices.IndexFunc(all, func(scope Scope) bool { return scope.Name == name }); at >= 0 {
			out[i] = all[at]
		}
	}
	return out, nil
}

// Requested narrows what a client asks for to what it may have: requested ∩ client. When it asks for nothing it gets
// its default scopes. Asking only for what it may not have is CodeInvalidScope (RFC 6749 §3.3).
func (s *Scopes) Requested(ctx context.Context, client Client, requested []string) ([]string, error) {
	allowed := client.Scopes()
	if len(requested) == 0 {
		all, err := s.store.Scopes(ctx)
		if err != nil {
			return nil, err
		}
		var defaults []string
		for _, scope := range all {
			if scope.Default {
				defaults = append(defaults, scope.Name)
			}
		}
		return intersect(defaults, allowed), nil
	}
	granted := intersect(requested, allowed)
	if len(granted) == 0 {
		return nil, noSuchScope()
	}
	return granted, nil
}

func noSuchScope() *Error {
	return &Error{
		Kind: Invalid, Code: CodeInvalidScope, Field: "scope", Detail: "The client may not have any of the requested scopes.",
	}
}

// CheckResources refuses resources that are not registered (RFC 8707 §2).
func (s *Scopes) CheckResources(ctx context.Context, uris []string) error {
	if len(uris) == 0 || len(uris) == 1 && uris[0] == s.issuer {
		return nil
	}
	registered, err := s.store.Resources(ctx)
	if err != nil {
		return err
	}
	for _, uri := range uris {
		known := slices.ContainsFunc(registered, func(r Resource) bool { return r.URI == uri })
		if !known && uri != s.issuer {
			return &Error{Kind: Invalid, Code: CodeInvalidTarget, Field: "resource", Detail: "The resource is not registered."}
		}
	}
	return nil
}

// EnsureBuiltIn adds the scopes that every installation has.
func (s *Scopes) EnsureBuiltIn(ctx context.Context) error {
	present, err := s.store.Scopes(ctx)
	if err != nil {
		return err
	}
	now := s.source.Now()
	for _, scope := range BuiltInScopes() {
		if slices.ContainsFunc(present, func(p Scope) bool { return p.Name == scope.Name }) {
			continue
		}
		scope.CreatedAt, scope.UpdatedAt = now, now
		if err := s.store.SaveScope(ctx, scope); err != nil {
			return fmt.Errorf("add built-in scope: %w", err)
		}
	}
	return nil
}

// Save creates or changes a scope; false when it already was so.
func (s *Scopes) Save(ctx context.Context, scope Scope) (bool, error) {
	if err := requireScope(ctx, ScopeScopesWrite); err != nil {
		return false, err
	}
	if names, err := ParseScope(scope.Name); err != nil || len(names) != 1 || names[0] != scope.Name || len(scope.Name) > maxText {
		return false, InvalidField("name", "Must be one scope value of printable ASCII without spaces, quotes and backslashes.")
	}
	if err := checkText("description", scope.Description, maxText, false); err != nil {
		return false, err
	}
	if IsAdminScope(scope.Name) && !slices.ContainsFunc(BuiltInScopes(), func(b Scope) bool { return b.Name == scope.Name }) {
		return false, InvalidField("name", "Names that begin with admin: are reserved.")
	}
	if IsAdminScope(scope.Name) && scope.Default {
		return false, InvalidField("default", "Scopes of administration are never granted by default.")
	}
	changed := false
	err := s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		all, err := tx.Scopes(ctx)
		if err != nil {
			return err
		}
		now := s.d.Source.Now()
		scope.CreatedAt = now
		var before Scope
		if at := slices.IndexFunc(all, func(p Scope) bool { return p.Name == scope.Name }); at >= 0 {
			before = all[at]
			scope.CreatedAt, scope.BuiltIn = before.CreatedAt, before.BuiltIn
			if before.Description == scope.Description && before.Default == scope.Default {
				return nil
			}
		}
		changed = true
		scope.UpdatedAt = now
		if err := tx.SaveScope(ctx, scope); err != nil {
			return err
		}
		event := newEvent(ctx, s.d.Source, ActionScopeSaved, TargetScope, scope.Name, scope.Name)
		event.Changes = map[string]Change{
			"description": {Before: before.Description, After: scope.Description},
			"default":     {Before: before.Default, After: scope.Default},
		}
		return tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return false, fmt.Errorf("save scope: %w", err)
	}
	return changed, nil
}

// Delete removes a scope that is not built in.
func (s *Scopes) Delete(ctx context.Context, name string) error {
	if err := requireScope(ctx, ScopeScopesWrite); err != nil {
		return err
	}
	if slices.ContainsFunc(BuiltInScopes(), func(b Scope) bool { return b.Name == name }) {
		return InvalidField("name", "A built-in scope cannot be deleted.")
	}
	return s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.DeleteScope(ctx, name); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, newEvent(ctx, s.d.Source, ActionScopeDeleted, TargetScope, name, name))
	})
}

// Resources lists the registered resources by URI.
func (s *Scopes) Resources(ctx context.Context) ([]Resource, error) { return s.d.Store.Resources(ctx) }

// SaveResource creates or changes a resource; false when it already was so.
func (s *Scopes) SaveResource(ctx context.Context, r Resource) (bool, error) {
	if err := requireScope(ctx, ScopeScopesWrite); err != nil {
		return false, err
	}
	if !validResource(r.URI) {
		return false, &Error{
			Kind: Invalid, Code: CodeInvalidTarget, Field: "uri",
			Detail: "Must be an absolute URI without a fragment.",
		}
	}
	if err := checkText("name", r.Name, maxText, false); err != nil {
		return false, err
	}
	changed := false
	err := s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		all, err := tx.Resources(ctx)
		if err != nil {
			return err
		}
		now := s.d.Source.Now()
		r.CreatedAt = now
		if at := slices.IndexFunc(all, func(p Resource) bool { return p.URI == r.URI }); at >= 0 {
			before := all[at]
			r.CreatedAt = before.CreatedAt
			if before.Name == r.Name && (len(before.Scopes) == 0 && len(r.Scopes) == 0 || reflect.DeepEqual(before.Scopes, r.Scopes)) {
				return nil
			}
		}
		changed = true
		r.UpdatedAt = now
		if err := tx.SaveResource(ctx, r); err != nil {
			return err
		}
		event := newEvent(ctx, s.d.Source, ActionResourceSaved, TargetResource, r.URI, r.URI)
		event.Changes = map[string]Change{"scopes": {After: r.Scopes}}
		return tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return false, fmt.Errorf("save resource: %w", err)
	}
	return changed, nil
}

// DeleteResource removes a resource.
func (s *Scopes) DeleteResource(ctx context.Context, uri string) error {
	if err := requireScope(ctx, ScopeScopesWrite); err != nil {
		return err
	}
	return s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.DeleteResource(ctx, uri); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, newEvent(ctx, s.d.Source, ActionResourceDeleted, TargetResource, uri, uri))
	})
}
