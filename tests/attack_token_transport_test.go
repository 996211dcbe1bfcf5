package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestATokenInTheQueryIsRefused: RFC 9700 §4.3.2, A-4.3-2, OAuch C-V2.
func TestATokenInTheQueryIsRefused(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{adminClient("console")}})
	token := adminToken(t, n)
	query := "?" + url.Values{"access_token": {token}, "query": {"{ me { id } }"}}.Encode()
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		for _, path := range []string{"/oidc/userinfo", "/graphql"} {
			if a := n.Send(t, method, path+query, "Accept", "application/json"); a.Status < 400 || a.Body["data"] != nil || a.Body["sub"] != nil {
				t.Errorf("%s %s: %d %s", method, path, a.Status, a.Text)
			}
		}
	}
	for _, path := range []string{"/api/v1/oauth/introspect", "/api/v1/oauth/revoke"} {
		oauthError(t, path, n.Form(t, path+"?"+url.Values{"token": {token}}.Encode(), "console", harness.ClientSecret, url.Values{}), 400, "invalid_request")
	}
	if a := n.UserInfo(t, token); a.Status != http.StatusOK {
		t.Errorf("the token was revoked by its query: %d", a.Status)
	}
}

// TestTheBearerHeader: RFC 6750 §2.1, §3.1; RFC 9110 §11.1 for the letter case.
func TestTheBearerHeader(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	_, tokens := signedIn(t, n)
	for header, want := range map[string]int{
		"Bearer " + tokens.AccessToken: 200, "bearer " + tokens.AccessToken: 200, "bEARER " + tokens.AccessToken: 200,
		"": 401, "Bearer": 401, "Bearer ": 401, tokens.AccessToken: 401, "Basic " + tokens.AccessToken: 401, "Token " + tokens.AccessToken: 401,
		"DPoP " + tokens.AccessToken: 401, "Bearer " + tokens.AccessToken + ", Bearer x": 401, "Bearer x y": 401, "Bearer\t" + tokens.AccessToken: 401,
	} {
		a := n.Get(t, "/oidc/userinfo", "Authorization", header)
		if a.Status != want {
			t.Errorf("%.20q: %d %s", header, a.Status, a.Text)
		}
		challenge := a.Header.Get("WWW-Authenticate")
		scheme := "Bearer "
		if strings.HasPrefix(header, "DPoP ") { // a token that is bound to no key
			scheme = "DPoP "
		}
		if want == 401 && !strings.HasPrefix(challenge, scheme) {
			t.Errorf("%.20q: challenge %q", header, challenge)
		}
		if header == "" && strings.Contains(challenge, "error") {
			t.Errorf("a request without a token gets an error code: %q", challenge)
		}
	}
	if a := n.Get(t, "/oidc/userinfo", "Authorization", "Bearer "+tokens.AccessToken, "Authorization", "Bearer x"); a.Status == http.StatusOK {
		t.Errorf("two headers: %d", a.Status)
	}
}
