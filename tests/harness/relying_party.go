package harness

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// Alice is a user with every standard claim.
func Alice() admin.DesiredUser {
	return admin.DesiredUser{NewUser: admin.NewUser{
		Username: "alice", Email: "alice@example.org", Password: AlicePassword, Verified: true,
		Claims: identity.Claims{
			GivenName: "Alice", FamilyName: "Adams", MiddleName: "Q", Nickname: "Al", Profile: "https://example.org/alice",
			Picture: "https://example.org/alice.png", Website: "https://alice.example", Gender: "female", Birthdate: "1990-05-04",
			Zoneinfo: "Europe/Oslo", Locale: "en-GB", PhoneNumber: "+4722334455", PhoneNumberVerified: true,
			Address: &identity.Address{StreetAddress: "Storgata 1", Locality: "Oslo", PostalCode: "0155", Country: "NO"},
		},
	}}
}

// AlicePassword is Alice's password.
const AlicePassword = "walks through wonderland"

// ClientSecret is the secret of the confidential test clients.
const ClientSecret = "a-client-secret-of-forty-characters-0001"

// Callback is the redirect URI of the test clients. Nothing listens there; the browser stops before it.
const Callback = "https://rp.example/callback"

// WebClient is a confidential client with code and refresh.
func WebClient(id string) admin.NewClient {
	var m identity.ClientMetadata
	policy := identity.DefaultPolicy()
	m.Name = "Web " + id
	m.RedirectURIs = []string{Callback}
	m.PostLogoutRedirectURIs = []string{"https://rp.example/bye"}
	m.Scope = "openid profile email address phone offline_access profile:write address:write phone:write groups roles"
	return admin.NewClient{ClientID: id, Secret: ClientSecret, Metadata: m, Policy: &policy}
}

// Party is a relying party with its own PKCE and state.
type Party struct {
	t        *testing.T
	Node     *Node // whose token endpoint is asked
	Config   oauth2.Config
	Verifier string
	State    string
	Nonce    string
}

// NewParty makes a relying party for a client of the node.
func NewParty(t *testing.T, n *Node, clientID string, scopes ...string) *Party {
	t.Helper()
	if len(scopes) == 0 {
		scopes = []string{"openid", "profile", "email", "offline_access"}
	}
	return &Party{
		t: t, Node: n, Verifier: oauth2.GenerateVerifier(), State: "state-" + oauth2.GenerateVerifier(), Nonce: "nonce-" + oauth2.GenerateVerifier(),
		Config: oauth2.Config{
			ClientID: clientID, ClientSecret: ClientSecret, RedirectURL: Callback, Scopes: scopes,
			Endpoint: oauth2.Endpoint{
				AuthURL: n.URL + "/api/v1/oauth/authorize", TokenURL: n.URL + "/api/v1/oauth/token", AuthStyle: oauth2.AuthStyleInHeader,
			},
		},
	}
}

// AuthURL is the authorization request with PKCE, state and nonce, and extra parameters as name, value pairs.
func (p *Party) AuthURL(extra ...string) string {
	opts := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(p.Verifier), oauth2.SetAuthURLParam("nonce", p.Nonce)}
	for i := 0; i+1 < len(extra); i += 2 {
		opts = append(opts, oauth2.SetAuthURLParam(extra[i], extra[i+1]))
	}
	return p.Config.AuthCodeURL(p.State, opts...)
}

// Authorize takes a browser through sign-in and consent, as far as they are asked for, and returns the code.
func (p *Party) Authorize(b *Browser, username, password string, extra ...string) string {
	p.t.Helper()
	b.Get(p.AuthURL(extra...))
	if b.Has("login-submit") {
		b.SignIn(username, password)
	}
	if b.Has("approve") {
		b.Submit("approve", nil)
	}
	return p.Code(b)
}

// Code reads the code from the callback that the browser was sent to, and checks state and iss.
func (p *Party) Code(b *Browser) string {
	p.t.Helper()
	query := p.Answer(b)
	if query.Get("code") == "" {
		p.t.Fatalf("no code at %s", b.URL)
	}
	return query.Get("code")
}

// Answer reads the parameters of the callback, and checks state and iss.
func (p *Party) Answer(b *Browser) url.Values {
	p.t.Helper()
	if !strings.HasPrefix(b.URL.String(), p.Config.RedirectURL) {
		p.t.Fatalf("the browser is at %s (status %d): %s", b.URL, b.Status, b.Text())
	}
	query := b.URL.Query()
	if query.Get("state") != p.State {
		p.t.Errorf("state %q, want %q", query.Get("state"), p.State)
	}
	if query.Get("iss") != p.Node.Issuer {
		p.t.Errorf("iss %q, want %q", query.Get("iss"), p.Node.Issuer)
	}
	return query
}

// Exchange redeems a code.
func (p *Party) Exchange(code string) (*oauth2.Token, error) {
	return p.Config.Exchange(p.t.Context(), code, oauth2.VerifierOption(p.Verifier))
}

// Tokens signs a person in and returns the tokens.
func (p *Party) Tokens(b *Browser, username, password string) *oauth2.Token {
	p.t.Helper()
	token, err := p.Exchange(p.Authorize(b, username, password))
	if err != nil {
		p.t.Fatal(err)
	}
	return token
}

// Answer is a JSON answer of an endpoint.
type Answer struct {
	Status int
	Header http.Header
	Body   map[string]any
	Text   string
}

// Form posts a form to the node with Basic authentication, unless id is empty.
func (n *Node) Form(t *testing.T, path, id, secret string, values url.Values) Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+path, strings.NewReader(values.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if id != "" {
		request.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	}
	return Do(t, request)
}

// Refresh asks for new tokens.
func (n *Node) Refresh(t *testing.T, clientID, token string) Answer {
	t.Helper()
	return n.Form(t, "/api/v1/oauth/token", clientID, ClientSecret, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
}

// UserInfo asks UserInfo with a bearer token.
func (n *Node) UserInfo(t *testing.T, token string) Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, n.URL+"/oidc/userinfo", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	return Do(t, request)
}

// GraphQL posts a document with a bearer token.
func (n *Node) GraphQL(t *testing.T, token, query string, variables map[string]any, headers ...string) Answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/graphql-response+json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return Do(t, request)
}

// Do sends a request and reads the answer.
func Do(t *testing.T, request *http.Request) Answer {
	t.Helper()
	return DoWith(t, http.DefaultClient, request)
}

// DoWith is Do with a client.
func DoWith(t *testing.T, client *http.Client, request *http.Request) Answer {
	t.Helper()
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := Answer{Status: response.StatusCode, Header: response.Header, Text: string(text)}
	if strings.Contains(response.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(text, &a.Body); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	return a
}

// JWT decodes a part of a token without verifying it: 0 the header, 1 the claims.
func JWT(t *testing.T, token string, part int) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("not a JWT: %s", token)
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[part])
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
