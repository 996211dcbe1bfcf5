package tests

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

const (
	entityPath             = "/.well-known/openid-federation"
	entityRegistrationPath = "/oidc/federation/register"

	mediaStatement = "application/entity-statement+jwt"
	mediaChain     = "application/trust-chain+json"
)

// entity is one who takes part in a federation.
type entity struct {
	id  string
	key clientKey
}

// federation is a relying party below an organization below a trust anchor, which publish on one host.
type federation struct {
	*publisher
	rp, org, anchor entity
	client          clientKey // of the relying party at the provider
	own             clientKey // of the provider in the federation
	clock           *harness.Clock
}

func newFederation(t *testing.T) *federation {
	t.Helper()
	f := &federation{publisher: newPublisher(t), client: newClientKey(t, "client"), own: newClientKey(t, ""), clock: &harness.Clock{}}
	f.rp = entity{f.URL + "/rp", newClientKey(t, "rp")}
	f.org = entity{f.URL + "/org", newClientKey(t, "org")}
	f.anchor = entity{f.URL + "/anchor", newClientKey(t, "anchor")}
	f.publishAll(t, nil, nil)
	return f
}

// publishAll publishes what the superiors say, but what the changes make of the statements about their subordinates.
func (f *federation) publishAll(t *testing.T, aboutRP, aboutOrg func(claims map[string]any)) {
	t.Helper()
	f.put("/org"+entityPath, f.configuration(t, f.org, func(_, c map[string]any) { c["authority_hints"] = []string{f.anchor.id} }))
	f.put("/anchor"+entityPath, f.configuration(t, f.anchor, nil))
	f.put("/org/fetch", f.statement(t, f.org, f.rp, aboutRP))
	f.put("/anchor/fetch", f.statement(t, f.anchor, f.org, aboutOrg))
}

// claims are those that every statement has; it ends in an hour.
func (f *federation) claims(t *testing.T, by, about entity) map[string]any {
	t.Helper()
	now := f.clock.Now().Unix()
	return map[string]any{"iss": by.id, "sub": about.id, "iat": now, "exp": now + 3600, "jwks": about.key.JWKS(t)}
}

func (f *federation) configuration(t *testing.T, e entity, change func(header, claims map[string]any)) string {
	t.Helper()
	header, claims := map[string]any{"alg": "ES256", "kid": e.key.ID, "typ": "entity-statement+jwt"}, f.claims(t, e, e)
	claims["metadata"] = map[string]any{"federation_entity": map[string]any{"federation_fetch_endpoint": e.id + "/fetch"}}
	if change != nil {
		change(header, claims)
	}
	return e.key.Sign(t, header, claims)
}

// statement is what a superior says of a subordinate.
func (f *federation) statement(t *testing.T, by, about entity, change func(claims map[string]any)) string {
	t.Helper()
	claims := f.claims(t, by, about)
	if change != nil {
		change(claims)
	}
	return by.key.Sign(t, map[string]any{"alg": "ES256", "kid": by.key.ID, "typ": "entity-statement+jwt"}, claims)
}

// metadata is what the relying party wants to be registered with.
func (f *federation) metadata(t *testing.T) map[string]any {
	t.Helper()
	return map[string]any{
		"client_name": "Notes", "redirect_uris": []string{f.rp.id + "/cb"}, "grant_types": []string{"authorization_code", "refresh_token"},
		"token_endpoint_auth_method": "private_key_jwt", "jwks": f.client.JWKS(t), "client_registration_types": []string{"explicit"},
	}
}

// request is the configuration of the relying party for a node, but what change makes of it.
func (f *federation) request(t *testing.T, n *harness.Node, change func(header, claims, metadata map[string]any)) string {
	t.Helper()
	return f.configuration(t, f.rp, func(h, c map[string]any) {
		metadata := f.metadata(t)
		c["aud"], c["authority_hints"] = n.Issuer, []string{f.org.id}
		c["metadata"] = map[string]any{"openid_relying_party": metadata, "federation_entity": map[string]any{"organization_name": "Notes Inc."}}
		if change != nil {
			change(h, c, metadata)
		}
	})
}

// chain is a whole trust chain that begins with a request.
func (f *federation) chain(t *testing.T, request string, more ...string) string {
	t.Helper()
	text, err := json.Marshal(append([]string{request, f.statement(t, f.org, f.rp, nil), f.statement(t, f.anchor, f.org, nil)}, more...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// options have a node be in the federation.
func (f *federation) options(t *testing.T, more ...harness.Option) []harness.Option {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	anchors, err := json.Marshal(map[string]json.RawMessage{f.anchor.id: f.anchor.key.JWKS(t)})
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(f.own.Private)
	if err != nil {
		t.Fatal(err)
	}
	return append([]harness.Option{
		harness.WithClock(f.clock),
		harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"),
		harness.Env("AUTHLY_OPENID_FEDERATION_ANCHORS_FILE", write("anchors.json", anchors)),
		harness.Env("AUTHLY_OPENID_FEDERATION_KEY_FILE", write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))),
		harness.Env("AUTHLY_OPENID_FEDERATION_AUTHORITY_HINTS", f.anchor.id),
		harness.Env("AUTHLY_OPENID_FEDERATION_ORGANIZATION", "Acme"),
		harness.Env("AUTHLY_THROTTLE", "anonymous=1000000/1us,failures=1000000/1us,client_registration=1000/1us"),
	}, more...)
}

// eachFederation runs a test in a federation, on one node with either database and on two that share a PostgreSQL.
func eachFederation(t *testing.T, test func(t *testing.T, f *federation, nodes ...*harness.Node)) {
	t.Helper()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		f := newFederation(t)
		test(t, f, start(t, db, f.options(t)...))
	})
	t.Run("two nodes", func(t *testing.T) {
		t.Parallel()
		f, db := newFederation(t), harness.Postgres(t)
		first := start(t, db, f.options(t)...)
		test(t, f, first, harness.Start(t, db, f.options(t, harness.Env("AUTHLY_ISSUER", first.Issuer))...))
	})
}

// postEntity sends a registration request.
func postEntity(t *testing.T, n *harness.Node, media, body string) harness.Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+entityRegistrationPath, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", media)
	return harness.Do(t, request)
}

// registerEntity registers what must be good, and returns the claims of the response.
func (f *federation) registerEntity(t *testing.T, n *harness.Node, media, body string) map[string]any {
	t.Helper()
	a := postEntity(t, n, media, body)
	if a.Status != http.StatusOK || a.Header.Get("Content-Type") != "application/explicit-registration-response+jwt" ||
		a.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v %s", a.Status, a.Header, a.Text)
	}
	return f.ofProvider(t, a.Text, "explicit-registration-response+jwt")
}

// party is the relying party, with a browser that is led to it.
func (f *federation) party(t *testing.T, n *harness.Node) *harness.Party {
	t.Helper()
	party := harness.NewPublicParty(t, n, f.rp.id, "openid")
	party.Config.RedirectURL = f.rp.id + "/cb"
	return party
}

// redeem exchanges a code by private_key_jwt.
func (f *federation) redeem(t *testing.T, n *harness.Node, party *harness.Party, code string) harness.Answer {
	t.Helper()
	return n.Form(t, "/api/v1/oauth/token", "", "", harness.Values(
		"grant_type", "authorization_code", "code", code, "redirect_uri", party.Config.RedirectURL, "code_verifier", party.Verifier,
		"client_id", f.rp.id, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
		"client_assertion", f.client.assertion(t, n, f.rp.id, nil),
	))
}
