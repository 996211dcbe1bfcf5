package harness

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authly/authly/store/storetest"
)

// Database is a fresh database of one test, without rows.
type Database struct {
	Name string // sqlite or postgres
	URL  string
}

// EachDatabase runs a test on SQLite and on PostgreSQL.
func EachDatabase(t *testing.T, test func(t *testing.T, db Database)) {
	t.Helper()
	eachDatabase(t, SQLite, Postgres, test)
}

// EachEmptyDatabase is EachDatabase before the first migration.
func EachEmptyDatabase(t *testing.T, test func(t *testing.T, db Database)) {
	t.Helper()
	eachDatabase(t, EmptySQLite, EmptyPostgres, test)
}

func eachDatabase(t *testing.T, sqlite, postgres func(*testing.T) Database, test func(t *testing.T, db Database)) {
	t.Helper()
	for name, open := range map[string]func(*testing.T) Database{"sqlite": sqlite, "postgres": postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// EmptySQLite is a path in a folder of the test, where there is no file yet.
func EmptySQLite(t *testing.T) Database {
	t.Helper()
	return Database{Name: "sqlite", URL: "sqlite:" + filepath.Join(t.TempDir(), "authly.db")}
}

// SQLite makes a migrated database file in a folder of the test.
func SQLite(t *testing.T) Database {
	t.Helper()
	return Database{Name: "sqlite", URL: storetest.SQLiteDatabase(t)}
}

// EmptyPostgres makes a database without tables, which is dropped when the test ends.
func EmptyPostgres(t *testing.T) Database {
	t.Helper()
	return Database{Name: "postgres", URL: storetest.PostgresDatabase(t, false)}
}

// Postgres makes a migrated database on the private PostgreSQL of make test; it is dropped when the test ends.
func Postgres(t *testing.T) Database {
	t.Helper()
	return Database{Name: "postgres", URL: storetest.PostgresDatabase(t, true)}
}

// Execute runs a statement in the database behind the server's back.
func (d Database) Execute(t *testing.T, statement string) {
	t.Helper()
	if d.Name == "postgres" {
		execute(t, d.URL, statement)
		return
	}
	run(t, "sqlite", d.source(), statement)
}

// file is where SQLite keeps the database.
func (d Database) file() string { return strings.TrimPrefix(d.URL, "sqlite:") }

// source is how a connection to SQLite behind the server's back is opened: one that waits while the server writes.
func (d Database) source() string { return d.file() + "?_pragma=busy_timeout(30000)" }

// open connects behind the server's back.
func (d Database) open(t *testing.T) *sql.DB {
	t.Helper()
	driver, source := "pgx", d.URL // the drivers come with the server
	if d.Name == "sqlite" {
		driver, source = "sqlite", d.source()
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// Count runs a query that returns one number.
func (d Database) Count(t *testing.T, query string) int {
	t.Helper()
	db := d.open(t)
	defer db.Close()
	var n int
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// RowCounts counts the rows of every table.
func (d Database) RowCounts(t *testing.T) map[string]int {
	t.Helper()
	db := d.open(t)
	defer db.Close()
	counts := map[string]int{}
	for _, table := range strings.Fields(rows(t, db, d.tables())) {
		var n int
		if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM "`+table+`"`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		counts[table] = n
	}
	return counts
}

// tables is the query for the names of all tables.
func (d Database) tables() string {
	if d.Name == "sqlite" {
		return "SELECT name FROM sqlite_schema WHERE type = 'table'"
	}
	return "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
}

// Dump is everything that the database holds, as text: the rows of every table, and for SQLite its files too.
func (d Database) Dump(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	if d.Name == "sqlite" {
		for _, suffix := range []string{"", "-wal"} {
			raw, err := os.ReadFile(d.file() + suffix)
			if err != nil {
				t.Fatal(err)
			}
			out.Write(raw)
		}
	}
	db := d.open(t)
	defer db.Close()
	for _, table := range strings.Fields(rows(t, db, d.tables())) {
		out.WriteString(rows(t, db, `SELECT * FROM "`+table+`"`))
	}
	return out.String()
}

// rowEnd stands behind each row where rows must be told apart.
const rowEnd = "--\n"

func rows(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	return separated(t, db, query, "")
}

func separated(t *testing.T, db *sql.DB, query, end string) string {
	t.Helper()
	result, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer result.Close()
	columns, err := result.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	var out strings.Builder
	for result.Next() {
		if err := result.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		for _, value := range values {
			if raw, ok := value.([]byte); ok {
				value = string(raw)
			}
			fmt.Fprintln(&out, value)
		}
		out.WriteString(end)
	}
	if err := result.Err(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func execute(t *testing.T, server, statement string) {
	t.Helper()
	run(t, "pgx", server, statement)
}

func run(t *testing.T, driver, source, statement string) {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", statement, err))
	}
}

// service returns the address of a service that make test starts. A missing one is a failure, never a silent skip.
func service(t *testing.T, variable string) string {
	t.Helper()
	value := os.Getenv(variable)
	if value == "" {
		t.Fatalf("%s is not set: run the tests with make test, which starts what they need", variable)
	}
	return value
}
