package throttle

import (
	"context"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/authly/authly/identity"
)

// maxKeys bounds the buckets in memory: about 20 MB.
const maxKeys = 200_000

// shardCount divides the buckets, so that requests seldom wait for one another.
const shardCount = 64

// Memory keeps buckets in this process. It is safe for concurrent use.
type Memory struct {
	now    func() time.Time
	seed   maphash.Seed
	most   int // buckets in a shard
	shards [shardCount]shard
}

var _ identity.Throttle = (*Memory)(nil)

type shard struct {
	mu   sync.Mutex
	full map[string]int64 // when each bucket will be full
}

// NewMemory returns a Memory by the clock.
func NewMemory(now func() time.Time) *Memory {
	m := &Memory{now: now, seed: maphash.MakeSeed(), most: maxKeys / shardCount}
	for i := range m.shards {
		m.shards[i].full = map[string]int64{}
	}
	return m
}

// Take implements identity.Throttle.
func (m *Memory) Take(_ context.Context, buckets ...identity.Bucket) identity.Taken {
	left := make([]identity.Left, len(buckets))
	for i, b := range buckets {
		one := m.take(b)
		if one.wait > 0 {
			m.give(buckets[:i])
			return identity.Taken{Empty: i, Wait: one.wait}
		}
		left[i] = one.Left
	}
	return identity.Taken{Empty: -1, Left: left}
}

func (m *Memory) take(b identity.Bucket) taken {
	s, now := m.shard(b.Key), m.now().UnixMicro()
	s.mu.Lock()
	defer s.mu.Unlock()
	one := take(s.full[b.Key], now, b.Rate)
	if one.wait == 0 {
		s.put(b.Key, one.full, now, m.most)
	}
	return one
}

// Wait implements identity.Throttle.
func (m *Memory) Wait(_ context.Context, b identity.Bucket) time.Duration {
	s, now := m.shard(b.Key), m.now().UnixMicro()
	s.mu.Lock()
	defer s.mu.Unlock()
	return take(s.full[b.Key], now, b.Rate).wait
}

// Give implements identity.Throttle.
func (m *Memory) Give(_ context.Context, buckets ...identity.Bucket) { m.give(buckets) }

func (m *Memory) give(buckets []identity.Bucket) {
	now := m.now().UnixMicro()
	for _, b := range buckets {
		s := m.shard(b.Key)
		s.mu.Lock()
		if full := give(s.full[b.Key], b.Rate); full > now {
			s.full[b.Key] = full
		} else {
			delete(s.full, b.Key)
		}
		s.mu.Unlock()
	}
}

// Clear implements identity.Throttle.
func (m *Memory) Clear(_ context.Context, keys ...string) {
	for _, key := range keys {
		s := m.shard(key)
		s.mu.Lock()
		delete(s.full, key)
		s.mu.Unlock()
	}
}

// Begins implements identity.Throttle.
func (m *Memory) Begins(_ context.Context, key string, quiet time.Duration) bool {
	s, now := m.shard(key), m.now().UnixMicro()
	s.mu.Lock()
	defer s.mu.Unlock()
	begins := s.full[key] <= now
	s.put(key, now+quiet.Microseconds(), now, m.most)
	return begins
}

// Len returns how many buckets are not known to be full.
func (m *Memory) Len() int {
	n := 0
	for i := range m.shards {
		m.shards[i].mu.Lock()
		n += len(m.shards[i].full)
		m.shards[i].mu.Unlock()
	}
	return n
}

func (m *Memory) shard(key string) *shard {
	return &m.shards[maphash.String(m.seed, key)%shardCount]
}

// put stores a bucket, and makes room for it first.
func (s *shard) put(key string, full, now int64, most int) {
	if _, known := s.full[key]; !known && len(s.full) >= most {
		s.makeRoom(now, most)
	}
	s.full[key] = full
}

// makeRoom removes the buckets that are full, and at least an eighth of all: those that will be full first. So a flood of
// keys that are used once does not wash out a bucket that is empty.
func (s *shard) makeRoom(now int64, most int) {
	times := make([]int64, 0, len(s.full))
	for _, full := range s.full {
		times = append(times, full)
	}
	slices.Sort(times)
	limit, left := times[most/8], most/8
	for key, full := range s.full {
		if full <= now || full < limit || full == limit && left > 0 {
			delete(s.full, key)
			left--
		}
	}
}
