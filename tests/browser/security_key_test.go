package browser_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestASecurityKeyInTheBrowser: one that cannot verify anybody, of either protocol, is added and used at 320 px and by keyboard
// alone, spares the step on this browser where the person says so, and is added once.
func TestASecurityKeyInTheBrowser(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]webauthn.VirtualAuthenticatorOptions{
		"CTAP 2 without verification": {Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportUsb},
		"U2F":                         {Protocol: webauthn.AuthenticatorProtocolU2f, Transport: webauthn.AuthenticatorTransportUsb},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newNamedStage(t)
			b := open(t, narrow, height)
			options.AutomaticPresenceSimulation = true
			id := b.authenticatorWith(&options)
			presses := func(element string) {
				t.Helper()
				b.see(element)
				b.tabTo(element)
				b.press(kb.Enter)
			}
			b.do(chromedp.Navigate(s.node.URL + "/account/security"))
			b.signIn("alice", harness.AlicePassword)
			presses("key-add")
			presses("passkey-submit")
			presses("codes-skip")
			b.see("key-add")
			b.reads("Remove this security key")
			if n := b.passkeys(id); n != 1 {
				t.Fatalf("the authenticator has %d keys", n)
			}
			b.click("key-add")
			b.click("passkey-submit")
			b.see("passkey-problem")
			b.reads("This device was added to your account already.")

			b.forgetCookies()
			b.do(chromedp.Navigate(s.party.AuthURL()))
			b.signIn("alice", harness.AlicePassword)
			b.see("passkey-submit")
			b.tabTo("trust_browser")
			b.press(" ")
			b.tabTo("passkey-submit")
			b.press(kb.Enter)
			b.see("welcome")
			s.finish(t, http.MethodGet)
			b.do(chromedp.Navigate(s.node.URL + "/account/devices"))
			b.see("browsers-forget")

			made, err := s.node.Server.Admin.Users.CreateRecoveryLink(harness.System(t), admin.NewRecoveryLink{
				UserID: s.node.User(t, "alice").ID, TTL: time.Hour,
			})
			if err != nil {
				t.Fatal(err)
			}
			b.forgetCookies()
			b.do(chromedp.Navigate(made.Link.URL))
			b.fill("new_password", "quiet copper meadow 41")
			b.fill("confirm_password", "quiet copper meadow 41")
			b.click("passkey-submit")
			b.see("sign-out")
		})
	}
}
