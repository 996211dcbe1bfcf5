package tests

import (
	"net/http"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestASignedRequestSignsIn: RFC 9101 §5 and §6.3, at the authorization endpoint by GET and POST and pushed. What is beside the object does
// not count, and what is in it does, in the forms that JSON has.
func TestASignedRequestSignsIn(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	key := newClientKey(t, "k1")
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{
		requester(t, "signing", key, nil), requester(t, "always", key, func(m *identity.ClientMetadata) { m.RequireSignedRequest, m.RequestObjectAlg = true, "ES256" }),
		requester(t, "unsigned", key, func(m *identity.ClientMetadata) { m.JWKS, m.RequestObjectAlg = nil, "none" }),
	}})
	now := n.Clock.Now().Unix()
	browser := harness.NewBrowser(t, n)
	for name, c := range map[string]struct {
		client string
		change func(header, claims map[string]any)
		send   func(client, object string)
	}{
		"by GET":      {"signing", nil, func(client, object string) { browser.Get(byValue(n, client, object, besideIt()...)) }},
		"as required": {"always", nil, func(client, object string) { browser.Get(byValue(n, client, object)) }},
		"by POST": {"signing", nil, func(client, object string) {
			browser.Post(n.URL+"/api/v1/oauth/authorize", harness.Values(append(besideIt(), "client_id", client, "request", object)...))
		}},
		"pushed": {"always", nil, func(client, object string) {
			a := pushObject(t, n, client, object, besideIt()...)
			if a.Status != http.StatusCreated {
				t.Fatalf("push: %d %s", a.Status, a.Text)
			}
			browser.Get(byReference(n, client, a.String("request_uri"), besideIt()...))
		}},
		"without a type": {"signing", func(h, _ map[string]any) { delete(h, "typ") }, nil},
		"of the type JWT, from iat": {"signing", func(h, c map[string]any) {
			h["typ"] = "JWT"
			delete(c, "nbf")
			c["iat"] = now
		}, nil},
		"of the whole type":       {"signing", func(h, _ map[string]any) { h["typ"] = "application/OAuth-Authz-Req+JWT" }, nil},
		"for others too":          {"always", func(_, c map[string]any) { c["aud"] = []string{"https://other.example", n.Issuer} }, nil},
		"by a clock that is fast": {"always", func(_, c map[string]any) { c["nbf"], c["exp"] = now+8, now+3600 }, nil},
		"without jti":             {"signing", func(_, c map[string]any) { delete(c, "jti") }, nil},
		"unsigned": {"unsigned", func(h, c map[string]any) {
			h["alg"] = "none"
			for _, claim := range []string{"iss", "aud", "exp", "nbf", "jti"} {
				delete(c, claim)
			}
		}, nil},
	} {
		party := harness.NewParty(t, n, c.client, "openid")
		object := key.object(t, n, party, func(h, claims map[string]any) {
			claims["max_age"], claims["claims"], claims["login_hint"] = 3600, map[string]any{"userinfo": map[string]any{"email": nil}}, nil
			if c.change != nil {
				c.change(h, claims)
			}
		})
		if c.send == nil {
			c.send = func(client, object string) { browser.Get(byValue(n, client, object)) }
		}
		c.send(c.client, object)
		if browser.Has("login-submit") {
			browser.SignIn("alice", harness.AlicePassword)
		}
		if browser.Has("approve") {
			browser.Submit("approve", nil)
		}
		tokens, err := party.Exchange(party.Code(browser))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if claims := harness.JWT(t, idToken(tokens), 1); claims["nonce"] != party.Nonce || claims["auth_time"] == nil {
			t.Errorf("%s: ID token %v", name, claims)
		}
		if scope := tokens.Extra("scope"); scope != "openid" {
			t.Errorf("%s: scope %v", name, scope)
		}
		if info := n.UserInfo(t, tokens.AccessToken); info.String("email") != "alice@example.org" {
			t.Errorf("%s: the claims were not asked for: %s", name, info.Text)
		}
	}
}

// TestErrorsOfASignedRequestGoWhereItSays: what is wrong in an object that holds is told to the client, in its mode.
func TestErrorsOfASignedRequestGoWhereItSays(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	key := newClientKey(t, "k1")
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{requester(t, "signing", key, nil)}})
	browser, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "signing")
	for want, extra := range map[string][]string{
		"login_required": {"prompt", "none"}, "invalid_request": {"code_challenge", ""}, "unsupported_response_type": {"response_type", "none"},
		"invalid_target": {"resource", "https://nowhere.example"},
	} {
		browser.Get(byValue(n, "signing", key.object(t, n, party, nil, extra...), besideIt()...))
		if answer := party.Answer(browser); answer.Get("error") != want {
			t.Errorf("%s: %v", want, answer)
		}
		browser.Get(byValue(n, "signing", key.object(t, n, party, nil, append(extra, "response_mode", "jwt")...)))
		if _, claims := signedResponse(t, n, browser, "jwt", "RS256"); claims["error"] != want || claims["state"] != party.State {
			t.Errorf("%s: %v", want, claims)
		}
	}
	browser.Get(byValue(n, "signing", key.object(t, n, party, func(_, c map[string]any) { c["resource"] = []string{"https://a.example", "https://b.example"} })))
	if answer := party.Answer(browser); answer.Get("error") != "invalid_target" {
		t.Errorf("several resources: %v", answer)
	}
	browser.Get(byValue(n, "signing", key.object(t, n, party, func(_, c map[string]any) { c["scope"] = []string{"openid", "email"} })))
	if answer := party.Answer(browser); answer.Get("error") != "invalid_request" {
		t.Errorf("several scopes: %v", answer)
	}
	n.Clock.Advance(time.Second)
	browser.Get(byValue(n, "signing", key.object(t, n, party, nil, "redirect_uri", "https://attacker.example/cb"), "redirect_uri", harness.Callback))
	nowhere(t, "an unknown redirect_uri", browser, n)
	browser.Get(byValue(n, "signing", key.object(t, n, party, func(_, c map[string]any) { delete(c, "redirect_uri") }), "redirect_uri", harness.Callback))
	if browser.Status != http.StatusOK || !browser.Has("login-submit") { // it has registered one
		t.Errorf("without redirect_uri: %d %s", browser.Status, browser.Text())
	}
}
