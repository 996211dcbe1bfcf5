package tests

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestADocumentThatIsNoneIsNobody (F-R5): what is not the document of this very client_id, or says more than a client may say of itself,
// is an unknown client. Nothing is stored, and nothing of the other host is told.
func TestADocumentThatIsNoneIsNobody(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"),
		harness.Env("AUTHLY_CLIENT_DOCUMENT_HOSTS", "127.0.0.1"), harness.Env("AUTHLY_THROTTLE", "client_registration=1000/1us"))
	const rest = `"redirect_uris":["HOST/cb"]`
	for name, text := range map[string]string{
		"no JSON":                 `canary`,
		"a list":                  `[{}]`,
		"no client_id":            `{` + rest + `}`,
		"another client_id":       `{"client_id":"HOST/other.json",` + rest + `}`,
		"client_id twice":         `{"client_id":"HOST/x","client_id":"ADDRESS",` + rest + `}`,
		"a secret":                `{"client_id":"ADDRESS","client_secret":"canary",` + rest + `}`,
		"the end of a secret":     `{"client_id":"ADDRESS","client_secret_expires_at":0,` + rest + `}`,
		"a secret to come":        `{"client_id":"ADDRESS","token_endpoint_auth_method":"client_secret_basic",` + rest + `}`,
		"keys that are not there": `{"client_id":"ADDRESS","token_endpoint_auth_method":"private_key_jwt",` + rest + `}`,
		"no redirect URI":         `{"client_id":"ADDRESS"}`,
		"a foreign redirect URI":  `{"client_id":"ADDRESS","redirect_uris":["https://evil.example/cb"]}`,
		"a foreign one besides":   `{"client_id":"ADDRESS","redirect_uris":["HOST/cb","https://evil.example/cb"]}`,
		"the password grant":      `{"client_id":"ADDRESS","grant_types":["authorization_code","password"],` + rest + `}`,
		"a machine":               `{"client_id":"ADDRESS","grant_types":["client_credentials"],` + rest + `}`,
		"a scope of the admin":    `{"client_id":"ADDRESS","scope":"openid admin:users:read",` + rest + `}`,
		"a statement":             `{"client_id":"ADDRESS","software_statement":"e30.e30.",` + rest + `}`,
		"encrypted tokens":        `{"client_id":"ADDRESS","id_token_encrypted_response_alg":"RSA-OAEP",` + rest + `}`,
		"too much":                `{"client_id":"ADDRESS",` + rest + `,"x":"` + strings.Repeat("x", 16<<10) + `"}`,
	} {
		path := "/" + strings.ReplaceAll(name, " ", "-") + "/client.json"
		address := p.publish(path, text)
		unknownClient(t, name, n, address)
		if p.count(path) != 1 {
			t.Errorf("%s: fetched %d times", name, p.count(path))
		}
	}
	unknownClient(t, "no document", n, p.URL+"/nothing.json")
	p.publish("/elsewhere", aDocument)
	p.fail(http.StatusFound)
	unknownClient(t, "a redirect", n, p.URL+"/redirect.json")
	if p.count("/elsewhere") != 0 {
		t.Error("a redirect was followed")
	}
}

// unknownClient checks that a client_id is nobody's: a page at the authorization endpoint, invalid_client at the token endpoint.
func unknownClient(t *testing.T, name string, n *harness.Node, clientID string) {
	t.Helper()
	browser := harness.NewBrowser(t, n)
	party := harness.NewPublicParty(t, n, clientID, "openid")
	party.Config.RedirectURL = clientID[:strings.LastIndexByte(clientID, '/')+1] + "cb"
	browser.Get(party.AuthURL())
	nowhere(t, name, browser, n)
	if text := browser.Text(); strings.Contains(text, "canary") || !strings.Contains(text, "The application is not known here") {
		t.Errorf("%s: %s", name, text)
	}
	got := n.Form(t, "/api/v1/oauth/token", "", "", harness.Values("grant_type", "refresh_token", "refresh_token", "x", "client_id", clientID))
	oauthError(t, name, got, http.StatusUnauthorized, "invalid_client")
	if _, err := n.Server.Store.ClientByClientID(t.Context(), clientID); err == nil {
		t.Errorf("%s: it is stored", name)
	}
}

