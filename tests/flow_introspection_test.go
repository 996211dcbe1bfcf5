package tests

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestIntrospectionOfLiveTokens: RFC 7662 §2.2.
func TestIntrospectionOfLiveTokens(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		_, tokens := signedIn(t, n)
		claims := harness.JWT(t, tokens.AccessToken, 1)
		a := n.Introspect(t, "web", tokens.AccessToken)
		for name, want := range map[string]any{
			"active": true, "token_type": "Bearer", "client_id": "web", "username": "alice", "iss": n.Issuer, "sub": claims["sub"], "aud": claims["aud"],
			"jti": claims["jti"], "exp": claims["exp"], "iat": claims["iat"], "scope": "openid profile email offline_access", "auth_time": claims["auth_time"], "acr": "urn:authly:acr:1",
		} {
			if a.Body[name] != want {
				t.Errorf("access token: %s is %v, want %v", name, a.Body[name], want)
			}
		}
		if !strings.Contains(a.Header.Get("Cache-Control"), "no-store") || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
			t.Errorf("headers %v", a.Header)
		}
		r := n.Introspect(t, "web", tokens.RefreshToken)
		for name, want := range map[string]any{"active": true, "token_type": "refresh_token", "client_id": "web", "sub": claims["sub"], "iss": n.Issuer} {
			if r.Body[name] != want {
				t.Errorf("refresh token: %s is %v, want %v", name, r.Body[name], want)
			}
		}
		for _, hint := range []string{"access_token", "refresh_token", "nonsense", ""} {
			hinted := n.Form(t, "/api/v1/oauth/introspect", "web", harness.ClientSecret, harness.Values("token", tokens.AccessToken, "token_type_hint", hint))
			if hinted.Text != a.Text {
				t.Errorf("with the hint %q: %s", hint, hinted.Text)
			}
		}
	})
}

// TestWhoMayIntrospect: authenticated confidential clients, for their own tokens and those of an audience they are
// registered for.
func TestWhoMayIntrospect(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	withAPIs(t, n)
	api := harness.ServiceClient("api", "")
	api.Policy.Audiences = []string{invoices}
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{api, harness.PublicClient("spa")}})
	forInvoices := n.Token(t, "machine", "grant_type", "client_credentials", "resource", invoices).String("access_token")
	forBoth := n.Token(t, "machine", "grant_type", "client_credentials", "resource", orders, "resource", invoices).String("access_token")
	forOrders := n.Token(t, "machine", "grant_type", "client_credentials", "resource", orders).String("access_token")
	_, tokens := signedIn(t, n)

	for name, c := range map[string]struct {
		caller, token string
		active        bool
	}{
		"its own":                               {"machine", forInvoices, true},
		"its audience":                          {"api", forInvoices, true},
		"its audience among others":             {"api", forBoth, true},
		"another audience":                      {"api", forOrders, false},
		"a user's token for Authly":             {"api", tokens.AccessToken, false},
		"a refresh token of another client":     {"api", tokens.RefreshToken, false},
		"another client's without any audience": {"other", forInvoices, false},
	} {
		a := n.Introspect(t, c.caller, c.token)
		if !c.active {
			inactive(t, name, a)
		} else if a.Body["active"] != true {
			t.Errorf("%s: %d %s", name, a.Status, a.Text)
		}
	}
	const path = "/api/v1/oauth/introspect"
	form := harness.Values("token", tokens.AccessToken)
	oauthError(t, "nobody", n.Form(t, path, "", "", form), 401, "invalid_client")
	oauthError(t, "a wrong secret", n.Form(t, path, "web", strings.Repeat("x", 40), form), 401, "invalid_client")
	form.Set("client_id", "spa")
	oauthError(t, "a public client", n.Form(t, path, "", "", form), 401, "invalid_client")
	if a := n.Send(t, http.MethodPost, path, "Authorization", "Bearer "+tokens.AccessToken); a.Status/100 != 4 {
		t.Errorf("a bearer token as the caller: %d", a.Status)
	}
	oauthError(t, "no token", n.Form(t, path, "web", harness.ClientSecret, nil), 400, "invalid_request")
	if a := n.Get(t, path+"?token="+tokens.AccessToken); a.Status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", a.Status)
	}
}

