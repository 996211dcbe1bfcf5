package admin

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Attributes is administration of what operators declare that is known about users.
type Attributes struct {
	changes
	store identity.AttributeReader
}

// List returns all definitions by name.
func (s *Attributes) List(ctx context.Context) ([]identity.AttributeDefinition, error) {
	if err := requireScope(ctx, identity.ScopeUsersRead); err != nil {
		return nil, err
	}
	return s.store.AttributeDefinitions(ctx)
}

// Get finds one definition.
func (s *Attributes) Get(ctx context.Context, id uuid.UUID) (identity.AttributeDefinition, error) {
	if err := requireScope(ctx, identity.ScopeUsersRead); err != nil {
		return identity.AttributeDefinition{}, err
	}
	return s.find(ctx, id)
}

func (s *Attributes) find(ctx context.Context, id uuid.UUID) (identity.AttributeDefinition, error) {
	all, err := s.store.AttributeDefinitions(ctx)
	if err != nil {
		return identity.AttributeDefinition{}, err
	}
	return definitionIn(all, id)
}

func definitionIn(all []identity.AttributeDefinition, id uuid.UUID) (identity.AttributeDefinition, error) {
	i := slices.IndexFunc(all, func(d identity.AttributeDefinition) bool { return d.ID == id })
	if i < 0 {
		return identity.AttributeDefinition{}, identity.ErrAttributeNotFound
	}
	return all[i], nil
}

// errTooManyAttributes refuses one definition more.
var errTooManyAttributes = identity.Errorf(
	identity.Conflict, identity.CodeTooManyAttributes, "There are %d attributes, which is the most.", identity.MaxAttributeDefinitions,
)

// Create adds a definition; what it says besides ID, times and version is taken from d. CodeDuplicateAttribute when there is
// one of the name.
func (s *Attributes) Create(ctx context.Context, d identity.AttributeDefinition) (identity.AttributeDefinition, error) {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return identity.AttributeDefinition{}, err
	}
	d.ID, d.CreatedAt, d.Version = s.source.NewID(), s.source.Now(), 1
	d.UpdatedAt = d.CreatedAt
	d, err := s.change(ctx, func(ctx context.Context, tx identity.Store) (identity.AttributeDefinition, error) {
		if err := checkDefinition(ctx, tx, &d); err != nil {
			return identity.AttributeDefinition{}, err
		}
		all, err := tx.LockAttributeDefinitions(ctx)
		if err != nil {
			return identity.AttributeDefinition{}, err
		}
		if err := tx.InsertAttributeDefinition(ctx, d); err != nil {
			return identity.AttributeDefinition{}, err
		}
		if len(all) >= identity.MaxAttributeDefinitions { // a name that is taken was refused for that
			return identity.AttributeDefinition{}, errTooManyAttributes
		}
		return d, s.record(ctx, tx, identity.ActionAttributeCreated, d, definitionChanges(identity.AttributeDefinition{}, d))
	})
	if err != nil {
		return identity.AttributeDefinition{}, fmt.Errorf("create attribute: %w", err)
	}
	return d, nil
}

// checkDefinition names all that is wrong with a definition, and sorts its scopes. That one is not deleted meanwhile, the
// database sees to.
func checkDefinition(ctx context.Context, tx identity.ScopeReader, d *identity.AttributeDefinition) error {
	var faults identity.Faults
	faults.Add(d.Check())
	if len(d.Scopes) > 0 {
		registered, err := tx.Scopes(ctx)
		if err != nil {
			return err
		}
		for i, name := range d.Scopes {
			if !slices.ContainsFunc(registered, func(s identity.Scope) bool { return s.Name == name }) {
				faults.Add(identity.InvalidField(entry("scopes", i), "Must be a scope that is registered."))
			}
		}
	}
	d.Scopes = slices.Sorted(slices.Values(d.Scopes))
	return faults.Err()
}

// AttributeChange is a partial update: nil keeps a field.
type AttributeChange struct {
	DisplayName  *string
	Description  *string
	Pattern      *string
	Required     *bool
	Claim        *string
	Scopes       *[]string // all that release it
	UserWritable *bool
}

