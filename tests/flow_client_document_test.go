package tests

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestADocumentIsAClient: the address of a document signs a person in, and refreshes, without a registration; what the document says is
// read again after a while, and asked about again.
func TestADocumentIsAClient(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		p := newPublisher(t)
		n := takesDocuments(t, db, "127.0.0.1")
		for _, path := range []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"} {
			if got := n.Get(t, path).Body["client_id_metadata_document_supported"]; got != true {
				t.Errorf("%s: %v", path, got)
			}
		}
		address := p.publish("/notes/client.json", strings.ReplaceAll(aDocument, "HOST/cb", "HOST/notes/cb"))
		party := described(t, n, address, "openid", "offline_access")
		browser := harness.NewBrowser(t, n)
		browser.Get(party.AuthURL())
		browser.SignIn("alice", harness.AlicePassword)
		if text := browser.Text(); !browser.Has("unverified") || !strings.Contains(text, "Notes") || !strings.Contains(text, "document of 127.0.0.1") {
			t.Errorf("the page: %s", text)
		}
		browser.Submit("approve", nil)
		tokens, err := party.Exchange(party.Code(browser))
		if err != nil {
			t.Fatal(err)
		}
		if claims := harness.JWT(t, idToken(tokens), 1); claims["aud"] != address {
			t.Errorf("ID token %v", claims)
		}
		if claims := harness.JWT(t, tokens.AccessToken, 1); claims["client_id"] != address {
			t.Errorf("access token %v", claims)
		}
		if p.count("/notes/client.json") != 1 {
			t.Errorf("the document was fetched %d times", p.count("/notes/client.json"))
		}
		client := n.Client(t, address)
		if client.Origin != identity.OriginDocument || !client.Public() || !client.Policy.RequirePKCE || len(client.Secrets) != 0 {
			t.Errorf("%+v", client)
		}
		again := described(t, n, address, "openid")
		again.Authorize(browser, "alice", "")
		if browser.Get(again.AuthURL()); !browser.Has("approve") { // it listens on the person's device: anybody could
			t.Errorf("a second time: %s", browser.Text())
		}

		n.Clock.Advance(10 * time.Minute)
		p.publish("/notes/client.json", strings.ReplaceAll(strings.ReplaceAll(aDocument, "HOST/cb", "HOST/notes/cb"), "Notes", "Other"))
		browser.Get(described(t, n, address, "openid").AuthURL())
		if !strings.Contains(browser.Text(), "Other") || n.Client(t, address).Version != 2 {
			t.Errorf("after the change: %s", browser.Text())
		}
		source := party.Config.TokenSource(t.Context(), &oauth2.Token{RefreshToken: tokens.RefreshToken})
		if _, err := source.Token(); err != nil {
			t.Errorf("refresh: %v", err)
		}
	})
}

// TestADocumentWithKeysAuthenticates: by private_key_jwt, at the token endpoint and at the push.
func TestADocumentWithKeysAuthenticates(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	n := takesDocuments(t, harness.SQLite(t), "*")
	key := newClientKey(t, "k1")
	p.publish("/app/jwks", string(key.JWKS(t)))
	address := p.publish("/app/client.json", `{"client_id":"ADDRESS","redirect_uris":["HOST/app/cb"],"token_endpoint_auth_method":"private_key_jwt",
		"token_endpoint_auth_signing_alg":"ES256","jwks_uri":"HOST/app/jwks"}`)
	party := described(t, n, address, "openid")
	assertion := func() []string {
		return []string{
			"client_id", address, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
			"client_assertion", key.assertion(t, n, address, nil),
		}
	}
	values := request(t, party)
	for i, pairs := 0, assertion(); i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	pushed := n.Form(t, parPath, "", "", values)
	if pushed.Status != http.StatusCreated {
		t.Fatal(pushed.Text)
	}
	browser := harness.NewBrowser(t, n)
	browser.Get(byReference(n, address, pushed.String("request_uri")))
	browser.SignIn("alice", harness.AlicePassword)
	if browser.Has("approve") {
		browser.Submit("approve", nil)
	}
	redeem := func(extra ...string) harness.Answer {
		return n.Form(t, "/api/v1/oauth/token", "", "", harness.Values(append([]string{
			"grant_type", "authorization_code", "code", party.Code(browser), "redirect_uri", party.Config.RedirectURL, "code_verifier", party.Verifier,
		}, extra...)...))
	}
	oauthError(t, "without its key", redeem("client_id", address), http.StatusUnauthorized, "invalid_client")
	if got := redeem(assertion()...); got.Status != http.StatusOK {
		t.Errorf("with its key: %s", got.Text)
	}
}

