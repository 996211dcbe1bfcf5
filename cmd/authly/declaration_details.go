package main

import (
	"encoding/json"

	"github.com/authly/authly/identity"
)

// detailTypeDeclaration is a type of authorization details (RFC 9396 §2).
type detailTypeDeclaration struct {
	Type        string `yaml:"type"`
	Description string `yaml:"description,omitempty"`
	Schema      any    `yaml:"schema,omitempty"` // a JSON Schema
}

func (c converter) detailType(at string, d detailTypeDeclaration) identity.DetailType {
	t := identity.DetailType{Name: d.Type, Description: d.Description}
	if d.Schema == nil {
		return t
	}
	schema, err := json.Marshal(d.Schema)
	if err != nil {
		c.unreadable(at+".schema", "Must be a JSON object.")
	}
	t.Schema = schema
	return t
}
