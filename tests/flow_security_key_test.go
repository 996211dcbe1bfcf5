package tests

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/tests/harness"
)

// addKey adds a security key on the account pages of who is signed in, by a device that verifies nobody.
func addKey(t *testing.T, n *harness.Node, browser *harness.Browser) *harness.Authenticator {
	t.Helper()
	browser.Get(n.URL + "/account/security")
	link, ok := browser.Page.Find("#key-add").Attr("href")
	if !ok {
		t.Fatalf("no security key can be added: %s", browser.Text())
	}
	browser.Get(n.URL + link)
	device := harness.NewAuthenticator(t, n)
	device.Device.Options.UserNotVerified = true
	device.Device.Options.BackupEligible, device.Device.Options.BackupState = false, false
	device.Create(browser)
	if browser.Has("codes-skip") {
		browser.Submit("codes-skip", nil)
	}
	if browser.URL.Path != "/account/security" || !strings.Contains(browser.Text(), "Remove this security key") {
		t.Fatalf("the security key was not added: %d at %s: %s", browser.Status, browser.URL, browser.Text())
	}
	return device
}

// TestASecurityKeyIsASecondStep: it is asked for after the password, signs nobody in by itself, and is taken away by who has lost it or by
// an administrator.
func TestASecurityKeyIsASecondStep(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		api := administer(t, db, harness.ByName())
		n := api.Node
		owner, _ := signedIn(t, n)
		device, party := addKey(t, n, owner), harness.NewParty(t, n, "web")
		if accepted := owner.Page.Find("#passkeys").AttrOr("data-accepted", ""); !strings.Contains(accepted, `"allAcceptedCredentialIds":["`) {
			t.Errorf("authenticators are told %q", accepted)
		}

		browser := harness.NewBrowser(t, n)
		browser.Get(party.AuthURL())
		lock := *device
		lock.Device.Options.UserNotVerified = false // a PIN makes it no passkey
		lock.Use(browser)
		if browser.Status != http.StatusUnauthorized || !strings.Contains(browser.Text(), "This is a security key") || browser.Page.Find("#passkey-form").Is("[data-unknown]") {
			t.Errorf("alone: %d %s", browser.Status, browser.Text())
		}
		browser.SignIn("alice", harness.AlicePassword)
		if browser.URL.Path != "/login/second" || browser.Has("code-submit") || !browser.Has("use-recovery") {
			t.Fatalf("the password leads to %s: %s", browser.URL, browser.Text())
		}
		asked := browser.Page.Find("#passkey-form").AttrOr("data-options", "")
		if !strings.Contains(asked, `"userVerification":"discouraged"`) || !strings.Contains(asked, `"allowCredentials":[{`) {
			t.Errorf("asked is %s", asked)
		}
		address, values := device.Answer(browser)
		values.Set("trust_browser", "yes")
		browser.Post(address, values)
		acr, amr := classOf(t, party, browser)
		if acr != "urn:authly:acr:2" || !slices.Equal(amr, []string{"pwd", "pop", "hwk", "mfa"}) {
			t.Errorf("acr %v, amr %v", acr, amr)
		}
		if n := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'browser.trusted'"); n != 1 {
			t.Errorf("%d browsers are trusted", n)
		}
		browser.Get(n.URL + "/account")
		browser.Submit("sign-out", nil)
		browser.Get(party.AuthURL())
		browser.SignIn("alice", harness.AlicePassword)
		if acr, amr := classOf(t, party, browser); acr != "urn:authly:acr:1" || !slices.Equal(amr, []string{"pwd", "rba"}) {
			t.Errorf("on a browser that spares it: acr %v, amr %v", acr, amr)
		}
		browser.Get(party.AuthURL("acr_values", "urn:authly:acr:2"))
		if browser.URL.Path != "/login/second" {
			t.Fatalf("a demand leads to %s", browser.URL)
		}
		device.Use(browser)
		if acr, _ := classOf(t, party, browser); acr != "urn:authly:acr:2" {
			t.Errorf("after a demand acr is %v", acr)
		}

		owner.Get(n.URL + "/account/security")
		id := owner.Page.Find("input[name=id]").First().AttrOr("value", "")
		owner.Submit("key-"+id+"-rename", map[string]string{"name": "Blue <key>"})
		if !strings.Contains(owner.Text(), "Blue <key>") {
			t.Errorf("it is called %s", owner.Text())
		}
		owner.Submit("key-"+id+"-remove", nil)
		if strings.Contains(owner.Text(), "Remove this security key") || owner.Has("codes-new") {
			t.Errorf("it is still there: %s", owner.Text())
		}
		for action, want := range map[string]int{"security_key.added": 1, "security_key.renamed": 1, "security_key.removed": 1, "passkey.added": 0} {
			if got := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = '"+action+"'"); got != want {
				t.Errorf("%s is audited %d times", action, got)
			}
		}
		plain := harness.NewBrowser(t, n)
		plain.Get(party.AuthURL())
		plain.SignIn("alice", harness.AlicePassword)
		if acr, _ := classOf(t, party, plain); acr != "urn:authly:acr:1" {
			t.Errorf("without it acr is %v", acr)
		}

		addKey(t, n, owner)
		alice := n.User(t, "alice")
		list := api.run(t, `query($u:ID!){user(by:{id:$u}){secondFactor passkeys{id} securityKeys{id}}}`, "u", model.KindUser.ID(alice.ID))
		key := dig(list, "user", "securityKeys", 0, "id")
		if dig(list, "user", "secondFactor") != true || len(dig(list, "user", "passkeys").([]any)) != 0 {
			t.Errorf("the API shows %v", list)
		}
		after := api.run(t, `mutation($u:ID!,$k:ID!){removeSecurityKey(input:{id:$u,securityKeyId:$k}){user{secondFactor} userErrors{code}}}`,
			"u", model.KindUser.ID(alice.ID), "k", key)
		if dig(after, "removeSecurityKey", "user", "secondFactor") != false {
			t.Errorf("it was not taken away: %v", after)
		}
	})
}

