package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// lookups is what a store may have in memory: a token's client and grant, and what is registered.
type lookups struct {
	ByID, ByClientID, Status string
	Scopes                   []identity.Scope
	Resources                []identity.Resource
	Active, Revoked          bool
	UserVersion              int
}

// readLookups looks everything up that a store may have in memory.
func readLookups(ctx context.Context, s identity.Store, c identity.Client, g identity.Grant, now time.Time) (l lookups, err error) {
	outcome := func(name string, fault error) string {
		if fault != nil {
			return fault.Error()
		}
		return name
	}
	byID, fault := s.ClientByID(ctx, c.ID)
	l.ByID = outcome(byID.Metadata.Name, fault)
	byClientID, fault := s.ClientByClientID(ctx, c.ClientID)
	l.ByClientID = outcome(byClientID.Metadata.Name, fault)
	status, fault := s.GrantStatus(ctx, g.ID, "jti", now)
	l.Status, l.UserVersion = outcome(status.Client.Metadata.Name, fault), status.User.Version
	l.Active = status.Eligibility(&identity.Settings{}, now) == identity.Eligible
	var faults [3]error
	l.Revoked, faults[0] = s.TokenRevoked(ctx, "jti")
	l.Scopes, faults[1] = s.Scopes(ctx)
	l.Resources, faults[2] = s.Resources(ctx)
	return l, errors.Join(faults[:]...)
}

// freshness: what was read before a write is read anew after it. Reads of a transaction are the measure, for they are
// never served from memory.
func freshness(r *runner) {
	ended := func(_ any, err error) error { return err }
	for name, write := range map[string]func(f *fixture, s identity.Store, u identity.User, c identity.Client, g identity.Grant) error{
		"an update of the user": func(f *fixture, s identity.Store, u identity.User, _ identity.Client, _ identity.Grant) error {
			u.Active = false
			return s.UpdateUser(f.ctx, u)
		},
		"flags of the user": func(f *fixture, s identity.Store, u identity.User, _ identity.Client, _ identity.Grant) error {
			return ended(s.SetUserFlags(f.ctx, []uuid.UUID{u.ID}, identity.UserFlags{Active: ptr(false)}, f.now))
		},
		"the deletion of the user": func(f *fixture, s identity.Store, u identity.User, _ identity.Client, _ identity.Grant) error {
			return s.DeleteUser(f.ctx, u.ID)
		},
		"an update of the client": func(f *fixture, s identity.Store, _ identity.User, c identity.Client, _ identity.Grant) error {
			c.Metadata.Name = "renamed"
			return s.UpdateClient(f.ctx, c)
		},
		"the expiry of the client": func(f *fixture, s identity.Store, _ identity.User, c identity.Client, _ identity.Grant) error {
			return s.ExtendClient(f.ctx, c.ID, f.now)
		},
		"the deletion of the client": func(f *fixture, s identity.Store, _ identity.User, c identity.Client, _ identity.Grant) error {
			return s.DeleteClient(f.ctx, c.ID)
		},
		"the end of the session": func(f *fixture, s identity.Store, _ identity.User, _ identity.Client, g identity.Grant) error {
			return ended(s.EndSessions(f.ctx, identity.SessionSelection{IDs: []uuid.UUID{*g.SessionID}}, f.now, identity.EndRevoked))
		},
		"the end of grants": func(f *fixture, s identity.Store, u identity.User, _ identity.Client, _ identity.Grant) error {
			return ended(s.EndGrants(f.ctx, identity.GrantSelection{UserID: u.ID}, f.now, identity.EndRevoked))
		},
		"the end of the grant": func(f *fixture, s identity.Store, _ identity.User, c identity.Client, g identity.Grant) error {
			return ended(s.EndGrant(f.ctx, g.ID, c.ID, f.now, identity.EndRevoked, f.newEvent()))
		},
		"the revocation of the token": func(f *fixture, s identity.Store, _ identity.User, _ identity.Client, _ identity.Grant) error {
			return s.RevokeToken(f.ctx, "jti", f.now.Add(time.Hour), f.newEvent())
		},
		"a new scope": func(f *fixture, s identity.Store, _ identity.User, _ identity.Client, _ identity.Grant) error {
			return s.SaveScope(f.ctx, identity.Scope{Name: "new", CreatedAt: f.now, UpdatedAt: f.now})
		},
		"the deletion of a scope": func(f *fixture, s identity.Store, _ identity.User, _ identity.Client, _ identity.Grant) error {
			return s.DeleteScope(f.ctx, "old")
		},
		"a new resource": func(f *fixture, s identity.Store, _ identity.User, _ identity.Client, _ identity.Grant) error {
			return s.SaveResource(f.ctx, identity.Resource{URI: "https://new.example.org", CreatedAt: f.now, UpdatedAt: f.now})
		},
		"the deletion of a resource": func(f *fixture, s identity.Store, _ identity.User, _ identity.Client, _ identity.Grant) error {
			return s.DeleteResource(f.ctx, "https://old.example.org")
		},
	} {
		for how, within := range map[string]func(f *fixture, write func(s identity.Store) error) error{
			"": func(f *fixture, write func(s identity.Store) error) error { return write(f.store) },
			" in a transaction": func(f *fixture, write func(s identity.Store) error) error {
				return f.store.InTx(f.ctx, func(_ context.Context, tx identity.Store) error { return write(tx) })
			},
		} {
			r.run("reads are fresh after "+name+how, func(f *fixture) {
				f.user(func(u *identity.User) { u.Active, u.Admin = true, true }) // the administrator who stays
				u, c := f.user(), f.client()
				session := f.session(u.ID)
				g := f.grant(u.ID, c.ID, func(g *identity.Grant) { g.SessionID = &session.ID })
				for _, err := range []error{
					f.store.SaveScope(f.ctx, identity.Scope{Name: "old", CreatedAt: f.now, UpdatedAt: f.now}),
					f.store.SaveResource(f.ctx, identity.Resource{URI: "https://old.example.org", CreatedAt: f.now, UpdatedAt: f.now}),
				} {
					if err != nil {
						f.Fatal(err)
					}
				}
				before := must(readLookups(f.ctx, f.store, c, g, f.now))(f)
				if err := within(f, func(s identity.Store) error { return write(f, s, u, c, g) }); err != nil {
					f.Fatal(err)
				}
				var want lookups
				if err := f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) (err error) {
					want, err = readLookups(ctx, tx, c, g, f.now)
					return err
				}); err != nil {
					f.Fatal(err)
				}
				got := must(readLookups(f.ctx, f.store, c, g, f.now))(f)
				if diff := cmp.Diff(want, got); diff != "" {
					f.Fatalf("in a transaction (-), outside (+):\n%s", diff)
				}
				if cmp.Equal(before, want) {
					f.Fatal("the write changes nothing that is looked up")
				}
			})
		}
	}
}