// TestARequestIsFetched: RFC 9101 §5.2, from an address that the client has registered, with what OpenID Connect Core §6.2 says of
// fragments.
func TestARequestIsFetched(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
	key := newClientKey(t, "k1")
	signed, unsigned := p.URL+"/signed.jwt", p.URL+"/unsigned.jwt#a-fragment"
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{
		requester(t, "signing", key, func(m *identity.ClientMetadata) { m.RequestURIs, m.RequireSignedRequest = []string{signed}, true }),
		requester(t, "unsigned", key, func(m *identity.ClientMetadata) {
			m.JWKS, m.RequestObjectAlg, m.RequestURIs = nil, "none", []string{"https://elsewhere.example/", unsigned}
		}),
	}})
	browser := harness.NewBrowser(t, n)
	for client, at := range map[string]string{"signing": signed, "unsigned": unsigned} {
		party := harness.NewParty(t, n, client, "openid")
		u, _ := url.Parse(at)
		p.publish(u.Path, key.object(t, n, party, func(h, c map[string]any) {
			if client == "unsigned" {
				h["alg"] = "none"
				for _, claim := range []string{"iss", "aud", "exp", "nbf", "jti"} {
					delete(c, claim)
				}
			}
		}))
		browser.Get(byReference(n, client, at, besideIt()...))
		if browser.Has("login-submit") {
			browser.SignIn("alice", harness.AlicePassword)
		}
		if browser.Has("approve") {
			browser.Submit("approve", nil)
		}
		tokens, err := party.Exchange(party.Code(browser))
		if err != nil {
			t.Errorf("%s: %v", client, err)
			continue
		}
		if claims := harness.JWT(t, idToken(tokens), 1); claims["nonce"] != party.Nonce {
			t.Errorf("%s: ID token %v", client, claims)
		}
		if p.count(u.Path) != 1 {
			t.Errorf("%s: fetched %d times", client, p.count(u.Path))
		}
	}
	document := n.Get(t, "/.well-known/openid-configuration").Body
	if document["request_uri_parameter_supported"] != true || document["require_request_uri_registration"] != true {
		t.Errorf("%v", document)
	}
	if !slices.Contains(strings.Fields(n.Client(t, "signing").Metadata.Scope), "openid") {
		t.Error("the clients are others")
	}
}

// TestAFetchedRequestMayBeUndated: OpenID Connect Core §6.1 asks for no exp. One that the browser brings says for when it is, and so does
// one of a client that is held to signed requests.
func TestAFetchedRequestMayBeUndated(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
	key := newClientKey(t, "k1")
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{
		requester(t, "core", key, func(m *identity.ClientMetadata) { m.RequestURIs = []string{p.URL + "/core.jwt"} }),
		requester(t, "held", key, func(m *identity.ClientMetadata) {
			m.RequestURIs, m.RequireSignedRequest = []string{p.URL + "/held.jwt"}, true
		}),
	}})
	undated := func(_, c map[string]any) {
		for _, claim := range []string{"exp", "nbf", "jti"} {
			delete(c, claim)
		}
	}
	browser := harness.NewBrowser(t, n)
	for _, client := range []string{"core", "held"} {
		party := harness.NewParty(t, n, client, "openid")
		object := key.object(t, n, party, undated, "prompt", "none")
		browser.Get(byValue(n, client, object))
		refusedByPage(t, client+" by value", browser, n)
		p.publish("/"+client+".jwt", object)
		browser.Get(byReference(n, client, p.URL+"/"+client+".jwt"))
		if client == "held" {
			refusedByPage(t, "held by reference", browser, n)
		} else if answer := party.Answer(browser); answer.Get("error") != "login_required" {
			t.Errorf("core by reference: %v", answer)
		}
	}
	late := harness.NewParty(t, n, "core", "openid")
	p.publish("/core.jwt", key.object(t, n, late, func(_, c map[string]any) { c["exp"] = n.Clock.Now().Unix() - 120 }))
	n.Clock.Advance(time.Minute)
	browser.Get(byReference(n, "core", p.URL+"/core.jwt"))
	refusedByPage(t, "one that says that it is over", browser, n)
}
