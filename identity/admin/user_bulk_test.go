package admin_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// many adds n users called name0, name1 and so on at once, past the services. Their password is passphrase.
func (f *fixture) many(t testing.TB, name string, n int, change ...func(*identity.User)) []identity.User {
	t.Helper()
	all := make([]identity.User, n)
	noError(t, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
		for i := range all {
			username := fmt.Sprintf("%s%d", name, i)
			all[i] = identity.User{
				ID: f.deps.Source.NewID(), Username: username, Email: username + "@example.org", Password: identity.PasswordCredential{Hash: hashed(), ChangedAt: &start},
				Active: true, Verified: true, CreatedAt: start, UpdatedAt: start, Version: 1,
			}
			for _, c := range change {
				c(&all[i])
			}
			if err := tx.InsertUser(ctx, all[i]); err != nil {
				return err
			}
		}
		return nil
	}))
	return all
}

func makeAdmin(u *identity.User) { u.Admin = true }

// codes returns what happened to each: "changed", "same" or the code of the refusal.
func codes(outcomes []admin.BulkOutcome) []string {
	out := make([]string, len(outcomes))
	for i, o := range outcomes {
		switch {
		case o.Err != nil:
			out[i] = string(o.Err.Code)
		case o.Changed:
			out[i] = "changed"
		default:
			out[i] = "same"
		}
	}
	return out
}

// count tells how often each thing happened.
func count(outcomes []admin.BulkOutcome) map[string]int {
	out := map[string]int{}
	for _, code := range codes(outcomes) {
		out[code]++
	}
	return out
}

func TestBulkUpdate(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		root := f.user(t, "root", administrator)
		app := f.client(t, "app")
		bob := f.user(t, "bob")
		carol := f.user(t, "carol", func(n *admin.NewUser) { n.Inactive = true })
		dave := f.user(t, "dave", administrator)
		grant := f.offline(t, app, f.signIn(t, bob))
		nobody := uuid.New()
		ids := []uuid.UUID{nobody, bob.ID, root.ID, carol.ID, dave.ID}
		want := []string{"USER_NOT_FOUND", "changed", "SELF_ADMIN_REVOKE_DENIED", "same", "changed"}
		ctx, events := f.as(root, identity.ScopeUsersWrite, identity.ScopeAdminsWrite), len(f.audit(t, ""))
		f.advance(time.Minute)

		outcomes, err := f.admin.Users.BulkUpdate(ctx, ids, identity.UserFlags{Active: ptr(false)}, true)
		noError(t, err)
		wantSame(t, codes(outcomes), want)
		if got := f.reread(t, bob); !got.Active || f.grant(t, grant.ID).EndedAt != nil || len(f.audit(t, "")) != events {
			t.Fatal("a dry run has changed something")
		}
		outcomes, err = f.admin.Users.BulkUpdate(ctx, ids, identity.UserFlags{Active: ptr(false), Verified: ptr(false)}, false)
		noError(t, err)
		want[3] = "changed" // carol was verified
		wantSame(t, codes(outcomes), want)
		for i, o := range outcomes {
			wantSame(t, o.ID, ids[i])
		}
		got := f.reread(t, bob)
		wantSame(t, []any{got.Active, got.Verified, got.Version, got.UpdatedAt}, []any{false, false, 2, f.Now()})
		wantSame(t, f.grant(t, grant.ID).EndReason, identity.EndDeactivated)
		if f.reread(t, root).Version != 1 || !f.reread(t, root).Active {
			t.Error("the actor was changed")
		}
		changes := map[string]map[string]identity.Change{}
		for _, event := range f.audit(t, identity.ActionUserUpdated) {
			changes[event.TargetName] = event.Changes
		}
		fromTo := identity.Change{Before: true, After: false}
		wantSame(t, changes, map[string]map[string]identity.Change{
			"bob": {"active": fromTo, "verified": fromTo}, "carol": {"verified": fromTo}, "dave": {"active": fromTo, "verified": fromTo},
		})
		outcomes, err = f.admin.Users.BulkUpdate(ctx, []uuid.UUID{root.ID}, identity.UserFlags{Verified: ptr(false)}, false)
		noError(t, err)
		wantSame(t, codes(outcomes), []string{"changed"}) // that takes no access away
	})
}

func TestBulkRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id := f.user(t, "alice").ID
	tooMany := make([]uuid.UUID, 1001)
	for i := range tooMany {
		tooMany[i] = uuid.New()
	}
	for name, op := range map[string]struct {
		scope string
		do    func(ctx context.Context, ids []uuid.UUID) ([]admin.BulkOutcome, error)
	}{
		"update": {identity.ScopeUsersWrite, func(ctx context.Context, ids []uuid.UUID) ([]admin.BulkOutcome, error) {
			return f.admin.Users.BulkUpdate(ctx, ids, identity.UserFlags{Verified: ptr(true)}, false)
		}},
		"reset": {identity.ScopeUsersWrite, func(ctx context.Context, ids []uuid.UUID) ([]admin.BulkOutcome, error) {
			return f.admin.Users.BulkResetPasswords(ctx, ids, false)
		}},
		"revoke": {identity.ScopeSessionsWrite, func(ctx context.Context, ids []uuid.UUID) ([]admin.BulkOutcome, error) {
			return f.admin.Users.BulkRevokeSessions(ctx, ids, false, false)
		}},
		"delete": {identity.ScopeUsersWrite, func(ctx context.Context, ids []uuid.UUID) ([]admin.BulkOutcome, error) {
			return f.admin.Users.BulkDelete(ctx, ids, false, false)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, ids := range [][]uuid.UUID{nil, tooMany, {id, id}} {
				_, err := op.do(f.ctx, ids)
				wantField(t, err, "ids")
			}
			outcomes, err := op.do(f.ctx, tooMany[:1000])
			noError(t, err)
			wantSame(t, count(outcomes), map[string]int{"USER_NOT_FOUND": 1000})
			f.refusedWithout(t, op.scope, func(ctx context.Context) error { _, err := op.do(ctx, tooMany[:1]); return err })
		})
	}
}

func TestOneOfManyAdministratorsStays(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		const admins = 130
		all := f.many(t, "admin", admins, makeAdmin)
		want := map[string]int{"changed": admins - 1, "LAST_ADMIN_PROTECTION": 1}
		for name, do := range map[string]func(dryRun bool) ([]admin.BulkOutcome, error){
			"demote": func(dryRun bool) ([]admin.BulkOutcome, error) {
				return f.admin.Users.BulkUpdate(f.ctx, idsOf(all), identity.UserFlags{Admin: ptr(false)}, dryRun)
			},
			"delete": func(dryRun bool) ([]admin.BulkOutcome, error) {
				return f.admin.Users.BulkDelete(f.ctx, idsOf(all), false, dryRun)
			},
		} {
			outcomes, err := do(true)
			noError(t, err)
			wantSame(t, count(outcomes), want)
			if n, err := f.store.ActiveAdmins(f.ctx); n != admins || err != nil {
				t.Fatalf("after a dry run to %s there are %d administrators: %v", name, n, err)
			}
		}
		outcomes, err := f.admin.Users.BulkUpdate(f.ctx, idsOf(all), identity.UserFlags{Active: ptr(false)}, false)
		noError(t, err)
		wantSame(t, count(outcomes), want)
		n, err := f.store.ActiveAdmins(f.ctx)
		noError(t, err)
		wantSame(t, n, 1)
	})
}

