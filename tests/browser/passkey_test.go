package browser_test

import (
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// newNamedStage is newStage at a name: browsers know no passkeys of an address.
func newNamedStage(t *testing.T) stage {
	t.Helper()
	return stageOn(t, harness.Start(t, harness.SQLite(t), harness.ByName()), newCallback(t), func(c *admin.NewClient) {
		c.Policy.SkipConsent = true
	})
}

// authenticator adds one to the browser that verifies the person, and leaves it to the test whether somebody touches it.
func (b *tab) authenticator() webauthn.AuthenticatorID {
	b.t.Helper()
	return b.authenticatorWith(&webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	})
}

func (b *tab) authenticatorWith(options *webauthn.VirtualAuthenticatorOptions) webauthn.AuthenticatorID {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		b.t.Fatal(err)
	}
	added, err := chromedp.Call(b.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: options})
	if err != nil {
		b.t.Fatal(err)
	}
	return added.AuthenticatorID
}

// touched says whether somebody touches the authenticator when it is asked.
func (b *tab) touched(id webauthn.AuthenticatorID, by bool) {
	b.t.Helper()
	params := webauthn.SetAutomaticPresenceSimulationParams{AuthenticatorID: id, Enabled: by}
	if _, err := chromedp.Call(b.ctx, webauthn.SetAutomaticPresenceSimulation, params); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) passkeys(id webauthn.AuthenticatorID) int {
	b.t.Helper()
	found, err := chromedp.Call(b.ctx, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: id})
	if err != nil {
		b.t.Fatal(err)
	}
	return len(found.Credentials)
}

// addPasskey adds one on the account pages.
func (b *tab) addPasskey(s stage) {
	b.t.Helper()
	b.do(chromedp.Navigate(s.node.URL + "/account/security"))
	b.signIn("alice", harness.AlicePassword)
	b.click("passkey-add")
	b.click("passkey-submit")
	b.see("passkeys")
	b.reads("Remove this passkey")
}

func (b *tab) forgetCookies() {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		b.t.Fatal(err)
	}
}

// TestAPasskeyInTheBrowser: it is added, signs in where the name is typed and by the button, and is forgotten once it was
// removed, all under the policy of the pages.
func TestAPasskeyInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newNamedStage(t)
	b := open(t, phone, height)
	id := b.authenticator()
	b.addPasskey(s)
	if n := b.passkeys(id); n != 1 {
		t.Fatalf("the authenticator has %d passkeys", n)
	}
	b.click("passkey-add")
	b.click("passkey-submit")
	b.see("passkey-problem")
	b.reads("This device already has a passkey for this account.")

	b.forgetCookies()
	b.do(chromedp.Navigate(s.party.AuthURL())) // somebody picks the passkey that the field offers
	b.see("welcome")
	s.finish(t, http.MethodGet)

	b.forgetCookies()
	b.touched(id, false)
	b.do(chromedp.Navigate(s.party.AuthURL()))
	b.see("passkey-submit")
	b.touched(id, true)
	b.do(chromedp.Focus("#passkey-submit"))
	b.press(kb.Enter)
	b.see("welcome")
	s.finish(t, http.MethodGet)

	b.touched(id, false)
	b.forgetCookies()
	b.do(chromedp.Navigate(s.party.AuthURL()))
	b.click("passkey-submit")
	b.click("passkey-cancel") // nobody has touched anything
	b.see("passkey-submit")
	b.signIn("alice", harness.AlicePassword)
	b.see("welcome")
	s.finish(t, http.MethodGet)
}

// TestARemovedPasskeyLeavesTheAuthenticator, which is told by the page that has refused it.
func TestARemovedPasskeyLeavesTheAuthenticator(t *testing.T) {
	t.Parallel()
	s := newNamedStage(t)
	b := open(t, phone, height)
	id := b.authenticator()
	b.addPasskey(s)
	if _, err := s.node.Server.Admin.Users.Recover(harness.System(t), "alice"); err != nil {
		t.Fatal(err)
	}
	b.forgetCookies()
	b.expect("401")
	b.do(chromedp.Navigate(s.node.URL + "/login"))
	b.see("problem")
	b.reads("This passkey is not known here any more.")
	b.eventually(`document.querySelector("#passkey-form").dataset.unknown`)
	for range 100 {
		if b.passkeys(id) == 0 {
			return
		}
	}
	t.Error("the authenticator has it still")
}

// TestWithoutScriptsThePageSaysWhyThereAreNoPasskeys, and takes the password.
func TestWithoutScriptsThePageSaysWhyThereAreNoPasskeys(t *testing.T) {
	t.Parallel()
	s := newNamedStage(t)
	b := open(t, phone, height)
	b.withoutScripts()
	b.do(chromedp.Navigate(s.party.AuthURL()))
	b.reads("Passkeys need JavaScript")
	b.signIn("alice", harness.AlicePassword)
	b.see("welcome")
	s.finish(t, http.MethodGet)
}
