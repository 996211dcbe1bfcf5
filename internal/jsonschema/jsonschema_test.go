package jsonschema_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/authly/authly/internal/jsonschema"
)

const payment = `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["type","amount"],"additionalProperties":false,
	"properties":{"type":{"const":"payment"},"amount":{"type":"object","properties":{"value":{"type":"string","pattern":"^[0-9]+$"}},"required":["value"]}}}`

func TestASchemaStandsForItself(t *testing.T) {
	t.Parallel()
	s := jsonschema.New()
	for _, good := range []string{payment, `{}`, `{"type":"object"}`} {
		if err := s.CheckSchema(json.RawMessage(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		``, `null`, `true`, `[]`, `{`, `{"type":"thing"}`, `{"properties":5}`, `{"pattern":"("}`, `{"$ref":"#/$defs/a","$defs":{"a":{}}}`,
		`{"properties":{"a":{"$ref":"file:///etc/passwd"}}}`, `{"$ref":"https://attacker.example/schema"}`, `{"allOf":[{"$dynamicRef":"#a"}]}`,
		`{"$schema":"https://attacker.example/dialect"}`, `{"$schema":"http://json-schema.org/draft-07/schema#"}`, `{"$id":"https://attacker.example/"}`,
	} {
		if err := s.CheckSchema(json.RawMessage(bad)); err == nil {
			t.Errorf("%s is a schema", bad)
		}
	}
}

func TestAMismatchIsNamed(t *testing.T) {
	t.Parallel()
	s := jsonschema.New()
	for text, want := range map[string]string{
		`{"type":"payment","amount":{"value":"5"}}`:       "",
		`{"type":"payment"}`:                              "/",
		`{"type":"other","amount":{"value":"5"}}`:         "/type",
		`{"type":"payment","amount":{"value":"x"}}`:       "/amount/value",
		`{"type":"payment","amount":{"value":"5"},"b":1}`: "/",
	} {
		var value any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&value); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time from memory
			pointer, ok, err := s.Mismatch(json.RawMessage(payment), value)
			if err != nil || ok != (want == "") || !ok && pointer != want {
				t.Errorf("%s: %q %v %v", text, pointer, ok, err)
			}
		}
	}
}
