package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/schema"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteReaders is the number of reading connections; more of them slow each other down.
const sqliteReaders = 4

// How long a connection waits for another process that writes.
const (
	busyTimeout = "5000" // milliseconds
	busyWait    = 5 * time.Second
)

// sampledRows is how many rows of an index ANALYZE looks at. With any bound it leaves sqlite_stat4 alone, which the sqlite3
// of distributions does not know: a dump that has it cannot be restored with theirs.
const sampledRows = "10000"

type sqlite struct{ path string }

func (sqlite) name() string { return "sqlite" }

func (l sqlite) inMemory() bool { return l.path == ":memory:" }

func (l sqlite) open(ctx context.Context, _ Options) (writer, reader *sql.DB, err error) {
	driver.StrictPragmas(true)
	if l.inMemory() {
		// Each connection would have a database of its own: there is one, and it stays.
		db, err := l.pool(ctx, 1, map[string]string{"foreign_keys": "1", "busy_timeout": busyTimeout})
		return db, db, err
	}
	if err := l.createFile(); err != nil {
		return nil, nil, err
	}
	writer, err = l.pool(ctx, 1, map[string]string{
		"busy_timeout": busyTimeout, "journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "analysis_limit": sampledRows,
	})
	if err != nil {
		return nil, nil, err
	}
	reader, err = l.pool(ctx, sqliteReaders, map[string]string{
		"busy_timeout": busyTimeout, "query_only": "1", "foreign_keys": "1",
	})
	if err != nil {
		return nil, nil, errors.Join(err, writer.Close())
	}
	return writer, reader, nil
}

// createFile makes a missing database readable for its owner only; the driver would follow the umask.
func (l sqlite) createFile() error {
	if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(l.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

// pool opens size connections and reads the pragmas back: an unknown one is ignored without a word.
func (l sqlite) pool(ctx context.Context, size int, pragmas map[string]string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", l.dsn(pragmas))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	for name, want := range pragmas {
		got, err := pragma(ctx, db, name)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("read pragma %s: %w", name, err), db.Close())
		}
		if got != want {
			return nil, errors.Join(fmt.Errorf("pragma %s is %s instead of %s", name, got, want), db.Close())
		}
	}
	return db, nil
}

// pragma reads a pragma, on the first connection if there was none. When another process turns the same new file to its log at the
// moment, SQLite does not wait for it, whatever busy_timeout says (https://sqlite.org/c3ref/busy_handler.html): so we do.
func pragma(ctx context.Context, db *sql.DB, name string) (value string, err error) {
	over, again := time.NewTimer(busyWait), time.NewTicker(busyWait/500)
	defer over.Stop()
	defer again.Stop()
	for {
		var failed *driver.Error
		err = db.QueryRowContext(ctx, "PRAGMA "+name).Scan(&value)
		if !errors.As(err, &failed) || failed.Code()&0xff != sqlite3.SQLITE_BUSY { // the rest of the code says why it is busy
			return value, err
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-over.C:
			return "", err
		case <-again.C:
		}
	}
}

func (l sqlite) dsn(pragmas map[string]string) string {
	// A transaction takes the lock at once: one that reads first and then writes would fail in spite of the timeout.
	query := url.Values{"_txlock": {"immediate"}, "_time_format": {"sqlite"}, "_timezone": {"UTC"}, "_dqs": {"0"}}
	for _, name := range []string{"busy_timeout", "journal_mode", "synchronous", "foreign_keys", "query_only", "analysis_limit"} {
		if value, ok := pragmas[name]; ok {
			query.Add("_pragma", name+"("+value+")")
		}
	}
	return "file:" + (&url.URL{Path: l.path}).EscapedPath() + "?" + query.Encode()
}

// beforeClose lets SQLite refresh the statistics that its planner uses; it does so only when they are stale.
func (l sqlite) beforeClose(writer *sql.DB) {
	_ = l.refresh(context.Background(), writer, "PRAGMA optimize") // its error concerns no caller
}

func (l sqlite) analyze(ctx context.Context, writer *sql.DB) error {
	return l.refresh(ctx, writer, "ANALYZE")
}

