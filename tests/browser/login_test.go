package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// stage is a node with Alice and a client whose redirect URI is a real server.
type stage struct {
	node     *harness.Node
	party    *harness.Party
	callback *callback
}

func newStage(t *testing.T) stage {
	t.Helper()
	n := harness.Start(t, harness.SQLite(t))
	c := newCallback(t)
	client := harness.WebClient("web")
	client.Metadata.RedirectURIs = []string{c.URL + "/callback"}
	n.Apply(t, identity.Desired{Users: []identity.DesiredUser{harness.Alice()}, Clients: []identity.NewClient{client}})
	party := harness.NewParty(t, n, "web")
	party.Config.RedirectURL = c.URL + "/callback"
	return stage{node: n, party: party, callback: c}
}

// finish exchanges the code, verifies the ID token, reads UserInfo and refreshes, with unchanged client libraries.
func (s stage) finish(t *testing.T) {
	t.Helper()
	answer := s.callback.wait(t)
	if answer.Get("state") != s.party.State || answer.Get("iss") != s.node.Issuer || answer.Get("code") == "" {
		t.Fatalf("answer %v", answer)
	}
	provider, err := oidc.NewProvider(t.Context(), s.node.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := s.party.Exchange(answer.Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	idToken, err := provider.Verifier(&oidc.Config{ClientID: "web"}).Verify(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	if idToken.Nonce != s.party.Nonce {
		t.Errorf("nonce %q", idToken.Nonce)
	}
	info, err := provider.UserInfo(t.Context(), oauth2.StaticTokenSource(tokens))
	if err != nil || info.Subject != idToken.Subject {
		t.Errorf("userinfo %v %v", info, err)
	}
	renewed, err := s.party.Config.TokenSource(t.Context(), &oauth2.Token{RefreshToken: tokens.RefreshToken}).Token()
	if err != nil || renewed.RefreshToken == tokens.RefreshToken {
		t.Errorf("the refresh token did not rotate: %v", err)
	}
}

// TestTheFirstLoginInABrowser types and clicks, with JavaScript switched off and on, on a phone and on a desktop.
func TestTheFirstLoginInABrowser(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		width, height int
		scripts       bool
	}{
		"without JavaScript on a desktop": {1280, 900, false},
		"without JavaScript on a phone":   {390, 844, false},
		"with JavaScript":                 {1280, 900, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			b := open(t, c.width, c.height)
			if !c.scripts {
				b.withoutScripts()
			}
			b.do(chromedp.Navigate(s.party.AuthURL()))
			b.fits(c.width, c.scripts)
			b.signIn("alice", harness.AlicePassword)
			b.do(chromedp.WaitVisible("#approve"), chromedp.WaitVisible("#deny"))
			b.fits(c.width, c.scripts)
			b.click("approve")
			b.do(chromedp.WaitVisible("#welcome"))
			s.finish(t)
		})
	}
}

// fits tells whether the page needs no scrolling to the side; only scripts can measure it.
func (b *tab) fits(width int, scripts bool) {
	b.t.Helper()
	if !scripts {
		return
	}
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth"))
	if err != nil || got > width {
		b.t.Errorf("the page is %d wide in a window of %d: %v", got, width, err)
	}
}

func TestTheLoginByKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	b := open(t, 1280, 900)
	b.do(chromedp.Navigate(s.party.AuthURL()), chromedp.WaitVisible("#username"))
	// The first field has the focus; Enter submits.
	b.do(chromedp.KeyEvent("alice"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(harness.AlicePassword), chromedp.KeyEvent(kb.Enter))
	b.do(chromedp.WaitVisible("#approve"))
	for range 12 {
		focused, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.activeElement.id"))
		if err != nil {
			t.Fatal(err)
		}
		if focused == "approve" {
			b.do(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("#welcome"))
			s.finish(t)
			return
		}
		b.do(chromedp.KeyEvent(kb.Tab))
	}
	t.Error("the approve button cannot be reached by keyboard")
}

func TestFormPostInABrowser(t *testing.T) {
	t.Parallel()
	for _, scripts := range []bool{true, false} {
		s := newStage(t)
		b := open(t, 1280, 900)
		if !scripts {
			b.withoutScripts()
		}
		b.do(chromedp.Navigate(s.party.AuthURL("response_mode", "form_post")))
		b.signIn("alice", harness.AlicePassword)
		b.click("approve")
		if !scripts {
			b.do(chromedp.Click("button[type=submit]", chromedp.NodeVisible))
		}
		b.do(chromedp.WaitVisible("#welcome"))
		s.finish(t)
	}
}

func TestAWrongPasswordADenialAndALogout(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	b := open(t, 1280, 900)
	b.withoutScripts()
	b.do(chromedp.Navigate(s.party.AuthURL()))
	b.signIn("alice", "not the password")
	b.do(chromedp.WaitVisible("[role=alert]"))
	b.mu.Lock()
	b.complaints = nil // the browser notes the status 401 of the page in its log
	b.mu.Unlock()
	b.signIn("alice", harness.AlicePassword)
	b.click("deny")
	b.do(chromedp.WaitVisible("#welcome"))
	if answer := s.callback.wait(t); answer.Get("error") != "access_denied" || answer.Get("state") != s.party.State {
		t.Errorf("answer %v", answer)
	}
	b.do(chromedp.Navigate(s.node.URL + "/oidc/logout"))
	b.click("logout-confirm")
	b.do(chromedp.WaitVisible("main"))
	if text, err := chromedp.Run(b.ctx, chromedp.TextContent("body")); err != nil || !contains(text, "You are logged out") {
		t.Errorf("%q %v", text, err)
	}
	b.do(chromedp.Navigate(s.party.AuthURL()), chromedp.WaitVisible("#login-submit"))
}
