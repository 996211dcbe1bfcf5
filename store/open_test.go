package store_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

var now = time.Date(2026, time.March, 29, 1, 59, 58, 123457000, time.UTC)

func user(n int) identity.User {
	return identity.User{
		ID: uuid.MustParse(fmt.Sprintf("019d3751-c1ab-7000-8000-%012d", n)), Username: fmt.Sprintf("user%d", n),
		Email: fmt.Sprintf("user%d@example.org", n), Active: true, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
}

func TestAURLThatNamesNoDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "sqlite:", "mysql://x", "authly.db", "postgres:x", "postgres://u:hunter2@h:port/x"} {
		s, err := store.Open(t.Context(), url, store.Options{})
		if err == nil {
			t.Errorf("%q was opened", url)
			_ = s.Close()
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}

func TestASQLiteFileIsMadeForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data", "of authly")
	path := filepath.Join(folder, "a ?b#c%20&d.db")
	s := open(t, "sqlite:"+path)
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{folder: 0o700, path: 0o600, path + "-wal": 0o600} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s: %v", name, info.Mode())
		}
	}
}

func TestSQLiteWritesOnOneConnectionOnly(t *testing.T) {
	t.Parallel()
	s, _ := storetest.SQLite(t)
	if _, err := s.Reader().ExecContext(t.Context(), "DELETE FROM users"); err == nil {
		t.Error("a reading connection has written")
	}
	for name, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"} {
		var got string
		if err := s.Writer().QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, %v", name, got, err)
		}
	}
	stats := s.Stats()
	if stats["write"].MaxOpenConnections != 1 || stats["read"].MaxOpenConnections != 4 {
		t.Errorf("%+v", stats)
	}
}

func TestADatabaseThatIsAwayIsUnavailable(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := closed.Addr().String()
	_ = closed.Close()
	_, err = store.Open(t.Context(), "postgres://u:hunter2@"+address+"/x?sslmode=disable", store.Options{})
	if e := identity.AsError(err); e.Kind != identity.Unavailable || e.RetryAfter <= 0 || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("PostgreSQL: %v", err)
	}
	_, err = store.Open(t.Context(), "sqlite:"+t.TempDir(), store.Options{})
	if err == nil {
		t.Error("a folder was opened")
	}
}

func TestThePoolRecoversFromLostConnections(t *testing.T) {
	t.Parallel()
	s, url := storetest.Postgres(t, store.Options{MaxConnections: 4})
	if err := s.InsertUser(t.Context(), user(1)); err != nil {
		t.Fatal(err)
	}
	admin := open(t, url)
	kill := "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
	err := s.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
		if _, err := admin.Writer().ExecContext(ctx, kill); err != nil {
			t.Fatal(err)
		}
		return tx.InsertUser(ctx, user(2))
	})
	if e := identity.AsError(err); e.Kind != identity.Unavailable {
		t.Fatalf("inside a transaction: %v", err)
	}
	// The idle connections of the pool are dead as well; each may have to fail once to be noticed.
	for range 5 {
		if _, err = s.UserByID(t.Context(), user(1).ID); err == nil {
			break
		}
		if e := identity.AsError(err); e.Kind != identity.Unavailable {
			t.Fatal(err)
		}
	}
	if err != nil {
		t.Fatalf("still: %v", err)
	}
	if _, err := s.UserByID(t.Context(), user(2).ID); !errors.Is(err, identity.ErrUserNotFound) {
		t.Fatalf("half a transaction stayed: %v", err)
	}
}

func TestAFullDiskIsUnavailable(t *testing.T) {
	t.Parallel()
	s, _ := storetest.SQLite(t)
	if _, err := s.Writer().ExecContext(t.Context(), "PRAGMA max_page_count = 1"); err != nil { // no more than it has
		t.Fatal(err)
	}
	var err error
	for n := 0; err == nil && n < 10_000; n++ {
		err = s.InsertUser(t.Context(), user(n))
	}
	if e := identity.AsError(err); e.Kind != identity.Unavailable || e.RetryAfter <= 0 {
		t.Fatalf("got %v", err)
	}
}

func TestADatabaseThatAnotherProcessHoldsIsUnavailable(t *testing.T) {
	t.Parallel()
	s, url := storetest.SQLite(t)
	other := open(t, url)
	if _, err := s.Writer().ExecContext(t.Context(), "PRAGMA busy_timeout = 1"); err != nil {
		t.Fatal(err)
	}
	err := other.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
		tries := 0
		err := s.InTx(ctx, func(context.Context, identity.Store) error { tries++; return nil })
		if e := identity.AsError(err); e.Kind != identity.Unavailable || tries != 0 {
			t.Errorf("transaction: %v, run %d times", err, tries)
		}
		err = s.InsertUser(ctx, user(1))
		if e := identity.AsError(err); e.Kind != identity.Unavailable {
			t.Errorf("statement: %v", err)
		}
		if err := s.Ping(ctx); err != nil {
			t.Errorf("reading waits for writing: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestATransactionIsRunAgainWhenOthersWereInTheWay(t *testing.T) {
	t.Parallel()
	s, _ := storetest.Postgres(t)
	for code, want := range map[string]int{"40001": 3, "40P01": 3, "23505": 1, "42601": 1} {
		runs := 0
		cause := &pgconn.PgError{Code: code}
		err := s.InTx(t.Context(), func(context.Context, identity.Store) error {
			runs++
			return fmt.Errorf("wrapped: %w", identity.ErrUnavailable.Because(cause))
		})
		if runs != want || !errors.Is(err, cause) {
			t.Errorf("%s: run %d times, %v", code, runs, err)
		}
	}
	runs := 0
	err := s.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
		if runs++; runs < 3 {
			return &pgconn.PgError{Code: "40P01"}
		}
		return tx.InsertUser(ctx, user(1))
	})
	if err != nil || runs != 3 {
		t.Errorf("run %d times, %v", runs, err)
	}
}