// refresh drops the statistics of small tables. Where SQLite knows that a table has one row it reads all of it, and
// goes on to do so when it has a million; where it knows nothing it takes the index.
func (sqlite) refresh(ctx context.Context, writer *sql.DB, how string) error {
	for _, statement := range []string{how, "DELETE FROM sqlite_stat1 WHERE CAST(stat AS INTEGER) < 100", "ANALYZE sqlite_schema"} {
		if _, err := writer.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func (sqlite) bun() schema.Dialect { return plainJSON{sqlitedialect.New()} }

func (sqlite) classify(err error) (failure, string) {
	var failed *driver.Error
	if !errors.As(err, &failed) {
		if connectionLost(err) {
			return failureUnavailable, ""
		}
		return failureOther, ""
	}
	switch failed.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return failureUnique, namedIn(failed.Error(), "UNIQUE constraint failed: ")
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return failureReference, ""
	case sqlite3.SQLITE_CONSTRAINT_CHECK:
		return failureCheck, namedIn(failed.Error(), "CHECK constraint failed: ")
	case sqlite3.SQLITE_CONSTRAINT_TRIGGER: // our own
		return raised(failed.Error()), ""
	}
	switch failed.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return failureContention, ""
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM:
		return failureUnavailable, ""
	}
	return failureOther, ""
}

// diskFull knows the errors by which SQLite reports it: of the database or its log, of any other limit on their sizes, and of
// the index that the processes share.
func (sqlite) diskFull(err error) bool {
	var failed *driver.Error
	if !errors.As(err, &failed) {
		return false
	}
	switch failed.Code() {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE:
		return true
	}
	return false
}

func (l sqlite) reservePath() string {
	if l.inMemory() {
		return ""
	}
	return l.path + "-reserve"
}

// raised reports which guard of the migrations refused, by what it says: SQLite has one code for all of them.
func raised(message string) failure {
	switch {
	case strings.Contains(message, "authly: last administrator"):
		return failureLastAdmin
	case strings.Contains(message, "authly: preferred username is a username"):
		return failurePreferredName
	case strings.Contains(message, "authly: username is a preferred username"):
		return failureUsername
	}
	return failureOther
}

// namedIn finds what a message names after a prefix, the first column in "... UNIQUE constraint failed: users.email_key
// (2067)": SQLite has it nowhere else.
func namedIn(message, prefix string) string {
	_, rest, _ := strings.Cut(message, prefix)
	name, _, _ := strings.Cut(rest, " ")
	return name
}

func (sqlite) contains(column, text string) condition { return where("instr("+column+", ?) > 0", text) }

func (sqlite) searched(texts []string) condition {
	return where("u.rowid IN (SELECT rowid FROM users_search WHERE users_search MATCH ?)", phrases(texts))
}

func (sqlite) plansSearches() bool { return false }

func (sqlite) matches(q *bun.SelectQuery, texts []string) *bun.SelectQuery {
	return q.TableExpr("users_search").Where("users_search MATCH ?", phrases(texts))
}

// phrases is the expression of FTS5 for rows that have all the texts.
func phrases(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return strings.Join(quoted, " AND ")
}

func (sqlite) migrator() (goose.Dialect, []goose.ProviderOption, error) {
	return goose.DialectSQLite3, nil, nil
}

// raced is always possible: SQLite has no lock that lasts longer than a transaction. Each migration is one, so that the
// loser of a race has changed nothing and finds the work done when it looks again.
func (sqlite) raced() bool { return true }

func (sqlite) oneWriter() bool { return true }

func (sqlite) writesInWith() bool { return false }

func (sqlite) amongFew(query string) string { return "IN (" + query + ")" }

func (sqlite) inSet(parameter string) string {
	return "IN (SELECT value FROM json_each(" + parameter + "))"
}

func (sqlite) set(ids []uuid.UUID) any { return array(idStrings(ids)) }

func (l sqlite) inTexts(parameter string) string { return l.inSet(parameter) }

func (sqlite) eachText(parameter, alias string) string {
	return "json_each(" + parameter + ") AS " + alias
}

func (sqlite) texts(list []string) any { return array(emptyIfNil(list)) }

func (sqlite) hasElement(column, element string) condition {
	return where("EXISTS (SELECT 1 FROM json_each("+column+") AS e WHERE e.value = ?)", element)
}

func (sqlite) owners(_ string, ids []string) condition {
	return where("(SELECT value AS id FROM json_each(?)) AS owner", array(ids))
}

func (sqlite) ownersIn(parameter string) string {
	return "(SELECT value AS id FROM json_each(" + parameter + ")) AS owner"
}

// array is a list as JSON.
func array(list []string) string {
	text, err := json.Marshal(list)
	if err != nil {
		panic("store: array: " + err.Error()) // texts always marshal
	}
	return string(text)
}

// lateral finds the rows again by id: SQLite has no lateral joins, but its lists of ids may depend on the table to the
// left.
func (sqlite) lateral(table, alias string) (pick, join string) {
	return alias + ".id", "CROSS JOIN " + table + " AS " + alias + " ON " + alias + ".id IN (?)"
}

func (sqlite) day(column string) string { return "substr(" + column + ", 1, 10)" }

func (sqlite) tableExists() string {
	return "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?)"
}
