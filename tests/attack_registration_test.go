package tests

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
)

// TestRegistrationSaysNothingOfAnAccount: the same answers, cookies and rows for an address that has an account, whatever is
// typed then; its owner gets another message, without a code.
func TestRegistrationSaysNothingOfAnAccount(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, open(mailbox, harness.Env("AUTHLY_THROTTLE", "mail_network=1000/1s"))...)
		walk := func(email string) (answers []string) {
			b := harness.NewBrowser(t, n)
			b.Get(n.URL + "/register")
			note := func() {
				text := strings.ReplaceAll(b.Body, email, "ADDRESS")
				answers = append(answers, http.StatusText(b.Status), b.URL.Path, text)
				for _, c := range b.Cookies(n.URL) {
					answers = append(answers, c.Name)
				}
			}
			b.Submit("register-submit", map[string]string{"email": email})
			note()
			for range 7 { // two more than a code bears
				b.Post(n.URL+"/register/code", url.Values{"code": {"12345678"}})
				note()
			}
			b.Post(n.URL+"/register", url.Values{"email": {email}}) // too soon
			note()
			return answers
		}
		before := db.RowCounts(t)
		stranger := walk("nobody@example.org")
		added := diff(before, db.RowCounts(t))
		known := walk("ALICE@example.org")
		if a, b := strings.Join(stranger, "\n"), strings.Join(known, "\n"); a != b {
			t.Errorf("the answers differ:\n%s\n%s", a, b)
		}
		if got := diff(before, db.RowCounts(t)); got["registrations"] != 2*added["registrations"] || got["mail_messages"] != 2*added["mail_messages"] {
			t.Errorf("rows: %v, then %v", added, got)
		}
		first, second := mailbox.Next(t), mailbox.Next(t)
		if first.Subject() == second.Subject() {
			t.Errorf("both get %q", first.Subject())
		}
		for _, l := range []harness.Letter{first, second} {
			if l.To[0] == "nobody@example.org" {
				codeIn(t, l)
				continue
			}
			if l.To[0] != "alice@example.org" || mailedCode.MatchString(l.Plain) || strings.Contains(l.Plain, "code=") || strings.Contains(l.Plain, "token=") {
				t.Errorf("who has an account gets, at %v: %s", l.To, l.Plain)
			}
		}
		mailbox.Empty(t)
		n.Stop()
		if got := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'registration.started' AND outcome = 'failure' AND target_name = 'alice'"); got != 1 {
			t.Errorf("%d events of the owner", got)
		}
	})
}

// diff returns by how many rows tables have grown.
func diff(before, after map[string]int) map[string]int {
	grown := map[string]int{}
	for table, n := range after {
		if n != before[table] {
			grown[table] = n - before[table]
		}
	}
	return grown
}

// TestFiveWrongCodesEndARegistration: then the right one is refused too, and a new one works.
func TestFiveWrongCodesEndARegistration(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, open(mailbox)...)
		b := harness.NewBrowser(t, n)
		b.Get(n.URL + "/register")
		askForAccount(t, b, newcomer)
		code := codeIn(t, mailbox.Next(t))
		wrong := "1" + code[1:]
		if code[0] == '1' {
			wrong = "2" + code[1:]
		}
		for range 5 {
			b.Submit("code-submit", map[string]string{"code": wrong})
		}
		b.Submit("code-submit", map[string]string{"code": code})
		if b.Has("account-submit") || b.Status != http.StatusBadRequest {
			t.Errorf("the right code after five wrong ones: %d %s", b.Status, b.Text())
		}
		n.Advance(t, 10*time.Minute)
		proveAddress(t, n, mailbox, b, newcomer)
	})
}

