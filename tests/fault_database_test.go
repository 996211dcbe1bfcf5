package tests

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
	"github.com/authly/authly/tests/services/instance"
)

// unavailable checks that an answer is 503 with the request id and without a word about the cause.
func unavailable(t *testing.T, name string, a harness.Answer) {
	t.Helper()
	if a.Status != http.StatusServiceUnavailable || !strings.Contains(a.Text, a.Header.Get("X-Request-ID")) {
		t.Errorf("%s: %d %s", name, a.Status, a.Text)
	}
	if a.Header.Get("Retry-After") == "" {
		t.Errorf("%s: no Retry-After", name)
	}
	tellsNothing(t, name, a.Text)
}

func tellsNothing(t *testing.T, name, text string) {
	t.Helper()
	for _, word := range []string{"postgres", "sql", "dial", "connect", "disk", "SELECT", "UPDATE", "127.0.0.1:"} {
		if strings.Contains(text, word) {
			t.Errorf("%s: the answer tells the cause: %s", name, text)
		}
	}
}

// unavailablePage checks that the browser was shown the error page.
func unavailablePage(t *testing.T, name string, b *harness.Browser) {
	t.Helper()
	id := b.Header.Get("X-Request-ID")
	if b.Page == nil || b.Status != http.StatusServiceUnavailable || id == "" || !strings.Contains(b.Text(), "Request error") || !strings.Contains(b.Text(), id) {
		t.Errorf("%s: status %d at %s: %s", name, b.Status, b.URL, b.Text())
		return
	}
	tellsNothing(t, name, b.Page.Find("main").Text())
}

// unavailableAuthorization checks that the client was told, or the person when the client could not be proven (RFC 6749
// §4.1.2.1).
func unavailableAuthorization(t *testing.T, p *harness.Party, b *harness.Browser) {
	t.Helper()
	if b.URL.Host != "rp.example" {
		unavailablePage(t, "authorization request", b)
		return
	}
	if answer := p.Answer(b); answer.Get("error") != "temporarily_unavailable" || answer.Has("code") {
		t.Errorf("authorization request: %v", answer)
	}
	tellsNothing(t, "authorization request", b.URL.Query().Get("error_description"))
}

// TestPostgreSQLGoesAwayAndComesBack kills the database under a running node and starts it again.
func TestPostgreSQLGoesAwayAndComesBack(t *testing.T) {
	t.Parallel()
	own, err := instance.StartPostgres(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(own.Close)
	db := harness.Database{Name: "postgres", URL: own.URL}
	db.Execute(t, "ALTER DATABASE postgres SET synchronous_commit = on") // the instance is set up to lose the last moments
	n := start(t, db)
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{adminClient("console")}})

	browser := harness.NewBrowser(t, n)
	party := harness.NewParty(t, n, "web")
	tokens := party.Tokens(browser, "alice", harness.AlicePassword)
	admin := adminToken(t, n)
	open := harness.NewParty(t, n, "web")
	code := open.Authorize(browser, "alice", harness.AlicePassword)
	stranger := harness.NewBrowser(t, n)
	stranger.Get(harness.NewParty(t, n, "web").AuthURL())
	count := func() [4]int {
		var out [4]int
		for i, table := range []string{"grants", "sessions", "audit_events", "authorization_requests"} {
			out[i] = db.Count(t, "SELECT count(*) FROM "+table)
		}
		return out
	}
	before := count()

	own.Kill()
	unavailable(t, "exchange", n.Token(t, "web", "grant_type", "authorization_code", "code", code, "redirect_uri", harness.Callback,
		"code_verifier", open.Verifier))
	unavailable(t, "refresh", n.Refresh(t, "web", tokens.RefreshToken))
	unavailable(t, "introspection", n.Introspect(t, "web", tokens.AccessToken))
	unavailable(t, "revocation", n.Revoke(t, "web", tokens.AccessToken))
	unavailable(t, "UserInfo", n.UserInfo(t, tokens.AccessToken))
	unavailable(t, "GraphQL", n.GraphQL(t, admin, "{ me { id } }", nil))
	turned := harness.NewParty(t, n, "web")
	browser.Get(turned.AuthURL())
	unavailableAuthorization(t, turned, browser)
	browser.Get(n.URL + "/api/v1/oauth/authorize?client_id=unknown")
	unavailablePage(t, "authorization request of a client that is not in memory", browser)
	stranger.SignIn("alice", harness.AlicePassword)
	unavailablePage(t, "sign-in", stranger)
	if a := n.Get(t, "/health/ready"); a.Status != http.StatusServiceUnavailable || a.Body["database"] != "down" {
		t.Errorf("ready: %d %s", a.Status, a.Text)
	}
	for _, path := range []string{"/health/live", "/.well-known/openid-configuration", "/.well-known/jwks.json"} {
		if a := n.Get(t, path); a.Status != http.StatusOK {
			t.Errorf("%s: %d %s", path, a.Status, a.Text)
		}
	}

	if err := own.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	waitReady(t, n)
	if after := count(); after != before {
		t.Errorf("grants, sessions, audit events, requests: %v before, %v after", before, after)
	}
	if _, err := open.Exchange(code); err != nil {
		t.Errorf("the code was lost: %v", err)
	}
	if a := n.Refresh(t, "web", tokens.RefreshToken); a.Status != http.StatusOK {
		t.Errorf("refresh: %d %s", a.Status, a.Text)
	}
	if a := n.UserInfo(t, tokens.AccessToken); a.Status != http.StatusOK {
		t.Errorf("UserInfo: %d %s", a.Status, a.Text)
	}
	if a := n.GraphQL(t, admin, "{ me { id } }", nil); a.Status != http.StatusOK {
		t.Errorf("GraphQL: %d %s", a.Status, a.Text)
	}
	stranger.Get(harness.NewParty(t, n, "web").AuthURL())
	stranger.SignIn("alice", harness.AlicePassword)
	if stranger.URL.Host != "rp.example" {
		t.Errorf("sign-in: status %d at %s", stranger.Status, stranger.URL)
	}
}

