package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"modernc.org/sqlite"

	"github.com/authly/authly/migrations"
	"github.com/authly/authly/store"
)

// PostgresVariable names the environment variable with the URL of a PostgreSQL server whose user may create databases.
const PostgresVariable = "AUTHLY_TEST_POSTGRES_URL"

// SQLite returns an empty, migrated store on a file of its own, and its URL.
func SQLite(t testing.TB, opts ...store.Options) (*store.Store, string) {
	t.Helper()
	address := SQLiteDatabase(t)
	return open(t, address, opts), address
}

// SQLiteDatabase makes a migrated, empty database file in a folder of the test and returns its URL.
func SQLiteDatabase(t testing.TB) string {
	t.Helper()
	content, err := sqliteTemplate()
	if err != nil {
		t.Fatalf("make a migrated SQLite file: %v", err)
	}
	path := filepath.Join(t.TempDir(), "authly.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// Memory returns an empty, migrated store in memory. It has one connection, so that the use of an outer store inside a
// transaction hangs.
func Memory(t testing.TB, opts ...store.Options) *store.Store {
	t.Helper()
	content, err := sqliteTemplate()
	if err != nil {
		t.Fatalf("make a migrated SQLite file: %v", err)
	}
	return fromMemory.open(t, content, opts)
}

// fromMemory fills the database of the next connection to one in memory, as many migrations take longer than most tests.
var fromMemory = newMemoryOpener()

type memoryOpener struct {
	mu      sync.Mutex // of those that open
	content atomic.Pointer[[]byte]
}

// newMemoryOpener registers the hook before anybody opens a connection: the driver reads its hooks without a lock.
func newMemoryOpener() *memoryOpener {
	m := &memoryOpener{}
	sqlite.RegisterConnectionHook(m.fill)
	return m
}

func (m *memoryOpener) open(t testing.TB, content []byte, opts []store.Options) *store.Store {
	m.mu.Lock()
	defer m.mu.Unlock()
	// The two bytes say that the file has a write-ahead log, which there is none of in memory (SQLite file format §1.3.3).
	content = slices.Clone(content)
	content[18], content[19] = 1, 1
	m.content.Store(&content)
	defer m.content.Store(nil)
	return open(t, "sqlite::memory:", opts)
}

// fill is called with every connection that the driver makes.
func (m *memoryOpener) fill(c sqlite.ExecQuerierContext, dsn string) error {
	content := m.content.Load()
	if content == nil || !strings.HasPrefix(dsn, "file::memory:") {
		return nil
	}
	return c.(interface{ Deserialize(content []byte) error }).Deserialize(*content)
}

// Postgres returns an empty, migrated store on a database of its own, and its URL. Without a server the test fails.
func Postgres(t testing.TB, opts ...store.Options) (*store.Store, string) {
	t.Helper()
	address := PostgresDatabase(t, true)
	return open(t, address, opts), address
}

// PostgresDatabase makes a database and returns its URL; it is dropped when the test ends.
func PostgresDatabase(t testing.TB, migrated bool) string {
	t.Helper()
	server := os.Getenv(PostgresVariable)
	if server == "" {
		t.Fatalf("run the tests with make test: %s is not set", PostgresVariable)
	}
	name, template := "test_"+randomName(), "template0"
	if migrated {
		var err error
		if template, err = postgresTemplate(server); err != nil {
			t.Fatalf("make a migrated PostgreSQL database: %v", err)
		}
	}
	if err := administer(t.Context(), server, "CREATE DATABASE "+name+" TEMPLATE "+template+" STRATEGY file_copy"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := administer(context.WithoutCancel(t.Context()), server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return database(server, name)
}

func open(t testing.TB, address string, opts []store.Options) *store.Store {
	t.Helper()
	var o store.Options
	if len(opts) > 0 {
		o = opts[0]
	}
	s, err := store.Open(t.Context(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return s
}

// sqliteTemplate is the content of a migrated, empty database, made once.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "authly-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "authly.db")
	if err := migrate(context.Background(), "sqlite:"+path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

var (
	templateLock sync.Mutex
	templateName string
)

// postgresTemplate returns the name of a migrated, empty database of the server. It is made by the first of all test
// processes and cloned by every test; its name is a digest of the migrations.
func postgresTemplate(server string) (string, error) {
	templateLock.Lock()
	defer templateLock.Unlock()
	if templateName != "" {
		return templateName, nil
	}
	ctx := context.Background()
	digest, err := migrationsDigest()
	if err != nil {
		return "", err
	}
	name := "authly_template_" + digest
	db, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // the lock belongs to a connection
	if _, err := db.ExecContext(ctx, "SELECT pg_advisory_lock(7305)"); err != nil {
		return "", fmt.Errorf("lock template: %w", err)
	}
	var exists bool
	if err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&exists); err != nil {
		return "", err
	}
	if !exists {
		for _, step := range []func() error{
			func() error { _, err := db.ExecContext(ctx, "DROP DATABASE IF EXISTS authly_building"); return err },
			func() error {
				_, err := db.ExecContext(ctx, "CREATE DATABASE authly_building TEMPLATE template0")
				return err
			},
			func() error { return migrate(ctx, database(server, "authly_building")) },
			func() error {
				_, err := db.ExecContext(ctx, "ALTER DATABASE authly_building RENAME TO "+name)
				return err
			},
		} {
			if err := step(); err != nil {
				return "", err
			}
		}
	}
	templateName = name
	return name, nil
}

func migrate(ctx context.Context, address string) error {
	s, err := store.Open(ctx, address, store.Options{})
	if err != nil {
		return err
	}
	if _, err := s.Migrate(ctx); err != nil {
		return fmt.Errorf("%w (%w)", err, s.Close())
	}
	return s.Close()
}

func migrationsDigest() (string, error) {
	files, err := migrations.For("postgres")
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	err = fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, path)
		fmt.Fprintf(sum, "%s\n%s", path, content)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:8]), err
}

// administer runs one statement that cannot run inside a transaction.
func administer(ctx context.Context, server, statement string) error {
	db, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// database is the URL of another database of the same server.
func database(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic("storetest: " + PostgresVariable + " is not a URL") // without the text: it may contain a password
	}
	u.Path = "/" + name
	return u.String()
}

func randomName() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
