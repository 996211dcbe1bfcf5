package tests

import (
	"encoding/base32"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// addApp adds an authenticator app on the account pages of who is signed in. The clock moves past the code that was used.
func addApp(t *testing.T, n *harness.Node, browser *harness.Browser) (secret []byte) {
	t.Helper()
	browser.Get(n.URL + "/account/security")
	link, ok := browser.Page.Find("#totp-add").Attr("href")
	if !ok {
		t.Fatalf("no app can be added: %s", browser.Text())
	}
	browser.Get(n.URL + link)
	secret = shownSecret(t, browser)
	browser.Submit("totp-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
	browser.Submit("codes-skip", nil)
	if !browser.Has("totp-remove") {
		t.Fatalf("the app was not added: %s", browser.Text())
	}
	n.Clock.Advance(time.Minute)
	return secret
}

func shownSecret(t *testing.T, browser *harness.Browser) []byte {
	t.Helper()
	secret, err := base32.StdEncoding.DecodeString(strings.ReplaceAll(browser.Page.Find("#totp-secret").Text(), " ", ""))
	if err != nil || len(secret) == 0 {
		t.Fatalf("no secret at %s: %s", browser.URL, browser.Text())
	}
	return secret
}

// TestASignInAsksForTheSecondFactorOnce: between the two steps nobody is signed in, and the client reads what was proven.
func TestASignInAsksForTheSecondFactorOnce(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		owner, _ := signedIn(t, n)
		secret := addApp(t, n, owner)

		browser, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
		browser.Get(party.AuthURL())
		browser.SignIn("alice", harness.AlicePassword)
		if !browser.Has("code-submit") || browser.URL.Path != "/login/second" {
			t.Fatalf("the password leads to %s: %s", browser.URL, browser.Text())
		}
		second := browser.URL.String()
		browser.Get(party.AuthURL("prompt", "none"))
		if answer := party.Answer(browser); answer.Get("error") != "login_required" {
			t.Errorf("between the steps: %v", answer)
		}
		browser.Get(n.URL + "/account/security")
		if !browser.Has("login-submit") {
			t.Errorf("between the steps: %s", browser.Text())
		}
		browser.Get(second)
		code := harness.AppCode(secret, n.Clock.Now())
		browser.Submit("code-submit", map[string]string{"code": code})
		token, err := party.Exchange(party.Code(browser))
		if err != nil {
			t.Fatal(err)
		}
		claims := harness.JWT(t, idToken(token), 1)
		if amr := list(t, claims, "amr"); claims["acr"] != "urn:authly:acr:2" || !slices.Equal(amr, []string{"pwd", "otp", "mfa"}) {
			t.Errorf("acr %v, amr %v", claims["acr"], amr)
		}
		if acr := harness.JWT(t, token.AccessToken, 1)["acr"]; acr != "urn:authly:acr:2" {
			t.Errorf("the access token says %v", acr)
		}
		browser.Get(party.AuthURL("prompt", "none", "acr_values", "urn:authly:acr:1"))
		if token, err = party.Exchange(party.Code(browser)); err != nil {
			t.Fatal(err)
		}
		if acr := harness.JWT(t, idToken(token), 1)["acr"]; acr != "urn:authly:acr:1" {
			t.Errorf("asked for one factor, acr is %v", acr)
		}

		thief := harness.NewBrowser(t, n)
		thief.Get(party.AuthURL())
		thief.SignIn("alice", harness.AlicePassword)
		thief.Submit("code-submit", map[string]string{"code": code})
		if thief.Status != http.StatusUnauthorized || !strings.Contains(thief.Text(), "The code is wrong or was used already.") {
			t.Errorf("the code a second time: %d %s", thief.Status, thief.Text())
		}
		if n := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'session.second_factor_failed'"); n != 1 {
			t.Errorf("%d failures are audited", n)
		}
	})
}

