package tests

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
)

// previous is what browsers and clients held when the server of the version before was stopped, see
// testdata/previous/README.md.
type previous struct {
	At            time.Time     `json:"at"`
	Issuer        string        `json:"issuer"`
	SessionCookie string        `json:"session_cookie"`
	AccessToken   string        `json:"access_token"`
	RevokedToken  string        `json:"revoked_token"`
	RefreshToken  string        `json:"refresh_token"`
	Code          pendingSignIn `json:"code"`
	AtLogin       pendingSignIn `json:"at_login"`
	AtConsent     pendingSignIn `json:"at_consent"`
}

// pendingSignIn is an authorization request on its way.
type pendingSignIn struct {
	URL           string `json:"url"` // where the browser is
	Code          string `json:"code"`
	Verifier      string `json:"verifier"`
	State         string `json:"state"`
	Nonce         string `json:"nonce"`
	SessionCookie string `json:"session_cookie"`
}

// restorePrevious fills an empty database with the first schema and the rows of the version before, whose client
// listener is at the address.
func restorePrevious(t *testing.T, db harness.Database, listener string) previous {
	t.Helper()
	read := func(parts ...string) string {
		text, err := os.ReadFile(filepath.Join(parts...))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	schema, _, _ := strings.Cut(read("..", "migrations", db.Name, "20261001090000_init.sql"), "-- +goose Down")
	db.Execute(t, schema)
	rows := read("testdata", "previous", db.Name+".sql")
	db.Execute(t, strings.ReplaceAll(rows, "http://127.0.0.1:1/backchannel", listener))
	var held previous
	if err := json.Unmarshal([]byte(read("testdata", "previous", db.Name+".json")), &held); err != nil {
		t.Fatal(err)
	}
	return held
}

// resume returns the browser and the client of a request that was left on its way.
func (p pendingSignIn) resume(t *testing.T, n *harness.Node, clientID string) (*harness.Browser, *harness.Party) {
	t.Helper()
	party := harness.NewParty(t, n, clientID)
	party.Verifier, party.State, party.Nonce = p.Verifier, p.State, p.Nonce
	browser := browserWithSession(t, n, p.SessionCookie)
	page, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	browser.Get(n.URL + page.RequestURI())
	return browser, party
}

func browserWithSession(t *testing.T, n *harness.Node, cookie string) *harness.Browser {
	t.Helper()
	browser := harness.NewBrowser(t, n)
	if cookie != "" {
		browser.Plant(n.URL, n.SessionCookie(cookie))
	}
	return browser
}

// TestADatabaseOfThePreviousVersionGoesOn migrates such a database and goes on with everything that was under way.
func TestADatabaseOfThePreviousVersionGoesOn(t *testing.T) {
	t.Parallel()
	harness.EachEmptyDatabase(t, func(t *testing.T, db harness.Database) {
		r := newReceiver(t)
		held := restorePrevious(t, db, r.URL+"/backchannel")
		clock := &harness.Clock{}
		clock.Advance(time.Until(held.At))
		n := harness.Start(t, db, harness.WithClock(clock), harness.Env("AUTHLY_ISSUER", held.Issuer),
			harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))

		tokensOfThePreviousVersionWork(t, n, held)
		requestsOfThePreviousVersionGoOn(t, n, held)
		passwordsOfThePreviousVersionWork(t, n)
		pendingLogoutIsDeliveredOnce(t, n, r)
	})
}

func tokensOfThePreviousVersionWork(t *testing.T, n *harness.Node, held previous) {
	t.Helper()
	if a := n.UserInfo(t, held.AccessToken); a.Status != http.StatusOK || a.Body["email"] != "alice@example.org" {
		t.Errorf("UserInfo: %d %s", a.Status, a.Text)
	}
	if a := n.UserInfo(t, held.RevokedToken); a.Status != http.StatusUnauthorized {
		t.Errorf("UserInfo with the revoked token: %d %s", a.Status, a.Text)
	}
	code, party := held.Code, harness.NewParty(t, n, "web")
	party.Verifier = code.Verifier
	if _, err := party.Exchange(code.Code); err != nil {
		t.Errorf("the unspent code: %v", err)
	}
	access, next := refresh(t, n, "web", held.RefreshToken)
	refresh(t, n, "web", next)
	if a := n.UserInfo(t, access); a.Status != http.StatusOK {
		t.Errorf("UserInfo with the refreshed token: %d %s", a.Status, a.Text)
	}
}

func requestsOfThePreviousVersionGoOn(t *testing.T, n *harness.Node, held previous) {
	t.Helper()
	// Alice is still signed in, and has allowed the client web what it wants.
	browser, party := browserWithSession(t, n, held.SessionCookie), harness.NewParty(t, n, "web")
	browser.Get(party.AuthURL("prompt", "none"))
	party.Code(browser)

	redeem := func(b *harness.Browser, p *harness.Party) {
		t.Helper()
		if _, err := p.Exchange(p.Code(b)); err != nil {
			t.Error(err)
		}
	}
	browser, party = held.AtLogin.resume(t, n, "web")
	browser.SignIn("alice", harness.AlicePassword)
	redeem(browser, party)
	browser, party = held.AtConsent.resume(t, n, "other")
	browser.Submit("approve", nil)
	redeem(browser, party)
}

func passwordsOfThePreviousVersionWork(t *testing.T, n *harness.Node) {
	t.Helper()
	for username, password := range map[string]string{
		"admin": harness.AdminPassword, "bob": harness.BobPassword, "carol": "carols old password", "dave": "daves old password",
	} {
		browser := harness.NewBrowser(t, n)
		browser.Get(harness.NewParty(t, n, "web").AuthURL())
		browser.SignIn(username, "not "+password)
		if !browser.Has("login-submit") {
			t.Errorf("%s: a wrong password leads to %s", username, browser.URL)
		}
		for range 2 { // the first sign-in replaces a bcrypt hash
			harness.NewParty(t, n, "web").Tokens(harness.NewBrowser(t, n), username, password)
		}
	}
}

func pendingLogoutIsDeliveredOnce(t *testing.T, n *harness.Node, r *receiver) {
	t.Helper()
	n.Clock.Advance(5 * time.Minute) // no server of the version before can be at work on it any more
	r.wait(t)
	undone := "SELECT count(*) FROM jobs WHERE kind = 'logout.deliver' AND finished_at IS NULL"
	if !eventually(func() bool { return n.Database.Count(t, undone) == 0 }) {
		t.Error("the delivery is not finished")
	}
	if left := n.Database.Count(t, "SELECT count(*) FROM logout_deliveries"); left != 0 {
		t.Errorf("%d deliveries are left behind", left)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.tokens) != 1 || r.tries != 1 {
		t.Fatalf("%d tokens in %d tries", len(r.tokens), r.tries)
	}
	if claims := harness.JWT(t, r.tokens[0], 1); claims["aud"] != "listener" || claims["sid"] == nil {
		t.Errorf("logout token %v", claims)
	}
}
