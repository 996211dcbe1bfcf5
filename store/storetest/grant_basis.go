package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// basisFixture is everything that a grant is decided on.
type basisFixture struct {
	*fixture
	browser identity.BrowserSession
	client  identity.Client
}

func newBasis(f *fixture) basisFixture {
	f.Helper()
	u, c := f.user(func(u *identity.User) { u.Password.ChangedAt = ptr(f.now.Add(-time.Hour)) }), f.client()
	f.noError(f.store.SaveConsent(f.ctx, identity.Consent{UserID: u.ID, ClientID: c.ID, CreatedAt: f.now, UpdatedAt: f.now}))
	return basisFixture{f, identity.BrowserSession{Session: f.session(u.ID), User: u}, c}
}

// begun returns a grant for the session as it was read.
func (b basisFixture) begun() (identity.Grant, identity.GrantBasis) {
	g := b.newGrant(b.browser.User.ID, b.client.ID, func(g *identity.Grant) {
		g.SessionID, g.Offline = &b.browser.Session.ID, true
		g.Code.Digest = []byte(g.ID.String())
	})
	return g, identity.GrantBasis{
		SessionDigest: b.browser.Session.Digest, PasswordChangedAt: b.browser.User.Password.ChangedAt, Consent: true,
	}
}

// endings are what ends the basis of a grant, each followed by the end of the grants that exist, as the services do it.
var endings = map[string]func(ctx context.Context, tx identity.Store, b basisFixture) error{
	"the session ends": func(ctx context.Context, tx identity.Store, b basisFixture) error {
		_, err := tx.EndSessions(ctx, identity.SessionSelection{UserID: b.browser.User.ID}, b.now, identity.EndRevoked)
		return err
	},
	"the cookie is renewed": func(ctx context.Context, tx identity.Store, b basisFixture) error {
		renewed := b.browser.Session
		renewed.Digest = []byte(renewed.ID.String())
		return tx.RenewSession(ctx, renewed)
	},
	"the password is changed": func(ctx context.Context, tx identity.Store, b basisFixture) error {
		changed := b.browser.User
		changed.Password.ChangedAt = ptr(b.now.Add(time.Second))
		return tx.UpdateUser(ctx, changed)
	},
	"the user is deactivated": func(ctx context.Context, tx identity.Store, b basisFixture) error {
		_, err := tx.SetUserFlags(ctx, []uuid.UUID{b.browser.User.ID}, identity.UserFlags{Active: ptr(false)}, b.now)
		return err
	},
	"the client is switched off": func(ctx context.Context, tx identity.Store, b basisFixture) error {
		off := b.client
		off.Active = false
		return tx.UpdateClient(ctx, off)
	},
	"the consent is withdrawn": func(ctx context.Context, tx identity.Store, b basisFixture) error {
		_, err := tx.DeleteConsent(ctx, b.browser.User.ID, b.client.ID)
		return err
	},
}

// end ends the basis and all grants on it in one transaction.
func (b basisFixture) end(how string) error {
	return b.store.InTx(b.ctx, func(ctx context.Context, tx identity.Store) error {
		if err := endings[how](ctx, tx, b); err != nil {
			return err
		}
		_, err := tx.EndGrants(ctx, identity.GrantSelection{UserID: b.browser.User.ID}, b.now, identity.EndRevoked)
		return err
	})
}

func grantBasis(r *runner) {
	r.run("a grant is inserted on what holds", func(f *fixture) {
		b := newBasis(f)
		g, on := b.begun()
		f.equal(must(f.store.InsertGrantOn(f.ctx, g, on))(f), true)
		f.equal(f.storedGrant(g.ID), g)
	})
	for how := range endings {
		r.run("no grant is inserted after "+how, func(f *fixture) {
			b := newBasis(f)
			f.noError(b.end(how))
			g, on := b.begun()
			f.equal(must(f.store.InsertGrantOn(f.ctx, g, on))(f), false)
			q := f.newInteraction(b.client.ID)
			q.DoneAt, q.GrantID = &f.now, &g.ID
			f.equal(must(f.store.InsertCode(f.ctx, q, g, on))(f), false)
			_, err := f.store.InteractionByID(f.ctx, q.ID)
			f.wantErr(err, identity.ErrInteractionNotFound) // it is not done either
			_, err = f.store.GrantStatusByID(f.ctx, g.ID, f.now)
			f.wantErr(err, identity.ErrGrantNotFound)
		})
		r.run("no grant survives when "+how+" at the same time", func(f *fixture) {
			for range 5 {
				b := newBasis(f)
				q := f.newInteraction(b.client.ID)
				_, faults := race(f, 12, func(i int) (bool, error) {
					switch {
					case i == 6:
						return true, b.end(how)
					case i%2 == 0:
						g, on := b.begun()
						return f.store.InsertGrantOn(f.ctx, g, on)
					default:
						g, on := b.begun()
						done := q
						done.ID, done.Digest, done.DoneAt, done.GrantID = g.ID, []byte(g.ID.String()), &f.now, &g.ID
						return f.store.InsertCode(f.ctx, done, g, on)
					}
				})
				f.noError(errors.Join(faults...))
				alive := must(f.store.NewestGrants(f.ctx, []uuid.UUID{b.browser.User.ID}, 20))(f)
				f.equal(len(alive[b.browser.User.ID]), 0)
			}
		})
	}
	r.run("a session is held as it was read", func(f *fixture) {
		b := newBasis(f)
		hold := func(browser identity.BrowserSession) error {
			return f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error { return tx.HoldSession(ctx, browser, f.now) })
		}
		f.noError(hold(b.browser))
		for _, how := range []string{"the session ends", "the cookie is renewed", "the password is changed", "the user is deactivated"} {
			ended := newBasis(f)
			f.noError(ended.end(how))
			f.wantErr(hold(ended.browser), identity.ErrSessionNotFound)
		}
		late := b.browser
		late.Session.ID = f.id()
		f.wantErr(hold(late), identity.ErrSessionNotFound)
	})
	r.run("a client is held while it is active", func(f *fixture) {
		b := newBasis(f)
		hold := func() error {
			return f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error { return tx.HoldClient(ctx, b.client.ID) })
		}
		f.noError(hold())
		f.noError(b.end("the client is switched off"))
		f.wantErr(hold(), identity.ErrClientNotFound)
	})
}
