package storetest

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func consentLists(r *runner) {
	r.run("pages of consents meet every one once in both directions", func(f *fixture) {
		var all []identity.Consent
		clients := []uuid.UUID{f.client().ID, f.client().ID, f.client().ID}
		for i := range 20 {
			u := f.user()
			for n, c := range clients { // three of one user share a time
				at := start.Add(time.Duration(i*7%9) * 250 * time.Millisecond)
				consent := identity.Consent{UserID: u.ID, ClientID: c, Scopes: []string{"openid"}, CreatedAt: start, UpdatedAt: at}
				if n == 0 {
					consent.Scopes = nil
				}
				f.noError(f.store.SaveConsent(f.ctx, consent))
				all = append(all, consent)
			}
		}
		slices.SortFunc(all, func(a, b identity.Consent) int {
			if c := order(a.UpdatedAt, b.UpdatedAt, a.UserID, b.UserID); c != 0 {
				return c
			}
			return slices.Compare(a.ClientID[:], b.ClientID[:])
		})
		user := func(c identity.Consent) uuid.UUID { return c.UserID }
		f.walks(everyID(all, user), func(ascending bool, page identity.KeysetRange) []identity.CursorKey {
			return cursorKeys(f, must(f.store.Consents(f.ctx, identity.ConsentQuery{Ascending: ascending, Range: page}))(f), user)
		})
		f.equal(must(f.store.Consents(f.ctx, identity.ConsentQuery{Range: identity.KeysetRange{Limit: 1}}))(f)[0].Item, all[len(all)-1])
		q := identity.ConsentQuery{
			Filter: identity.ConsentFilter{UserID: all[0].UserID, ClientID: all[0].ClientID}, Range: identity.KeysetRange{Limit: 9},
		}
		f.equal(must(f.store.Consents(f.ctx, q))(f)[0].Item, all[0])
		for _, want := range []struct {
			filter identity.ConsentFilter
			count  int
		}{
			{identity.ConsentFilter{}, 60},
			{identity.ConsentFilter{UserID: all[0].UserID}, 3},
			{identity.ConsentFilter{ClientID: clients[1]}, 20},
			{identity.ConsentFilter{ClientID: f.id()}, 0},
			{identity.ConsentFilter{UpdatedAt: &identity.TimeMatch{Before: ptr(start.Add(time.Millisecond))}}, 9},
		} {
			f.equal(must(f.store.CountConsents(f.ctx, want.filter, 100))(f), want.count)
		}
		f.equal(must(f.store.CountConsents(f.ctx, identity.ConsentFilter{}, 5))(f), 6)
	})
	r.run("a position that is none of consents is refused", func(f *fixture) {
		for _, key := range []string{"now", "2026-03-29T01:59:58Z", "2026-03-29T01:59:58Z x", "now " + uuid.NewString()} {
			q := identity.ConsentQuery{Range: identity.KeysetRange{Limit: 1, After: &identity.CursorKey{Key: key}}}
			_, err := f.store.Consents(f.ctx, q)
			if e := identity.AsError(err); e.Kind != identity.Invalid || e.Field != "after" {
				f.Fatalf("%s: got %v", key, err)
			}
		}
	})
	r.run("many consents are found and forgotten by their users and clients", func(f *fixture) {
		u, v, c, d := f.user(), f.user(), f.client(), f.client()
		save := func(user, client uuid.UUID) identity.Consent {
			consent := identity.Consent{UserID: user, ClientID: client, Scopes: []string{"email"}, CreatedAt: f.now, UpdatedAt: f.now}
			f.noError(f.store.SaveConsent(f.ctx, consent))
			return consent
		}
		one, two, three := save(u.ID, c.ID), save(v.ID, d.ID), save(u.ID, d.ID)
		byUser := func(list []identity.Consent) []identity.Consent {
			slices.SortFunc(list, func(a, b identity.Consent) int { return slices.Compare(a.UserID[:], b.UserID[:]) })
			return list
		}
		crossed := identity.ConsentKey{UserID: v.ID, ClientID: c.ID} // nobody allowed that
		keys := []identity.ConsentKey{one.Key(), two.Key(), crossed}
		f.equal(byUser(must(f.store.ConsentsByKey(f.ctx, keys))(f)), byUser([]identity.Consent{one, two}))
		f.equal(byUser(must(f.store.DeleteConsents(f.ctx, keys))(f)), byUser([]identity.Consent{one, two}))
		f.equal(len(must(f.store.DeleteConsents(f.ctx, keys))(f)), 0)
		f.equal(must(f.store.ConsentsByKey(f.ctx, []identity.ConsentKey{three.Key(), one.Key()}))(f), []identity.Consent{three})
		f.equal(len(must(f.store.DeleteConsents(f.ctx, nil))(f)), 0)
		f.equal(len(must(f.store.ConsentsByKey(f.ctx, nil))(f)), 0)
	})
	r.run("grants of several users for a client end together", func(f *fixture) {
		u, v, w, c := f.user(), f.user(), f.user(), f.client()
		one, two := f.grant(u.ID, c.ID), f.grant(v.ID, c.ID)
		f.grant(w.ID, c.ID)
		f.grant(u.ID, f.client().ID)
		sel := identity.GrantSelection{ClientID: c.ID, UserIDs: []uuid.UUID{u.ID, v.ID}}
		ended := must(f.store.EndGrants(f.ctx, sel, f.now, identity.EndRevoked))(f)
		f.equal(len(ended), 2)
		f.equal(slices.Contains(ended, one.ID) && slices.Contains(ended, two.ID), true)
		sel.UserIDs = []uuid.UUID{}
		f.equal(len(must(f.store.EndGrants(f.ctx, sel, f.now, identity.EndRevoked))(f)), 0)
	})
}
