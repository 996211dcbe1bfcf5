package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
)

// TestAttributesAreRead as they are written: no date becomes a time, and no number loses its zeros before it is looked at.
func TestAttributesAreRead(t *testing.T) {
	t.Parallel()
	got := parsed(t, `
attributes:
  - { name: badge, type: string, pattern: "[A-Z]+", required: true, unique: true, claim: "urn:badge", scopes: [hr], display_name: Badge, description: On the door }
  - { name: since, type: date, filterable: true, user_writable: true }
users:
  - username: ann
    attributes: &same { badge: A, since: 2020-02-29, level: 007, remote: true, teams: [x, 1], gone: ~ }
  - { username: ben, attributes: *same }
  - { username: cat }
`)
	definitions := []identity.AttributeDefinition{
		{
			Name: "badge", Type: identity.AttributeString, Pattern: "[A-Z]+", Required: true, Unique: true, Claim: "urn:badge",
			Scopes: []string{"hr"}, DisplayName: "Badge", Description: "On the door",
		},
		{Name: "since", Type: identity.AttributeDate, Filterable: true, UserWritable: true},
	}
	if diff := cmp.Diff(definitions, got.Attributes); diff != "" {
		t.Error(diff)
	}
	values := identity.AttributeValues{
		"badge": {"A"}, "since": {"2020-02-29"}, "level": {"007"}, "remote": {"true"}, "teams": {"x", "1"}, "gone": nil,
	}
	if diff := cmp.Diff([]identity.AttributeValues{values, values, nil}, []identity.AttributeValues{
		got.Users[0].Attributes, got.Users[1].Attributes, got.Users[2].Attributes,
	}); diff != "" {
		t.Error(diff)
	}
	none, silent := parsed(t, "attributes: []\n"), parsed(t, "attributes:\nusers: []\n")
	if none.Attributes == nil || silent.Attributes != nil {
		t.Errorf("%#v, %#v", none, silent)
	}
}

func TestAttributesThatCannotBeReadAreToldWithTheirPlace(t *testing.T) {
	t.Parallel()
	const wrong = "Must be an object with a value or a list of values for each name, without a name twice."
	for text, want := range map[string]string{
		"users:\n- username: a\n  attributes: [b]\n":                                                   "users[0].attributes (line 3): " + wrong,
		"users:\n- username: a\n  attributes: { a: 1, a: 2 }\n":                                        "users[0].attributes (line 3): " + wrong,
		"users:\n- username: a\n  attributes: { a: { b: c } }\n":                                       "users[0].attributes (line 3): " + wrong,
		"users:\n- username: a\n  attributes: { a: [b, ~] }\n":                                         "users[0].attributes (line 3): " + wrong,
		"users:\n- username: a\n  attributes: { ? [a] : b }\n":                                         "users[0].attributes (line 3): " + wrong,
		"attributes:\n- { name: a, type: [b], uniqe: true }\n":                                         "attributes[0].type (line 2): Must be a text.\nattributes[0].uniqe (line 2): Is an unknown key.",
		"users:\n- username: a\n  attributes: { a: [" + strings.Repeat("b, ", maxKeySetSize) + "] }\n": "users[0].attributes (line 3): Must have at most 5000 values.",
	} {
		if diff := cmp.Diff(want, faultsOf(text)); diff != "" {
			t.Errorf("%.60q (-want +got):\n%s", text, diff)
		}
	}
}

// TestManyAliasesOfAttributesAreBounded: what they stand for counts as if it were written.
func TestManyAliasesOfAttributesAreBounded(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("users:\n- &u { username: a, attributes: { a: [" + strings.Repeat("b, ", maxKeySetSize-10) + "] } }\n")
	text.WriteString(strings.Repeat("- *u\n", 1000))
	if got := faultsOf(text.String()); !strings.Contains(got, "Has more than 2097152 values") {
		t.Errorf("%.200s", got)
	}
}
