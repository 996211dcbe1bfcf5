package browser_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// stage is a node with Alice and a client whose redirect URI is a real server.
type stage struct {
	node     *harness.Node
	party    *harness.Party
	callback *callback
}

func newStage(t *testing.T, people ...admin.DesiredUser) stage {
	t.Helper()
	return stageWith(t, newCallback(t), func(*admin.NewClient) {}, people...)
}

// stageWith is newStage with a callback of one's own and a change of the client.
func stageWith(t *testing.T, c *callback, change func(*admin.NewClient), people ...admin.DesiredUser) stage {
	t.Helper()
	return stageOn(t, harness.Start(t, harness.SQLite(t)), c, change, people...)
}

func stageOn(t *testing.T, n *harness.Node, c *callback, change func(*admin.NewClient), people ...admin.DesiredUser) stage {
	t.Helper()
	client := harness.WebClient("web")
	change(&client)
	client.Metadata.RedirectURIs = []string{c.URL + "/callback"}
	client.Metadata.PostLogoutRedirectURIs = []string{c.URL + "/callback/bye"}
	n.Apply(t, admin.Desired{Users: append(people, harness.Alice()), Clients: []admin.NewClient{client}})
	party := harness.NewParty(t, n, "web")
	party.Config.RedirectURL = c.URL + "/callback"
	return stage{node: n, party: party, callback: c}
}

// finish exchanges the code, verifies the ID token, reads UserInfo, refreshes and verifies what came of that, with
// unchanged client libraries.
func (s stage) finish(t *testing.T, method string) {
	t.Helper()
	answer := s.callback.wait(t)
	if answer.method != method {
		t.Errorf("the answer came by %s, not %s", answer.method, method)
	}
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
	verifier := provider.Verifier(&oidc.Config{ClientID: "web"})
	verify := func(tokens *oauth2.Token) *oidc.IDToken {
		t.Helper()
		raw, _ := tokens.Extra("id_token").(string)
		idToken, err := verifier.Verify(t.Context(), raw)
		if err != nil {
			t.Fatal(err)
		}
		info, err := provider.UserInfo(t.Context(), oauth2.StaticTokenSource(tokens))
		if err != nil || info.Subject != idToken.Subject {
			t.Errorf("userinfo %v %v", info, err)
		}
		return idToken
	}
	first := verify(tokens)
	if first.Nonce != s.party.Nonce {
		t.Errorf("nonce %q", first.Nonce)
	}
	renewed, err := s.party.Config.TokenSource(t.Context(), &oauth2.Token{RefreshToken: tokens.RefreshToken}).Token()
	if err != nil {
		t.Fatal(err)
	}
	if renewed.RefreshToken == tokens.RefreshToken || renewed.AccessToken == tokens.AccessToken {
		t.Error("the tokens did not rotate")
	}
	if again := verify(renewed); again.Subject != first.Subject {
		t.Errorf("subject %q after %q", again.Subject, first.Subject)
	}
}

const (
	phone   = 390
	desktop = 1280
	height  = 900
)

// TestTheFirstLoginInABrowser types and clicks, with JavaScript switched off and on, on a phone and on a desktop.
func TestTheFirstLoginInABrowser(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		width   int
		scripts bool
	}{
		"without JavaScript on a desktop": {desktop, false},
		"without JavaScript on a phone":   {phone, false},
		"with JavaScript":                 {desktop, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			b := open(t, c.width, height)
			if !c.scripts {
				b.withoutScripts()
			}
			b.do(chromedp.Navigate(s.party.AuthURL()))
			b.signIn("alice", harness.AlicePassword)
			b.see("deny")
			b.reads("Web web")
			b.click("approve")
			b.see("welcome")
			s.finish(t, http.MethodGet)
		})
	}
}

func TestTheLoginByKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	b := open(t, desktop, height)
	b.do(chromedp.Navigate(s.party.AuthURL()))
	b.see("username")
	// The first field has the focus; Enter submits.
	b.press("alice", kb.Tab, harness.AlicePassword, kb.Enter)
	b.see("approve")
	b.tabTo("approve")
	b.press(kb.Enter)
	b.see("welcome")
	s.finish(t, http.MethodGet)
}

