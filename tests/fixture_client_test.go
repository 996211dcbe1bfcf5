package tests

import (
	"net/url"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// adminScopes are what adminClient may ask for.
const adminScopes = identity.ScopeUsersRead + " " + identity.ScopeUsersWrite

// adminClient is a client that administrators use.
func adminClient(id string) admin.NewClient {
	c := harness.WebClient(id)
	c.Metadata.Scope += " " + adminScopes
	c.Policy.SkipConsent = true
	return c
}

// adminToken signs the first administrator in to the client console.
func adminToken(t *testing.T, n *harness.Node) string {
	t.Helper()
	party := harness.NewParty(t, n, "console", "openid", identity.ScopeUsersRead, identity.ScopeUsersWrite)
	return party.Tokens(harness.NewBrowser(t, n), "admin", harness.AdminPassword).AccessToken
}

// consoleClient is a client through which administrators get the scopes of administration.
func consoleClient() admin.NewClient {
	c := harness.WebClient("console")
	c.Policy.SkipConsent = true
	var scopes []string
	for _, s := range identity.BuiltInScopes() {
		scopes = append(scopes, s.Name)
	}
	c.Metadata.Scope = identity.JoinScope(scopes)
	return c
}

// consoleToken signs the first administrator in and returns an access token with the scopes.
func consoleToken(t *testing.T, n *harness.Node, scopes ...string) string {
	t.Helper()
	party := harness.NewParty(t, n, "console", scopes...)
	return party.Tokens(harness.NewBrowser(t, n), "admin", harness.AdminPassword).AccessToken
}

const (
	invoices = "https://invoices.example.org"
	orders   = "https://orders.example.org"
)

// withAPIs declares two APIs and a service that may use both.
func withAPIs(t *testing.T, n *harness.Node) {
	t.Helper()
	n.Apply(t, admin.Desired{
		Scopes: []identity.Scope{
			{Name: "invoices:read", Description: "Read invoices", Default: true},
			{Name: "invoices:write", Description: "Write invoices"},
			{Name: "orders:read", Description: "Read orders"},
		},
		Resources: []identity.Resource{{URI: invoices, Scopes: []string{"invoices:read", "invoices:write"}}, {URI: orders, Scopes: []string{"orders:read"}}},
		Clients:   []admin.NewClient{harness.ServiceClient("machine", "invoices:read orders:read openid offline_access")},
	})
}

func serviceClient(id string, change func(*identity.ClientMetadata)) admin.NewClient {
	var m identity.ClientMetadata
	m.GrantTypes = []identity.GrantType{identity.GrantClientCredentials}
	m.TokenEndpointAuthMethod = identity.AuthPrivateKeyJWT
	m.Scope = "reports"
	if change != nil {
		change(&m)
	}
	policy := identity.DefaultPolicy()
	return admin.NewClient{ClientID: id, Metadata: m, Policy: &policy}
}

// clientKey is a key of a client, with what clients sign by it.
type clientKey struct{ harness.ClientKey }

func newClientKey(t *testing.T, kid string) clientKey {
	t.Helper()
	return clientKey{harness.NewClientKey(t, kid)}
}

func (k clientKey) assertion(t *testing.T, n *harness.Node, clientID string, change func(header, claims map[string]any)) string {
	t.Helper()
	now := n.Clock.Now().Unix()
	header := map[string]any{"alg": "ES256", "kid": k.ID, "typ": "JWT"}
	claims := map[string]any{
		"iss": clientID, "sub": clientID, "aud": n.Issuer, "jti": uuid.NewString(), "iat": now, "exp": now + 60,
	}
	if change != nil {
		change(header, claims)
	}
	return k.Sign(t, header, claims)
}

func withAssertion(n *harness.Node, t *testing.T, assertion string) harness.Answer {
	t.Helper()
	return n.Form(t, "/api/v1/oauth/token", "", "", url.Values{
		"grant_type": {"client_credentials"}, "client_assertion": {assertion},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	})
}
