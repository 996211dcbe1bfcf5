package identity

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// ClientDay is what one client asked of the token endpoints on one day.
type ClientDay struct {
	ClientID   uuid.UUID
	Day        time.Time // midnight, UTC
	Tokens     int       // token responses
	Refusals   int       // of requests in which the client was authenticated
	LastUsedAt time.Time // the last of either
}

// ClientUsageStore keeps how much clients are used.
type ClientUsageStore interface {
	// AddClientDays adds to what is stored of the days, in few statements and in a transaction. Clients that are gone are
	// left out.
	AddClientDays(ctx context.Context, days []ClientDay) error
	// ClientDays returns what is stored of many clients, by client and oldest first, in one statement.
	ClientDays(ctx context.Context, clientIDs []uuid.UUID) (map[uuid.UUID][]ClientDay, error)
}

// UsageRetention is how long the days of clients are retained; the last one of each is retained for good, so that it is
// known when the client was last used.
const UsageRetention = 90 * 24 * time.Hour

// The bounds of what waits to be stored.
const (
	maxPendingDays = 10_000 // of clients; what is new beyond is not counted
	usagePortion   = 500    // in one transaction
)

// ClientUsages counts in memory what clients ask of this node, because issuing a token writes nothing to the database, and
// stores it in portions. Only clients that were authenticated are counted, so strangers cannot make it grow. It is safe
// for concurrent use, and a nil one counts nothing.
type ClientUsages struct {
	store Transactor
	mu    sync.Mutex
	days  map[clientDayKey]*ClientDay
}

type clientDayKey struct {
	client uuid.UUID
	day    int64
}

// Count counts one request of a client.
func (u *ClientUsages) Count(client uuid.UUID, refused bool, at time.Time) {
	if u == nil {
		return
	}
	d := ClientDay{ClientID: client, Day: at.UTC().Truncate(24 * time.Hour), LastUsedAt: at}
	if refused {
		d.Refusals = 1
	} else {
		d.Tokens = 1
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.add(d)
}

func (u *ClientUsages) add(d ClientDay) {
	key := clientDayKey{d.ClientID, d.Day.Unix()}
	known, ok := u.days[key]
	if !ok {
		if len(u.days) < maxPendingDays {
			u.days[key] = &d
		}
		return
	}
	known.Tokens += d.Tokens
	known.Refusals += d.Refusals
	if d.LastUsedAt.After(known.LastUsedAt) {
		known.LastUsedAt = d.LastUsedAt
	}
}

// Flush stores what was counted since the last time. What cannot be stored waits for the next time.
func (u *ClientUsages) Flush(ctx context.Context) error {
	u.mu.Lock()
	pending := make([]ClientDay, 0, len(u.days))
	for _, d := range u.days {
		pending = append(pending, *d)
	}
	clear(u.days)
	u.mu.Unlock()
	// In one order on every node, so that none waits for another that waits for it.
	slices.SortFunc(pending, func(a, b ClientDay) int {
		return cmp.Or(bytes.Compare(a.ClientID[:], b.ClientID[:]), a.Day.Compare(b.Day))
	})
	for len(pending) > 0 {
		portion := pending[:min(usagePortion, len(pending))]
		err := u.store.InTx(ctx, func(ctx context.Context, tx Store) error { return tx.AddClientDays(ctx, portion) })
		if err != nil {
			u.mu.Lock()
			defer u.mu.Unlock()
			for _, d := range pending {
				u.add(d)
			}
			return fmt.Errorf("store usage of clients: %w", err)
		}
		pending = pending[len(portion):]
	}
	return nil
}
