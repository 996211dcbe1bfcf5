package tests

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// onlyPasskeys takes no passwords from now on.
func onlyPasskeys(n *harness.Node) {
	settings := *n.Server.Domain.Settings.Get()
	settings.Passkeys = identity.PasskeysOnly
	n.Server.Domain.Settings.Set(settings)
}

// TestWhereThereAreOnlyPasskeysNoPasswordIsTaken: no page asks for one, and everybody comes to have a passkey: by a mailed link, by
// registration and by a mailed code. What was begun with a password goes on.
func TestWhereThereAreOnlyPasskeysNoPasswordIsTaken(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), append(
		withMail(mailbox), harness.ByName(), harness.Env("AUTHLY_REGISTRATION", "open"), harness.Env("AUTHLY_EMAIL_SIGN_IN", "true"),
	)...)
	verified := harness.Bob()
	verified.Verified = true
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{verified}})
	before, _ := signedIn(t, n)
	onlyPasskeys(n)

	b, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
	b.Get(n.URL + "/login")
	if b.Has("password") || b.Has("login-submit") || !b.Has("passkey-submit") || !b.Has("email-code") {
		t.Errorf("the sign-in page: %s", b.Text())
	}
	b.Post(n.URL+"/login", url.Values{"username": {"alice"}, "password": {harness.AlicePassword}})
	if b.Status != http.StatusUnauthorized || !strings.Contains(b.Text(), "Passwords are not taken here.") {
		t.Errorf("a password: %d %s", b.Status, b.Text())
	}
	for _, path := range []string{"/account/password", "/.well-known/change-password"} {
		if before.Get(n.URL + path); before.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, before.Status)
		}
	}
	if before.Get(n.URL + "/account"); !before.Has("sign-out") || before.Page.Find("a#password").Length() > 0 {
		t.Errorf("who has signed in before: %s", before.Text())
	}
	before.Get(party.AuthURL())
	if acr, _ := classOf(t, party, before); acr != "urn:authly:acr:1" {
		t.Errorf("an application of who has signed in before reads %v", acr)
	}

	// Alice has a password and no passkey.
	b.Get(n.URL + "/recover")
	b.Submit("recover-submit", map[string]string{"login": "alice"})
	link := linkIn(t, mailbox.Next(t))
	b.Get(link)
	if b.URL.Path != "/recover/passkey" || b.Has("new_password") || b.Has("use-password") {
		t.Fatalf("the link leads to %s: %s", b.URL, b.Text())
	}
	b.Post(n.URL+"/recover/new", url.Values{"token": {b.URL.Query().Get("token")}, "new_password": {recoveredPassword}, "confirm_password": {recoveredPassword}})
	if b.Has("sign-out") {
		t.Error("a password was chosen")
	}
	b.Get(link)
	device := harness.NewAuthenticator(t, n)
	device.Create(b)
	if b.URL.Path != "/login" || !b.Has("added") {
		t.Fatalf("the passkey leads to %s: %d %s", b.URL, b.Status, b.Text())
	}
	device.Use(b)
	if !b.Has("sign-out") {
		t.Errorf("the passkey: %d %s", b.Status, b.Text())
	}
	b.Get(n.URL + "/account/security")
	if !b.Has("totp-add") || !b.Has("codes-new") || strings.Contains(b.Text(), "Change password") {
		t.Errorf("the page of security: %s", b.Text())
	}
	last := strings.TrimSuffix(b.Page.Find("[id^=passkey-][id$=-remove]").AttrOr("id", ""), "-remove")
	b.Submit(last+"-remove", nil)
	if b.Status != http.StatusConflict || !n.User(t, "alice").Passkey {
		t.Errorf("the last passkey: %d %s", b.Status, b.Text())
	}
	for range 2 { // what was replaced, and by what
		mailbox.Next(t)
	}

	// Carol registers, Dave on the way to an application, and Bob comes by a mailed code.
	carol := harness.NewBrowser(t, n)
	proveAddress(t, n, mailbox, carol, "carol@id.example")
	if carol.Has("new_password") {
		t.Errorf("the account: %s", carol.Text())
	}
	carol.Submit("account-submit", map[string]string{"username": "carol"})
	if carol.URL.Path != "/account/security/passkey" {
		t.Fatalf("the account leads to %s: %s", carol.URL, carol.Text())
	}
	harness.NewAuthenticator(t, n).Create(carol)
	if user := n.User(t, "carol"); !user.Passkey || user.Password.Hash != "" {
		t.Errorf("Carol is %+v", user)
	}
	mailbox.Next(t)
	bob := harness.NewBrowser(t, n)
	bob.Get(party.AuthURL())
	bob.Submit("email-code", map[string]string{"username": "bob"})
	bob.Submit("code-submit", map[string]string{"code": codeIn(t, mailbox.Next(t))})
	if bob.URL.Path != "/account/security/passkey" || bob.Has("use-app") {
		t.Fatalf("the code leads to %s: %s", bob.URL, bob.Text())
	}
	bob.Get(party.AuthURL())
	if bob.URL.Path == "/consent" {
		t.Error("the step can be left out")
	}
	bob.Get(n.URL + strings.Replace(bob.URL.RequestURI(), "/account/security/totp", "/account/security/passkey", 1))
	harness.NewAuthenticator(t, n).Create(bob)
	if acr, _ := classOf(t, party, bob); acr != "urn:authly:acr:2" {
		t.Errorf("Bob's application reads %v", acr)
	}
}

