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

// emptyParameters are all that an endpoint could take a meaning from, without a value.
const emptyParameters = "&client_id=&client_secret=&client_assertion=&client_assertion_type=&resource=&request=&request_uri=&scope" +
	"&code_verifier=&token_type_hint=&unknown=&"

// TestAParameterWithoutAValueIsAsIfOmitted at every endpoint of the protocol (RFC 6749 §3.1, §3.2): clients exist that send
// Basic and an empty client_id, or empty credentials in the body, and they get what they would get without.
func TestAParameterWithoutAValueIsAsIfOmitted(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	service := harness.ServiceClient("service", "a b")
	public := harness.PublicClient("public")
	n.Apply(t, admin.Desired{
		Users: []admin.DesiredUser{harness.Alice()}, Clients: []admin.NewClient{harness.WebClient("web"), service, public},
		Scopes: []identity.Scope{{Name: "a", Description: "A"}, {Name: "b", Description: "B"}},
	})
	post := func(path, clientID, form string) harness.Answer {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+path, strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if clientID != "" {
			r.SetBasicAuth(clientID, harness.ClientSecret)
		}
		return harness.Do(t, r)
	}
	browser, tokens := signedIn(t, n)
	if a := post("/api/v1/oauth/token", "service", "grant_type=client_credentials"+emptyParameters); a.Status != 200 || a.Body["access_token"] == nil {
		t.Errorf("token endpoint: %d %s", a.Status, a.Text)
	}
	if a := post("/api/v1/oauth/introspect", "web", "token="+tokens.AccessToken+emptyParameters); a.Body["active"] != true {
		t.Errorf("introspection: %d %s", a.Status, a.Text)
	}
	if a := post("/api/v1/oauth/revoke", "web", "token="+tokens.RefreshToken+emptyParameters); a.Status != 200 {
		t.Errorf("revocation: %d %s", a.Status, a.Text)
	}
	dead(t, n, tokens)
	// A public client that sends the secret that it does not have; an empty token, grant type or code is a missing one.
	if a := post("/api/v1/oauth/revoke", "", "token=x&client_id=public&client_secret="); a.Status != 200 {
		t.Errorf("revocation by a public client: %d %s", a.Status, a.Text)
	}
	oauthError(t, "an empty token", post("/api/v1/oauth/revoke", "web", "token="), 400, "invalid_request")
	oauthError(t, "an empty grant type", post("/api/v1/oauth/token", "web", "grant_type="), 400, "invalid_request")
	oauthError(t, "an empty code", post("/api/v1/oauth/token", "web", "grant_type=authorization_code&code="), 400, "invalid_request")

	// UserInfo by POST, where the header presents the token and the form has none.
	again := harness.NewParty(t, n, "web").Tokens(browser, "alice", harness.AlicePassword)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+"/oidc/userinfo", strings.NewReader("access_token=&client_id="))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+again.AccessToken)
	if a := harness.Do(t, r); a.Status != 200 || a.Body["sub"] == nil {
		t.Errorf("UserInfo: %d %s", a.Status, a.Text)
	}

	// The authorization endpoint, by GET and by POST.
	party := harness.NewParty(t, n, "web")
	const nothing = "&request=&request_uri=&resource=&claims=&prompt=&max_age=&id_token_hint=&response_mode=&acr_values="
	browser.Get(party.AuthURL() + nothing)
	party.Code(browser)
	asked, err := url.Parse(party.AuthURL() + nothing)
	if err != nil {
		t.Fatal(err)
	}
	if a := post("/api/v1/oauth/authorize", "", asked.RawQuery); a.Status != 200 || !strings.Contains(a.Text, "name=\"username\"") {
		t.Errorf("authorize by POST: %d %s", a.Status, a.Text)
	}
	// Logout: without a value there is no hint and nowhere to go.
	browser.Get(n.URL + "/oidc/logout?id_token_hint=&client_id=&post_logout_redirect_uri=&state=")
	if browser.Status != 200 {
		t.Errorf("logout: %d %s", browser.Status, browser.Text())
	}
}

// TestWhatCannotBeReadIsRefusedByEveryEndpoint: a broken escape, a semicolon, text that is not UTF-8 and repetition, one of
// them empty or not, are refused instead of dropped.
func TestWhatCannotBeReadIsRefusedByEveryEndpoint(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	party := harness.NewParty(t, n, "web")
	for _, broken := range []string{"a=%zz", "a=1;b=2", "a=%ff", "a=%00", "client_id=&client_id=web", "grant_type=x&grant_type="} {
		for _, path := range []string{"/api/v1/oauth/token", "/api/v1/oauth/introspect", "/api/v1/oauth/revoke"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+path, strings.NewReader("token=x&"+broken))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.SetBasicAuth("web", harness.ClientSecret)
			oauthError(t, path+" "+broken, harness.Do(t, r), 400, "invalid_request")
		}
		browser := harness.NewBrowser(t, n)
		browser.Get(party.AuthURL() + "&" + broken)
		if strings.HasPrefix(browser.URL.String(), harness.Callback) {
			if got := party.Answer(browser).Get("error"); got != "invalid_request" {
				t.Errorf("authorize with %s: %s", broken, browser.URL)
			}
		} else if browser.Status != 400 {
			t.Errorf("authorize with %s: %d at %s", broken, browser.Status, browser.URL)
		}
	}
	for _, broken := range []string{"state=%zz", "a=1;b=2", "state=1&state="} {
		if a := n.Get(t, "/oidc/logout?"+broken); a.Status != 400 {
			t.Errorf("logout with %s: %d", broken, a.Status)
		}
	}
}
