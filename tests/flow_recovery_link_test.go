package tests

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestAnAdministratorHandsOverALink to a user who has lost password and mailbox: it is shown once, works once, and is no way
// round the authenticator app. Mailed, it goes to a verified address alone.
func TestAnAdministratorHandsOverALink(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		a := administer(t, db, withMail(mailbox)...)
		thief, _ := signedIn(t, a.Node)
		secret := addApp(t, a.Node, thief)
		mailbox.Next(t)
		id := "usr_" + a.User(t, "alice").ID.String()
		const create = "mutation($id:ID!,$mail:Boolean!){createRecoveryLink(input:{id:$id,minutes:15,mail:$mail}){recoveryUrl userErrors{code}}}"
		link, _ := dig(a.run(t, create, "id", id, "mail", false), "createRecoveryLink", "recoveryUrl").(string)
		if !strings.HasPrefix(link, a.Issuer+"/recover/new?token=") {
			t.Fatalf("the link is %q", link)
		}
		if l := mailbox.Next(t); l.Subject() != "An administrator can let you in" || strings.Contains(l.Raw, "/recover/new") {
			t.Errorf("the person hears %s", l.Raw)
		}
		no := false
		a.Change(t, "alice", admin.UserChange{Verified: &no}) // which ends what was made before
		owner := harness.NewBrowser(t, a.Node)
		if owner.Get(link); owner.Has("password-submit") {
			t.Error("the link has outlived what was said of the address")
		}
		link, _ = dig(a.run(t, create, "id", id, "mail", false), "createRecoveryLink", "recoveryUrl").(string)
		refused := a.run(t, create, "id", id, "mail", true)
		if dig(refused, "createRecoveryLink", "recoveryUrl") != nil || !strings.Contains(problems(refused["createRecoveryLink"]), "EMAIL_UNVERIFIED") {
			t.Errorf("mailed to who knows whom: %v", refused)
		}
		owner.Get(link)
		fill := map[string]string{"new_password": recoveredPassword, "confirm_password": recoveredPassword}
		owner.Submit("password-submit", fill)
		if owner.Status != http.StatusUnauthorized || !owner.Has("code-error") {
			t.Errorf("without the code: %d %s", owner.Status, owner.Text())
		}
		fill["code"] = harness.AppCode(secret, a.Clock.Now())
		owner.Submit("password-submit", fill)
		if !owner.Has("sign-out") || !signedOut(t, a.Node, thief) {
			t.Errorf("with the code: %d %s", owner.Status, owner.Text())
		}
		again := harness.NewBrowser(t, a.Node)
		if again.Get(link); again.Status != http.StatusBadRequest {
			t.Errorf("a second time: %d", again.Status)
		}
		mailbox.Empty(t)
		late, _ := dig(a.run(t, create, "id", id, "mail", false), "createRecoveryLink", "recoveryUrl").(string)
		a.Advance(t, 15*time.Minute)
		if again.Get(late); again.Status != http.StatusBadRequest {
			t.Errorf("too late: %d", again.Status)
		}
	})
}

// TestASecondFactorIsDemandedOfOne: whatever the policy, on the way to an application, once the grace is over.
func TestASecondFactorIsDemandedOfOne(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db, harness.Env("AUTHLY_MFA", "optional"), harness.Env("AUTHLY_MFA_GRACE", "1h"))
		id := "usr_" + a.User(t, "alice").ID.String()
		a.run(t, "mutation($id:ID!){setMfaRequired(input:{id:$id,mfaRequired:true}){user{mfaRequired} userErrors{code}}}", "id", id)
		browser, party := harness.NewBrowser(t, a.Node), harness.NewParty(t, a.Node, "web")
		browser.Get(party.AuthURL())
		browser.SignIn("alice", harness.AlicePassword)
		if !browser.Has("due") {
			t.Errorf("in the grace: %d at %s: %s", browser.Status, browser.URL, browser.Text())
		}
		browser.Submit("skip", nil)
		browser.Submit("approve", nil)
		party.Code(browser)
		a.Advance(t, time.Hour)
		party = harness.NewParty(t, a.Node, "web")
		browser.Get(party.AuthURL("prompt", "login"))
		browser.SignIn("alice", harness.AlicePassword)
		if !browser.Has("totp-submit") {
			t.Errorf("after the grace: %d at %s: %s", browser.Status, browser.URL, browser.Text())
		}
	})
}
