package admin

import (
	"context"
	"fmt"
	"slices"

	"github.com/authly/authly/identity"
)

// Scopes is administration of scopes and resources.
type Scopes struct {
	changes
	store identity.ScopeReader
}

// List is All for an administrator.
func (s *Scopes) List(ctx context.Context) ([]identity.Scope, error) {
	if err := requireScope(ctx, identity.ScopeScopesRead); err != nil {
		return nil, err
	}
	return s.store.Scopes(ctx)
}

// EnsureBuiltIn adds the scopes that every installation has. One of the same name that an operator has made before it
// was built in is taken over, with its words: they are what people consent to.
func (s *Scopes) EnsureBuiltIn(ctx context.Context) error {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return err
	}
	return s.ensureBuiltIn(ctx)
}

func (s *Scopes) ensureBuiltIn(ctx context.Context) error {
	present, err := s.store.Scopes(ctx)
	if err != nil {
		return err
	}
	now := s.source.Now()
	for _, scope := range identity.BuiltInScopes() {
		if slices.ContainsFunc(present, func(p identity.Scope) bool { return p.BuiltIn && p.Name == scope.Name }) {
			continue
		}
		scope.CreatedAt, scope.UpdatedAt = now, now
		err := s.tx.InTx(ctx, func(ctx context.Context, tx identity.Store) error { return tx.SaveScope(ctx, scope) })
		if err != nil {
			return fmt.Errorf("add built-in scope: %w", err)
		}
	}
	return nil
}

// Save creates or changes a scope; false when it already was so.
func (s *Scopes) Save(ctx context.Context, scope identity.Scope) (bool, error) {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return false, err
	}
	if err := scope.Check(); err != nil {
		return false, err
	}
	if err := overScopes(ctx, []string{scope.Name}, nil); err != nil {
		return false, err
	}
	changed, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (bool, error) {
		all, err := tx.Scopes(ctx)
		if err != nil {
			return false, err
		}
		now := s.source.Now()
		scope.CreatedAt = now
		var before identity.Scope
		if at := slices.IndexFunc(all, func(p identity.Scope) bool { return p.Name == scope.Name }); at >= 0 {
			before = all[at]
			scope.CreatedAt, scope.BuiltIn = before.CreatedAt, before.BuiltIn
			if before.Description == scope.Description && before.Default == scope.Default {
				return false, nil
			}
		}
		scope.UpdatedAt = now
		if err := tx.SaveScope(ctx, scope); err != nil {
			return false, err
		}
		event := identity.NewEvent(ctx, s.source, identity.ActionScopeSaved, identity.TargetScope, scope.Name, scope.Name)
		event.Changes = map[string]identity.Change{
			"description": {Before: before.Description, After: scope.Description},
			"default":     {Before: before.Default, After: scope.Default},
		}
		return true, tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return false, fmt.Errorf("save scope: %w", err)
	}
	return changed, nil
}

// Delete removes a scope that is not built in.
func (s *Scopes) Delete(ctx context.Context, name string) error {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return err
	}
	if slices.ContainsFunc(identity.BuiltInScopes(), func(b identity.Scope) bool { return b.Name == name }) {
		return identity.InvalidField("name", "A built-in scope cannot be deleted.")
	}
	_, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (struct{}, error) {
		if err := tx.DeleteScope(ctx, name); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.InsertAudit(ctx, identity.NewEvent(ctx, s.source, identity.ActionScopeDeleted, identity.TargetScope, name, name))
	})
	return err
}

// Resources lists the registered resources by URI.
func (s *Scopes) Resources(ctx context.Context) ([]identity.Resource, error) {
	if err := requireScope(ctx, identity.ScopeScopesRead); err != nil {
		return nil, err
	}
	return s.store.Resources(ctx)
}

// SaveResource creates or changes a resource; false when it already was so.
func (s *Scopes) SaveResource(ctx context.Context, r identity.Resource) (bool, error) {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return false, err
	}
	r = r.WithDefaults()
	if err := r.Check(); err != nil {
		return false, err
	}
	changed, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (bool, error) {
		all, err := tx.Resources(ctx)
		if err != nil {
			return false, err
		}
		now := s.source.Now()
		r.CreatedAt = now
		var before identity.Resource
		if at := slices.IndexFunc(all, func(p identity.Resource) bool { return p.URI == r.URI }); at >= 0 {
			before = all[at]
			r.CreatedAt = before.CreatedAt
		}
		if err := overScopes(ctx, before.Scopes, r.Scopes); err != nil {
			return false, err
		}
		if before.URI != "" {
			if before.Name == r.Name && before.AccessTokenType == r.AccessTokenType && slices.Equal(before.Scopes, r.Scopes) {
				return false, nil
			}
		}
		r.UpdatedAt = now
		if err := tx.SaveResource(ctx, r); err != nil {
			return false, err
		}
		event := identity.NewEvent(ctx, s.source, identity.ActionResourceSaved, identity.TargetResource, r.URI, r.URI)
		event.Changes = map[string]identity.Change{
			"scopes":           {Before: before.Scopes, After: r.Scopes},
			"access_token_typ": {Before: before.AccessTokenType, After: r.AccessTokenType},
		}
		return true, tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return false, fmt.Errorf("save resource: %w", err)
	}
	return changed, nil
}

// DeleteResource removes a resource.
func (s *Scopes) DeleteResource(ctx context.Context, uri string) error {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return err
	}
	_, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (struct{}, error) {
		all, err := tx.Resources(ctx)
		if err != nil {
			return struct{}{}, err
		}
		if at := slices.IndexFunc(all, func(p identity.Resource) bool { return p.URI == uri }); at >= 0 {
			if err := overScopes(ctx, all[at].Scopes, nil); err != nil {
				return struct{}{}, err
			}
		}
		if err := tx.DeleteResource(ctx, uri); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.InsertAudit(
			ctx, identity.NewEvent(ctx, s.source, identity.ActionResourceDeleted, identity.TargetResource, uri, uri),
		)
	})
	return err
}
