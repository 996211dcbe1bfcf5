package tests

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/oauth2"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// raceRounds is how often each of these races is run: AUTHLY_RACE_ROUNDS, 200 before a release, few in every other run.
func raceRounds(t *testing.T) int {
	t.Helper()
	text := os.Getenv("AUTHLY_RACE_ROUNDS")
	if text == "" {
		return 3
	}
	rounds, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return rounds
}

// TestAStolenSessionDoesNotSurvive: whoever has a session's cookie and asks for codes without end, while the owner changes
// the password or an administrator revokes everything, has nothing afterwards.
func TestAStolenSessionDoesNotSurvive(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		first := harness.WebClient("first")
		first.Policy.SkipConsent = true
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{first, consoleClient()}})
		owner := n.User(t, "alice")
		password, survivors := harness.AlicePassword, 0
		for round := range raceRounds(t) {
			token := harness.NewParty(t, n, "console", "openid", "admin:sessions:write").
				Tokens(harness.NewBrowser(t, n), "admin", harness.AdminPassword).AccessToken
			steal := func() *harness.Browser {
				browser := harness.NewBrowser(t, n)
				harness.NewParty(t, n, "first").Tokens(browser, "alice", password)
				return browser
			}
			for _, connections := range []int{1, 12} {
				stolen := steal()
				next := fmt.Sprintf("passphrase number %d for %d", round, connections)
				thief := robs(t, n, stolen, connections)
				own := stolen // the thief has the cookie of the very browser that the owner uses
				if round%2 == 0 {
					own = harness.NewBrowser(t, n)
				}
				own.Get(n.URL + "/account/password")
				if own.Has("login-submit") {
					own.SignIn("alice", password)
				}
				own.Submit("password-submit", map[string]string{"password": password, "new_password": next, "confirm_password": next})
				if own.Status != http.StatusOK {
					t.Fatalf("the password was not changed: %d %s", own.Status, own.Text())
				}
				password = next
				survivors += thief.survivors(t, n, owner.ID)

				// The thief comes again, and an administrator ends it.
				thief = robs(t, n, steal(), connections)
				a := n.GraphQL(t, token, `mutation ($id: ID!) { revokeUserSessions(input: {id: $id, includeOffline: true}) { userErrors { code } } }`,
					map[string]any{"id": "usr_" + owner.ID.String()})
				if a.Status != http.StatusOK || a.Body["errors"] != nil {
					t.Fatalf("revokeUserSessions: %d %s", a.Status, a.Text)
				}
				survivors += thief.survivors(t, n, owner.ID)
			}
		}
		if survivors != 0 {
			t.Errorf("%d grants survived", survivors)
		}
	})
}

// thief asks for codes by a cookie until there are none, and redeems them.
type thief struct {
	all    sync.WaitGroup
	mu     sync.Mutex
	tokens []string // refresh tokens
}

// robs returns when each connection has got its first tokens, and goes on.
func robs(t *testing.T, n *harness.Node, stolen *harness.Browser, connections int) *thief {
	t.Helper()
	var out thief
	var begun sync.WaitGroup
	cookies := stolen.Cookies(n.URL)
	for range connections {
		party := harness.NewParty(t, n, "first", "openid", "offline_access")
		address := party.AuthURL("prompt", "none")
		begun.Add(1)
		out.all.Go(func() {
			first := sync.OnceFunc(begun.Done)
			defer first()
			for {
				code := silently(t.Context(), address, cookies)
				if code == "" {
					return
				}
				token, err := party.Exchange(code)
				first()
				if err != nil {
					continue // the grant has ended in between
				}
				out.mu.Lock()
				out.tokens = append(out.tokens, token.RefreshToken)
				out.mu.Unlock()
			}
		})
	}
	begun.Wait()
	return &out
}

// silently asks for a code without a page, and returns it or "".
func silently(ctx context.Context, address string, cookies []*http.Cookie) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return ""
	}
	for _, c := range cookies {
		request.AddCookie(c)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	at, err := url.Parse(response.Header.Get("Location"))
	if err != nil {
		return ""
	}
	return at.Query().Get("code")
}

// survivors waits until the thief gets nothing any more, and counts what still works: grants that are alive, and refresh
// tokens.
func (f *thief) survivors(t *testing.T, n *harness.Node, user uuid.UUID) int {
	t.Helper()
	f.all.Wait()
	alive, err := n.Server.Store.NewestGrants(t.Context(), []uuid.UUID{user}, 100)
	if err != nil {
		t.Fatal(err)
	}
	count := len(alive[user])
	for _, token := range f.tokens {
		source := harness.NewParty(t, n, "first").Config.TokenSource(t.Context(), &oauth2.Token{RefreshToken: token})
		if _, err := source.Token(); err == nil {
			count++
		}
	}
	return count
}