// TestScannersOfMailConfirmNothing: they open every link and press what buttons there are, in a browser that did not ask. The
// code still works in the one that did.
func TestScannersOfMailConfirmNothing(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), open(mailbox)...)
	asked := harness.NewBrowser(t, n)
	asked.Get(n.URL + "/register")
	askForAccount(t, asked, newcomer)
	l := mailbox.Next(t)
	scanner := harness.NewBrowser(t, n)
	for range 20 {
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			scanner.Send(method, linkIn(t, l), nil, http.Header{"Sec-Fetch-Site": {"cross-site"}})
			if scanner.Status != http.StatusOK || len(scanner.Cookies(n.URL)) != 0 {
				t.Fatalf("%s: %d", method, scanner.Status)
			}
		}
	}
	if scanner.Has("code-submit") || !scanner.Has("elsewhere") || strings.Contains(scanner.Body, codeIn(t, l)) {
		t.Errorf("another browser is shown %s", scanner.Text())
	}
	for range 10 {
		scanner.Post(n.URL+"/register/code", url.Values{"code": {codeIn(t, l)}})
	}
	if scanner.Get(n.URL + "/register/account"); scanner.Has("account-submit") {
		t.Error("a scanner has proven the address")
	}
	asked.Submit("code-submit", map[string]string{"code": codeIn(t, l)})
	if !asked.Has("account-submit") {
		t.Errorf("in the browser that asked: %d %s", asked.Status, asked.Text())
	}
}

// TestAMailedLinkSignsNobodyInToAnAccountOfAnother (login CSRF): who opens the link of somebody else's registration, in the
// middle of their own or signed in, stays who they are.
func TestAMailedLinkSignsNobodyInToAnAccountOfAnother(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), open(mailbox)...)
	attacker := harness.NewBrowser(t, n)
	attacker.Get(n.URL + "/register")
	askForAccount(t, attacker, "mallory@example.org")
	l := mailbox.Next(t)
	victim := harness.NewBrowser(t, n)
	victim.Get(n.URL + "/register")
	askForAccount(t, victim, newcomer)
	own := codeIn(t, mailbox.Next(t))
	victim.Get(linkIn(t, l))
	victim.Submit("code-submit", nil)
	if victim.Has("account-submit") || victim.Status != http.StatusUnauthorized {
		t.Fatalf("the code of another: %d %s", victim.Status, victim.Text())
	}
	victim.Submit("code-submit", map[string]string{"code": own})
	if !strings.Contains(victim.Text(), newcomer) {
		t.Errorf("the victim registers as %s", victim.Text())
	}
	alice, _ := signedIn(t, n)
	alice.Get(linkIn(t, l))
	if alice.Has("code-submit") || signedOut(t, n, alice) {
		t.Errorf("who is signed in: %s", alice.Text())
	}
	attacker.Submit("code-submit", map[string]string{"code": codeIn(t, l)})
	alice.Plant(n.URL, cookieNamed(t, attacker, n, "authly_registration"))
	alice.Get(n.URL + "/login")
	if !strings.Contains(alice.Text(), "alice") {
		t.Errorf("with a planted cookie: %s", alice.Text())
	}
}

// TestNobodyLiesInWaitInAnAccount (pre-hijacking, Sudhodanan and Paverd): of what an attacker begins with the address of
// somebody else there is no account, no session, no second address and nothing to finish once the owner has registered.
func TestNobodyLiesInWaitInAnAccount(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, open(mailbox, harness.Env("AUTHLY_THROTTLE", "mail=10/1s,mails=10/1s"))...)
		attacker := harness.NewBrowser(t, n)
		attacker.Get(n.URL + "/register")
		askForAccount(t, attacker, newcomer)
		stolen := codeIn(t, mailbox.Next(t))
		owner := harness.NewBrowser(t, n)
		proveAddress(t, n, mailbox, owner, newcomer)
		owner.Submit("account-submit", account(nil))
		if !owner.Has("sign-out") {
			t.Fatalf("the owner: %d %s", owner.Status, owner.Text())
		}
		// Even with the code, which the owner may have been talked into telling.
		attacker.Submit("code-submit", map[string]string{"code": stolen})
		attacker.Submit("account-submit", account(map[string]string{"username": "mallory"}))
		if attacker.Has("sign-out") || !strings.Contains(attacker.Text(), "There is an account with this address already.") {
			t.Errorf("the attacker: %d %s", attacker.Status, attacker.Text())
		}
		if got := n.User(t, "carol"); got.Email != newcomer {
			t.Errorf("the account has %s", got.Email)
		}
		n.Stop()
		for query, want := range map[string]int{
			"SELECT count(*) FROM users WHERE username = 'mallory'":                                               0,
			"SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.username = 'carol'":         1,
			"SELECT count(*) FROM audit_events WHERE action = 'registration.completed' AND actor_name <> 'carol'": 0,
		} {
			if got := db.Count(t, query); got != want {
				t.Errorf("%s: %d, want %d", query, got, want)
			}
		}
	})
}