func TestLastAdministratorsAreTakenAtOnce(t *testing.T) {
	t.Parallel()
	const contenders = 50
	eachStore(t, func(t *testing.T, f *fixture) {
		for round := range 3 {
			if round > 0 {
				f.user(t, fmt.Sprintf("heir%d", round), administrator)
			} else {
				f.many(t, "admin", 2, makeAdmin)
			}
			admins := []uuid.UUID{}
			rows, err := f.store.Users(f.ctx, identity.UserQuery{
				Filter: identity.UserFilter{Admin: ptr(true), Active: ptr(true)}, Range: identity.KeysetRange{Limit: 10},
				Order: identity.UserOrder{Field: identity.UserOrderUsername}, Now: f.Now(),
			})
			noError(t, err)
			for _, row := range rows {
				admins = append(admins, row.Item.ID)
			}
			wantSame(t, len(admins), 2)
			ways := []func(id uuid.UUID) error{
				func(id uuid.UUID) error {
					_, err := f.admin.Users.Update(f.ctx, id, admin.UserChange{Admin: ptr(false)}, nil)
					return err
				},
				func(id uuid.UUID) error {
					_, err := f.admin.Users.Update(f.ctx, id, admin.UserChange{Active: ptr(false)}, nil)
					return err
				},
				func(id uuid.UUID) error {
					_, err := f.admin.Users.Delete(f.ctx, id, admin.DeleteUserOptions{})
					return err
				},
				func(uuid.UUID) error {
					_, err := f.admin.Users.BulkUpdate(f.ctx, admins, identity.UserFlags{Active: ptr(false)}, false)
					return err
				},
				func(id uuid.UUID) error {
					_, err := f.admin.Users.BulkDelete(f.ctx, []uuid.UUID{id}, true, false)
					return err
				},
			}
			gate := make(chan struct{})
			var all sync.WaitGroup
			for i := range contenders {
				all.Go(func() {
					<-gate
					err := ways[i%len(ways)](admins[i/len(ways)%2])
					if err != nil && !errors.Is(err, identity.ErrLastAdmin) && !errors.Is(err, identity.ErrUserNotFound) {
						t.Error(err)
					}
				})
			}
			close(gate)
			all.Wait()
			n, err := f.store.ActiveAdmins(f.ctx)
			noError(t, err)
			wantSame(t, n, 1)
		}
	})
}

func TestBulkResetPasswords(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	all := f.many(t, "user", 105)
	ids := append(idsOf(all), uuid.New())
	session := f.signIn(t, all[0]).Session
	f.advance(time.Second)
	dry, err := f.admin.Users.BulkResetPasswords(f.ctx, ids, true)
	noError(t, err)
	outcomes, err := f.admin.Users.BulkResetPasswords(f.ctx, ids, false)
	noError(t, err)
	wantSame(t, count(outcomes), map[string]int{"changed": 105, "USER_NOT_FOUND": 1})
	wantSame(t, codes(dry), codes(outcomes))
	seen := map[string]bool{}
	for i, o := range outcomes {
		if dry[i].Temporary != "" || (o.Temporary != "") != o.Changed {
			t.Fatalf("outcome %d: %+v", i, o)
		}
		seen[o.Temporary] = true
	}
	wantSame(t, len(seen), 106)
	for _, i := range []int{0, 42, 104} {
		user := f.reread(t, all[i])
		if !user.RequiresPasswordChange {
			t.Error("not flagged")
		}
		noError(t, f.try(user.Username, outcomes[i].Temporary))
		wantError(t, f.try(user.Username, passphrase), identity.ErrInvalidCredentials)
	}
	wantSame(t, f.session(t, session.ID).EndReason, identity.EndPasswordReset)
}

func TestBulkResetNeedsTheHasher(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	all := f.many(t, "user", 5)
	ctx, cancel := context.WithCancel(f.ctx)
	cancel()
	outcomes, err := f.admin.Users.BulkResetPasswords(ctx, idsOf(all), false)
	if err == nil || len(outcomes) != 0 {
		t.Fatalf("got %v, %v", outcomes, err)
	}
	noError(t, f.try("user0", passphrase))
}

