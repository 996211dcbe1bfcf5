package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// accountWrites are the forms of the account pages with what a person would send; SESSION and CLIENT stand for ids.
var accountWrites = map[string]url.Values{
	"/account/profile":          {"version": {"1"}, "fields": {"nickname"}, "nickname": {"mallory"}},
	"/account/devices":          {"others": {"yes"}},
	"/account/devices/browsers": {},
	"/account/applications":     {"client": {"CLIENT"}},
	"/account/data":             {},
	"/account/delete":           {"confirm_username": {"alice"}},
	"/account/security":         {},
}

// everything is what the attacks must leave as it is.
func everything(t *testing.T, n *harness.Node) string {
	t.Helper()
	counts := []string{
		"SELECT count(*) FROM users", "SELECT count(*) FROM consents", "SELECT count(*) FROM totps",
		"SELECT count(*) FROM users WHERE nickname = 'Al'",
		"SELECT count(*) FROM sessions WHERE ended_at IS NULL", "SELECT count(*) FROM grants WHERE ended_at IS NULL AND code_spent_at IS NOT NULL",
		"SELECT count(*) FROM audit_events WHERE action = 'profile.exported'",
	}
	var text strings.Builder
	for _, query := range counts {
		text.WriteString(query + ": " + strings.Repeat("I", n.Database.Count(t, query)) + "\n")
	}
	return text.String()
}

// TestAnotherSiteChangesNothingOfAnAccount: line 36 of what must be shown, A-4.7-2.
func TestAnotherSiteChangesNothingOfAnAccount(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser, _ := signedIn(t, n)
	signedIn(t, n)
	addApp(t, n, browser)
	client := n.Client(t, "web").ID.String()
	before := everything(t, n)
	for name, header := range crossSite {
		for path, values := range accountWrites {
			if values.Has("client") {
				values = url.Values{"client": {client}}
			}
			browser.Send(http.MethodPost, n.URL+path, values, header)
			if browser.Status != http.StatusForbidden {
				t.Errorf("%s, %s: %d %s", path, name, browser.Status, browser.Text())
			}
		}
	}
	if after := everything(t, n); after != before {
		t.Errorf("before\n%safter\n%s", before, after)
	}
	browser.Post(n.URL+"/account/delete", accountWrites["/account/delete"])
	if !browser.Has("deleted") {
		t.Errorf("the person's own form: %d %s", browser.Status, browser.Text())
	}
}

// TestNobodyEndsWhatIsAnothersByItsID: line 36. It is answered as what there is not.
func TestNobodyEndsWhatIsAnothersByItsID(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Bob()}})
		alice, tokens := signedIn(t, n)
		sid, _ := harness.JWT(t, idToken(tokens), 1)["sid"].(string)
		client := n.Client(t, "web").ID.String()
		bob := harness.NewBrowser(t, n)
		bob.Get(n.URL + "/account")
		bob.SignIn("bob", harness.BobPassword)
		answers := map[string]map[string]string{}
		for _, c := range []struct{ what, path, field, id string }{
			{"session", "/account/devices", "session", sid},
			{"session", "/account/devices", "session", uuid.NewString()},
			{"session", "/account/devices", "session", "x' OR 1=1"},
			{"client", "/account/applications", "client", client},
			{"client", "/account/applications", "client", uuid.NewString()},
			{"client", "/account/applications", "client", ""},
		} {
			bob.Post(n.URL+c.path, url.Values{c.field: {c.id}})
			if bob.Status != http.StatusNotFound {
				t.Errorf("%s %q: %d %s", c.what, c.id, bob.Status, bob.Text())
			}
			if answers[c.what] == nil {
				answers[c.what] = map[string]string{}
			}
			text, _, _ := strings.Cut(bob.Text(), "Request id")
			answers[c.what][text] = c.id
		}
		for what, texts := range answers {
			if len(texts) != 1 {
				t.Errorf("%s: it is told what there is: %v", what, texts)
			}
		}
		bob.Get(n.URL + "/account/applications/logo?client=" + client)
		if bob.Status != http.StatusNotFound {
			t.Errorf("a logo: %d", bob.Status)
		}
		live(t, n, tokens)
		alice.Get(n.URL + "/account/devices")
		if alice.URL.Path != "/account/devices" {
			t.Errorf("Alice is at %s", alice.URL)
		}
	})
}

// TestASessionThatWasLeftBehindTakesAndDeletesNothing: after ten minutes the person is asked again, comes back to the page, and the
// form is not replayed; a password does not do for who has a second factor.
func TestASessionThatWasLeftBehindTakesAndDeletesNothing(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		browser, _ := signedIn(t, n)
		secret := addApp(t, n, browser)
		n.Clock.Advance(11 * time.Minute)
		for path, want := range map[string]string{
			"/account/data": "export-submit", "/account/delete": "delete-submit", "/account/security": "totp-remove",
		} {
			n.Clock.Advance(11 * time.Minute)
			before := everything(t, n)
			browser.Post(n.URL+path, accountWrites[path])
			if !browser.Has("login-submit") || everything(t, n) != before {
				t.Fatalf("%s: %d at %s: %s", path, browser.Status, browser.URL, browser.Text())
			}
			browser.SignIn("alice", harness.AlicePassword)
			if !browser.Has("code-submit") || everything(t, n) != before {
				t.Fatalf("%s: the password alone leads to %s: %s", path, browser.URL, browser.Text())
			}
			browser.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
			if browser.URL.Path != path || !browser.Has(want) {
				t.Errorf("%s: back at %s: %s", path, browser.URL, browser.Text())
			}
			if n.User(t, "alice").ID == uuid.Nil || n.Database.Count(t, "SELECT count(*) FROM totps") != 1 ||
				n.Database.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'profile.exported'") != 0 {
				t.Errorf("%s: the form was replayed", path)
			}
		}
	})
}

// TestATrustedBrowserDoesNotOpenTheAccount: it spares the second factor at sign-in, and nowhere else.
func TestATrustedBrowserDoesNotOpenTheAccount(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser, _ := signedIn(t, n)
	secret, party := addApp(t, n, browser), harness.NewParty(t, n, "web")
	browser.Get(party.AuthURL("prompt", "login"))
	browser.SignIn("alice", harness.AlicePassword)
	browser.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now()), "trust_browser": "yes"})
	n.Clock.Advance(24 * time.Hour)
	browser.Get(party.AuthURL())
	browser.SignIn("alice", harness.AlicePassword)
	for path := range accountWrites {
		if path == "/account/devices/browsers" {
			continue // has no page
		}
		browser.Get(n.URL + path)
		if !browser.Has("code-submit") && !browser.Has("login-submit") {
			t.Errorf("%s: %d at %s: %s", path, browser.Status, browser.URL, browser.Text())
		}
		before := everything(t, n)
		browser.Post(n.URL+path, accountWrites[path])
		if after := everything(t, n); after != before {
			t.Errorf("%s: before\n%safter\n%s", path, before, after)
		}
	}
}
