package tests

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestARequestObjectIsNotSubstituted: C-A15, B-J1 to B-J6, ASVS 9.2.2, FAPI 2.0 Message Signing §5.3.1. Each object is refused as
// invalid_request_object at the push, and by a page of ours at the authorization endpoint, whatever is beside it.
func TestARequestObjectIsNotSubstituted(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	key, stranger := newClientKey(t, "k1"), newClientKey(t, "k1")
	n.Apply(t, admin.Desired{
		Scopes: []identity.Scope{{Name: "reports"}},
		Clients: []admin.NewClient{
			requester(t, "signing", key, nil), requester(t, "foreign", stranger, nil),
			requester(t, "always", key, func(m *identity.ClientMetadata) { m.RequireSignedRequest = true }),
			requester(t, "rsa", key, func(m *identity.ClientMetadata) { m.RequestObjectAlg = "PS256" }),
			requester(t, "keyless", key, func(m *identity.ClientMetadata) { m.JWKS = nil }),
			requester(t, "unsigned", key, func(m *identity.ClientMetadata) { m.RequestObjectAlg = "none" }),
			serviceClient("robot", func(m *identity.ClientMetadata) { m.JWKS = key.JWKS(t) }),
		},
	})
	browser, now := harness.NewBrowser(t, n), n.Clock.Now().Unix()
	claim := func(name string, value any) func(_, _ map[string]any) {
		return func(_, c map[string]any) { c[name] = value }
	}
	without := func(name string) func(_, _ map[string]any) { return func(_, c map[string]any) { delete(c, name) } }
	head := func(name string, value any) func(_, _ map[string]any) {
		return func(h, _ map[string]any) { h[name] = value }
	}
	refused := func(name, client, object string) {
		t.Helper()
		oauthError(t, name, pushObject(t, n, client, object), 400, "invalid_request_object")
		browser.Get(byValue(n, client, object, besideIt()...))
		nowhere(t, name, browser, n)
		party := harness.NewParty(t, n, client)
		browser.Get(party.AuthURL("request", object))
		nowhere(t, name+", with a good request beside it", browser, n)
	}
	for name, change := range map[string]func(header, claims map[string]any){
		"no exp": without("exp"), "expired": claim("exp", now-300), "exp in 70 minutes": claim("exp", now+4200), "exp as text": claim("exp", "99999999999"),
		"no nbf": without("nbf"), "nbf 70 minutes ago": claim("nbf", now-4200), "nbf in 10 minutes": claim("nbf", now+600), "iat in 10 minutes": claim("iat", now+600),
		"no iss": without("iss"), "another iss": claim("iss", "web"), "no aud": without("aud"), "another aud": claim("aud", "https://other.example"),
		"an endpoint as aud": claim("aud", n.Issuer+parPath), "no client_id": without("client_id"), "another client_id": claim("client_id", "web"),
		"two client_ids": claim("client_id", []string{"signing", "web"}), "a sub of the client": claim("sub", "signing"),
		"a request inside": claim("request", "a.b.c"), "a request_uri inside": claim("request_uri", "urn:ietf:params:oauth:request_uri:x"),
		"NUL": claim("state", "a\x00b"), "a long jti": claim("jti", strings.Repeat("j", 300)), "too long": claim("state", strings.Repeat("s", 20_000)),
		"alg none": head("alg", "none"), "alg None": head("alg", "None"), "alg HS256": head("alg", "HS256"), "alg RS256": head("alg", "RS256"),
		"an unknown kid": head("kid", "../k1"), "crit": head("crit", []string{"exp"}), "the type of access tokens": head("typ", "at+jwt"),
		"the type of proofs": head("typ", "dpop+jwt"), "the type of ID tokens of others": head("typ", "logout+jwt"), "no text as type": head("typ", 7),
		"an ISS": func(_, c map[string]any) { c["ISS"] = c["iss"]; delete(c, "iss") },
		"a CLIENT_ID": func(_, c map[string]any) {
			c["CLIENT_ID"] = c["client_id"]
			delete(c, "client_id")
		},
	} {
		refused(name, "signing", key.object(t, n, harness.NewParty(t, n, "signing"), change))
	}
	party := harness.NewParty(t, n, "signing")
	good := key.object(t, n, party, nil)
	parts := strings.Split(good, ".")
	for name, c := range map[string]struct{ client, object string }{
		"of another key":              {"signing", stranger.object(t, n, party, nil)},
		"with a key in it":            {"signing", stranger.object(t, n, party, head("jwk", jwkOf(t, stranger)))},
		"of another client":           {"foreign", good},
		"signed by another client":    {"foreign", key.object(t, n, harness.NewParty(t, n, "foreign"), nil)},
		"without a signature":         {"signing", parts[0] + "." + parts[1] + "."},
		"two parts":                   {"signing", parts[0] + "." + parts[1]},
		"five parts":                  {"signing", good + ".a.b"},
		"another payload":             {"signing", parts[0] + "." + strings.Split(key.object(t, n, party, nil), ".")[1] + "." + parts[2]},
		"a line break":                {"signing", good + "\n"},
		"nonsense":                    {"signing", "a.b.c"},
		"another algorithm":           {"rsa", key.object(t, n, harness.NewParty(t, n, "rsa"), nil)},
		"of a client without keys":    {"keyless", key.object(t, n, harness.NewParty(t, n, "keyless"), nil)},
		"signed, where none is":       {"unsigned", key.object(t, n, harness.NewParty(t, n, "unsigned"), nil)},
		"unsigned, and of another":    {"unsigned", key.object(t, n, harness.NewParty(t, n, "signing"), head("alg", "none"))},
		"unsigned, and expired":       {"unsigned", key.object(t, n, harness.NewParty(t, n, "unsigned"), func(h, c map[string]any) { h["alg"], c["exp"] = "none", now-300 })},
		"iat alone, where nbf is due": {"always", key.object(t, n, harness.NewParty(t, n, "always"), func(_, c map[string]any) { c["iat"] = now; delete(c, "nbf") })},
		"an assertion":                {"robot", key.assertion(t, n, "robot", nil)},
	} {
		if c.client == "robot" { // it may not ask for codes, but it is not even asked
			browser.Get(byValue(n, "robot", c.object))
			nowhere(t, name, browser, n)
			continue
		}
		refused(name, c.client, c.object)
	}
	// An object is no assertion either, even with all claims of one.
	asAssertion := key.assertion(t, n, "robot", func(h, c map[string]any) { h["typ"], c["client_id"] = "oauth-authz-req+jwt", "robot" })
	oauthError(t, "as an assertion", withAssertion(n, t, asAssertion), 401, "invalid_client")

	browser.Get(byValue(n, "signing", good) + "&request=" + good)
	nowhere(t, "two objects", browser, n)
	browser.Get(byValue(n, "signing", good, "request_uri", "https://attacker.example/object"))
	nowhere(t, "an object and a reference", browser, n)
	browser.Get(n.URL + "/api/v1/oauth/authorize?" + harness.Values("request", good).Encode())
	nowhere(t, "no client_id beside it", browser, n)
	browser.Get(byValue(n, "signing", good))
	if !browser.Has("login-submit") {
		t.Fatalf("the object was not good: %s", browser.Text())
	}
	refused("used before", "signing", good)
	n.Advance(t, 10*time.Minute)
	refused("used before, and over", "signing", good)
}

