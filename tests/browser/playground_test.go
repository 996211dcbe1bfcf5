package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestThePlaygroundWorksOffline signs in with the built-in client and runs a query, with all network but the loopback
// cut off.
func TestThePlaygroundWorksOffline(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	b := open(t, desktop, height)
	b.do(chromedp.Navigate(n.URL + "/playground"))
	b.click("sign-in")
	b.signIn("admin", harness.AdminPassword)
	b.see("sign-out")
	b.do(chromedp.Click(".graphiql-execute-button", chromedp.NodeVisible))
	text := b.eventually(`(() => {
		const result = document.querySelector('.result-window');
		return result && result.innerText.includes('totalCount') ? result.innerText.replace(/\s+/g, ' ') : '';
	})()`)
	for _, want := range []string{`"username": "admin"`, `"activeSessionCount": 1`, `"value": 1`, `"precision": "EXACT"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing: %s", want, text)
		}
	}
	b.keepsNothing()
	b.click("sign-out")
	b.see("sign-in")
	b.keepsNothing()
}

// keepsNothing fails when the page left something in the browser that outlives it.
func (b *tab) keepsNothing() {
	b.t.Helper()
	kept, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])`))
	if err != nil {
		b.t.Fatal(err)
	}
	if kept != `[{},{},""]` {
		b.t.Errorf("the browser keeps %s", kept)
	}
}

func TestThePlaygroundTellsWhoMayNot(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Alice()}})
	b := open(t, desktop, height)
	b.do(chromedp.Navigate(n.URL + "/playground"))
	b.click("sign-in")
	b.signIn("alice", harness.AlicePassword)
	text := b.eventually(`(() => { const m = document.querySelector('#message'); return m ? m.innerText.trim() : ''; })()`)
	if !strings.Contains(text, "not as an administrator") {
		t.Errorf("message %q", text)
	}
	b.see("sign-in")
	b.keepsNothing()
}
