package cache

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"
)

// LocalCache keeps entries in this process, bounded in number, each under the rule of Versions. Callers that miss the
// same entry at the same time share one load.
type LocalCache struct {
	versions *Versions
	clock    func() time.Time
	limitTTL func(time.Duration) time.Duration // how long an entry may be served now
	entries  *otter.Cache[string, entry]
	flight   singleflight.Group
	hits     atomic.Uint64
	misses   atomic.Uint64
}

type entry struct {
	value    any
	tags     []string
	version  uint64
	loadedAt time.Time
}

// maxTTL is the longest that any entry is cached.
const maxTTL = 5 * time.Minute

// NewLocalCache returns a LocalCache of at most size entries. limitTTL shortens lifetimes while invalidations of other
// nodes may be missed.
func NewLocalCache(versions *Versions, clock func() time.Time, size int, limitTTL func(time.Duration) time.Duration) *LocalCache {
	return newLocalCache(versions, clock, limitTTL, &otter.Options[string, entry]{MaximumSize: size})
}

func newLocalCache(
	versions *Versions, clock func() time.Time, limitTTL func(time.Duration) time.Duration, bounds *otter.Options[string, entry],
) *LocalCache {
	bounds.ExpiryCalculator = otter.ExpiryWriting[string, entry](maxTTL)
	return &LocalCache{versions: versions, clock: clock, limitTTL: limitTTL, entries: otter.Must(bounds)}
}

// Stats counts the lookups that were served from memory and those that had to be loaded.
func (c *LocalCache) Stats() (hits, misses uint64) { return c.hits.Load(), c.misses.Load() }

// Loaded is a value that was read, with the tags of what it depends on. LoadedAt is when it was read if that was not
// now.
type Loaded[T any] struct {
	Value    T
	Tags     []string
	LoadedAt time.Time
}

// Loader reads a value that is not in memory.
type Loader[T any] func(ctx context.Context) (Loaded[T], error)

// Get returns the value of a key that was cached for less than ttl, or loads it. Errors are not cached.
func Get[T any](ctx context.Context, c *LocalCache, key string, ttl time.Duration, load Loader[T]) (T, error) {
	if value, ok := Lookup[T](c, key, ttl); ok {
		c.hits.Add(1)
		return value, nil
	}
	c.misses.Add(1)
	// The load goes on for the others when the first caller gives up.
	shared := context.WithoutCancel(ctx)
	// The version is part of the flight: a caller who comes after an invalidation must not get what was read before it.
	version := c.versions.Version()
	result := c.flight.DoChan(strconv.FormatUint(version, 36)+" "+key, func() (any, error) {
		loaded, err := load(shared)
		if err != nil {
			return loaded.Value, err
		}
		if loaded.LoadedAt.IsZero() {
			loaded.LoadedAt = c.clock()
		}
		c.entries.Set(key, entry{value: loaded.Value, tags: loaded.Tags, version: version, loadedAt: loaded.LoadedAt})
		return loaded.Value, nil
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

// Lookup returns the value of a key if it is in memory and current.
func Lookup[T any](c *LocalCache, key string, ttl time.Duration) (T, bool) {
	var zero T
	e, ok := c.entries.GetIfPresent(key)
	if !ok || c.clock().Sub(e.loadedAt) >= c.limitTTL(ttl) || !c.versions.UnchangedSince(e.version, e.tags...) {
		return zero, false
	}
	value, ok := e.value.(T)
	return value, ok
}

func (c *LocalCache) put(key string, value any, tags []string, version uint64) {
	c.entries.Set(key, entry{value: value, tags: tags, version: version, loadedAt: c.clock()})
}
