package tests

import (
	"testing"
	"time"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/tests/harness"
)

// TestATrustedBrowserDiesWithWhatItTrusted: who has the password and a browser that was trusted once, such as a computer that was
// given away, is asked for the second factor again after each change of the factors, whoever has made it.
func TestATrustedBrowserDiesWithWhatItTrusted(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(t *testing.T, api administration, owner *harness.Browser, id string) (password string){
		"the password is replaced": func(_ *testing.T, api administration, owner *harness.Browser, _ string) string {
			owner.Get(api.URL + "/account/password")
			owner.Submit("password-submit", map[string]string{
				"password": harness.AlicePassword, "new_password": recoveredPassword, "confirm_password": recoveredPassword,
			})
			return recoveredPassword
		},
		"a passkey is added": func(t *testing.T, api administration, owner *harness.Browser, _ string) string {
			addPasskey(t, api.Node, owner)
			return harness.AlicePassword
		},
		"the app is removed, and another added": func(t *testing.T, api administration, owner *harness.Browser, _ string) string {
			owner.Get(api.URL + "/account/security")
			owner.Submit("totp-remove", nil)
			addApp(t, api.Node, owner)
			return harness.AlicePassword
		},
		"an administrator takes the app, and another is added": func(t *testing.T, api administration, owner *harness.Browser, id string) string {
			api.run(t, `mutation($id:ID!){removeTotp(input:{id:$id}){userErrors{code}}}`, "id", id)
			addApp(t, api.Node, owner)
			return harness.AlicePassword
		},
		"an administrator forgets the browsers": func(t *testing.T, api administration, _ *harness.Browser, id string) string {
			api.run(t, `mutation($id:ID!){forgetBrowsers(input:{id:$id}){userErrors{code}}}`, "id", id)
			return harness.AlicePassword
		},
		"a month is over": func(_ *testing.T, api administration, _ *harness.Browser, _ string) string {
			api.Clock.Advance(30*24*time.Hour + time.Minute)
			return harness.AlicePassword
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := administer(t, harness.SQLite(t), harness.ByName())
			n := api.Node
			owner, _ := signedIn(t, n)
			secret := addApp(t, n, owner)
			given := harness.NewBrowser(t, n)
			given.Get(n.URL + "/login")
			given.SignIn("alice", harness.AlicePassword)
			given.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now()), "trust_browser": "yes"})
			signIn := func(password string) string {
				n.Clock.Advance(time.Minute)
				given.Get(n.URL + "/account")
				if given.Has("sign-out") {
					given.Submit("sign-out", nil)
				}
				given.Get(n.URL + "/login")
				given.SignIn("alice", password)
				return given.URL.Path
			}
			if at := signIn(harness.AlicePassword); at != "/account" {
				t.Fatalf("the browser is not trusted: %s: %s", at, given.Text())
			}
			password := change(t, api, owner, model.KindUser.ID(n.User(t, "alice").ID))
			if at := signIn(password); at != "/login/second" {
				t.Errorf("the browser arrives at %s: %s", at, given.Text())
			}
		})
	}
}
