package tests

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
)

// freeMail is the throttle of tests that ask for many messages.
const freeMail = "mail=1000/1s,mails=1000/1s"

// askForAddress lets a browser in which Alice is signed in ask for another address, and returns the messages by address.
func askForAddress(
	t *testing.T, n *harness.Node, mailbox *harness.Mailbox, browser *harness.Browser, next string, messages int,
) map[string]harness.Letter {
	t.Helper()
	browser.Get(n.URL + "/account/email")
	browser.Submit("email-submit", map[string]string{"email": next})
	if browser.URL.Path != "/account/email" || browser.Page.Find("#pending .strong").Text() != next {
		t.Fatalf("%d at %s: %s", browser.Status, browser.URL, browser.Text())
	}
	return lettersByAddress(t, mailbox, messages)
}

// lettersByAddress takes so many messages, which come in any order.
func lettersByAddress(t *testing.T, mailbox *harness.Mailbox, n int) map[string]harness.Letter {
	t.Helper()
	got := map[string]harness.Letter{}
	for range n {
		l := mailbox.Next(t)
		got[l.To[0]] = l
	}
	if len(got) != n {
		t.Fatalf("%d messages went to %d addresses", n, len(got))
	}
	mailbox.Empty(t)
	return got
}

// undo presses the button of a link, in a browser that has never been here.
func undo(t *testing.T, n *harness.Node, link string) *harness.Browser {
	t.Helper()
	browser := harness.NewBrowser(t, n)
	browser.Get(link)
	if !browser.Has("undo-submit") {
		t.Fatalf("the page of %s: %d %s", link, browser.Status, browser.Text())
	}
	browser.Submit("undo-submit", nil)
	return browser
}

// TestAnAddressIsChangedAndTakenBack: the old one stays until the new one is shown to be the person's; both hear of it, and the
// old one takes everything back without a session.
func TestAnAddressIsChangedAndTakenBack(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, withMail(mailbox)...)
		browser, token := signedIn(t, n)
		asked := askForAddress(t, n, mailbox, browser, "Alice@new.example", 2)
		link, early := linkIn(t, asked["Alice@new.example"]), linkIn(t, asked["alice@example.org"])
		ours := strings.HasPrefix(link, n.Issuer+"/verify?token=") && strings.HasPrefix(early, n.Issuer+"/undo?token=")
		if !ours || asked["alice@example.org"].Subject() != "Your e-mail address is about to change" {
			t.Errorf("%s, %s, %s", link, early, asked["alice@example.org"].Subject())
		}
		if strings.Contains(asked["alice@example.org"].Raw, "new.example") || strings.Contains(db.Dump(t), link[strings.LastIndexByte(link, '=')+1:]) {
			t.Error("the old address is told the new one, or the database has the token")
		}
		for range 20 {
			browser.Send(http.MethodHead, link, nil, nil)
			browser.Get(link)
		}
		if got := n.User(t, "alice").Email; got != "alice@example.org" {
			t.Errorf("to open the link changes the address to %s", got)
		}
		browser.Submit("verify-submit", nil)
		if u := n.User(t, "alice"); u.Email != "Alice@new.example" || !u.Verified || browser.URL.Path != "/account/email" || browser.Has("pending") {
			t.Fatalf("%+v at %s: %s", u, browser.URL, browser.Text())
		}
		live(t, n, token)
		changed := lettersByAddress(t, mailbox, 2)
		if changed["Alice@new.example"].Subject() != "This is your e-mail address now" {
			t.Errorf("the new address hears %q", changed["Alice@new.example"].Subject())
		}
		browser.Get(link)
		if browser.Status != http.StatusBadRequest {
			t.Errorf("the link a second time: %d", browser.Status)
		}

		n.Advance(t, 6*24*time.Hour)
		owner := undo(t, n, linkIn(t, changed["alice@example.org"]))
		if !owner.Has("done") || owner.Has("sign-out") || n.User(t, "alice").Email != "alice@example.org" || !n.User(t, "alice").Verified {
			t.Fatalf("%d %s", owner.Status, owner.Text())
		}
		if !signedOut(t, n, browser) {
			t.Error("the browser that has changed the address is signed in")
		}
		dead(t, n, token)
		restored := lettersByAddress(t, mailbox, 2)
		if restored["Alice@new.example"].Subject() != "Your e-mail address was replaced" {
			t.Errorf("the other address hears %q", restored["Alice@new.example"].Subject())
		}
		for _, used := range []string{early, linkIn(t, changed["alice@example.org"])} {
			if owner.Get(used); owner.Status != http.StatusBadRequest || owner.Has("undo-submit") {
				t.Errorf("a link after that: %d", owner.Status)
			}
		}
		owner.Get(linkIn(t, restored["alice@example.org"]))
		owner.Submit("password-submit", map[string]string{"new_password": recoveredPassword, "confirm_password": recoveredPassword})
		if !owner.Has("sign-out") {
			t.Errorf("the owner cannot choose a password: %d %s", owner.Status, owner.Text())
		}
		for _, action := range []string{"email.change_requested", "email.changed", "email.change_undone"} {
			query := "SELECT count(*) FROM audit_events WHERE action = '" + action + "' AND target_name = 'alice' AND actor_name = 'alice'"
			if got := db.Count(t, query); got != 1 {
				t.Errorf("%s: %d events", action, got)
			}
		}
		if got := db.Count(t, "SELECT count(*) FROM sessions WHERE end_reason = 'address_undone'"); got != 1 {
			t.Errorf("%d sessions have ended by that", got)
		}
	})
}

