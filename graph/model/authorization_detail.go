package model

import "github.com/authly/authly/identity"

// AuthorizationDetailDefinition is the type AuthorizationDetailDefinition.
type AuthorizationDetailDefinition struct{ identity.DetailType }

// NewAuthorizationDetailDefinitions shows types of authorization details.
func NewAuthorizationDetailDefinitions(list ...identity.DetailType) []*AuthorizationDetailDefinition {
	shown := make([]*AuthorizationDetailDefinition, len(list))
	for i, t := range list {
		shown[i] = &AuthorizationDetailDefinition{t}
	}
	return shown
}

// Type is the field type.
func (t *AuthorizationDetailDefinition) Type() string { return t.Name }

// Description is the field description.
func (t *AuthorizationDetailDefinition) Description() *string {
	return optional(&t.DetailType.Description)
}

// Schema is the field schema.
func (t *AuthorizationDetailDefinition) Schema() any { return t.DetailType.Schema }