// TestOfManyFormsOneMakesTheAccount: the last page sent many times at once.
func TestOfManyFormsOneMakesTheAccount(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, open(mailbox)...)
		b := harness.NewBrowser(t, n)
		proveAddress(t, n, mailbox, b, newcomer)
		cookie := cookieNamed(t, b, n, "authly_registration")
		var group sync.WaitGroup
		for i := range 20 {
			group.Go(func() {
				form := url.Values{}
				for name, value := range account(nil) {
					form.Set(name, value)
				}
				if i%2 == 1 {
					form.Set("username", "carol2")
				}
				request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+"/register/account", strings.NewReader(form.Encode()))
				if err != nil {
					t.Error(err)
					return
				}
				request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				request.Header.Set("Origin", n.Issuer)
				request.AddCookie(cookie)
				harness.Do(t, request)
			})
		}
		group.Wait()
		n.Stop()
		for _, query := range []string{
			"SELECT count(*) FROM users WHERE email = 'carol@example.org'", "SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = 'carol@example.org'",
			"SELECT count(*) FROM audit_events WHERE action = 'registration.completed'",
		} {
			if got := db.Count(t, query); got != 1 {
				t.Errorf("%s: %d", query, got)
			}
		}
	})
}

// TestFoldedNamesAreNobodys at registration: letters beyond ASCII that fold to those of others (mozilla/fxa#4643).
func TestFoldedNamesAreNobodys(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), open(mailbox)...)
	b := harness.NewBrowser(t, n)
	for _, email := range []string{"al\u0131ce@example.org", "\u212aim@example.org", "alice@e\u00adxample.org", "alice@example\uff0eorg"} {
		b.Get(n.URL + "/register")
		b.Submit("register-submit", map[string]string{"email": email})
		if b.Status != http.StatusBadRequest || !strings.Contains(b.Text(), "Must be a valid e-mail address") {
			t.Errorf("%q: %d %s", email, b.Status, b.Text())
		}
	}
	mailbox.Empty(t)
	proveAddress(t, n, mailbox, b, newcomer)
	for _, name := range []string{"al\u0131ce", "\u212aim", "ali\u200bce", "\u0430lice"} {
		b.Submit("account-submit", account(map[string]string{"username": name}))
		if b.Status != http.StatusBadRequest || !strings.Contains(b.Page.Find("#username-error").Text(), "Must be 3 to 64 letters") {
			t.Errorf("%q: %d %s", name, b.Status, b.Text())
		}
	}
}

// TestNoMailboxIsFloodedWithCodes: a message to one address every ten minutes, and from one network ten at once.
func TestNoMailboxIsFloodedWithCodes(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), open(mailbox)...)
	b := harness.NewBrowser(t, n)
	b.Get(n.URL + "/register")
	askForAccount(t, b, newcomer)
	code := codeIn(t, mailbox.Next(t))
	b.Submit("resend", nil)
	other := harness.NewBrowser(t, n)
	for range 8 {
		other.Post(n.URL+"/register", url.Values{"email": {newcomer}})
		if !other.Has("code-submit") {
			t.Fatalf("%d %s", other.Status, other.Text())
		}
	}
	mailbox.Empty(t)
	other.Post(n.URL+"/register", url.Values{"email": {"dave@example.org"}})
	if other.Status != http.StatusTooManyRequests || other.Header.Get("Retry-After") == "" {
		t.Errorf("the eleventh: %d %s", other.Status, other.Text())
	}
	b.Submit("code-submit", map[string]string{"code": code})
	if !b.Has("account-submit") {
		t.Errorf("the first code after all that: %d %s", b.Status, b.Text())
	}
}

// TestCodesOfRegistrationsAreNowhere but in the message: neither in the database nor in the log.
func TestCodesOfRegistrationsAreNowhere(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, open(mailbox)...)
		b := harness.NewBrowser(t, n)
		b.Get(n.URL + "/register")
		askForAccount(t, b, newcomer)
		code := codeIn(t, mailbox.Next(t))
		secret := cookieNamed(t, b, n, "authly_registration").Value
		b.Submit("code-submit", map[string]string{"code": code})
		if regexp.MustCompile(`\b` + code + `\b`).MatchString(db.Dump(t) + n.Logs.String()) {
			t.Error("the code is stored or logged")
		}
		if strings.Contains(db.Dump(t)+n.Logs.String(), secret) {
			t.Error("the secret of the browser is stored or logged")
		}
	})
}
