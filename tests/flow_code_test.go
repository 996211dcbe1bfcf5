package tests

import (
	"net/url"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestTheFirstLogin is the whole journey with an unchanged OpenID Connect client library.
func TestTheFirstLogin(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		firstLogin(t, n, n, n)
	})
}

func TestConsentIsRemembered(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	party := harness.NewParty(t, n, "web")
	browser := harness.NewBrowser(t, n)
	party.Authorize(browser, "alice", harness.AlicePassword)

	again := harness.NewParty(t, n, "web")
	browser.Get(again.AuthURL())
	again.Code(browser)

	silent := harness.NewParty(t, n, "web")
	browser.Get(silent.AuthURL("prompt", "none"))
	silent.Code(browser)

	wider := harness.NewParty(t, n, "web", "openid", "phone")
	browser.Get(wider.AuthURL())
	if !browser.Has("approve") {
		t.Errorf("a wider scope was granted without consent: %s", browser.URL)
	}
	asked := harness.NewParty(t, n, "web")
	browser.Get(asked.AuthURL("prompt", "consent"))
	if !browser.Has("approve") {
		t.Errorf("prompt=consent was not honoured: %s", browser.URL)
	}
}

func TestDeny(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	party := harness.NewParty(t, n, "web")
	browser := harness.NewBrowser(t, n)
	browser.Get(party.AuthURL())
	browser.SignIn("alice", harness.AlicePassword)
	browser.Submit("deny", nil)
	if answer := party.Answer(browser); answer.Get("error") != "access_denied" || answer.Has("code") {
		t.Errorf("answer %v", answer)
	}
}

func TestAnAuthorizationRequestByPost(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	party := harness.NewParty(t, n, "web")
	browser := harness.NewBrowser(t, n)
	u, err := url.Parse(party.AuthURL())
	if err != nil {
		t.Fatal(err)
	}
	values := u.Query()
	u.RawQuery = ""
	browser.Post(u.String(), values)
	browser.SignIn("alice", harness.AlicePassword)
	browser.Submit("approve", nil)
	if _, err := party.Exchange(party.Code(browser)); err != nil {
		t.Error(err)
	}
}

func TestFormPost(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	party := harness.NewParty(t, n, "web")
	browser := harness.NewBrowser(t, n)
	browser.Get(party.AuthURL("response_mode", "form_post"))
	browser.SignIn("alice", harness.AlicePassword)
	browser.Submit("approve", nil)
	form := browser.Page.Find("form")
	if action := form.AttrOr("action", ""); action != harness.Callback {
		t.Fatalf("the form goes to %q: %s", action, browser.Text())
	}
	value := func(name string) string { return form.Find("input[name="+name+"]").AttrOr("value", "") }
	if value("state") != party.State || value("iss") != n.Issuer {
		t.Errorf("state %q, iss %q", value("state"), value("iss"))
	}
	if _, err := party.Exchange(value("code")); err != nil {
		t.Error(err)
	}
}

func TestARequiredPasswordChangeComesBeforeTheCode(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	_, temporary, err := n.Server.Admin.Users.Create(harness.System(t), admin.NewUser{
		Username: "newcomer", Email: "new@example.org", GeneratePassword: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	party := harness.NewParty(t, n, "web")
	browser := harness.NewBrowser(t, n)
	browser.Get(party.AuthURL())
	browser.SignIn("newcomer", temporary)
	if !browser.Has("password-submit") {
		t.Fatalf("no password page at %s: %s", browser.URL, browser.Text())
	}
	// Going back to the endpoint does not go round it.
	browser.Get(party.AuthURL())
	if !browser.Has("password-submit") {
		t.Fatalf("the password page was skipped: %s", browser.URL)
	}
	const chosen = "a far better password 77"
	browser.Submit("password-submit", map[string]string{"new_password": chosen, "confirm_password": "something else 77"})
	if !browser.Has("password-submit") {
		t.Fatal("a confirmation that differs was accepted")
	}
	browser.Submit("password-submit", map[string]string{"new_password": chosen, "confirm_password": chosen})
	browser.Submit("approve", nil)
	if _, err := party.Exchange(party.Code(browser)); err != nil {
		t.Error(err)
	}
}

func TestMaxAgeAndPromptLogin(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser := harness.NewBrowser(t, n)
	first := harness.NewParty(t, n, "web").Tokens(browser, "alice", harness.AlicePassword)
	authTime := func(token *oauth2.Token) float64 {
		raw, _ := token.Extra("id_token").(string)
		at, _ := harness.JWT(t, raw, 1)["auth_time"].(float64)
		return at
	}
	n.Clock.Advance(10 * time.Second)

	lenient := harness.NewParty(t, n, "web")
	browser.Get(lenient.AuthURL("max_age", "10000"))
	token, err := lenient.Exchange(lenient.Code(browser))
	if err != nil {
		t.Fatal(err)
	}
	if authTime(token) != authTime(first) {
		t.Error("auth_time moved without a sign-in")
	}
	for _, extra := range [][]string{{"max_age", "1"}, {"prompt", "login"}} {
		n.Clock.Advance(2 * time.Second)
		strict := harness.NewParty(t, n, "web")
		browser.Get(strict.AuthURL(extra...))
		if !browser.Has("login-submit") {
			t.Fatalf("%v: no login page at %s", extra, browser.URL)
		}
		browser.SignIn("alice", harness.AlicePassword)
		token, err := strict.Exchange(strict.Code(browser))
		if err != nil {
			t.Fatal(err)
		}
		if authTime(token) <= authTime(first) {
			t.Errorf("%v: auth_time did not move", extra)
		}
	}
	silent := harness.NewParty(t, n, "web")
	n.Clock.Advance(5 * time.Second)
	browser.Get(silent.AuthURL("prompt", "none", "max_age", "1"))
	if answer := silent.Answer(browser); answer.Get("error") != "login_required" {
		t.Errorf("answer %v", answer)
	}
}

func TestPromptNoneWithoutASession(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	party := harness.NewParty(t, n, "web")
	browser := harness.NewBrowser(t, n)
	browser.Get(party.AuthURL("prompt", "none"))
	if answer := party.Answer(browser); answer.Get("error") != "login_required" || answer.Has("code") {
		t.Errorf("answer %v", answer)
	}
}
