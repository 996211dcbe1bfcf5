package identity

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestTheBoundsOfAnAttribute(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(d *AttributeDefinition)
		field  string
	}{
		"good":                      {func(*AttributeDefinition) {}, ""},
		"a long name":               {func(d *AttributeDefinition) { d.Name = strings.Repeat("x", maxAttributeName) }, ""},
		"no name":                   {func(d *AttributeDefinition) { d.Name = "" }, "name"},
		"too long a name":           {func(d *AttributeDefinition) { d.Name = strings.Repeat("x", maxAttributeName+1) }, "name"},
		"a digit first":             {func(d *AttributeDefinition) { d.Name = "1a" }, "name"},
		"another script":            {func(d *AttributeDefinition) { d.Name = "größe" }, "name"},
		"a dot":                     {func(d *AttributeDefinition) { d.Name = "a.b" }, "name"},
		"a claim":                   {func(d *AttributeDefinition) { d.Name = "email" }, "name"},
		"a claim in other case":     {func(d *AttributeDefinition) { d.Name = "givenName" }, "name"},
		"a claim of tokens":         {func(d *AttributeDefinition) { d.Name = "Iss" }, "name"},
		"a claim about groups":      {func(d *AttributeDefinition) { d.Name = "groups" }, "name"},
		"a field of users":          {func(d *AttributeDefinition) { d.Name = "user-name" }, "name"},
		"a long display name":       {func(d *AttributeDefinition) { d.DisplayName = strings.Repeat("x", MaxText+1) }, "display_name"},
		"a long description":        {func(d *AttributeDefinition) { d.Description = strings.Repeat("x", maxDescription+1) }, "description"},
		"no type":                   {func(d *AttributeDefinition) { d.Type = "float" }, "type"},
		"a pattern for days":        {func(d *AttributeDefinition) { d.Type, d.Pattern = AttributeDate, "2.*" }, "pattern"},
		"a pattern":                 {func(d *AttributeDefinition) { d.Pattern = `\p{Lu}{2}-[0-9]{1,9}|none` }, ""},
		"a long pattern":            {func(d *AttributeDefinition) { d.Pattern = strings.Repeat("x", maxPattern) }, ""},
		"too long a pattern":        {func(d *AttributeDefinition) { d.Pattern = strings.Repeat("x", maxPattern+1) }, "pattern"},
		"a back reference":          {func(d *AttributeDefinition) { d.Pattern = `(a)\1` }, "pattern"},
		"a broken pattern":          {func(d *AttributeDefinition) { d.Pattern = `a(` }, "pattern"},
		"a pattern that leaves":     {func(d *AttributeDefinition) { d.Pattern = `a)|(?:b` }, "pattern"},
		"a large pattern":           {func(d *AttributeDefinition) { d.Pattern = strings.Repeat("x{0,999}", 3) }, "pattern"},
		"a unique boolean":          {func(d *AttributeDefinition) { d.Type, d.Unique = AttributeBoolean, true }, "unique"},
		"a claim of its own":        {func(d *AttributeDefinition) { d.Claim, d.Scopes = "https://a.example/badge", []string{"hr", "openid"} }, ""},
		"a long claim":              {func(d *AttributeDefinition) { d.Claim = strings.Repeat("x", MaxText) }, ""},
		"too long a claim":          {func(d *AttributeDefinition) { d.Claim = strings.Repeat("x", MaxText+1) }, "claim"},
		"a claim with a quote":      {func(d *AttributeDefinition) { d.Claim = `a"b` }, "claim"},
		"a standard claim":          {func(d *AttributeDefinition) { d.Claim = "given_name" }, "claim"},
		"almost one":                {func(d *AttributeDefinition) { d.Claim = "Email-Verified" }, "claim"},
		"a claim of the server":     {func(d *AttributeDefinition) { d.Claim = "gid" }, "claim"},
		"that of the overage":       {func(d *AttributeDefinition) { d.Claim = ClaimAttributeOverage }, "claim"},
		"a claim about roles":       {func(d *AttributeDefinition) { d.Claim = "roles" }, "claim"},
		"a scope of administration": {func(d *AttributeDefinition) { d.Scopes = []string{"hr", ScopeUsersRead} }, "scopes[1]"},
		"a scope that writes":       {func(d *AttributeDefinition) { d.Scopes = []string{ScopeProfileWrite} }, "scopes[0]"},
		"offline access":            {func(d *AttributeDefinition) { d.Scopes = []string{ScopeOfflineAccess} }, "scopes[0]"},
		"a scope twice":             {func(d *AttributeDefinition) { d.Scopes = []string{"hr", "hr"} }, "scopes[1]"},
		"too many scopes":           {func(d *AttributeDefinition) { d.Scopes = make([]string, maxAttributeScopes+1) }, "scopes"},
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

func TestWhatUsersHaveIsAsItIsDeclared(t *testing.T) {
	t.Parallel()
	declared := []AttributeDefinition{
		{Name: "badge", Type: AttributeString, Pattern: "[A-Z]{2}|x", Required: true},
		{Name: "teams", Type: AttributeStringList},
		{Name: "level", Type: AttributeInteger},
		{Name: "remote", Type: AttributeBoolean},
		{Name: "hired", Type: AttributeDate},
	}
	long := strings.Repeat("x", maxAttributeValue)
	many := make([]string, maxAttributeValues+1)
	for i := range many {
		many[i] = strings.Repeat("y", i+1)
	}
	for name, c := range map[string]struct {
		before, change AttributeValues
		want           string // the fields that are wrong, or what the user has
	}{
		"everything": {
			nil,
			AttributeValues{"badge": {"AB"}, "teams": {"b", "a"}, "level": {"+007"}, "remote": {"true"}, "hired": {"2026-02-28"}},
			"badge=[AB] hired=[2026-02-28] level=[7] remote=[true] teams=[b a]",
		},
		"another alternative":   {nil, AttributeValues{"badge": {"x"}}, "badge=[x]"},
		"a part matches":        {nil, AttributeValues{"badge": {"ABC"}}, "attributes.badge"},
		"nothing required":      {nil, nil, "attributes.badge"},
		"required and cleared":  {AttributeValues{"badge": {"AB"}}, AttributeValues{"badge": nil}, "attributes.badge"},
		"required of before":    {AttributeValues{}, AttributeValues{"level": {"1"}}, "level=[1]"},
		"kept and cleared":      {AttributeValues{"badge": {"AB"}, "level": {"1"}}, AttributeValues{"level": {}}, "badge=[AB]"},
		"as it was, and broken": {AttributeValues{"badge": {"old"}}, AttributeValues{"level": {"2"}}, "badge=[old] level=[2]"},
		"unknown":               {AttributeValues{}, AttributeValues{"Badge": {"AB"}}, "attributes.Badge"},
		"two for one":           {AttributeValues{}, AttributeValues{"badge": {"AB", "CD"}}, "attributes.badge"},
		"no number":             {AttributeValues{}, AttributeValues{"level": {"1.5"}}, "attributes.level"},
		"a large number":        {AttributeValues{}, AttributeValues{"level": {"9007199254740992"}}, "attributes.level"},
		"the largest number":    {AttributeValues{}, AttributeValues{"level": {"-9007199254740991"}}, "level=[-9007199254740991]"},
		"no truth":              {AttributeValues{}, AttributeValues{"remote": {"yes"}}, "attributes.remote"},
		"no day":                {AttributeValues{}, AttributeValues{"hired": {"2026-02-30"}}, "attributes.hired"},
		"empty":                 {AttributeValues{}, AttributeValues{"badge": {""}}, "attributes.badge"},
		"invisible":             {AttributeValues{}, AttributeValues{"teams": {"a", "b\u202e"}}, "attributes.teams[1]"},
		"twice":                 {AttributeValues{}, AttributeValues{"teams": {"a", "A"}}, "attributes.teams[1]"},
		"not UTF-8":             {AttributeValues{}, AttributeValues{"teams": {"\xff"}}, "attributes.teams[0]"},
		"a long value":          {AttributeValues{}, AttributeValues{"teams": {long}}, "teams=[" + long + "]"},
		"too long a value":      {AttributeValues{}, AttributeValues{"teams": {long + "x"}}, "attributes.teams[0]"},
		"too many":              {AttributeValues{}, AttributeValues{"teams": many}, "attributes.teams"},
		"too much": {
			AttributeValues{"badge": {long}},
			AttributeValues{"teams": {long, long[1:], long[2:], long[3:], long[4:], long[5:], long[6:], long[7:], "abc"}},
			"attributes",
		},
		"all faults at once": {nil, AttributeValues{"level": {"x"}, "remote": {"x"}}, "attributes.level attributes.remote attributes.badge"},
	} {
		after, err := ChangeAttributes(declared, c.before, c.change)
		got := ""
		if err != nil {
			for _, e := range AllErrors(err) {
				got += " " + e.Field
			}
		} else {
			for _, name := range slices.Sorted(maps.Keys(after)) {
				got += fmt.Sprint(" ", name, "=", after[name])
			}
		}
		if strings.TrimSpace(got) != c.want {
			t.Errorf("%s: %.200s, %v", name, got, err)
		}
	}
}

func TestRulesCompileAPatternOnceAndForgetTheOneThatHasGone(t *testing.T) {
	t.Parallel()
	badge := AttributeDefinition{Name: "badge", Type: AttributeString, Pattern: "[A-Z]+"}
	rules := NewAttributeRules([]AttributeDefinition{badge}, nil)
	change := func(rules *AttributeRules, value string) error {
		_, err := rules.Change(AttributeValues{}, AttributeValues{"badge": {value}})
		return err
	}
	if err := errors.Join(change(rules, "A"), change(rules, "B")); err != nil {
		t.Fatal(err)
	}
	first := rules.compiled[badge.Pattern]
	again := NewAttributeRules([]AttributeDefinition{badge}, rules)
	if err := change(again, "a"); err == nil || first == nil || again.compiled[badge.Pattern] != first {
		t.Errorf("%v, and %p became %p", err, first, again.compiled[badge.Pattern])
	}
	badge.Pattern = "[a-z]+"
	other := NewAttributeRules([]AttributeDefinition{badge}, again)
	if change(other, "a") != nil || change(other, "A") == nil || len(other.compiled) != 1 {
		t.Errorf("another pattern: %v", other.compiled)
	}
}
