package tests

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestAPersonMakesAnAccount: address, code, account, and then they are signed in. Before the code was typed there is neither a
// user nor a hash.
func TestAPersonMakesAnAccount(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		address := harness.FreeAddress(t)
		n := start(t, db, open(mailbox, harness.Env("AUTHLY_METRICS_ADDR", address))...)
		hashes := metric(t, address, "authly_password_hashes_total")
		b := harness.NewBrowser(t, n)
		b.Get(n.URL + "/login")
		b.Get(n.URL + b.Page.Find("#register").AttrOr("href", "/none"))
		askForAccount(t, b, "Carol@Example.org")
		l := mailbox.Next(t)
		if l.To[0] != "Carol@Example.org" || l.Subject() != "Your code to make an account" || !strings.HasPrefix(linkIn(t, l), n.Issuer+"/register/code?code=") {
			t.Errorf("to %v: %s: %s", l.To, l.Subject(), l.Plain)
		}
		b.Submit("code-submit", map[string]string{"code": "0000 0000"})
		if b.Status != http.StatusUnauthorized || !strings.Contains(b.Text(), "The code is wrong.") {
			t.Errorf("a wrong code: %d %s", b.Status, b.Text())
		}
		b.Get(n.URL + "/register/account")
		if b.Has("account-submit") {
			t.Error("the last page is there before the code was typed")
		}
		if got := metric(t, address, "authly_password_hashes_total"); got != hashes || hashes == "" || db.Count(t, "SELECT count(*) FROM users WHERE email_key = 'carol@example.org'") > 0 {
			t.Errorf("before the mailbox is proven: %s hashes, there were %s", got, hashes)
		}
		code := codeIn(t, l)
		b.Submit("code-submit", map[string]string{"code": code[:3] + "-" + code[3:]})
		b.Submit("account-submit", account(map[string]string{"username": "al", "new_password": "short", "given_name": "Ca\u202erol"}))
		for _, id := range []string{"username-error", "new-password-error", "confirm-password-error", "given-name-error"} {
			if b.Status != http.StatusBadRequest || !b.Has(id) {
				t.Errorf("%s is missing: %d %s", id, b.Status, b.Text())
			}
		}
		b.Submit("account-submit", account(map[string]string{"username": "ALICE"}))
		if !strings.Contains(b.Page.Find("#username-error").Text(), "Is taken") {
			t.Errorf("a name that somebody has: %d %s", b.Status, b.Text())
		}
		b.Submit("account-submit", account(nil))
		if !b.Has("sign-out") || !strings.Contains(b.Text(), "Carol Danvers") {
			t.Fatalf("%d at %s: %s", b.Status, b.URL, b.Text())
		}
		if b.Get(n.URL + "/register/account"); b.Has("account-submit") {
			t.Error("the last page is there a second time")
		}
		again := harness.NewBrowser(t, n)
		again.Get(n.URL + "/login")
		if again.SignIn("carol@example.org", newcomerPassword); !again.Has("sign-out") {
			t.Errorf("signing in: %s", again.Text())
		}
		n.Stop()
		for query, want := range map[string]int{
			"SELECT count(*) FROM users WHERE username = 'carol' AND verified AND active AND NOT admin AND created_by = 'carol'":           1,
			"SELECT count(*) FROM audit_events WHERE action = 'registration.started' AND outcome = 'success' AND target_id = ''":           1,
			"SELECT count(*) FROM audit_events WHERE action = 'registration.completed' AND actor_name = 'carol' AND target_name = 'carol'": 1,
			"SELECT count(*) FROM registrations": 0,
		} {
			if got := db.Count(t, query); got != want {
				t.Errorf("%s: %d, want %d", query, got, want)
			}
		}
	})
}