// TestASecurityKeyIsAddedInsideTheSignIn that demands a second factor, and arrives at the application.
func TestASecurityKeyIsAddedInsideTheSignIn(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, harness.ByName(), harness.Env("AUTHLY_MFA", "required"), harness.Env("AUTHLY_MFA_GRACE", "0"))
		browser, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
		browser.Get(party.AuthURL())
		browser.SignIn("alice", harness.AlicePassword)
		link, ok := browser.Page.Find("#use-key").Attr("href")
		if !ok {
			t.Fatalf("the sign-in leads to %s: %s", browser.URL, browser.Text())
		}
		browser.Get(n.URL + link)
		if !browser.Has("use-passkey") || !browser.Has("use-app") {
			t.Errorf("the page offers nothing else: %s", browser.Text())
		}
		device := harness.NewAuthenticator(t, n)
		device.Device.Options.UserNotVerified = true
		device.Create(browser)
		if !browser.Has("codes-skip") {
			t.Fatalf("no codes are offered at %s: %s", browser.URL, browser.Text())
		}
		browser.Submit("codes-skip", nil)
		if acr, amr := classOf(t, party, browser); acr != "urn:authly:acr:2" || !slices.Contains(amr, "pop") {
			t.Errorf("acr %v, amr %v", acr, amr)
		}

		// A client that wants more gets no key: only a passkey will do.
		browser.Get(party.AuthURL("claims", `{"id_token":{"acr":{"essential":true,"value":"phr"}}}`))
		at := browser.URL.Query().Get("interaction")
		browser.Get(n.URL + "/account/security/key?interaction=" + at)
		if browser.URL.Path != "/account/security/passkey" {
			t.Errorf("a key is added at %s: %s", browser.URL, browser.Text())
		}
		passkey := harness.NewAuthenticator(t, n)
		passkey.Create(browser)
		passkey.Use(browser)
		if acr, _ := classOf(t, party, browser); acr != "phr" {
			t.Errorf("acr %v", acr)
		}
	})
}

