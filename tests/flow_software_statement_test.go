package tests

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

const directory = "https://directory.example"

// vouching starts a node that takes the statements of the directory, which signs with key.
func vouching(t *testing.T, key clientKey, mode string) *harness.Node {
	t.Helper()
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_CLIENT_REGISTRATION", mode), harness.Env("AUTHLY_THROTTLE", "client_registration=1000/1us"))
	n.Apply(t, admin.Desired{Trusted: []identity.TrustedIssuer{
		{Issuer: directory, Enabled: true, JWKS: key.JWKS(t), SoftwareStatements: true, UserMatch: identity.MatchEmail, UserClaim: "mail"},
		{Issuer: hrIssuer, Enabled: true, JWKS: key.JWKS(t), UserMatch: identity.MatchEmail, UserClaim: "mail"},
	}})
	return n
}

// statement is one of the directory about Notes, but for what change makes of it.
func (k clientKey) statement(t *testing.T, change func(header, claims map[string]any)) string {
	t.Helper()
	header := map[string]any{"alg": "ES256", "kid": k.ID, "typ": "JWT"}
	claims := map[string]any{
		"iss": directory, "software_id": "notes", "client_name": "Notes", "redirect_uris": []string{"https://notes.example/cb"},
		"client_id": "admin", "client_secret": "canary", "unknown": 1,
	}
	if change != nil {
		change(header, claims)
	}
	return k.Sign(t, header, claims)
}

// request is a registration request with a statement, and with more.
func withStatement(t *testing.T, statement, more string) string {
	t.Helper()
	text, err := json.Marshal(statement)
	if err != nil {
		t.Fatal(err)
	}
	return `{"software_statement":` + string(text) + more + `}`
}

// TestAStatementVouchesForAClient: RFC 7591 §2.3: it needs no token, what the statement says counts more than what the client says, and
// it is returned. It is good for many clients, and a client that has come by it changes itself by one only.
func TestAStatementVouchesForAClient(t *testing.T) {
	t.Parallel()
	key := newClientKey(t, "k1")
	for _, mode := range []string{"token", "open"} {
		n := vouching(t, key, mode)
		statement := key.statement(t, func(_, c map[string]any) {
			c["aud"], c["iat"], c["exp"] = n.Issuer, n.Clock.Now().Unix(), n.Clock.Now().Unix()+3600
		})
		body := withStatement(t, statement, `,"client_name":"Bank","redirect_uris":["https://evil.example/cb"],"policy_uri":"https://notes.example/privacy"`)
		for range 2 {
			a := registered(t, n, "", body)
			client := n.Client(t, a.String("client_id"))
			m := client.Metadata
			if m.Name != "Notes" || len(m.RedirectURIs) != 1 || m.RedirectURIs[0] != "https://notes.example/cb" || m.PolicyURI != "https://notes.example/privacy" ||
				m.SoftwareID != "notes" || client.Origin != identity.OriginStatement || client.ClientID == "admin" {
				t.Errorf("%s: %+v", mode, client)
			}
			if a.String("software_statement") != statement || a.String("client_name") != "Notes" || strings.Contains(a.Text, "canary") {
				t.Errorf("%s: %s", mode, a.Text)
			}
			address, token := a.String("registration_client_uri"), a.String("registration_access_token")
			change := `,"client_id":"` + client.ClientID + `","client_name":"Bank"`
			without := sendRegistration(t, n, http.MethodPut, address, token, `{"client_id":"`+client.ClientID+`","redirect_uris":["https://evil.example/cb"]}`)
			oauthError(t, "a change without", without, 400, "invalid_client_metadata")
			if got := sendRegistration(t, n, http.MethodPut, address, token, withStatement(t, statement, change)); got.String("client_name") != "Notes" {
				t.Errorf("%s: a change: %d %s", mode, got.Status, got.Text)
			}
			refusedRegistration(t, "another's token", sendRegistration(t, n, http.MethodPut, address, "wrong", withStatement(t, statement, change)), true)
		}
		a := registered(t, n, initialToken(t, n, 1), body)
		if client := n.Client(t, a.String("client_id")); client.Origin != identity.OriginToken || client.Metadata.Name != "Notes" {
			t.Errorf("%s: with a token: %+v", mode, client)
		}
	}
}

// TestAStatementThatDoesNotHold is refused as RFC 7591 §3.2.2 says, and nothing is registered.
func TestAStatementThatDoesNotHold(t *testing.T) {
	t.Parallel()
	key, foreign := newClientKey(t, "k1"), newClientKey(t, "k1")
	n := vouching(t, key, "token")
	now := n.Clock.Now().Unix()
	set := func(name string, value any) func(_, c map[string]any) {
		return func(_, c map[string]any) { c[name] = value }
	}
	const invalid, unapproved, metadata = "invalid_software_statement", "unapproved_software_statement", "invalid_client_metadata"
	before, err := n.Server.Store.Clients(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ statement, code string }{
		"no JWT":                     {"x", invalid},
		"another key":                {foreign.statement(t, nil), invalid},
		"unsigned":                   {harness.Forge(t, map[string]any{"alg": "none"}, map[string]any{"iss": directory, "software_id": "notes"}, harness.Unsigned), invalid},
		"an unknown issuer":          {key.statement(t, set("iss", "https://nobody.example")), unapproved},
		"an issuer about users":      {key.statement(t, set("iss", hrIssuer)), unapproved},
		"no issuer":                  {key.statement(t, func(_, c map[string]any) { delete(c, "iss") }), unapproved},
		"another audience":           {key.statement(t, set("aud", "https://other.example")), invalid},
		"over":                       {key.statement(t, set("exp", now-60)), invalid},
		"of tomorrow":                {key.statement(t, set("iat", now+86_400)), invalid},
		"an assertion about a user":  {key.statement(t, func(_, c map[string]any) { delete(c, "software_id") }), invalid},
		"a request object":           {key.statement(t, func(h, _ map[string]any) { h["typ"] = "oauth-authz-req+jwt" }), invalid},
		"a scope of administration":  {key.statement(t, set("scope", "openid admin:users:write")), metadata},
		"the password grant":         {key.statement(t, set("grant_types", []string{"authorization_code", "password"})), metadata},
		"encryption":                 {key.statement(t, set("id_token_encrypted_response_alg", "RSA-OAEP")), metadata},
		"a member of another type":   {key.statement(t, set("client_name", 5)), metadata},
		"longer than any is read of": {key.statement(t, set("x", strings.Repeat("x", identity.MaxSoftwareStatement))), invalid},
	} {
		got := sendRegistration(t, n, http.MethodPost, registerPath, "", withStatement(t, c.statement, `,"redirect_uris":["https://notes.example/cb"]`))
		oauthError(t, name, got, 400, c.code)
	}
	n.Apply(t, admin.Desired{Trusted: []identity.TrustedIssuer{{Issuer: directory, JWKS: key.JWKS(t), SoftwareStatements: true}}})
	got := sendRegistration(t, n, http.MethodPost, registerPath, "", withStatement(t, key.statement(t, nil), ""))
	oauthError(t, "of an issuer that was switched off", got, 400, unapproved)
	after, err := n.Server.Store.Clients(t.Context())
	if err != nil || len(after) != len(before) {
		t.Errorf("%d clients became %d, %v", len(before), len(after), err)
	}
}
