package browser_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// consoleScreens are the screens of the console, each by its address and its heading. One that is added is looked at by a line here.
var consoleScreens = []struct{ path, heading string }{
	{"/dashboard", "Dashboard"},
	{"/users", "Users"},
	{"/users/new", "Create user"},
	{"/users/invite", "Invite"},
	{"/groups", "Groups"},
	{"/groups/new", "Create group"},
	{"/roles", "Roles"},
	{"/roles/new", "Create role"},
	{"/sessions", "Sessions"},
	{"/applications", "Applications"},
	{"/applications/new", "Register application"},
	{"/applications/new?kind=web", "Register application"},
	{"/scopes", "Scopes"},
	{"/scopes/new", "Create scope"},
	{"/resources", "Resources"},
	{"/resources/new", "Create resource"},
	{"/providers", "Identity providers"},
	{"/providers/new", "Add identity provider"},
	{"/audit", "Audit"},
	{"/keys", "Keys"},
	{"/settings", "Settings"},
	{"/jobs", "Jobs"},
	{"/nowhere", ""},
}

// openConsole signs the first administrator in to the console, which has led the browser to the sign-in page by itself.
func openConsole(t *testing.T, n *harness.Node, width int) *auditor {
	t.Helper()
	a := &auditor{tab: open(t, width, height), axe: axeCore(t), seen: map[string]bool{}}
	a.expect("status of 401") // of /console/session, before the sign-in
	a.open(n.URL + "/console/users?first=20")
	a.signIn("admin", harness.AdminPassword)
	a.shows("Users")
	if at := a.truth("location.pathname + location.search"); at != "/console/users?first=20" {
		t.Errorf("the sign-in has led to %s", at)
	}
	return a
}

// shows waits for a screen by its heading, and until nothing of it is still loading.
func (a *auditor) shows(heading string) {
	a.t.Helper()
	a.eventually(fmt.Sprintf(`(() => {
		const h = document.querySelector('h1');
		return h && (%q === '' || h.innerText === %q) && !document.querySelector('.mantine-Skeleton-root') ? 'yes' : '';
	})()`, heading, heading))
}

// reaches moves the focus by the keyboard alone to the element that the expression, of the element e, is true of.
func (a *auditor) reaches(expression string) {
	a.t.Helper()
	for range 80 {
		if a.truth(`((e) => (`+expression+`) ? 'yes' : '')(document.activeElement)`) == "yes" {
			return
		}
		a.press(kb.Tab)
	}
	a.t.Fatalf("the keyboard does not reach %s", expression)
}

// TestTheScreensOfTheConsole: each is there by its address, accessible in light and in dark, on a desk and at 320 px; the browser reports
// nothing, no violation of the policy and no request to another host; and no script sees the session.
func TestTheScreensOfTheConsole(t *testing.T) {
	t.Parallel()
	for _, width := range []int{narrow, desktop} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			n := harness.Start(t, harness.SQLite(t))
			a := openConsole(t, n, width)
			for _, screen := range consoleScreens {
				a.open(n.URL + "/console" + screen.path)
				a.shows(screen.heading)
				a.inspects(screen.path)
			}
			if stored := a.truth("document.cookie + JSON.stringify({...localStorage, ...sessionStorage})"); strings.Contains(stored, "authly_") {
				t.Errorf("scripts see %s", stored)
			}
		})
	}
}

// TestTheConsoleByTheKeyboard signs out with it, on both databases: the session of the console is over, and the browser is where the person
// ends their own.
func TestTheConsoleByTheKeyboard(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := harness.Start(t, db)
		a := openConsole(t, n, desktop)
		a.reaches(`e.innerText === 'Keys'`)
		a.press(kb.Enter)
		a.shows("Keys")
		a.reaches(`e.innerText === 'admin'`)
		a.press(kb.Enter)
		a.eventually(`document.querySelector('[role=menuitem]') ? 'yes' : ''`)
		for range 5 {
			if a.truth("document.activeElement.innerText") == "Sign out" {
				break
			}
			a.press(kb.ArrowDown)
		}
		a.press(kb.Enter)
		a.see("logout-confirm")
		if grants, sessions := standing(t, n); grants != 0 || sessions != 1 {
			t.Errorf("%d grants and %d sessions are left", grants, sessions)
		}
		a.click("logout-confirm")
		a.do(chromedp.WaitNotPresent("#logout-confirm"))
		a.open(n.URL + "/console/")
		a.see("login-submit")
	})
}

// TestTheConsoleStepsUp: the sign-in page comes again for what is dangerous, and leads back to where the person was.
func TestTheConsoleStepsUp(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	a := openConsole(t, n, desktop)
	const rotate = `fetch('/graphql', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Authly-Console': '1' },
		body: JSON.stringify({ query: 'mutation { rotateSigningKey(input: { algorithm: ES256 }) { userErrors { code } } }' }) })
		.then((answer) => answer.text()).then((text) => { window.answer = text; }); 'asked'`
	n.Clock.Advance(identity.ConsoleStepUpAge + time.Second)
	a.truth(rotate)
	if got := a.eventually("window.answer"); !strings.Contains(got, "INSUFFICIENT_USER_AUTHENTICATION") {
		t.Errorf("an old sign-in: %s", got)
	}
	a.open(n.URL + "/console/sign-in?step_up=1&return=/console/keys")
	a.fill("password", harness.AdminPassword)
	a.click("login-submit")
	a.shows("Keys")
	a.truth(rotate)
	if got := a.eventually("window.answer"); strings.Contains(got, `"errors"`) || !strings.Contains(got, "rotateSigningKey") {
		t.Errorf("after the step-up: %s", got)
	}
}
