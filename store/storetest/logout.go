package storetest

import (
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func logouts(r *runner) {
	r.run("the clients of sessions are those with live grants, each once", func(f *fixture) {
		u, c, d := f.user(), f.client(), f.client()
		one, two := f.id(), f.id()
		in := func(id uuid.UUID) func(*identity.Grant) { return func(g *identity.Grant) { g.SessionID = &id } }
		f.grant(u.ID, c.ID, in(one))
		f.grant(u.ID, c.ID, in(one))
		ended := f.grant(u.ID, d.ID, in(one))
		f.grant(u.ID, d.ID, in(two))
		must(f.store.EndGrants(f.ctx, identity.GrantSelection{IDs: []uuid.UUID{ended.ID}}, f.now, identity.EndRevoked))(f)
		f.equal(
			must(f.store.SessionClients(f.ctx, []uuid.UUID{one}))(f),
			[]identity.SessionClient{{SessionID: one, UserID: u.ID, ClientID: c.ID}},
		)
		f.equal(len(must(f.store.SessionClients(f.ctx, []uuid.UUID{one, two}))(f)), 2)
		f.equal(len(must(f.store.SessionClients(f.ctx, nil))(f)), 0)
	})
}
