package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// maxAttempts is how often a transaction is run that the database aborts because of others.
const maxAttempts = 3

// defaultConnections is the size of PostgreSQL's pool when Options do not say.
const defaultConnections = 20

// Options are how a store is opened. The zero value is good.
type Options struct {
	// MaxConnections bounds the pool of PostgreSQL; 0 means 20. SQLite has one writing and four reading connections.
	MaxConnections int
	// Announces says that the caller publishes to other nodes what is written to what they cache: PostgreSQL then does not
	// count it in CacheVersions. SQLite always does.
	Announces bool
	// OnStatement is called after every statement, without its text: operation is a verb and a table ("select
	// users"). Many goroutines call it at once.
	OnStatement func(operation string, took time.Duration)
	// Clock measures for OnStatement; without it took is 0.
	Clock func() time.Time
	// OnJobs is called after a commit with jobs that were enqueued in it. It must not block.
	OnJobs func()
	// OnFull is called when a write fails because the disk is full: Relieve may help. It must not block.
	OnFull func()
}

// Store implements identity.Store on one database. A copy of it that InTx hands out is bound to a transaction.
type Store struct {
	dialect  dialect
	writer   *pool
	reader   *pool        // the same as writer where there is but one
	tx       *bun.Tx      // nil outside InTx
	commits  *groupCommit // nil where writers do not wait for one another
	marks    *marks       // nil where they do
	onJobs   func()
	onFull   func()
	reserve  *reserve
	enqueued bool // jobs, in this transaction

	signAudit func(text []byte) []byte // nil = events are not signed
}

var _ identity.Store = (*Store)(nil)

// Open connects to the database that url names ("sqlite:PATH", "sqlite::memory:" or "postgres://...") and checks that
// it can be reached. A missing SQLite file is made, with its folder, for the owner only. The schema is not touched: see
// Migrate and CheckSchema.
func Open(ctx context.Context, url string, opts Options) (*Store, error) {
	d, err := dialectFor(url)
	if err != nil {
		return nil, err
	}
	if opts.MaxConnections <= 0 {
		opts.MaxConnections = defaultConnections
	}
	writer, reader, err := d.open(ctx, opts)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", fault(d, "connect", err))
	}
	s := &Store{
		dialect: d, writer: newPool(writer, d, opts), onJobs: opts.OnJobs, onFull: opts.OnFull, reserve: &reserve{path: d.reservePath()},
	}
	s.reader = s.writer
	if reader != writer {
		s.reader = newPool(reader, d, opts)
	}
	if d.oneWriter() {
		s.commits = &groupCommit{connect: s.connect, fault: s.fault}
	} else {
		s.marks = &marks{insert: s.insertMarks}
	}
	return s, nil
}

// lockTable lets nobody else write to a table until the transaction ends, where there may be no row to lock. Whoever reads does
// not wait, and where there is one writer nobody needs to.
func (s *Store) lockTable(ctx context.Context, table string) error {
	if s.dialect.oneWriter() {
		return nil
	}
	_, err := s.write().NewRaw("LOCK TABLE " + table + " IN SHARE ROW EXCLUSIVE MODE").Exec(ctx)
	return err
}

// forUpdate lets nobody else change the rows of a query until the transaction ends. Where there is one writer nobody can.
func (s *Store) forUpdate(q *bun.SelectQuery) *bun.SelectQuery {
	if s.dialect.oneWriter() {
		return q
	}
	return q.For("UPDATE")
}

// connect takes the connection of the writers.
func (s *Store) connect(ctx context.Context) (bun.Conn, error) {
	if err := s.writer.prepareMissing(ctx); err != nil {
		return bun.Conn{}, err
	}
	return s.writer.bun.Conn(ctx)
}

// Close waits for running statements and closes every connection.
func (s *Store) Close() error {
	s.dialect.beforeClose(s.writer.sql)
	err := s.writer.sql.Close()
	if s.reader != s.writer {
		err = errors.Join(err, s.reader.sql.Close())
	}
	return err
}

// Dialect is "sqlite" or "postgres".
func (s *Store) Dialect() string { return s.dialect.name() }

// Stats returns how busy the connections are, by the name of the pool: "read" and "write", or only "write" where one
// pool does both.
func (s *Store) Stats() map[string]sql.DBStats {
	stats := map[string]sql.DBStats{"write": s.writer.sql.Stats()}
	if s.reader != s.writer {
		stats["read"] = s.reader.sql.Stats()
	}
	return stats
}

// Ping implements identity.Store.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return s.fault("ping", s.read().NewRaw("SELECT 1").Scan(ctx, &one))
}

// InTx implements identity.Store. Inside InTx it returns an error: there are no nested transactions.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx identity.Store) error) error {
	if s.tx != nil {
		return errors.New("store: InTx inside InTx")
	}
	return s.unit(ctx, true, func(ctx context.Context, tx *Store) error { return fn(ctx, tx) })
}

// unit runs fn in the present transaction or else in one of its own, or on SQLite in a batch that others share. What
// may take long passes long.
func (s *Store) unit(ctx context.Context, long bool, fn func(ctx context.Context, tx *Store) error) error {
	if s.tx != nil {
		return fn(ctx, s)
	}
	if err := s.admit(ctx); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		var err error
		if s.commits == nil {
			err = s.attempt(ctx, fn)
		} else {
			err = s.attemptInBatch(ctx, long, fn)
		}
		if err == nil || attempt == maxAttempts || ctx.Err() != nil {
			return err
		}
		if f, _ := s.dialect.classify(err); f != failureContention {
			return err
		}
	}
}

// attemptInBatch runs a transaction once, in a batch with others that wait.
func (s *Store) attemptInBatch(ctx context.Context, long bool, fn func(ctx context.Context, tx *Store) error) error {
	bound := *s
	err := s.commits.run(ctx, long, func(ctx context.Context, tx *bun.Tx) error {
		bound.tx = tx
		return fn(ctx, &bound)
	})
	return bound.committed(err)
}

// attempt runs a transaction once. A panic in fn rolls back as an error does.
func (s *Store) attempt(ctx context.Context, fn func(ctx context.Context, tx *Store) error) error {
	if err := s.writer.prepareMissing(ctx); err != nil {
		return s.fault("prepare statements", err)
	}
	tx, err := s.writer.bun.BeginTx(ctx, nil)
	if err != nil {
		return s.fault("begin transaction", err)
	}
	done := false
	defer func() {
		if !done {
			_ = tx.Rollback() // the first error is the one to return; the driver drops a connection that cannot roll back
		}
	}()
	bound := *s
	bound.tx = &tx
	if err := fn(ctx, &bound); err != nil {
		return err
	}
	done = true
	return bound.committed(s.fault("commit transaction", tx.Commit()))
}

// committed announces the jobs that a transaction has enqueued, unless it failed.
func (s *Store) committed(err error) error {
	if err == nil && s.enqueued && s.onJobs != nil {
		s.onJobs()
	}
	return err
}

// read is where bun reads: the transaction, or the reading connections.
func (s *Store) read() bun.IDB {
	if s.tx != nil {
		return s.tx
	}
	return s.reader.bun
}

// write is where bun writes: the transaction, or the writing connections.
func (s *Store) write() bun.IDB {
	if s.tx != nil {
		return s.tx
	}
	return s.writer.bun
}

// fault names what was attempted and translates a driver's error into the domain's.
func (s *Store) fault(operation string, err error) error {
	if err != nil && s.onFull != nil && s.dialect.diskFull(err) {
		s.onFull()
	}
	return fault(s.dialect, operation, err)
}
