package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// signedResponse returns the claims of the only parameter that a browser brings to a client in a mode of JARM, or posts to it. Its
// signature holds, with the algorithm of the client.
func signedResponse(t *testing.T, n *harness.Node, b *harness.Browser, mode, alg string) (text string, claims map[string]any) {
	t.Helper()
	var values url.Values
	var err error
	switch mode {
	case "form_post.jwt":
		values = url.Values{}
		form := b.Page.Find("form")
		for _, input := range form.Find("input").EachIter() {
			values.Add(input.AttrOr("name", ""), input.AttrOr("value", ""))
		}
		if form.AttrOr("action", "") != harness.Callback || b.URL.Query().Has("response") {
			t.Fatalf("%s: form to %q at %s", mode, form.AttrOr("action", ""), b.URL)
		}
	case "fragment.jwt":
		values, err = url.ParseQuery(b.URL.Fragment)
		if b.URL.RawQuery != "" || !strings.HasPrefix(b.URL.String(), harness.Callback+"#") {
			t.Fatalf("%s: at %s: %s", mode, b.URL, b.Text())
		}
	default:
		values = b.URL.Query()
		if b.URL.Fragment != "_" || !strings.HasPrefix(b.URL.String(), harness.Callback+"?") {
			t.Fatalf("%s: at %s: %s", mode, b.URL, b.Text())
		}
	}
	if err != nil || len(values) != 1 || len(values["response"]) != 1 {
		t.Fatalf("%s: the response is %v: %v", mode, values, err)
	}
	text = values.Get("response")
	if _, err := oidc.NewRemoteKeySet(t.Context(), n.URL+"/.well-known/jwks.json").VerifySignature(t.Context(), text); err != nil {
		t.Errorf("%s: %v", mode, err)
	}
	if header := harness.JWT(t, text, 0); header["alg"] != alg || header["typ"] != "oauth-authz-resp+jwt" || header["kid"] == "" {
		t.Errorf("%s: header %v", mode, header)
	}
	claims = harness.JWT(t, text, 1)
	expires, _ := claims["exp"].(float64)
	if left := expires - float64(n.Clock.Now().Unix()); left < 10 || left > 600 {
		t.Errorf("%s: good for %v s", mode, left)
	}
	delete(claims, "exp")
	return text, claims
}

// TestResponsesAreSigned: JARM. Codes and errors alike are in one JWT, for the client alone, which passes for no token.
func TestResponsesAreSigned(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	es := harness.WebClient("signed")
	es.Metadata.AuthorizationAlg = identity.ES256
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{es}})
	for client, alg := range map[string]string{"web": "RS256", "signed": "ES256"} {
		for _, mode := range []string{"jwt", "query.jwt", "fragment.jwt", "form_post.jwt"} {
			party, browser := harness.NewParty(t, n, client), harness.NewBrowser(t, n)
			browser.Get(party.AuthURL("response_mode", mode, "prompt", "none"))
			_, claims := signedResponse(t, n, browser, mode, alg)
			want := map[string]any{"iss": n.Issuer, "aud": client, "state": party.State, "error": "login_required", "error_description": claims["error_description"]}
			if diff := cmp.Diff(want, claims); diff != "" || claims["error_description"] == "" {
				t.Errorf("%s: %s", mode, diff)
			}
			browser.Get(party.AuthURL("response_mode", mode))
			browser.SignIn("alice", harness.AlicePassword)
			if browser.Has("approve") {
				browser.Submit("approve", nil)
			}
			text, claims := signedResponse(t, n, browser, mode, alg)
			code, _ := claims["code"].(string)
			if diff := cmp.Diff(map[string]any{"iss": n.Issuer, "aud": client, "state": party.State, "code": code}, claims); diff != "" {
				t.Errorf("%s: %s", mode, diff)
			}
			if _, err := party.Exchange(code); err != nil {
				t.Errorf("%s: %v", mode, err)
			}
			if used := n.UserInfo(t, text); used.Status != http.StatusUnauthorized {
				t.Errorf("as an access token: %d %s", used.Status, used.Text)
			}
			browser.Get(party.AuthURL("prompt", "none", "id_token_hint", text))
			if answer := party.Answer(browser); answer.Get("error") != "invalid_request" {
				t.Errorf("as an ID token: %v", answer)
			}
		}
	}
	party, browser := harness.NewParty(t, n, "web"), harness.NewBrowser(t, n)
	browser.Get(byReference(n, "web", push(t, n, party, "response_mode", "jwt", "prompt", "none")))
	if _, claims := signedResponse(t, n, browser, "jwt", "RS256"); claims["error"] != "login_required" {
		t.Errorf("a pushed request: %v", claims)
	}
	denied := harness.NewParty(t, n, "web", "openid", "email", "profile")
	browser.Get(denied.AuthURL("response_mode", "jwt", "prompt", "login consent"))
	browser.SignIn("alice", harness.AlicePassword)
	browser.Submit("deny", nil)
	if _, claims := signedResponse(t, n, browser, "jwt", "RS256"); claims["error"] != "access_denied" || claims["state"] != denied.State {
		t.Errorf("denied: %v", claims)
	}
	for _, mode := range []string{"fragment", "jwt.jwt", "web_message.jwt", ".jwt", "query.JWT"} {
		browser.Get(party.AuthURL("response_mode", mode))
		if answer := party.Answer(browser); answer.Get("error") != "invalid_request" {
			t.Errorf("%s: %v", mode, answer)
		}
	}
}
