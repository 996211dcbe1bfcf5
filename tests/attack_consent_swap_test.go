package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestTheConsentShownIsTheConsentGiven: B-R1, session poisoning by a second tab.
func TestTheConsentShownIsTheConsentGiven(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser := harness.NewBrowser(t, n)
	small := harness.NewParty(t, n, "web", "openid")
	browser.Get(small.AuthURL())
	browser.SignIn("alice", harness.AlicePassword)
	address, values := browser.Form("approve")

	greedy := harness.NewParty(t, n, "other", "openid", "profile", "email", "phone", "address", "offline_access")
	browser.Get(greedy.AuthURL())
	otherAddress, otherValues := browser.Form("approve")

	browser.Post(address, values)
	token, err := small.Exchange(small.Code(browser))
	if err != nil {
		t.Fatal(err)
	}
	if token.Extra("scope") != "openid" {
		t.Errorf("scope %v", token.Extra("scope"))
	}
	if consents := n.Database.Count(t, "SELECT count(*) FROM consents"); consents != 1 {
		t.Errorf("%d consents", consents)
	}
	silent := harness.NewParty(t, n, "other", "openid")
	browser.Get(silent.AuthURL("prompt", "none"))
	if answer := silent.Answer(browser); answer.Get("error") != "consent_required" {
		t.Errorf("the other client: %v", answer)
	}
	// The handle in the address and that in the body are one: mixing two requests is refused or follows one of them, never
	// both.
	mixed := url.Values{}
	for name, list := range otherValues {
		mixed[name] = list
	}
	mixed.Set("interaction", values.Get("interaction"))
	browser.Post(otherAddress, mixed)
	if token, err = small.Exchange(small.Code(browser)); err != nil || token.Extra("scope") != "openid" {
		t.Errorf("a finished request and an open one were mixed: %v, %v", token, err)
	}
	if consents := n.Database.Count(t, "SELECT count(*) FROM consents"); consents != 1 {
		t.Errorf("%d consents", consents)
	}
	// A wider request of the first client is asked for again.
	wider := harness.NewParty(t, n, "web", "openid", "email")
	browser.Get(wider.AuthURL())
	if !browser.Has("approve") {
		t.Errorf("a wider scope without consent: %s", browser.URL)
	}
}

// TestAnAnsweredRequestCannotBeAnsweredOtherwise: B-R1, E-12. Whoever answered it is led on to the client with the same
// answer, and no code is left beside the last; nobody else is led anywhere.
func TestAnAnsweredRequestCannotBeAnsweredOtherwise(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	other := map[string]string{"approve": "deny", "deny": "approve"}
	for decision, opposite := range other {
		browser := harness.NewBrowser(t, n)
		party := harness.NewParty(t, n, "web")
		browser.Get(party.AuthURL("prompt", "consent"))
		browser.SignIn("alice", harness.AlicePassword)
		address, values := browser.Form("approve")
		loginAddress := strings.Replace(address, "/consent", "/login", 1)
		browser.Submit(decision, nil)
		answers := []url.Values{party.Answer(browser)}
		again := func(act func()) {
			t.Helper()
			act()
			answers = append(answers, party.Answer(browser))
		}
		authorize := n.URL + "/api/v1/oauth/authorize?" + url.Values{"interaction": {values.Get("interaction")}}.Encode()
		again(func() { browser.Post(address, values) }) // a second click
		values.Set("decision", opposite)
		again(func() { browser.Post(address, values) })
		again(func() { browser.Get(authorize) })
		again(func() { browser.Get(loginAddress) }) // Back after sign-in
		again(func() {
			browser.Post(loginAddress, url.Values{"username": {"alice"}, "password": {harness.AlicePassword}})
		})
		for i, answer := range answers {
			if answer.Has("code") != (decision == "approve") || answer.Get("error") != answers[0].Get("error") {
				t.Errorf("after %s: %v", decision, answer)
			}
			if answer.Has("code") {
				if _, err := party.Exchange(answer.Get("code")); (err == nil) != (i == len(answers)-1) {
					t.Errorf("answer %d of %d: %v", i+1, len(answers), err)
				}
			}
		}
		stranger := harness.NewBrowser(t, n)
		for _, address := range []string{address, authorize, loginAddress} {
			stranger.Get(address)
			if stranger.Status != http.StatusBadRequest || stranger.Has("login-submit") {
				t.Errorf("a stranger, after %s: status %d at %s", decision, stranger.Status, stranger.URL)
			}
		}
	}
}

// TestConsentIsGivenByTheOneWhoReadIt: the form that one person was shown does not count for another who signs in
// meanwhile.
func TestConsentIsGivenByTheOneWhoReadIt(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Bob()}})
	browser := harness.NewBrowser(t, n)
	party := harness.NewParty(t, n, "web")
	browser.Get(party.AuthURL())
	browser.SignIn("alice", harness.AlicePassword)
	address, values := browser.Form("approve")

	browser.Get(harness.NewParty(t, n, "other").AuthURL("prompt", "login"))
	browser.SignIn("bob", harness.BobPassword)
	browser.Post(address, values)
	if !browser.Has("approve") {
		t.Fatalf("Alice's form counted for Bob: %s", browser.URL)
	}
	if consents := n.Database.Count(t, "SELECT count(*) FROM consents"); consents != 0 {
		t.Errorf("%d consents", consents)
	}
}

// TestTheCodeGoesToTheBrowserThatSignedIn: E-12. A handle is no authority: whoever has it must be signed in and have
// consented.
func TestTheCodeGoesToTheBrowserThatSignedIn(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Bob()}})
	victim := harness.NewBrowser(t, n)
	victim.Get(harness.NewParty(t, n, "web").AuthURL())
	victim.SignIn("alice", harness.AlicePassword)
	address, values := victim.Form("approve")
	thief := harness.NewBrowser(t, n)
	resume := n.URL + "/api/v1/oauth/authorize?" + url.Values{"interaction": {values.Get("interaction")}}.Encode()

	thief.Get(resume)
	if !thief.Has("login-submit") {
		t.Errorf("a stranger with the handle is at %s", thief.URL)
	}
	thief.Post(address, values)
	if !thief.Has("login-submit") {
		t.Errorf("a stranger with the form is at %s", thief.URL)
	}
	thief.SignIn("bob", harness.BobPassword)
	if !thief.Has("approve") {
		t.Errorf("Bob with Alice's handle is at %s: %s", thief.URL, thief.Text())
	}
	thief.Post(address, values)
	if thief.URL.Host == "rp.example" {
		t.Errorf("Bob used the form that Alice was shown: %s", thief.URL)
	}
}
