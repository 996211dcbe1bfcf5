package tests

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// addPasskey adds a passkey on the account pages of who is signed in.
func addPasskey(t *testing.T, n *harness.Node, browser *harness.Browser) *harness.Authenticator {
	t.Helper()
	browser.Get(n.URL + "/account/security")
	link, ok := browser.Page.Find("#passkey-add").Attr("href")
	if !ok {
		t.Fatalf("no passkey can be added: %s", browser.Text())
	}
	browser.Get(n.URL + link)
	device := harness.NewAuthenticator(t, n)
	device.Create(browser)
	if browser.URL.Path != "/account/security" || !strings.Contains(browser.Text(), "Remove this passkey") {
		t.Fatalf("the passkey was not added: %d at %s: %s", browser.Status, browser.URL, browser.Text())
	}
	return device
}

// classOf exchanges the code that a browser has brought and returns acr and amr.
func classOf(t *testing.T, party *harness.Party, browser *harness.Browser) (acr any, amr []string) {
	t.Helper()
	if browser.Has("approve") {
		browser.Submit("approve", nil)
	}
	token, err := party.Exchange(party.Code(browser))
	if err != nil {
		t.Fatal(err)
	}
	claims := harness.JWT(t, idToken(token), 1)
	return claims["acr"], list(t, claims, "amr")
}

// TestAPasskeySignsInAlone: no code of the app is asked for, and the client reads what was proven.
func TestAPasskeySignsInAlone(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, harness.ByName())
		owner, _ := signedIn(t, n)
		addApp(t, n, owner)
		device := addPasskey(t, n, owner)
		if accepted := owner.Page.Find("#passkeys").AttrOr("data-accepted", ""); !strings.Contains(accepted, `"rpId":"localhost"`) {
			t.Errorf("authenticators are told %q", accepted)
		}

		browser, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
		browser.Get(party.AuthURL())
		if auto := browser.Page.Find("#username").AttrOr("autocomplete", ""); auto != "username webauthn" {
			t.Errorf("autocomplete is %q", auto)
		}
		device.Use(browser)
		acr, amr := classOf(t, party, browser)
		if acr != "phr" || !slices.Equal(amr, []string{"pop", "swk", "user", "mfa"}) {
			t.Errorf("acr %v, amr %v", acr, amr)
		}
		browser.Get(party.AuthURL("prompt", "none", "acr_values", "urn:authly:acr:2"))
		if acr, _ := classOf(t, party, browser); acr != "urn:authly:acr:2" {
			t.Errorf("asked for two factors, acr is %v", acr)
		}
		browser.Get(n.URL + "/account/security")
		if !strings.Contains(browser.Text(), "Last used") {
			t.Errorf("the page says %s", browser.Text())
		}

		home := harness.NewBrowser(t, n)
		home.Get(n.URL + "/login")
		device.Use(home)
		if !home.Has("sign-out") {
			t.Errorf("without an application: %d %s", home.Status, home.Text())
		}
	})
}

// TestAPasskeyIsASecondStep: also one that does not verify the person, which is refused as the only factor, whatever it says
// about what was asked.
func TestAPasskeyIsASecondStep(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, harness.ByName())
		owner, _ := signedIn(t, n)
		addApp(t, n, owner)
		device, party := addPasskey(t, n, owner), harness.NewParty(t, n, "web")
		device.Device.Options.UserNotVerified = true

		browser := harness.NewBrowser(t, n)
		browser.Get(party.AuthURL())
		device.Use(browser)
		if browser.Status != http.StatusUnauthorized || !strings.Contains(browser.Text(), "The passkey was not accepted.") {
			t.Errorf("alone: %d %s", browser.Status, browser.Text())
		}
		browser.SignIn("alice", harness.AlicePassword)
		if !browser.Has("code-submit") {
			t.Fatalf("the password leads to %s: %s", browser.URL, browser.Text())
		}
		device.Use(browser)
		acr, amr := classOf(t, party, browser)
		if acr != "urn:authly:acr:2" || !slices.Equal(amr, []string{"pwd", "pop", "swk", "mfa"}) {
			t.Errorf("acr %v, amr %v", acr, amr)
		}

		// What the client demands is more than that, and the same passkey gives it.
		demand := party.AuthURL("claims", `{"id_token":{"acr":{"essential":true,"value":"phr"}}}`)
		browser.Get(demand)
		if browser.URL.Path != "/login/second" || browser.Has("code-submit") {
			t.Fatalf("the demand leads to %s: %s", browser.URL, browser.Text())
		}
		device.Use(browser)
		if browser.Status != http.StatusUnauthorized {
			t.Errorf("without the person: %d %s", browser.Status, browser.Text())
		}
		device.Device.Options.UserNotVerified = false
		device.Use(browser)
		if acr, amr := classOf(t, party, browser); acr != "phr" || !slices.Contains(amr, "user") {
			t.Errorf("acr %v, amr %v", acr, amr)
		}
	})
}

