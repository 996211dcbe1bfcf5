package userdata

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/authly/authly/identity"
)

var update = flag.Bool("update", false, "write docs/user-data.schema.json")

// schemaOf describes an object by the descriptions of its members, all of which are always there.
func schemaOf(about string, members []dataValue) map[string]any {
	names, properties := []string{}, map[string]any{}
	for _, m := range members {
		names = append(names, m.name)
		properties[m.name] = m.value
	}
	return map[string]any{
		"type": "object", "description": about, "required": names, "properties": properties, "additionalProperties": false,
	}
}

// schema is the JSON Schema of the document (draft 2020-12), made of what the document is made of.
func schema() map[string]any {
	text := map[string]any{"type": "string"}
	described := func(about any) map[string]any { return map[string]any{"description": about} }
	var sections []dataValue
	for _, section := range dataSections {
		fields, members := []dataValue{}, []dataValue{}
		for _, f := range section.fields {
			fields, members = append(fields, dataValue{f.name, text}), append(members, dataValue{f.name, described(f.value)})
		}
		sections = append(sections, dataValue{section.name, schemaOf(section.about, []dataValue{
			{"about", text},
			{"purpose", text},
			{"retained", text},
			{"fields", schemaOf("What each member of an item is.", fields)},
			{"items", map[string]any{"type": "array", "items": schemaOf("An item; null is what is not known.", members)}},
		})})
	}
	var legend []dataValue
	for _, v := range (&subject{Documents: &Documents{source: identity.SystemSource()}}).legend() {
		switch v.name {
		case "format", "version":
			legend = append(legend, dataValue{v.name, map[string]any{"const": v.value}})
		case "left_out":
			legend = append(legend, dataValue{v.name, map[string]any{"type": "array", "items": text}})
		default:
			legend = append(legend, dataValue{v.name, text})
		}
	}
	whole := schemaOf("All that a server stores about one person.", append(legend, dataValue{"sections", schemaOf("By what it is about.", sections)}))
	whole["$schema"], whole["title"] = "https://json-schema.org/draft/2020-12/schema", "authly-user-data, version 1"
	return whole
}

// TestTheSchemaIsPublished: docs/user-data.schema.json says what a document has.
func TestTheSchemaIsPublished(t *testing.T) {
	t.Parallel()
	var made bytes.Buffer
	encoder := json.NewEncoder(&made)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(schema()); err != nil {
		t.Fatal(err)
	}
	const file = "../../docs/user-data.schema.json"
	if *update {
		if err := os.WriteFile(file, made.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	published, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(published, made.Bytes()) {
		t.Errorf("%s is not what documents are made of: write it with -update (%v)", file, err)
	}
}