// jwkOf is the public key of a client.
func jwkOf(t *testing.T, key clientKey) map[string]any {
	t.Helper()
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal(key.JWKS(t), &set); err != nil {
		t.Fatal(err)
	}
	return set.Keys[0]
}

// TestAPlainRequestIsRefusedWhereASignedOneIsDue: RFC 9101 §10.5: by the client's registration and by the server's setting. It cannot be
// stripped of its signature.
func TestAPlainRequestIsRefusedWhereASignedOneIsDue(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	key := newClientKey(t, "k1")
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{
		requester(t, "always", key, func(m *identity.ClientMetadata) { m.RequireSignedRequest = true }),
		requester(t, "unsigned", key, func(m *identity.ClientMetadata) { m.JWKS, m.RequestObjectAlg = nil, "none" }),
	}})
	all := harness.Start(t, n.Database, harness.Env("AUTHLY_REQUIRE_JAR", "true"), harness.WithClock(n.Clock))
	if signed := all.Get(t, "/.well-known/oauth-authorization-server").Body["require_signed_request_object"]; signed != true {
		t.Errorf("metadata: %v", signed)
	}
	for client, node := range map[string]*harness.Node{"always": n, "web": all, "unsigned": all} {
		party, browser := harness.NewParty(t, node, client), harness.NewBrowser(t, node)
		browser.Get(party.AuthURL())
		if answer := party.Answer(browser); answer.Get("error") != "invalid_request" {
			t.Errorf("%s: %v", client, answer)
		}
		oauthError(t, client, node.Form(t, parPath, client, harness.ClientSecret, request(t, party)), 400, "invalid_request")
	}
	party := harness.NewParty(t, all, "unsigned")
	object := key.object(t, all, party, func(h, _ map[string]any) { h["alg"] = "none" })
	oauthError(t, "an object without signature", pushObject(t, all, "unsigned", object), 400, "invalid_request")
	if a := pushObject(t, all, "always", key.object(t, all, harness.NewParty(t, all, "always"), nil)); a.Status != http.StatusCreated {
		t.Errorf("a signed one: %d %s", a.Status, a.Text)
	}
	if a := pushObject(t, n, "unsigned", key.object(t, n, party, func(h, c map[string]any) { h["alg"], c["aud"] = "none", n.Issuer })); a.Status != http.StatusCreated {
		t.Errorf("an unsigned one where it may: %d %s", a.Status, a.Text)
	}
}

// TestARequestObjectIsUsedOnce: one object, pushed and opened by many at the same moment, on each database and on two nodes.
func TestARequestObjectIsUsedOnce(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		n, key := nodes[0], newClientKey(t, "k1")
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{requester(t, "signing", key, nil)}})
		object := key.object(t, n, harness.NewParty(t, n, "signing"), nil)
		var all sync.WaitGroup
		statuses := make([]int, 40)
		for i := range statuses {
			all.Go(func() { statuses[i] = pushObject(t, nodes[i%len(nodes)], "signing", object).Status })
		}
		all.Wait()
		accepted := 0
		for _, status := range statuses {
			if status == http.StatusCreated {
				accepted++
			}
		}
		if accepted != 1 {
			t.Errorf("accepted %d times: %v", accepted, statuses)
		}
	})
}
