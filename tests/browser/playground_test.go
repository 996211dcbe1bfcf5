package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

func contains(text, part string) bool {
	return strings.Contains(strings.Join(strings.Fields(text), " "), part)
}

// TestThePlaygroundWorksOffline signs in with the built-in client and runs a query, with all network but the loopback cut off.
func TestThePlaygroundWorksOffline(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	b := open(t, 1280, 900)
	b.do(chromedp.Navigate(n.URL + "/playground"))
	b.click("sign-in")
	b.signIn("admin", harness.AdminPassword)
	b.do(chromedp.WaitVisible("#sign-out"), chromedp.WaitVisible(".graphiql-execute-button"))
	b.do(chromedp.Click(".graphiql-execute-button", chromedp.NodeVisible))
	text := b.eventually(`(() => { const r = document.querySelector('.result-window'); return r && r.innerText.includes('totalCount') ? r.innerText : ''; })()`)
	for _, want := range []string{`"username": "admin"`, `"activeSessionCount": 1`, `"value": 1`, `"precision": "EXACT"`} {
		if !contains(text, want) {
			t.Errorf("%s is missing: %s", want, text)
		}
	}
	kept, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`JSON.stringify([{...localStorage}, {...sessionStorage}])`))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"eyJ", "verifier", "Bearer"} {
		if strings.Contains(kept, secret) {
			t.Errorf("the browser keeps %q: %s", secret, kept)
		}
	}
}

func TestThePlaygroundTellsWhoMayNot(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	n.Apply(t, identity.Desired{Users: []identity.DesiredUser{harness.Alice()}})
	b := open(t, 1280, 900)
	b.do(chromedp.Navigate(n.URL + "/playground"))
	b.click("sign-in")
	b.signIn("alice", harness.AlicePassword)
	text := b.eventually(`(() => { const m = document.querySelector('#message'); return m ? m.innerText.trim() : ''; })()`)
	if !strings.Contains(strings.ToLower(text), "administrator") {
		t.Errorf("message %q", text)
	}
	b.mu.Lock()
	b.complaints = nil // a refused request is noted in the browser's log
	b.mu.Unlock()
}
