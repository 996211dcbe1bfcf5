package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3/lock"
	"golang.org/x/sync/errgroup"

	"github.com/authly/authly/migrations"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// onBoth runs a test on an empty, migrated store of each kind.
func onBoth(t *testing.T, body func(t *testing.T, s *store.Store)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		s, _ := storetest.SQLite(t)
		body(t, s)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		s, _ := storetest.Postgres(t)
		body(t, s)
	})
}

// onBothURLs runs a test on an empty database of each kind, not migrated.
func onBothURLs(t *testing.T, body func(t *testing.T, url string)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		body(t, "sqlite:"+filepath.Join(t.TempDir(), "authly.db"))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		body(t, storetest.PostgresDatabase(t, false))
	})
}

func open(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestBothDialectsHaveTheSameMigrations(t *testing.T) {
	t.Parallel()
	names := map[string][]string{}
	for _, dialect := range []string{"postgres", "sqlite"} {
		files, err := migrations.For(dialect)
		if err != nil {
			t.Fatal(err)
		}
		if names[dialect], err = fs.Glob(files, "*.sql"); err != nil || len(names[dialect]) == 0 {
			t.Fatalf("%s: %v, %v", dialect, names[dialect], err)
		}
	}
	if diff := cmp.Diff(names["postgres"], names["sqlite"]); diff != "" {
		t.Error(diff)
	}
	if _, err := migrations.For("oracle"); err == nil {
		t.Error("an unknown dialect was taken")
	}
}

func TestBothDialectsHaveTheSameColumns(t *testing.T) {
	t.Parallel()
	onSQLite, _ := storetest.SQLite(t)
	onPostgres, _ := storetest.Postgres(t)
	// Only SQLite has the full-text table and the column that it hangs on.
	sqlite := columns(t, onSQLite, `SELECT m.name || '.' || c.name || CASE WHEN c."notnull" THEN ' required' ELSE '' END
		FROM sqlite_schema m JOIN pragma_table_xinfo(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'users_search%' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'goose_db_version'
			AND NOT (m.name = 'users' AND c.name = 'rowid')`)
	postgres := columns(t, onPostgres, `SELECT table_name || '.' || column_name || CASE is_nullable WHEN 'NO' THEN ' required' ELSE '' END
		FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'goose_db_version'`)
	// An integer primary key of SQLite is never null, whatever it says.
	for i, c := range sqlite {
		if c == "admin_guard.id" {
			sqlite[i] += " required"
		}
	}
	slices.Sort(sqlite)
	slices.Sort(postgres)
	if diff := cmp.Diff(postgres, sqlite); diff != "" {
		t.Errorf("PostgreSQL (-) SQLite (+):\n%s", diff)
	}
	if len(postgres) < 150 {
		t.Errorf("only %d columns were compared", len(postgres))
	}
}

func columns(t *testing.T, s *store.Store, query string) []string {
	t.Helper()
	rows, err := s.Writer().QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var c string
		if err := rows.Scan(&c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestMigrationsGoUpDownAndUp(t *testing.T) {
	t.Parallel()
	onBothURLs(t, func(t *testing.T, url string) {
		s, ctx := open(t, url), t.Context()
		if err := s.CheckSchema(ctx); err == nil || !strings.Contains(err.Error(), "authly migrate up") {
			t.Fatalf("an empty database: %v", err)
		}
		applied, err := s.Migrate(ctx)
		if err != nil || len(applied) == 0 || applied[0].Name != "init" || applied[0].Version != 20261001090000 {
			t.Fatalf("up: %+v, %v", applied, err)
		}
		if err := s.CheckSchema(ctx); err != nil {
			t.Fatal(err)
		}
		if again, err := s.Migrate(ctx); err != nil || len(again) != 0 {
			t.Fatalf("up again: %+v, %v", again, err)
		}
		if err := s.MigrateDown(ctx); err != nil {
			t.Fatalf("down: %v", err)
		}
		list, err := s.Migrations(ctx)
		if err != nil || len(list) != len(applied) || list[0].AppliedAt != nil {
			t.Fatalf("after down: %+v, %v", list, err)
		}
		if again, err := s.Migrate(ctx); err != nil || len(again) != len(applied) {
			t.Fatalf("up after down: %+v, %v", again, err)
		}
		if list, err = s.Migrations(ctx); err != nil || list[0].AppliedAt == nil {
			t.Fatalf("after up: %+v, %v", list, err)
		}
		if n, err := s.ActiveAdmins(ctx); err != nil || n != 0 {
			t.Fatalf("administrators: %d, %v", n, err)
		}
	})
}

// TestADatabaseInMemoryIsMigrated is not parallel: storetest.Memory fills what is opened beside it.
func TestADatabaseInMemoryIsMigrated(t *testing.T) {
	s := open(t, "sqlite::memory:")
	if applied, err := s.Migrate(t.Context()); err != nil || len(applied) == 0 {
		t.Fatalf("up: %+v, %v", applied, err)
	}
	if err := s.CheckSchema(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := s.ActiveAdmins(t.Context()); err != nil || n != 0 {
		t.Fatalf("administrators: %d, %v", n, err)
	}
}

func TestAProgramRunsAgainstTheNextSchema(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		for _, statement := range []string{
			"INSERT INTO goose_db_version (version_id, is_applied) VALUES (20991231000000, TRUE)",
			"ALTER TABLE users ADD COLUMN shoe_size integer",
			"ALTER TABLE grants ADD COLUMN later text NOT NULL DEFAULT ''",
		} {
			if _, err := s.Writer().ExecContext(ctx, statement); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.CheckSchema(ctx); err != nil {
			t.Fatal(err)
		}
		u := user(1)
		if err := s.InsertUser(ctx, u); err != nil {
			t.Fatal(err)
		}
		if got, err := s.UserByID(ctx, u.ID); err != nil || got.Username != u.Username {
			t.Fatalf("%+v, %v", got, err)
		}
	})
}

func TestManyNodesMigrateAtOnce(t *testing.T) {
	t.Parallel()
	onBothURLs(t, func(t *testing.T, url string) {
		var stores []*store.Store
		for range 5 {
			stores = append(stores, open(t, url))
		}
		applied := make([]int, len(stores))
		var group errgroup.Group
		for i, s := range stores {
			group.Go(func() error {
				list, err := s.Migrate(t.Context())
				applied[i] = len(list)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		total := 0
		for _, n := range applied {
			total += n
		}
		list, err := stores[0].Migrations(t.Context())
		if err != nil || total != len(list) {
			t.Fatalf("%d migrations were applied %d times, %v", len(list), total, err)
		}
	})
}

func TestALockThatItsHolderLostStopsNoMigration(t *testing.T) {
	t.Parallel()
	url := storetest.PostgresDatabase(t, false)
	s := open(t, url)
	holder, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	conn, err := holder.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var process int
	err = conn.QueryRowContext(t.Context(), "SELECT pg_backend_pid() FROM (SELECT pg_advisory_lock($1)) AS locked", lock.DefaultLockID).Scan(&process)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := s.Migrate(ctx); err == nil {
		t.Fatal("the lock was ignored")
	}
	if _, err := s.Writer().ExecContext(t.Context(), "SELECT pg_terminate_backend($1)", process); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// killVariable makes TestAKilledMigrationLeavesNothing the process that is killed.
const killVariable = "AUTHLY_TEST_MIGRATE_URL"

func TestAKilledMigrationLeavesNothing(t *testing.T) {
	if url := os.Getenv(killVariable); url != "" {
		s := open(t, url)
		_, _ = os.Stdout.WriteString("ready\n")
		_, _ = s.Migrate(t.Context())
		return
	}
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	onBothURLs(t, func(t *testing.T, url string) {
		child := exec.CommandContext(t.Context(), program, "-test.run=^TestAKilledMigrationLeavesNothing$")
		child.Env = append(os.Environ(), killVariable+"="+url)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
			t.Fatalf("the child said %q, %v", line, err)
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // killed, at whatever point
		s := open(t, url)
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.InsertUser(t.Context(), user(1)); err != nil {
			t.Fatal(err)
		}
	})
}