// TestTheOperatorLetsInWhereThereAreOnlyPasskeys: by a link. A server whose issuer has no passkeys does not start so.
func TestTheOperatorLetsInWhereThereAreOnlyPasskeys(t *testing.T) {
	t.Parallel()
	db := harness.SQLite(t)
	n := start(t, db, harness.ByName(), harness.Env("AUTHLY_PASSKEYS", "only"))
	env := map[string]string{
		"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "AUTHLY_METRICS_ADDR": "off",
		"AUTHLY_LISTEN": harness.FreeAddress(t), "AUTHLY_ISSUER": n.Issuer, "AUTHLY_PASSKEYS": "only",
	}
	code, out, errs := harness.Command(t, env, "", "recover", "admin", "--output", "json")
	if code != 0 {
		t.Fatal(errs)
	}
	var made struct {
		Link      string `json:"recovery_link"`
		Temporary string `json:"temporary_password"`
	}
	if err := json.Unmarshal([]byte(out), &made); err != nil || made.Temporary != "" {
		t.Fatalf("%v: %s", err, out)
	}
	b, device := harness.NewBrowser(t, n), harness.NewAuthenticator(t, n)
	b.Get(made.Link)
	device.Create(b)
	device.Use(b)
	if !b.Has("sign-out") {
		t.Errorf("%d at %s: %s", b.Status, b.URL, b.Text())
	}
	again := harness.NewBrowser(t, n)
	if again.Get(made.Link); again.Status != http.StatusBadRequest || again.Has("recover-submit") {
		t.Errorf("a second time, without mail: %d %s", again.Status, again.Text())
	}
	if n := db.Count(t, "SELECT count(*) FROM audit_events WHERE actor_kind = 'system' AND action = 'recovery.link_created'"); n != 1 {
		t.Errorf("%d events", n)
	}
	env["AUTHLY_ISSUER"] = "http://127.0.0.1:1"
	if code, _, errs = harness.Command(t, env, "", "recover", "admin"); code == 0 || !strings.Contains(errs, "AUTHLY_PASSKEYS") {
		t.Errorf("an issuer without a name: %d %s", code, errs)
	}
}

// TestThePasswordGrantIsRefusedWhereThereAreOnlyPasskeys, whoever is named, and nobody's password is looked at.
func TestThePasswordGrantIsRefusedWhereThereAreOnlyPasskeys(t *testing.T) {
	t.Parallel()
	db := harness.SQLite(t)
	n := start(t, db, harness.ByName(), harness.Env("AUTHLY_PASSWORD_GRANT", "true"))
	old := harness.WebClient("old")
	old.Metadata.GrantTypes = append(old.Metadata.GrantTypes, identity.GrantPassword)
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{old}})
	ask := func(name string) harness.Answer {
		return n.Form(t, "/api/v1/oauth/token", "old", harness.ClientSecret, url.Values{
			"grant_type": {"password"}, "username": {name}, "password": {harness.AlicePassword}, "scope": {"openid"},
		})
	}
	if answer := ask("alice"); answer.Status != http.StatusOK {
		t.Fatalf("before: %d %s", answer.Status, answer.Text)
	}
	onlyPasskeys(n)
	failed := "SELECT count(*) FROM audit_events WHERE action = 'session.start_failed'"
	before := db.Count(t, failed)
	for _, name := range []string{"alice", "nobody"} {
		oauthError(t, name, ask(name), http.StatusBadRequest, "invalid_grant")
	}
	if after := db.Count(t, failed); after != before {
		t.Errorf("%d passwords were looked at", after-before)
	}
}
