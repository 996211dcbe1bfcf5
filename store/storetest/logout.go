package storetest

import (
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func logouts(r *runner) {
	enqueue := func(f *fixture, client uuid.UUID, due time.Time) identity.LogoutDelivery {
		d := identity.LogoutDelivery{
			ID: f.id(), ClientID: client, SessionID: f.id(), UserID: f.id(), URI: "https://rp.example/logout",
			NextAttemptAt: due, CreatedAt: f.now,
		}
		if err := f.store.InsertLogoutDeliveries(f.ctx, d); err != nil {
			f.Fatal(err)
		}
		return d
	}
	r.run("the clients of sessions are those with live grants, each once", func(f *fixture) {
		u, c, d := f.user(), f.client(), f.client()
		one, two := f.id(), f.id()
		in := func(id uuid.UUID) func(*identity.Grant) { return func(g *identity.Grant) { g.SessionID = &id } }
		f.grant(u.ID, c.ID, in(one))
		f.grant(u.ID, c.ID, in(one))
		ended := f.grant(u.ID, d.ID, in(one))
		f.grant(u.ID, d.ID, in(two))
		must(f.store.EndGrants(f.ctx, identity.GrantSelection{IDs: []uuid.UUID{ended.ID}}, f.now, identity.EndRevoked))(f)
		f.equal(must(f.store.SessionClients(f.ctx, []uuid.UUID{one}))(f), []identity.SessionClient{{SessionID: one, UserID: u.ID, ClientID: c.ID}})
		f.equal(len(must(f.store.SessionClients(f.ctx, []uuid.UUID{one, two}))(f)), 2)
		f.equal(len(must(f.store.SessionClients(f.ctx, nil))(f)), 0)
	})
	r.run("a delivery is claimed when it is due, and not again before its lease ends", func(f *fixture) {
		c := f.client()
		due, later := enqueue(f, c.ID, f.now), enqueue(f, c.ID, f.now.Add(time.Hour))
		lease := f.now.Add(time.Minute)
		claimed := must(f.store.ClaimLogoutDeliveries(f.ctx, f.now, lease, 10))(f)
		due.Attempts, due.NextAttemptAt = 1, lease
		f.equal(claimed, []identity.LogoutDelivery{due})
		f.equal(len(must(f.store.ClaimLogoutDeliveries(f.ctx, f.now, lease, 10))(f)), 0)
		f.equal(len(must(f.store.ClaimLogoutDeliveries(f.ctx, lease, lease.Add(time.Minute), 10))(f)), 1)
		if err := f.store.FinishLogoutDelivery(f.ctx, due.ID, f.now, true); err != nil {
			f.Fatal(err)
		}
		if err := f.store.RescheduleLogoutDelivery(f.ctx, later.ID, f.now.Add(2*time.Hour)); err != nil {
			f.Fatal(err)
		}
		f.equal(len(must(f.store.ClaimLogoutDeliveries(f.ctx, f.now.Add(90*time.Minute), lease, 10))(f)), 0)
		if err := f.store.FinishLogoutDelivery(f.ctx, later.ID, f.now, false); err != nil {
			f.Fatal(err)
		}
		f.equal(len(must(f.store.ClaimLogoutDeliveries(f.ctx, f.now.Add(9*time.Hour), lease, 10))(f)), 0)
	})
	r.run("of many nodes one claims a delivery", func(f *fixture) {
		enqueue(f, f.client().ID, f.now)
		var all sync.WaitGroup
		counts := make([]int, 20)
		for i := range counts {
			all.Go(func() {
				claimed, err := f.store.ClaimLogoutDeliveries(f.ctx, f.now, f.now.Add(time.Minute), 10)
				if err != nil {
					f.Error(err)
				}
				counts[i] = len(claimed)
			})
		}
		all.Wait()
		total := 0
		for _, n := range counts {
			total += n
		}
		f.equal(total, 1)
	})
}
