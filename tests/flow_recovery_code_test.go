package tests

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// takeCodes takes recovery codes on the account pages of who is signed in with both factors.
func takeCodes(t *testing.T, n *harness.Node, browser *harness.Browser) (codes []string) {
	t.Helper()
	browser.Get(n.URL + "/account/security")
	link, _ := browser.Page.Find("#codes-new").Attr("href")
	browser.Get(n.URL + link)
	for _, code := range browser.Page.Find("#codes code").EachIter() {
		codes = append(codes, code.Text())
	}
	browser.Submit("codes-submit", map[string]string{"saved": "yes"})
	if len(codes) != 8 || !strings.Contains(browser.Text(), "You have 8 codes left.") {
		t.Fatalf("%d codes: %s", len(codes), browser.Text())
	}
	return codes
}

// TestWhoHasLostTheAppSignsInWithARecoveryCode, once, and hears of it; the client reads two factors.
func TestWhoHasLostTheAppSignsInWithARecoveryCode(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, withMail(mailbox)...)
		owner, _ := signedIn(t, n)
		addApp(t, n, owner)
		codes := takeCodes(t, n, owner)
		subjects := []string{mailbox.Next(t).Subject(), mailbox.Next(t).Subject()}
		slices.Sort(subjects)
		if want := []string{"An authenticator app was added", "You have new recovery codes"}; !slices.Equal(subjects, want) {
			t.Errorf("messages %q", subjects)
		}

		browser, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
		browser.Get(party.AuthURL())
		browser.SignIn("alice", harness.AlicePassword)
		link, _ := browser.Page.Find("#use-recovery").Attr("href")
		browser.Get(n.URL + link)
		browser.Submit("recovery-submit", map[string]string{"recovery_code": strings.ToLower(codes[3])})
		token, err := party.Exchange(party.Code(browser))
		if err != nil {
			t.Fatal(err)
		}
		claims := harness.JWT(t, idToken(token), 1)
		if amr := list(t, claims, "amr"); claims["acr"] != "urn:authly:acr:2" || !slices.Equal(amr, []string{"pwd", "otp", "mfa"}) {
			t.Errorf("acr %v, amr %v", claims["acr"], amr)
		}
		if l := mailbox.Next(t); l.Subject() != "A recovery code was used" || !strings.Contains(l.Plain, "7 are left.") {
			t.Errorf("%q: %s", l.Subject(), l.Plain)
		}

		thief := harness.NewBrowser(t, n)
		thief.Get(party.AuthURL())
		thief.SignIn("alice", harness.AlicePassword)
		thief.Get(n.URL + strings.Replace(thief.URL.RequestURI(), "/login/second", "/login/recovery-code", 1))
		thief.Submit("recovery-submit", map[string]string{"recovery_code": codes[3]})
		if thief.Status != http.StatusUnauthorized || !strings.Contains(thief.Text(), "The code is wrong or was used already.") {
			t.Errorf("the code a second time: %d %s", thief.Status, thief.Text())
		}
		for _, code := range codes {
			if found := db.Count(t, "SELECT count(*) FROM audit_events WHERE CAST(changes AS text) LIKE '%"+code+"%'"); found != 0 {
				t.Error("the trail has a code")
			}
		}
		if found := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'recovery_codes.used' AND actor_name = 'alice'"); found != 1 {
			t.Errorf("%d uses are audited", found)
		}
	})
}
