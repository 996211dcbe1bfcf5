package tests

import (
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestTheMCPClientSignsIn: the profile of docs/agents.md, with the client of the TypeScript SDK as it is.
func TestTheMCPClientSignsIn(t *testing.T) {
	t.Parallel()
	dir := harness.NPMProject(t, "mcp-client")
	n := harness.Start(t, harness.SQLite(t), harness.Env("AUTHLY_CLIENT_REGISTRATION", "open"),
		harness.Env("AUTHLY_CLIENT_REGISTRATION_SCOPES", "openid,offline_access,tickets:read"))
	resource, tickets := "http://"+harness.FreeAddress(t)+"/mcp", "https://tickets.example"
	server := harness.ServiceClient("mcp-server", "tickets:read")
	server.Metadata.GrantTypes = []identity.GrantType{identity.GrantTokenExchange}
	server.Policy.Audiences, server.Policy.ExchangeResources = []string{resource}, []string{tickets}
	n.Apply(t, admin.Desired{
		Users:     []admin.DesiredUser{harness.Alice()},
		Scopes:    []identity.Scope{{Name: "tickets:read", Description: "Read your tickets"}},
		Resources: []identity.Resource{{URI: resource, Scopes: []string{"tickets:read"}}, {URI: tickets, Scopes: []string{"tickets:read"}}},
		Clients:   []admin.NewClient{server},
	})
	out := harness.NodeScript(t, dir, "mcp-client.mjs", map[string]string{
		"AUTHLY_ISSUER": n.Issuer, "AUTHLY_PASSWORD": harness.AlicePassword, "AUTHLY_CLIENT_SECRET": harness.ClientSecret,
		"MCP_RESOURCE": resource, "TICKETS_RESOURCE": tickets,
	})
	if got := strings.Count(out, "ok "); got != 7 {
		t.Errorf("%d of 7 steps: %s", got, out)
	}
}
