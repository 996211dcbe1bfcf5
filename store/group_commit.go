package store

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"github.com/uptrace/bun"
)

// maxBatch bounds how many writers share a commit, so that the leader does not wait for ever new followers.
const maxBatch = 32

// groupCommit lets writers of SQLite that wait at the same time share one transaction, and with it the commit and the
// wait for the disk, which cost more than what they write. One writer runs at a time, in its own goroutine and inside
// its own savepoint, and then hands the batch to the next in the queue. The leader begins the transaction, followers
// run in it; when none waits, the transaction is committed and all of them return. Nobody waits for company.
type groupCommit struct {
	connect func(ctx context.Context) (bun.Conn, error)
	fault   func(operation string, err error) error

	mu    sync.Mutex
	busy  bool // a writer runs
	queue []*ticket
}

// ticket is a writer in the queue. What it receives from ready is the batch in which it runs as a follower, or nil:
// then it is the leader and begins one.
type ticket struct {
	mustLead bool
	ready    chan *batch
}

// batch is a transaction that several writers share.
type batch struct {
	fault   func(operation string, err error) error
	conn    bun.Conn
	tx      bun.Tx
	writers int
	err     error         // why all of it failed; set before done is closed
	done    chan struct{} // closed when it is committed or rolled back
}

// run runs body in a transaction and returns after the commit. Its error, a panic and the end of its context roll back
// what body did and nothing else; a failed commit is the error of the whole batch. A body that may take long must lead
// its batch, so that no writer that is done waits for it.
func (g *groupCommit) run(ctx context.Context, mustLead bool, body func(ctx context.Context, tx *bun.Tx) error) (err error) {
	b, err := g.join(ctx, mustLead)
	if err != nil {
		return err
	}
	defer func() {
		g.release(b)
		<-b.done
		if b.err != nil {
			err = b.err
		}
	}()
	return b.write(ctx, mustLead, body)
}

// join waits in the queue and returns the batch in which the writer runs.
func (g *groupCommit) join(ctx context.Context, mustLead bool) (*batch, error) {
	g.mu.Lock()
	if !g.busy {
		g.busy = true
		g.mu.Unlock()
		return g.begin(ctx)
	}
	mine := &ticket{mustLead, make(chan *batch, 1)}
	g.queue = append(g.queue, mine)
	g.mu.Unlock()
	select {
	case b := <-mine.ready:
		if b == nil {
			return g.begin(ctx)
		}
		return b, nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	i := slices.Index(g.queue, mine)
	if i >= 0 {
		g.queue = slices.Delete(g.queue, i, i+1)
	}
	g.mu.Unlock()
	if i < 0 { // its turn came in this very moment
		if b := <-mine.ready; b != nil {
			g.release(b)
		} else {
			g.nextLeader()
		}
	}
	return nil, g.fault("begin transaction", ctx.Err())
}

// begin opens a transaction for a leader. The leader may wait for the connection as long as it likes; the transaction
// itself must not end with the context of one of many.
func (g *groupCommit) begin(ctx context.Context) (*batch, error) {
	conn, err := g.connect(ctx)
	if err != nil {
		g.nextLeader()
		return nil, g.fault("begin transaction", err)
	}
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		_ = conn.Close() // returns it to the pool
		g.nextLeader()
		return nil, g.fault("begin transaction", err)
	}
	return &batch{fault: g.fault, conn: conn, tx: tx, done: make(chan struct{})}, nil
}

// release hands the batch to the next follower, or ends it and lets the next leader begin another.
func (g *groupCommit) release(b *batch) {
	if b.err == nil && b.writers < maxBatch {
		next := g.nextFollower()
		if next == nil {
			runtime.Gosched() // writers that are about to queue get the chance to: twice as many share a commit
			next = g.nextFollower()
		}
		if next != nil {
			next.ready <- b
			return
		}
	}
	b.end()
	g.nextLeader()
}

// nextFollower takes the writer that waits longest out of the queue, if it may run in a transaction of others.
func (g *groupCommit) nextFollower() *ticket {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.queue) == 0 || g.queue[0].mustLead {
		return nil
	}
	next := g.queue[0]
	g.queue = slices.Delete(g.queue, 0, 1)
	return next
}

// nextLeader lets the writer that waits longest begin a transaction.
func (g *groupCommit) nextLeader() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.queue) == 0 {
		g.busy = false
		return
	}
	g.queue[0].ready <- nil
	g.queue = slices.Delete(g.queue, 0, 1)
}

// write runs the body of one writer in its savepoint. Only one that must lead can be interrupted: SQLite rolls back the
// whole transaction.
func (b *batch) write(ctx context.Context, mustLead bool, body func(ctx context.Context, tx *bun.Tx) error) (err error) {
	b.writers++
	if err := b.control("SAVEPOINT writer"); err != nil {
		return err
	}
	succeeded := false
	defer func() {
		if !succeeded && b.control("ROLLBACK TO writer") != nil {
			if err != nil {
				b.err = err // because of which SQLite has rolled back
			}
			return
		}
		_ = b.control("RELEASE writer") // its error is in b.err
	}()
	inner := ctx
	if !mustLead {
		inner = context.WithoutCancel(ctx)
	}
	if err := body(inner, &b.tx); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return b.fault("commit transaction", ctx.Err())
	}
	succeeded = true
	return nil
}

// control runs a statement without which the transaction is of no use: that it fails means that SQLite has rolled back.
func (b *batch) control(text string) error {
	if _, err := b.tx.Tx.ExecContext(context.Background(), text); err != nil {
		b.err = b.fault(text, err)
	}
	return b.err
}

// end commits, or rolls back what is broken, and lets all writers of the batch return.
func (b *batch) end() {
	if b.err == nil {
		b.err = b.fault("commit transaction", b.tx.Commit())
	} else {
		_ = b.tx.Rollback() // the first error is the one to return; the driver drops a connection that cannot roll back
	}
	_ = b.conn.Close() // returns it to the pool
	close(b.done)
}
