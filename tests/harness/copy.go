package harness

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Rows are the rows of every table, sorted. Those of SQLite's full-text index are left out: it stores them as it likes.
func (d Database) Rows(t *testing.T) map[string][]string {
	t.Helper()
	db := d.open(t)
	defer db.Close()
	all := map[string][]string{}
	for _, table := range strings.Fields(rows(t, db, d.tables())) {
		if strings.HasPrefix(table, "users_search") || strings.HasPrefix(table, "sqlite_") {
			continue
		}
		all[table] = strings.SplitAfter(separated(t, db, `SELECT * FROM "`+table+`"`, rowEnd), rowEnd)
		slices.Sort(all[table])
	}
	return all
}

// Copy dumps the database with the tools of the distribution and restores it into a new one.
func (d Database) Copy(t *testing.T) Database {
	t.Helper()
	if d.Name == "sqlite" {
		to, tool := EmptySQLite(t), service(t, "AUTHLY_TEST_SQLITE3")
		pipe(t, exec.CommandContext(t.Context(), tool, d.file(), ".dump"),
			exec.CommandContext(t.Context(), tool, "-bail", to.file()))
		return to
	}
	to, bin := EmptyPostgres(t), service(t, "AUTHLY_TEST_POSTGRES_BIN")
	pipe(t, exec.CommandContext(t.Context(), filepath.Join(bin, "pg_dump"), d.URL),
		exec.CommandContext(t.Context(), filepath.Join(bin, "psql"), "-q", "-v", "ON_ERROR_STOP=1", to.URL))
	return to
}

// SQLiteTool runs a statement with the sqlite3 tool of the distribution and returns what it prints.
func (d Database) SQLiteTool(t *testing.T, statement string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), service(t, "AUTHLY_TEST_SQLITE3"),
		d.file(), statement).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", statement, err, out)
	}
	return strings.TrimSpace(string(out))
}

// pipe runs two commands, the second of which reads what the first one writes.
func pipe(t *testing.T, from, to *exec.Cmd) {
	t.Helper()
	text, err := from.Output()
	if err != nil {
		t.Fatalf("%v: %v", from.Args, err)
	}
	to.Stdin = bytes.NewReader(text)
	if out, err := to.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v: %s", to.Args, err, out)
	}
}
