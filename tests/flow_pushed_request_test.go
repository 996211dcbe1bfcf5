package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

const parPath = "/api/v1/oauth/par"

// request returns the parameters of a relying party's authorization request.
func request(t *testing.T, p *harness.Party, extra ...string) url.Values {
	t.Helper()
	u, err := url.Parse(p.AuthURL(extra...))
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// push pushes a relying party's authorization request to a node and returns the request_uri (RFC 9126 §2.2).
func push(t *testing.T, n *harness.Node, p *harness.Party, extra ...string) string {
	t.Helper()
	a := n.Form(t, parPath, p.Config.ClientID, harness.ClientSecret, request(t, p, extra...))
	uri := a.String("request_uri")
	if a.Status != http.StatusCreated || !strings.HasPrefix(uri, "urn:ietf:params:oauth:request_uri:") || a.Body["expires_in"] != float64(90) {
		t.Fatalf("push: %d %s", a.Status, a.Text)
	}
	if len(a.Body) != 2 || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("push: %s with %v", a.Text, a.Header)
	}
	return uri
}

// byReference is the authorization request of a client by its request_uri, with more parameters as name, value pairs.
func byReference(n *harness.Node, clientID, requestURI string, extra ...string) string {
	values := harness.Values(append([]string{"client_id", clientID, "request_uri", requestURI}, extra...)...)
	return n.URL + "/api/v1/oauth/authorize?" + values.Encode()
}

// refusedByPage checks that a browser stands before an error page of ours and was sent nowhere.
func refusedByPage(t *testing.T, name string, b *harness.Browser, n *harness.Node) {
	t.Helper()
	if b.Status != http.StatusBadRequest || !strings.HasPrefix(b.URL.String(), n.URL) || !strings.Contains(b.Text(), "Request error") {
		t.Errorf("%s: %d at %s: %s", name, b.Status, b.URL, b.Text())
	}
}

// TestAPushedRequestSignsIn: RFC 9126 §2 and §4, on one node and with the push, the browser and the exchange on different
// ones. It can be opened again until it is answered, and then is dead.
func TestAPushedRequestSignsIn(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		first, last := nodes[0], nodes[len(nodes)-1]
		party := harness.NewParty(t, first, "web")
		uri := push(t, last, party)
		before := first.Database.RowCounts(t)
		browser := harness.NewBrowser(t, nodes...)
		for range 2 {
			browser.Get(byReference(first, "web", uri))
			if !browser.Has("login-submit") {
				t.Fatalf("no login page at %s: %s", browser.URL, browser.Text())
			}
		}
		if after := first.Database.RowCounts(t); after["interactions"] != before["interactions"] || after["authorization_requests"] != before["authorization_requests"] {
			t.Error("a request that nobody has acted in is stored")
		}
		browser.SignIn("alice", harness.AlicePassword)
		browser.Submit("approve", nil)
		tokens, err := party.Exchange(party.Code(browser))
		if err != nil {
			t.Fatal(err)
		}
		if claims := harness.JWT(t, idToken(tokens), 1); claims["nonce"] != party.Nonce {
			t.Errorf("nonce %v, want %q", claims["nonce"], party.Nonce)
		}
		for _, n := range nodes {
			browser.Get(byReference(n, "web", uri))
			refusedByPage(t, "used", browser, n)
		}
	})
}

// TestAPushedRequestWithoutPages: what needs no page is answered once too.
func TestAPushedRequestWithoutPages(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		browser, _ := signedIn(t, n)
		party := harness.NewParty(t, n, "web")
		uri := push(t, n, party, "prompt", "none")
		browser.Get(byReference(n, "web", uri))
		if _, err := party.Exchange(party.Code(browser)); err != nil {
			t.Error(err)
		}
		browser.Get(byReference(n, "web", uri))
		refusedByPage(t, "used", browser, n)

		stranger := harness.NewBrowser(t, n)
		silent := harness.NewParty(t, n, "web")
		stranger.Get(byReference(n, "web", push(t, n, silent, "prompt", "none")))
		if answer := silent.Answer(stranger); answer.Get("error") != "login_required" {
			t.Errorf("answer %v", answer)
		}
	})
}

