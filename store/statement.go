package store

import (
	"context"
	"database/sql"
	"reflect"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// statement is one that is prepared: parameters are $1, $2 in both dialects. name is what counters and metrics see.
type statement struct {
	name string
	text string
}

// pool is a set of connections with bun on top and prepared statements beside it.
type pool struct {
	sql      *sql.DB
	bun      *bun.DB
	observer *observer
	prepared sync.Map // text of a statement → *sql.Stmt
	missing  sync.Map // texts that a transaction ran unprepared
}

func newPool(db *sql.DB, d dialect, opts Options) *pool {
	o := &observer{notify: opts.OnStatement, clock: opts.Clock}
	return &pool{sql: db, bun: bun.NewDB(db, d.bun()).WithQueryHook(o), observer: o}
}

// prepare returns the prepared statement, made at its first use outside a transaction.
func (p *pool) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if known, ok := p.prepared.Load(text); ok {
		return known.(*sql.Stmt), nil
	}
	stmt, err := p.sql.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if known, loaded := p.prepared.LoadOrStore(text, stmt); loaded {
		return known.(*sql.Stmt), stmt.Close() //nolint:sqlclosecheck // another caller was faster; its statement stays
	}
	return stmt, nil
}

// prepareMissing prepares what transactions ran unprepared. Inside one it cannot be done: it takes a second connection.
func (p *pool) prepareMissing(ctx context.Context) error {
	var err error
	p.missing.Range(func(text, _ any) bool {
		p.missing.Delete(text)
		_, err = p.prepare(ctx, text.(string)) //nolint:sqlclosecheck // stays open until the pool closes
		return err == nil
	})
	return err
}

// runner is what *sql.Stmt offers, with or without preparation.
type runner struct {
	query func(ctx context.Context, args ...any) (*sql.Rows, error)
	exec  func(ctx context.Context, args ...any) (sql.Result, error)
}

func (s *Store) runner(ctx context.Context, p *pool, text string) (runner, error) {
	if s.tx == nil {
		stmt, err := p.prepare(ctx, text) //nolint:sqlclosecheck // stays open until the pool closes
		if err != nil {
			return runner{}, err
		}
		return runner{stmt.QueryContext, stmt.ExecContext}, nil
	}
	if known, ok := s.writer.prepared.Load(text); ok {
		stmt := s.tx.Tx.StmtContext(ctx, known.(*sql.Stmt))
		return runner{stmt.QueryContext, stmt.ExecContext}, nil
	}
	s.writer.missing.Store(text, nil)
	return runner{
		func(ctx context.Context, args ...any) (*sql.Rows, error) {
			return s.tx.Tx.QueryContext(ctx, text, args...)
		},
		func(ctx context.Context, args ...any) (sql.Result, error) {
			return s.tx.Tx.ExecContext(ctx, text, args...)
		},
	}, nil
}

// get reads one row into dest; sql.ErrNoRows when there is none.
func (s *Store) get(ctx context.Context, st statement, dest []any, args ...any) error {
	return s.queryOne(ctx, s.reader, st, args, func(rows *sql.Rows) error { return rows.Scan(dest...) })
}

// value runs a statement that writes and returns one value; sql.ErrNoRows when it returns none.
func (s *Store) value(ctx context.Context, st statement, dest any, args ...any) error {
	return s.queryOne(ctx, s.writer, st, args, func(rows *sql.Rows) error { return rows.Scan(dest) })
}

func (s *Store) queryOne(ctx context.Context, p *pool, st statement, args []any, scan func(*sql.Rows) error) (err error) {
	defer p.observer.start(ctx, st.name)()
	run, err := s.runner(ctx, p, st.text)
	if err != nil {
		return err
	}
	rows, err := run.query(ctx, truncateTimes(args)...)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = closeErr
		}
	}()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	return scan(rows)
}