// TestNobodyRegistersWhereItIsClosed: there is no page, no way to it, and no prompt.
func TestNobodyRegistersWhereItIsClosed(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	for name, n := range map[string]*harness.Node{
		"with mail":    start(t, harness.SQLite(t), withMail(mailbox)...),
		"without mail": start(t, harness.SQLite(t)),
	} {
		b := harness.NewBrowser(t, n)
		for _, path := range []string{"/register", "/register/code", "/register/account"} {
			if b.Get(n.URL + path); b.Status != http.StatusNotFound {
				t.Errorf("%s: GET %s: %d", name, path, b.Status)
			}
			if b.Post(n.URL+path, url.Values{"email": {newcomer}}); b.Status != http.StatusNotFound {
				t.Errorf("%s: POST %s: %d", name, path, b.Status)
			}
		}
		if b.Get(n.URL + "/login"); b.Has("register") {
			t.Errorf("%s: the login page leads to registration", name)
		}
		if slices.Contains(list(t, n.Get(t, metadataPaths[0]).Body, "prompt_values_supported"), "create") {
			t.Errorf("%s: prompt=create is advertised", name)
		}
		party := harness.NewParty(t, n, "web")
		b.Get(party.AuthURL("prompt", "create"))
		if got := b.URL.Query().Get("error"); got != "invalid_request" {
			t.Errorf("%s: prompt=create: %q at %s", name, got, b.URL)
		}
	}
}

// TestAClientCanAskForAnAccount by prompt=create (Initiating User Registration 1.0 §4.1), and gets its code.
func TestAClientCanAskForAnAccount(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, open(mailbox)...)
		if !slices.Contains(list(t, n.Get(t, metadataPaths[0]).Body, "prompt_values_supported"), "create") {
			t.Error("prompt=create is not advertised")
		}
		b, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
		b.Get(party.AuthURL("prompt", "create"))
		if b.URL.Path != "/register" || !b.Has("register-submit") {
			t.Fatalf("prompt=create leads to %s: %s", b.URL, b.Text())
		}
		askForAccount(t, b, newcomer)
		b.Get(linkIn(t, mailbox.Next(t))) // of the message, in this browser: it knows the way back
		b.Submit("code-submit", nil)
		b.Submit("account-submit", account(nil))
		if b.Has("approve") {
			b.Submit("approve", nil)
		}
		if _, err := party.Exchange(party.Code(b)); err != nil {
			t.Error(err)
		}
		// Whoever has an account signs in with it instead; whoever has a session is asked all the same.
		other := harness.NewParty(t, n, "other")
		b.Get(other.AuthURL("prompt", "create"))
		if b.URL.Path != "/register" {
			t.Fatalf("with a session: %s", b.URL)
		}
		b.Get(n.URL + b.Page.Find("#sign-in").AttrOr("href", "/none"))
		b.SignIn("alice", harness.AlicePassword)
		if b.Has("approve") {
			b.Submit("approve", nil)
		}
		if _, err := other.Exchange(other.Code(b)); err != nil {
			t.Error(err)
		}
		b.Get(party.AuthURL("prompt", "none create"))
		if got := b.URL.Query().Get("error"); got != "invalid_request" {
			t.Errorf("prompt=none create: %q", got)
		}
	})
}

// TestRegistrationIsOpenedWhileTheServerRuns, and closed again under whoever is in the middle of it.
func TestRegistrationIsOpenedWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := administer(t, harness.SQLite(t), withMail(mailbox)...)
	b := harness.NewBrowser(t, n.Node)
	n.store(t, one("AUTHLY_REGISTRATION", "open"))
	soon(t, func() bool { b.Get(n.URL + "/register"); return b.Status == http.StatusOK })
	askForAccount(t, b, newcomer)
	code := codeIn(t, mailbox.Next(t))
	n.store(t, one("AUTHLY_REGISTRATION", "closed"))
	soon(t, func() bool { b.Get(n.URL + "/register/code"); return b.Status == http.StatusNotFound })
	b.Post(n.URL+"/register/code", url.Values{"code": {code}})
	if b.Status != http.StatusNotFound {
		t.Errorf("the code: %d", b.Status)
	}
}

