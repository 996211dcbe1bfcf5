package tests

import (
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestGraphQLClientLibraries runs unchanged JavaScript clients of GraphQL against the admin API.
func TestGraphQLClientLibraries(t *testing.T) {
	t.Parallel()
	dir := harness.NPMProject(t, "schema-clients")
	for script, steps := range map[string]int{"apollo.mjs": 9, "urql.mjs": 14} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			n := harness.Start(t, harness.SQLite(t))
			n.Apply(t, admin.Desired{
				Users: []admin.DesiredUser{harness.Alice(), harness.Bob()}, Clients: []admin.NewClient{consoleClient()},
			})
			out := harness.NodeScript(t, dir, script, map[string]string{
				"AUTHLY_GRAPHQL_URL": n.URL + "/graphql", "AUTHLY_TOKEN": consoleToken(t, n, identity.ScopeUsersRead),
			})
			if got := strings.Count(out, "ok "); got != steps {
				t.Errorf("%d of %d steps: %s", got, steps, out)
			}
		})
	}
}

// TestGraphQLOverSSE runs the unchanged client graphql-sse.
func TestGraphQLOverSSE(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{consoleClient()}})
	out := harness.NodeScript(t, harness.NPMProject(t, "schema-clients"), "sse.mjs", map[string]string{
		"AUTHLY_GRAPHQL_URL": n.URL + "/graphql",
		"AUTHLY_TOKEN":       consoleToken(t, n, identity.ScopeUsersRead, identity.ScopeUsersWrite, identity.ScopeAuditRead),
	})
	if !strings.HasSuffix(out, "end\n") {
		t.Error(out)
	}
}
