package tests

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/tests/harness"
)

// TestADumpIsRestoredWithTheToolsOfTheDistribution: nothing is lost, and a server carries on with the copy.
func TestADumpIsRestoredWithTheToolsOfTheDistribution(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		_, tokens := signedIn(t, n)
		n.Stop()
		for _, nothing := range []string{"users WHERE address IS NULL", "jobs WHERE progress IS NULL", "jobs WHERE result IS NULL"} {
			if db.Count(t, "SELECT count(*) FROM "+nothing) == 0 {
				t.Errorf("no row of %s, so this test shows nothing", nothing)
			}
		}

		restored := db.Copy(t)
		if diff := cmp.Diff(db.Rows(t), restored.Rows(t)); diff != "" {
			t.Errorf("the rows differ (-before +after):\n%s", diff)
		}
		if db.Name == "sqlite" {
			for _, d := range []harness.Database{db, restored} {
				if found := d.SQLiteTool(t, "PRAGMA integrity_check; PRAGMA foreign_key_check"); found != "ok" {
					t.Errorf("the tool finds: %s", found)
				}
			}
			restored.Execute(t, "INSERT INTO users_search (users_search, rank) VALUES ('integrity-check', 1)")
		}

		again := harness.Start(t, restored, harness.Env("AUTHLY_ISSUER", n.Issuer), harness.WithClock(n.Clock))
		live(t, again, tokens)
		refresh(t, again, "web", tokens.RefreshToken)
	})
}

// TestStatisticsOfSQLiteAreRestored: the tool of the distribution knows no sqlite_stat4, so that neither what fills it today
// nor what a version before has left in it may be there.
func TestStatisticsOfSQLiteAreRestored(t *testing.T) {
	t.Parallel()
	db := harness.SQLite(t)
	env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret}
	command(t, env, "seed", "--users", "50")
	db.Execute(t, "ANALYZE") // as a version before
	if db.Count(t, "SELECT count(*) FROM sqlite_stat4") == 0 {
		t.Fatal("ANALYZE without a limit leaves sqlite_stat4 empty, so this test shows nothing")
	}
	migration, err := os.ReadFile("../migrations/sqlite/20261129096200_json_null.sql")
	if err != nil {
		t.Fatal(err)
	}
	up, _, _ := strings.Cut(string(migration), "-- +goose Down")
	db.Execute(t, up)
	db.Copy(t)
	command(t, env, "seed", "--users", "50", "--seed", "2")
	restored := db.Copy(t)
	if diff := cmp.Diff(db.Rows(t), restored.Rows(t)); diff != "" {
		t.Errorf("the rows differ (-before +after):\n%s", diff)
	}
	if restored.Count(t, "SELECT count(*) FROM sqlite_stat1") == 0 || restored.Count(t, "SELECT count(*) FROM users") != 100 {
		t.Error("the copy has no statistics, or not all users")
	}
}

// TestNoCheckOfSQLiteTakesNullForAFault: until SQLite 3.45 json_valid(NULL) was 0, and newer ones would not show that a
// check depends on it.
func TestNoCheckOfSQLiteTakesNullForAFault(t *testing.T) {
	t.Parallel()
	db := harness.SQLite(t)
	start(t, db).Stop()
	unguarded := db.SQLiteTool(t, `SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c
		WHERE t.type = 'table' AND NOT c."notnull" AND instr(t.sql, 'CHECK (json_valid(' || c.name || ')') > 0`)
	if unguarded != "" {
		t.Errorf("json_valid without IS NULL: %s", unguarded)
	}
	guarded := db.SQLiteTool(t, `SELECT group_concat(c.name) FROM sqlite_schema t, pragma_table_info(t.name) c
		WHERE t.type = 'table' AND instr(t.sql, 'CHECK (' || c.name || ' IS NULL OR json_valid(' || c.name || ')') > 0`)
	if guarded != "address,progress,result,admin_groups" {
		t.Errorf("guarded are %s", guarded)
	}
}
