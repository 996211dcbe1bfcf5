package cache

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/authly/authly/identity"
)

// answerBytes bounds the memory that answers take: some hundred pages. Garbage collection lets them cost twice as much.
const answerBytes = 4 << 20

// Answers keeps whole answers of the admin API in two tiers: in this process, and for the other nodes in Redis while it
// is heard. In Redis an answer is encrypted and bound to its key and to the versions of what it depends on; it opens
// only under the same versions. So nobody who reads Redis learns of people, an answer that somebody planted there is
// not served, and one whose version has moved is not either.
type Answers struct {
	memory *Memory
	bus    *Bus
	keys   *identity.Keyring
	found  atomic.Uint64 // in Redis
}

// NewAnswers makes an Answers. The rule of lifetimes is that of bus.
func NewAnswers(versions *Versions, clock func() time.Time, bus *Bus, keys *identity.Keyring) *Answers {
	return &Answers{bus: bus, keys: keys, memory: newMemory(versions, clock, bus.Limit, &otter.Options[string, entry]{
		MaximumWeight: answerBytes,
		Weigher: func(key string, e entry) uint32 {
			data, _ := e.value.([]byte)
			return uint32(len(data) + len(key) + 256) //nolint:gosec // an answer has some hundred kilobytes at most
		},
	})}
}

// Stats counts the answers by where they were found: in this process, in Redis, or nowhere.
func (a *Answers) Stats() (memory, redis, read uint64) {
	hits, misses := a.memory.Stats()
	found := a.found.Load()
	return hits, found, misses - min(misses, found)
}

// Answer returns what is kept under the key, or else what read gives, which is then kept for at most life while none of
// the subjects is changed. Callers that want the same at the same time share one read. An error is not kept. local
// keeps it on this node only.
func (a *Answers) Answer(
	ctx context.Context, key string, life time.Duration, local bool, subjects []string, read func(ctx context.Context) ([]byte, error),
) ([]byte, error) {
	return Get(ctx, a.memory, key, life, func(ctx context.Context) (Answer[[]byte], error) {
		if local || !a.bus.Heard() {
			data, err := read(ctx)
			return Answer[[]byte]{Value: data, Names: subjects}, err
		}
		shelf := a.bus.shelf(ctx, key, subjects)
		now := a.memory.clock()
		if data, at, ok := shelf.open(a.keys); ok && now.Sub(at) < life {
			a.found.Add(1)
			return Answer[[]byte]{Value: data, Names: subjects, At: at}, nil
		}
		data, err := read(ctx)
		if err == nil {
			shelf.put(ctx, a.keys, data, now, life)
		}
		return Answer[[]byte]{Value: data, Names: subjects, At: now}, err
	})
}