// waitReady asks the probe until it is good: a pool may have to notice each of its dead connections.
func waitReady(t *testing.T, n *harness.Node) {
	t.Helper()
	waitHealth(t, n, http.StatusOK)
}

// waitHealth asks the probe until it answers with the status: what it found stands for a second.
func waitHealth(t *testing.T, n *harness.Node, status int) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		if n.Get(t, "/health/ready").Status == status {
			return
		}
		<-tick.C
	}
	t.Fatalf("/health/ready never answers %d", status)
}

// TestSQLiteOnAFullDisk limits the size of files under the running program, so that every write fails.
func TestSQLiteOnAFullDisk(t *testing.T) {
	t.Parallel()
	db := harness.SQLite(t)
	env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "WEB_SECRET": harness.ClientSecret}
	if code, _, errs := harness.Command(t, env, declaration, "apply", "-f", "-"); code != 0 {
		t.Fatal(errs)
	}
	server := harness.Launch(t, map[string]string{"AUTHLY_DATABASE_URL": db.URL})
	server.Start(t)
	n := server.Node()
	browser := harness.NewBrowser(t, n)
	tokens := harness.NewParty(t, n, "web").Tokens(browser, "alice", harness.AlicePassword)
	open := harness.NewParty(t, n, "web")
	code := open.Authorize(browser, "alice", harness.AlicePassword)
	exchange := []string{"grant_type", "authorization_code", "code", code, "redirect_uri", harness.Callback, "code_verifier", open.Verifier}
	count := func() [4]int {
		return [4]int{
			db.Count(t, "SELECT count(*) FROM grants"), db.Count(t, "SELECT count(*) FROM grants WHERE code_spent_at IS NOT NULL"),
			db.Count(t, "SELECT count(*) FROM audit_events"), db.Count(t, "SELECT sum(refresh_generation) FROM grants"),
		}
	}
	before := count()

	server.LimitFiles(t, "0")
	waitHealth(t, n, http.StatusServiceUnavailable)
	if a := n.Get(t, "/health/ready"); a.Body["database"] != "read-only" || len(a.Body) != 2 {
		t.Errorf("ready: %d %s", a.Status, a.Text)
	}
	unavailable(t, "exchange", n.Token(t, "web", exchange...))
	unavailable(t, "refresh", n.Refresh(t, "web", tokens.RefreshToken))
	unavailable(t, "revocation", n.Revoke(t, "web", tokens.RefreshToken))
	turned := harness.NewParty(t, n, "web")
	browser.Get(turned.AuthURL())
	unavailableAuthorization(t, turned, browser)
	for name, a := range map[string]harness.Answer{
		"UserInfo": n.UserInfo(t, tokens.AccessToken), "introspection": n.Introspect(t, "web", tokens.AccessToken),
		"discovery": n.Get(t, "/.well-known/openid-configuration"), "live": n.Get(t, "/health/live"),
	} {
		if a.Status != http.StatusOK || name == "introspection" && a.Body["active"] != true {
			t.Errorf("%s: %d %s", name, a.Status, a.Text)
		}
	}
	if after := count(); after != before {
		t.Errorf("grants, spent codes, audit events, generations: %v before, %v after", before, after)
	}

	server.LimitFiles(t, "")
	waitReady(t, n)
	if _, err := open.Exchange(code); err != nil {
		t.Errorf("the code was lost: %v", err)
	}
	if a := n.Refresh(t, "web", tokens.RefreshToken); a.Status != http.StatusOK {
		t.Errorf("refresh: %d %s", a.Status, a.Text)
	}
	again := harness.NewParty(t, n, "web")
	browser.Get(again.AuthURL())
	again.Code(browser)
	if result := db.Count(t, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"); result != 0 {
		t.Errorf("%d faults in the database", result)
	}
}
