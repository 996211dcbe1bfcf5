package tests

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestRecoveryDoesNotGoRoundTheSecondFactor: whoever reads the mail of somebody with an authenticator app has neither the
// password nor a session, however the form is filled in (CVE-2026-18963, ASVS 6.4.3).
func TestRecoveryDoesNotGoRoundTheSecondFactor(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, withMail(mailbox)...)
		owner, _ := signedIn(t, n)
		secret := addApp(t, n, owner)
		mailbox.Next(t) // of the app
		link := linkIn(t, askForLink(t, n, mailbox, "alice"))
		token := link[strings.LastIndexByte(link, '=')+1:]
		reader := harness.NewBrowser(t, n)
		form := func(code ...string) url.Values {
			return url.Values{
				"token": {token}, "new_password": {recoveredPassword}, "confirm_password": {recoveredPassword}, "code": code,
			}
		}
		without := form()
		without.Del("code")
		for name, values := range map[string]url.Values{"no code": without, "an empty code": form(""), "a wrong code": form("000000")} {
			reader.Post(n.URL+"/recover/new", values)
			if reader.Status != http.StatusUnauthorized || !reader.Has("code-error") {
				t.Errorf("%s: %d %s", name, reader.Status, reader.Text())
			}
			reader.Get(n.URL + "/account/security")
			if !reader.Has("login-submit") {
				t.Errorf("%s: the reader of the mail is signed in", name)
			}
		}
		reader.SignIn("alice", recoveredPassword)
		if !reader.Has("login-submit") {
			t.Error("the password was replaced")
		}
		if signedOut(t, n, owner) {
			t.Error("the owner was signed out by who cannot recover the account")
		}
		reader.Get(link)
		reader.Submit("password-submit", map[string]string{
			"new_password": recoveredPassword, "confirm_password": recoveredPassword, "code": harness.AppCode(secret, n.Clock.Now()),
		})
		if !reader.Has("sign-out") {
			t.Fatalf("with the code: %d %s", reader.Status, reader.Text())
		}
		reader.Get(n.URL + "/account/security")
		if !reader.Has("totp-remove") {
			t.Error("the app did not stay")
		}
	})
}

// TestGuessesAtTheSecondFactorOfARecoveryAreLimited, together with those of sign-ins.
func TestGuessesAtTheSecondFactorOfARecoveryAreLimited(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), withMail(mailbox)...)
	owner, _ := signedIn(t, n)
	secret := addApp(t, n, owner)
	mailbox.Next(t)
	reader := harness.NewBrowser(t, n)
	reader.Get(linkIn(t, askForLink(t, n, mailbox, "alice")))
	fill := map[string]string{"new_password": recoveredPassword, "confirm_password": recoveredPassword, "code": "000000"}
	for range 5 {
		reader.Submit("password-submit", fill)
	}
	fill["code"] = harness.AppCode(secret, n.Clock.Now())
	reader.Submit("password-submit", fill)
	if reader.Status != http.StatusTooManyRequests || reader.Header.Get("Retry-After") == "" {
		t.Errorf("the sixth code: %d %s", reader.Status, reader.Text())
	}
}

// TestWhoOpensLinksByItselfChangesNothing: scanners of mail open every link, and press what buttons there are.
func TestWhoOpensLinksByItselfChangesNothing(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), withMail(mailbox)...)
	owner, _ := signedIn(t, n)
	link := linkIn(t, askForLink(t, n, mailbox, "alice"))
	scanner := harness.NewBrowser(t, n)
	for range 20 {
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			scanner.Send(method, link, nil, http.Header{"Sec-Fetch-Site": {"cross-site"}})
			if scanner.Status != http.StatusOK {
				t.Fatalf("%s: %d", method, scanner.Status)
			}
		}
	}
	scanner.Submit("password-submit", nil)
	if scanner.Has("sign-out") || signedOut(t, n, owner) {
		t.Error("a scanner has changed something")
	}
	person := harness.NewBrowser(t, n)
	person.Get(link)
	person.Submit("password-submit", map[string]string{"new_password": recoveredPassword, "confirm_password": recoveredPassword})
	if !person.Has("sign-out") {
		t.Errorf("afterwards: %d %s", person.Status, person.Text())
	}
}