// TestACountThatGoesBackIsNoticed, and refuses nobody. What can be copied from now on is noted, too.
func TestACountThatGoesBackIsNoticed(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, harness.ByName())
		owner, _ := signedIn(t, n)
		owner.Get(n.URL + "/account/security/passkey")
		device := harness.NewAuthenticator(t, n)
		device.Device.Options.BackupEligible, device.Device.Options.BackupState = false, false
		device.Create(owner)
		party := harness.NewParty(t, n, "web")
		use := func() (acr any, amr []string) {
			t.Helper()
			b := harness.NewBrowser(t, n)
			b.Get(party.AuthURL())
			device.Use(b)
			return classOf(t, party, b)
		}
		device.Key.Counter = 10
		if acr, amr := use(); acr != "phr" || !slices.Contains(amr, "hwk") {
			t.Errorf("acr %v, amr %v", acr, amr)
		}
		device.Key.Counter = 3
		use()
		if n := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'passkey.clone_suspected'"); n != 1 {
			t.Errorf("%d suspicions are audited", n)
		}
		if n := db.Count(t, "SELECT count(*) FROM passkeys WHERE sign_count = 11 AND clone_suspected_at IS NOT NULL"); n != 1 {
			t.Error("it is not marked")
		}
		device.Key.Counter = 20
		device.Device.Options.BackupEligible = true
		if _, amr := use(); !slices.Contains(amr, "swk") {
			t.Errorf("what can be copied is %v", amr)
		}
		use()
		if n := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'passkey.backup_changed'"); n != 1 {
			t.Errorf("%d changes are audited", n)
		}
	})
}

// TestARemovedPasskeyIsForgotten: it signs nobody in, and the page tells the authenticator, once it is certain.
func TestARemovedPasskeyIsForgotten(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, harness.ByName())
		owner, _ := signedIn(t, n)
		device := addPasskey(t, n, owner)
		again := *device
		owner.Get(n.URL + "/account/security/passkey")
		if !strings.Contains(owner.Page.Find("#passkey-form").AttrOr("data-options", ""), `"excludeCredentials":[{`) {
			t.Error("the authenticator is not told of its passkey")
		}
		again.Create(owner)
		if owner.Status != http.StatusConflict || !strings.Contains(owner.Text(), "already has a passkey") {
			t.Errorf("the same once more: %d %s", owner.Status, owner.Text())
		}
		owner.Get(n.URL + "/account/security")
		id := owner.Page.Find("input[name=id]").First().AttrOr("value", "")
		owner.Submit("passkey-"+id+"-rename", map[string]string{"name": "Blue <key>"})
		if !strings.Contains(owner.Text(), "Blue <key>") {
			t.Errorf("it is called %s", owner.Text())
		}
		owner.Submit("passkey-"+id+"-rename", map[string]string{"name": " "})
		if owner.Status != http.StatusBadRequest {
			t.Errorf("without a name: %d", owner.Status)
		}
		stranger := harness.NewBrowser(t, n)
		n.Apply(t, admin.Desired{Users: []admin.DesiredUser{{NewUser: admin.NewUser{
			Username: "bob", Email: "bob@example.org", Password: harness.AlicePassword, Verified: true,
		}}}})
		harness.NewParty(t, n, "web").Tokens(stranger, "bob", harness.AlicePassword)
		stranger.Post(n.URL+"/account/security/passkey/remove", url.Values{"id": {id}})
		if stranger.Status != http.StatusNotFound {
			t.Errorf("somebody else removes it: %d %s", stranger.Status, stranger.Text())
		}
		owner.Get(n.URL + "/account/security")
		owner.Submit("passkey-"+id+"-remove", nil)
		if strings.Contains(owner.Text(), "Remove this passkey") {
			t.Errorf("it is still there: %s", owner.Text())
		}
		b := harness.NewBrowser(t, n)
		b.Get(n.URL + "/login")
		device.Use(b)
		unknown := b.Page.Find("#passkey-form").AttrOr("data-unknown", "")
		if b.Status != http.StatusUnauthorized || !strings.Contains(unknown, `"rpId":"localhost"`) {
			t.Errorf("afterwards: %d, the authenticator is told %q", b.Status, unknown)
		}
		for action, want := range map[string]int{"passkey.added": 1, "passkey.renamed": 1, "passkey.removed": 1} {
			if got := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = '"+action+"'"); got != want {
				t.Errorf("%s is audited %d times", action, got)
			}
		}
	})
}