// TestOnlyAddressesOfTheListRegister: by what is after the last at sign.
func TestOnlyAddressesOfTheListRegister(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), open(mailbox,
		harness.Env("AUTHLY_REGISTRATION_DOMAINS", "example.org, *.Example.com"), harness.Env("AUTHLY_THROTTLE", "mail_network=1000/1s"))...)
	b := harness.NewBrowser(t, n)
	for address, good := range map[string]bool{
		"a@example.org": true, "b@EXAMPLE.ORG": true, "a@eu.example.com": true, "c@b.eu.example.com": true,
		"a@example.org.evil": false, "a@sub.example.org": false, `"a@example.org"@evil.org`: false, "a@example.org@evil.org": false,
		"a@notexample.org": false, "a@example.com": false, "a@notexample.com": false, "a@example.org.": false, "a@[127.0.0.1]": false,
		"a@example.org\r\nBcc: b@example.org": false, "a@xample.org, a@example.org": false, "A <a@example.org>": false,
		"\u212aim@example.org": false, "a@exampl\u0435.org": false, "a@example\u3002org": false,
	} {
		b.Get(n.URL + "/register")
		b.Submit("register-submit", map[string]string{"email": address})
		if got := b.Has("code-submit"); got != good {
			t.Errorf("%q: %d %s", address, b.Status, b.Text())
		}
		if good {
			mailbox.Next(t)
		}
	}
	mailbox.Empty(t)
}

// TestACodeOfARegistrationEnds after ten minutes, and what it opened after an hour.
func TestACodeOfARegistrationEnds(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), open(mailbox)...)
	b := harness.NewBrowser(t, n)
	b.Get(n.URL + "/register")
	askForAccount(t, b, newcomer)
	code := codeIn(t, mailbox.Next(t))
	n.Advance(t, 10*time.Minute)
	b.Post(n.URL+"/register/code", url.Values{"code": {code}})
	if b.Status != http.StatusBadRequest || !strings.Contains(b.Text(), "no longer good") {
		t.Errorf("an old code: %d %s", b.Status, b.Text())
	}
	proveAddress(t, n, mailbox, b, newcomer)
	n.Advance(t, time.Hour)
	b.Submit("account-submit", account(nil))
	if b.Has("sign-out") || !strings.Contains(b.Text(), "Ask for a new one") {
		t.Errorf("an old page: %d %s", b.Status, b.Text())
	}
}

// TestWhoRegistersFillsInWhatIsRequired, as far as users may write it.
func TestWhoRegistersFillsInWhatIsRequired(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, open(mailbox)...)
		n.Apply(t, admin.Desired{Attributes: []identity.AttributeDefinition{
			{Name: "department", Type: identity.AttributeString, Pattern: "[A-Z]{2}", Required: true, UserWritable: true},
			{Name: "cost_centre", Type: identity.AttributeString, Required: true},
			{Name: "nickname_at_work", Type: identity.AttributeString, UserWritable: true},
		}})
		b := harness.NewBrowser(t, n)
		proveAddress(t, n, mailbox, b, newcomer)
		if b.Page.Find("[name='attribute-cost_centre']").Length() != 0 || b.Page.Find("[name='attribute-department']").Length() != 1 {
			t.Errorf("the fields: %s", b.Text())
		}
		b.Submit("account-submit", account(map[string]string{"attribute-department": "the moon"}))
		if b.Status != http.StatusBadRequest || !strings.Contains(b.Text(), "Must") {
			t.Errorf("a value that does not match: %d %s", b.Status, b.Text())
		}
		b.Submit("account-submit", account(map[string]string{"attribute-department": "RD"}))
		if !b.Has("sign-out") {
			t.Fatalf("%d %s", b.Status, b.Text())
		}
		n.Stop()
		if got := db.Count(t, "SELECT count(*) FROM user_attributes"); got != 1 {
			t.Errorf("%d attributes are stored", got)
		}
	})
}