// TestWhatIsBesideAPushedRequestDoesNotCount: only what was pushed counts, by GET and by POST (RFC 9126 §4).
func TestWhatIsBesideAPushedRequestDoesNotCount(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	party := harness.NewParty(t, n, "web", "openid")
	forged := harness.NewParty(t, n, "web", "openid", "email")
	browser := harness.NewBrowser(t, n)
	beside := request(t, forged, "response_mode", "form_post", "prompt", "none", "request", "a.b.c")
	beside.Set("redirect_uri", "https://attacker.example/cb")
	for name, send := range map[string]func(uri string){
		"GET": func(uri string) {
			values := beside
			values.Set("request_uri", uri)
			browser.Get(n.URL + "/api/v1/oauth/authorize?" + values.Encode())
		},
		"POST": func(uri string) {
			values := beside
			values.Set("request_uri", uri)
			browser.Post(n.URL+"/api/v1/oauth/authorize", values)
		},
	} {
		send(push(t, n, party))
		if browser.Has("login-submit") {
			browser.SignIn("alice", harness.AlicePassword)
		}
		if browser.Has("approve") {
			browser.Submit("approve", nil)
		}
		tokens, err := party.Exchange(party.Code(browser))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if scope, _ := tokens.Extra("scope").(string); scope != "openid" {
			t.Errorf("%s: scope %q", name, scope)
		}
	}
}

// TestPushedRequestsAreCheckedAsOthers: RFC 9126 §2.3; every refusal is JSON, and the same client authentication and the same
// checks hold as elsewhere.
func TestPushedRequestsAreCheckedAsOthers(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.PublicClient("spa"), harness.ServiceClient("machine", "openid")}})
	party := harness.NewParty(t, n, "web")
	post := func(id, secret string, change func(url.Values)) harness.Answer {
		values := request(t, party)
		values.Set("client_id", id)
		if change != nil {
			change(values)
		}
		return n.Form(t, parPath, id, secret, values)
	}
	set := func(name string, list ...string) func(url.Values) { return func(v url.Values) { v[name] = list } }
	for name, c := range map[string]struct {
		change func(url.Values)
		code   string
	}{
		"a request_uri":              {set("request_uri", "urn:ietf:params:oauth:request_uri:x"), "invalid_request"},
		"a request object":           {set("request", "a.b.c"), "invalid_request_object"},
		"an unknown redirect_uri":    {set("redirect_uri", "https://attacker.example/cb"), "invalid_request"},
		"no challenge":               {func(v url.Values) { v.Del("code_challenge"); v.Del("code_challenge_method") }, "invalid_request"},
		"plain PKCE":                 {set("code_challenge_method", "plain"), "invalid_request"},
		"another response type":      {set("response_type", "token"), "unsupported_response_type"},
		"no response type":           {set("response_type", ""), "invalid_request"},
		"another response mode":      {set("response_mode", "fragment"), "invalid_request"},
		"a scope that it cannot ask": {set("scope", "admin:users:read"), "invalid_scope"},
		"a resource that is not":     {set("resource", "https://nowhere.example"), "invalid_target"},
		"a repeated parameter":       {set("scope", "openid", "openid"), "invalid_request"},
		"a long state":               {set("state", strings.Repeat("s", 4097)), "invalid_request"},
		"another prompt":             {set("prompt", "create"), "invalid_request"},
		"a foreign hint":             {set("id_token_hint", "a.b.c"), "invalid_request"},
		"two clients":                {set("client_id", "other"), "invalid_request"},
		"what is too large":          {func(v url.Values) { v.Set("nonce", noise(4096)); v.Set("state", noise(4096)) }, "invalid_request"},
	} {
		oauthError(t, name, post("web", harness.ClientSecret, c.change), 400, c.code)
	}
	oauthError(t, "a form above the bound", post("web", harness.ClientSecret, set("nonce", noise(64<<10))), 413, "invalid_request")
	oauthError(t, "a wrong secret", post("web", "wrong", nil), 401, "invalid_client")
	oauthError(t, "another flow", post("machine", harness.ClientSecret, nil), 400, "invalid_request") // it has no redirect URI
	without := request(t, party)
	without.Del("client_id")
	if a := n.Form(t, parPath, "web", harness.ClientSecret, without); a.Status != http.StatusCreated {
		t.Errorf("the client_id in the header alone: %d %s", a.Status, a.Text)
	}
	oauthError(t, "nobody", n.Form(t, parPath, "", "", without), 401, "invalid_client")
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		if a := n.Send(t, method, parPath); a.Status != http.StatusMethodNotAllowed || a.Header.Get("Allow") != "POST" {
			t.Errorf("%s: %d, Allow %q", method, a.Status, a.Header.Get("Allow"))
		}
	}
	public := harness.NewPublicParty(t, n, "spa")
	if a := n.Form(t, parPath, "", "", request(t, public)); a.Status != http.StatusCreated {
		t.Errorf("a public client: %d %s", a.Status, a.Text)
	}
}

