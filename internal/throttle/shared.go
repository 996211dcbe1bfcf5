package throttle

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/authly/authly/identity"
)

const (
	answerWithin = 50 * time.Millisecond // longer is away
	awayFor      = 5 * time.Second       // until Redis is asked again
)

// script is one step on one key, atomic in Redis; see bucket.lua.
//
//go:embed bucket.lua
var script string

// Shared keeps buckets in Redis, for all nodes of a deployment. It is safe for concurrent use.
type Shared struct {
	client *redis.Client
	prefix string
	now    func() time.Time
	logger *slog.Logger
	alone  *Memory       // counts while Redis is away
	within time.Duration // how long Redis may take to reply

	mu        sync.Mutex
	awayUntil time.Time
	degraded  atomic.Bool
}

var _ identity.Throttle = (*Shared)(nil)

// NewShared returns a Shared on the Redis at the address; issuer separates the deployments that use it. The connection
// is made when it is needed.
func NewShared(address, issuer string, now func() time.Time, logger *slog.Logger) (*Shared, error) {
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("redis address: %w", err)
	}
	options.DialTimeout, options.MaxRetries, options.ContextTimeoutEnabled = time.Second, -1, true
	sum := sha256.Sum256([]byte(issuer))
	return &Shared{
		client: redis.NewClient(options), prefix: "authly:" + hex.EncodeToString(sum[:8]) + ":throttle:", now: now, logger: logger,
		alone: NewMemory(now), within: answerWithin,
	}, nil
}

// Close closes the connections.
func (s *Shared) Close() error { return s.client.Close() }

// Degraded reports whether Redis is away, so that this node counts by itself.
func (s *Shared) Degraded() bool { return s.degraded.Load() }

// Take implements identity.Throttle.
func (s *Shared) Take(ctx context.Context, buckets ...identity.Bucket) identity.Taken {
	replies, ok := s.run(ctx, "take", buckets)
	if !ok {
		return s.alone.Take(ctx, strict(buckets)...)
	}
	left := make([]identity.Left, len(buckets))
	var held []identity.Bucket
	empty := identity.Taken{Empty: -1}
	for i, reply := range replies {
		if wait := microseconds(reply[0]); wait > 0 {
			if !empty.Refused() {
				empty = identity.Taken{Empty: i, Wait: wait}
			}
			continue
		}
		held = append(held, buckets[i])
		left[i] = identity.Left{Next: microseconds(reply[1]), First: reply[2] == 1}
	}
	if empty.Refused() {
		s.Give(ctx, held...)
		return empty
	}
	return identity.Taken{Empty: -1, Left: left}
}

// Wait implements identity.Throttle.
func (s *Shared) Wait(ctx context.Context, b identity.Bucket) time.Duration {
	replies, ok := s.run(ctx, "wait", []identity.Bucket{b})
	if !ok {
		return s.alone.Wait(ctx, identity.Bucket{Key: b.Key, Rate: stricter(b.Rate)})
	}
	return microseconds(replies[0][0])
}

// Give implements identity.Throttle.
func (s *Shared) Give(ctx context.Context, buckets ...identity.Bucket) {
	if len(buckets) == 0 {
		return
	}
	if _, ok := s.run(ctx, "give", buckets); !ok {
		s.alone.Give(ctx, strict(buckets)...)
	}
}

// Clear implements identity.Throttle.
func (s *Shared) Clear(ctx context.Context, keys ...string) {
	s.alone.Clear(ctx, keys...)
	buckets := make([]identity.Bucket, len(keys))
	for i, key := range keys {
		buckets[i].Key = key
	}
	s.run(ctx, "clear", buckets)
}

// Begins implements identity.Throttle.
func (s *Shared) Begins(ctx context.Context, key string, quiet time.Duration) bool {
	replies, ok := s.run(ctx, "begin", []identity.Bucket{{Key: key, Rate: identity.Rate{Burst: 1, Interval: quiet}}})
	if !ok {
		return s.alone.Begins(ctx, key, quiet)
	}
	return replies[0][0] == 1
}

// reply is what the script returns: of take the wait, the time to the next one and 1 if it was full; of begin 1 if so.
type reply [3]int64

// run runs a step on each bucket in one round trip. False when Redis is away.
func (s *Shared) run(ctx context.Context, step string, buckets []identity.Bucket) ([]reply, bool) {
	now := s.now()
	if s.isAway(now) {
		return nil, false
	}
	// Whoever asked may hang up: that must neither look as if Redis were away, nor hold what was taken.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.within)
	defer cancel()
	commands := make([]*redis.Cmd, len(buckets))
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, b := range buckets {
			commands[i] = p.Eval(ctx, script, []string{s.prefix + b.Key}, step, now.UnixMicro(), b.Interval.Microseconds(), b.Burst)
		}
		return nil
	})
	replies := make([]reply, len(buckets))
	for i := 0; err == nil && i < len(commands); i++ {
		var values []int64
		if values, err = commands[i].Int64Slice(); err == nil && copy(replies[i][:], values) != len(replies[i]) {
			err = fmt.Errorf("redis answered %d values", len(values))
		}
	}
	if err != nil {
		s.lost(ctx, now, err)
		return nil, false
	}
	if s.degraded.Swap(false) {
		s.logger.InfoContext(ctx, "throttle: redis is back; nodes count together again")
	}
	return replies, true
}

func (s *Shared) isAway(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Before(s.awayUntil)
}

// lost notes that Redis is away, and says so once.
func (s *Shared) lost(ctx context.Context, now time.Time, err error) {
	s.mu.Lock()
	s.awayUntil = now.Add(awayFor)
	s.mu.Unlock()
	if !s.degraded.Swap(true) {
		s.logger.WarnContext(ctx, "throttle: redis is away; this node counts by itself, with half of each limit", "cause", err.Error())
	}
}

func strict(buckets []identity.Bucket) []identity.Bucket {
	list := make([]identity.Bucket, len(buckets))
	for i, b := range buckets {
		list[i] = identity.Bucket{Key: b.Key, Rate: stricter(b.Rate)}
	}
	return list
}
