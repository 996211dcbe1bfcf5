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
	store      identity.ScopeReader
	attributes identity.AttributeReader
	fold       func(name string) string // as the store compares names
	issuer     string
	schemas    identity.DetailSchemas
	signing    *identity.SigningKeys
	settings   *identity.LiveSettings
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
	for _, scope := range identity.BuiltInScopesOf(s.settings.Get()) {
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

// ScopeChange is a partial update: nil keeps a field.
type ScopeChange struct {
	Description *string
	Default     *bool
}

// Create adds a scope, which is never one of administration. All that is wrong with it is told at once.
func (s *Scopes) Create(ctx context.Context, scope identity.Scope) (identity.Scope, error) {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return identity.Scope{}, err
	}
	scope.BuiltIn = false
	created, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.Scope, error) {
		var faults identity.Faults
		faults.Add(scope.Check())
		faults.Add(newScopeName(ctx, tx, scope.Name))
		if err := faults.Err(); err != nil {
			return identity.Scope{}, err
		}
		scope.CreatedAt = s.source.Now()
		scope.UpdatedAt = scope.CreatedAt
		if err := tx.InsertScope(ctx, scope); err != nil {
			return identity.Scope{}, err
		}
		return scope, s.noteScope(ctx, tx, identity.Scope{}, scope)
	})
	if err != nil {
		return identity.Scope{}, fmt.Errorf("create scope: %w", err)
	}
	return created, nil
}

// Update changes a scope. A change of nothing writes nothing.
func (s *Scopes) Update(ctx context.Context, name string, c ScopeChange) (identity.Scope, error) {
	if err := overScope(ctx, name); err != nil {
		return identity.Scope{}, err
	}
	after, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.Scope, error) {
		before, found, err := lockScope(ctx, tx, name)
		if err != nil {
			return identity.Scope{}, err
		}
		if !found {
			return identity.Scope{}, identity.ErrScopeNotFound
		}
		after := before
		setIfGiven(&after.Description, c.Description)
		setIfGiven(&after.Default, c.Default)
		if err := after.Check(); err != nil {
			return identity.Scope{}, err
		}
		return s.saveScope(ctx, tx, before, after)
	})
	if err != nil {
		return identity.Scope{}, fmt.Errorf("update scope: %w", err)
	}
	return after, nil
}

// Save creates or changes a scope; false when it already was so.
func (s *Scopes) Save(ctx context.Context, scope identity.Scope) (bool, error) {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return false, err
	}
	if err := scope.Check(); err != nil {
		return false, err
	}
	if err := overScope(ctx, scope.Name); err != nil {
		return false, err
	}
	changed, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (bool, error) {
		before, found, err := lockScope(ctx, tx, scope.Name)
		if err != nil {
			return false, err
		}
		after := before
		if !found {
			after.Name, after.CreatedAt = scope.Name, s.source.Now()
		}
		after.Description, after.Default = scope.Description, scope.Default
		saved, err := s.saveScope(ctx, tx, before, after)
		return saved != before, err
	})
	if err != nil {
		return false, fmt.Errorf("save scope: %w", err)
	}
	return changed, nil
}

// saveScope writes what has changed of a scope, if anything.
func (s *Scopes) saveScope(ctx context.Context, tx identity.Store, before, after identity.Scope) (identity.Scope, error) {
	if after == before {
		return before, nil
	}
	after.UpdatedAt = s.source.Now()
	if err := tx.SaveScope(ctx, after); err != nil {
		return identity.Scope{}, err
	}
	return after, s.noteScope(ctx, tx, before, after)
}

// noteScope tells the trail what has changed of a scope.
func (s *Scopes) noteScope(ctx context.Context, tx identity.Store, before, after identity.Scope) error {
	event := identity.NewEvent(ctx, s.source, identity.ActionScopeSaved, identity.TargetScope, after.Name, after.Name)
	event.Changes = map[string]identity.Change{
		"description": {Before: before.Description, After: after.Description},
		"default":     {Before: before.Default, After: after.Default},
	}
	return tx.InsertAudit(ctx, event)
}

