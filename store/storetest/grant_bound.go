package storetest

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func grantBounds(r *runner) {
	r.run("the grants of a session beyond a number are deleted, the oldest first", func(f *fixture) {
		u, c, other := f.user(), f.client(), f.client()
		s := f.session(u.ID)
		minutes := 0
		in := func(client uuid.UUID, change ...func(*identity.Grant)) uuid.UUID {
			minutes++
			return f.grant(u.ID, client, append(change, func(g *identity.Grant) {
				g.SessionID, g.CreatedAt = &s.ID, f.now.Add(time.Duration(minutes)*time.Minute)
			})...).ID
		}
		elsewhere := f.grant(u.ID, c.ID).ID
		device := in(c.ID, spent(f.now, 1), func(g *identity.Grant) { g.Offline = true })
		oldest := in(c.ID, spent(f.now, 1))
		ended := in(c.ID, func(g *identity.Grant) { g.EndedAt, g.EndReason = &f.now, identity.EndRevoked })
		another := in(other.ID)
		newer, newest := in(c.ID, spent(f.now, 0)), in(c.ID)
		f.ends(f.store.DeleteSessionGrantsBeyond(f.ctx, s.ID, c.ID, 2))()
		f.ends(f.store.DeleteSessionGrantsBeyond(f.ctx, s.ID, c.ID, 1))(oldest, ended)
		for id, want := range map[uuid.UUID]error{
			oldest: identity.ErrGrantNotFound, ended: identity.ErrGrantNotFound, elsewhere: nil, another: nil, newer: nil, newest: nil, device: nil,
		} {
			_, err := f.store.GrantStatusByID(f.ctx, id, f.now)
			f.wantErr(err, want)
			_, err = f.store.GrantStatus(f.ctx, id, "", f.now)
			f.wantErr(err, want)
		}
	})
	r.run("the offline grants of a user for a client beyond a number are deleted, the oldest first", func(f *fixture) {
		u, c := f.user(), f.client()
		var all []uuid.UUID
		for i := range 4 {
			all = append(all, f.grant(u.ID, c.ID, func(g *identity.Grant) {
				g.Offline, g.CreatedAt = true, f.now.Add(time.Duration(i)*time.Minute)
			}).ID)
		}
		ended := f.grant(u.ID, c.ID, func(g *identity.Grant) { g.Offline, g.EndedAt = true, &f.now }).ID
		spared := []uuid.UUID{ended, f.grant(u.ID, c.ID).ID, f.grant(f.user().ID, c.ID).ID, f.grant(u.ID, f.client().ID).ID}
		f.ends(f.store.DeleteOfflineGrantsBeyond(f.ctx, u.ID, c.ID, 4))()
		f.ends(f.store.DeleteOfflineGrantsBeyond(f.ctx, u.ID, c.ID, 3))(all[0])
		for _, id := range slices.Concat(all[1:], spared) {
			f.storedGrant(id)
		}
	})
}
