package cache

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/authly/authly/identity"
)

// responseCacheBytes bounds the memory that responses take: some hundred pages. Garbage collection lets them cost twice
// as much.
const responseCacheBytes = 4 << 20

// ResponseCache keeps whole responses of the admin API in two tiers: in this process, and for the other nodes in Redis
// while the bus is in sync. In Redis a response is encrypted and bound to its key and to the versions of its tags; it
// opens only under the same versions. So nobody who reads Redis learns of people, a response that somebody planted
// there is not served, and one whose version has moved is not either.
type ResponseCache struct {
	local     *LocalCache
	bus       *Bus
	keys      *identity.Keyring
	redisHits atomic.Uint64
}

// NewResponseCache returns a ResponseCache whose entries live as long as bus lets them.
func NewResponseCache(versions *Versions, clock func() time.Time, bus *Bus, keys *identity.Keyring) *ResponseCache {
	return &ResponseCache{bus: bus, keys: keys, local: newLocalCache(versions, clock, bus.LimitTTL, &otter.Options[string, entry]{
		MaximumWeight: responseCacheBytes,
		Weigher: func(key string, e entry) uint32 {
			data, _ := e.value.([]byte)
			return uint32(len(data) + len(key) + 256) //nolint:gosec // a response has some hundred kilobytes at most
		},
	})}
}

// Stats counts the lookups by where the response was found: in this process, in Redis, or nowhere.
func (c *ResponseCache) Stats() (localHits, redisHits, misses uint64) {
	localHits, localMisses := c.local.Stats()
	redisHits = c.redisHits.Load()
	return localHits, redisHits, localMisses - min(localMisses, redisHits)
}

// Get returns the response that is cached under the key, or else what load returns, which is then cached for at most
// ttl while none of the tags is invalidated. Callers that want the same at the same time share one load. An error is
// not cached. local caches it on this node only.
func (c *ResponseCache) Get(
	ctx context.Context, key string, ttl time.Duration, local bool, tags []string, load func(ctx context.Context) ([]byte, error),
) ([]byte, error) {
	return Get(ctx, c.local, key, ttl, func(ctx context.Context) (Loaded[[]byte], error) {
		if local || !c.bus.InSync() {
			data, err := load(ctx)
			return Loaded[[]byte]{Value: data, Tags: tags}, err
		}
		stored := c.bus.readEntry(ctx, key, tags)
		now := c.local.clock()
		if data, at, ok := stored.open(c.keys); ok && now.Sub(at) < ttl {
			c.redisHits.Add(1)
			return Loaded[[]byte]{Value: data, Tags: tags, LoadedAt: at}, nil
		}
		data, err := load(ctx)
		if err == nil {
			stored.put(ctx, c.keys, data, now, ttl)
		}
		return Loaded[[]byte]{Value: data, Tags: tags, LoadedAt: now}, err
	})
}
