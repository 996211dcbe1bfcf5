package store

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"github.com/uptrace/bun"
)

// maxShared bounds how many writers share a commit, so that the first of them does not wait for ever new ones.
const maxShared = 32

// group lets writers of SQLite that wait at the same time share one transaction, and with it the commit and the wait
// for the disk, which cost more than what they write. There is one baton: who has it runs, in its own goroutine and
// inside its own savepoint, and returns it to the next that waits; when nobody does, the transaction is committed and
// all are answered. Nobody waits for company.
type group struct {
	connect func(ctx context.Context) (bun.Conn, error)
	fault   func(operation string, err error) error

	mu      sync.Mutex
	busy    bool // somebody has the baton
	waiting []*turn
}

// turn is a writer that waits. It gets a transaction, or nil: then it has to begin one.
type turn struct {
	first bool
	baton chan *shared
}

// shared is a transaction that several writers share.
type shared struct {
	fault   func(operation string, err error) error
	conn    bun.Conn
	tx      bun.Tx
	members int
	err     error         // why all of it failed; set before ended is closed
	ended   chan struct{} // closed when it is committed or rolled back
}

// run runs body in a transaction and returns after the commit. Its error, a panic and the end of its context roll back
// what body did and nothing else; a failed commit is everybody's error. A body that may take long runs first in its
// transaction, so that nobody who is done waits for it.
func (g *group) run(ctx context.Context, first bool, body func(ctx context.Context, tx *bun.Tx) error) (err error) {
	t, err := g.enter(ctx, first)
	if err != nil {
		return err
	}
	defer func() {
		g.leave(t)
		<-t.ended
		if t.err != nil {
			err = t.err
		}
	}()
	return t.member(ctx, first, body)
}

// enter waits for the baton.
func (g *group) enter(ctx context.Context, first bool) (*shared, error) {
	g.mu.Lock()
	if !g.busy {
		g.busy = true
		g.mu.Unlock()
		return g.begin(ctx)
	}
	mine := &turn{first, make(chan *shared, 1)}
	g.waiting = append(g.waiting, mine)
	g.mu.Unlock()
	select {
	case t := <-mine.baton:
		if t == nil {
			return g.begin(ctx)
		}
		return t, nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	i := slices.Index(g.waiting, mine)
	if i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
	}
	g.mu.Unlock()
	if i < 0 { // the baton came in this very moment
		if t := <-mine.baton; t != nil {
			g.leave(t)
		} else {
			g.next()
		}
	}
	return nil, g.fault("begin transaction", ctx.Err())
}

// begin opens a transaction. Who opens it may wait for the connection as long as it likes; the transaction itself must
// not end with the context of one of many.
func (g *group) begin(ctx context.Context) (*shared, error) {
	conn, err := g.connect(ctx)
	if err != nil {
		g.next()
		return nil, g.fault("begin transaction", err)
	}
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		_ = conn.Close() // gives it back to the pool
		g.next()
		return nil, g.fault("begin transaction", err)
	}
	return &shared{fault: g.fault, conn: conn, tx: tx, ended: make(chan struct{})}, nil
}

// leave returns the baton to the next writer, or ends the transaction.
func (g *group) leave(t *shared) {
	if t.err == nil && t.members < maxShared {
		next := g.joining()
		if next == nil {
			runtime.Gosched() // those who are about to wait get the chance to: twice as many share a commit
			next = g.joining()
		}
		if next != nil {
			next.baton <- t
			return
		}
	}
	t.end()
	g.next()
}

// joining takes the writer that waits longest, if it may join a transaction that others have begun.
func (g *group) joining() *turn {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 || g.waiting[0].first {
		return nil
	}
	next := g.waiting[0]
	g.waiting = slices.Delete(g.waiting, 0, 1)
	return next
}

// next lets the writer that waits longest begin a transaction.
func (g *group) next() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		g.busy = false
		return
	}
	g.waiting[0].baton <- nil
	g.waiting = slices.Delete(g.waiting, 0, 1)
}

// member runs one body in its savepoint. Only the first of a transaction can be interrupted: SQLite rolls back all of
// it.
func (t *shared) member(ctx context.Context, first bool, body func(ctx context.Context, tx *bun.Tx) error) (err error) {
	t.members++
	if err := t.control("SAVEPOINT member"); err != nil {
		return err
	}
	kept := false
	defer func() {
		if !kept && t.control("ROLLBACK TO member") != nil {
			if err != nil {
				t.err = err // because of which SQLite has rolled back
			}
			return
		}
		_ = t.control("RELEASE member") // its error is kept
	}()
	inner := ctx
	if !first {
		inner = context.WithoutCancel(ctx)
	}
	if err := body(inner, &t.tx); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return t.fault("commit transaction", ctx.Err())
	}
	kept = true
	return nil
}

// control runs a statement without which the transaction is of no use: that it fails means that SQLite has rolled back.
func (t *shared) control(text string) error {
	if _, err := t.tx.Tx.ExecContext(context.Background(), text); err != nil {
		t.err = t.fault(text, err)
	}
	return t.err
}

// end commits, or rolls back what is broken, and lets everybody answer.
func (t *shared) end() {
	if t.err == nil {
		t.err = t.fault("commit transaction", t.tx.Commit())
	} else {
		_ = t.tx.Rollback() // the first error is the one to tell; the driver drops a connection that cannot roll back
	}
	_ = t.conn.Close() // gives it back to the pool
	close(t.ended)
}
