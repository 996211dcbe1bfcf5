package tests

import (
	"net/http"
	"net/url"
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
	if browser.URL.Host == "rp.example" && browser.URL.Query().Has("code") {
		t.Errorf("a finished request and an open one were mixed: %s", browser.URL)
	}
	// A wider request of the first client is asked for again.
	wider := harness.NewParty(t, n, "web", "openid", "email")
	browser.Get(wider.AuthURL())
	if !browser.Has("approve") {
		t.Errorf("a wider scope without consent: %s", browser.URL)
	}
}

// TestAnAnsweredRequestCannotBeAnsweredAgain: B-R1, E-12.
func TestAnAnsweredRequestCannotBeAnsweredAgain(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	for _, decision := range []string{"approve", "deny"} {
		browser := harness.NewBrowser(t, n)
		party := harness.NewParty(t, n, "web")
		browser.Get(party.AuthURL("prompt", "consent"))
		browser.SignIn("alice", harness.AlicePassword)
		address, values := browser.Form("approve")
		browser.Submit(decision, nil)
		party.Answer(browser)
		browser.Post(address, values)
		if browser.Status != http.StatusBadRequest {
			t.Errorf("after %s: status %d at %s", decision, browser.Status, browser.URL)
		}
		browser.Get(n.URL + "/api/v1/oauth/authorize?" + url.Values{"interaction": {values.Get("interaction")}}.Encode())
		if browser.Status != http.StatusBadRequest {
			t.Errorf("after %s by GET: status %d at %s", decision, browser.Status, browser.URL)
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