// TestAChangeOfAddressIsCancelled by the person, by a newer one, and with a new password.
func TestAChangeOfAddressIsCancelled(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), append(withMail(mailbox), harness.Env("AUTHLY_THROTTLE", freeMail))...)
	browser, _ := signedIn(t, n)
	first := linkIn(t, askForAddress(t, n, mailbox, browser, "first@new.example", 2)["first@new.example"])
	second := linkIn(t, askForAddress(t, n, mailbox, browser, "second@new.example", 2)["second@new.example"])
	if browser.Get(first); browser.Status != http.StatusBadRequest || browser.Has("verify-submit") {
		t.Errorf("what a newer one has replaced: %d", browser.Status)
	}
	browser.Get(n.URL + "/account/email")
	browser.Submit("cancel-change", nil)
	if browser.Has("pending") || browser.Has("cancel-change") {
		t.Errorf("after it was cancelled: %s", browser.Text())
	}
	if browser.Get(second); browser.Status != http.StatusBadRequest {
		t.Errorf("what was cancelled: %d", browser.Status)
	}
	third := linkIn(t, askForAddress(t, n, mailbox, browser, "third@new.example", 2)["third@new.example"])
	browser.Get(n.URL + "/account/password")
	browser.Submit("password-submit", map[string]string{
		"password": harness.AlicePassword, "new_password": recoveredPassword, "confirm_password": recoveredPassword,
	})
	mailbox.Next(t)
	browser.Get(third)
	if browser.Status != http.StatusBadRequest || n.User(t, "alice").Email != "alice@example.org" {
		t.Errorf("after a new password: %d", browser.Status)
	}
	if got := n.Database.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'email.change_cancelled'"); got != 1 {
		t.Errorf("%d events of that", got)
	}
}

// TestWhatIsNoAddressIsRefused, as is one's own; and that an address is another user's is told to who reads its mail.
func TestWhatIsNoAddressIsRefused(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), append(withMail(mailbox), harness.Env("AUTHLY_THROTTLE", freeMail))...)
	browser, _ := signedIn(t, n)
	for _, wrong := range []string{
		"", "nobody", "ALICE@example.org", "a@example.org,b@example.org", "a@example.org\r\nBcc: b@example.org", "\u212aim@example.org",
		"Bob <bob@example.org>", "a@" + strings.Repeat("a", 300) + ".example",
	} {
		browser.Get(n.URL + "/account/email")
		browser.Submit("email-submit", map[string]string{"email": wrong})
		if browser.Status != http.StatusBadRequest || !browser.Has("email-error") || browser.Has("pending") {
			t.Errorf("%.40q: %d %s", wrong, browser.Status, browser.Text())
		}
	}
	mailbox.Empty(t)
	taken := linkIn(t, askForAddress(t, n, mailbox, browser, "root@example.org", 2)["root@example.org"])
	root := harness.Alice()
	root.Username, root.Email = "root", "root@example.org"
	n.Apply(t, adminOf(root))
	browser.Get(taken)
	browser.Submit("verify-submit", nil)
	if browser.Status != http.StatusConflict || n.User(t, "alice").Email != "alice@example.org" {
		t.Errorf("%d %s", browser.Status, browser.Text())
	}
}

// TestAnAddressIsChangedAfterAFreshSignInAlone: a session that somebody left behind changes nothing, and it is not asked for often.
func TestAnAddressIsChangedAfterAFreshSignInAlone(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), withMail(mailbox)...)
	browser, _ := signedIn(t, n)
	n.Advance(t, 10*time.Minute)
	browser.Get(n.URL + "/account/email")
	browser.Submit("email-submit", map[string]string{"email": "alice@new.example"})
	if !browser.Has("login-submit") {
		t.Fatalf("%d at %s: %s", browser.Status, browser.URL, browser.Text())
	}
	mailbox.Empty(t)
	browser.SignIn("alice", harness.AlicePassword)
	if browser.URL.Path != "/account/email" || browser.Has("pending") {
		t.Errorf("back at %s: %s", browser.URL, browser.Text())
	}
	askForAddress(t, n, mailbox, browser, "alice@new.example", 2)
	browser.Submit("email-submit", map[string]string{"email": "alice@newer.example"})
	if browser.Status != http.StatusTooManyRequests || browser.Header.Get("Retry-After") == "" {
		t.Errorf("a second one at once: %d", browser.Status)
	}
}
