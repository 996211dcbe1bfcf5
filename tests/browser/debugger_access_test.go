package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/authly/authly/tests/harness"
)

// TestTheDebuggerIsAccessible: axe-core finds nothing on any form or step of it, at 320 px, in light and in dark, and nothing is wider than
// the window.
func TestTheDebuggerIsAccessible(t *testing.T) {
	t.Parallel()
	d := debugged(t, narrow, harness.NewClientKey(t, "first"))
	d.expect("status of 400")
	a := &auditor{tab: d.tab, axe: axeCore(t)}
	a.inspects("the choice of a client")
	for clientID, actions := range map[string][]string{
		"web": {"authorization-code", "refresh-token", "userinfo", "introspection", "revocation", "logout"}, "tv": {"device"}, "till": {"ciba"},
		"orders": {"client-credentials", "token-exchange"}, "portal": {"jwt-bearer"}, "legacy": {"password"}, "bank": {"authorization-code"},
		"spa": {"authorization-code"}, "old": {"implicit"},
	} {
		d.chooses(clientID)
		for _, action := range actions {
			d.click("action-" + action)
			d.opensAll()
			a.inspects(clientID + ": " + action)
		}
	}

	d.chooses("web")
	d.tries("authorization-code", "scope", "openid email offline_access")
	d.step("Authorization request")
	a.inspects("an authorization request")
	d.click("open-authorization")
	d.step("Authorization response: a code")
	d.click("redeem")
	d.step("Token request: 200", validTokens)
	d.click("redeem") // twice
	d.step("Token request: 400", "code.once")
	d.opensAll()
	a.inspects("tokens and a refusal")
	d.tries("logout")
	d.step("Logout request")
	a.inspects("a logout request")
	d.do(chromedp.Navigate(d.n.URL + "/playground/flows/callback?code=abc&state=nobody"))
	d.see("answer")
	a.inspects("an answer that nobody waits for")
}

// TestTheDebuggerIsWorkedByKeyboard: from signing in to a token, and Tab comes to all that there is.
func TestTheDebuggerIsWorkedByKeyboard(t *testing.T) {
	t.Parallel()
	d := debugged(t, narrow, harness.NewClientKey(t, "first"))
	d.comesToAll("the choice of a client")
	d.do(chromedp.Focus("#client-search"))
	d.press("orders")
	d.do(chromedp.WaitVisible("#client-list[aria-busy=false] li:only-child"))
	d.press(kb.Tab, kb.Enter)
	d.see("client")
	if at := d.truth("document.activeElement.id"); at != "client-name" {
		t.Errorf("the focus is on %q", at)
	}
	d.press(kb.Tab, kb.Tab, harness.ClientSecret, kb.Tab, kb.Tab, " ")
	// The radio buttons of what the client cannot do are stepped over.
	d.eventually(`document.querySelector('#action h2')?.textContent ?? ''`)
	d.do(chromedp.Focus("#action-client-credentials"))
	d.press(" ")
	d.eventually(`document.querySelector('#action h2')?.textContent === 'Client credentials' ? 'yes' : ''`)
	d.comesToAll("client credentials")
	d.do(chromedp.Focus("#field-scope"))
	d.press(kb.Enter)
	d.step("Token request: 200", validTokens)
	if at := d.truth("document.activeElement.textContent"); !strings.Contains(at, "Token request: 200") {
		t.Errorf("the focus is on %q", at)
	}
	d.comesToAll("a step")
}

// opensAll opens what is folded.
func (d *debugger) opensAll() {
	d.t.Helper()
	d.do(chromedp.Evaluate[chromedp.Void]("document.querySelectorAll('details').forEach((one) => { one.open = true; })"))
}

// comesToAll fails unless Tab comes to all that can be worked, and shows where it is. Of radio buttons it comes to one.
func (d *debugger) comesToAll(name string) {
	d.t.Helper()
	d.opensAll()
	many := d.eventually(controls)
	d.truth(`document.querySelectorAll('[type=radio]').forEach((one) => { delete one.dataset.control; }); 'unmarked'`)
	left := ""
	for range 80 {
		d.press(kb.Tab)
		if left = d.eventually(reached); left == "all" {
			return
		}
	}
	d.t.Errorf("%s: of %s controls Tab does not come to %s", name, many, left)
}
