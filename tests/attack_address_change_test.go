package tests

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

func adminOf(users ...admin.DesiredUser) admin.Desired { return admin.Desired{Users: users} }

// formOf is the form of a link's page.
func formOf(link string) url.Values {
	return url.Values{"token": {link[strings.LastIndexByte(link, '=')+1:]}}
}

// TestAnUnexpiredChangeOfAddressDoesNotOutliveARecovery (pre-hijacking, Sudhodanan and Paverd 2022 §4): whoever had the account
// asks for an address of theirs and waits; the owner recovers it; the link that waits is worth nothing, even in a session.
func TestAnUnexpiredChangeOfAddressDoesNotOutliveARecovery(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, withMail(mailbox)...)
		thief, _ := signedIn(t, n)
		asked := askForAddress(t, n, mailbox, thief, "mallory@evil.example", 2)
		waiting := linkIn(t, asked["mallory@evil.example"])
		owner := harness.NewBrowser(t, n)
		owner.Get(linkIn(t, askForLink(t, n, mailbox, "alice")))
		owner.Submit("password-submit", map[string]string{"new_password": recoveredPassword, "confirm_password": recoveredPassword})
		mailbox.Next(t)
		for name, browser := range map[string]*harness.Browser{"the thief": thief, "the owner, who is made to": owner} {
			browser.Post(n.URL+"/verify", formOf(waiting))
			if browser.Status != http.StatusBadRequest || n.User(t, "alice").Email != "alice@example.org" {
				t.Errorf("%s: %d, and the address is %s", name, browser.Status, n.User(t, "alice").Email)
			}
		}
		if browser := undo(t, n, linkIn(t, asked["alice@example.org"])); !browser.Has("done") {
			t.Errorf("the owner's link: %d", browser.Status)
		}
	})
}

// TestWhoHasTheAccountCannotRidThemselvesOfItsOwner: neither a new password, nor another change, nor the way to take that back
// ends the owner's week; and once the owner has the account back, no link of the thief's mailboxes takes it again.
func TestWhoHasTheAccountCannotRidThemselvesOfItsOwner(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), append(withMail(mailbox), harness.Env("AUTHLY_THROTTLE", freeMail))...)
	thief, _ := signedIn(t, n)
	move := func(next string) map[string]harness.Letter {
		t.Helper()
		thief.Get(linkIn(t, askForAddress(t, n, mailbox, thief, next, 2)[next]))
		thief.Submit("verify-submit", nil)
		if got := n.User(t, "alice").Email; got != next {
			t.Fatalf("the address is %s", got)
		}
		return lettersByAddress(t, mailbox, 2)
	}
	owners := linkIn(t, move("mallory@evil.example")["alice@example.org"])
	n.Advance(t, time.Minute)
	second := linkIn(t, move("mallory@worse.example")["mallory@evil.example"])
	thief.Get(n.URL + "/account/password")
	thief.Submit("password-submit", map[string]string{
		"password": harness.AlicePassword, "new_password": recoveredPassword, "confirm_password": recoveredPassword,
	})
	mailbox.Next(t)
	if browser := undo(t, n, second); !browser.Has("done") || n.User(t, "alice").Email != "mallory@evil.example" {
		t.Fatalf("%d %s", browser.Status, browser.Text())
	}
	lettersByAddress(t, mailbox, 2)
	n.Advance(t, 6*24*time.Hour)
	if browser := undo(t, n, owners); !browser.Has("done") || n.User(t, "alice").Email != "alice@example.org" {
		t.Fatalf("the owner: %d %s", browser.Status, browser.Text())
	}
	if got := n.Database.Count(t, "SELECT count(*) FROM one_time_tokens WHERE email <> 'alice@example.org' OR purpose <> 'recovery'"); got != 0 {
		t.Errorf("%d links are left", got)
	}
}

// TestTheOwnerWhoGoesBackByThemselvesLeavesTheThiefNothing: the address that is left has no link that takes that back.
func TestTheOwnerWhoGoesBackByThemselvesLeavesTheThiefNothing(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), append(withMail(mailbox), harness.Env("AUTHLY_THROTTLE", freeMail))...)
	browser, _ := signedIn(t, n)
	browser.Get(linkIn(t, askForAddress(t, n, mailbox, browser, "mallory@evil.example", 2)["mallory@evil.example"]))
	browser.Submit("verify-submit", nil)
	lettersByAddress(t, mailbox, 2)
	n.Advance(t, time.Minute)
	browser.Get(linkIn(t, askForAddress(t, n, mailbox, browser, "alice@example.org", 1)["alice@example.org"]))
	browser.Submit("verify-submit", nil)
	lettersByAddress(t, mailbox, 1)
	if got := n.Database.Count(t, "SELECT count(*) FROM one_time_tokens"); got != 0 || n.User(t, "alice").Email != "alice@example.org" {
		t.Errorf("%d links are left", got)
	}
}

