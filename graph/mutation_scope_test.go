package graph

import (
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

// TestNoScopeThatReadsWrites: whatever opens a mutation includes a scope that says that it writes.
func TestNoScopeThatReadsWrites(t *testing.T) {
	t.Parallel()
	actions := []string{identity.ScopeUsersUnlock, identity.ScopeUsersReset} // which they name
	s := newAPI(t, generous).Handler.(*server)
	for _, field := range s.schema.Mutation.Fields {
		needs, found := s.requirementOf(s.schema.Mutation, field.Name)
		if !found {
			t.Errorf("%s needs no scope", field.Name)
		}
		for _, set := range needs.anyOf {
			if !slices.ContainsFunc(set, func(scope string) bool {
				return strings.HasSuffix(scope, ":write") || slices.Contains(actions, scope)
			}) {
				t.Errorf("%s is open to %q", field.Name, set)
			}
		}
	}
}
