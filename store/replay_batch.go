package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"time"
)

// The bounds of a statement that several share: its keys, and how long it may take, since no request of theirs can end it.
const (
	maxMarks     = 64
	marksTimeout = 10 * time.Second
)

// insertReplayKeys returns the digests that were new.
var insertReplayKeys = statement{"insert replay_keys", `INSERT INTO replay_keys (digest, expires_at)
	SELECT * FROM unnest($1::bytea[], $2::timestamptz[]) ON CONFLICT (digest) DO NOTHING RETURNING digest`}

// mark is a key of the queue that is to be used.
type mark struct {
	digest  [sha256.Size]byte
	expires time.Time
	done    chan marked // of one place, so that nobody waits for a caller who has gone
}

type marked struct {
	first bool
	err   error
}

// marks lets those who use keys of replay at the same time share a statement, where each would cost a round trip of its own
// (docs/decisions/0133). While one statement runs, the next ones gather; nobody waits for company.
type marks struct {
	insert func(ctx context.Context, digests [][]byte, expires []time.Time) (fresh [][]byte, err error)

	mu      sync.Mutex
	queue   []*mark
	running bool
}

// use reports whether the caller is the first to use the key. A context that ends returns at once; the key may be used then.
func (m *marks) use(ctx context.Context, digest [sha256.Size]byte, expires time.Time) (bool, error) {
	mine := &mark{digest, expires, make(chan marked, 1)}
	m.mu.Lock()
	m.queue = append(m.queue, mine)
	if !m.running {
		m.running = true
		go m.run(context.WithoutCancel(ctx))
	}
	m.mu.Unlock()
	select {
	case outcome := <-mine.done:
		return outcome.first, outcome.err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// run inserts what waits until nothing does.
func (m *marks) run(ctx context.Context) {
	for {
		m.mu.Lock()
		batch := m.queue[:min(len(m.queue), maxMarks)]
		m.queue = m.queue[len(batch):]
		m.running = len(batch) > 0
		m.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		m.insertBatch(ctx, batch)
	}
}

// insertBatch inserts the keys in one order, in which no two nodes wait for one another, and says to each whether it was the first.
// Of those who use the same key one is.
func (m *marks) insertBatch(ctx context.Context, batch []*mark) {
	slices.SortStableFunc(batch, func(a, b *mark) int { return bytes.Compare(a.digest[:], b.digest[:]) })
	digests, expires := make([][]byte, len(batch)), make([]time.Time, len(batch))
	for i, one := range batch {
		digests[i], expires[i] = one.digest[:], one.expires
	}
	inserted, err := m.insertOnce(ctx, digests, expires)
	fresh := make(map[[sha256.Size]byte]bool, len(inserted))
	for _, digest := range inserted {
		fresh[[sha256.Size]byte(digest)] = true
	}
	for _, one := range batch {
		one.done <- marked{fresh[one.digest], err}
		fresh[one.digest] = false
	}
}

// insertOnce is insert within its time. A panic is an error: nothing else would recover from it here, and those who wait would for ever.
func (m *marks) insertOnce(ctx context.Context, digests [][]byte, expires []time.Time) (fresh [][]byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, marksTimeout)
	defer cancel()
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return m.insert(ctx, digests, expires)
}

// insertMarks is the statement of marks.
func (s *Store) insertMarks(ctx context.Context, digests [][]byte, expires []time.Time) (fresh [][]byte, err error) {
	var digest []byte
	err = s.all(ctx, insertReplayKeys, []any{digests, expires}, []any{&digest}, func() { fresh = append(fresh, digest); digest = nil })
	return fresh, err
}
