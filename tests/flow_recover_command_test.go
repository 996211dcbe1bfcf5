package tests

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestTheOperatorLetsInWhoHasLostEverything: with the database and no page, while a server serves.
func TestTheOperatorLetsInWhoHasLostEverything(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, harness.ByName())
		owner, _ := signedIn(t, n)
		addApp(t, n, owner)
		addPasskey(t, n, owner)
		takeCodes(t, n, owner)
		env := map[string]string{
			"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "AUTHLY_METRICS_ADDR": "off",
			"AUTHLY_LISTEN": harness.FreeAddress(t),
		}
		if code, _, errs := harness.Command(t, env, "", "recover", "nobody"); code != 1 || !strings.Contains(errs, `there is no user "nobody"`) {
			t.Errorf("of nobody: %d %s", code, errs)
		}
		code, out, errs := harness.Command(t, env, "", "recover", "alice@example.org", "--output", "json")
		if code != 0 {
			t.Fatal(errs)
		}
		var reset struct {
			Temporary string `json:"temporary_password"`
			Sessions  int    `json:"ended_sessions"`
		}
		if err := json.Unmarshal([]byte(out), &reset); err != nil || reset.Sessions == 0 {
			t.Fatalf("%v: %s", err, out)
		}
		if left := db.Count(t, "SELECT (SELECT count(*) FROM totps) + (SELECT count(*) FROM recovery_codes) + (SELECT count(*) FROM passkeys)"); left != 0 {
			t.Errorf("%d factors are left", left)
		}
		for _, action := range []string{"totp.removed", "passkey.removed", "user.password_reset"} {
			if n := db.Count(t, "SELECT count(*) FROM audit_events WHERE actor_kind = 'system' AND action = '"+action+"'"); n != 1 {
				t.Errorf("%d events %s", n, action)
			}
		}

		owner.Get(n.URL + "/account/security")
		if !owner.Has("login-submit") {
			t.Errorf("the session goes on: %s", owner.Text())
		}
		browser := harness.NewBrowser(t, n)
		browser.Get(n.URL + "/account/password")
		browser.SignIn("alice", reset.Temporary)
		browser.Submit("password-submit", map[string]string{
			"new_password": "through the looking glass", "confirm_password": "through the looking glass",
		})
		browser.Get(n.URL + "/account/security")
		if !browser.Has("totp-add") {
			t.Errorf("at %s: %s", browser.URL, browser.Text())
		}
	})
}