// Update changes a definition. What users have already stays as it is: the new rules are for what is written from now on.
// expectedVersion, unless nil, must be the current one, else *VersionConflictError. A change of nothing writes nothing.
func (s *Attributes) Update(
	ctx context.Context, id uuid.UUID, c AttributeChange, expectedVersion *int,
) (identity.AttributeDefinition, error) {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return identity.AttributeDefinition{}, err
	}
	d, err := s.change(ctx, func(ctx context.Context, tx identity.Store) (identity.AttributeDefinition, error) {
		before, err := lockDefinition(ctx, tx, id, expectedVersion)
		if err != nil {
			return identity.AttributeDefinition{}, err
		}
		after := before
		setIfGiven(&after.DisplayName, c.DisplayName)
		setIfGiven(&after.Description, c.Description)
		setIfGiven(&after.Pattern, c.Pattern)
		setIfGiven(&after.Required, c.Required)
		setIfGiven(&after.Claim, c.Claim)
		setIfGiven(&after.Scopes, c.Scopes)
		setIfGiven(&after.UserWritable, c.UserWritable)
		if err := checkDefinition(ctx, tx, &after); err != nil {
			return identity.AttributeDefinition{}, err
		}
		changes := definitionChanges(before, after)
		if len(changes) == 0 {
			return before, nil
		}
		after.UpdatedAt = s.source.Now()
		if err := tx.UpdateAttributeDefinition(ctx, after); err != nil {
			return identity.AttributeDefinition{}, err
		}
		after.Version++
		return after, s.record(ctx, tx, identity.ActionAttributeUpdated, after, changes)
	})
	if err != nil {
		return identity.AttributeDefinition{}, fmt.Errorf("update attribute: %w", err)
	}
	return d, nil
}

// lockDefinition reads a definition that is going to be changed, at the version that is expected.
func lockDefinition(ctx context.Context, tx identity.Store, id uuid.UUID, expectedVersion *int) (identity.AttributeDefinition, error) {
	d, err := tx.LockAttributeDefinition(ctx, id)
	if err == nil {
		err = atVersion(expectedVersion, d.Version)
	}
	return d, err
}

// DeleteAttributeOptions are the terms of a deletion.
type DeleteAttributeOptions struct {
	ExpectedVersion *int // unless nil, must be the current one
	Values          bool // also when users have values, which are removed: that takes admin:users:write too
	DryRun          bool // change nothing, and return how many users have it
}

// Delete removes a definition with what users have of it, and returns how many up to CountLimit had something;
// ErrAttributeInUse when some have and the terms do not say that it is removed.
func (s *Attributes) Delete(ctx context.Context, id uuid.UUID, terms DeleteAttributeOptions) (int, error) {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return 0, err
	}
	users, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (int, error) {
		d, err := lockDefinition(ctx, tx, id, terms.ExpectedVersion)
		if err != nil {
			return 0, err
		}
		users, err := tx.CountAttributeUsers(ctx, id, CountLimit)
		if err != nil || terms.DryRun {
			return users, err
		}
		if users > 0 {
			if !terms.Values {
				return users, identity.ErrAttributeInUse
			}
			if err := requireScope(ctx, identity.ScopeUsersWrite); err != nil {
				return users, err
			}
		}
		if err := tx.DeleteAttributeDefinition(ctx, id); err != nil {
			return users, err
		}
		return users, s.record(ctx, tx, identity.ActionAttributeDeleted, d, map[string]identity.Change{"users": {Before: users}})
	})
	if err != nil {
		return 0, fmt.Errorf("delete attribute: %w", err)
	}
	return users, nil
}

// definitionChanges lists what differs between two states of a definition.
func definitionChanges(before, after identity.AttributeDefinition) map[string]identity.Change {
	changes := map[string]identity.Change{}
	for name, pair := range map[string][2]any{
		"name":          {before.Name, after.Name},
		"display_name":  {before.DisplayName, after.DisplayName},
		"description":   {before.Description, after.Description},
		"type":          {string(before.Type), string(after.Type)},
		"pattern":       {before.Pattern, after.Pattern},
		"required":      {before.Required, after.Required},
		"unique":        {before.Unique, after.Unique},
		"filterable":    {before.Filterable, after.Filterable},
		"claim":         {before.Claim, after.Claim},
		"user_writable": {before.UserWritable, after.UserWritable},
		"scopes":        {identity.JoinScope(before.Scopes), identity.JoinScope(after.Scopes)},
	} {
		if pair[0] != pair[1] {
			changes[name] = identity.Change{Before: pair[0], After: pair[1]}
		}
	}
	return changes
}

// record writes what has happened to a definition.
func (s *Attributes) record(
	ctx context.Context, tx identity.Store, action identity.Action, d identity.AttributeDefinition, changes map[string]identity.Change,
) error {
	event := identity.NewEvent(ctx, s.source, action, identity.TargetAttribute, d.ID.String(), d.Name)
	event.Changes = changes
	return tx.InsertAudit(ctx, event)
}

// change is runIdempotent for a change that returns a definition; one that was made before is returned as it is now.
func (s *Attributes) change(
	ctx context.Context, do func(ctx context.Context, tx identity.Store) (identity.AttributeDefinition, error),
) (identity.AttributeDefinition, error) {
	d, _, err := runIdempotentRow(ctx, s.changes, do, func(d identity.AttributeDefinition) uuid.UUID { return d.ID }, s.find)
	return d, err
}
