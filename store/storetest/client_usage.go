package storetest

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func clientUsage(r *runner) {
	add := func(f *fixture, days ...identity.ClientDay) {
		f.Helper()
		f.noError(f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error { return tx.AddClientDays(ctx, days) }))
	}
	midnight := start.UTC().Truncate(24 * time.Hour)
	r.run("days of clients add up, and those of a client that is gone are left out", func(f *fixture) {
		c, d, never := f.client().ID, f.client().ID, f.client().ID
		day := func(client uuid.UUID, n, tokens, refusals int, used time.Duration) identity.ClientDay {
			at := midnight.AddDate(0, 0, n)
			return identity.ClientDay{ClientID: client, Day: at, Tokens: tokens, Refusals: refusals, LastUsedAt: at.Add(used)}
		}
		add(f)
		add(f, day(f.id(), 0, 1, 1, time.Hour))
		add(f, day(c, 0, 3, 0, 2*time.Hour), day(c, 1, 1, 0, time.Hour), day(f.id(), 0, 9, 9, time.Hour), day(d, 0, 0, 5, time.Hour))
		add(f, day(c, 0, 4, 1, time.Hour)) // of another node, whose last one was before
		add(f, day(c, 0, 1, 0, 3*time.Hour))
		got := must(f.store.ClientDays(f.ctx, []uuid.UUID{c, d, never, f.id(), c}))(f)
		f.equal(got, map[uuid.UUID][]identity.ClientDay{
			c: {day(c, 0, 8, 1, 3*time.Hour), day(c, 1, 1, 0, time.Hour)}, d: {day(d, 0, 0, 5, time.Hour)},
		})
		f.equal(len(must(f.store.ClientDays(f.ctx, nil))(f)), 0)
		f.noError(f.store.DeleteClient(f.ctx, c))
		f.equal(len(must(f.store.ClientDays(f.ctx, []uuid.UUID{c}))(f)), 0)
	})
	r.run("many nodes that add at once lose nothing", func(f *fixture) {
		const nodes, clients = 8, 20
		ids := make([]uuid.UUID, clients)
		for i := range ids {
			ids[i] = f.client().ID
		}
		var all sync.WaitGroup
		for range nodes {
			all.Go(func() {
				days := make([]identity.ClientDay, clients)
				for i, id := range ids {
					days[i] = identity.ClientDay{ClientID: id, Day: midnight, Tokens: 1, Refusals: 2, LastUsedAt: midnight}
				}
				err := f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error { return tx.AddClientDays(ctx, days) })
				if err != nil {
					f.Error(err)
				}
			})
		}
		all.Wait()
		for _, id := range ids {
			f.equal(must(f.store.ClientDays(f.ctx, []uuid.UUID{id}))(f)[id][0].Tokens, nodes)
			f.equal(must(f.store.ClientDays(f.ctx, []uuid.UUID{id}))(f)[id][0].Refusals, 2*nodes)
		}
	})
	r.run("old days of clients are swept, but the last of each", func(f *fixture) {
		c, d := f.client().ID, f.client().ID
		for n := range 5 {
			add(f, identity.ClientDay{ClientID: c, Day: midnight.AddDate(0, 0, n), Tokens: 1, LastUsedAt: midnight})
		}
		add(f, identity.ClientDay{ClientID: d, Day: midnight, Tokens: 1, LastUsedAt: midnight})
		f.equal(must(f.store.Sweep(f.ctx, identity.Expiry{ClientDaysBefore: midnight.AddDate(0, 0, 3)}, 2))(f), 2)
		f.equal(must(f.store.Sweep(f.ctx, identity.Expiry{ClientDaysBefore: midnight.AddDate(0, 0, 3)}, 2))(f), 1)
		f.equal(must(f.store.Sweep(f.ctx, identity.Expiry{ClientDaysBefore: midnight.AddDate(0, 0, 9)}, 9))(f), 1)
		got := must(f.store.ClientDays(f.ctx, []uuid.UUID{c, d}))(f)
		f.equal([]int{len(got[c]), len(got[d])}, []int{1, 1})
		f.equal(got[c][0].Day, midnight.AddDate(0, 0, 4))
	})
}
