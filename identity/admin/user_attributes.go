package admin

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// changedAttributes is a change of what a user has of the attributes that are declared.
type changedAttributes struct {
	definitions   []identity.AttributeDefinition // of what is different
	before, after identity.AttributeValues
}

// changeAttributes checks a change of attributes by what is declared. before is nil for a user who is created.
func changeAttributes(
	ctx context.Context, store identity.AttributeReader, before, change identity.AttributeValues,
) (changedAttributes, error) {
	definitions, err := store.AttributeDefinitions(ctx)
	if err != nil {
		return changedAttributes{}, fmt.Errorf("read attributes: %w", err)
	}
	after, err := identity.ChangeAttributes(definitions, before, change)
	return changedAttributes{
		before: before, after: after,
		definitions: slices.DeleteFunc(slices.Clone(definitions), func(d identity.AttributeDefinition) bool {
			return slices.Equal(before[d.Name], after[d.Name])
		}),
	}, err
}

// note adds what is different to the changes of a user.
func (c changedAttributes) note(changes map[string]identity.Change) {
	identity.AddAttributeChanges(changes, c.before, c.after)
}

// save writes what is different.
func (c changedAttributes) save(ctx context.Context, tx identity.Store, userID uuid.UUID) error {
	return tx.SaveUserAttributes(ctx, userID, c.definitions, c.after)
}

func (c UserChange) changesAttributes() bool { return len(c.Attributes) > 0 || c.ClearAttributes }

// attributes returns how a change of a user changes the attributes, which are not read if it does not.
func (c UserChange) attributes(ctx context.Context, tx identity.AttributeReader, id uuid.UUID) (changedAttributes, error) {
	if !c.changesAttributes() {
		return changedAttributes{}, nil
	}
	all, err := tx.UserAttributes(ctx, []uuid.UUID{id})
	if err != nil {
		return changedAttributes{}, err
	}
	before := all[id]
	if before == nil {
		before = identity.AttributeValues{}
	}
	return changeAttributes(ctx, tx, before, c.attributeValues(before))
}

// attributeValues are the values that a change wants, with those that it clears.
func (c UserChange) attributeValues(before identity.AttributeValues) identity.AttributeValues {
	if !c.ClearAttributes {
		return c.Attributes
	}
	change := identity.AttributeValues{}
	for name := range before {
		change[name] = nil
	}
	maps.Copy(change, c.Attributes)
	return change
}

// Attributes reads what many users have of the attributes that are declared in one statement; who has nothing is absent.
func (s *Users) Attributes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]identity.AttributeValues, error) {
	if err := requireScope(ctx, identity.ScopeUsersRead); err != nil {
		return nil, err
	}
	return s.store.UserAttributes(ctx, ids)
}

// findAttributes returns a filter in which attributes are those that are declared, with values in their one form. A limited
// administrator does not read attributes, and is not told who has which either.
func (s *Users) findAttributes(ctx context.Context, f identity.UserFilter) (identity.UserFilter, error) {
	if !namesAttributes(f) {
		return f, nil
	}
	if err := requireScope(ctx, identity.ScopeUsersRead); err != nil {
		return f, err
	}
	definitions, err := s.store.AttributeDefinitions(ctx)
	if err != nil {
		return f, fmt.Errorf("read attributes: %w", err)
	}
	return withAttributes(definitions, f)
}

func namesAttributes(f identity.UserFilter) bool {
	return len(f.Attributes) > 0 || slices.ContainsFunc(f.And, namesAttributes) || slices.ContainsFunc(f.Or, namesAttributes) ||
		f.Not != nil && namesAttributes(*f.Not)
}

func withAttributes(definitions []identity.AttributeDefinition, f identity.UserFilter) (identity.UserFilter, error) {
	var faults identity.Faults
	each := func(list []identity.UserFilter) []identity.UserFilter {
		list = slices.Clone(list)
		for i := range list {
			var err error
			list[i], err = withAttributes(definitions, list[i])
			faults.Add(err)
		}
		return list
	}
	f.And, f.Or = each(f.And), each(f.Or)
	if f.Not != nil {
		f.Not = &each([]identity.UserFilter{*f.Not})[0]
	}
	f.Attributes = slices.Clone(f.Attributes)
	for i := range f.Attributes {
		m := &f.Attributes[i]
		at := fmt.Sprintf("filter.attributes[%d]", i)
		j := slices.IndexFunc(definitions, func(d identity.AttributeDefinition) bool { return d.Name == m.Name })
		if j < 0 {
			faults.Add(identity.InvalidField(at+".name", "Must be the name of an attribute that is declared."))
			continue
		}
		var err error
		m.AttributeID = definitions[j].ID
		m.Value, err = definitions[j].FilterValue(at, m.Value)
		faults.Add(err)
	}
	return f, faults.Err()
}