// tabTo presses Tab until the element has the focus, and fails when that takes longer than going through the page.
func (b *tab) tabTo(name string) {
	b.t.Helper()
	for range 10 {
		b.press(kb.Tab)
		focused, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.activeElement.id"))
		if err != nil {
			b.t.Fatal(err)
		}
		if focused == name {
			return
		}
	}
	b.t.Fatalf("%s cannot be reached by keyboard", name)
}

func TestFormPostInABrowser(t *testing.T) {
	t.Parallel()
	for name, scripts := range map[string]bool{"goes on by itself": true, "has a button without JavaScript": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			b := open(t, phone, height)
			if !scripts {
				b.withoutScripts()
			}
			b.do(chromedp.Navigate(s.party.AuthURL("response_mode", "form_post")))
			b.signIn("alice", harness.AlicePassword)
			b.click("approve")
			if !scripts {
				b.do(chromedp.Click("button[type=submit]:not([id])", chromedp.NodeVisible))
			}
			b.see("welcome")
			s.finish(t, http.MethodPost)
		})
	}
}

func TestAPersonWhoMustChooseAPassword(t *testing.T) {
	t.Parallel()
	bob := harness.Bob()
	bob.RequiresPasswordChange = true
	s := newStage(t, bob)
	b := open(t, phone, height)
	b.withoutScripts()
	b.do(chromedp.Navigate(s.party.AuthURL()))
	b.signIn("bob", harness.BobPassword)
	change := func(repeated string) {
		t.Helper()
		b.fill("new_password", "moves into the brick house") // the temporary one was typed a moment ago
		b.fill("confirm_password", repeated)
		b.click("password-submit")
	}
	b.expect("status of 400")
	change("moves into another house")
	b.see("confirm-password-error")
	change("moves into the brick house")
	b.click("approve")
	b.see("welcome")
	s.finish(t, http.MethodGet)

	b.do(chromedp.Navigate(s.party.AuthURL("prompt", "login")))
	b.signIn("bob", "moves into the brick house")
	b.see("welcome")
}

func TestAWrongPasswordAndADenial(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	b := open(t, phone, height)
	b.withoutScripts()
	b.expect("status of 401")
	b.do(chromedp.Navigate(s.party.AuthURL()))
	b.signIn("alice", "not the password")
	b.see("problem")
	b.signIn("alice", harness.AlicePassword)
	b.click("deny")
	b.see("welcome")
	if answer := s.callback.wait(t); answer.Get("error") != "access_denied" || answer.Get("state") != s.party.State || answer.Has("code") {
		t.Errorf("answer %v", answer)
	}
}

// TestALogoutInABrowser asks before it logs out, because anybody could have led the person there.
func TestALogoutInABrowser(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]bool{"ends at Authly": false, "ends at the application": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			b := open(t, phone, height)
			b.withoutScripts()
			b.do(chromedp.Navigate(s.party.AuthURL()))
			b.signIn("alice", harness.AlicePassword)
			b.click("approve")
			b.see("welcome")
			s.finish(t, http.MethodGet)
			address := s.node.URL + "/oidc/logout"
			if back {
				address += "?" + url.Values{
					"client_id": {"web"}, "post_logout_redirect_uri": {s.callback.URL + "/callback/bye"}, "state": {"so long"},
				}.Encode()
			}
			b.do(chromedp.Navigate(address))
			b.see("logout-confirm")
			b.reads("You are signed in as Alice")
			b.click("logout-confirm")
			if back {
				b.see("welcome")
				if answer := s.callback.wait(t); answer.Get("state") != "so long" {
					t.Errorf("answer %v", answer)
				}
			} else {
				b.do(chromedp.WaitNotPresent("#logout-confirm"), chromedp.WaitVisible("main"))
				b.reads("You are signed out")
			}
			b.do(chromedp.Navigate(s.party.AuthURL()))
			b.see("login-submit")
		})
	}
}

func TestARequestErrorInABrowser(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	b := open(t, phone, height)
	b.expect("status of 400")
	b.do(chromedp.Navigate(s.party.AuthURL("redirect_uri", "https://somewhere.example/else")), chromedp.WaitVisible("main"))
	b.reads("Request error")
}