// TestAPasskeyIsTheSecondFactorOfThePolicy: who has one is led to use it, and not to add an app. A password alone changes
// nothing of the account's security.
func TestAPasskeyIsTheSecondFactorOfThePolicy(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.ByName(), harness.Env("AUTHLY_MFA", "required"), harness.Env("AUTHLY_MFA_GRACE", "0"))
	party, browser := harness.NewParty(t, n, "web"), harness.NewBrowser(t, n)
	browser.Get(party.AuthURL())
	browser.SignIn("alice", harness.AlicePassword)
	link, ok := browser.Page.Find("#use-passkey").Attr("href")
	if !ok {
		t.Fatalf("the policy leads to %s: %s", browser.URL, browser.Text())
	}
	browser.Get(n.URL + link)
	device := harness.NewAuthenticator(t, n)
	device.Create(browser)
	if acr, _ := classOf(t, party, browser); acr != "urn:authly:acr:2" {
		t.Errorf("acr is %v", acr)
	}

	other := harness.NewBrowser(t, n)
	other.Get(party.AuthURL())
	other.SignIn("alice", harness.AlicePassword)
	if other.URL.Path != "/login/second" || other.Has("code-submit") {
		t.Fatalf("the password leads to %s: %s", other.URL, other.Text())
	}
	for _, path := range []string{"/account/security", "/account/security/totp", "/account/security/passkey", "/account/password"} {
		thief := harness.NewBrowser(t, n)
		thief.Get(n.URL + path)
		thief.SignIn("alice", harness.AlicePassword)
		if thief.URL.Path != "/login/second" {
			t.Errorf("with the password alone %s leads to %s", path, thief.URL)
		}
	}
	device.Use(other)
	if acr, _ := classOf(t, party, other); acr != "urn:authly:acr:2" {
		t.Errorf("acr is %v", acr)
	}
}

// TestAClientThatDemandsAPasskeyGetsOne: from somebody who had but an app, in the same sign-in.
func TestAClientThatDemandsAPasskeyGetsOne(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.ByName())
	owner, _ := signedIn(t, n)
	secret := addApp(t, n, owner)
	party, browser := harness.NewParty(t, n, "web"), harness.NewBrowser(t, n)
	browser.Get(party.AuthURL("claims", `{"id_token":{"acr":{"essential":true,"value":"phr"}}}`))
	browser.SignIn("alice", harness.AlicePassword)
	browser.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
	if browser.URL.Path != "/account/security/passkey" {
		t.Fatalf("the demand leads to %s: %s", browser.URL, browser.Text())
	}
	device := harness.NewAuthenticator(t, n)
	device.Create(browser)
	device.Use(browser) // that there is one does not show yet that the person is there
	if acr, _ := classOf(t, party, browser); acr != "phr" {
		t.Errorf("acr is %v", acr)
	}
}

// TestAnAddressHasNoPasskeys: the server starts, says why once, and the pages have nothing of them. The same with passkeys
// switched off.
func TestAnAddressHasNoPasskeys(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]harness.Option{
		"an address":   nil,
		"switched off": {harness.ByName(), harness.Env("AUTHLY_PASSKEYS", "off")},
		"stored":       {harness.ByName()},
	} {
		n := start(t, harness.SQLite(t), options...)
		if name == "stored" { // while the server runs
			settings := *n.Server.Domain.Settings.Get()
			settings.Passkeys = identity.PasskeysOff
			n.Server.Domain.Settings.Set(settings)
		}
		browser, _ := signedIn(t, n)
		browser.Get(n.URL + "/account/security")
		if strings.Contains(browser.Body, "passkey") {
			t.Errorf("%s: %s", name, browser.Text())
		}
		stranger := harness.NewBrowser(t, n)
		stranger.Get(n.URL + "/login")
		if strings.Contains(stranger.Body, "passkey") || strings.Contains(stranger.Body, "webauthn") || len(stranger.Header["Set-Cookie"]) > 0 {
			t.Errorf("%s: %s", name, stranger.Body)
		}
		browser.Get(n.URL + "/account/security/passkey")
		if browser.Status != http.StatusNotFound {
			t.Errorf("%s: %d", name, browser.Status)
		}
		want := 1
		if name != "an address" {
			want = 0
		}
		if got := strings.Count(n.Logs.String(), "passkeys are off"); got != want {
			t.Errorf("%s: %d warnings", name, got)
		}
	}
}

