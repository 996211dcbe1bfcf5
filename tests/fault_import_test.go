package tests

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestAnImportSurvivesAKilledProcess: the server is stopped with SIGKILL in the middle of an import. When it runs again, and
// the lease of the dead process is over, the import goes on where it stopped: each row is there, once.
func TestAnImportSurvivesAKilledProcess(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		const rows = 5000
		env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "SECRET": harness.ClientSecret}
		declaration := `clients: [{client_id: robot, client_secret: "env:SECRET", grant_types: [client_credentials], response_types: [],
			service_admin: true, scope: "admin:users:write admin:jobs:read admin:jobs:write"}]`
		for _, args := range [][]string{{"migrate", "up"}, {"apply", "-f", "-"}} {
			if code, _, errs := harness.Command(t, env, declaration, args...); code != 0 {
				t.Fatal(errs)
			}
		}
		server := harness.Launch(t, map[string]string{"AUTHLY_DATABASE_URL": db.URL})
		server.Start(t)
		token := func() string {
			return server.Node().Token(t, "robot", "grant_type", "client_credentials", "scope", "admin:users:write admin:jobs:read admin:jobs:write").
				String("access_token")
		}
		asked := server.Node().GraphQL(t, token(), importDocument, object{"input": object{"format": "CSV"}})
		id, _ := dig(asked.Body, "data", "importUsers", "job", "id").(string)
		link, _ := dig(asked.Body, "data", "importUsers", "uploadUrl").(string)
		if id == "" || link == "" {
			t.Fatal(asked.Text)
		}
		var file strings.Builder
		file.WriteString("username,email\n")
		for i := range rows {
			fmt.Fprintf(&file, "person%d,person%d@example.org\n", i, i)
		}
		if status, text := put(t, server.Node(), link, strings.NewReader(file.String())); status != http.StatusOK {
			t.Fatal(status, text)
		}
		const people = "SELECT count(*) FROM users WHERE username LIKE 'person%'"
		await(t, "first rows", func() bool { return db.Count(t, people) > 0 })
		server.Kill()
		before := db.Count(t, people)
		t.Logf("%d of %d were imported when the server was killed", before, rows)
		if before == rows {
			t.Error("it was killed too late")
		}
		db.Execute(t, "UPDATE jobs SET lease_until = created_at WHERE lease_until IS NOT NULL") // a minute later
		server.Start(t)
		bearer := token()
		await(t, "end of the import", func() bool { return db.Count(t, "SELECT count(*) FROM transfers WHERE state = 'succeeded'") == 1 })
		answer := server.Node().GraphQL(t, bearer, `query($id:ID!){job(id:$id){state counts{processed created failed}}}`, object{"id": id})
		job := dig(answer.Body, "data", "job")
		if dig(job, "counts", "processed") != float64(rows) || dig(job, "counts", "created") != float64(rows) || dig(job, "counts", "failed") != 0.0 {
			t.Error(job)
		}
		const planned = "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'audit_events' AND CAST(stat AS INTEGER) > 500"
		if strings.HasPrefix(db.URL, "sqlite:") && db.Count(t, planned) == 0 {
			t.Error("the database plans as if its tables were empty")
		}
		if n := db.Count(t, people); n != rows {
			t.Errorf("%d users", n)
		}
		if n := db.Count(t, "SELECT count(DISTINCT target_id) FROM audit_events WHERE action = 'user.created' AND target_name LIKE 'person%'"); n != rows {
			t.Errorf("%d users in the trail", n)
		}
		if n := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'user.created' AND target_name LIKE 'person%'"); n != rows {
			t.Errorf("%d events", n)
		}
	})
}
