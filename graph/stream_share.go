package graph

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql/handler/lru"
)

// streams counts those that are open, on this node.
type streams struct {
	limits  Limits
	mu      sync.Mutex
	all     int
	callers map[string]int
}

// streamRetry is when a caller may try again who found no room.
const streamRetry = 10 * time.Second

// enter makes room for one more stream of a caller; leave gives it back.
func (s *streams) enter(caller string) (leave func(), f *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.callers[caller] >= s.limits.CallerStreams:
		f = refuse(http.StatusTooManyRequests, codeRateLimit, "You have %d streams open on this node; end one.", s.limits.CallerStreams)
	case s.all >= s.limits.Streams:
		f = refuse(http.StatusServiceUnavailable, codeUnavailable, "This node has no room for more streams.")
	}
	if f != nil {
		f.retryAfter = streamRetry
		return nil, f
	}
	s.all++
	s.callers[caller]++
	return func() { s.leave(caller) }, nil
}

func (s *streams) leave(caller string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.callers[caller]--; s.callers[caller] == 0 {
		delete(s.callers, caller)
	}
}

// frames shares rendered events between streams, so that a hundred consoles cost little more than one.
type frames struct {
	mu   sync.Mutex
	kept *lru.LRU[*frame]
}

// The bounds of what is shared: how many events, and how large one may be.
const (
	maxFrames    = 2_000
	maxFrameSize = 4 << 10
)

func newFrames() *frames { return &frames{kept: lru.New[*frame](maxFrames)} }

type frame struct {
	once sync.Once
	text []byte // nil: it cannot be shared
}

// get returns what make returns for the key, called once for all who ask at the time or soon after.
func (f *frames) get(ctx context.Context, key string, render func() []byte) []byte {
	f.mu.Lock()
	shared, known := f.kept.Get(ctx, key)
	if !known {
		shared = &frame{}
		f.kept.Add(ctx, key, shared)
	}
	f.mu.Unlock()
	var mine []byte
	shared.once.Do(func() {
		if mine = render(); len(mine) <= maxFrameSize {
			shared.text = mine
		}
	})
	if mine != nil {
		return mine
	}
	return shared.text
}
