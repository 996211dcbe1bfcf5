package tests

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
)

// TestAnAnswerOfAPasskeyCountsOnce: for the page that asked, in its browser, within the hour.
func TestAnAnswerOfAPasskeyCountsOnce(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, harness.ByName())
		owner, _ := signedIn(t, n)
		device := addPasskey(t, n, owner)
		page := func() *harness.Browser {
			b := harness.NewBrowser(t, n)
			b.Get(n.URL + "/login")
			return b
		}
		refused := func(name string, b *harness.Browser, address string, values url.Values) {
			t.Helper()
			b.Post(address, values)
			if b.Status != http.StatusUnauthorized || b.Has("sign-out") {
				t.Errorf("%s: %d %s", name, b.Status, b.Text())
			}
		}
		first, second, third := page(), page(), page()
		address, values := device.Answer(first)
		refused("in another browser", second, address, values)
		refused("in one without a cookie", harness.NewBrowser(t, n), address, values)
		other := harness.NewParty(t, n, "web")
		first.Get(other.AuthURL())
		elsewhere, form := first.Form("passkey-submit")
		form.Set("ceremony", values.Get("ceremony"))
		form.Set("credential", values.Get("credential"))
		refused("for another interaction", first, elsewhere, form)
		first.Post(address, values)
		if !first.Has("sign-out") {
			t.Fatalf("by itself: %d %s", first.Status, first.Text())
		}
		first.Submit("sign-out", nil)
		first.Get(n.URL + "/login")
		refused("a second time", first, address, values)

		address, values = device.Answer(third)
		n.Advance(t, 61*time.Minute)
		refused("after an hour", third, address, values)
		if !strings.Contains(third.Text(), "open for too long") {
			t.Errorf("after an hour: %s", third.Text())
		}
		device.Use(third) // the page that says so has a new one
		if !third.Has("sign-out") {
			t.Errorf("on a new page: %d %s", third.Status, third.Text())
		}
	})
}

// TestWhatAnAuthenticatorMayNotSay: nobody is signed in, and only the trail knows of it.
func TestWhatAnAuthenticatorMayNotSay(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, harness.ByName())
		owner, _ := signedIn(t, n)
		device := addPasskey(t, n, owner)
		before := db.Count(t, "SELECT sum(sign_count) FROM passkeys")
		for name, lie := range map[string]func(d *harness.Authenticator){
			"another origin":  func(d *harness.Authenticator) { d.Party.Origin = "https://id.example" },
			"another party":   func(d *harness.Authenticator) { d.Party.ID = "id.example" },
			"another user":    func(d *harness.Authenticator) { d.Device.Options.UserHandle = []byte("somebody else") },
			"another key":     func(d *harness.Authenticator) { d.Key.Key = harness.NewAuthenticator(t, n).Key.Key },
			"nobody there":    func(d *harness.Authenticator) { d.Device.Options.UserNotPresent = true },
			"nobody verified": func(d *harness.Authenticator) { d.Device.Options.UserNotVerified = true },
			"it is not copied": func(d *harness.Authenticator) {
				d.Device.Options.BackupEligible, d.Device.Options.BackupState = false, false
			},
			"a copy of no copies": func(d *harness.Authenticator) { d.Device.Options.BackupEligible = false },
		} {
			b, liar := harness.NewBrowser(t, n), *device
			b.Get(n.URL + "/login")
			lie(&liar)
			liar.Use(b)
			if b.Status != http.StatusUnauthorized || b.Has("sign-out") {
				t.Errorf("%s: %d %s", name, b.Status, b.Text())
			}
			if b.Page.Find("#passkey-form").Is("[data-unknown]") || b.Page.Find("#passkey-form").Is("[data-autofill]") {
				t.Errorf("%s: the page makes the authenticator forget, or asks by itself", name)
			}
		}
		if after := db.Count(t, "SELECT sum(sign_count) FROM passkeys"); after != before {
			t.Errorf("the count went from %d to %d", before, after)
		}
		if n := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'session.start_failed'"); n != 8 {
			t.Errorf("%d refusals are audited", n)
		}
		for _, garbage := range []string{"", "{}", "[", strings.Repeat("x", 9000), `{"id":"AA","rawId":"AA","type":"public-key","response":{}}`} {
			b := harness.NewBrowser(t, n)
			b.Get(n.URL + "/login")
			address, values := device.Answer(b)
			values.Set("credential", garbage)
			b.Post(address, values)
			if b.Status != http.StatusUnauthorized {
				t.Errorf("%.20q: %d %s", garbage, b.Status, b.Text())
			}
		}
	})
}

// TestACodeIsGoodOnceOnTwoNodes: ten browsers wait for the second factor at two nodes, and send one code at once.
func TestACodeIsGoodOnceOnTwoNodes(t *testing.T) {
	t.Parallel()
	first, second := twoNodes(t)
	owner, _ := signedIn(t, first)
	secret := addApp(t, first, owner)
	var browsers []*harness.Browser
	for at := range 10 {
		n := []*harness.Node{first, second}[at%2]
		b := harness.NewBrowser(t, n)
		b.Get(n.URL + "/login")
		b.SignIn("alice", harness.AlicePassword)
		if !b.Has("code-submit") {
			t.Fatalf("the password leads to %s: %s", b.URL, b.Text())
		}
		browsers = append(browsers, b)
	}
	code := harness.AppCode(secret, first.Clock.Now())
	var group sync.WaitGroup
	for _, b := range browsers {
		address, values := b.Form("code-submit")
		values.Set("code", code)
		group.Go(func() { b.Post(address, values) })
	}
	group.Wait()
	signedIn := 0
	for _, b := range browsers {
		if b.Has("sign-out") {
			signedIn++
		} else if b.Status != http.StatusUnauthorized && b.Status != http.StatusTooManyRequests {
			t.Errorf("refused with %d: %s", b.Status, b.Text())
		}
	}
	if signedIn != 1 {
		t.Errorf("%d of ten signed in with one code", signedIn)
	}
}
