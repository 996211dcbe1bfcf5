package identity

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestAttributesInATokenAreWholeOrAbsent: they fit into 8 KiB beside groups and roles, or none of them is there; groups and
// roles never make room for them.
func TestAttributesInATokenAreWholeOrAbsent(t *testing.T) {
	t.Parallel()
	members := MembershipClaims{Groups: []string{"/sales"}}
	rest := len(`{"a":"","b":1,"groups":["/sales"]}`)
	for name, c := range map[string]struct {
		text string
		fits bool
	}{
		"at the bound":  {strings.Repeat("x", maxClaimBytes-rest), true},
		"one byte more": {strings.Repeat("x", maxClaimBytes-rest+1), false},
		"escapes count": {strings.Repeat(`"`, (maxClaimBytes-rest)/2+1), false},
	} {
		got, err := ReleasedClaims{"a": c.text, "b": 1}.bounded(members)
		if err != nil || got["groups"] == nil || (got["a"] == c.text && got["b"] == 1) != c.fits || (got[ClaimAttributeOverage] == true) == c.fits ||
			!c.fits && (got["a"] != nil || got["b"] != nil) {
			t.Errorf("%s: %d claims, overage %v, %v", name, len(got), got[ClaimAttributeOverage], err)
		}
	}
}

func TestTheClaimOfAnAttributeHasItsType(t *testing.T) {
	t.Parallel()
	for attribute, want := range map[AttributeType]string{
		AttributeString: `"7"`, AttributeStringList: `["7"]`, AttributeInteger: `7`, AttributeDate: `"7"`,
	} {
		value, err := AttributeDefinition{Type: attribute}.claim([]string{"7"})
		if text, _ := json.Marshal(value); err != nil || string(text) != want {
			t.Errorf("%s: %s, %v", attribute, text, err)
		}
	}
	for _, text := range []string{"true", "false"} {
		if value, err := (AttributeDefinition{Type: AttributeBoolean}).claim([]string{text}); err != nil || value != (text == "true") {
			t.Errorf("%s: %v, %v", text, value, err)
		}
	}
}

// TestAClaimAboutGroupsIsOfNoAttribute: a client that calls its groups as an attribute is called is told of groups.
func TestAClaimAboutGroupsIsOfNoAttribute(t *testing.T) {
	t.Parallel()
	got := ReleasedClaims{"department": "R&D", "level": 1}.and(MembershipClaims{Groups: []string{}, GroupsName: "department"})
	if text, _ := json.Marshal(got); string(text) != `{"department":[],"level":1}` {
		t.Errorf("%s", text)
	}
}
