package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestThePlaygroundWorksOffline signs in with the built-in client and runs a query, with all network but the loopback
// cut off, on a desk and on a phone.
func TestThePlaygroundWorksOffline(t *testing.T) {
	t.Parallel()
	for name, width := range map[string]int{"desktop": desktop, "phone": phone} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := harness.Start(t, harness.SQLite(t))
			b := openPlayground(t, n, width)
			text := b.runs("totalCount")
			for _, want := range []string{`"username": "admin"`, `"activeSessionCount": 1`, `"value": 1`, `"precision": "EXACT"`} {
				if !strings.Contains(text, want) {
					t.Errorf("%s is missing: %s", want, text)
				}
			}
			if b.truth(usable) != "true" {
				t.Error("the editor or the response has no room")
			}
			b.hasNoSecret()
		})
	}
}

// usable reports whether a person can work with the editor and the response: both are seen, and lines fit into them.
const usable = `(() => ['.graphiql-query-editor .CodeMirror', '.result-window', '.graphiql-execute-button'].every((name) => {
	const box = document.querySelector(name).getBoundingClientRect();
	const room = name.endsWith('button') ? 24 : 160;
	return box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight &&
		box.width >= room && box.height >= room / 2;
}))().toString()`

// TestThePlaygroundSignsOut: the tokens are revoked and the session has ended, as the page says, and nothing is left in
// the browser.
func TestThePlaygroundSignsOut(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	b := openPlayground(t, n, desktop)
	b.runs("totalCount")
	if grants, sessions := standing(t, n); grants != 1 || sessions != 1 {
		t.Fatalf("%d grants and %d sessions", grants, sessions)
	}
	b.click("sign-out")
	b.eventually(`document.querySelector('#message')?.innerText.includes('You are signed out.') ? 'yes' : ''`)
	b.see("sign-in")
	if grants, sessions := standing(t, n); grants != 0 || sessions != 0 {
		t.Errorf("%d grants and %d sessions are left", grants, sessions)
	}
	b.hasNothing()
	b.do(chromedp.Reload())
	b.see("sign-in")
}

// standing counts the live grants and the active sessions of the first administrator.
func standing(t *testing.T, n *harness.Node) (grants, sessions int) {
	t.Helper()
	id := n.User(t, "admin").ID
	store, ids := n.Server.Store, []uuid.UUID{id}
	live, err := store.NewestGrants(t.Context(), ids, 10)
	if err != nil {
		t.Fatal(err)
	}
	active, err := store.ActiveSessionCounts(t.Context(), ids, n.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return len(live[id]), active[id]
}

// TestThePlaygroundSurvivesAReload: the tabs are there again and nobody is asked to sign in, nor when the access token
// has expired.
func TestThePlaygroundSurvivesAReload(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	b := openPlayground(t, n, desktop)
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.setValue('{ me { username } }')`))
	b.eventually(`JSON.stringify({...sessionStorage}).includes('{ me { username } }') ? 'yes' : ''`)
	b.do(chromedp.Reload())
	b.see("sign-out")
	if text := b.runs("me"); !strings.Contains(text, `{ "data": { "me": { "username": "admin" } }`) {
		t.Errorf("after a reload: %s", text)
	}
	b.expect("401 (Unauthorized)") // the browser's clock does not go with the server's
	n.Clock.Advance(15 * time.Minute)
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.setValue('{ me { name } }')`))
	b.runs(`"name"`)
	b.see("sign-out")
	b.hasNoSecret()

	// When the session has ended, the page says so and the tabs are still there.
	n.Change(t, "admin", admin.UserChange{Password: new("another long passphrase")})
	n.Clock.Advance(15 * time.Minute)
	b.do(chromedp.Reload())
	b.see("sign-in")
	b.reads("Your sign-in has ended. Sign in again; your tabs are kept.")
	b.eventually(`document.querySelector('.graphiql-query-editor')?.innerText.includes('me { name }') ? 'yes' : ''`)
}

// TestThePlaygroundFollowsASubscription: what happens while it is open is shown, until it is stopped.
func TestThePlaygroundFollowsASubscription(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	b := openPlayground(t, n, desktop)
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.setValue(
		'subscription { sessionChanged { change sessions { user { username } } } }')`))
	b.eventually(`JSON.stringify({...sessionStorage}).includes('subscription { sessionChanged') ? 'yes' : ''`)
	b.do(chromedp.Click(".graphiql-execute-button", chromedp.NodeVisible))
	b.eventually(`document.querySelector('.graphiql-execute-button')?.ariaLabel.includes('Stop') ? 'yes' : ''`)
	text := ""
	for try := 0; text == "" && try < 60; try++ { // nothing tells when the stream is open
		if _, err := n.Server.Domain.SignIn.Password(t.Context(), identity.SignInAttempt{Login: "admin", Password: harness.AdminPassword}); err != nil {
			t.Fatal(err)
		}
		<-time.After(500 * time.Millisecond)
		text = b.truth(`(() => {
			const text = document.querySelector('.result-window')?.innerText ?? '';
			return text.includes('SIGNED_IN') ? text.replace(/\s+/g, ' ') : '';
		})()`)
	}
	if !strings.Contains(text, `"username": "admin"`) {
		t.Error(text)
	}
	b.do(chromedp.Click(".graphiql-execute-button", chromedp.NodeVisible))
	b.eventually(`document.querySelector('.graphiql-execute-button')?.ariaLabel.includes('Execute') ? 'yes' : ''`)
}

// openPlayground signs the first administrator in there.
func openPlayground(t *testing.T, n *harness.Node, width int) *tab {
	t.Helper()
	b := open(t, width, height)
	b.do(chromedp.Navigate(n.URL + "/playground"))
	b.click("sign-in")
	b.signIn("admin", harness.AdminPassword)
	b.see("sign-out")
	return b
}

// runs runs the query in the editor, waits for a response with the text, and returns it.
func (b *tab) runs(want string) string {
	b.t.Helper()
	b.do(chromedp.Click(".graphiql-execute-button", chromedp.NodeVisible))
	return b.eventually(`(() => {
		const result = document.querySelector('.result-window');
		return result && result.innerText.includes('` + want + `') ? result.innerText.replace(/\s+/g, ' ') : '';
	})()`)
}

func (b *tab) truth(expression string) string {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

// hasNothing fails when the page left something in the browser.
func (b *tab) hasNothing() {
	b.t.Helper()
	if left := b.truth(`JSON.stringify([{...localStorage}, document.cookie, Object.keys(sessionStorage).filter((k) => !k.startsWith('graphiql:'))])`); left != `[{},"",[]]` {
		b.t.Errorf("the browser keeps %s", left)
	}
	b.hasNoSecret()
}

// hasNoSecret fails when the page left something there that outlives it, or that looks like a token.
func (b *tab) hasNoSecret() {
	b.t.Helper()
	if left := b.truth(`JSON.stringify([{...localStorage}, document.cookie])`); left != `[{},""]` {
		b.t.Errorf("the browser keeps %s", left)
	}
	if secret := b.truth(`(JSON.stringify({...sessionStorage}).match(/eyJ|[A-Za-z0-9_-]{40,}/) ?? [''])[0]`); secret != "" {
		b.t.Errorf("the browser keeps %s", secret)
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
	b.hasNothing()
}
