package tests

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
)

// recoveredPassword is the password that tests choose on the page of a link.
const recoveredPassword = "through the looking glass"

var mailedLink = regexp.MustCompile(`https?://\S+`)

// linkIn returns the link of a message.
func linkIn(t *testing.T, l harness.Letter) string {
	t.Helper()
	links := mailedLink.FindAllString(l.Plain, -1)
	if len(links) != 1 {
		t.Fatalf("%s: %d links in %s", l.Subject(), len(links), l.Plain)
	}
	return links[0]
}

// askForLink asks for a link on the page that the login page leads to, and returns the message.
func askForLink(t *testing.T, n *harness.Node, mailbox *harness.Mailbox, name string) harness.Letter {
	t.Helper()
	browser := harness.NewBrowser(t, n)
	browser.Get(n.URL + "/login")
	browser.Get(n.URL + browser.Page.Find("#forgot").AttrOr("href", "/none"))
	browser.Submit("recover-submit", map[string]string{"login": name})
	if !browser.Has("sent") || browser.Status != http.StatusOK {
		t.Fatalf("%d %s", browser.Status, browser.Text())
	}
	return mailbox.Next(t)
}

// TestAForgottenPasswordIsReplacedByMail: the link works once, and what others had of the account is dead.
func TestAForgottenPasswordIsReplacedByMail(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, withMail(mailbox)...)
		thief, token := signedIn(t, n)
		n.Advance(t, time.Minute)
		l := askForLink(t, n, mailbox, "ALICE@example.org")
		link := linkIn(t, l)
		if l.To[0] != "alice@example.org" || l.Subject() != "Get back into your account" || !strings.HasPrefix(link, n.Issuer+"/recover/new?token=") {
			t.Errorf("to %v: %s, %s", l.To, l.Subject(), link)
		}
		if !strings.Contains(l.HTML, `<a href="`+link+`">`) || !strings.Contains(l.Plain, "from the address 127.0.0.1") {
			t.Errorf("the message: %s", l.Raw)
		}
		browser := harness.NewBrowser(t, n)
		browser.Get(link)
		if browser.Header.Get("Referrer-Policy") != "no-referrer" || browser.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("headers of the page: %v", browser.Header)
		}
		browser.Submit("password-submit", map[string]string{"new_password": recoveredPassword, "confirm_password": "another"})
		browser.Submit("password-submit", map[string]string{"new_password": "alice", "confirm_password": "alice"})
		if browser.Status != http.StatusBadRequest || !browser.Has("new-password-error") {
			t.Errorf("a weak password: %d %s", browser.Status, browser.Text())
		}
		browser.Submit("password-submit", map[string]string{"new_password": recoveredPassword, "confirm_password": recoveredPassword})
		if !browser.Has("sign-out") || !strings.Contains(browser.Text(), "Your password was changed.") {
			t.Fatalf("%d at %s: %s", browser.Status, browser.URL, browser.Text())
		}
		if !signedOut(t, n, thief) {
			t.Error("another browser is still signed in")
		}
		dead(t, n, token)
		if l := mailbox.Next(t); l.Subject() != "Your password was replaced" || l.To[0] != "alice@example.org" {
			t.Errorf("afterwards %v hears %s", l.To, l.Subject())
		}
		for password, works := range map[string]bool{harness.AlicePassword: false, recoveredPassword: true} {
			again := harness.NewBrowser(t, n)
			again.Get(n.URL + "/login")
			again.SignIn("alice", password)
			if again.Has("sign-out") != works {
				t.Errorf("%q: %s", password, again.Text())
			}
		}
		again := harness.NewBrowser(t, n)
		again.Get(link)
		if again.Status != http.StatusBadRequest || !strings.Contains(again.Text(), "no longer valid") || !again.Has("recover-submit") {
			t.Errorf("the link a second time: %d %s", again.Status, again.Text())
		}
		n.Stop()
		for query, want := range map[string]int{
			"SELECT count(*) FROM audit_events WHERE action = 'recovery.requested' AND outcome = 'success' AND target_name = 'alice'": 1,
			"SELECT count(*) FROM audit_events WHERE action = 'recovery.completed' AND actor_name = 'alice'":                          1,
			"SELECT count(*) FROM sessions WHERE end_reason = 'recovered'":                                                            1,
			"SELECT count(*) FROM one_time_tokens":                                                                                    0,
		} {
			if got := db.Count(t, query); got != want {
				t.Errorf("%s: %d, want %d", query, got, want)
			}
		}
	})
}

// TestWithoutMailThereIsNoRecovery: neither the pages nor the way to them.
func TestWithoutMailThereIsNoRecovery(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser := harness.NewBrowser(t, n)
	browser.Get(n.URL + "/login")
	if browser.Has("forgot") || !strings.Contains(browser.Text(), "Your administrator can give you a new one.") {
		t.Errorf("the login page: %s", browser.Text())
	}
	for _, path := range []string{"/recover"} {
		if browser.Get(n.URL + path); browser.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, browser.Status)
		}
	}
}

// TestWhoForgetsThePasswordOnTheWayToAnApplicationGetsBack to where the sign-in stood.
func TestWhoForgetsThePasswordOnTheWayToAnApplicationGetsBack(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), withMail(mailbox)...)
	browser, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
	browser.Get(party.AuthURL())
	login := browser.URL.String()
	browser.Get(n.URL + browser.Page.Find("#forgot").AttrOr("href", "/none"))
	browser.Submit("recover-submit", map[string]string{"login": "alice"})
	if back := browser.Page.Find(".links a").AttrOr("href", ""); n.URL+back != login {
		t.Errorf("back leads to %s", back)
	}
	link := linkIn(t, mailbox.Next(t))
	browser.Get(link)
	browser.Submit("password-submit", map[string]string{"new_password": recoveredPassword, "confirm_password": recoveredPassword})
	browser.Get(login)
	if browser.Has("approve") {
		browser.Submit("approve", nil)
	}
	if _, err := party.Exchange(party.Code(browser)); err != nil {
		t.Error(err)
	}
}