// TestWhoAddsOrLosesAPasskeyHearsOfIt, and who uses one that may have been copied.
func TestWhoAddsOrLosesAPasskeyHearsOfIt(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), append(withMail(mailbox), harness.ByName())...)
	browser, _ := signedIn(t, n)
	device := addPasskey(t, n, browser)
	hears := func(subject string) {
		t.Helper()
		if l := mailbox.Next(t); l.Subject() != subject || strings.Contains(l.Plain, "Blue") {
			t.Errorf("%s: %s", l.Subject(), l.Plain)
		}
	}
	hears("A passkey was added")
	id := browser.Page.Find("input[name=id]").First().AttrOr("value", "")
	browser.Submit("passkey-"+id+"-rename", map[string]string{"name": "Blue"})
	for _, count := range []uint32{9, 1} {
		device.Key.Counter = count
		other := harness.NewBrowser(t, n)
		other.Get(n.URL + "/login")
		device.Use(other)
	}
	hears("A passkey may have been copied")
	browser.Get(n.URL + "/account/security")
	browser.Submit("passkey-"+id+"-remove", nil)
	hears("A passkey was removed")
	mailbox.Empty(t)
}

// TestAPasskeyIsAskedForWhereItsOwnerSaysSo: the switch of the page of the account, what it leads to at the next sign-in, and what
// administrators see of it.
func TestAPasskeyIsAskedForWhereItsOwnerSaysSo(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		api := administer(t, db, harness.ByName())
		n := api.Node
		owner, _ := signedIn(t, n)
		if owner.Get(n.URL + "/account/security"); owner.Has("second_step") {
			t.Error("there is a switch without a passkey")
		}
		owner.Post(n.URL+"/account/security/second-step", url.Values{"second_step": {"on"}})
		if owner.Status != http.StatusNotFound {
			t.Errorf("without a passkey: %d %s", owner.Status, owner.Text())
		}
		device, party := addPasskey(t, n, owner), harness.NewParty(t, n, "web")
		device.Device.Options.UserNotVerified = true
		owner.Submit("second_step", nil)
		if owner.URL.Path != "/account/security/codes" {
			t.Fatalf("the switch leads to %d %s: %s", owner.Status, owner.URL, owner.Text())
		}
		owner.Submit("codes-skip", nil)

		browser := harness.NewBrowser(t, n)
		browser.Get(party.AuthURL())
		browser.SignIn("alice", harness.AlicePassword)
		if browser.URL.Path != "/login/second" || browser.Has("code-submit") || !browser.Has("use-recovery") ||
			!strings.Contains(browser.Text(), "Your administrator can take them from your account.") {
			t.Fatalf("the password leads to %s: %s", browser.URL, browser.Text())
		}
		device.Use(browser)
		if acr, amr := classOf(t, party, browser); acr != "urn:authly:acr:2" || !slices.Equal(amr, []string{"pwd", "pop", "swk", "mfa"}) {
			t.Errorf("acr %v, amr %v", acr, amr)
		}
		const ask = `query($u:ID!){user(by:{id:$u}){secondFactor secondStep}}`
		id := model.KindUser.ID(n.User(t, "alice").ID)
		if shown := dig(api.run(t, ask, "u", id), "user"); !reflect.DeepEqual(shown, map[string]any{"secondFactor": true, "secondStep": true}) {
			t.Errorf("administrators see %v", shown)
		}

		owner.Get(n.URL + "/account/security")
		owner.Submit("second_step", nil)
		if owner.URL.Path != "/account/security" || !strings.Contains(owner.Text(), "Always ask for a passkey after the password") {
			t.Errorf("switched off: %s: %s", owner.URL, owner.Text())
		}
		other := harness.NewBrowser(t, n)
		other.Get(party.AuthURL())
		other.SignIn("alice", harness.AlicePassword)
		if acr, _ := classOf(t, party, other); acr != "urn:authly:acr:1" {
			t.Errorf("acr %v", acr)
		}
		if n := db.Count(t, "SELECT count(*) FROM audit_events WHERE action IN ('second_step.switched_on', 'second_step.switched_off')"); n != 2 {
			t.Errorf("%d events", n)
		}
	})
}
