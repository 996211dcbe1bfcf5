package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// unproven makes Alice's address one that is not verified, and signs her in on the page about it.
func unproven(t *testing.T, n *harness.Node) *harness.Browser {
	t.Helper()
	no := false
	n.Change(t, "alice", admin.UserChange{Verified: &no})
	browser := harness.NewBrowser(t, n)
	browser.Get(n.URL + "/account/email")
	browser.SignIn("alice", harness.AlicePassword)
	if !browser.Has("verify-submit") || browser.Page.Find("#verified").Text() != "no" {
		t.Fatalf("%d at %s: %s", browser.Status, browser.URL, browser.Text())
	}
	return browser
}

// TestAnAddressIsVerifiedByItsOwner: whoever is signed in opens the link, once; nobody is signed out.
func TestAnAddressIsVerifiedByItsOwner(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, withMail(mailbox)...)
		browser := unproven(t, n)
		browser.Submit("verify-submit", nil)
		if !browser.Has("sent") {
			t.Fatalf("%d %s", browser.Status, browser.Text())
		}
		l := mailbox.Next(t)
		link := linkIn(t, l)
		ours := strings.HasPrefix(link, n.Issuer+"/verify?token=")
		if l.To[0] != "alice@example.org" || l.Subject() != "Is this your e-mail address?" || !ours {
			t.Errorf("to %v: %s, %s", l.To, l.Subject(), link)
		}
		browser.Post(n.URL+"/account/email", nil)
		if browser.Status != http.StatusTooManyRequests || browser.Header.Get("Retry-After") == "" {
			t.Errorf("a second message at once: %d", browser.Status)
		}
		browser.Get(link)
		if n.User(t, "alice").Verified {
			t.Error("to open the link verifies the address")
		}
		browser.Submit("verify-submit", nil)
		if browser.URL.Path != "/account/email" || browser.Page.Find("#verified").Text() != "yes" || !n.User(t, "alice").Verified {
			t.Errorf("%d at %s: %s", browser.Status, browser.URL, browser.Text())
		}
		browser.Get(link)
		if browser.Status != http.StatusBadRequest || !strings.Contains(browser.Text(), "no longer valid") {
			t.Errorf("the link a second time: %d %s", browser.Status, browser.Text())
		}
		for _, action := range []string{"email.verification_sent", "email.verified"} {
			query := "SELECT count(*) FROM audit_events WHERE action = '" + action + "' AND target_name = 'alice' AND actor_name = 'alice'"
			if got := db.Count(t, query); got != 1 {
				t.Errorf("%s: %d events", action, got)
			}
		}
		mailbox.Empty(t)
	})
}

// TestNobodyElseVerifiesAnAddress: neither a scanner that opens links and presses buttons, nor another user, nor whoever has
// a link of another purpose, nor one whose address has changed since. Until then it recovers nothing (pre-hijacking).
func TestNobodyElseVerifiesAnAddress(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), append(withMail(mailbox), harness.Env("AUTHLY_THROTTLE", "mail=100/1s,mails=100/1s"))...)
	mallory := harness.Alice()
	mallory.Username, mallory.Email = "mallory", "mallory@example.org"
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{mallory}})
	owner := unproven(t, n)
	owner.Submit("verify-submit", nil)
	link := linkIn(t, mailbox.Next(t))
	form := url.Values{"token": {link[strings.LastIndexByte(link, '=')+1:]}}

	strangers := map[string]*harness.Browser{"a scanner": harness.NewBrowser(t, n), "another user": harness.NewBrowser(t, n)}
	strangers["another user"].Get(n.URL + "/login")
	strangers["another user"].SignIn("mallory", harness.AlicePassword)
	for name, browser := range strangers {
		for range 20 {
			browser.Get(link)
		}
		if browser.Has("verify-submit") || strings.Contains(browser.Text(), "alice") {
			t.Errorf("%s sees %s", name, browser.Text())
		}
		browser.Post(n.URL+"/verify", form)
		if browser.Status != http.StatusUnauthorized || n.User(t, "alice").Verified {
			t.Errorf("%s: %d, verified %v", name, browser.Status, n.User(t, "alice").Verified)
		}
	}
	strangers["a scanner"].Post(n.URL+"/recover", url.Values{"login": {"alice"}})
	mailbox.Empty(t)

	reader := harness.NewBrowser(t, n)
	reader.Get(n.URL + "/recover/new?" + form.Encode())
	if reader.Has("password-submit") {
		t.Error("a link of a verification opens the page for a new password")
	}
	strangers["a scanner"].Post(n.URL+"/recover", url.Values{"login": {"mallory"}})
	swapped := linkIn(t, mailbox.Next(t))
	strangers["another user"].Post(n.URL+"/verify", url.Values{"token": {swapped[strings.LastIndexByte(swapped, '=')+1:]}})
	if strangers["another user"].Status != http.StatusBadRequest {
		t.Errorf("a link of a recovery verifies: %d", strangers["another user"].Status)
	}

	other := "alice@example.net"
	n.Change(t, "alice", admin.UserChange{Email: &other})
	owner.Post(n.URL+"/verify", form)
	if owner.Status != http.StatusBadRequest || n.User(t, "alice").Verified {
		t.Errorf("of another address: %d", owner.Status)
	}
}

