package admin

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/authly/authly/identity"
)

// Followers who are further behind than the feed remembers read the chain in blocks of the same beginnings, and share those
// that somebody has just read: many fall behind together, when a node has ended or is slow, and would be slower still if each
// read for itself.
const (
	feedBlock  = 250 // places of the chain
	feedBlocks = 16  // that are remembered, until the feed looks for events again
	feedRead   = 5 * time.Second
)

// auditBlock are the events of a block.
type auditBlock struct {
	done   chan struct{} // closed when they were read
	events []addedEvent
	err    error
}

// older returns up to limit events that come next for a follower who is behind, and moves it on.
func (s *AuditFeed) older(ctx context.Context, f *auditFollower, limit int) ([]addedEvent, error) {
	start := f.position - f.position%feedBlock
	events, until, err := s.block(ctx, start)
	if err != nil {
		return nil, fmt.Errorf("follow audit events: %w", err)
	}
	next, _ := search(events, f.position+1)
	end, _ := search(events, until+1)
	rest := events[next:end:end]
	if len(rest) > limit {
		rest = rest[:limit:limit]
		until = rest[limit-1].position
	}
	f.position = until
	return rest, nil
}

// search finds the first event at a position or behind it.
func search(events []addedEvent, position int) (int, bool) {
	return slices.BinarySearchFunc(events, position, func(e addedEvent, position int) int { return e.position - position })
}

// block returns the events of the block after start, and how far they are all of them: what the feed remembers itself need not
// be there yet.
func (s *AuditFeed) block(ctx context.Context, start int) (events []addedEvent, until int, err error) {
	s.mu.Lock()
	until = min(start+feedBlock, s.from)
	b, known := s.blocks[start]
	if !known {
		b = &auditBlock{done: make(chan struct{})}
		if start+feedBlock <= s.end && len(s.blocks) < feedBlocks { // whoever reads it later finds it whole
			s.blocks[start] = b
		}
	}
	s.mu.Unlock()
	if !known {
		s.readBlock(ctx, start, b)
	}
	select {
	case <-b.done:
		return b.events, until, b.err
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
}

// readBlock reads a block for all who wait for it, also when the one who has begun is gone.
func (s *AuditFeed) readBlock(ctx context.Context, start int, b *auditBlock) {
	defer close(b.done)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), feedRead)
	defer cancel()
	var linked []identity.LinkedRecord
	if linked, b.err = s.store.AuditLinks(ctx, start, feedBlock); b.err != nil {
		return
	}
	linked = slices.DeleteFunc(linked, func(l identity.LinkedRecord) bool { return l.Link.Seq > start+feedBlock || l.Record == nil })
	for _, l := range linked {
		b.events = append(b.events, s.event(l))
	}
}

// forgetBlocks makes followers read anew, so that what was erased or swept meanwhile is not told.
func (s *AuditFeed) forgetBlocks() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.blocks)
}