// TestOnlyAddressesOfDocumentsAreCalled (F-R5, B-O2): nothing is fetched for another client_id, for another host, or where the operator
// has not named one; the default dialer calls no address of a private network.
func TestOnlyAddressesOfDocumentsAreCalled(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	address := p.publish("/client.json", aDocument)
	u, _ := url.Parse(address)
	open := takesDocuments(t, harness.SQLite(t), "127.0.0.1")
	for name, clientID := range map[string]string{
		"a fragment": address + "#x", "a user": "http://user@" + u.Host + "/client.json", "dots": p.URL + "/a/../client.json",
		"dots in code": p.URL + "/a/%2e%2E/client.json", "no path": p.URL, "a slash": p.URL + "/", "another scheme": "ftp://" + u.Host + "/client.json",
		"upper case": strings.Replace(address, "http", "HTTP", 1), "plain http": "http://client.example/client.json", "a space": address + " ",
		"too long": address + "?" + strings.Repeat("x", 255),
	} {
		unknownClient(t, name, open, clientID)
	}
	for name, n := range map[string]*harness.Node{
		"switched off":   start(t, harness.SQLite(t), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true")),
		"another host":   takesDocuments(t, harness.SQLite(t), "client.example,*.example"),
		"a private host": start(t, harness.SQLite(t), harness.Env("AUTHLY_CLIENT_DOCUMENT_HOSTS", "*")),
	} {
		unknownClient(t, name, n, address)
	}
	if p.count("/client.json") != 0 {
		t.Errorf("the document was fetched %d times", p.count("/client.json"))
	}
}

// TestASwappedDocumentIsAskedAboutAgain (F-R5): a consent is to what the document said then. One that cannot be read any more ends the
// client after an hour.
func TestASwappedDocumentIsAskedAboutAgain(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	n := takesDocuments(t, harness.SQLite(t), "127.0.0.1")
	key := newClientKey(t, "k1")
	// With credentials, so that a consent is remembered although the redirect URI is on this machine.
	const text = `{"client_id":"ADDRESS","client_name":"Notes","redirect_uris":["HOST/cb"%s],"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"HOST/jwks"}`
	p.publish("/jwks", string(key.JWKS(t)))
	address := p.publish("/client.json", fmt.Sprintf(text, ""))
	browser := harness.NewBrowser(t, n)
	described(t, n, address, "openid").Authorize(browser, "alice", harness.AlicePassword)
	asked := func() bool {
		party := described(t, n, address, "openid")
		browser.Get(party.AuthURL())
		if browser.Has("approve") {
			return true
		}
		party.Code(browser)
		return false
	}
	if asked() {
		t.Error("the consent is not remembered")
	}
	n.Clock.Advance(11 * time.Minute)
	if asked() {
		t.Error("the consent ends although nothing has changed")
	}
	p.publish("/client.json", fmt.Sprintf(text, `,"HOST/swapped"`))
	n.Clock.Advance(10 * time.Minute)
	if !asked() {
		t.Error("the document was swapped, and nobody asked")
	}
	browser.Submit("approve", nil)
	if asked() {
		t.Error("the new consent is not remembered")
	}
	if v := n.Client(t, address).Version; v != 2 {
		t.Errorf("version %d", v)
	}

	p.fail(http.StatusInternalServerError)
	n.Clock.Advance(50 * time.Minute)
	if asked() {
		t.Error("its host was away for less than an hour")
	}
	n.Clock.Advance(11 * time.Minute)
	party := described(t, n, address, "openid")
	browser.Get(party.AuthURL())
	nowhere(t, "gone for an hour", browser, n)
}

// TestAnAdministratorsWordIsMoreThanADocument: a client that was switched off stays so, one that was given rights is as it was then, and
// what the document says cannot be changed beside it.
func TestAnAdministratorsWordIsMoreThanADocument(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	n := takesDocuments(t, harness.SQLite(t), "127.0.0.1")
	browser := harness.NewBrowser(t, n)
	address := p.publish("/client.json", aDocument)
	described(t, n, address, "openid").Authorize(browser, "alice", harness.AlicePassword)
	id := n.Client(t, address).ID
	change := func(c identity.ClientMetadata, skipConsent, active bool) error {
		patch := admin.ClientChange{Metadata: &c, Active: &active, Patch: func(_ *identity.ClientMetadata, p *identity.ClientPolicy) {
			p.SkipConsent = skipConsent
		}}
		_, _, err := n.Server.Admin.Clients.Update(harness.System(t), id, patch, nil)
		return err
	}
	metadata := n.Client(t, address).Metadata
	renamed := metadata
	renamed.Name = "Bank"
	if err := change(renamed, false, true); identity.AsError(err).Field != "client_id" {
		t.Errorf("what the document says was changed: %v", err)
	}
	if err := change(metadata, false, false); err != nil {
		t.Fatal(err)
	}
	p.publish("/client.json", strings.ReplaceAll(aDocument, "Notes", "Other"))
	n.Clock.Advance(time.Hour)
	browser.Get(described(t, n, address, "openid").AuthURL())
	nowhere(t, "switched off", browser, n)
	if err := change(renamed, true, true); err != nil {
		t.Fatal(err)
	}
	n.Clock.Advance(time.Hour)
	browser.Get(described(t, n, address, "openid").AuthURL())
	if browser.Has("login-submit") {
		browser.SignIn("alice", harness.AlicePassword)
	}
	if got := n.Client(t, address).Metadata.Name; got != "Bank" || !strings.Contains(browser.Text(), "Bank") {
		t.Errorf("the document is followed: %s: %s", got, browser.Text())
	}
}

// TestOnlyRegisteredRequestsAreFetched (B-R2, E-17): a request_uri that the client has not registered letter by letter is never called,
// and what is fetched is a request object or nothing.
func TestOnlyRegisteredRequestsAreFetched(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
	key, foreign := newClientKey(t, "k1"), newClientKey(t, "k2")
	paths := []string{"/good.jwt", "/foreign.jwt", "/text.jwt", "/nothing.jwt", "/unsigned.jwt", "/plain"}
	registered := make([]string, len(paths))
	for i, path := range paths {
		registered[i] = p.URL + path
	}
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{
		requester(t, "signing", key, func(m *identity.ClientMetadata) { m.RequestURIs = registered }), requester(t, "none", key, nil),
	}})
	party := harness.NewParty(t, n, "signing", "openid")
	p.publish("/good.jwt", key.object(t, n, party, nil))
	p.publish("/foreign.jwt", foreign.object(t, n, party, nil))
	p.publish("/text.jwt", "canary")
	p.publish("/plain", "client_id=signing&response_type=code")
	p.publish("/unsigned.jwt", key.object(t, n, party, func(h, _ map[string]any) { h["alg"] = "none" }))
	p.publish("/other.jwt", key.object(t, n, party, nil))
	browser := harness.NewBrowser(t, n)
	for name, uri := range map[string]string{
		"another path": p.URL + "/other.jwt", "a query": registered[0] + "?x", "a fragment": registered[0] + "#x",
		"another case": strings.Replace(registered[0], "http", "HTTP", 1), "a foreign key": registered[1], "text": registered[2], "nothing": registered[3],
		"unsigned": registered[4], "parameters": registered[5],
	} {
		browser.Get(byReference(n, "signing", uri, besideIt()...))
		nowhere(t, name, browser, n)
		if strings.Contains(browser.Text(), "canary") {
			t.Errorf("%s: %s", name, browser.Text())
		}
	}
	if p.count("/other.jwt") != 0 || p.count("/good.jwt") != 0 {
		t.Error("what is not registered was fetched")
	}
	browser.Get(n.URL + "/api/v1/oauth/authorize?" + harness.Values("client_id", "signing", "request_uri", registered[0], "request_uri", registered[0]).Encode())
	nowhere(t, "twice", browser, n)
	browser.Get(n.URL + "/api/v1/oauth/authorize?" + harness.Values("client_id", "signing", "request_uri", registered[0], "request", key.object(t, n, party, nil)).Encode())
	nowhere(t, "beside an object", browser, n)
	got := n.Form(t, parPath, "signing", harness.ClientSecret, harness.Values("request_uri", registered[0]))
	oauthError(t, "pushed", got, http.StatusBadRequest, "invalid_request")

	other := harness.NewParty(t, n, "none", "openid")
	browser.Get(other.AuthURL("request_uri", p.URL+"/other.jwt"))
	if answer := other.Answer(browser); answer.Get("error") != "request_uri_not_supported" {
		t.Errorf("a client without: %v", answer)
	}
	browser.Get(byReference(n, "signing", registered[0]))
	if !browser.Has("login-submit") {
		t.Fatalf("the good one: %s", browser.Text())
	}
	n.Clock.Advance(11 * time.Second)
	browser.Get(byReference(n, "signing", registered[0]))
	nowhere(t, "used again", browser, n)
}