// exec runs a statement that writes.
func (s *Store) exec(ctx context.Context, st statement, args ...any) (result sql.Result, err error) {
	if s.tx == nil && s.commits != nil {
		err := s.unit(ctx, false, func(ctx context.Context, tx *Store) (err error) {
			result, err = tx.exec(ctx, st, args...)
			return err
		})
		return result, err
	}
	defer s.writer.observer.start(ctx, st.name)()
	run, err := s.runner(ctx, s.writer, st.text)
	if err != nil {
		return nil, err
	}
	return run.exec(ctx, truncateTimes(args)...)
}

// truncateTimes brings times to the resolution that bun writes: as text, a finer one would compare differently on
// SQLite.
func truncateTimes(args []any) []any {
	for i, arg := range args {
		switch t := arg.(type) {
		case time.Time:
			args[i] = t.UTC().Truncate(time.Microsecond)
		case []time.Time:
			for j, at := range t {
				t[j] = at.UTC().Truncate(time.Microsecond)
			}
		case *time.Time:
			if t == nil {
				args[i] = nil
			} else {
				args[i] = t.UTC().Truncate(time.Microsecond)
			}
		}
	}
	return args
}

// all reads the rows of a statement; each is called after a row was scanned into dest.
func (s *Store) all(ctx context.Context, st statement, args, dest []any, each func()) (err error) {
	defer s.reader.observer.start(ctx, st.name)()
	run, err := s.runner(ctx, s.reader, st.text)
	if err != nil {
		return err
	}
	rows, err := run.query(ctx, truncateTimes(args)...)
	return scanRows(rows, err, dest, each)
}

// roomFor is for how many rows there is room before they are read.
const roomFor = 128

// list runs a selection of row structs that bun has built but for its columns.
func list[Row any](ctx context.Context, s *Store, q *bun.SelectQuery) ([]Row, error) {
	return listAbout[Row](ctx, s, 0, q)
}

// listAbout is list for about so many rows.
func listAbout[Row any](ctx context.Context, s *Store, about int, q *bun.SelectQuery) ([]Row, error) {
	text, err := q.ColumnExpr(columns[Row]()).AppendQuery(s.reader.bun.QueryGen(), nil)
	if err != nil {
		return nil, err
	}
	defer s.reader.observer.start(ctx, "select "+mappingOf(reflect.TypeFor[Row]()).table)()
	query := s.reader.sql.QueryContext
	if s.tx != nil {
		query = s.tx.Tx.QueryContext
	}
	return collect[Row](about, func(dest []any, each func()) error {
		rows, err := query(ctx, string(text))
		return scanRows(rows, err, dest, each)
	})
}

// rowsOf runs a prepared selection of about so many row structs.
func rowsOf[Row any](ctx context.Context, s *Store, about int, st statement, args ...any) ([]Row, error) {
	return collect[Row](about, func(dest []any, each func()) error { return s.all(ctx, st, args, dest, each) })
}

// byIDs reads the rows with the ids, in any order. Many ids or few, it is one text, which is prepared: one with all ids in it
// would be parsed and planned each time.
func byIDs[Row any](ctx context.Context, s *Store, ids []uuid.UUID) ([]Row, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	m := mappingOf(reflect.TypeFor[Row]())
	return rowsOf[Row](ctx, s, len(ids), selection[Row]("WHERE "+m.alias+".id "+s.dialect.inSet("$1")), s.dialect.set(ids))
}

// collect makes a list of the about so many row structs that scan reads one after the other.
func collect[Row any](about int, scan func(dest []any, each func()) error) ([]Row, error) {
	out := make([]Row, 0, min(about, roomFor))
	var row Row
	err := scan(scanDestinations(&row), func() {
		out = append(out, row)
		row = *new(Row) // JSON would be read into what the last row still has
	})
	return out, err
}

// scanRows scans row after row into dest and calls each.
func scanRows(rows *sql.Rows, err error, dest []any, each func()) error {
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = closeErr
		}
	}()
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		each()
	}
	return rows.Err()
}
