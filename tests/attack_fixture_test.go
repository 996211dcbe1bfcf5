package tests

import (
	"net/http"
	"testing"

	"golang.org/x/oauth2"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// adminScopes are what adminClient may ask for.
const adminScopes = identity.ScopeUsersRead + " " + identity.ScopeUsersWrite

// adminClient is a client that administrators use.
func adminClient(id string) admin.NewClient {
	c := harness.WebClient(id)
	c.Metadata.Scope += " " + adminScopes
	c.Metadata.SkipConsent = true
	return c
}

// adminToken signs the first administrator in to the client console.
func adminToken(t *testing.T, n *harness.Node) string {
	t.Helper()
	party := harness.NewParty(t, n, "console", "openid", identity.ScopeUsersRead, identity.ScopeUsersWrite)
	return party.Tokens(harness.NewBrowser(t, n), "admin", harness.AdminPassword).AccessToken
}

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