func TestBulkRevokeAndDelete(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	root := f.user(t, "root", administrator)
	app := f.client(t, "app")
	alice, bob := f.user(t, "alice"), f.user(t, "bob")
	bound := f.redeem(t, app, f.signIn(t, alice), "openid").Grant
	ids := []uuid.UUID{alice.ID, bob.ID, root.ID}
	ctx := f.as(root, identity.ScopeSessionsWrite, identity.ScopeUsersWrite, identity.ScopeAdminsWrite)
	for _, dryRun := range []bool{true, false} {
		outcomes, err := f.admin.Users.BulkRevokeSessions(ctx, ids, false, dryRun)
		noError(t, err)
		wantSame(t, codes(outcomes), []string{"changed", "same", "same"})
		wantSame(t, f.grant(t, bound.ID).EndedAt != nil, !dryRun)
	}
	for _, dryRun := range []bool{true, false} {
		outcomes, err := f.admin.Users.BulkDelete(ctx, ids, true, dryRun)
		noError(t, err)
		wantSame(t, codes(outcomes), []string{"changed", "changed", "SELF_ADMIN_REVOKE_DENIED"})
		_, err = f.store.UserByID(f.ctx, alice.ID)
		wantSame(t, errors.Is(err, identity.ErrUserNotFound), !dryRun)
	}
	if trail := f.audit(t, identity.ActionUserDeleted); len(trail) != 2 || trail[0].TargetName == "bob" {
		t.Errorf("audited %v", trail)
	}
}

// failing returns a fault for the transaction with that number.
type failing struct {
	identity.Store
	at, seen int
}

func (s *failing) InTx(ctx context.Context, fn func(ctx context.Context, tx identity.Store) error) error {
	if s.seen++; s.seen == s.at {
		return identity.ErrUnavailable
	}
	return s.Store.InTx(ctx, fn)
}

func TestWhatWasDoneBeforeAFaultStaysDone(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	all := f.many(t, "user", 250)
	deps := f.deps
	deps.Store = &failing{Store: f.store, at: 2}
	outcomes, err := servicesOn(deps).Users.BulkUpdate(f.ctx, idsOf(all), identity.UserFlags{Verified: ptr(false)}, false)
	wantError(t, err, identity.ErrUnavailable)
	wantSame(t, count(outcomes), map[string]int{"changed": 100})
	wantSame(t, []bool{f.reread(t, all[99]).Verified, f.reread(t, all[100]).Verified}, []bool{false, true})
}

func TestAThousandUpdatesTakeFewStatements(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		all := f.many(t, "user", 1000)
		ctx, counter := store.CountStatements(f.ctx)
		outcomes, err := f.admin.Users.BulkUpdate(ctx, idsOf(all), identity.UserFlags{Verified: ptr(false)}, false)
		noError(t, err)
		wantSame(t, count(outcomes), map[string]int{"changed": 1000})
		wantSame(t, counter.Total(), 40) // for each hundred: lock, update, end the links to their addresses, audit
	})
}

func BenchmarkBulkUpdate(b *testing.B) {
	for name, open := range map[string]func(testing.TB, ...store.Options) (*store.Store, string){
		"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres,
	} {
		for _, flag := range []string{"verified", "active, with a session each"} {
			b.Run(name+", "+flag, func(b *testing.B) {
				s, _ := open(b)
				f := newFixtureOn(b, s)
				app := f.client(b, "app")
				all := f.many(b, "user", 1000)
				value := false
				b.ReportAllocs()
				for b.Loop() {
					flags := identity.UserFlags{Verified: &value}
					if flag != "verified" {
						flags = identity.UserFlags{Active: &value}
					}
					if flag != "verified" && !value {
						b.StopTimer()
						for _, u := range all {
							f.redeem(b, app, f.signIn(b, u), "openid")
						}
						b.StartTimer()
					}
					if _, err := f.admin.Users.BulkUpdate(f.ctx, idsOf(all), flags, false); err != nil {
						b.Fatal(err)
					}
					value = !value
				}
			})
		}
	}
}
