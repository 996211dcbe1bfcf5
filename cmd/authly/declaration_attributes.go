package main

import (
	"errors"

	"go.yaml.in/yaml/v3"

	"github.com/authly/authly/identity"
)

type attributeDeclaration struct {
	Name         string                 `yaml:"name"`
	DisplayName  string                 `yaml:"display_name,omitempty"`
	Description  string                 `yaml:"description,omitempty"`
	Type         identity.AttributeType `yaml:"type"`
	Pattern      string                 `yaml:"pattern,omitempty"`
	Required     bool                   `yaml:"required,omitempty"`
	Unique       bool                   `yaml:"unique,omitempty"`
	Filterable   bool                   `yaml:"filterable,omitempty"`
	Claim        string                 `yaml:"claim,omitempty"` // empty: the name
	Scopes       []string               `yaml:"scopes,omitempty"`
	UserWritable bool                   `yaml:"user_writable,omitempty"`
}

func (d attributeDeclaration) definition() identity.AttributeDefinition {
	return identity.AttributeDefinition{
		Name: d.Name, DisplayName: d.DisplayName, Description: d.Description, Type: d.Type, Pattern: d.Pattern, Required: d.Required,
		Unique: d.Unique, Filterable: d.Filterable, Claim: d.Claim, Scopes: d.Scopes, UserWritable: d.UserWritable,
	}
}

// attributeValues are the attributes of a user by name, as they are written: a date is no time, nor is 007 an octal number.
// Null clears.
type attributeValues identity.AttributeValues

var errAttributeValues = errors.New("no values by name")

// UnmarshalYAML implements yaml.Unmarshaler.
func (a *attributeValues) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return errAttributeValues
	}
	*a = attributeValues{}
	for key, value := range pairs(node) {
		if _, twice := (*a)[key.Value]; twice || key.Kind != yaml.ScalarNode {
			return errAttributeValues
		}
		values, err := attributeTexts(value)
		if err != nil {
			return err
		}
		(*a)[key.Value] = values
	}
	return nil
}

// MarshalYAML implements yaml.Marshaler: one value stands alone.
func (a attributeValues) MarshalYAML() (any, error) { //nolint:unparam // the interface has an error
	written := make(map[string]any, len(a))
	for name, values := range a {
		written[name] = values
		if len(values) == 1 {
			written[name] = values[0]
		}
	}
	return written, nil
}

// attributeTexts are the texts of one value or of a list.
func attributeTexts(node *yaml.Node) ([]string, error) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch {
	case node.ShortTag() == nullTag:
		return nil, nil
	case node.Kind == yaml.ScalarNode:
		return []string{node.Value}, nil
	case node.Kind != yaml.SequenceNode:
		return nil, errAttributeValues
	}
	texts := make([]string, len(node.Content))
	for i, item := range node.Content {
		if item.Kind == yaml.AliasNode {
			item = item.Alias
		}
		if item.Kind != yaml.ScalarNode || item.ShortTag() == nullTag {
			return nil, errAttributeValues
		}
		texts[i] = item.Value
	}
	return texts, nil
}
