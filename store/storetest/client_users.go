package storetest

import (
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func clientUsers(r *runner) {
	r.run("the first slices of many clients are those of the lists of each", func(f *fixture) {
		at := func(minutes int) time.Time { return f.now.Add(time.Duration(minutes) * time.Minute) }
		var clients []uuid.UUID
		for range 3 {
			clients = append(clients, f.client().ID)
		}
		for i := range 9 {
			u := f.user().ID
			s := f.session(u, func(s *identity.Session) {
				s.CreatedAt = at(i / 2)
				if i == 4 {
					s.EndedAt = &f.now
				}
			})
			for n, client := range clients[:2] {
				for range 1 + n { // the second has two grants in each session
					f.grant(u, client, func(g *identity.Grant) {
						g.CreatedAt, g.SessionID = at(i/3), &s.ID
						if i == 6 {
							g.EndedAt = &f.now
						}
					})
				}
				consent := identity.Consent{UserID: u, ClientID: client, Scopes: []string{"tea"}, CreatedAt: f.now, UpdatedAt: at(i / 3)}
				f.noError(f.store.SaveConsent(f.ctx, consent))
			}
		}
		for _, limit := range []int{1, 5, 30} {
			page := identity.KeysetRange{Limit: limit}
			for _, activeOnly := range []bool{false, true} {
				var active *bool
				if activeOnly {
					active = &activeOnly
				}
				grants := must(f.store.NewestGrantsOfClients(f.ctx, clients, activeOnly, limit, f.now))(f)
				sessions := must(f.store.NewestSessionsOfClients(f.ctx, clients, activeOnly, limit, f.now))(f)
				for _, id := range clients {
					f.equal(grants[id], nilIfNone(must(f.store.Grants(f.ctx, identity.GrantQuery{
						Filter: identity.GrantFilter{ClientID: id, Active: active}, Range: page, Now: f.now,
					}))(f)))
					f.equal(sessions[id], nilIfNone(must(f.store.Sessions(f.ctx, identity.SessionQuery{
						Filter: identity.SessionFilter{ClientID: id, Active: active}, Range: page, Now: f.now,
					}))(f)))
				}
				if limit == 30 { // of nine, one grant and one session ended
					want := map[bool][2]int{false: {18, 8}, true: {14, 7}}[activeOnly]
					f.equal([2]int{len(grants[clients[1]]), len(sessions[clients[1]])}, want)
				}
			}
			consents := must(f.store.LatestConsentsOfClients(f.ctx, clients, limit))(f)
			for _, id := range clients {
				f.equal(consents[id], nilIfNone(must(f.store.Consents(f.ctx, identity.ConsentQuery{
					Filter: identity.ConsentFilter{ClientID: id}, Range: page,
				}))(f)))
			}
			f.equal(len(consents[clients[0]]), min(limit, 9))
		}
		f.equal(len(must(f.store.LatestConsentsOfClients(f.ctx, nil, 5))(f)), 0)
		many := make([]uuid.UUID, 250) // more than one statement has parts
		for i := range many {
			many[i] = f.id()
		}
		f.equal(len(must(f.store.NewestGrantsOfClients(f.ctx, append(many, clients[0]), false, 5, f.now))(f)), 1)
	})
}

func nilIfNone[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}
