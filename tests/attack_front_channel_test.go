package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestResponseTypesAreNotMixed: a client gets what it has registered, and errors go where tokens of the response type would (OAuth 2.0
// Multiple Response Type Encoding Practices §3, §5; RFC 6749 §4.1.2.1, §4.2.2.1).
func TestResponseTypesAreNotMixed(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), frontChannel())
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{
		responding("hybrid", "id_token code"), responding("implicit", "id_token", "id_token token"), responding("alone", "code token"),
	}})
	browser := harness.NewBrowser(t, n)
	harness.NewParty(t, n, "web").Tokens(browser, "alice", harness.AlicePassword)
	grants := n.Database.Count(t, "SELECT count(*) FROM grants")
	for _, c := range []struct{ client, response, want string }{
		{"web", "id_token", "unauthorized_client"},
		{"web", "code id_token", "unauthorized_client"},
		{"web", "token code", "unauthorized_client"},
		{"hybrid", "id_token", "unauthorized_client"},
		{"hybrid", "code token", "unauthorized_client"},
		{"hybrid", "code id_token token", "unauthorized_client"},
		{"implicit", "code id_token", "unauthorized_client"},
		{"alone", "id_token token", "unauthorized_client"},
		{"implicit", "token", "unsupported_response_type"},
		{"alone", "token", "unsupported_response_type"},
	} {
		party := harness.NewParty(t, n, c.client)
		if answer := answered(t, party, browser, "response_type", c.response); answer.Get("error") != c.want || len(answer) != 4 {
			t.Errorf("%s of %s: %v", c.response, c.client, answer)
		}
	}
	for _, c := range []struct{ client, response, want string }{
		{"hybrid", "code", "unauthorized_client"},
		{"implicit", "code", "unauthorized_client"},
		{"hybrid", "none", "unsupported_response_type"},
		{"hybrid", "code code", "unsupported_response_type"},
		{"hybrid", "code  id_token", "unsupported_response_type"},
		{"hybrid", "CODE ID_TOKEN", "unsupported_response_type"},
	} {
		party := harness.NewParty(t, n, c.client)
		browser.Get(party.AuthURL("response_type", c.response))
		if answer := party.Answer(browser); answer.Get("error") != c.want || len(answer) != 4 {
			t.Errorf("%s of %s: %v", c.response, c.client, answer)
		}
	}
	for _, client := range []string{"hybrid", "implicit"} {
		oauthError(t, client, n.Token(t, client, "grant_type", "implicit", "response_type", "id_token", "scope", "openid"), 400, "unsupported_grant_type")
	}
	if got := n.Database.Count(t, "SELECT count(*) FROM grants"); got != grants {
		t.Errorf("%d grants came of it", got-grants)
	}
}

// TestATokenOfTheBrowserIsOfThisRequest: without a nonce nothing would tell an ID token from one that was injected (OIDC Core §3.2.2.11,
// §3.3.2.11, RFC 9700 §4.5.3.2); without openid there is none.
func TestATokenOfTheBrowserIsOfThisRequest(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), frontChannel())
	all := responding("all", "id_token", "id_token token", "code id_token", "code token", "code id_token token")
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{all}})
	browser := harness.NewBrowser(t, n)
	harness.NewParty(t, n, "web").Tokens(browser, "alice", harness.AlicePassword)
	for _, response := range all.Metadata.ResponseTypes {
		party := harness.NewParty(t, n, "all", "openid")
		for _, prompt := range []string{"", "none"} {
			answer := answered(t, party, browser, "response_type", response, "nonce", "", "prompt", prompt)
			switch {
			case response == "code token":
				if answer.Get("error") == "invalid_request" {
					t.Errorf("%s: %v", response, answer)
				}
			case answer.Get("error") != "invalid_request" || answer.Has("id_token") || answer.Has("code") || answer.Has("access_token"):
				t.Errorf("%s: %v", response, answer)
			}
		}
		without := harness.NewParty(t, n, "all", "email")
		if answer := answered(t, without, browser, "response_type", response); (answer.Get("error") == "invalid_scope") == (response == "code token") {
			t.Errorf("%s without openid: %v", response, answer)
		}
	}
}

// TestNoTokenGoesByTheQuery: it would be in histories, logs and headers (OAuth 2.0 Multiple Response Type Encoding Practices §3, §5;
// JARM §2.3.1).
func TestNoTokenGoesByTheQuery(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), frontChannel())
	all := responding("all", "id_token", "id_token token", "code id_token", "code token", "code id_token token")
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{all}})
	browser := harness.NewBrowser(t, n)
	party := harness.NewParty(t, n, "all", "openid")
	answered(t, party, browser, "response_type", "id_token")
	for _, response := range all.Metadata.ResponseTypes {
		if answer := answered(t, party, browser, "response_type", response, "response_mode", "query"); answer.Get("error") != "invalid_request" || len(answer) != 4 {
			t.Errorf("%s: %v", response, answer)
		}
		browser.Get(party.AuthURL("response_type", response, "response_mode", "query.jwt"))
		if _, claims := signedResponse(t, n, browser, "fragment.jwt", "RS256"); claims["error"] != "invalid_request" {
			t.Errorf("%s: %v", response, claims)
		}
		a := n.Form(t, parPath, "all", harness.ClientSecret, request(t, party, "response_type", response, "response_mode", "query"))
		oauthError(t, response, a, 400, "invalid_request")
	}
}

