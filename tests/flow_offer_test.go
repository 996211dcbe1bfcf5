package tests

import (
	"net/http"
	"testing"
	"time"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestWhoHasNoSecondFactorIsOfferedOne: in the time of grace at each sign-in for an application, and a passkey where the operator says so,
// once a month in a browser. Who declines goes on, and nobody is asked without a sign-in.
func TestWhoHasNoSecondFactorIsOfferedOne(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.ByName(), harness.Env("AUTHLY_MFA", "required"), harness.Env("AUTHLY_PASSKEYS", "offer"))
	n.Apply(t, admin.Desired{Clients: demandingClients()})
	b, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "plain")
	again := func(code string) {
		t.Helper()
		b.Get(party.AuthURL("prompt", "login"))
		b.SignIn("alice", harness.AlicePassword)
		if code != "" {
			b.Submit("code-submit", map[string]string{"code": code})
		}
	}
	acr := func() any {
		t.Helper()
		token, err := party.Exchange(party.Code(b))
		if err != nil {
			t.Fatal(err)
		}
		return harness.JWT(t, idToken(token), 1)["acr"]
	}
	again("")
	if b.URL.Path != "/enrol" || !b.Has("due") || !b.Has("enrol-passkey") || !b.Has("enrol-totp") {
		t.Fatalf("the password leads to %s: %s", b.URL, b.Text())
	}
	offer := b.URL.String()
	b.Get(n.URL + b.Page.Find("#enrol-totp").AttrOr("href", ""))
	if !b.Has("totp-submit") || b.Has("use-passkey") || b.Page.Find(".notice").Length() > 0 {
		t.Errorf("the page of the app: %s", b.Text())
	}
	b.Get(party.AuthURL("prompt", "none"))
	if got := acr(); got != "urn:authly:acr:1" {
		t.Errorf("without a page: %v", got)
	}
	b.Get(offer)
	b.Submit("skip", nil)
	if got := acr(); got != "urn:authly:acr:1" {
		t.Errorf("who declines: %v", got)
	}
	b.Get(party.AuthURL())
	if got := acr(); got != "urn:authly:acr:1" {
		t.Errorf("without a sign-in: %v at %s", got, b.URL)
	}
	again("")
	if !b.Has("due") {
		t.Errorf("at the next sign-in: %s", b.URL)
	}
	n.Clock.Advance(10 * time.Minute) // nobody adds to a session that was left behind
	b.Get(n.URL + b.Page.Find("#enrol-totp").AttrOr("href", ""))
	if b.Has("totp-submit") {
		t.Errorf("ten minutes later: %s", b.Text())
	}
	again("")
	b.Get(n.URL + b.Page.Find("#enrol-totp").AttrOr("href", ""))
	secret := shownSecret(t, b)
	b.Submit("totp-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
	b.Submit("codes-skip", nil)
	if got := acr(); got != "urn:authly:acr:2" {
		t.Errorf("who adds an app: %v", got)
	}
	n.Clock.Advance(time.Minute)
	again(harness.AppCode(secret, n.Clock.Now()))
	if got := acr(); got != "urn:authly:acr:2" { // the passkey was declined
		t.Errorf("with the app: %v at %s", got, b.URL)
	}
	if c := cookieNamed(t, b, n, "authly_offer"); c.Value != n.User(t, "alice").ID.String() {
		t.Errorf("the browser remembers %q", c.Value)
	}
	n.Clock.Advance(time.Minute)
	b = harness.NewBrowser(t, n) // which remembers nothing
	again(harness.AppCode(secret, n.Clock.Now()))
	if b.URL.Path != "/enrol" || b.Has("due") || b.Has("enrol-totp") || !b.Has("enrol-passkey") {
		t.Fatalf("in another browser: %s: %s", b.URL, b.Text())
	}
	authenticator := harness.NewAuthenticator(t, n)
	b.Get(n.URL + b.Page.Find("#enrol-passkey").AttrOr("href", ""))
	authenticator.Create(b)
	if got := acr(); got != "urn:authly:acr:2" || b.Status >= http.StatusBadRequest {
		t.Errorf("who adds a passkey: %v at %s", got, b.URL)
	}
	other := harness.NewBrowser(t, n)
	other.Get(party.AuthURL("prompt", "login"))
	other.SignIn("alice", harness.AlicePassword)
	n.Clock.Advance(time.Minute)
	other.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
	if other.URL.Path == "/enrol" {
		t.Error("a passkey is offered to who has one")
	}
}
