package model

import (
	"maps"
	"slices"
	"strings"

	"github.com/authly/authly/identity"
)

// AttributeDefinition is the type AttributeDefinition.
type AttributeDefinition struct{ identity.AttributeDefinition }

// NewAttributeDefinitions shows definitions.
func NewAttributeDefinitions(list []identity.AttributeDefinition) []*AttributeDefinition {
	out := make([]*AttributeDefinition, len(list))
	for i, d := range list {
		out[i] = &AttributeDefinition{d}
	}
	return out
}

// IsNode marks the type as a Node.
func (*AttributeDefinition) IsNode() {}

// ID is the field id.
func (d *AttributeDefinition) ID() string { return KindAttribute.ID(d.AttributeDefinition.ID) }

// DisplayName is the field displayName.
func (d *AttributeDefinition) DisplayName() *string {
	return optional(&d.AttributeDefinition.DisplayName)
}

// Description is the field description.
func (d *AttributeDefinition) Description() *string {
	return optional(&d.AttributeDefinition.Description)
}

// Type is the field type.
func (d *AttributeDefinition) Type() AttributeType {
	return AttributeType(strings.ToUpper(string(d.AttributeDefinition.Type)))
}

// Pattern is the field pattern.
func (d *AttributeDefinition) Pattern() *string { return optional(&d.AttributeDefinition.Pattern) }

// Claim is the field claim.
func (d *AttributeDefinition) Claim() string { return d.ClaimName() }

// Scopes is the field scopes.
func (d *AttributeDefinition) Scopes() []string { return present(d.AttributeDefinition.Scopes) }

// Of returns the type of the domain.
func (t AttributeType) Of() identity.AttributeType {
	return identity.AttributeType(strings.ToLower(string(t)))
}

// NewUserAttributes shows what a user has of attributes, by name without regard to case.
func NewUserAttributes(values identity.AttributeValues) []*UserAttribute {
	out := make([]*UserAttribute, 0, len(values))
	names := slices.SortedFunc(maps.Keys(values), func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	for _, name := range names {
		out = append(out, &UserAttribute{Name: name, Values: values[name]})
	}
	return out
}