// TestAnUnverifiedAddressIsAStepOfTheSignIn: where the server wants it verified, nothing goes round that, the person does it on the way and
// arrives. Where no mail is sent the page says who can help.
func TestAnUnverifiedAddressIsAStepOfTheSignIn(t *testing.T) {
	t.Parallel()
	no, yes := false, true
	required := harness.Env("AUTHLY_REQUIRE_VERIFIED_EMAIL", "true")
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, append(withMail(mailbox), required, harness.Env("AUTHLY_PASSWORD_GRANT", "true"))...)
		n.Apply(t, admin.Desired{Clients: demandingClients()})
		n.Change(t, "alice", admin.UserChange{Verified: &no})
		b, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "plain")
		b.Get(party.AuthURL())
		b.SignIn("alice", harness.AlicePassword)
		if b.URL.Path != "/verify" || !b.Has("verify-send") {
			t.Fatalf("the password leads to %s: %d %s", b.URL, b.Status, b.Text())
		}
		step := b.URL.String()
		b.Get(party.AuthURL("prompt", "none"))
		if got := party.Answer(b).Get("error"); got != "interaction_required" {
			t.Errorf("without a page: %q", got)
		}
		oauthError(t, "by a password", n.Token(t, "old", "grant_type", "password", "username", "alice", "password", harness.AlicePassword), 400, "invalid_grant")
		b.Get(n.URL + "/account/email") // where another address can be asked for
		if !b.Has("email-submit") {
			t.Errorf("the account is closed: %s", b.Text())
		}
		b.Get(step)
		b.Submit("verify-send", nil)
		l := mailbox.Next(t)
		if !b.Has("sent") || l.To[0] != n.User(t, "alice").Email {
			t.Errorf("%d %s, to %v", b.Status, b.Text(), l.To)
		}
		b.Submit("verify-send", nil)
		if b.Status != http.StatusTooManyRequests {
			t.Errorf("another message at once: %d", b.Status)
		}
		stranger := harness.NewBrowser(t, n)
		stranger.Get(linkIn(t, l))
		if stranger.Has("verify-submit") || n.User(t, "alice").Verified {
			t.Errorf("another browser: %s", stranger.Text())
		}
		b.Get(step)
		b.Get(n.URL + b.Page.Find("#verify-continue").AttrOr("href", ""))
		if b.URL.Path != "/verify" {
			t.Errorf("it goes on before the address is verified: %s", b.URL)
		}
		b.Get(linkIn(t, l))
		b.Submit("verify-submit", nil)
		if _, err := party.Exchange(party.Code(b)); err != nil {
			t.Error(err)
		}
	})
	n := start(t, harness.SQLite(t), required)
	n.Change(t, "alice", admin.UserChange{Verified: &no})
	b, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
	b.Get(party.AuthURL())
	b.SignIn("alice", harness.AlicePassword)
	if !b.Has("no-mail") || b.Has("verify-send") {
		t.Errorf("%d at %s: %s", b.Status, b.URL, b.Text())
	}
	here := b.URL.String()
	b.Post(here, nil)
	if b.Status != http.StatusOK || !b.Has("no-mail") {
		t.Errorf("a message is asked for: %d %s", b.Status, b.Text())
	}
	n.Change(t, "alice", admin.UserChange{Verified: &yes})
	b.Get(here)
	if !b.Has("approve") {
		t.Errorf("after an administrator has said so: %s", b.URL)
	}
}
