package tests

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// beside starts a node with Redis or without, with the clients of web and api, and returns the environment of a command
// that does not know of Redis.
func beside(t *testing.T, db harness.Database, redis bool) (n *harness.Node, env map[string]string) {
	t.Helper()
	var options []harness.Option
	if redis {
		address := os.Getenv("AUTHLY_TEST_REDIS_URL")
		if address == "" {
			t.Fatal("run the tests with make test: AUTHLY_TEST_REDIS_URL is not set")
		}
		options = append(options, harness.Env("AUTHLY_REDIS_URL", address))
	}
	n = harness.Start(t, db, options...)
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.ServiceClient("machine", "openid")}})
	return n, map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "AUTHLY_ISSUER": n.Issuer}
}

// eachNeighbour runs a test on both databases, with Redis and without.
func eachNeighbour(t *testing.T, test func(t *testing.T, db harness.Database, redis bool)) {
	t.Helper()
	for name, redis := range map[string]bool{"with Redis": true, "without Redis": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			harness.EachDatabase(t, func(t *testing.T, db harness.Database) { test(t, db, redis) })
		})
	}
}

// noticed polls for what a node must notice by itself. The clock of the node runs with the real one, so that an entry
// that is only forgotten with age would be served for minutes.
func noticed(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("not noticed: %s", what)
		case <-tick.C:
		}
	}
}

// TestACommandWithoutRedisIsNoticed: apply replaces a secret and switches a client off, beside a node that has cached it.
func TestACommandWithoutRedisIsNoticed(t *testing.T) {
	t.Parallel()
	eachNeighbour(t, func(t *testing.T, db harness.Database, redis bool) {
		n, env := beside(t, db, redis)
		token := func() int { return n.Token(t, "machine", "grant_type", "client_credentials").Status }
		if status := token(); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		declare := func(rest string) {
			t.Helper()
			text := "clients:\n  - client_id: machine\n    grant_types: [client_credentials]\n    scope: openid\n" + rest
			if code, _, errs := harness.Command(t, env, text, "apply", "-f", "-"); code != 0 {
				t.Fatal(errs)
			}
		}
		declare("    client_secret: another-secret-of-the-machine-0123456789\n")
		noticed(t, "a replaced secret", func() bool { return token() == http.StatusUnauthorized })
		declare("    client_secret: " + harness.ClientSecret + "\n")
		noticed(t, "the secret from before", func() bool { return token() == http.StatusOK })
		declare("    client_secret: " + harness.ClientSecret + "\n    active: false\n")
		noticed(t, "a client that was switched off", func() bool { return token() != http.StatusOK })
	})
}

// TestTheEndOfAnAccessTokenByOthersIsNoticed, whoever wrote it and however.
func TestTheEndOfAnAccessTokenByOthersIsNoticed(t *testing.T) {
	t.Parallel()
	eachNeighbour(t, func(t *testing.T, db harness.Database, redis bool) {
		n, _ := beside(t, db, redis)
		n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Bob()}, Clients: []admin.NewClient{harness.WebClient("web")}})
		for _, write := range []string{
			"UPDATE sessions SET ended_at = created_at, end_reason = 'revoked'",
			"UPDATE grants SET ended_at = created_at, end_reason = 'revoked'",
			"UPDATE users SET active = FALSE WHERE username_key = 'bob'",
		} {
			party := harness.NewParty(t, n, "web", "openid")
			token := party.Tokens(harness.NewBrowser(t, n), "bob", harness.BobPassword).AccessToken
			active := func() bool { return n.Introspect(t, "web", token).Body["active"] == true }
			for range 2 { // read, and from memory
				if !active() {
					t.Fatalf("%s: not active before", write)
				}
			}
			db.Execute(t, write)
			noticed(t, write, func() bool { return !active() })
		}
	})
}

// TestARotationOfKeysByACommandIsPublished on the nodes that run.
func TestARotationOfKeysByACommandIsPublished(t *testing.T) {
	t.Parallel()
	eachNeighbour(t, func(t *testing.T, db harness.Database, redis bool) {
		n, env := beside(t, db, redis)
		// The command has the real clock: the keys must have been published for long.
		db.Execute(t, "UPDATE signing_keys SET created_at = '2026-01-01 00:00:00+00:00'")
		keySet := func() string {
			text, err := n.Server.Domain.Signer.KeySet(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		before := strings.Count(keySet(), `"kid"`)
		if code, _, errs := harness.Command(t, env, "", "keys", "rotate"); code != 0 {
			t.Fatal(errs)
		}
		noticed(t, "the new keys", func() bool { return strings.Count(keySet(), `"kid"`) == before+len(identity.StandingAlgorithms()) })
		db.Execute(t, "DELETE FROM signing_keys WHERE algorithm = 'ES256'")
		noticed(t, "that it cannot sign", func() bool { return n.Get(t, "/health/ready").Status == http.StatusServiceUnavailable })
	})
}

// TestNodesWithRedisLeaveTheCountersAlone: they announce what they write, and must not empty each other's caches.
func TestNodesWithRedisLeaveTheCountersAlone(t *testing.T) {
	t.Parallel()
	db := harness.Postgres(t)
	counted := func() int {
		return db.Count(t, "SELECT coalesce(sum(version), 0) FROM cache_versions WHERE name = 'lookups'")
	}
	for _, redis := range []bool{true, false} {
		n, _ := beside(t, db, redis)
		before := counted()
		n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Bob()}, Clients: []admin.NewClient{harness.PublicClient("app")}})
		if after := counted(); (after == before) != redis {
			t.Errorf("with Redis %v: from %d to %d", redis, before, after)
		}
		n.Stop()
		db.Execute(t, "DELETE FROM clients")
	}
}