// TestAClientThatDemandsTwoFactorsGetsThem: from somebody who had one, in the same sign-in (OIDC Core §5.5.1.1).
func TestAClientThatDemandsTwoFactorsGetsThem(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	const demand = `{"id_token":{"acr":{"essential":true,"value":"urn:authly:acr:2"}}}`
	browser, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
	browser.Get(party.AuthURL("claims", demand))
	browser.SignIn("alice", harness.AlicePassword)
	secret := shownSecret(t, browser)
	browser.Submit("totp-submit", map[string]string{"code": "1"})
	if string(shownSecret(t, browser)) != string(secret) {
		t.Error("a wrong code changes the secret")
	}
	browser.Submit("totp-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
	browser.Submit("codes-submit", map[string]string{"saved": "yes"})
	if browser.Has("approve") {
		browser.Submit("approve", nil)
	}
	token, err := party.Exchange(party.Code(browser))
	if err != nil {
		t.Fatal(err)
	}
	if acr := harness.JWT(t, idToken(token), 1)["acr"]; acr != "urn:authly:acr:2" {
		t.Errorf("acr is %v", acr)
	}
	other := harness.NewBrowser(t, n)
	other.Get(party.AuthURL("prompt", "none", "claims", demand))
	if answer := party.Answer(other); answer.Get("error") != "login_required" {
		t.Errorf("of nobody, without a page: %v", answer)
	}
}

// TestASessionIsRaisedUnderAnotherSecret: line 19 of what must be shown. The session stays the same for clients, what a thief has of its
// cookie is dead, and what another tab was in the middle of goes on.
func TestASessionIsRaisedUnderAnotherSecret(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.WebClient("other")}})
		b, token := signedIn(t, n)
		sid := harness.JWT(t, idToken(token), 1)["sid"]
		owner, _ := signedIn(t, n)
		secret := addApp(t, n, owner)
		b.Get(n.URL + "/account") // one factor is no longer enough for the account
		before := sessionCookie(b, n)
		other, party := harness.NewParty(t, n, "other"), harness.NewParty(t, n, "web")
		b.Get(other.AuthURL())
		tab := b.URL.String()
		b.Get(party.AuthURL("claims", demandsTwo))
		b.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
		token, err := party.Exchange(party.Code(b))
		if err != nil {
			t.Fatal(err)
		}
		claims := harness.JWT(t, idToken(token), 1)
		if claims["sid"] != sid || claims["acr"] != "urn:authly:acr:2" {
			t.Errorf("the session was %v and is %v, acr %v", sid, claims["sid"], claims["acr"])
		}
		after := sessionCookie(b, n)
		if after == before || before == "" || after == "" {
			t.Errorf("the secret was %q and is %q", before, after)
		}
		thief := harness.NewBrowser(t, n)
		thief.Plant(n.URL, n.SessionCookie(before))
		if !signedOut(t, n, thief) {
			t.Error("the secret of before is still good")
		}
		b.Get(tab)
		if b.Has("approve") {
			b.Submit("approve", nil)
		}
		if token, err = other.Exchange(other.Code(b)); err != nil {
			t.Fatal(err)
		}
		if got := harness.JWT(t, idToken(token), 1)["sid"]; got != sid {
			t.Errorf("the other tab goes on in session %v", got)
		}
	})
}

// TestASessionWithOneFactorGetsNoMoreInSilence: of somebody who has none, and of somebody who has.
func TestASessionWithOneFactorGetsNoMoreInSilence(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	old, _ := signedIn(t, n)
	party := harness.NewParty(t, n, "web")
	old.Get(party.AuthURL("prompt", "none", "claims", `{"id_token":{"acr":{"essential":true,"value":"urn:authly:acr:2"}}}`))
	if answer := party.Answer(old); answer.Get("error") != "interaction_required" {
		t.Errorf("of who has none: %v", answer)
	}
	owner, _ := signedIn(t, n)
	addApp(t, n, owner)
	old.Get(party.AuthURL("prompt", "none"))
	if answer := party.Answer(old); answer.Get("error") != "login_required" {
		t.Errorf("of who has one: %v", answer)
	}
	owner.Get(party.AuthURL("prompt", "none"))
	party.Code(owner)
}