// TestALinkToAnAddressChangesNobodyElsesAccount: neither a scanner, nor who owns the address and is signed in to an account of their
// own (login CSRF by a link), nor a form of another site; and none of them learns whose account it is.
func TestALinkToAnAddressChangesNobodyElsesAccount(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), withMail(mailbox)...)
	bob := harness.Alice()
	bob.Username, bob.Email = "bob", "bob@example.org"
	n.Apply(t, adminOf(bob))
	attacker, _ := signedIn(t, n)
	link := linkIn(t, askForAddress(t, n, mailbox, attacker, "bob@new.example", 2)["bob@new.example"])
	victim, scanner := harness.NewBrowser(t, n), harness.NewBrowser(t, n)
	victim.Get(n.URL + "/login")
	victim.SignIn("bob", harness.AlicePassword)
	for name, browser := range map[string]*harness.Browser{"the victim": victim, "a scanner": scanner} {
		browser.Get(link)
		if browser.Has("verify-submit") || strings.Contains(browser.Text(), "alice") || strings.Contains(browser.Text(), "bob@new.example") {
			t.Errorf("%s sees %s", name, browser.Text())
		}
		browser.Post(n.URL+"/verify", formOf(link))
		if browser.Status != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, browser.Status)
		}
	}
	foreign := http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}}
	for path, form := range map[string]url.Values{
		"/verify": formOf(link), "/undo": formOf(link), "/account/email/change": {"email": {"mallory@evil.example"}}, "/account/email/change/cancel": {},
	} {
		attacker.Send(http.MethodPost, n.URL+path, form, foreign)
		if attacker.Status != http.StatusForbidden {
			t.Errorf("%s from another site: %d", path, attacker.Status)
		}
	}
	scanner.Post(n.URL+"/undo", formOf(link))
	if scanner.Status != http.StatusBadRequest {
		t.Errorf("a link to change the address takes it back: %d", scanner.Status)
	}
	for _, name := range []string{"alice", "bob"} {
		if got := n.User(t, name).Email; got != name+"@example.org" {
			t.Errorf("%s has %s", name, got)
		}
	}
	attacker.Get(n.URL + "/account/email")
	if !attacker.Has("pending") {
		t.Error("somebody has cancelled the change")
	}
}

// TestAnAddressThatIsNotVerifiedTakesNothingBack: it may be a stranger's, who waits there for the account.
func TestAnAddressThatIsNotVerifiedTakesNothingBack(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), append(withMail(mailbox), harness.Env("AUTHLY_THROTTLE", freeMail))...)
	browser := unproven(t, n)
	browser.Get(linkIn(t, askForAddress(t, n, mailbox, browser, "alice@new.example", 1)["alice@new.example"]))
	browser.Submit("verify-submit", nil)
	lettersByAddress(t, mailbox, 1)

	// What administrators say of an address is not taken back by mail.
	move := askForAddress(t, n, mailbox, browser, "alice@newer.example", 2)
	byAdmin := "alice@example.net"
	n.Change(t, "alice", admin.UserChange{Email: &byAdmin})
	mailbox.Next(t)
	browser.Get(linkIn(t, move["alice@new.example"]))
	if browser.Status != http.StatusBadRequest || browser.Has("undo-submit") {
		t.Errorf("%d %s", browser.Status, browser.Text())
	}
	browser.Post(n.URL+"/verify", formOf(linkIn(t, move["alice@newer.example"])))
	if got := n.User(t, "alice").Email; browser.Status != http.StatusBadRequest || got != byAdmin {
		t.Errorf("%d, and the address is %s", browser.Status, got)
	}
}

// TestAChangeIsTakenBackOnce by many who press the button at the same moment, and not after a week.
func TestAChangeIsTakenBackOnce(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, append(withMail(mailbox), harness.Env("AUTHLY_THROTTLE", freeMail))...)
		browser, _ := signedIn(t, n)
		link := linkIn(t, askForAddress(t, n, mailbox, browser, "alice@new.example", 2)["alice@example.org"])
		const many = 10
		status := make([]int, many)
		var group sync.WaitGroup
		for i := range many {
			group.Go(func() {
				b := harness.NewBrowser(t, n)
				b.Post(n.URL+"/undo", formOf(link))
				status[i] = b.Status
			})
		}
		group.Wait()
		won := 0
		for _, s := range status {
			if s == http.StatusOK {
				won++
			}
		}
		if won != 1 {
			t.Errorf("%v", status)
		}
		mailbox.Next(t)
		browser.Get(n.URL + "/account/email")
		browser.SignIn("alice", harness.AlicePassword)
		late := linkIn(t, askForAddress(t, n, mailbox, browser, "alice@new.example", 2)["alice@example.org"])
		n.Advance(t, 7*24*time.Hour)
		stranger := harness.NewBrowser(t, n)
		stranger.Post(n.URL+"/undo", formOf(late))
		if stranger.Status != http.StatusBadRequest {
			t.Errorf("after a week: %d", stranger.Status)
		}
	})
}
