package storetest

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func grants(r *runner) {
	r.run("every field of a grant comes back as it was", func(f *fixture) {
		u, c := f.user(), f.client()
		g := f.grant(u.ID, c.ID, spent(f.now, 3), func(g *identity.Grant) {
			g.SessionID, g.Resources, g.AMR, g.ACR = ptr(f.id()), []string{"https://api.example.org"}, []string{"pwd"}, "1"
			g.Claims, g.Offline = json.RawMessage(`{"userinfo": {"name": {"essential": true}}}`), true
			g.EndedAt, g.EndReason = ptr(f.now.Add(time.Hour)), identity.EndRefreshReused
			g.Refresh.RotatedAt, g.Refresh.GraceUses = ptr(f.now.Add(time.Second)), 2
			g.Refresh.Overlaps = 3
		})
		f.equal(f.storedGrant(g.ID), g)
		f.equal(must(f.store.GrantStatusByCode(f.ctx, [][]byte{[]byte("x"), g.Code.Digest}, f.now))(f).Grant, g)
	})
	r.run("a grant without user, session and code comes back as it was", func(f *fixture) {
		g := f.grant(uuid.Nil, f.client().ID, func(g *identity.Grant) { g.Code, g.Scopes = nil, nil })
		f.grant(uuid.Nil, f.client().ID, func(g *identity.Grant) { g.Code = nil }) // no code is no duplicate of no code
		f.equal(f.storedGrant(g.ID), g)
	})
	r.run("an unknown grant is ErrGrantNotFound", func(f *fixture) {
		_, err := f.store.GrantStatusByID(f.ctx, f.id(), f.now)
		f.wantErr(err, identity.ErrGrantNotFound)
		for _, digests := range [][][]byte{nil, {nil}, {[]byte("x")}} {
			_, err = f.store.GrantStatusByCode(f.ctx, digests, f.now)
			f.wantErr(err, identity.ErrGrantNotFound)
		}
	})
	r.run("a grant comes with its holder", func(f *fixture) {
		u, c := f.user(func(u *identity.User) { u.Claims.Address = &identity.Address{Country: "NO"} }), f.client()
		s := f.session(u.ID)
		bound := func(id uuid.UUID) func(*identity.Grant) { return func(g *identity.Grant) { g.SessionID = &id } }
		g := f.grant(u.ID, c.ID, spent(f.now, 3), bound(s.ID))
		want := identity.GrantStatus{Grant: g, User: u, SessionActive: true, ActiveUntil: s.ExpiresAt}
		f.equal(must(f.store.GrantStatusByID(f.ctx, g.ID, f.now))(f), want)
		f.equal(must(f.store.GrantStatusByCode(f.ctx, [][]byte{g.Code.Digest}, f.now))(f), want)
		want.SessionActive = false
		f.equal(must(f.store.GrantStatusByID(f.ctx, g.ID, s.ExpiresAt))(f), want)
		must(f.store.EndSessions(f.ctx, identity.SessionSelection{IDs: []uuid.UUID{s.ID}}, f.now, identity.EndLogout))(f)
		f.equal(must(f.store.GrantStatusByID(f.ctx, g.ID, f.now))(f), want)
		gone := f.grant(u.ID, c.ID, bound(f.id()))
		f.equal(must(f.store.GrantStatusByID(f.ctx, gone.ID, f.now))(f).SessionActive, false)
		offline := f.grant(u.ID, c.ID, bound(s.ID), func(g *identity.Grant) { g.Offline = true })
		f.equal(must(f.store.GrantStatusByID(f.ctx, offline.ID, f.now))(f).SessionActive, true)
		nobody := f.grant(uuid.Nil, c.ID)
		f.equal(must(f.store.GrantStatusByID(f.ctx, nobody.ID, f.now))(f), identity.GrantStatus{Grant: nobody, SessionActive: true})
	})
	r.run("an interaction is finished with its grant or not at all", func(f *fixture) {
		u, c := f.user(), f.client()
		s := f.session(u.ID)
		on := identity.GrantBasis{SessionDigest: s.Digest}
		inSession := func(g *identity.Grant) { g.SessionID = &s.ID }
		taken := f.grant(u.ID, c.ID)
		for _, q := range []identity.Interaction{f.interaction(c.ID), f.newInteraction(c.ID)} {
			q.DoneAt = &f.now
			double := f.newGrant(u.ID, c.ID, inSession, func(g *identity.Grant) { g.ID = taken.ID })
			if _, err := f.store.InsertCode(f.ctx, q, double, on); err == nil {
				f.Fatal("an id was taken twice")
			}
			g := f.newGrant(u.ID, c.ID, inSession)
			q.GrantID = &g.ID
			f.equal(must(f.store.InsertCode(f.ctx, q, g, on))(f), true)
			f.equal(f.storedGrant(g.ID), g)
			f.equal(f.stored(q), q)
			second := f.newGrant(u.ID, c.ID, inSession)
			f.equal(must(f.store.InsertCode(f.ctx, q, second, on))(f), false)
			_, err := f.store.GrantStatusByID(f.ctx, second.ID, f.now)
			f.wantErr(err, identity.ErrGrantNotFound)
		}
	})
	r.run("ending the unspent spares what was redeemed", func(f *fixture) {
		u, c := f.user(), f.client()
		redeemed, waiting := f.grant(u.ID, c.ID, spent(f.now, 1)), f.grant(u.ID, c.ID)
		sel := identity.GrantSelection{IDs: []uuid.UUID{redeemed.ID, waiting.ID}, OnlyUnspent: true}
		f.equal(must(f.store.EndGrants(f.ctx, sel, f.now, identity.EndReplaced))(f), []uuid.UUID{waiting.ID})
	})
	r.run("a grant ends with its event or not at all", func(f *fixture) {
		c := f.client()
		g, other := f.grant(f.user().ID, c.ID), f.event(func(*identity.AuditEvent) {})
		end := func(client uuid.UUID, e identity.AuditEvent) (bool, error) {
			return f.store.EndGrant(f.ctx, g.ID, client, f.now, identity.EndRefreshReused, e)
		}
		f.equal(must(end(f.client().ID, f.newEvent()))(f), false)
		if _, err := end(c.ID, other); err == nil {
			f.Fatal("an event was written twice")
		}
		f.equal(f.storedGrant(g.ID), g)
		event := f.newEvent()
		event.OccurredAt = f.now.Add(time.Second)
		f.equal(must(end(c.ID, event))(f), true)
		g.EndedAt, g.EndReason = &f.now, identity.EndRefreshReused
		f.equal(f.storedGrant(g.ID), g)
		f.equal(must(end(c.ID, f.newEvent()))(f), false)
		f.equal(f.recentAudit(9), []identity.AuditEvent{event, other})
	})
	r.run("a code is spent once", func(f *fixture) {
		g := f.grant(f.user().ID, f.client().ID)
		first := identity.RefreshState{Generation: 1, ExpiresAt: ptr(f.now.Add(720 * time.Hour)), IdleExpiresAt: ptr(f.now.Add(time.Hour))}
		sender := identity.SenderConstraint{Key: "key", Certificate: "certificate"}
		f.equal(must(f.store.SpendCode(f.ctx, g.ID, f.now, first, sender))(f), true)
		g.Code.SpentAt, g.Refresh, g.Sender = &f.now, first, sender
		f.equal(f.storedGrant(g.ID), g)
		f.equal(must(f.store.SpendCode(f.ctx, g.ID, f.now, identity.RefreshState{}, identity.SenderConstraint{}))(f), false)
		f.equal(must(f.store.SpendCode(f.ctx, f.id(), f.now, first, identity.SenderConstraint{}))(f), false)
		f.equal(f.storedGrant(g.ID), g)
	})
	r.run("the code of an ended grant is not spent", func(f *fixture) {
		g := f.grant(f.user().ID, f.client().ID, func(g *identity.Grant) { g.EndedAt = &f.now })
		f.equal(must(f.store.SpendCode(f.ctx, g.ID, f.now, identity.RefreshState{Generation: 1}, identity.SenderConstraint{}))(f), false)
	})
	r.run("a refresh family moves from the generation at which it stands", func(f *fixture) {
		g := f.grant(f.user().ID, f.client().ID, spent(f.now, 1))
		at, idle := f.now.Add(time.Minute), f.now.Add(time.Hour)
		f.equal(must(f.store.RotateRefresh(f.ctx, g.ID, 2, at, idle))(f), false)
		f.equal(must(f.store.RotateRefresh(f.ctx, g.ID, 0, at, idle))(f), false)
		f.equal(must(f.store.RotateRefresh(f.ctx, g.ID, -1, at, idle))(f), false)
		f.equal(must(f.store.RotateRefresh(f.ctx, g.ID, 1, at, idle))(f), true)
		f.equal(must(f.store.RotateRefresh(f.ctx, g.ID, 1, at, idle))(f), false)
		g.Refresh.Generation, g.Refresh.RotatedAt, g.Refresh.IdleExpiresAt = 2, &at, &idle
		f.equal(f.storedGrant(g.ID), g)

		none := f.grant(g.UserID, g.ClientID, spent(f.now, 0))
		f.equal(must(f.store.RotateRefresh(f.ctx, none.ID, 0, at, idle))(f), false)
		dead := f.grant(g.UserID, g.ClientID, spent(f.now, 1), func(g *identity.Grant) { g.EndedAt = &f.now })
		f.equal(must(f.store.RotateRefresh(f.ctx, dead.ID, 1, at, idle))(f), false)
	})
	r.run("the idle expiry of a refresh family moves where it stands at its generation", func(f *fixture) {
		g := f.grant(f.user().ID, f.client().ID, spent(f.now, 2))
		idle := f.now.Add(time.Hour)
		f.equal(must(f.store.ExtendRefresh(f.ctx, g.ID, 2, idle))(f), true)
		g.Refresh.IdleExpiresAt = &idle
		f.equal(f.storedGrant(g.ID), g)
		f.equal(must(f.store.ExtendRefresh(f.ctx, g.ID, 1, f.now))(f), false)
		f.equal(must(f.store.ExtendRefresh(f.ctx, g.ID, 3, f.now))(f), false)
		f.equal(must(f.store.ExtendRefresh(f.ctx, f.id(), 2, f.now))(f), false)
		f.equal(f.storedGrant(g.ID), g)

		none := f.grant(g.UserID, g.ClientID, spent(f.now, 0))
		f.equal(must(f.store.ExtendRefresh(f.ctx, none.ID, 0, idle))(f), false)
		dead := f.grant(g.UserID, g.ClientID, spent(f.now, 1), func(g *identity.Grant) { g.EndedAt = &f.now })
		f.equal(must(f.store.ExtendRefresh(f.ctx, dead.ID, 1, idle))(f), false)
	})
	r.run("the previous generation may be repeated within its bounds", func(f *fixture) {
		g := f.grant(f.user().ID, f.client().ID, spent(f.now, 1))
		repeat := func(from int, graceStart time.Time, limit int) bool {
			return must(f.store.RepeatRefresh(f.ctx, g.ID, from, graceStart, identity.RepeatLimits{Uses: limit, Overlaps: 2}))(f)
		}
		early := f.now.Add(-time.Second)
		f.equal(repeat(0, early, 9), false) // never rotated
		must(f.store.RotateRefresh(f.ctx, g.ID, 1, f.now, f.now.Add(time.Hour)))(f)
		f.equal(repeat(2, early, 9), false)
		f.equal(repeat(0, early, 9), false)
		f.equal(repeat(1, f.now, 9), false) // the grace is over
		f.equal(repeat(1, early, 0), false)
		f.equal(repeat(1, early, 2), true)
		f.equal(repeat(1, early, 2), true)
		f.equal(repeat(1, early, 2), false)
		f.equal(f.storedGrant(g.ID).Refresh.GraceUses, 2)
		must(f.store.RotateRefresh(f.ctx, g.ID, 2, f.now, f.now.Add(time.Hour)))(f)
		f.equal(repeat(1, early, 9), false)
		f.equal(repeat(2, early, 1), true) // a new generation has a new count
		f.equal(f.storedGrant(g.ID).Refresh.Overlaps, 2)
		must(f.store.RotateRefresh(f.ctx, g.ID, 3, f.now, f.now.Add(time.Hour)))(f)
		f.equal(repeat(3, early, 9), false) // but overlaps are counted for good
		f.equal(f.storedGrant(g.ID).Refresh.Overlaps, 2)
		more := identity.RepeatLimits{Uses: 9, Overlaps: 3}
		f.equal(must(f.store.RepeatRefresh(f.ctx, g.ID, 3, early, more))(f), true)
		must(f.store.EndGrants(f.ctx, identity.GrantSelection{IDs: []uuid.UUID{g.ID}}, f.now, identity.EndRevoked))(f)
		f.equal(repeat(3, early, 9), false)
	})
	r.run("a selection of grants ends those that it names", func(f *fixture) {
		u, v, c, d := f.user(), f.user(), f.client(), f.client()
		session := func(id uuid.UUID) func(*identity.Grant) { return func(g *identity.Grant) { g.SessionID = &id } }
		offline := func(g *identity.Grant) { g.Offline = true }
		one, two := f.id(), f.id()
		end := func(sel identity.GrantSelection) func(...uuid.UUID) {
			return f.ends(f.store.EndGrants(f.ctx, sel, f.now, identity.EndRevoked))
		}
		a, b := f.grant(u.ID, c.ID, session(one)), f.grant(u.ID, c.ID, session(one), offline)
		e, g, h := f.grant(u.ID, d.ID, session(two)), f.grant(u.ID, d.ID), f.grant(v.ID, c.ID, session(two))
		end(identity.GrantSelection{})()
		end(identity.GrantSelection{OnlySessionBound: true})()
		end(identity.GrantSelection{IDs: []uuid.UUID{}, UserID: u.ID})()
		end(identity.GrantSelection{SessionIDs: []uuid.UUID{}, UserID: u.ID})()
		end(identity.GrantSelection{UserID: u.ID, IDs: []uuid.UUID{h.ID}})()
		end(identity.GrantSelection{SessionIDs: []uuid.UUID{one, two}, UserID: u.ID, ClientID: c.ID, OnlySessionBound: true})(a.ID)
		end(identity.GrantSelection{SessionIDs: []uuid.UUID{two}})(e.ID, h.ID)
		end(identity.GrantSelection{UserID: u.ID})(b.ID, g.ID)
		got := f.storedGrant(a.ID)
		if got.EndedAt == nil || !got.EndedAt.Equal(f.now) || got.EndReason != identity.EndRevoked {
			f.Fatalf("ended at %v because of %s", got.EndedAt, got.EndReason)
		}
		end(identity.GrantSelection{ClientID: c.ID})() // all of them have ended
	})
}