// TestWhoAdministersMustHaveASecondFactor: they are led to add one and on to the application, in one sign-in. Everybody else
// may do without.
func TestWhoAdministersMustHaveASecondFactor(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, harness.Env("AUTHLY_MFA", "required_for_admins"))
		party := harness.NewParty(t, n, "web")
		alice, _ := signedIn(t, n)
		alice.Get(party.AuthURL())
		party.Code(alice)

		yes := true
		n.Change(t, "alice", admin.UserChange{Admin: &yes})
		n.Clock.Advance(time.Hour)
		alice.Get(party.AuthURL("prompt", "none"))
		if answer := party.Answer(alice); answer.Get("error") != "login_required" {
			t.Errorf("in silence, in an old session: %v", answer)
		}
		browser := harness.NewBrowser(t, n)
		browser.Get(party.AuthURL())
		browser.SignIn("alice", harness.AlicePassword)
		if browser.URL.Path != "/account/security/totp" {
			t.Fatalf("the password leads to %s: %s", browser.URL, browser.Text())
		}
		enrolment := browser.URL.String()
		browser.Get(party.AuthURL("prompt", "none"))
		if answer := party.Answer(browser); answer.Get("error") != "interaction_required" {
			t.Errorf("in silence: %v", answer)
		}
		browser.Get(enrolment)
		secret := shownSecret(t, browser)
		browser.Submit("totp-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
		browser.Submit("codes-submit", map[string]string{"saved": "yes"})
		token, err := party.Exchange(party.Code(browser))
		if err != nil {
			t.Fatal(err)
		}
		if acr := harness.JWT(t, idToken(token), 1)["acr"]; acr != "urn:authly:acr:2" {
			t.Errorf("acr is %v", acr)
		}
	})
}

// TestATrustedBrowserSparesTheSecondFactorAndSaysSo: to the client, which gets the code asked for when it wants to.
func TestATrustedBrowserSparesTheSecondFactorAndSaysSo(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		browser, _ := signedIn(t, n)
		secret, party := addApp(t, n, browser), harness.NewParty(t, n, "web")
		browser.Get(party.AuthURL("prompt", "login"))
		browser.SignIn("alice", harness.AlicePassword)
		browser.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now()), "trust_browser": "yes"})
		party.Code(browser)
		n.Clock.Advance(24 * time.Hour) // the session is over

		browser.Get(party.AuthURL())
		browser.SignIn("alice", harness.AlicePassword)
		token, err := party.Exchange(party.Code(browser))
		if err != nil {
			t.Fatal(err)
		}
		claims := harness.JWT(t, idToken(token), 1)
		if amr := list(t, claims, "amr"); claims["acr"] != "urn:authly:acr:1" || !slices.Equal(amr, []string{"pwd", "rba"}) {
			t.Errorf("acr %v, amr %v", claims["acr"], amr)
		}
		browser.Get(party.AuthURL("acr_values", "urn:authly:acr:2", "prompt", "none"))
		if answer := party.Answer(browser); answer.Get("error") != "login_required" {
			t.Errorf("more, in silence: %v", answer)
		}
		browser.Get(party.AuthURL("acr_values", "urn:authly:acr:2"))
		browser.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
		if token, err = party.Exchange(party.Code(browser)); err != nil {
			t.Fatal(err)
		}
		if acr := harness.JWT(t, idToken(token), 1)["acr"]; acr != "urn:authly:acr:2" {
			t.Errorf("after the code acr is %v", acr)
		}

		stranger := harness.NewBrowser(t, n)
		stranger.Get(party.AuthURL())
		stranger.SignIn("alice", harness.AlicePassword)
		if !stranger.Has("code-submit") {
			t.Errorf("another browser: %s", stranger.Text())
		}
	})
}
