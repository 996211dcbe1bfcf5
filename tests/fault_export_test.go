package tests

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
	"github.com/authly/authly/tests/harness"
)

// TestAnExportSurvivesAKilledProcess: the server is stopped with SIGKILL in the middle of an export. When it runs again, and the
// lease of the dead process is over, the export goes on where it stopped: each user is in the file, once.
func TestAnExportSurvivesAKilledProcess(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		const people = 12_000
		env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "SECRET": harness.ClientSecret}
		declaration := `clients: [{client_id: robot, client_secret: "env:SECRET", grant_types: [client_credentials], response_types: [],
			service_admin: true, scope: "admin:users:read admin:jobs:read admin:jobs:write"}]`
		for _, args := range [][]string{{"migrate", "up"}, {"apply", "-f", "-"}} {
			if code, _, errs := harness.Command(t, env, declaration, args...); code != 0 {
				t.Fatal(errs)
			}
		}
		server := harness.Launch(t, map[string]string{"AUTHLY_DATABASE_URL": db.URL})
		server.Start(t)
		addMany(t, db, people)
		token := func() string {
			return server.Node().Token(t, "robot", "grant_type", "client_credentials", "scope", "admin:users:read admin:jobs:read admin:jobs:write").
				String("access_token")
		}
		asked := server.Node().GraphQL(t, token(), exportDocument, object{"input": object{"format": "JSON_LINES"}})
		id, _ := dig(asked.Body, "data", "exportUsers", "job", "id").(string)
		if id == "" {
			t.Fatal(asked.Text)
		}
		await(t, "first portion", func() bool { return db.Count(t, "SELECT step FROM transfers") > 0 })
		server.Kill()
		steps := db.Count(t, "SELECT step FROM transfers")
		t.Logf("%d portions were stored when the server was killed", steps)
		if db.Count(t, "SELECT count(*) FROM transfers WHERE state = 'running'") != 1 {
			t.Error("it was killed too late")
		}
		db.Execute(t, "UPDATE jobs SET lease_until = created_at WHERE lease_until IS NOT NULL") // a minute later
		server.Start(t)
		bearer := token()
		await(t, "end of the export", func() bool { return db.Count(t, "SELECT count(*) FROM transfers WHERE state = 'succeeded'") == 1 })
		answer := server.Node().GraphQL(t, bearer, `query($id:ID!){job(id:$id){downloadUrl counts{processed}}}`, object{"id": id})
		link, _ := dig(answer.Body, "data", "job", "downloadUrl").(string)
		response, text := fetch(t, server.Node(), http.MethodGet, link)
		if response.StatusCode != http.StatusOK {
			t.Fatal(answer.Text, text)
		}
		seen := map[string]int{}
		for line := range strings.Lines(text) {
			var row struct{ Username string }
			if err := json.Unmarshal([]byte(line), &row); err != nil {
				t.Fatal(err)
			}
			seen[row.Username]++
		}
		for i := range people {
			if name := fmt.Sprint("person", i); seen[name] != 1 {
				t.Fatalf("%s comes %d times", name, seen[name])
			}
		}
	})
}

// addMany adds many users.
func addMany(t *testing.T, db harness.Database, n int) {
	t.Helper()
	s, err := store.Open(t.Context(), db.URL, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	users := make([]identity.User, 0, 500)
	for i := range n {
		name := fmt.Sprint("person", i)
		users = append(users, identity.User{
			ID: uuid.New(), Username: name, Email: name + "@example.org", Active: true, CreatedAt: at, UpdatedAt: at, Version: 1,
		})
		if len(users) < cap(users) && i < n-1 {
			continue
		}
		if err := s.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error { return tx.InsertUsers(ctx, users) }); err != nil {
			t.Fatal(err)
		}
		users = users[:0]
	}
}
