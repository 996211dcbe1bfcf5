package storetest

import (
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func devices(r *runner) {
	digest := func(name string) []byte { return []byte(name) }
	known := func(f *fixture, userID uuid.UUID, network string, browser ...[]byte) identity.Familiarity {
		f.Helper()
		return must(f.store.Familiarity(f.ctx, userID, browser, network, f.now, f.now.Add(-2*time.Hour), f.now.Add(-time.Hour)))(f)
	}
	r.run("a place is known to the user who was there, for a while", func(f *fixture) {
		u, other := f.user(), f.user()
		f.equal(known(f, u.ID, "192.0.2.0/24"), identity.Familiarity{})
		f.equal(known(f, f.id(), "192.0.2.0/24", digest("b")), identity.Familiarity{})
		place := identity.Place{UserID: u.ID, Browser: digest("b"), Network: "192.0.2.0/24", At: f.now}
		for range 2 {
			f.noError(f.store.RememberPlace(f.ctx, place))
		}
		f.equal(known(f, u.ID, "192.0.2.0/24", digest("old"), digest("b")), identity.Familiarity{Browser: true, Network: true})
		f.equal(known(f, u.ID, "198.51.100.0/24", digest("b")), identity.Familiarity{Browser: true})
		f.equal(known(f, u.ID, "192.0.2.0/24", digest("c")), identity.Familiarity{Network: true})
		f.equal(known(f, u.ID, "192.0.2.0/24"), identity.Familiarity{Network: true})
		f.equal(known(f, other.ID, "192.0.2.0/24", digest("b")), identity.Familiarity{})
		f.now = f.now.Add(time.Hour)
		f.equal(known(f, u.ID, "192.0.2.0/24", digest("b")), identity.Familiarity{Browser: true})
		f.now = f.now.Add(time.Hour)
		f.equal(known(f, u.ID, "192.0.2.0/24", digest("b")), identity.Familiarity{})
	})
	r.run("a browser that gets a new cookie is known by that one only", func(f *fixture) {
		u, second := f.user(), f.user()
		f.noError(f.store.RememberPlace(f.ctx, identity.Place{UserID: u.ID, Browser: digest("one"), Network: "n", At: f.now}))
		f.noError(f.store.RememberPlace(f.ctx, identity.Place{
			UserID: second.ID, Browser: digest("two"), Former: [][]byte{digest("zero"), digest("one")}, Network: "n", At: f.now,
		}))
		f.equal(known(f, u.ID, "", digest("one")), identity.Familiarity{})
		f.equal(known(f, u.ID, "", digest("two")), identity.Familiarity{Browser: true})
		f.equal(known(f, second.ID, "", digest("two")), identity.Familiarity{Browser: true})
	})
	r.run("a browser spares a user the second factor until then, or until that is ended", func(f *fixture) {
		u, other := f.user(), f.user()
		until := f.now.Add(time.Minute)
		trusted := identity.Familiarity{Browser: true, Trusted: true}
		f.noError(f.store.RememberPlace(f.ctx, identity.Place{UserID: other.ID, Browser: digest("b"), Network: "n", At: f.now}))
		f.noError(f.store.RememberPlace(f.ctx, identity.Place{UserID: u.ID, Browser: digest("b"), Network: "n", At: f.now, Trusted: &until}))
		f.equal(known(f, u.ID, "", digest("b")), trusted)
		f.equal(known(f, u.ID, "", digest("c")), identity.Familiarity{})
		f.equal(known(f, other.ID, "", digest("b")), identity.Familiarity{Browser: true})
		f.noError(f.store.RememberPlace(f.ctx, identity.Place{UserID: u.ID, Browser: digest("b"), Network: "n", At: f.now}))
		f.equal(known(f, u.ID, "", digest("b")), trusted)
		f.noError(f.store.RememberPlace(f.ctx, identity.Place{
			UserID: other.ID, Browser: digest("d"), Former: [][]byte{digest("b")}, Network: "n", At: f.now,
		}))
		f.equal(known(f, u.ID, "", digest("d")), trusted)
		f.equal(must(f.store.CountTrusted(f.ctx, u.ID, f.now))(f), 1)
		browsers := must(f.store.BrowsersOfUsers(f.ctx, []uuid.UUID{u.ID, other.ID, f.user().ID}))(f)
		f.equal(len(browsers), 2)
		f.equal(browsers[u.ID][0].TrustedUntil != nil && !browsers[u.ID][0].LastSeenAt.IsZero(), true)
		f.equal(browsers[other.ID][0].TrustedUntil == nil, true)
		f.equal(len(must(f.store.BrowsersOfUsers(f.ctx, nil))(f)), 0)
		f.equal(must(f.store.CountTrusted(f.ctx, other.ID, f.now))(f), 0)

		f.now = until
		f.equal(known(f, u.ID, "", digest("d")), identity.Familiarity{Browser: true})
		f.equal(must(f.store.CountTrusted(f.ctx, u.ID, f.now))(f), 0)
		f.equal(must(f.store.EndTrust(f.ctx, u.ID, nil, f.now))(f), 0)
		later := f.now.Add(time.Minute)
		f.noError(f.store.RememberPlace(f.ctx, identity.Place{UserID: u.ID, Browser: digest("d"), Network: "n", At: f.now, Trusted: &later}))
		f.equal(must(f.store.EndTrust(f.ctx, other.ID, nil, f.now))(f), 0)
		f.equal(must(f.store.EndTrust(f.ctx, u.ID, [][]byte{digest("b"), digest("d")}, f.now))(f), 0)
		f.equal(known(f, u.ID, "", digest("d")), trusted)
		f.equal(must(f.store.EndTrust(f.ctx, u.ID, [][]byte{digest("b")}, f.now))(f), 1)
		f.equal(known(f, u.ID, "", digest("d")), identity.Familiarity{Browser: true})
	})
	r.run("a sign-in without a browser is remembered by its network", func(f *fixture) {
		u := f.user()
		f.noError(f.store.RememberPlace(f.ctx, identity.Place{UserID: u.ID, Network: "n", At: f.now}))
		f.equal(known(f, u.ID, "n", digest("")), identity.Familiarity{Network: true})
		if err := f.store.RememberPlace(f.ctx, identity.Place{UserID: f.id(), Network: "n", At: f.now}); err == nil {
			f.Error("a place of nobody")
		}
	})
	r.run("the oldest places are forgotten", func(f *fixture) {
		u, name := f.user(), func(i int) string { return fmt.Sprint("place ", i) }
		for i := range identity.MaxKnownBrowsers + 3 {
			f.noError(f.store.RememberPlace(f.ctx, identity.Place{
				UserID: u.ID, Browser: digest(name(i)), Network: name(i), At: f.now.Add(time.Duration(i) * time.Second),
			}))
		}
		f.equal(known(f, u.ID, name(2), digest(name(2))), identity.Familiarity{})
		f.equal(known(f, u.ID, name(3), digest(name(3))), identity.Familiarity{Browser: true, Network: true})
	})
	r.run("browsers can be forgotten", func(f *fixture) {
		u, other := f.user(), f.user()
		for _, id := range []uuid.UUID{u.ID, other.ID} {
			f.noError(f.store.RememberPlace(f.ctx, identity.Place{UserID: id, Browser: digest("b"), Network: "n", At: f.now}))
		}
		f.noError(f.store.ForgetBrowsers(f.ctx, u.ID))
		f.equal(known(f, u.ID, "n", digest("b")), identity.Familiarity{Network: true})
		f.equal(known(f, other.ID, "n", digest("b")), identity.Familiarity{Browser: true, Network: true})
	})
	r.run("places go with their user and with time", func(f *fixture) {
		u, gone := f.user(), f.user()
		for i, id := range []uuid.UUID{u.ID, u.ID, gone.ID} {
			at := f.now.Add(-time.Duration(i) * time.Hour)
			f.noError(f.store.RememberPlace(f.ctx, identity.Place{UserID: id, Browser: digest(strconv.Itoa(i)), Network: strconv.Itoa(i), At: at}))
		}
		f.noError(f.store.DeleteUser(f.ctx, gone.ID))
		soon := f.now.Add(-time.Minute)
		expiry := identity.Expiry{Now: f.now.Add(-24 * time.Hour), BrowsersBefore: soon, NetworksBefore: soon}
		f.equal(must(f.store.Sweep(f.ctx, expiry, 100))(f), 2)
		f.equal(known(f, u.ID, "0", digest("0")), identity.Familiarity{Browser: true, Network: true})
	})
}
