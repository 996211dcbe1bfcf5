package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong in the configuration.
type Fault struct {
	Variable string // AUTHLY_ISSUER; for something unknown, the name as it was written
	Problem  string // one phrase, without the value of a secret
}

// Faults are all the faults of a configuration, ordered by variable.
type Faults []Fault

// Error lists the faults, one on a line.
func (f Faults) Error() string {
	var b strings.Builder
	b.WriteString("configuration:")
	for _, fault := range f {
		fmt.Fprintf(&b, "\n  %s: %s", fault.Variable, fault.Problem)
	}
	return b.String()
}

func (f *Faults) add(variable, format string, args ...any) {
	*f = append(*f, Fault{Variable: variable, Problem: fmt.Sprintf(format, args...)})
}

// has reports whether a variable is already known to be wrong: rules about several variables then say nothing.
func (f Faults) has(variables ...string) bool {
	return slices.ContainsFunc(f, func(fault Fault) bool { return slices.Contains(variables, fault.Variable) })
}

func (f Faults) sort() {
	slices.SortFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Variable, b.Variable), cmp.Compare(a.Problem, b.Problem))
	})
}
