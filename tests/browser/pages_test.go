package browser_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestAPasswordCanBeRevealed, and is sent as a password all the same.
func TestAPasswordCanBeRevealed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	b := open(t, phone, height)
	b.do(chromedp.Navigate(s.party.AuthURL()))
	b.fill("username", "alice")
	b.fill("password", harness.AlicePassword)
	const shown = `document.querySelector('#password').type + ' ' + document.querySelector('.reveal').innerText + ' ' +
		document.querySelector('.reveal').getAttribute('aria-pressed')`
	for _, want := range []string{"text Hide true", "password Show false", "text Hide true"} {
		b.do(chromedp.Click(".reveal", chromedp.NodeVisible))
		if got := b.truth(shown); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	b.click("login-submit")
	b.see("approve")
}

// TestAMistypedNewPasswordLosesNothing: the browser itself refuses to send it.
func TestAMistypedNewPasswordLosesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	b := open(t, phone, height)
	b.do(chromedp.Navigate(s.node.URL + "/account/password"))
	b.signIn("alice", harness.AlicePassword)
	b.fill("password", harness.AlicePassword)
	b.fill("new_password", "moves into the brick house")
	b.fill("confirm_password", "moves into another house")
	b.click("password-submit")
	if got := b.truth(`document.querySelector('#confirm_password').validationMessage`); got != "The two new passwords are not the same." {
		t.Errorf("message %q", got)
	}
	if got := b.truth(`document.querySelector('#new_password').value`); got != "moves into the brick house" {
		t.Errorf("new password %q", got)
	}
	b.truth(`document.querySelector('#confirm_password').value = ''`)
	b.fill("confirm_password", "moves into the brick house")
	b.click("password-submit")
	b.see("sign-out")
	b.reads("Your password was changed.")
}

// TestTimesAreThoseOfThePerson: the server writes UTC, the page the browser's own zone.
func TestTimesAreThoseOfThePerson(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	b := open(t, phone, height)
	zone := emulation.SetTimezoneOverrideParams{TimezoneID: "Asia/Tokyo"}
	if _, err := chromedp.Call(b.ctx, emulation.SetTimezoneOverride, zone); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Navigate(s.node.URL + "/login"))
	b.signIn("alice", harness.AlicePassword)
	b.see("sign-out")
	if got := b.truth(`(() => {
		const time = document.querySelector('time');
		const zoned = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short', timeZone: 'Asia/Tokyo' });
		const want = zoned.format(new Date(time.dateTime));
		return time.textContent === want && time.title.endsWith('UTC') ? 'yes' : time.outerHTML;
	})()`); got != "yes" {
		t.Error(got)
	}
}

// TestALongConsentOnAPhone: what is dangerous is first and looks it, the rest is folded, and the buttons are in view.
func TestALongConsentOnAPhone(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	wanted := identity.ScopeOpenID + " " + identity.ScopeProfile + " " + identity.ScopeUsersWrite
	var scopes []identity.Scope
	for i := range 20 {
		name := fmt.Sprintf("notes.%d", i)
		scopes = append(scopes, identity.Scope{Name: name, Description: "Do the thing number " + name + " with all of your notes"})
		wanted += " " + name
	}
	client := harness.WebClient("console")
	client.Metadata.Scope = wanted
	client.Metadata.RedirectURIs = []string{s.callback.URL + "/callback"}
	s.node.Apply(t, admin.Desired{Scopes: scopes, Clients: []admin.NewClient{client}})
	party := harness.NewParty(t, s.node, "console")
	party.Config.RedirectURL = s.callback.URL + "/callback"
	b := open(t, phone, 700)
	b.do(chromedp.Navigate(party.AuthURL("scope", wanted)))
	b.signIn("admin", harness.AdminPassword)
	b.see("approve")
	b.see("admin-warning")
	if got := b.truth(`(() => {
		const first = document.querySelector('.scopes li');
		const fold = document.querySelector('#more-scopes');
		const buttons = document.querySelector('#choice').getBoundingClientRect();
		return [first.className, first.innerText.trim(), fold.open, fold.querySelectorAll('li').length,
			buttons.top >= 0 && buttons.bottom <= innerHeight].join('|');
	})()`); got != "sensitive|Administration: create, change and delete users|false|17|true" {
		t.Error(got)
	}
	b.do(chromedp.Click("#more-scopes summary", chromedp.NodeVisible))
	b.reads("notes.19")
	b.click("deny")
	b.see("welcome")
}