// TestAnAssertionForAPushedRequest: the issuer, the token endpoint and the PAR endpoint are its audience (RFC 9126 §2), and an
// assertion is used once, wherever.
func TestAnAssertionForAPushedRequest(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	key := newClientKey(t, "k1")
	keyed := harness.WebClient("keyed")
	keyed.Secret, keyed.Metadata.TokenEndpointAuthMethod, keyed.Metadata.JWKS = "", identity.AuthPrivateKeyJWT, key.JWKS(t)
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{keyed}})
	party := harness.NewParty(t, n, "keyed")
	post := func(assertion string) harness.Answer {
		values := request(t, party)
		values.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		values.Set("client_assertion", assertion)
		return n.Form(t, parPath, "", "", values)
	}
	for audience, good := range map[string]bool{
		n.Issuer: true, n.Issuer + "/api/v1/oauth/token": true, n.Issuer + parPath: true, n.Issuer + "/api/v1/oauth/revoke": false,
	} {
		assertion := key.assertion(t, n, "keyed", func(_, claims map[string]any) { claims["aud"] = audience })
		a := post(assertion)
		if !good {
			oauthError(t, audience, a, 401, "invalid_client")
			continue
		}
		if a.Status != http.StatusCreated {
			t.Errorf("%s: %d %s", audience, a.Status, a.Text)
		}
		oauthError(t, "again", post(assertion), 401, "invalid_client")
	}
}

// noise returns text that no compression shortens much.
func noise(length int) string {
	var b strings.Builder
	for seed := uint64(1); b.Len() < length; {
		seed = seed*6364136223846793005 + 1442695040888963407
		b.WriteByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[seed>>58])
	}
	return b.String()
}

// TestAClientMustPush: require_pushed_authorization_requests of the client (RFC 9126 §6), and of the server (§5).
func TestAClientMustPush(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	strict := harness.WebClient("strict")
	strict.Metadata.RequirePushedRequests = true
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{strict}})
	all := harness.Start(t, n.Database, harness.Env("AUTHLY_REQUIRE_PAR", "true"), harness.WithClock(n.Clock))

	for _, c := range []struct {
		node   *harness.Node
		client string
	}{{n, "strict"}, {all, "web"}} {
		browser := harness.NewBrowser(t, c.node)
		plain := harness.NewParty(t, c.node, c.client)
		browser.Get(plain.AuthURL())
		if answer := plain.Answer(browser); answer.Get("error") != "invalid_request" || answer.Has("code") {
			t.Errorf("%s: answer %v", c.client, answer)
		}
		party := harness.NewParty(t, c.node, c.client)
		silent := request(t, party)
		silent.Del("redirect_uri") // the only one, but FAPI 2.0 Security Profile §5.3.2.2 wants it pushed
		oauthError(t, c.client+" without redirect_uri", c.node.Form(t, parPath, c.client, harness.ClientSecret, silent), 400, "invalid_request")
		browser.Get(byReference(c.node, c.client, push(t, c.node, party)))
		browser.SignIn("alice", harness.AlicePassword)
		browser.Submit("approve", nil)
		if _, err := party.Exchange(party.Code(browser)); err != nil {
			t.Errorf("%s: %v", c.client, err)
		}
	}
	for node, want := range map[*harness.Node]any{n: nil, all: true} {
		if got := node.Get(t, metadataPaths[1]).Body["require_pushed_authorization_requests"]; got != want {
			t.Errorf("require_pushed_authorization_requests is %v, want %v", got, want)
		}
	}
}

// TestAPushedRequestEnds: with its 90 seconds, when its client may no longer ask for it, and for good: a page that was left
// open does not begin it anew.
func TestAPushedRequestEnds(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser := harness.NewBrowser(t, n)
	late := push(t, n, harness.NewParty(t, n, "web"))
	n.Clock.Advance(90 * time.Second)
	browser.Get(byReference(n, "web", late))
	refusedByPage(t, "expired", browser, n)

	party := harness.NewParty(t, n, "web")
	browser.Get(byReference(n, "web", push(t, n, party)))
	n.Clock.Advance(10 * time.Minute) // the page holds longer than the request_uri
	browser.SignIn("alice", harness.AlicePassword)
	browser.Submit("approve", nil)
	party.Code(browser)

	forgotten := harness.NewBrowser(t, n)
	forgotten.Get(byReference(n, "web", push(t, n, harness.NewParty(t, n, "web"))))
	page := forgotten.URL.String()
	n.Clock.Advance(2 * time.Hour)
	forgotten.Get(page)
	refusedByPage(t, "a page of the day before", forgotten, n)

	for name, change := range map[string]func(*identity.ClientMetadata){
		"without the redirect URI": func(m *identity.ClientMetadata) { m.RedirectURIs = []string{"https://rp.example/new"} },
		"without the scopes":       func(m *identity.ClientMetadata) { m.Scope = "reports" },
	} {
		before := harness.WebClient("other")
		uri := push(t, n, harness.NewParty(t, n, "other"))
		change(&before.Metadata)
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{before}})
		browser.Get(byReference(n, "other", uri))
		refusedByPage(t, name, browser, n)
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.WebClient("other")}})
	}
}
