package identity

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The bounds of what a user has of attributes: all of it fits into a token.
const (
	maxAttributeValue  = 1024    // bytes
	maxAttributeValues = 50      // in a list
	maxUserAttributes  = 8 << 10 // bytes of all values of a user
)

// AttributeValues are what a user has of the attributes that are declared: the values by the name of the attribute, as texts in
// their one form. What a user does not have is absent.
type AttributeValues map[string][]string

// AttributePath names the attribute in faults.
func AttributePath(name string) string { return "attributes." + name }

// AttributeRules check what many users have of the attributes that are declared: a pattern is compiled when it is first asked, once.
// They are for one goroutine.
type AttributeRules struct {
	definitions []AttributeDefinition
	compiled    map[string]*regexp.Regexp // by pattern
}

// NewAttributeRules returns the rules of definitions. known are those of before, whose patterns need not be compiled again; nil
// if there are none.
func NewAttributeRules(definitions []AttributeDefinition, known *AttributeRules) *AttributeRules {
	r := &AttributeRules{definitions: definitions, compiled: map[string]*regexp.Regexp{}}
	for _, d := range definitions {
		if known != nil && known.compiled[d.Pattern] != nil {
			r.compiled[d.Pattern] = known.compiled[d.Pattern]
		}
	}
	return r
}

// ChangeAttributes is AttributeRules.Change for a single user.
func ChangeAttributes(definitions []AttributeDefinition, before, change AttributeValues) (AttributeValues, error) {
	return NewAttributeRules(definitions, nil).Change(before, change)
}

// Change returns what a user has after a change of some attributes: one without values is cleared. Before is nil for a user who
// is created. It names everything that is wrong by AttributePath.
func (r *AttributeRules) Change(before, change AttributeValues) (AttributeValues, error) {
	definitions := r.definitions
	var faults Faults
	after := maps.Clone(before)
	if after == nil {
		after = AttributeValues{}
	}
	for _, name := range slices.Sorted(maps.Keys(change)) {
		d, found := definitionNamed(definitions, name)
		if !found {
			faults.Add(&Error{Kind: Invalid, Code: CodeAttributeNotFound, Field: AttributePath(clipName(name)), Detail: "Is not declared."})
			continue
		}
		values, err := r.canonical(d, change[name])
		faults.Add(err)
		after[name] = values
		if len(values) == 0 {
			delete(after, name)
		}
	}
	for _, d := range definitions {
		_, changed := change[d.Name]
		if d.Required && len(after[d.Name]) == 0 && (changed || before == nil) && len(change[d.Name]) == 0 {
			faults.Add(&Error{Kind: Invalid, Code: CodeRequired, Field: AttributePath(d.Name), Detail: "Must have a value."})
		}
	}
	bytes := 0
	for _, values := range after {
		for _, value := range values {
			bytes += len(value)
		}
	}
	if bytes > maxUserAttributes {
		faults.Add(InvalidField("attributes", "Must have at most %d bytes in all.", maxUserAttributes))
	}
	return after, faults.Err()
}

func definitionNamed(definitions []AttributeDefinition, name string) (AttributeDefinition, bool) {
	i := slices.IndexFunc(definitions, func(d AttributeDefinition) bool { return d.Name == name })
	if i < 0 {
		return AttributeDefinition{}, false
	}
	return definitions[i], true
}

// FilterValue brings a value that users are looked for by into its one form. A text may be any: no user has one that breaks the
// pattern. It refuses attributes that are not filterable.
func (d AttributeDefinition) FilterValue(at, value string) (string, error) {
	if !d.Filterable {
		return "", InvalidField(at+".name", "Must be the name of an attribute that is filterable.")
	}
	if d.Type.text() {
		return value, CheckText(at+".eq", value, maxAttributeValue, false)
	}
	return d.canonicalValue(at+".eq", value, nil)
}

// canonical checks values, none of which stands for none, and brings them into their one form.
func (r *AttributeRules) canonical(d AttributeDefinition, values []string) ([]string, error) {
	path := AttributePath(d.Name)
	switch {
	case d.Type != AttributeStringList && len(values) > 1:
		return nil, InvalidField(path, "Must be one value.")
	case len(values) > maxAttributeValues:
		return nil, InvalidField(path, "Must be at most %d values.", maxAttributeValues)
	}
	pattern, err := r.pattern(d)
	if err != nil {
		return nil, err
	}
	var faults Faults
	seen := map[string]bool{}
	out := make([]string, len(values))
	for i, value := range values {
		at := path
		if d.Type == AttributeStringList {
			at = item(path, i)
		}
		out[i], err = d.canonicalValue(at, value, pattern)
		faults.Add(err)
		if key := strings.ToLower(value); seen[key] {
			faults.Add(InvalidField(at, "Must not be there twice."))
		} else {
			seen[key] = true
		}
	}
	return out, faults.Err()
}

// pattern returns the pattern for the whole of a text, or nil. It was checked when it was declared.
func (r *AttributeRules) pattern(d AttributeDefinition) (*regexp.Regexp, error) {
	if known := r.compiled[d.Pattern]; d.Pattern == "" || known != nil {
		return known, nil
	}
	pattern, err := regexp.Compile(`\A(?:` + d.Pattern + `)\z`)
	if err == nil {
		r.compiled[d.Pattern] = pattern
	}
	return pattern, err
}

func (d AttributeDefinition) canonicalValue(at, value string, pattern *regexp.Regexp) (string, error) {
	const largest = 1<<53 - 1 // that every reader of JSON has (RFC 8259 §6)
	switch d.Type {
	case AttributeInteger:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < -largest || n > largest {
			return "", InvalidField(at, "Must be a whole number between -(2^53-1) and 2^53-1.")
		}
		return strconv.FormatInt(n, 10), nil
	case AttributeBoolean:
		if value != "true" && value != "false" {
			return "", InvalidField(at, "Must be true or false.")
		}
		return value, nil
	case AttributeDate:
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return "", InvalidField(at, "Must be a day: YYYY-MM-DD.")
		}
		return value, nil
	case AttributeString, AttributeStringList:
	}
	if value == "" {
		return "", InvalidField(at, "Must not be empty; a user without a value does not have the attribute.")
	}
	if err := CheckShown(at, value, maxAttributeValue, false); err != nil {
		return "", err
	}
	if pattern != nil && !pattern.MatchString(value) {
		return "", InvalidField(at, "Must match the pattern of the attribute as a whole.")
	}
	return value, nil
}

// AddAttributeChanges adds the attributes that differ, for the audit trail.
func AddAttributeChanges(changes map[string]Change, before, after AttributeValues) {
	for _, values := range []AttributeValues{before, after} {
		for name := range values {
			if !slices.Equal(before[name], after[name]) {
				changes[AttributePath(name)] = Change{Before: shownValues(before[name]), After: shownValues(after[name])}
			}
		}
	}
}

func shownValues(values []string) any {
	if values == nil {
		return nil
	}
	return values
}
