package document

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/authly/authly/identity"
)

const maxHostFetches = 4 // at once: the clients of one owner, who answers slowly, do not fill the rest

// The pause after a first failed fetch, which each further one doubles, up to the second.
const (
	firstPause = 10 * time.Second
	pauseUpTo  = 10 * time.Minute
)

// ErrPaused says that a document could not be fetched, and is not asked for again yet.
var ErrPaused = errors.New("the document could not be fetched a moment ago")

var (
	errHostBusy = errors.New("the host has not answered those who wait for its documents")
	errFull     = errors.New("nothing that is remembered may be dropped yet")
)

// Fetch gets a document from an address that a client registered.
type Fetch func(ctx context.Context, address string) ([]byte, error)

// Rules say what is made of documents and how much of it is remembered.
type Rules[T any] struct {
	Parse     func(text []byte) (T, error)
	Documents int           // that are remembered; the one that was idle longest is dropped for another
	Bytes     int           // of all documents that are remembered, or 0 where their number is bound enough
	Hold      time.Duration // what was fetched so recently is not dropped: rather the other is not fetched, or not kept
}

// Entry is what is known of one document.
type Entry[T any] struct {
	Value     T
	FetchedAt time.Time // of Value; zero if there is none
	TriedAt   time.Time // zero if it was never fetched
	Failures  int       // in a row

	usedAt time.Time
	bytes  int // of the document that Value was made of
}

// MayRetry reports whether the last fetch has failed so long ago that another is to be tried.
func (e Entry[T]) MayRetry(now time.Time) bool {
	return e.Failures > 0 && !now.Before(e.TriedAt.Add(min(firstPause<<min(e.Failures-1, 10), pauseUpTo)))
}

// Serves reports whether there is a value, and none that is as old as stale.
func (e Entry[T]) Serves(now time.Time, stale time.Duration) bool {
	return !e.FetchedAt.IsZero() && now.Sub(e.FetchedAt) < stale
}

// Cache remembers documents by their addresses. New makes it.
type Cache[T any] struct {
	fetch  Fetch
	source identity.Source
	rules  Rules[T]
	flight singleflight.Group // by address

	mu      sync.Mutex
	entries map[string]Entry[T]
	hosts   map[string]int // fetches that run, by host
	running int            // all of them
	bytes   int            // of all entries
}

// New makes a Cache that fetches with fetch.
func New[T any](fetch Fetch, source identity.Source, rules Rules[T]) *Cache[T] {
	return &Cache[T]{fetch: fetch, source: source, rules: rules, entries: map[string]Entry[T]{}, hosts: map[string]int{}}
}

// Get returns what is known of a document, after a fetch if that is due. The entry may hold an older value also when
// that failed: whether it serves is for the caller to say.
func (c *Cache[T]) Get(ctx context.Context, address string, due func(e Entry[T], now time.Time) bool) (Entry[T], error) {
	entry, now := c.known(address)
	if !due(entry, now) {
		return entry, nil
	}
	// The fetch goes on for the others when the first caller gives up.
	shared := context.WithoutCancel(ctx)
	result := c.flight.DoChan(address, func() (any, error) {
		entry, now := c.known(address) // another flight may have landed in between
		if !due(entry, now) {
			return entry, nil
		}
		return c.refresh(shared, address, entry)
	})
	select {
	case <-ctx.Done():
		return Entry[T]{}, fmt.Errorf("wait for document: %w", ctx.Err())
	case landed := <-result:
		entry, _ := landed.Val.(Entry[T])
		return entry, landed.Err
	}
}

// known returns what is known of an address, and the time.
func (c *Cache[T]) known(address string) (Entry[T], time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.source.Now()
	entry, ok := c.entries[address]
	if ok {
		entry.usedAt = now
		c.entries[address] = entry
	}
	return entry, now
}

// refresh fetches a document and remembers how that went.
func (c *Cache[T]) refresh(ctx context.Context, address string, entry Entry[T]) (Entry[T], error) {
	host := address
	if uri, err := url.Parse(address); err == nil {
		host = uri.Hostname()
	}
	if err := c.enter(address, host); err != nil {
		return entry, err
	}
	text, err := c.fetch(ctx, address)
	var value T
	if err == nil {
		value, err = c.rules.Parse(text)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leave(host)
	now := c.source.Now()
	entry.TriedAt, entry.usedAt = now, now
	if err == nil && !c.fits(address, len(text), now) {
		err = errFull
	}
	if err == nil {
		entry.Value, entry.FetchedAt, entry.Failures, entry.bytes = value, now, 0, len(text)
	} else {
		entry.Failures++
		err = fmt.Errorf("fetch document of client: %w", err)
	}
	c.bytes += entry.bytes - c.entries[address].bytes
	c.entries[address] = entry
	return entry, err
}

// enter counts one more fetch from a host and finds room for an address, or says why not.
func (c *Cache[T]) enter(address, host string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hosts[host] >= maxHostFetches {
		return errHostBusy
	}
	// Those that are being fetched will want room too.
	_, known := c.entries[address]
	if !known && len(c.entries)+c.running >= c.rules.Documents && !c.drop(address, c.source.Now()) {
		return errFull
	}
	c.hosts[host]++
	c.running++
	return nil
}

func (c *Cache[T]) leave(host string) {
	c.running--
	if c.hosts[host]--; c.hosts[host] == 0 {
		delete(c.hosts, host)
	}
}

// fits reports whether a document of a size can be kept, after others are dropped that may be.
func (c *Cache[T]) fits(address string, size int, now time.Time) bool {
	if c.rules.Bytes == 0 {
		return true
	}
	for c.bytes-c.entries[address].bytes+size > c.rules.Bytes {
		if !c.drop(address, now) {
			return false
		}
	}
	return true
}

// drop forgets the document that nobody has asked for for the longest time, of those that may be dropped. It reports
// whether there was one.
func (c *Cache[T]) drop(except string, now time.Time) bool {
	oldest, found := "", false
	for address, entry := range c.entries {
		if address == except || now.Sub(entry.TriedAt) < c.rules.Hold {
			continue
		}
		if !found || entry.usedAt.Before(c.entries[oldest].usedAt) {
			oldest, found = address, true
		}
	}
	if found {
		c.bytes -= c.entries[oldest].bytes
		delete(c.entries, oldest)
	}
	return found
}