// TestABoundTokenDoesNotComeThroughTheBrowser: nobody proves anything there (RFC 9449 §5, RFC 8705 §3, RFC 9700 §2.2.1).
func TestABoundTokenDoesNotComeThroughTheBrowser(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), frontChannel())
	spa := responding("spa", "id_token token", "code id_token", "code token")
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{spa}})
	key := newClientKey(t, "k1")
	party, browser := harness.NewParty(t, n, "spa", "openid"), harness.NewBrowser(t, n)
	for _, response := range []string{"id_token token", "code token"} {
		answer := answered(t, party, browser, "response_type", response, "dpop_jkt", key.thumbprint(t))
		if answer.Get("error") != "invalid_request" || answer.Has("access_token") {
			t.Errorf("%s: %v", response, answer)
		}
		a := post(t, n, parPath, "spa", harness.ClientSecret, request(t, party, "response_type", response),
			key.proof(t, n, http.MethodPost, parPath, "", nil))
		oauthError(t, response, a, 400, "invalid_request")
	}
	if answer := answered(t, party, browser, "response_type", "code id_token", "dpop_jkt", key.thumbprint(t)); answer.Get("code") == "" {
		t.Errorf("a code and an ID token: %v", answer)
	}
	// The client is bound while the person reads the page.
	browser = harness.NewBrowser(t, n)
	browser.Get(party.AuthURL("response_type", "id_token token", "prompt", "login"))
	metadata := n.Client(t, "spa").Metadata
	metadata.BoundAccessTokens, metadata.ResponseTypes = true, []string{"code id_token"}
	change(t, n, "spa", metadata)
	browser.SignIn("alice", harness.AlicePassword)
	if browser.Has("approve") {
		browser.Submit("approve", nil)
	}
	if answer := inFragment(t, party, browser); answer.Get("error") != "unauthorized_client" || len(answer) != 4 {
		t.Errorf("a client that is bound by now: %v", answer)
	}
}

// TestACodeUsedTwiceEndsTheTokensOfItsResponse: RFC 6749 §4.1.2, OAuth 2.1 §4.1.3.
func TestACodeUsedTwiceEndsTheTokensOfItsResponse(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, frontChannel())
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{responding("spa", "code id_token token")}})
		party, browser := harness.NewParty(t, n, "spa"), harness.NewBrowser(t, n)
		answer := answered(t, party, browser, "response_type", "code id_token token")
		tokens, err := party.Exchange(answer.Get("code"))
		if err != nil {
			t.Fatal(err)
		}
		for name, token := range map[string]string{"the response": answer.Get("access_token"), "the endpoint": tokens.AccessToken} {
			if a := n.UserInfo(t, token); a.Status != http.StatusOK {
				t.Errorf("the token of %s: %d %s", name, a.Status, a.Text)
			}
		}
		if _, err := party.Exchange(answer.Get("code")); err == nil {
			t.Error("the code is taken twice")
		}
		for name, token := range map[string]string{"the response": answer.Get("access_token"), "the endpoint": tokens.AccessToken} {
			if a := n.UserInfo(t, token); a.Status != http.StatusUnauthorized {
				t.Errorf("the token of %s lives: %d", name, a.Status)
			}
		}
	})
}

// TestTokensOfTheBrowserLeaveNoTrace: in no query, no log, no stored page and no Referer (RFC 9700 §4.2, §4.3).
func TestTokensOfTheBrowserLeaveNoTrace(t *testing.T) {
	t.Parallel()
	db := harness.SQLite(t)
	n := start(t, db, frontChannel(), harness.Env("AUTHLY_LOG_LEVEL", "debug"))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{responding("spa", "code id_token token")}})
	for _, mode := range []string{"fragment", "form_post"} {
		party, browser := harness.NewParty(t, n, "spa"), harness.NewBrowser(t, n)
		var answer url.Values
		if mode == "fragment" {
			answer = answered(t, party, browser, "response_type", "code id_token token")
		} else {
			browser.Get(party.AuthURL("response_type", "code id_token token", "response_mode", mode))
			browser.SignIn("alice", harness.AlicePassword)
			answer = url.Values{}
			for _, input := range browser.Page.Find("form input").EachIter() {
				answer.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
			}
		}
		if browser.Header.Get("Cache-Control") != "no-store" || browser.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", mode, browser.Header)
		}
		for _, name := range []string{"code", "id_token", "access_token"} {
			token := answer.Get(name)
			switch {
			case len(token) < 40:
				t.Errorf("%s: %s is %q", mode, name, token)
			case strings.Contains(browser.URL.RawQuery, token), mode == "form_post" && strings.Contains(browser.URL.String(), token):
				t.Errorf("%s: %s is in the address", mode, name)
			case strings.Contains(n.Logs.String(), token), strings.Contains(db.Dump(t), token):
				t.Errorf("%s: %s is logged or stored", mode, name)
			}
		}
	}
}

// change registers other metadata for a client.
func change(t *testing.T, n *harness.Node, clientID string, metadata identity.ClientMetadata) {
	t.Helper()
	c := n.Client(t, clientID)
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{
		{ClientID: clientID, Secret: harness.ClientSecret, Metadata: metadata, Policy: &c.Policy},
	}})
}
