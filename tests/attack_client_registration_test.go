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

// openToAll lets anybody register clients of any host.
func openToAll(t *testing.T, opts ...harness.Option) *harness.Node {
	t.Helper()
	return start(t, harness.SQLite(t), append(opts, harness.Env("AUTHLY_CLIENT_REGISTRATION", "open"),
		harness.Env("AUTHLY_CLIENT_REGISTRATION_HOSTS", "*"))...)
}

// TestAClientGivesItselfNothing (F-R3): neither when it registers nor when it changes its registration it becomes a trusted one, and
// what the operator has given a client nobody gets by its registration access token.
func TestAClientGivesItselfNothing(t *testing.T) {
	t.Parallel()
	n := openToAll(t)
	const wanted = `"skip_consent":true,"service_admin":true,"require_pkce":false,"audiences":["` + "ISSUER" + `"],"default_resource":"https://api.example",
		"exchange_resources":["https://api.example"],"exchange_impersonates":true,"access_token_ttl":86400,"refresh_token_ttl":999999999,
		"built_in":true,"origin":"","active":true,"id":"00000000-0000-0000-0000-000000000000","client_id":"authly-playground","client_secret":"chosen"`
	want := strings.ReplaceAll(wanted, "ISSUER", n.Issuer)
	a := registered(t, n, "", `{"redirect_uris":["https://evil.example/cb"],`+want+`}`)
	id, token, address := a.String("client_id"), a.String("registration_access_token"), a.String("registration_client_uri")
	check := func(when string) {
		t.Helper()
		c := n.Client(t, id)
		if id == "authly-playground" || c.Trusted() || c.BuiltIn || !c.Policy.RequirePKCE || c.Policy.AccessTokenTTL != 0 || !c.OfStranger() {
			t.Errorf("%s: %+v", when, c)
		}
	}
	check("registered")
	for _, member := range []string{"skip_consent", "service_admin", "audiences", "built_in"} {
		if a.Body[member] != nil {
			t.Errorf("%s is told as registered", member)
		}
	}
	body := `{"redirect_uris":["https://evil.example/cb"],` + strings.NewReplacer("authly-playground", id, `,"client_secret":"chosen"`, "").Replace(want) + `}`
	if got := sendRegistration(t, n, http.MethodPut, address, token, body); got.Status != http.StatusOK {
		t.Fatalf("%d %s", got.Status, got.Text)
	}
	check("changed")
	_, alices := signedIn(t, n)
	live(t, n, alices)
	if got := n.Form(t, "/api/v1/oauth/introspect", id, a.String("client_secret"), url.Values{"token": {alices.AccessToken}}); got.Body["active"] != false {
		t.Errorf("a stranger looks into tokens: %s", got.Text)
	}

	// The operator lets it administer: who stole its token does not lead its people elsewhere.
	patch := admin.ClientChange{Patch: func(m *identity.ClientMetadata, _ *identity.ClientPolicy) { m.Scope = "openid admin:users:read" }}
	if _, _, err := n.Server.Admin.Clients.Update(harness.System(t), n.Client(t, id).ID, patch, nil); err != nil {
		t.Fatal(err)
	}
	got := sendRegistration(t, n, http.MethodPut, address, token, `{"client_id":"`+id+`","redirect_uris":["https://other.example/cb"]}`)
	oauthError(t, "a client of administration", got, http.StatusForbidden, "access_denied")
	if n.Client(t, id).Metadata.RedirectURIs[0] != "https://evil.example/cb" {
		t.Error("it was changed")
	}
}

// TestAStrangersClientIsNoBouncer (A-4.11-2): before a person has decided, no browser is sent to a client that anybody can have
// registered; to one of the operator it is.
func TestAStrangersClientIsNoBouncer(t *testing.T) {
	t.Parallel()
	n := openToAll(t)
	id := registered(t, n, "", `{"redirect_uris":["https://evil.example/cb"],"token_endpoint_auth_method":"none"}`).String("client_id")
	authorize := func(browser *harness.Browser, clientID, redirect string, params ...string) {
		values := harness.Values(append([]string{
			"client_id", clientID, "redirect_uri", redirect, "response_type", "code", "scope", "openid", "state", "s",
			"code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method", "S256",
		}, params...)...)
		for i := 0; i+1 < len(params); i += 2 {
			values.Set(params[i], params[i+1])
		}
		browser.Get(n.URL + "/api/v1/oauth/authorize?" + values.Encode())
	}
	signed, _ := signedIn(t, n)
	for name, browser := range map[string]*harness.Browser{"nobody": harness.NewBrowser(t, n), "somebody signed in": signed} {
		for what, params := range map[string][]string{
			"prompt=none": {"prompt", "none"}, "another scope": {"scope", "payments:write"}, "no challenge": {"code_challenge", ""},
			"a response type": {"response_type", "token"}, "a prompt": {"prompt", "none login"},
		} {
			authorize(browser, id, "https://evil.example/cb", params...)
			if browser.URL.Host == "evil.example" || browser.Header.Get("Location") != "" || browser.Status != http.StatusBadRequest {
				t.Errorf("%s, %s: %d at %s", name, what, browser.Status, browser.URL)
			}
		}
	}
	own := harness.NewParty(t, n, "web", "openid")
	browser := harness.NewBrowser(t, n)
	browser.Get(own.AuthURL("prompt", "none"))
	if !strings.HasPrefix(browser.URL.String(), own.Config.RedirectURL) || browser.URL.Query().Get("error") != "login_required" {
		t.Errorf("a client of the operator: %s", browser.URL)
	}
	// A person who has looked at the page and refuses goes back.
	signed.Get(n.URL)
	authorize(signed, id, "https://evil.example/cb")
	signed.Submit("deny", nil)
	if signed.URL.Host != "evil.example" || signed.URL.Query().Get("error") != "access_denied" {
		t.Errorf("after the refusal: %s", signed.URL)
	}
}

// TestAStrangersClientIsShownAsOne (F-R4): with its name as text, with a warning, without its logo and without a host that it
// names itself.
func TestAStrangersClientIsShownAsOne(t *testing.T) {
	t.Parallel()
	n := openToAll(t)
	a := registered(t, n, "", `{"redirect_uris":["https://evil.example/cb"],"token_endpoint_auth_method":"none",
		"client_name":"<b>Bank</b>","client_uri":"https://bank.example/","logo_uri":"https://bank.example/logo.png"}`)
	browser, _ := signedIn(t, n)
	party := harness.NewPublicParty(t, n, a.String("client_id"), "openid")
	party.Config.RedirectURL = "https://evil.example/cb"
	browser.Get(party.AuthURL())
	text := browser.Text()
	if !browser.Has("unverified") || !browser.Has("approve") || !strings.Contains(text, "<b>Bank</b>") || browser.Has("b") ||
		strings.Contains(text, "bank.example") || !strings.Contains(text, "evil.example") || browser.Page.Find("img").Length() > 0 {
		t.Errorf("%s", text)
	}
	own := harness.NewParty(t, n, "web", "openid", "email")
	browser.Get(own.AuthURL("prompt", "consent"))
	if browser.Has("unverified") || !browser.Has("approve") {
		t.Errorf("a client of the operator: %s", browser.Text())
	}
}
