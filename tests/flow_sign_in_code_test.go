package tests

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
)

// askForCode asks for a code on the sign-in page that a browser shows, and returns it.
func askForCode(t *testing.T, mailbox *harness.Mailbox, b *harness.Browser, login string) string {
	t.Helper()
	sendCode(t, b, login)
	return codeIn(t, mailbox.Next(t))
}

func sendCode(t *testing.T, b *harness.Browser, login string) {
	t.Helper()
	action := b.Page.Find("#email-code").AttrOr("formaction", "")
	if action == "" {
		t.Fatalf("no code can be asked for at %s: %s", b.URL, b.Text())
	}
	_, values := b.Form("login-submit")
	values.Set("username", login)
	b.Post("http://"+b.URL.Host+action, values)
	if b.URL.Path != "/login/code" || b.Status != http.StatusOK || !b.Has("code-submit") {
		t.Fatalf("%d at %s: %s", b.Status, b.URL, b.Text())
	}
}

// TestAPersonSignsInWithAMailedCode: the client reads one factor, the second one is asked for, and what a stranger's browser does with
// a code is nothing.
func TestAPersonSignsInWithAMailedCode(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, append(withMail(mailbox), harness.Env("AUTHLY_EMAIL_SIGN_IN", "true"))...)
		b, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
		b.Get(party.AuthURL())
		sendCode(t, b, "alice@example.org")
		l := mailbox.Next(t)
		code := codeIn(t, l)
		if l.To[0] != n.User(t, "alice").Email || l.Subject() != "Your code to sign in" || strings.Contains(l.Plain, "http") || strings.Contains(db.Dump(t), code) {
			t.Errorf("to %v: %s: %s", l.To, l.Subject(), l.Plain)
		}
		stranger := harness.NewBrowser(t, n)
		stranger.Get(n.URL + "/login/code")
		if !stranger.Has("elsewhere") {
			t.Errorf("another browser: %s", stranger.Text())
		}
		stranger.Post(n.URL+"/login/code", url.Values{"code": {code}})
		if stranger.Status != http.StatusBadRequest || !signedOut(t, n, stranger) {
			t.Errorf("another browser: %d %s", stranger.Status, stranger.Text())
		}
		b.Submit("code-submit", map[string]string{"code": "00000000"})
		if b.Status != http.StatusUnauthorized || !strings.Contains(b.Text(), "The code is wrong.") {
			t.Errorf("a wrong code: %d %s", b.Status, b.Text())
		}
		b.Submit("resend", nil) // too soon: the code of before is good
		mailbox.Empty(t)
		b.Submit("code-submit", map[string]string{"code": code[:4] + " " + code[4:]})
		b.Submit("approve", nil)
		token, err := party.Exchange(party.Code(b))
		if err != nil {
			t.Fatal(err)
		}
		claims := harness.JWT(t, idToken(token), 1)
		if claims["acr"] != "urn:authly:acr:1" || !slices.Equal(list(t, claims, "amr"), []string{"email"}) {
			t.Errorf("acr %v, amr %v", claims["acr"], claims["amr"])
		}

		owner, _ := signedIn(t, n)
		secret := addApp(t, n, owner)
		mailbox.Next(t) // that there is an app
		n.Advance(t, 4*time.Hour)
		again := harness.NewBrowser(t, n)
		again.Get(n.URL + "/login")
		code = askForCode(t, mailbox, again, "alice")
		again.Submit("code-submit", map[string]string{"code": code})
		if again.URL.Path != "/login/second" || !signedOut(t, n, b) && again.Has("sign-out") {
			t.Fatalf("the code leads to %s: %s", again.URL, again.Text())
		}
		again.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
		if !again.Has("sign-out") {
			t.Errorf("the second factor leads to %s: %s", again.URL, again.Text())
		}
	})
}

// TestNobodyIsToldByACodeWhoHasAnAccount: pages, cookies and rows are the same for a name that nobody has.
func TestNobodyIsToldByACodeWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), append(withMail(mailbox), harness.Env("AUTHLY_EMAIL_SIGN_IN", "true"))...)
	pages := map[string]string{}
	for _, login := range []string{"alice", "zelda"} {
		b := harness.NewBrowser(t, n)
		b.Get(n.URL + "/login")
		sendCode(t, b, login)
		text := b.Text()
		b.Submit("code-submit", map[string]string{"code": "12345678"})
		pages[login] = strings.ReplaceAll(text+b.Text(), login, "NAME")
		cookieNamed(t, b, n, "authly_code")
	}
	if pages["alice"] != pages["zelda"] {
		t.Errorf("%s\n\n%s", pages["alice"], pages["zelda"])
	}
	mailbox.Next(t)
	mailbox.Empty(t)
	if got := n.Database.Count(t, "SELECT count(*) FROM sign_in_codes WHERE attempts = 1"); got != 2 {
		t.Errorf("%d rows", got)
	}
}
