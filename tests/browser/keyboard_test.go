package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// controls marks what can be worked on a page, and returns how many there are.
const controls = `(() => {
	const list = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')];
	return String(list.filter((e) => e.getClientRects().length && !e.disabled).map((e) => e.dataset.control = 'open').length);
})()`

// reached unmarks what has the focus if that shows, and says what is still marked.
const reached = `(() => {
	const at = document.activeElement, style = getComputedStyle(at);
	if (style.outlineStyle !== 'none' || style.boxShadow !== 'none') delete at.dataset.control;
	return [...document.querySelectorAll('[data-control]')].map((e) => e.id || e.textContent.trim()).join() || 'all';
})()`

// TestEveryAccountPageIsWorkedByKeyboard: Tab alone comes to all that can be worked, shows where it is, and is held nowhere; and a name is
// changed without a mouse.
func TestEveryAccountPageIsWorkedByKeyboard(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := harness.Start(t, harness.SQLite(t), harness.ByName(), harness.Env("AUTHLY_SMTP_URL", "smtp://"+mailbox.Address),
		harness.Env("AUTHLY_SMTP_CA_FILE", mailbox.CAFile))
	s := stageOn(t, n, newCallback(t), func(*admin.NewClient) {})
	harness.OtherAuthly(t, n, identity.ProviderConfig{})
	b := open(t, narrow, height)
	b.do(chromedp.Navigate(s.node.URL + "/account"))
	b.see("username")
	b.press("alice", kb.Tab, harness.AlicePassword, kb.Enter)
	b.see("sign-out")
	for _, path := range []string{
		"", "/profile", "/email", "/password", "/connections", "/security", "/security/totp", "/security/passkey", "/security/key", "/devices",
		"/applications", "/activity", "/data", "/delete",
	} {
		b.do(chromedp.Navigate(n.URL+"/account"+path), chromedp.WaitVisible("main"))
		many := b.eventually(controls)
		left := ""
		for range 80 {
			b.press(kb.Tab)
			if left = b.eventually(reached); left == "all" {
				break
			}
		}
		if left != "all" {
			t.Errorf("/account%s: of %s controls Tab does not come to %s", path, many, left)
		}
	}
	b.do(chromedp.Navigate(n.URL + "/account/profile"))
	b.see("nickname")
	b.do(chromedp.Focus("#nickname"))
	b.press("Lissy", kb.Enter)
	b.see("done")
	if got := n.User(t, "alice").Claims.Nickname; !strings.HasPrefix(got, "Lissy") {
		t.Errorf("the nickname is %q", got)
	}
}
