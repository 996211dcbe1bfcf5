package identity

import (
	"errors"
	"slices"
	"strings"
)

// FieldErrors are all that is wrong with one input, each about a field of its own, in the order of the fields. Whoever
// looks for one *Error in it finds the first.
type FieldErrors []*Error

// Error returns the text for logs.
func (f FieldErrors) Error() string {
	texts := make([]string, len(f))
	for i, e := range f {
		texts[i] = e.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap returns the errors one by one.
func (f FieldErrors) Unwrap() []error {
	all := make([]error, len(f))
	for i, e := range f {
		all[i] = e
	}
	return all
}

// AllErrors returns everything that a chain says is wrong with an input; for any other failure, AsError alone.
func AllErrors(err error) []*Error {
	var all FieldErrors
	if errors.As(err, &all) {
		return all
	}
	return []*Error{AsError(err)}
}

// Messages returns the messages of AllErrors as one text for callers who see nothing else.
func Messages(err error) string {
	all := AllErrors(err)
	texts := make([]string, len(all))
	for i, e := range all {
		texts[i] = e.Message()
	}
	return strings.Join(texts, " ")
}

// maxFaults is how many refusals of one input are told: what is refused must not cost more than it says.
const maxFaults = 20

// Faults collects what is wrong with an input, up to the first 20 fields.
type Faults struct{ all FieldErrors }

// Add takes in what a check has returned, if anything. What is no refusal of an input hides everything else.
func (f *Faults) Add(err error) {
	f.AddUnder("", err)
}

// AddUnder is Add for the fields of a part of the input, such as clients[3].
func (f *Faults) AddUnder(part string, err error) {
	if err == nil {
		return
	}
	for _, e := range AllErrors(err) {
		if len(f.all) < maxFaults || e.Kind == Internal || e.Kind == Unavailable {
			f.all = append(f.all, e.Under(part))
		}
	}
}

// has reports whether a field was found to be wrong.
func (f *Faults) has(field string) bool {
	return slices.ContainsFunc(f.all, func(e *Error) bool { return e.Field == field })
}

// Err returns nil, the one refusal or all of them. A failure that is not about the input is returned alone.
func (f *Faults) Err() error {
	for _, e := range f.all {
		if e.Kind == Internal || e.Kind == Unavailable {
			return e
		}
	}
	switch len(f.all) {
	case 0:
		return nil
	case 1:
		return f.all[0]
	}
	return f.all
}

// Under returns a copy about the field of a part of the input: the name redirect_uris[2] becomes clients[3].redirect_uris[2].
func (e *Error) Under(part string) *Error {
	if part == "" {
		return e
	}
	c := *e
	if c.Field != "" {
		part += "." + c.Field
	}
	c.Field = part
	return &c
}
