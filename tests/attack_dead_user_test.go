package tests

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestNothingOfAUserOutlivesTheUsersRight: design section 4 "what ends what"; ASVS 7.4.2, A-4.14-3, E-07, E-16. The
// change is made on one node, counts there at once, and on the other within the bound of a cached answer.
func TestNothingOfAUserOutlivesTheUsersRight(t *testing.T) {
	t.Parallel()
	first, second := twoNodes(t)
	first.Apply(t, admin.Desired{Clients: append(opaque(harness.WebClient("closed")), adminClient("console"))})
	yes, no, password := true, false, "an entirely new password 9"
	update := func(changes ...admin.UserChange) func(t *testing.T, username string) {
		return func(t *testing.T, username string) {
			t.Helper()
			for _, change := range changes {
				first.Change(t, username, change)
			}
		}
	}
	for name, change := range map[string]func(t *testing.T, username string){
		"deactivated":               update(admin.UserChange{Active: &no}),
		"deactivated and activated": update(admin.UserChange{Active: &no}, admin.UserChange{Active: &yes}),
		"password reset":            update(admin.UserChange{Password: &password}),
		"must change the password":  update(admin.UserChange{RequiresPasswordChange: &yes}),
		"demoted":                   update(admin.UserChange{Admin: &no}),
		"demoted and promoted":      update(admin.UserChange{Admin: &no}, admin.UserChange{Admin: &yes}),
		"deleted": func(t *testing.T, username string) {
			t.Helper()
			first.Database.Execute(t, "DELETE FROM users WHERE username = '"+username+"'")
		},
	} {
		t.Run(name, func(t *testing.T) {
			user := harness.Bob()
			user.Username, user.Admin = "x-"+strings.ReplaceAll(name, " ", "-"), true
			user.Email = user.Username + "@example.org"
			first.Apply(t, admin.Desired{Users: []admin.DesiredUser{user}})
			browser := harness.NewBrowser(t, first, second)
			tokens := harness.NewParty(t, first, "web").Tokens(browser, user.Username, harness.BobPassword)
			console := harness.NewParty(t, first, "console", "openid", identity.ScopeUsersRead)
			admin := console.Tokens(browser, user.Username, harness.BobPassword)
			closed := harness.NewParty(t, first, "closed").Tokens(browser, user.Username, harness.BobPassword)
			if a := second.UserInfo(t, closed.AccessToken); a.Status != http.StatusOK {
				t.Fatalf("an opaque token: %d %s", a.Status, a.Text)
			}
			open := harness.NewParty(t, first, "web")
			code := open.Authorize(browser, user.Username, harness.BobPassword)
			live(t, second, tokens)
			if a := second.GraphQL(t, admin.AccessToken, "{ me { id } }", nil); a.Status != http.StatusOK {
				t.Fatalf("GraphQL: %d %s", a.Status, a.Text)
			}

			change(t, user.Username)

			for _, n := range []*harness.Node{first, second} {
				dead(t, n, tokens)
				if a := n.UserInfo(t, closed.AccessToken); a.Status != http.StatusUnauthorized {
					t.Errorf("an opaque token: %d %s", a.Status, a.Text)
				}
				if a := n.GraphQL(t, admin.AccessToken, "{ me { id } }", nil); a.Status != http.StatusUnauthorized {
					t.Errorf("GraphQL: %d %s", a.Status, a.Text)
				}
				oauthError(t, "the open code", exchange(t, n, open, "web", code), 400, "invalid_grant")
				silent := harness.NewParty(t, first, "web")
				browser.Get(silent.AuthURL("prompt", "none"))
				want := "login_required"
				if name == "must change the password" { // its session is for doing that
					want = "interaction_required"
				}
				if answer := silent.Answer(browser); answer.Get("error") != want {
					t.Errorf("the session lives: %v", answer)
				}
				n.Clock.Advance(staleness)
			}
		})
	}
}

// TestGuessingDoesNotThrowAnybodyOut: guessing at a password must not end what the right person has (F-U2).
func TestGuessingDoesNotThrowAnybodyOut(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser, tokens := signedIn(t, n)
	guesser := harness.NewBrowser(t, n)
	guesser.Get(n.URL + "/login")
	for range 20 {
		guesser.SignIn("alice", "wrong")
	}
	guesser.SignIn("alice", harness.AlicePassword)
	if !guesser.Has("login-submit") {
		t.Fatalf("the guesser is not slowed: %s", guesser.URL)
	}
	live(t, n, tokens)
	_, next := refresh(t, n, "web", tokens.RefreshToken)
	silent := harness.NewParty(t, n, "web")
	browser.Get(silent.AuthURL("prompt", "none"))
	silent.Code(browser)
	n.Clock.Advance(16 * time.Minute)
	guesser.SignIn("alice", harness.AlicePassword)
	if guesser.Has("login-submit") {
		t.Error("the wait does not end")
	}
	refresh(t, n, "web", next)
}

// TestNothingOfAClientOutlivesTheClient: OAuch C-R3, E-07.
func TestNothingOfAClientOutlivesTheClient(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.ServiceClient("machine", "")}})
	browser, tokens := signedIn(t, n)
	service := n.Token(t, "machine", "grant_type", "client_credentials").String("access_token")
	parked := harness.NewBrowser(t, n)
	parked.Get(harness.NewParty(t, n, "web").AuthURL())
	no := false
	for _, id := range []string{"web", "machine"} {
		if _, _, err := n.Server.Admin.Clients.Update(harness.System(t), n.Client(t, id).ID, admin.ClientChange{Active: &no}, nil); err != nil {
			t.Fatal(err)
		}
	}
	for name, token := range map[string]string{"access": tokens.AccessToken, "service": service} {
		if a := n.UserInfo(t, token); a.Status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, a.Status, a.Text)
		}
		inactive(t, name, n.Introspect(t, "other", token))
	}
	oauthError(t, "refresh", n.Refresh(t, "web", tokens.RefreshToken), 401, "invalid_client")
	parked.SignIn("alice", harness.AlicePassword)
	browser.Get(harness.NewParty(t, n, "web").AuthURL())
	for name, b := range map[string]*harness.Browser{"a request that was under way": parked, "a new request": browser} {
		if b.Status != http.StatusBadRequest || b.URL.Host == "rp.example" {
			t.Errorf("%s: %d at %s", name, b.Status, b.URL)
		}
	}
}
