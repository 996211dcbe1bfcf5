package identity_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// away is a database that is away while down is set.
type away struct {
	identity.Store
	down bool
}

func (s *away) InTx(ctx context.Context, fn func(ctx context.Context, tx identity.Store) error) error {
	if s.down {
		return identity.ErrUnavailable
	}
	return s.Store.InTx(ctx, fn)
}

func TestUsageIsStoredInPortionsAndAddsUp(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	deps := f.deps
	database := &away{Store: f.store}
	deps.Store = database
	one, two := identity.New(deps), identity.New(deps) // nodes
	midnight := start.Truncate(24 * time.Hour)
	one.Usage.Count(app.ID, false, start)
	one.Usage.Count(app.ID, true, start.Add(time.Minute))
	one.Usage.Count(app.ID, false, start.Add(24*time.Hour))
	one.Usage.Count(uuid.New(), false, start) // it is deleted before
	two.Usage.Count(app.ID, false, start.Add(-time.Minute))
	database.down = true
	wantError(t, one.Usage.Flush(f.ctx), identity.ErrUnavailable)
	one.Usage.Count(app.ID, false, start.Add(2*time.Minute))
	database.down = false
	for range 2 { // what is stored is not stored again
		noError(t, one.Usage.Flush(f.ctx))
		noError(t, two.Usage.Flush(f.ctx))
	}
	days, err := f.store.ClientDays(f.ctx, []uuid.UUID{app.ID})
	noError(t, err)
	wantSame(t, days[app.ID], []identity.ClientDay{
		{ClientID: app.ID, Day: midnight, Tokens: 3, Refusals: 1, LastUsedAt: start.Add(2 * time.Minute)},
		{ClientID: app.ID, Day: midnight.AddDate(0, 0, 1), Tokens: 1, LastUsedAt: start.Add(24 * time.Hour)},
	})
	var none *identity.ClientUsages
	none.Count(app.ID, false, start)
}

func TestUsageThatWaitsIsBounded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	f.Usage.Count(app.ID, false, start)
	for range 10_100 {
		f.Usage.Count(uuid.New(), false, start)
	}
	late := f.client(t, "late")
	f.Usage.Count(late.ID, false, start)
	f.Usage.Count(app.ID, false, start)
	noError(t, f.Usage.Flush(f.ctx))
	days, err := f.store.ClientDays(f.ctx, []uuid.UUID{app.ID, late.ID})
	noError(t, err)
	wantSame(t, []int{days[app.ID][0].Tokens, len(days[late.ID])}, []int{2, 0})
}
