package identity

import (
	"strings"
	"testing"
)

func TestTheBoundsOfAnAttribute(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(d *AttributeDefinition)
		field  string
	}{
		"good":                  {func(*AttributeDefinition) {}, ""},
		"a long name":           {func(d *AttributeDefinition) { d.Name = strings.Repeat("x", maxAttributeName) }, ""},
		"no name":               {func(d *AttributeDefinition) { d.Name = "" }, "name"},
		"too long a name":       {func(d *AttributeDefinition) { d.Name = strings.Repeat("x", maxAttributeName+1) }, "name"},
		"a digit first":         {func(d *AttributeDefinition) { d.Name = "1a" }, "name"},
		"another script":        {func(d *AttributeDefinition) { d.Name = "größe" }, "name"},
		"a dot":                 {func(d *AttributeDefinition) { d.Name = "a.b" }, "name"},
		"a claim":               {func(d *AttributeDefinition) { d.Name = "email" }, "name"},
		"a claim in other case": {func(d *AttributeDefinition) { d.Name = "givenName" }, "name"},
		"a claim of tokens":     {func(d *AttributeDefinition) { d.Name = "Iss" }, "name"},
		"a claim about groups":  {func(d *AttributeDefinition) { d.Name = "groups" }, "name"},
		"a field of users":      {func(d *AttributeDefinition) { d.Name = "user-name" }, "name"},
		"a long display name":   {func(d *AttributeDefinition) { d.DisplayName = strings.Repeat("x", MaxText+1) }, "display_name"},
		"a long description":    {func(d *AttributeDefinition) { d.Description = strings.Repeat("x", maxDescription+1) }, "description"},
		"no type":               {func(d *AttributeDefinition) { d.Type = "float" }, "type"},
		"a pattern for days":    {func(d *AttributeDefinition) { d.Type, d.Pattern = AttributeDate, "2.*" }, "pattern"},
		"a pattern":             {func(d *AttributeDefinition) { d.Pattern = `\p{Lu}{2}-[0-9]{1,9}|none` }, ""},
		"a long pattern":        {func(d *AttributeDefinition) { d.Pattern = strings.Repeat("x", maxPattern) }, ""},
		"too long a pattern":    {func(d *AttributeDefinition) { d.Pattern = strings.Repeat("x", maxPattern+1) }, "pattern"},
		"a back reference":      {func(d *AttributeDefinition) { d.Pattern = `(a)\1` }, "pattern"},
		"a broken pattern":      {func(d *AttributeDefinition) { d.Pattern = `a(` }, "pattern"},
		"a pattern that leaves": {func(d *AttributeDefinition) { d.Pattern = `a)|(?:b` }, "pattern"},
		"a large pattern":       {func(d *AttributeDefinition) { d.Pattern = strings.Repeat("x{0,999}", 3) }, "pattern"},
		"a unique boolean":      {func(d *AttributeDefinition) { d.Type, d.Unique = AttributeBoolean, true }, "unique"},
	} {
		d := AttributeDefinition{Name: "badge", Type: AttributeString}
		c.change(&d)
		err := d.Check()
		if (err == nil) != (c.field == "") || err != nil && AsError(err).Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := AttributeDefinition{Pattern: "(", Description: "\x00", Type: AttributeString}.Check()
	if len(AllErrors(err)) != 3 {
		t.Errorf("not all at once: %v", err)
	}
}

// TestALargePatternIsRefusedForItsSize: the bound is on what is compiled, not on what the parser refuses anyway.
func TestALargePatternIsRefusedForItsSize(t *testing.T) {
	t.Parallel()
	d := AttributeDefinition{Name: "badge", Type: AttributeString}
	for pattern, good := range map[string]bool{
		strings.Repeat(".", maxPattern): true, "[a-z]{1,900}": true, "x{1000}x{900}": true, "x{1000}x{1000}": false,
	} {
		d.Pattern = pattern
		if err := d.Check(); (err == nil) != good {
			t.Errorf("%.20s: %v", pattern, err)
		}
	}
}
