package tests

import (
	"net/http"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestARefreshAnswer: RFC 6749 §6, OIDC Core §12.2, conformance section 2.1.
func TestARefreshAnswer(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		_, tokens := signedIn(t, n)
		n.Clock.Advance(5 * time.Second)
		a := n.Refresh(t, "web", tokens.RefreshToken)
		if a.Status != http.StatusOK || a.Body["token_type"] != "Bearer" || a.Body["expires_in"] != 600.0 || a.Body["scope"] != "openid profile email offline_access" {
			t.Fatalf("%d %s", a.Status, a.Text)
		}
		if next := a.String("refresh_token"); next == "" || next == tokens.RefreshToken || len(next) < 43 {
			t.Errorf("refresh token %q", next)
		}
		first, second := harness.JWT(t, idToken(tokens), 1), harness.JWT(t, a.String("id_token"), 1)
		for _, name := range []string{"iss", "sub", "aud", "auth_time", "sid"} {
			if first[name] == nil || first[name] != second[name] {
				t.Errorf("%s was %v and is %v", name, first[name], second[name])
			}
		}
		if first["iat"] == second["iat"] || second["nonce"] != nil || first["at_hash"] == second["at_hash"] {
			t.Errorf("ID token %v", second)
		}
		if info := n.UserInfo(t, a.String("access_token")); info.Status != http.StatusOK {
			t.Errorf("UserInfo: %d %s", info.Status, info.Text)
		}
	})
}

// TestARefreshCanAskForLess: RFC 6749 §6, A-4.14-2.
func TestARefreshCanAskForLess(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	_, tokens := signedIn(t, n)
	a := n.Token(t, "web", "grant_type", "refresh_token", "refresh_token", tokens.RefreshToken, "scope", "email openid")
	if a.Status != http.StatusOK || a.Body["scope"] != "email openid" && a.Body["scope"] != "openid email" {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	info := n.UserInfo(t, a.String("access_token"))
	if info.Body["email"] == nil || info.Body["name"] != nil {
		t.Errorf("UserInfo %s", info.Text)
	}
	next := a.String("refresh_token")
	oauthError(t, "wider", n.Token(t, "web", "grant_type", "refresh_token", "refresh_token", next, "scope", "openid phone"), 400, "invalid_scope")
	oauthError(t, "malformed", n.Token(t, "web", "grant_type", "refresh_token", "refresh_token", next, "scope", "open\"id"), 400, "invalid_scope")
	// The refusals have not spent the token, and the family keeps the whole scope.
	all := n.Refresh(t, "web", next)
	if all.Body["scope"] != "openid profile email offline_access" {
		t.Errorf("%d %s", all.Status, all.Text)
	}
	plain := n.Token(t, "web", "grant_type", "refresh_token", "refresh_token", all.String("refresh_token"), "scope", "email")
	if plain.Status != http.StatusOK || plain.Body["id_token"] != nil {
		t.Errorf("without openid: %d %s", plain.Status, plain.Text)
	}
}

// TestTheResourcesOfAGrant: RFC 8707 §2.2; a token request may name fewer resources than were authorized, never others.
func TestTheResourcesOfAGrant(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	withAPIs(t, n)
	browser, unbound := signedIn(t, n)
	party := harness.NewParty(t, n, "web", "profile", "offline_access")
	browser.Get(party.AuthURL() + "&" + harness.Values("resource", invoices, "resource", orders).Encode())
	if browser.Has("approve") {
		browser.Submit("approve", nil)
	}
	a := n.Token(t, "web", "grant_type", "authorization_code", "code", party.Code(browser), "redirect_uri", harness.Callback,
		"code_verifier", party.Verifier, "resource", invoices)
	if a.Status != http.StatusOK || harness.JWT(t, a.String("access_token"), 1)["aud"] != invoices {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	other := n.Token(t, "web", "grant_type", "refresh_token", "refresh_token", a.String("refresh_token"), "resource", orders)
	if other.Status != http.StatusOK || harness.JWT(t, other.String("access_token"), 1)["aud"] != orders {
		t.Fatalf("%d %s", other.Status, other.Text)
	}
	all := n.Refresh(t, "web", other.String("refresh_token"))
	if audience, _ := harness.JWT(t, all.String("access_token"), 1)["aud"].([]any); len(audience) != 2 {
		t.Errorf("audience %v", harness.JWT(t, all.String("access_token"), 1)["aud"])
	}
	for name, resource := range map[string]string{"unknown": "https://nowhere.example", "a fragment": invoices + "#x"} {
		oauthError(t, name, n.Token(t, "web", "grant_type", "refresh_token", "refresh_token", all.String("refresh_token"), "resource", resource), 400, "invalid_target")
	}
	oauthError(t, "Authly itself", n.Token(t, "web", "grant_type", "refresh_token", "refresh_token", all.String("refresh_token"), "resource", n.Issuer), 400, "invalid_target")
	oauthError(t, "not authorized", n.Token(t, "web", "grant_type", "refresh_token", "refresh_token", unbound.RefreshToken, "resource", invoices), 400, "invalid_target")
	refresh(t, n, "web", unbound.RefreshToken)
}

// TestWhatLogoutEnds: a family without offline access dies with its session, one with it lives on (OIDC Core §11,
// E-16).
func TestWhatLogoutEnds(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		browser, offline := signedIn(t, n)
		bound := harness.NewParty(t, n, "web", "openid").Tokens(browser, "alice", harness.AlicePassword)
		if bound.RefreshToken == "" {
			t.Fatal("no refresh token")
		}
		live(t, n, bound)
		browser.Get(n.URL + "/logout")
		browser.Submit("logout-confirm", nil)
		dead(t, n, bound)
		live(t, n, offline)
		refresh(t, n, "web", offline.RefreshToken)
	})
}

