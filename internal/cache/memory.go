package cache

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"
)

// Memory keeps answers in this process, bounded in number, each under the rule of Versions. Callers that miss the same
// answer at the same time share one read.
type Memory struct {
	versions *Versions
	clock    func() time.Time
	limit    func(time.Duration) time.Duration // how long an answer may be served now
	entries  *otter.Cache[string, entry]
	flight   singleflight.Group
	hits     atomic.Uint64
	misses   atomic.Uint64
}

type entry struct {
	value any
	names []string
	stamp uint64
	at    time.Time
}

// maxKept is the longest that any answer is kept.
const maxKept = 5 * time.Minute

// NewMemory makes a Memory of at most size answers. limit shortens lifetimes while bumps of other nodes may not be
// heard.
func NewMemory(versions *Versions, clock func() time.Time, size int, limit func(time.Duration) time.Duration) *Memory {
	return newMemory(versions, clock, limit, &otter.Options[string, entry]{MaximumSize: size})
}

func newMemory(
	versions *Versions, clock func() time.Time, limit func(time.Duration) time.Duration, bounds *otter.Options[string, entry],
) *Memory {
	bounds.ExpiryCalculator = otter.ExpiryWriting[string, entry](maxKept)
	return &Memory{versions: versions, clock: clock, limit: limit, entries: otter.Must(bounds)}
}

// Stats counts the answers that were served from memory and those that had to be read.
func (m *Memory) Stats() (hits, misses uint64) { return m.hits.Load(), m.misses.Load() }

// Answer is what was read, with the names of what it depends on. At is when it was read if that was not now.
type Answer[T any] struct {
	Value T
	Names []string
	At    time.Time
}

// Read is how an answer is got when it is not in memory.
type Read[T any] func(ctx context.Context) (Answer[T], error)

// Get serves the answer of a key for at most life, or reads it. Errors are not kept.
func Get[T any](ctx context.Context, m *Memory, key string, life time.Duration, read Read[T]) (T, error) {
	if value, ok := Peek[T](m, key, life); ok {
		m.hits.Add(1)
		return value, nil
	}
	m.misses.Add(1)
	// The reading goes on for the others when the first caller gives up.
	shared := context.WithoutCancel(ctx)
	// The stamp is part of the flight: who comes after a bump must not get what was read before it.
	stamp := m.versions.Stamp()
	result := m.flight.DoChan(strconv.FormatUint(stamp, 36)+" "+key, func() (any, error) {
		answer, err := read(shared)
		if err != nil {
			return answer.Value, err
		}
		if answer.At.IsZero() {
			answer.At = m.clock()
		}
		m.entries.Set(key, entry{value: answer.Value, names: answer.Names, stamp: stamp, at: answer.At})
		return answer.Value, nil
	})
	var zero T
	select {
	case <-ctx.Done():
		return zero, ctx.Err()
	case r := <-result:
		if r.Err != nil {
			return zero, r.Err
		}
		value, _ := r.Val.(T) // every key has one type
		return value, nil
	}
}

// Peek serves an answer that is in memory and current.
func Peek[T any](m *Memory, key string, life time.Duration) (T, bool) {
	var zero T
	e, ok := m.entries.GetIfPresent(key)
	if !ok || m.clock().Sub(e.at) >= m.limit(life) || !m.versions.Current(e.stamp, e.names...) {
		return zero, false
	}
	value, ok := e.value.(T)
	return value, ok
}

func (m *Memory) put(key string, value any, names []string, stamp uint64) {
	m.entries.Set(key, entry{value: value, names: names, stamp: stamp, at: m.clock()})
}
