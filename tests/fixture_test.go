package tests

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// signedIn is a browser in which Alice has signed in to the client web, and the tokens of that.
func signedIn(t *testing.T, n *harness.Node) (*harness.Browser, *oauth2.Token) {
	t.Helper()
	browser := harness.NewBrowser(t, n)
	return browser, harness.NewParty(t, n, "web").Tokens(browser, "alice", harness.AlicePassword)
}

// idToken returns the ID token that came with an access token.
func idToken(token *oauth2.Token) string {
	raw, _ := token.Extra("id_token").(string)
	return raw
}

// inactive checks that introspection says nothing but that the token is dead (RFC 7662 §2.2).
func inactive(t *testing.T, name string, a harness.Answer) {
	t.Helper()
	if a.Status != http.StatusOK || a.Text != `{"active":false}` {
		t.Errorf("%s: introspection says %d %s", name, a.Status, a.Text)
	}
}

// live checks that a grant works at every endpoint, so that what is refused later was good before.
func live(t *testing.T, n *harness.Node, token *oauth2.Token) {
	t.Helper()
	if a := n.UserInfo(t, token.AccessToken); a.Status != http.StatusOK {
		t.Errorf("UserInfo: %d %s", a.Status, a.Text)
	}
	for name, value := range map[string]string{"access token": token.AccessToken, "refresh token": token.RefreshToken} {
		if a := n.Introspect(t, "web", value); value != "" && a.Body["active"] != true {
			t.Errorf("introspection of the %s: %d %s", name, a.Status, a.Text)
		}
	}
}

// dead checks that neither token of a grant of the client web works anywhere.
func dead(t *testing.T, n *harness.Node, token *oauth2.Token) {
	t.Helper()
	if a := n.UserInfo(t, token.AccessToken); a.Status != http.StatusUnauthorized {
		t.Errorf("UserInfo: %d %s", a.Status, a.Text)
	}
	inactive(t, "access token", n.Introspect(t, "web", token.AccessToken))
	if token.RefreshToken != "" {
		inactive(t, "refresh token", n.Introspect(t, "web", token.RefreshToken))
		oauthError(t, "refresh", n.Refresh(t, "web", token.RefreshToken), 400, "invalid_grant")
	}
}

// start runs a node with Alice and two confidential clients.
func start(t *testing.T, db harness.Database, opts ...harness.Option) *harness.Node {
	t.Helper()
	n := harness.Start(t, db, opts...)
	n.Apply(t, admin.Desired{
		Users:   []admin.DesiredUser{harness.Alice()},
		Clients: []admin.NewClient{harness.WebClient("web"), harness.WebClient("other")},
	})
	return n
}

// twoNodes starts two nodes on one PostgreSQL, with one issuer and one clock.
func twoNodes(t *testing.T) (first, second *harness.Node) {
	t.Helper()
	db := harness.Postgres(t)
	first = start(t, db)
	return first, harness.Start(t, db, harness.Env("AUTHLY_ISSUER", first.Issuer), harness.WithClock(first.Clock))
}

// eachFleet runs a test on one node with either database, and on two nodes that share a PostgreSQL.
func eachFleet(t *testing.T, test func(t *testing.T, nodes ...*harness.Node)) {
	t.Helper()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) { test(t, start(t, db)) })
	t.Run("two nodes", func(t *testing.T) {
		t.Parallel()
		first, second := twoNodes(t)
		test(t, first, second)
	})
}

// staleness is how old a cached answer may be on a node that another one cannot notify of a write (design: 2 s without
// Redis).
const staleness = 2 * time.Second