// Deletion are the terms of a deletion.
type Deletion struct {
	DryRun bool // change nothing, and refuse nothing that is in use

	named bool // also what is named
}

// Delete removes a scope that is not built in and that neither a client nor a resource names.
func (s *Scopes) Delete(ctx context.Context, name string) error {
	_, err := s.DeleteWith(ctx, name, Deletion{})
	return err
}

// DeleteWith is Delete on terms. It returns who uses the scope.
func (s *Scopes) DeleteWith(ctx context.Context, name string, d Deletion) (ScopeUse, error) {
	if err := overScope(ctx, name); err != nil {
		return ScopeUse{}, err
	}
	use, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (ScopeUse, error) {
		scope, found, err := lockScope(ctx, tx, name)
		if err != nil {
			return ScopeUse{}, err
		}
		if scope.BuiltIn || builtInScope(name) {
			return ScopeUse{}, errScopeRequired
		}
		if !found {
			return ScopeUse{}, identity.ErrScopeNotFound
		}
		var use ScopeUse
		if !d.named {
			counted, err := tx.CountScopeUse(ctx, name, CountLimit)
			if err != nil {
				return ScopeUse{}, err
			}
			use = scopeUse(counted)
		}
		if d.DryRun {
			return use, nil
		}
		if err := use.check(); err != nil {
			return ScopeUse{}, err
		}
		return use, s.deleteScope(ctx, tx, name)
	})
	if err != nil {
		return ScopeUse{}, fmt.Errorf("delete scope: %w", err)
	}
	return use, nil
}

// deleteScope removes a scope, and tells the trail which attributes it released: they are not any more.
func (s *Scopes) deleteScope(ctx context.Context, tx identity.Store, name string) error {
	all, err := tx.AttributeDefinitions(ctx)
	if err != nil {
		return err
	}
	var released []string
	for _, d := range all {
		if d.ReleasedBy([]string{name}) {
			released = append(released, d.Name)
		}
	}
	if err := tx.DeleteScope(ctx, name); err != nil {
		return err
	}
	event := identity.NewEvent(ctx, s.source, identity.ActionScopeDeleted, identity.TargetScope, name, name)
	if len(released) > 0 {
		event.Changes = map[string]identity.Change{"attributes": {Before: released}}
	}
	return tx.InsertAudit(ctx, event)
}

// errScopeRequired refuses to delete what the server itself needs.
var errScopeRequired = &identity.Error{
	Kind: identity.Conflict, Code: identity.CodeScopeRequired, Field: "name", Detail: "Is a built-in scope, which cannot be deleted.",
}

// overScope asks for the rights to write one scope.
func overScope(ctx context.Context, name string) error {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return err
	}
	return overScopes(ctx, []string{name}, nil)
}

func builtInScope(name string) bool {
	return slices.ContainsFunc(identity.BuiltInScopes(), func(b identity.Scope) bool { return b.Name == name })
}

// lockScope reads a scope that is going to be changed; false when there is none.
func lockScope(ctx context.Context, tx identity.Store, name string) (identity.Scope, bool, error) {
	locked, err := tx.LockScopes(ctx, []string{name})
	scope, found := locked[name]
	return scope, found, err
}

// newScopeName refuses a name that is taken, or that people would take for another: scopes differ in case (RFC 6749 §3.3),
// but nobody means that. Two such that come at the same moment are both let in; the store refuses the very same name.
func newScopeName(ctx context.Context, tx identity.Store, name string) error {
	all, err := tx.Scopes(ctx)
	if err != nil {
		return err
	}
	key := tx.NameKey(name)
	same := func(s identity.Scope) bool { return tx.NameKey(s.Name) == key }
	if slices.ContainsFunc(all, same) || slices.ContainsFunc(identity.BuiltInScopes(), same) {
		return &identity.Error{
			Kind: identity.Conflict, Code: identity.CodeDuplicateScope, Field: "name",
			Detail: "Is the name of another scope, without regard to case.",
		}
	}
	return nil
}
