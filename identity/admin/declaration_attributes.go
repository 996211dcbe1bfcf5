package admin

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// prunesAttributes reports whether attributes that the file does not name go: only if it names attributes.
func (d Desired) prunesAttributes() bool { return d.Prune && d.Attributes != nil }

// attributes adds what is wrong with the attributes of a declaration, and finds out which there will be.
func (c *check) attributes(ctx context.Context) {
	have, err := c.deps.Store.AttributeDefinitions(ctx)
	if err != nil {
		c.failed = err
		return
	}
	if !c.desired.prunesAttributes() {
		c.definitions = slices.Clone(have)
	}
	for i, want := range c.desired.Attributes {
		at, named := entry("attributes", i), c.name("attributes", "name", want.Name)
		_, twice := c.first[named]
		if c.repeated(at, "name", want.Name); twice {
			continue
		}
		c.same(at, "claim", c.name("attributes", "claim", want.ClaimName()))
		if err := want.Check(); err != nil {
			c.add(at, err)
			want.Pattern = "" // perhaps it is none
		}
		c.add(at, c.knownScopes(ctx, want.Scopes))
		same := func(d identity.AttributeDefinition) bool { return c.name("attributes", "name", d.Name) == named }
		if j := slices.IndexFunc(have, same); j >= 0 {
			c.add(at, unchanged(have[j], want))
		}
		c.definitions = append(slices.DeleteFunc(c.definitions, same), want)
	}
}

// unchanged refuses to change what stays as it was declared first.
func unchanged(have, want identity.AttributeDefinition) error {
	var faults identity.Faults
	for _, field := range []struct {
		name       string
		have, want any
	}{
		{"name", have.Name, want.Name},
		{"type", have.Type, want.Type},
		{"unique", have.Unique, want.Unique},
		{"filterable", have.Filterable, want.Filterable},
	} {
		if field.have != field.want {
			faults.Add(identity.InvalidField(field.name, "Must stay as it is there: %v.", field.have))
		}
	}
	return faults.Err()
}

// knownScopes refuses scopes that are neither declared nor registered, or that go.
func (c *check) knownScopes(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	registered, err := c.deps.Store.Scopes(ctx)
	if err != nil {
		return err
	}
	var faults identity.Faults
	for i, name := range names {
		named := func(s identity.Scope) bool { return s.Name == name && (s.BuiltIn || !c.desired.Prune) }
		declared := func(s identity.Scope) bool { return s.Name == name }
		if !slices.ContainsFunc(c.desired.Scopes, declared) && !slices.ContainsFunc(registered, named) && !builtInScope(name) {
			faults.Add(identity.InvalidField(entry("scopes", i), "Must be a scope that is declared or registered."))
		}
	}
	return faults.Err()
}

// userAttributes refuses attributes that a user cannot have. Who is there already keeps those that the file does not name.
func (c *check) userAttributes(ctx context.Context, at string, want DesiredUser, have identity.User, exists bool) error {
	if exists && len(want.Attributes) == 0 {
		return nil
	}
	var before identity.AttributeValues
	if exists {
		all, err := c.deps.Store.UserAttributes(ctx, []uuid.UUID{have.ID})
		if err != nil {
			return err
		}
		if before = all[have.ID]; before == nil {
			before = identity.AttributeValues{}
		}
	}
	after, err := identity.ChangeAttributes(c.definitions, before, want.Attributes)
	for _, d := range c.definitions {
		if _, said := want.Attributes[d.Name]; !d.Unique || !said {
			continue
		}
		for _, value := range after[d.Name] {
			c.same(at, identity.AttributePath(d.Name), c.name("users", identity.AttributePath(d.Name), value))
		}
	}
	return err
}

// attributes brings the attributes to the declared state.
func (a *applier) attributes(ctx context.Context, d Desired) error {
	for i, want := range d.Attributes {
		if err := a.attribute(ctx, want); err != nil {
			return under(entry("attributes", i), err)
		}
	}
	if d.prunesAttributes() { // before users, who would need one that is required
		return a.pruneAttributes(ctx)
	}
	return nil
}

func (a *applier) attribute(ctx context.Context, want identity.AttributeDefinition) error {
	all, err := a.store.AttributeDefinitions(ctx)
	if err != nil {
		return err
	}
	key := a.store.NameKey(want.Name)
	at := slices.IndexFunc(all, func(d identity.AttributeDefinition) bool { return a.store.NameKey(d.Name) == key })
	if at < 0 {
		created, err := a.Attributes.Create(ctx, want)
		if err != nil {
			return err
		}
		a.declared[created.ID] = true
		a.note(identity.TargetAttribute, want.Name, Created, "")
		return nil
	}
	have := all[at]
	if err := unchanged(have, want); err != nil {
		return err
	}
	after, err := a.Attributes.Update(ctx, have.ID, AttributeChange{
		DisplayName: &want.DisplayName, Description: &want.Description, Pattern: &want.Pattern, Required: &want.Required,
		Claim: &want.Claim, Scopes: &want.Scopes, UserWritable: &want.UserWritable,
	}, nil)
	if err != nil {
		return err
	}
	a.declared[have.ID] = true
	a.note(identity.TargetAttribute, have.Name, verbOf(after.Version != have.Version), "")
	return nil
}

// pruneAttributes removes the attributes that are not declared. One that somebody has is refused: a file never removes what is
// known about users.
func (a *applier) pruneAttributes(ctx context.Context) error {
	all, err := a.store.AttributeDefinitions(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		if a.declared[d.ID] {
			continue
		}
		if _, err := a.Attributes.Delete(ctx, d.ID, DeleteAttributeOptions{}); err != nil {
			return fmt.Errorf("attribute %q: %w", d.Name, err)
		}
		a.note(identity.TargetAttribute, d.Name, Deleted, "")
	}
	return nil
}

// AttributeDefinitions implements identity.AttributeReader.
func (j *joined) AttributeDefinitions(ctx context.Context) ([]identity.AttributeDefinition, error) {
	return j.attributes.get(ctx, j.Store.AttributeDefinitions)
}

// InsertAttributeDefinition implements identity.AttributeWriter.
func (j *joined) InsertAttributeDefinition(ctx context.Context, d identity.AttributeDefinition) error {
	j.attributes = readOnce[identity.AttributeDefinition]{}
	return j.Store.InsertAttributeDefinition(ctx, d)
}

// UpdateAttributeDefinition implements identity.AttributeWriter.
func (j *joined) UpdateAttributeDefinition(ctx context.Context, d identity.AttributeDefinition) error {
	j.attributes = readOnce[identity.AttributeDefinition]{}
	return j.Store.UpdateAttributeDefinition(ctx, d)
}

// DeleteAttributeDefinition implements identity.AttributeWriter.
func (j *joined) DeleteAttributeDefinition(ctx context.Context, id uuid.UUID) error {
	j.attributes = readOnce[identity.AttributeDefinition]{}
	return j.Store.DeleteAttributeDefinition(ctx, id)
}