// TestARefreshFamilyEnds: ASVS 10.4.8, A-4.14-3.
func TestARefreshFamilyEnds(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	short := harness.WebClient("short")
	short.Policy.RefreshTokenTTL = 3600
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{short}})

	_, idle := signedIn(t, n)
	n.Clock.Advance(14*24*time.Hour + time.Second)
	inactive(t, "idle for two weeks", n.Introspect(t, "web", idle.RefreshToken))
	oauthError(t, "idle for two weeks", n.Refresh(t, "web", idle.RefreshToken), 400, "invalid_grant")

	_, busy := signedIn(t, n)
	token := busy.RefreshToken
	for range 2 {
		n.Clock.Advance(13 * 24 * time.Hour)
		_, token = refresh(t, n, "web", token)
	}
	n.Clock.Advance(4*24*time.Hour + time.Second)
	oauthError(t, "older than thirty days", n.Refresh(t, "web", token), 400, "invalid_grant")
	inactive(t, "older than thirty days", n.Introspect(t, "web", token))

	own := harness.NewParty(t, n, "short").Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
	n.Clock.Advance(time.Hour + time.Second)
	oauthError(t, "older than the client's limit", n.Refresh(t, "short", own.RefreshToken), 400, "invalid_grant")
}

// TestAClientWithoutRotation: FAPI 2.0 wants the previous token to work (conformance section 0 item 3).
func TestAClientWithoutRotation(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	fixed := harness.WebClient("fixed")
	fixed.Policy.RefreshTokenRotation = false
	once := harness.WebClient("once")
	once.Metadata.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode}
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{fixed, once}})
	browser := harness.NewBrowser(t, n)
	tokens := harness.NewParty(t, n, "fixed").Tokens(browser, "alice", harness.AlicePassword)
	for range 3 {
		n.Clock.Advance(time.Hour)
		if _, next := refresh(t, n, "fixed", tokens.RefreshToken); next != tokens.RefreshToken {
			t.Error("the token rotated")
		}
	}
	if tokens := harness.NewParty(t, n, "once").Tokens(browser, "alice", harness.AlicePassword); tokens.RefreshToken != "" {
		t.Error("a client without the grant got a refresh token")
	}
}
