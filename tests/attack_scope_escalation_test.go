package tests

import (
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// hasAdmin reports whether a token carries a scope of administration.
func hasAdmin(t *testing.T, token string) bool {
	t.Helper()
	scope, _ := harness.JWT(t, token, 1)["scope"].(string)
	return strings.Contains(scope, "admin:")
}

// TestNobodyGetsAdministrationWhoIsNotMeantTo: granted ⊆ requested ∩ client ∩ user; E-05, ASVS 10.4.11, A-4.14-2.
func TestNobodyGetsAdministrationWhoIsNotMeantTo(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	service := harness.ServiceClient("operator", adminScopes+" openid")
	service.Policy.ServiceAdmin = true
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{
		adminClient("console"), harness.ServiceClient("machine", adminScopes+" profile"), service,
	}})
	refused := func(t *testing.T, token string) {
		t.Helper()
		if hasAdmin(t, token) {
			t.Errorf("scope %v", harness.JWT(t, token, 1)["scope"])
		}
		if a := n.GraphQL(t, token, "{ users(first: 1) { nodes { id } } }", nil); a.Status != http.StatusForbidden || a.Body["data"] != nil {
			t.Errorf("GraphQL: %d %s", a.Status, a.Text)
		}
	}
	scopes := []string{"openid", "offline_access", identity.ScopeUsersRead, identity.ScopeUsersWrite}

	t.Run("an ordinary user at a client that may", func(t *testing.T) {
		party := harness.NewParty(t, n, "console", scopes...)
		token := party.Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
		refused(t, token.AccessToken)
		if scope := token.Extra("scope"); scope != "openid offline_access" {
			t.Errorf("scope %v", scope)
		}
		// She becomes an administrator: the grant that was given before does not grow.
		flag := true
		n.Change(t, "alice", admin.UserChange{Admin: &flag})
		access, _ := refresh(t, n, "console", token.RefreshToken)
		refused(t, access)
		oauthError(t, "a wider scope", n.Token(t, "console", "grant_type", "refresh_token", "refresh_token", token.RefreshToken,
			"scope", "openid "+identity.ScopeUsersRead), 400, "invalid_scope")
		flag = false
		n.Change(t, "alice", admin.UserChange{Admin: &flag})
	})
	t.Run("an ordinary user who asks for nothing else", func(t *testing.T) {
		party := harness.NewParty(t, n, "console", identity.ScopeUsersRead)
		browser := harness.NewBrowser(t, n)
		browser.Get(party.AuthURL())
		browser.SignIn("alice", harness.AlicePassword)
		if browser.Has("approve") {
			browser.Submit("approve", nil)
		}
		if answer := party.Answer(browser); answer.Has("code") {
			token, err := party.Exchange(answer.Get("code"))
			if err != nil {
				t.Fatal(err)
			}
			refused(t, token.AccessToken)
		}
	})
	t.Run("an administrator at a client that may not", func(t *testing.T) {
		party := harness.NewParty(t, n, "web", scopes...)
		token := party.Tokens(harness.NewBrowser(t, n), "admin", harness.AdminPassword)
		refused(t, token.AccessToken)
	})
	t.Run("a refresh with a wider scope", func(t *testing.T) {
		party := harness.NewParty(t, n, "console", "openid", "offline_access")
		token := party.Tokens(harness.NewBrowser(t, n), "admin", harness.AdminPassword)
		oauthError(t, "wider", n.Token(t, "console", "grant_type", "refresh_token", "refresh_token", token.RefreshToken,
			"scope", "openid "+identity.ScopeUsersRead), 400, "invalid_scope")
		access, _ := refresh(t, n, "console", token.RefreshToken)
		refused(t, access)
	})
	t.Run("a client on its own behalf that is no service administrator", func(t *testing.T) {
		oauthError(t, "only that", n.Token(t, "machine", "grant_type", "client_credentials", "scope", adminScopes), 400, "invalid_scope")
		for _, scope := range []string{"", adminScopes + " profile"} {
			a := n.Token(t, "machine", "grant_type", "client_credentials", "scope", scope)
			if a.Status == http.StatusOK {
				refused(t, a.String("access_token"))
			}
		}
	})
	t.Run("a service administrator gets what it is registered for and no more", func(t *testing.T) {
		a := n.Token(t, "operator", "grant_type", "client_credentials", "scope", identity.ScopeUsersRead+" "+identity.ScopeClientsWrite+" openid")
		if a.Status != http.StatusOK || a.Body["scope"] != identity.ScopeUsersRead {
			t.Fatalf("%d %s", a.Status, a.Text)
		}
		token := a.String("access_token")
		if a := n.GraphQL(t, token, "{ users(first: 1) { nodes { id } } }", nil); a.Status != http.StatusOK {
			t.Errorf("GraphQL: %d %s", a.Status, a.Text)
		}
		// The mark is taken away: the token that is out loses its power at once.
		demoted := harness.ServiceClient("operator", adminScopes+" openid")
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{demoted}})
		if a := n.GraphQL(t, token, "{ users(first: 1) { nodes { id } } }", nil); a.Status != http.StatusForbidden && a.Status != http.StatusUnauthorized {
			t.Errorf("GraphQL after the mark was taken away: %d %s", a.Status, a.Text)
		}
	})
}
