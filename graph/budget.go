package graph

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql/handler/lru"
	"golang.org/x/time/rate"
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

// NewBudget returns a Budget of this process. size is in points, restore in points a second.
func NewBudget(size, restore int, clock func() time.Time) Budget {
	return &localBudget{size: size, restore: restore, clock: clock, limiters: lru.New[*rate.Limiter](maxBuckets)}
}

// maxBuckets bounds the callers that are remembered. One that was forgotten has a full bucket again; that takes as many
// other administrators and clients in the time of a bucket.
const maxBuckets = 10_000

type localBudget struct {
	size, restore int
	clock         func() time.Time
	mu            sync.Mutex
	limiters      *lru.LRU[*rate.Limiter]
}

// Spend implements Budget.
func (b *localBudget) Spend(ctx context.Context, caller string, points int) Balance {
	b.mu.Lock()
	defer b.mu.Unlock()
	limiter, known := b.limiters.Get(ctx, caller)
	if !known {
		limiter = rate.NewLimiter(rate.Limit(b.restore), b.size)
		b.limiters.Add(ctx, caller, limiter)
	}
	now := b.clock()
	ok := limiter.AllowN(now, points)
	left := limiter.TokensAt(now)
	balance := Balance{OK: ok, Available: int(left)}
	if !ok {
		balance.RetryAfter = time.Duration(math.Ceil((float64(points)-left)/float64(b.restore))) * time.Second
	}
	return balance
}
