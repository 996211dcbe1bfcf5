package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func (f *fixture) initialAccessToken(edit ...func(*identity.InitialAccessToken)) identity.InitialAccessToken {
	f.Helper()
	t := identity.InitialAccessToken{
		ID: f.id(), Digest: fmt.Appendf(nil, "initial access %d \x00\xff", f.next()), Name: "Bünde <1>", Uses: 5, UsesLeft: 5, CreatedBy: "ängus",
		CreatedAt: f.now, ExpiresAt: f.now.Add(time.Hour),
	}
	for _, e := range edit {
		e(&t)
	}
	f.noError(f.store.InsertInitialAccessToken(f.ctx, t))
	return t
}

func initialAccessTokens(r *runner) {
	r.run("a token is found by any of its digests and by its id", func(f *fixture) {
		i := f.initialAccessToken()
		f.equal(must(f.store.InitialAccessTokenByDigest(f.ctx, [][]byte{[]byte("other"), i.Digest}))(f), i)
		f.equal(must(f.store.InitialAccessTokensByID(f.ctx, []uuid.UUID{f.id(), i.ID}))(f), []identity.InitialAccessToken{i})
		for _, none := range [][][]byte{nil, {[]byte("other")}} {
			_, err := f.store.InitialAccessTokenByDigest(f.ctx, none)
			f.wantErr(err, identity.ErrInitialAccessTokenNotFound)
		}
		f.equal(must(f.store.DeleteInitialAccessToken(f.ctx, i.ID))(f), true)
		f.equal(must(f.store.DeleteInitialAccessToken(f.ctx, i.ID))(f), false)
		f.equal(must(f.store.SpendInitialAccessToken(f.ctx, i.ID, f.now))(f), false)
	})
	r.run("of many that use a token with one use one does, before it has expired", func(f *fixture) {
		i := f.initialAccessToken(func(t *identity.InitialAccessToken) { t.UsesLeft = 1 })
		f.equal(must(f.store.SpendInitialAccessToken(f.ctx, i.ID, i.ExpiresAt))(f), false)
		f.oneWins(func(int) (bool, error) { return f.store.SpendInitialAccessToken(f.ctx, i.ID, f.now) })
		i.UsesLeft = 0
		f.equal(must(f.store.InitialAccessTokensByID(f.ctx, []uuid.UUID{i.ID}))(f), []identity.InitialAccessToken{i})
	})
	r.run("a token goes when it has expired", func(f *fixture) {
		old := f.initialAccessToken()
		f.initialAccessToken(func(t *identity.InitialAccessToken) { t.ExpiresAt = t.ExpiresAt.Add(time.Second) })
		before := f.now.Add(-time.Hour)
		expiry := identity.Expiry{Now: old.ExpiresAt, EndedBefore: before, JobsBefore: before, MailBefore: before}
		f.equal(must(f.store.Sweep(f.ctx, expiry, 10))(f), 1)
		f.equal(must(f.store.CountInitialAccessTokens(f.ctx, 10))(f), 1)
	})
	r.run("pages of tokens meet every one once in both directions", func(f *fixture) {
		var all []identity.InitialAccessToken
		for n := range 30 {
			all = append(all, f.initialAccessToken(func(t *identity.InitialAccessToken) {
				t.CreatedAt = start.Add(time.Duration(n*7%20) * 250 * time.Millisecond)
			}))
		}
		slices.SortFunc(all, func(a, b identity.InitialAccessToken) int { return order(a.CreatedAt, b.CreatedAt, a.ID, b.ID) })
		id := func(t identity.InitialAccessToken) uuid.UUID { return t.ID }
		f.walks(everyID(all, id), func(ascending bool, page identity.KeysetRange) []identity.CursorKey {
			q := identity.InitialAccessTokenQuery{Ascending: ascending, Range: page}
			return cursorKeys(f, must(f.store.InitialAccessTokens(f.ctx, q))(f), id)
		})
	})
}

func selfRegistered(r *runner) {
	r.run("clients of strangers are unused that nobody has changed, renewed or used since, and have no live grant", func(f *fixture) {
		old, cutoff := f.now.Add(-48*time.Hour), f.now.Add(-24*time.Hour)
		client := func(origin identity.ClientOrigin, updated time.Time) identity.Client {
			return f.client(func(c *identity.Client) { c.Origin, c.CreatedAt, c.UpdatedAt = origin, old, updated })
		}
		unused, usedLongAgo := client(identity.OriginOpen, old), client(identity.OriginEntity, old)
		used, granted, changed := client(identity.OriginOpen, old), client(identity.OriginOpen, old), client(identity.OriginOpen, cutoff)
		expiring := func(at time.Time) identity.Client {
			return f.client(func(c *identity.Client) {
				c.Origin, c.CreatedAt, c.UpdatedAt, c.ExpiresAt = identity.OriginOpen, old, old, ptr(at)
			})
		}
		expired, renewed := expiring(old), expiring(cutoff)
		client(identity.OriginToken, old)
		client(identity.OriginOperator, old)
		f.noError(f.store.AddClientDays(f.ctx, []identity.ClientDay{
			{ClientID: used.ID, Day: cutoff.Truncate(24 * time.Hour), Tokens: 1, LastUsedAt: cutoff},
			{ClientID: usedLongAgo.ID, Day: old.Truncate(24 * time.Hour), Tokens: 1, LastUsedAt: old},
		}))
		f.grant(f.user().ID, granted.ID)
		want := []identity.Client{unused, usedLongAgo, expired}
		slices.SortFunc(want, func(a, b identity.Client) int { return order(old, old, a.ID, b.ID) })
		got := must(f.store.UnusedClients(f.ctx, cutoff, "", 10))(f)
		slices.SortFunc(got, func(a, b identity.Client) int { return order(old, old, a.ID, b.ID) })
		f.equal(got, want)
		one := must(f.store.UnusedClients(f.ctx, cutoff, "", 1))(f)
		f.equal(len(must(f.store.UnusedClients(f.ctx, cutoff, one[0].ClientID, 10))(f)), 2)
		for _, c := range []identity.Client{used, granted, changed, renewed} {
			f.equal(must(f.store.DeleteUnusedClient(f.ctx, c.ID, cutoff))(f), false)
		}
		f.oneWins(func(int) (bool, error) { return f.store.DeleteUnusedClient(f.ctx, unused.ID, cutoff) })
		_, err := f.store.ClientByID(f.ctx, unused.ID)
		f.wantErr(err, identity.ErrClientNotFound)
	})
}