func grantStatuses(r *runner) {
	r.run("a live token is live, with everything that decides it", func(f *fixture) {
		u, c := f.user(func(u *identity.User) { u.Claims.Address = &identity.Address{Country: "NO"} }), f.client()
		s := f.session(u.ID)
		g := f.grant(u.ID, c.ID, spent(f.now, 1), func(g *identity.Grant) { g.SessionID = &s.ID })
		got := must(f.store.GrantStatus(f.ctx, g.ID, "jti", f.now))(f)
		f.equal(got, identity.GrantStatus{Grant: g, User: u, Client: c, SessionActive: true, ActiveUntil: s.ExpiresAt})
		f.equal(got.Eligibility(&identity.Settings{}, f.now), identity.Eligible)
		_, err := f.store.GrantStatus(f.ctx, f.id(), "jti", f.now)
		f.wantErr(err, identity.ErrGrantNotFound)
	})
	r.run("a grant of nobody has no user", func(f *fixture) {
		c := f.client()
		g := f.grant(uuid.Nil, c.ID)
		f.equal(must(f.store.GrantStatus(f.ctx, g.ID, "jti", f.now))(f), identity.GrantStatus{Grant: g, Client: c, SessionActive: true})
	})
	for name, c := range map[string]struct {
		change func(*identity.Session)
		gone   bool
		want   bool
	}{
		"is live":             {func(*identity.Session) {}, false, true},
		"has ended":           {func(s *identity.Session) { s.EndedAt = ptr(start) }, false, false},
		"expires now":         {func(s *identity.Session) { s.ExpiresAt = start }, false, false},
		"expires right after": {func(s *identity.Session) { s.ExpiresAt = start.Add(time.Microsecond) }, false, true},
		"is gone":             {func(*identity.Session) {}, true, false},
	} {
		r.run("a session that "+name+" decides about grants without offline access", func(f *fixture) {
			u, client := f.user(), f.client()
			id := f.id()
			if !c.gone {
				f.session(u.ID, func(s *identity.Session) { s.ID = id }, c.change)
			}
			bound := f.grant(u.ID, client.ID, func(g *identity.Grant) { g.SessionID = &id })
			offline := f.grant(u.ID, client.ID, func(g *identity.Grant) { g.SessionID, g.Offline = &id, true })
			f.equal(must(f.store.GrantStatus(f.ctx, bound.ID, "jti", f.now))(f).SessionActive, c.want)
			f.equal(must(f.store.GrantStatus(f.ctx, offline.ID, "jti", f.now))(f).SessionActive, true)
		})
	}
	r.run("what an opaque token stands for is found by the digest alone, and goes with its grant", func(f *fixture) {
		u := f.user()
		g, other := f.grant(u.ID, f.client().ID), f.grant(f.user().ID, f.client().ID)
		token := func(digest string, grant uuid.UUID) identity.OpaqueToken {
			return identity.OpaqueToken{Digest: []byte(digest), GrantID: grant, ExpiresAt: f.now.Add(time.Minute), Claims: identity.AccessClaims{
				Issuer: "https://id.example.org", Subject: u.ID.String(), Audience: identity.Audience{"a", `b"\`}, ClientID: "web", Scope: "openid",
				ID: digest, IssuedAt: 1, ExpiresAt: 2, AuthTime: 3, ACR: "c", AMR: []string{"pwd"}, Session: "s", Grant: grant.String(),
				Sender: identity.SenderConstraint{Key: "k", Certificate: "x"}, Actor: &identity.ActingParty{Subject: "svc"},
				Details: identity.AuthorizationDetails{json.RawMessage(`{"type":"payment","a":1.50}`)},
			}}
		}
		one, two, own := token("one", g.ID), token("two", other.ID), token("own", uuid.Nil)
		for _, t := range []identity.OpaqueToken{one, two, own} {
			f.equal(must(f.store.InsertOpaqueToken(f.ctx, t))(f), true)
			f.equal(must(f.store.OpaqueTokenByDigest(f.ctx, [][]byte{[]byte("nothing"), t.Digest}))(f), t)
		}
		for _, digests := range [][][]byte{nil, {[]byte("on")}, {[]byte("One")}, {[]byte("one ")}} {
			_, err := f.store.OpaqueTokenByDigest(f.ctx, digests)
			f.wantErr(err, identity.ErrInvalidToken)
		}
		if _, err := f.store.InsertOpaqueToken(f.ctx, one); err == nil {
			f.Fatal("a digest was stored twice")
		}
		f.noError(f.store.DeleteUser(f.ctx, u.ID))
		_, err := f.store.OpaqueTokenByDigest(f.ctx, [][]byte{one.Digest})
		f.wantErr(err, identity.ErrInvalidToken)
		must(f.store.OpaqueTokenByDigest(f.ctx, [][]byte{two.Digest}))(f)
		f.equal(must(f.store.InsertOpaqueToken(f.ctx, token("late", g.ID)))(f), false)
	})
	r.run("a revoked token is known as such", func(f *fixture) {
		g := f.grant(f.user().ID, f.client().ID)
		event := f.newEvent()
		f.noError(f.store.RevokeToken(f.ctx, "jti-1", f.now.Add(time.Minute), event))
		f.equal(f.recentAudit(9), []identity.AuditEvent{event})
		f.noError(f.store.RevokeToken(f.ctx, "jti-1", f.now.Add(time.Minute), f.newEvent()))
		f.equal(len(f.recentAudit(9)), 2)
		if err := f.store.RevokeToken(f.ctx, "jti-3", f.now.Add(time.Minute), event); err == nil {
			f.Fatal("an event was written twice")
		}
		f.equal(must(f.store.TokenRevoked(f.ctx, "jti-3"))(f), false)
		f.equal(must(f.store.TokenRevoked(f.ctx, "jti-1"))(f), true)
		f.equal(must(f.store.TokenRevoked(f.ctx, "JTI-1"))(f), false)
		f.equal(must(f.store.GrantStatus(f.ctx, g.ID, "jti-1", f.now))(f).TokenRevoked, true)
		f.equal(must(f.store.GrantStatus(f.ctx, g.ID, "jti-2", f.now))(f).TokenRevoked, false)
	})
}

func consents(r *runner) {
	r.run("a consent is remembered and replaced", func(f *fixture) {
		u, c := f.user(), f.client()
		f.equal(must(f.store.ConsentFor(f.ctx, u.ID, c.ID))(f), identity.Consent{UserID: u.ID, ClientID: c.ID})
		want := identity.Consent{UserID: u.ID, ClientID: c.ID, Scopes: []string{"openid"}, CreatedAt: f.now, UpdatedAt: f.now}
		f.noError(f.store.SaveConsent(f.ctx, want))
		f.equal(must(f.store.ConsentFor(f.ctx, u.ID, c.ID))(f), want)
		want.Scopes, want.UpdatedAt = []string{"openid", "email"}, f.now.Add(time.Minute)
		f.noError(f.store.SaveConsent(f.ctx, want))
		f.equal(must(f.store.ConsentFor(f.ctx, u.ID, c.ID))(f), want)
		f.equal(must(f.store.DeleteConsent(f.ctx, u.ID, c.ID))(f), true)
		f.equal(must(f.store.DeleteConsent(f.ctx, u.ID, c.ID))(f), false)
		f.equal(must(f.store.ConsentFor(f.ctx, u.ID, c.ID))(f), identity.Consent{UserID: u.ID, ClientID: c.ID})
		want.CreatedAt = f.now.Add(time.Minute)
		f.wantErr(f.store.SaveConsent(f.ctx, identity.Consent{UserID: f.id(), ClientID: c.ID}), identity.ErrNotFound)
	})
}
