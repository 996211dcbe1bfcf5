package main

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/authly/authly/tests/growth"
)

// FuzzDeclaration: a file without a fault says what the library reads in it, and one with faults tells each with a line of
// the file.
func FuzzDeclaration(f *testing.F) {
	for _, text := range []string{
		"users:\n- &a { username: a, active: no, address: { locality: b } }\n- { <<: *a, email: c }\n- { <<: [*a, { name: d }], name: e }\n",
		"clients: [{ client_id: a, jwks: { keys: [] }, default_max_age: 5, redirect_uris: [b, c], require_pkce: false }]",
		"{\"scopes\": [\n{\"name\": \"a\", \"label\": 1}]}", "resources:\n- uri: [\n", "users: &a [*a]", "scopes: [&a { <<: *a }]", "? *a\n: b", "!!binary a", "users: [{ <<: [], <<: [] }]",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		once := func(text string) { (&declarationText{}).read([]byte(text), &declaration{}) }
		growth.Linear(t, growth.Repeated(string(text), "\n"), once)
		growth.Linear(t, func(n int) string { return "clients: [" + growth.Repeated(string(text), ",")(n) + "]" }, once)
		var got, want declaration
		read := &declarationText{}
		read.read(text, &got)
		for _, fault := range read.faults {
			if fault.detail == "" || fault.at.line > 1+bytes.Count(text, []byte("\n"))+bytes.Count(text, []byte("\r")) {
				t.Fatalf("%q: %+v", text, fault)
			}
		}
		if len(read.faults) > 0 || len(text) > 1000 {
			return
		}
		err := yaml.Unmarshal(text, &want)
		if wrongType := (&yaml.TypeError{}); errors.As(err, &wrongType) {
			t.Fatalf("%q: the library refuses it: %v", text, err)
		}
		if diff := cmp.Diff(want, got); err == nil && diff != "" { // err: it takes no object that is merged into itself
			t.Fatalf("%q (-library +program):\n%s", text, diff)
		}
	})
}
