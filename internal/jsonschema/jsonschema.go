package jsonschema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// maxCompiled is how many compiled schemas are remembered: more than there can be types at a time.
const maxCompiled = 256

// dialect is the only $schema that a schema may name.
const dialect = "https://json-schema.org/draft/2020-12/schema"

// location is what a schema is called while it is compiled. Nothing is there.
const location = "urn:authly:schema"

var errRefers = errors.New("the schema refers to something")

// Schemas compiles schemas, and remembers them by their text. It implements identity.DetailSchemas and is safe for concurrent use.
type Schemas struct {
	mu       sync.Mutex
	compiled map[string]*jsonschema.Schema
}

// New makes a Schemas.
func New() *Schemas { return &Schemas{compiled: map[string]*jsonschema.Schema{}} }

// CheckSchema implements identity.DetailSchemas.
func (s *Schemas) CheckSchema(schema json.RawMessage) error {
	_, err := compile(schema)
	return err
}

// Mismatch implements identity.DetailSchemas.
func (s *Schemas) Mismatch(schema json.RawMessage, value any) (pointer string, ok bool, err error) {
	compiled, err := s.get(schema)
	if err != nil {
		return "", false, err
	}
	err = compiled.Validate(value)
	var mismatch *jsonschema.ValidationError
	if errors.As(err, &mismatch) {
		for len(mismatch.Causes) > 0 {
			mismatch = mismatch.Causes[0]
		}
		return "/" + strings.Join(mismatch.InstanceLocation, "/"), false, nil
	}
	return "", err == nil, err
}

func (s *Schemas) get(schema json.RawMessage) (*jsonschema.Schema, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.compiled[string(schema)]; known != nil {
		return known, nil
	}
	compiled, err := compile(schema)
	if err != nil {
		return nil, err
	}
	if len(s.compiled) >= maxCompiled {
		clear(s.compiled)
	}
	s.compiled[string(schema)] = compiled
	return compiled, nil
}

// nowhere loads nothing.
type nowhere struct{}

// Load implements jsonschema.URLLoader.
func (nowhere) Load(string) (any, error) { return nil, errRefers }

func compile(schema json.RawMessage) (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	if _, ok := document.(map[string]any); !ok || refers(document) {
		return nil, errRefers
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.UseLoader(nowhere{})
	if err := compiler.AddResource(location, document); err != nil {
		return nil, fmt.Errorf("add schema: %w", err)
	}
	compiled, err := compiler.Compile(location)
	if err != nil {
		return nil, fmt.Errorf("compile schema: %w", err)
	}
	return compiled, nil
}

// refers reports whether a document has a member that refers somewhere, or is in another dialect. One that only describes a member of
// such a name does as well: it is not worth telling them apart.
func refers(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			switch name {
			case "$ref", "$dynamicRef", "$recursiveRef", "$id", "$anchor", "$dynamicAnchor", "$vocabulary":
				return true
			case "$schema":
				if text, _ := member.(string); strings.TrimSuffix(text, "#") != dialect {
					return true
				}
			}
			if refers(member) {
				return true
			}
		}
	case []any:
		for _, element := range v {
			if refers(element) {
				return true
			}
		}
	}
	return false
}