// TestWhereKeysCannotBeUsedACodeIsAskedFor: no setting opens an account.
func TestWhereKeysCannotBeUsedACodeIsAskedFor(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.ByName())
	owner, _ := signedIn(t, n)
	addKey(t, n, owner)
	owner.Get(n.URL + "/account/security/codes")
	code := strings.TrimSpace(owner.Page.Find("#codes li").First().Text())
	owner.Submit("codes-submit", map[string]string{"saved": "yes"})
	settings := *n.Server.Domain.Settings.Get()
	settings.Passkeys = "off"
	n.Server.Domain.Settings.Set(settings)

	b := harness.NewBrowser(t, n)
	b.Get(n.URL + "/login")
	b.SignIn("alice", harness.AlicePassword)
	if b.URL.Path != "/login/second" || b.Has("passkey-submit") || !strings.Contains(b.Text(), "cannot be used here at present") {
		t.Fatalf("the password leads to %s: %s", b.URL, b.Text())
	}
	b.Get(n.URL + b.Page.Find("#use-recovery").AttrOr("href", ""))
	b.Submit("recovery-submit", map[string]string{"recovery_code": code})
	b.Get(n.URL + "/account/security/key")
	if b.Status != http.StatusNotFound {
		t.Errorf("a key can be added: %d", b.Status)
	}
	b.Get(n.URL + "/account/security")
	id := b.Page.Find("input[name=id]").First().AttrOr("value", "")
	if b.Has("key-add") || b.Has("passkey-add") || id == "" {
		t.Fatalf("the page is %s", b.Text())
	}
	b.Submit("key-"+id+"-remove", nil)
	if b.Has("key-" + id + "-remove") {
		t.Errorf("the key is still there: %s", b.Text())
	}
	n.Advance(t, time.Minute)
	again := harness.NewBrowser(t, n)
	again.Get(n.URL + "/login")
	again.SignIn("alice", harness.AlicePassword)
	if !again.Has("sign-out") {
		t.Errorf("without it: %s %s", again.URL, again.Text())
	}
}

// TestASecurityKeyIsTheSecondProofOfARecovery: with the mailed link it does for a new password, which the mailbox alone does not.
func TestASecurityKeyIsTheSecondProofOfARecovery(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), append(withMail(mailbox), harness.ByName())...)
	owner, _ := signedIn(t, n)
	device := addKey(t, n, owner)
	if l := mailbox.Next(t); l.Subject() != "A security key was added" || !strings.Contains(l.Plain, "asked for after your password") {
		t.Errorf("the message is %q: %s", l.Subject(), l.Plain)
	}
	b := harness.NewBrowser(t, n)
	b.Get(linkIn(t, askForLink(t, n, mailbox, "alice")))
	filled := map[string]string{"new_password": recoveredPassword, "confirm_password": recoveredPassword}
	b.Submit("password-submit", filled)
	if b.Status != http.StatusUnauthorized || b.Has("sign-out") {
		t.Fatalf("by the mailbox alone: %d %s", b.Status, b.Text())
	}
	stranger := harness.NewAuthenticator(t, n)
	address, values := stranger.Answer(b)
	for name, value := range filled {
		values.Set(name, value)
	}
	b.Post(address, values)
	if b.Status != http.StatusUnauthorized || b.Has("sign-out") {
		t.Fatalf("by another key: %d %s", b.Status, b.Text())
	}
	address, values = device.Answer(b)
	for name, value := range filled {
		values.Set(name, value)
	}
	b.Post(address, values)
	if !b.Has("sign-out") {
		t.Fatalf("by the key: %d %s", b.Status, b.Text())
	}
	party := harness.NewParty(t, n, "web")
	b.Get(party.AuthURL())
	if acr, amr := classOf(t, party, b); acr != "urn:authly:acr:2" || !slices.Contains(amr, "hwk") {
		t.Errorf("acr %v, amr %v", acr, amr)
	}
}