// TestRecoverySaysNothingOfAnAccount: the same bytes for everybody, also for whom a limit refuses, and one message.
func TestRecoverySaysNothingOfAnAccount(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, append(withMail(mailbox), harness.Env("AUTHLY_THROTTLE", "mail_network=1000/1s"))...)
		unverified, inactive := harness.Alice(), harness.Alice()
		unverified.Username, unverified.Email, unverified.Verified = "mallory", "mallory@example.org", false
		inactive.Username, inactive.Email, inactive.Inactive = "irene", "irene@example.org", true
		n.Apply(t, admin.Desired{Users: []admin.DesiredUser{unverified, inactive}})
		ask := func(name string) (answer string, header http.Header) {
			browser := harness.NewBrowser(t, n)
			browser.Post(n.URL+"/recover", url.Values{"login": {name}})
			if browser.Status != http.StatusOK {
				t.Errorf("%q: %d", name, browser.Status)
			}
			browser.Header.Del("X-Request-Id")
			browser.Header.Del("Date")
			return browser.Body, browser.Header
		}
		want, headers := ask("nobody")
		names := []string{
			"alice", "alice@example.org", "mallory", "mallory@example.org", "irene", "irene@example.org", "nobody@example.org",
			"\u212aim", strings.Repeat("a", 10_000), "", "alice@example.org,mallory@example.org", "alice\r\nBcc: mallory@example.org",
		}
		for range 20 {
			names = append(names, "alice")
		}
		for _, name := range names {
			got, header := ask(name)
			if got != want {
				t.Errorf("%.40q: the answer differs: %s", name, got)
			}
			for key := range header {
				if strings.Join(header[key], ",") != strings.Join(headers[key], ",") {
					t.Errorf("%.40q: %s: %v", name, key, header[key])
				}
			}
		}
		if l := mailbox.Next(t); len(l.To) != 1 || l.To[0] != "alice@example.org" {
			t.Errorf("to %v", l.To)
		}
		mailbox.Empty(t)
		if got := db.Count(t, "SELECT count(*) FROM mail_messages"); got != 1 {
			t.Errorf("%d messages, want 1", got)
		}
	})
}

// TestTheLinkOfARecoveryIsOfTheIssuer, whatever the asker says of the host (password reset poisoning).
func TestTheLinkOfARecoveryIsOfTheIssuer(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), withMail(mailbox)...)
	through := liar(t, n)
	browser := harness.NewBrowser(t, through)
	browser.Get(through.URL + "/recover")
	browser.Submit("recover-submit", map[string]string{"login": "alice"})
	l := mailbox.Next(t)
	if link := linkIn(t, l); !strings.HasPrefix(link, n.Issuer+"/recover/new?token=") || strings.Contains(l.Raw, "evil") {
		t.Errorf("the message: %s", l.Raw)
	}
}

// TestTheTokenOfARecoveryIsNowhereElse: in no table, no log and no answer of the server but the page itself.
func TestTheTokenOfARecoveryIsNowhereElse(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	db := harness.SQLite(t)
	n := start(t, db, withMail(mailbox)...)
	link := linkIn(t, askForLink(t, n, mailbox, "alice"))
	token := link[strings.LastIndexByte(link, '=')+1:]
	browser := harness.NewBrowser(t, n)
	browser.Get(link)
	browser.Submit("password-submit", map[string]string{"new_password": "alice", "confirm_password": "alice"})
	if strings.Contains(db.Dump(t), token) {
		t.Error("the token is in the database")
	}
	n.Stop()
	if strings.Contains(n.Logs.String(), token) {
		t.Error("the token is in the log")
	}
}

// TestAFormOfAnotherSiteRecoversNothing: neither asks for a message nor replaces a password.
func TestAFormOfAnotherSiteRecoversNothing(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), withMail(mailbox)...)
	link := linkIn(t, askForLink(t, n, mailbox, "alice"))
	n.Advance(t, time.Hour/2)
	browser := harness.NewBrowser(t, n)
	foreign := http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}}
	browser.Send(http.MethodPost, n.URL+"/recover", url.Values{"login": {"alice"}}, foreign)
	if browser.Status != http.StatusForbidden {
		t.Errorf("a request: %d", browser.Status)
	}
	browser.Send(http.MethodPost, n.URL+"/recover/new", url.Values{
		"token": {link[strings.LastIndexByte(link, '=')+1:]}, "new_password": {recoveredPassword}, "confirm_password": {recoveredPassword},
	}, foreign)
	if browser.Status != http.StatusForbidden {
		t.Errorf("a new password: %d", browser.Status)
	}
	mailbox.Empty(t)
}

// TestALinkIsUsedOnceByMany who post it at the same moment on two nodes.
func TestALinkIsUsedOnceByMany(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	db := harness.Postgres(t)
	first := start(t, db, withMail(mailbox)...)
	second := harness.Start(t, db, append(withMail(mailbox), harness.Env("AUTHLY_ISSUER", first.Issuer), harness.WithClock(first.Clock))...)
	link := linkIn(t, askForLink(t, first, mailbox, "alice"))
	const many = 10
	done := make(chan bool, many)
	for i := range many {
		n := first
		if i%2 == 1 {
			n = second
		}
		password := recoveredPassword + strings.Repeat("!", i)
		form := url.Values{
			"token": {link[strings.LastIndexByte(link, '=')+1:]}, "new_password": {password}, "confirm_password": {password},
		}
		go func() {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+"/recover/new", strings.NewReader(form.Encode()))
			if err != nil {
				t.Error(err)
			}
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			response, err := http.DefaultTransport.RoundTrip(request)
			if err != nil {
				t.Error(err)
				done <- false
				return
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			done <- response.StatusCode == http.StatusSeeOther
		}()
	}
	won := 0
	for range many {
		if <-done {
			won++
		}
	}
	if won != 1 {
		t.Errorf("%d of %d have replaced the password", won, many)
	}
}