func TestStatementsAreCountedByContext(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var seen []string
	opts := store.Options{
		OnStatement: func(operation string, took time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, operation)
			if took != 0 {
				t.Errorf("%s took %v by a clock that stands", operation, took)
			}
		},
		Clock: func() time.Time { return now },
	}
	for _, open := range map[string]func() *store.Store{
		"SQLite":     func() *store.Store { s, _ := storetest.SQLite(t, opts); return s },
		"PostgreSQL": func() *store.Store { s, _ := storetest.Postgres(t, opts); return s },
	} {
		s := open()
		seen = nil
		ctx, counter := store.CountStatements(t.Context())
		_, other := store.CountStatements(t.Context())
		err := s.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
			if err := tx.InsertUser(ctx, user(1)); err != nil {
				return err
			}
			_, err := tx.RecordFailedSignIn(ctx, user(1).ID, nil)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		q := identity.UserQuery{Order: identity.UserOrder{Field: identity.UserOrderCreatedAt}, Range: identity.KeysetRange{Limit: 9}, Now: now}
		if _, err := s.Users(ctx, q); err != nil {
			t.Fatal(err)
		}
		if _, err := s.ActiveSessionCounts(ctx, []uuid.UUID{user(1).ID}, now); err != nil {
			t.Fatal(err)
		}
		if _, err := s.UserByID(ctx, user(1).ID); err != nil {
			t.Fatal(err)
		}
		want := []string{"insert users", "update users", "select users", "select sessions", "select users"}
		if got := counter.Operations(); !slices.Equal(got, want) || counter.Total() != len(want) || other.Total() != 0 {
			t.Errorf("counted %q and %d", got, other.Total())
		}
		if !slices.Equal(seen, want) {
			t.Errorf("observed %q", seen)
		}
	}
}

// The guard of administrators is a number beside the users; it must stay theirs.
func TestTheGuardCountsWhatIsThere(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		for n := range 60 {
			u := user(n)
			u.Admin, u.Active = n%2 == 0, n%3 > 0
			if err := s.InsertUser(t.Context(), u); err != nil {
				t.Fatal(err)
			}
			u.Admin, u.Active = n%5 > 0, n%7 > 0
			if err := s.UpdateUser(t.Context(), u); err != nil && !errors.Is(err, identity.ErrLastAdmin) {
				t.Fatal(err)
			}
			if n%4 == 0 {
				if err := s.DeleteUser(t.Context(), u.ID); err != nil && !errors.Is(err, identity.ErrLastAdmin) {
					t.Fatal(err)
				}
			}
		}
		counted, err := s.ActiveAdmins(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var guarded int
		if err := s.Writer().QueryRowContext(t.Context(), "SELECT active_admins FROM admin_guard").Scan(&guarded); err != nil {
			t.Fatal(err)
		}
		if counted != guarded || counted < 10 {
			t.Errorf("%d administrators, the guard has %d", counted, guarded)
		}
	})
}

// Two transactions each take one of the last two administrators. The second must wait for the first, and then see what
// it has left.
func TestPostgresTakesAdministratorsOneAfterTheOther(t *testing.T) {
	t.Parallel()
	s, _ := storetest.Postgres(t)
	for n := range 2 {
		u := user(n)
		u.Admin = true
		if err := s.InsertUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	second := make(chan error, 1)
	err := s.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
		if err := tx.DeleteUser(ctx, user(0).ID); err != nil {
			return err
		}
		go func() { second <- s.DeleteUser(t.Context(), user(1).ID) }()
		waiting := 0
		for waiting == 0 && len(second) == 0 {
			const query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
			if err := s.Writer().QueryRowContext(ctx, query).Scan(&waiting); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-second; !errors.Is(err, identity.ErrLastAdmin) {
		t.Errorf("the second: %v", err)
	}
}

// TestAnEmptyFileIsOpenedByMany at the same moment: the one that turns it to its log locks the others out, for which SQLite does not
// wait.
func TestAnEmptyFileIsOpenedByMany(t *testing.T) {
	t.Parallel()
	for range 10 {
		url := "sqlite:" + filepath.Join(t.TempDir(), "authly.db")
		var group errgroup.Group
		for range 16 {
			group.Go(func() error {
				s, err := store.Open(t.Context(), url, store.Options{})
				if err != nil {
					return err
				}
				return s.Close()
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
	}
}