// firstLogin signs in on one node, exchanges the code on the second and refreshes on the third.
func firstLogin(t *testing.T, login, token, refresh *harness.Node) {
	t.Helper()
	provider, err := oidc.NewProvider(t.Context(), login.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	party := harness.NewParty(t, login, "web")
	browser := harness.NewBrowser(t, login, token, refresh)

	browser.Get(party.AuthURL())
	if !browser.Has("username") || !browser.Has("password") {
		t.Fatalf("no login page at %s: %s", browser.URL, browser.Text())
	}
	browser.SignIn("alice", harness.AlicePassword)
	if !browser.Has("approve") || !browser.Has("deny") {
		t.Fatalf("no consent page at %s: %s", browser.URL, browser.Text())
	}
	browser.Submit("approve", nil)
	code := party.Code(browser)

	party.Node = token
	party.Config.Endpoint.TokenURL = token.URL + "/api/v1/oauth/token"
	tokens, err := party.Exchange(code)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	idToken, err := provider.Verifier(&oidc.Config{ClientID: "web", Now: login.Clock.Now}).Verify(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	if idToken.Nonce != party.Nonce {
		t.Errorf("nonce %q, want %q", idToken.Nonce, party.Nonce)
	}
	if err := idToken.VerifyAccessToken(tokens.AccessToken); err != nil {
		t.Errorf("at_hash: %v", err)
	}
	var claims struct {
		AuthTime int64    `json:"auth_time"`
		Session  string   `json:"sid"`
		AMR      []string `json:"amr"`
	}
	if err := idToken.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	if age := login.Clock.Now().Unix() - claims.AuthTime; age < 0 || age > 60 || claims.Session == "" || !slices.Equal(claims.AMR, []string{"pwd"}) {
		t.Errorf("claims %+v", claims)
	}

	info, err := provider.UserInfo(t.Context(), oauth2.StaticTokenSource(tokens))
	if err != nil {
		t.Fatal(err)
	}
	if info.Subject != idToken.Subject || info.Email != "alice@example.org" || !info.EmailVerified {
		t.Errorf("userinfo %+v", info)
	}

	party.Config.Endpoint.TokenURL = refresh.URL + "/api/v1/oauth/token"
	renewed, err := party.Config.TokenSource(t.Context(), &oauth2.Token{RefreshToken: tokens.RefreshToken}).Token()
	if err != nil {
		t.Fatal(err)
	}
	if renewed.RefreshToken == "" || renewed.RefreshToken == tokens.RefreshToken || renewed.AccessToken == tokens.AccessToken {
		t.Error("the tokens did not rotate")
	}
	if answer := token.UserInfo(t, renewed.AccessToken); answer.Status != http.StatusOK {
		t.Errorf("userinfo with the renewed token: %d %s", answer.Status, answer.Text)
	}
}

// exchange sends a code with all that belongs to it.
func exchange(t *testing.T, n *harness.Node, p *harness.Party, clientID, code string) harness.Answer {
	t.Helper()
	return n.Token(t, clientID, "grant_type", "authorization_code", "code", code, "redirect_uri", harness.Callback, "code_verifier", p.Verifier)
}

// refresh rotates and returns the next refresh token.
func refresh(t *testing.T, n *harness.Node, clientID, token string) (access, next string) {
	t.Helper()
	a := n.Refresh(t, clientID, token)
	if a.Status != http.StatusOK {
		t.Fatalf("refresh: %d %s", a.Status, a.Text)
	}
	return a.String("access_token"), a.String("refresh_token")
}

func sessionCookie(b *harness.Browser, n *harness.Node) string {
	for _, c := range b.Cookies(n.URL) {
		if strings.Contains(c.Name, "session") {
			return c.Value
		}
	}
	return ""
}

// signedOut reports whether the browser's session has ended.
func signedOut(t *testing.T, n *harness.Node, b *harness.Browser) bool {
	t.Helper()
	party := harness.NewParty(t, n, "web")
	b.Get(party.AuthURL("prompt", "none"))
	return party.Answer(b).Get("error") == "login_required"
}

var printableASCII = regexp.MustCompile(`^[\x20-\x21\x23-\x5b\x5d-\x7e]*$`)

// oauthError checks that an answer is an error of RFC 6749 §5.2.
func oauthError(t *testing.T, name string, a harness.Answer, status int, code string) {
	t.Helper()
	if a.Status != status || a.Body["error"] != code {
		t.Errorf("%s: %d %s, want %d %s", name, a.Status, a.Text, status, code)
	}
	description, _ := a.Body["error_description"].(string)
	if !printableASCII.MatchString(description) {
		t.Errorf("%s: error_description %q", name, description)
	}
	if !strings.Contains(a.Header.Get("Cache-Control"), "no-store") || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
		t.Errorf("%s: headers %v", name, a.Header)
	}
	if (a.Status == http.StatusUnauthorized) != (a.Header.Get("WWW-Authenticate") != "") {
		t.Errorf("%s: WWW-Authenticate %q with status %d", name, a.Header.Get("WWW-Authenticate"), a.Status)
	}
}

// eventually asks until the answer is yes, some thousand times.
func eventually(ask func() bool) bool {
	for range 5000 {
		if ask() {
			return true
		}
	}
	return false
}

// positive reports whether a metric is above zero; line is its beginning.
func positive(metrics, line string) bool {
	_, after, found := strings.Cut(metrics, "\n"+line)
	return found && !strings.HasPrefix(after, "0\n")
}