// TestEverythingDeadLooksTheSame: RFC 7662 §2.2, §4: not a byte tells why.
func TestEverythingDeadLooksTheSame(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Bob()}, Clients: []admin.NewClient{harness.ServiceClient("machine", "")}})
	browser, revoked := signedIn(t, n)
	n.Revoke(t, "web", revoked.AccessToken)
	inactive(t, "a revoked access token", n.Introspect(t, "web", revoked.AccessToken))
	n.Revoke(t, "web", revoked.RefreshToken)
	inactive(t, "a revoked refresh token", n.Introspect(t, "web", revoked.RefreshToken))

	rotated := harness.NewParty(t, n, "web").Tokens(browser, "alice", harness.AlicePassword)
	refresh(t, n, "web", rotated.RefreshToken)
	inactive(t, "a rotated refresh token", n.Introspect(t, "web", rotated.RefreshToken))
	foreign := harness.NewParty(t, n, "other").Tokens(browser, "alice", harness.AlicePassword)
	inactive(t, "another client's access token", n.Introspect(t, "web", foreign.AccessToken))
	inactive(t, "another client's refresh token", n.Introspect(t, "web", foreign.RefreshToken))

	bound := harness.NewParty(t, n, "web", "openid").Tokens(browser, "alice", harness.AlicePassword)
	browser.Get(n.URL + "/logout")
	browser.Submit("logout-confirm", nil)
	inactive(t, "an access token of an ended session", n.Introspect(t, "web", bound.AccessToken))
	inactive(t, "a refresh token of an ended session", n.Introspect(t, "web", bound.RefreshToken))

	bob := harness.NewParty(t, n, "web").Tokens(harness.NewBrowser(t, n), "bob", harness.BobPassword)
	no := false
	n.Change(t, "bob", admin.UserChange{Active: &no})
	inactive(t, "an access token of an inactive user", n.Introspect(t, "web", bob.AccessToken))
	inactive(t, "a refresh token of an inactive user", n.Introspect(t, "web", bob.RefreshToken))

	service := n.Token(t, "machine", "grant_type", "client_credentials").String("access_token")
	n.Revoke(t, "machine", service)
	inactive(t, "a revoked token of a service", n.Introspect(t, "machine", service))
	expired := n.Token(t, "machine", "grant_type", "client_credentials").String("access_token")
	n.Clock.Advance(10*time.Minute + 6*time.Second)
	inactive(t, "an expired token", n.Introspect(t, "machine", expired))
	for _, text := range []string{"x", " ", "\x01", "a.b.c", strings.Repeat("x", 30_000), "null", "{}", "-1", idToken(rotated)} {
		inactive(t, "rubbish", n.Introspect(t, "web", text))
	}
}

// TestAnswersAboutTokensAreSigned: RFC 9701. The answer is the same, for the caller alone, and passes for nothing else.
func TestAnswersAboutTokensAreSigned(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	es := harness.WebClient("signed")
	es.Metadata.IntrospectionAlg = identity.ES256
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{es}})
	introspect := func(caller, token, accept string) harness.Answer {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+"/api/v1/oauth/introspect", strings.NewReader(harness.Values("token", token).Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept", accept)
		r.SetBasicAuth(caller, harness.ClientSecret)
		return harness.Do(t, r)
	}
	const signed = "application/token-introspection+jwt"
	for caller, alg := range map[string]string{"web": "RS256", "signed": "ES256"} {
		token := harness.NewParty(t, n, caller, "openid", "email").Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword).AccessToken
		for name, c := range map[string]struct {
			token  string
			active bool
		}{"a live token": {token, true}, "nonsense": {"nonsense", false}} {
			plain, a := n.Introspect(t, caller, c.token), introspect(caller, c.token, signed)
			if a.Status != http.StatusOK || a.Header.Get("Content-Type") != signed || !strings.Contains(a.Header.Get("Cache-Control"), "no-store") {
				t.Fatalf("%s: %d %v %s", name, a.Status, a.Header, a.Text)
			}
			if _, err := oidc.NewRemoteKeySet(t.Context(), n.URL+"/.well-known/jwks.json").VerifySignature(t.Context(), a.Text); err != nil {
				t.Error(err)
			}
			if header := harness.JWT(t, a.Text, 0); header["alg"] != alg || header["typ"] != "token-introspection+jwt" {
				t.Errorf("%s: header %v", name, header)
			}
			claims := harness.JWT(t, a.Text, 1)
			want := map[string]any{"iss": n.Issuer, "aud": caller, "iat": claims["iat"], "token_introspection": plain.Body}
			if diff := cmp.Diff(want, claims); diff != "" || plain.Body["active"] != c.active {
				t.Errorf("%s: %s", name, diff)
			}
			if used := n.UserInfo(t, a.Text); used.Status != http.StatusUnauthorized {
				t.Errorf("as an access token: %d %s", used.Status, used.Text)
			}
			inactive(t, "as a token", n.Introspect(t, caller, a.Text))
			browser, party := harness.NewBrowser(t, n), harness.NewParty(t, n, caller)
			browser.Get(party.AuthURL("prompt", "none", "id_token_hint", a.Text))
			if answer := party.Answer(browser); answer.Get("error") != "invalid_request" {
				t.Errorf("as an ID token: %v", answer)
			}
		}
		for _, accept := range []string{"", "*/*", "application/*", "application/json", signed + ";q=0", "application/jwt"} {
			if a := introspect(caller, token, accept); !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") || a.Body["active"] != true {
				t.Errorf("who accepts %q gets %v %s", accept, a.Header, a.Text)
			}
		}
		if a := introspect(caller, token, "application/json, "+signed); a.Header.Get("Content-Type") != signed {
			t.Errorf("who accepts both gets %v", a.Header)
		}
	}
	oauthError(t, "a wrong secret", post(t, n, "/api/v1/oauth/introspect", "web", strings.Repeat("x", 40), harness.Values("token", "x")), 401, "invalid_client")
}
