package harness

import (
	"net/http"
	"net/url"
	"testing"

	"golang.org/x/oauth2"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// BobPassword is Bob's password.
const BobPassword = "builds a house of bricks"

// Bob is a user with as few claims as possible.
func Bob() admin.DesiredUser {
	return admin.DesiredUser{NewUser: admin.NewUser{Username: "bob", Email: "bob@example.org", Password: BobPassword}}
}

// ServiceClient is a confidential client that acts on its own behalf only.
func ServiceClient(id, scope string) admin.NewClient {
	var m identity.ClientMetadata
	policy := identity.DefaultPolicy()
	m.Name, m.Scope = "Service "+id, scope
	m.GrantTypes = []identity.GrantType{identity.GrantClientCredentials}
	return admin.NewClient{ClientID: id, Secret: ClientSecret, Metadata: m, Policy: &policy}
}

// PublicClient is a client without credentials, with code and refresh.
func PublicClient(id string) admin.NewClient {
	c := WebClient(id)
	c.Secret, c.Metadata.TokenEndpointAuthMethod = "", identity.AuthNone
	return c
}

// NewPublicParty makes a relying party without credentials.
func NewPublicParty(t *testing.T, n *Node, clientID string, scopes ...string) *Party {
	t.Helper()
	p := NewParty(t, n, clientID, scopes...)
	p.Config.ClientSecret, p.Config.Endpoint.AuthStyle = "", oauth2.AuthStyleInParams
	return p
}

// Token asks the token endpoint as a confidential test client, with parameters as name, value pairs.
func (n *Node) Token(t *testing.T, clientID string, params ...string) Answer {
	t.Helper()
	return n.Form(t, "/api/v1/oauth/token", clientID, ClientSecret, Values(params...))
}

// Introspect asks about a token as a confidential test client.
func (n *Node) Introspect(t *testing.T, clientID, token string) Answer {
	t.Helper()
	return n.Form(t, "/api/v1/oauth/introspect", clientID, ClientSecret, url.Values{"token": {token}})
}

// Revoke returns a token back as a confidential test client, with further parameters as name, value pairs.
func (n *Node) Revoke(t *testing.T, clientID, token string, params ...string) Answer {
	t.Helper()
	values := Values(params...)
	values.Set("token", token)
	return n.Form(t, "/api/v1/oauth/revoke", clientID, ClientSecret, values)
}

// Get asks for a path of the node, with headers as name, value pairs.
func (n *Node) Get(t *testing.T, path string, headers ...string) Answer {
	t.Helper()
	return n.Send(t, http.MethodGet, path, headers...)
}

// Send sends a request without a body, with headers as name, value pairs.
func (n *Node) Send(t *testing.T, method, path string, headers ...string) Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, n.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	return Do(t, request)
}

// Values makes a form of name, value pairs.
func Values(params ...string) url.Values {
	values := url.Values{}
	for i := 0; i+1 < len(params); i += 2 {
		values.Add(params[i], params[i+1])
	}
	return values
}

// User finds a user as the operator.
func (n *Node) User(t *testing.T, username string) identity.User {
	t.Helper()
	user, err := n.Server.Admin.Users.Get(System(t), identity.UserBy{Username: username})
	if err != nil {
		t.Fatal(err)
	}
	return user
}

// Change changes a user as the operator.
func (n *Node) Change(t *testing.T, username string, change admin.UserChange) {
	t.Helper()
	if _, err := n.Server.Admin.Users.Update(System(t), n.User(t, username).ID, change, nil); err != nil {
		t.Fatal(err)
	}
}

// Client finds a client.
func (n *Node) Client(t *testing.T, clientID string) identity.Client {
	t.Helper()
	client, err := n.Server.Domain.ClientAuth.Find(t.Context(), clientID)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// String returns a member of a JSON answer that is a string, or "".
func (a Answer) String(name string) string {
	text, _ := a.Body[name].(string)
	return text
}
