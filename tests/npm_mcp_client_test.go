package tests

import (
	"encoding/pem"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestTheMCPClientSignsIn: the profile of docs/agents.md, with the client of the TypeScript SDK as it is.
func TestTheMCPClientSignsIn(t *testing.T) {
	t.Parallel()
	for how, env := range map[string]map[string]string{
		"registers":     {"AUTHLY_CLIENT_REGISTRATION": "open", "AUTHLY_CLIENT_REGISTRATION_SCOPES": mcpScopes},
		"is a document": {"AUTHLY_CLIENT_REGISTRATION_SCOPES": mcpScopes, "AUTHLY_CLIENT_DOCUMENT_HOSTS": "127.0.0.1", "AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH": "true"},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			dir := harness.NPMProject(t, "mcp-client")
			resource, tickets := "http://"+harness.FreeAddress(t)+"/mcp", "https://tickets.example"
			script := map[string]string{
				"AUTHLY_PASSWORD": harness.AlicePassword, "AUTHLY_CLIENT_SECRET": harness.ClientSecret,
				"MCP_RESOURCE": resource, "TICKETS_RESOURCE": tickets,
			}
			if env["AUTHLY_CLIENT_DOCUMENT_HOSTS"] != "" {
				script["MCP_CLIENT_DOCUMENT"], env["SSL_CERT_FILE"] = assistantDocument(t)
			}
			env["AUTHLY_DATABASE_URL"], env["MCP_SECRET"], env["ALICE"] = harness.SQLite(t).URL, harness.ClientSecret, harness.AlicePassword
			env["AUTHLY_SECRET_KEY"] = harness.RootSecret
			if code, _, errs := harness.Command(t, env, fmt.Sprintf(mcpDeclaration, resource, tickets), "apply", "-f", "-"); code != 0 {
				t.Fatal(errs)
			}
			server := harness.Launch(t, env)
			server.Start(t)
			script["AUTHLY_ISSUER"] = server.Issuer
			out := harness.NodeScript(t, dir, "mcp-client.mjs", script)
			if got := strings.Count(out, "ok "); got != 7 {
				t.Errorf("%d of 7 steps: %s", got, out)
			}
		})
	}
}

const (
	mcpScopes      = "openid,offline_access,tickets:read"
	mcpDeclaration = `
users: [{username: alice, email: alice@example.test, password: "env:ALICE"}]
scopes: [{name: "tickets:read", description: "Read your tickets"}]
resources: [{uri: "%[1]s", scopes: ["tickets:read"]}, {uri: "%[2]s", scopes: ["tickets:read"]}]
clients: [{client_id: mcp-server, client_secret: "env:MCP_SECRET", response_types: [], scope: "tickets:read",
  grant_types: ["urn:ietf:params:oauth:grant-type:token-exchange"], audiences: ["%[1]s"], exchange_resources: ["%[2]s"]}]
`
)

// assistantDocument publishes the document of a client, as the SDK wants it by https, and returns its address and the certificate to trust.
func assistantDocument(t *testing.T) (address, certificate string) {
	t.Helper()
	p := &publisher{documents: map[string]string{}, asked: map[string]int{}}
	p.Server = httptest.NewTLSServer(p)
	t.Cleanup(p.Close)
	address = p.publish("/assistant.json", `{"client_id":"ADDRESS","client_name":"Assistant","redirect_uris":["http://127.0.0.1:8976/callback"],
		"grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"}`)
	certificate = filepath.Join(t.TempDir(), "publisher.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate().Raw})
	if err := os.WriteFile(certificate, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return address, certificate
}
