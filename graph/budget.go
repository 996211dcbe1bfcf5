package graph

import (
	"context"
	"math"
	"sync"
	"time"
)

// Budget is a bucket of points for each caller. It fills up steadily to its size.
type Budget interface {
	// Spend takes the points of an operation out of the bucket of a caller if it has them.
	Spend(ctx context.Context, caller string, points int) Balance
}

// Balance is what Spend did.
type Balance struct {
	OK         bool          // the points were taken
	Available  int           // points left
	RetryAfter time.Duration // unless OK: when there will be enough
}

// NewBudget keeps the buckets in this process. size is in points, restore in points a second.
func NewBudget(size, restore int, clock func() time.Time) Budget {
	return &localBudget{size: float64(size), restore: float64(restore), clock: clock, buckets: map[string]bucket{}}
}

// sweepAt is the number of buckets at which full ones, which are like new, are thrown away.
const sweepAt = 10_000

type localBudget struct {
	size, restore float64
	clock         func() time.Time
	mu            sync.Mutex
	buckets       map[string]bucket
	sweepNext     int
}

type bucket struct {
	points float64
	at     time.Time
}

// Spend implements Budget.
func (b *localBudget) Spend(_ context.Context, caller string, points int) Balance {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock()
	has := b.level(caller, now)
	want := float64(points)
	if want > has {
		wait := time.Duration(math.Ceil((want-has)/b.restore)) * time.Second
		return Balance{Available: int(has), RetryAfter: wait}
	}
	if len(b.buckets) >= max(sweepAt, b.sweepNext) {
		for name := range b.buckets {
			if b.level(name, now) >= b.size {
				delete(b.buckets, name)
			}
		}
		b.sweepNext = 2 * len(b.buckets)
	}
	b.buckets[caller] = bucket{points: has - want, at: now}
	return Balance{OK: true, Available: int(has - want)}
}

func (b *localBudget) level(caller string, now time.Time) float64 {
	stored, known := b.buckets[caller]
	if !known {
		return b.size
	}
	return min(b.size, stored.points+max(0, now.Sub(stored.at).Seconds())*b.restore)
}
