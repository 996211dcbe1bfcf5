package tests

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// requester is a client like web that has keys; change sets what else is special about it.
func requester(t *testing.T, id string, key clientKey, change func(*identity.ClientMetadata)) admin.NewClient {
	t.Helper()
	c := harness.WebClient(id)
	c.Metadata.JWKS = key.JWKS(t)
	if change != nil {
		change(&c.Metadata)
	}
	return c
}

// object signs the authorization request of a relying party, but what change makes of it (RFC 9101 §4).
func (k clientKey) object(
	t *testing.T, n *harness.Node, p *harness.Party, change func(header, claims map[string]any), extra ...string,
) string {
	t.Helper()
	now := n.Clock.Now().Unix()
	header := map[string]any{"alg": "ES256", "kid": k.ID, "typ": "oauth-authz-req+jwt"}
	claims := map[string]any{"iss": p.Config.ClientID, "aud": n.Issuer, "jti": uuid.NewString(), "nbf": now, "exp": now + 300}
	for name, list := range request(t, p, extra...) {
		claims[name] = list[0]
	}
	if change != nil {
		change(header, claims)
	}
	if header["alg"] == "none" {
		return harness.Forge(t, header, claims, harness.Unsigned)
	}
	return k.Sign(t, header, claims)
}

// byValue is an authorization request whose parameters are in a request object, with others beside it.
func byValue(n *harness.Node, clientID, object string, beside ...string) string {
	values := harness.Values(append([]string{"client_id", clientID, "request", object}, beside...)...)
	return n.URL + "/api/v1/oauth/authorize?" + values.Encode()
}

// pushObject pushes a request object (RFC 9126 §3).
func pushObject(t *testing.T, n *harness.Node, clientID, object string, beside ...string) harness.Answer {
	t.Helper()
	return n.Form(t, parPath, clientID, harness.ClientSecret, harness.Values(append([]string{"request", object}, beside...)...))
}

// nowhere checks that a request was refused by a page of ours, and that no browser was sent anywhere.
func nowhere(t *testing.T, name string, b *harness.Browser, n *harness.Node) {
	t.Helper()
	refusedByPage(t, name, b, n)
	if location := b.Header.Get("Location"); location != "" || strings.Contains(b.Text(), "attacker") {
		t.Errorf("%s: sent to %q: %s", name, location, b.Text())
	}
}

// besideIt are parameters as an attacker puts them beside a request object.
func besideIt() []string {
	return []string{
		"redirect_uri", "https://attacker.example/cb", "scope", "openid email profile", "state", "attacker", "nonce", "attacker", "response_mode", "form_post",
		"prompt", "none", "response_type", "token", "code_challenge", "attacker", "resource", "https://attacker.example", "claims", "{", "max_age", "x",
	}
}
