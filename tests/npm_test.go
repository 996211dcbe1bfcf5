package tests

import (
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestGraphQLOverHTTPAudits is the public audit suite of GraphQL over HTTP: all 61, and without the right to introspect
// all but the three that introspect.
func TestGraphQLOverHTTPAudits(t *testing.T) {
	t.Parallel()
	dir := harness.NPMProject(t, "graphql-audits")
	n := harness.Start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{consoleClient()}})
	all := harness.NodeScript(t, dir, "runner.mjs", map[string]string{
		"AUTHLY_AUDIT_URL": n.URL + "/graphql", "AUTHLY_AUDIT_TOKEN": consoleToken(t, n, identity.ScopeUsersRead, identity.ScopeSchemaRead),
	})
	if !strings.Contains(all, "61/61") {
		t.Errorf("with introspection: %s", all)
	}
	without := harness.NodeScript(t, dir, "runner.mjs", map[string]string{
		"AUTHLY_AUDIT_URL": n.URL + "/graphql", "AUTHLY_AUDIT_TOKEN": consoleToken(t, n, identity.ScopeUsersRead),
		"AUTHLY_AUDIT_EXPECT": "28B9,D6D5,6A70",
	})
	if !strings.Contains(without, "58/61") {
		t.Errorf("without introspection: %s", without)
	}
}
