package storetest

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func replays(r *runner) {
	r.run("a key is new once", func(f *fixture) {
		for _, key := range []string{"", "a", "A", "a\x00b", strings.Repeat("long", 10_000)} {
			f.equal(must(f.store.MarkUsed(f.ctx, key, f.now.Add(time.Minute)))(f), true)
			f.equal(must(f.store.MarkUsed(f.ctx, key, f.now.Add(time.Hour)))(f), false)
		}
	})
}

func sweeps(r *runner) {
	r.run("what is of no more use goes, the rest stays", func(f *fixture) {
		now := f.now
		keep := now.Add(-24 * time.Hour)
		u, c := f.user(), f.client()
		at := func(t time.Time) { f.now = t }
		front := func(g *identity.Grant) { g.FrontChannel = true } // of which tokens were handed out, though nobody redeemed the code

		at(keep.Add(-time.Hour)) // long ago
		deadSession := f.session(u.ID, func(s *identity.Session) { s.EndedAt = &f.now })
		expiredSession := f.session(u.ID)
		expiredSession.ExpiresAt = keep.Add(-time.Microsecond)
		f.noError(f.store.TouchSession(f.ctx, expiredSession.ID, f.now, expiredSession.ExpiresAt))
		oldLive := f.session(u.ID, func(s *identity.Session) { s.ExpiresAt = now.Add(time.Hour) })
		usedByGrant := f.session(u.ID, func(s *identity.Session) { s.EndedAt = &f.now })
		offline := f.grant(u.ID, c.ID, spent(f.now, 1), func(g *identity.Grant) { g.SessionID, g.Offline = &usedByGrant.ID, true })
		deadGrant := f.grant(u.ID, c.ID, spent(f.now, 1), func(g *identity.Grant) { g.EndedAt = &f.now })
		aged := f.grant(u.ID, c.ID, spent(f.now, 1), func(g *identity.Grant) { g.Refresh.IdleExpiresAt = ptr(keep.Add(-time.Minute)) })
		noRefresh := f.grant(u.ID, c.ID, spent(f.now, 0))
		oldFront := f.grant(u.ID, c.ID, front)

		at(now.Add(-time.Hour)) // lately
		lateSession := f.session(u.ID, func(s *identity.Session) { s.EndedAt = &f.now })
		lateGrant := f.grant(u.ID, c.ID, spent(f.now, 1), func(g *identity.Grant) { g.EndedAt = &f.now })
		unused, lateFront := f.grant(u.ID, c.ID), f.grant(u.ID, c.ID, front)
		oldRequest := f.interaction(c.ID, func(q *identity.Interaction) { q.ExpiresAt = now })
		f.noError(f.store.RevokeToken(f.ctx, "old", now, f.newEvent()))
		must(f.store.MarkUsed(f.ctx, "old", now))(f)
		must(f.store.InsertOpaqueToken(f.ctx, identity.OpaqueToken{Digest: []byte("old"), ExpiresAt: now}))(f)
		f.idempotent("old", now)

		at(now)
		fresh := f.grant(u.ID, c.ID)
		liveRequest := f.interaction(c.ID)
		f.noError(f.store.RevokeToken(f.ctx, "new", now.Add(time.Minute), f.newEvent()))
		must(f.store.MarkUsed(f.ctx, "new", now.Add(time.Minute)))(f)
		must(f.store.InsertOpaqueToken(f.ctx, identity.OpaqueToken{Digest: []byte("new"), ExpiresAt: now.Add(time.Minute)}))(f)
		f.idempotent("new", now.Add(time.Minute))
		for i := range 3 { // of long ago: two that are finished, one of them lately, and one that waits
			at(keep.Add(-time.Hour))
			f.job(runAt(f.now.Add(time.Duration(i) * time.Second)))
		}
		at(now)
		f.update(finished(f.claimed(now), keep.Add(-time.Microsecond)), true)
		f.update(finished(f.claimed(now), keep), true)
		for i := range 3 {
			f.noError(f.store.InsertAudit(f.ctx, identity.AuditEvent{
				ID: f.id(), OccurredAt: now.Add(time.Duration(i-2) * time.Hour), ActorKind: identity.ActorSystem, Outcome: identity.OutcomeSuccess,
			}))
		}

		expiry := identity.Expiry{Now: now, EndedBefore: keep, JobsBefore: keep}
		// In bites of one row each: grants before sessions, so that one sweep after another finds the rest.
		total := 0
		for {
			n := must(f.store.Sweep(f.ctx, expiry, 1))(f)
			if n == 0 {
				break
			}
			total += n
		}
		// Two sessions, four old grants, one unused, one request, one token revoked and one opaque, two keys, one job.
		f.equal(total, 13)
		f.claimed(now)
		f.noJob(now)
		for _, id := range []uuid.UUID{deadSession.ID, expiredSession.ID} {
			_, err := f.store.SessionByID(f.ctx, id)
			f.wantErr(err, identity.ErrSessionNotFound)
		}
		for _, id := range []uuid.UUID{oldLive.ID, usedByGrant.ID, lateSession.ID} {
			must(f.store.SessionByID(f.ctx, id))(f)
		}
		for _, id := range []uuid.UUID{deadGrant.ID, aged.ID, noRefresh.ID, unused.ID, oldFront.ID} {
			_, err := f.store.GrantStatusByID(f.ctx, id, f.now)
			f.wantErr(err, identity.ErrGrantNotFound)
		}
		for _, id := range []uuid.UUID{offline.ID, lateGrant.ID, fresh.ID, lateFront.ID} {
			f.storedGrant(id)
		}
		_, err := f.store.InteractionByDigest(f.ctx, [][]byte{oldRequest.Digest})
		f.wantErr(err, identity.ErrInteractionNotFound)
		must(f.store.InteractionByDigest(f.ctx, [][]byte{liveRequest.Digest}))(f)
		_, err = f.store.OpaqueTokenByDigest(f.ctx, [][]byte{[]byte("old")})
		f.wantErr(err, identity.ErrInvalidToken)
		must(f.store.OpaqueTokenByDigest(f.ctx, [][]byte{[]byte("new")}))(f)
		f.equal(must(f.store.TokenRevoked(f.ctx, "old"))(f), false)
		f.equal(must(f.store.TokenRevoked(f.ctx, "new"))(f), true)
		f.equal(must(f.store.MarkUsed(f.ctx, "old", now.Add(time.Minute)))(f), true)
		f.equal(must(f.store.MarkUsed(f.ctx, "new", now.Add(time.Minute)))(f), false)
		f.equal(len(f.recentAudit(9)), 5)
		f.equal(must(f.store.Sweep(f.ctx, identity.Expiry{Now: now.Add(time.Hour), EndedBefore: keep}, 100))(f) > 0, true)
		f.equal(len(f.recentAudit(9)), 5)
	})
}
