package admin_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestWhoIsNoAdministratorAnyMoreChangesNothing: every change of users and clients by a request that began when its user was an
// administrator still. That they were taken away is seen in the transaction of the change, and nothing of it stays.
func TestWhoIsNoAdministratorAnyMoreChangesNothing(t *testing.T) {
	t.Parallel()
	ends := map[string]admin.UserChange{"demoted": {Admin: ptr(false)}, "deactivated": {Active: ptr(false)}}
	eachStore(t, func(t *testing.T, f *fixture) {
		f.user(t, "root", administrator)
		for end, change := range ends {
			gone := f.user(t, end, administrator)
			for name, c := range everyChange() {
				t.Run(end+"/"+name, func(t *testing.T) {
					on := f.target(t, false)
					on.client = f.client(t, "on-"+on.user.Username)
					_, err := f.admin.Users.Update(f.ctx, gone.ID, admin.UserChange{Admin: ptr(true), Active: ptr(true)}, nil)
					noError(t, err)
					began := f.as(gone, c.scope, identity.ScopeAdminsWrite)
					_, err = f.admin.Users.Update(f.ctx, gone.ID, change, nil)
					noError(t, err)
					before := f.trail(t)
					wantError(t, c.do(began, f, on), coded(identity.CodeForbidden))
					wantSame(t, f.reread(t, on.user), on.user)
					if n := f.trail(t); n != before {
						t.Errorf("%d events of a change that was refused", n-before)
					}
				})
			}
		}
	})
}

// everyChange are those that are made, not only tried.
func everyChange() map[string]change {
	all := map[string]change{}
	for of, some := range map[string]map[string]change{"user": userChanges, "promotion": promotions, "client": clientChanges} {
		for name, c := range some {
			all[of+" "+name] = c
		}
	}
	delete(all, "user bulk flags, dry")
	delete(all, "client end a secret") // it has one, which stays in any case
	return all
}

func (f *fixture) trail(t *testing.T) int {
	t.Helper()
	n, err := f.store.CountAuditEvents(f.ctx, identity.AuditQuery{}, 10_000)
	noError(t, err)
	return n
}

// TestOfTwoAdministratorsWhoTakeEachOtherAwayOneStays: 50 rounds, in which a third one stays in any case, so that the rule of the last
// one does not help.
func TestOfTwoAdministratorsWhoTakeEachOtherAwayOneStays(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		f.user(t, "root", administrator)
		ways := []func(ctx context.Context, id uuid.UUID) error{
			func(ctx context.Context, id uuid.UUID) error {
				_, err := f.admin.Users.Update(ctx, id, admin.UserChange{Admin: ptr(false)}, nil)
				return err
			},
			func(ctx context.Context, id uuid.UUID) error {
				_, err := f.admin.Users.Update(ctx, id, admin.UserChange{Active: ptr(false)}, nil)
				return err
			},
			func(ctx context.Context, id uuid.UUID) error {
				return firstOutcome(f.admin.Users.BulkUpdate(ctx, []uuid.UUID{id}, identity.UserFlags{Admin: ptr(false)}, false))
			},
			func(ctx context.Context, id uuid.UUID) error {
				_, err := f.admin.Users.Delete(ctx, id, admin.DeleteUserOptions{})
				return err
			},
		}
		for round := range 50 {
			pair := []identity.User{f.user(t, "a"+uuid.NewString()[:8], administrator), f.user(t, "b"+uuid.NewString()[:8], administrator)}
			errs := make([]error, len(pair))
			var all sync.WaitGroup
			for i, actor := range pair {
				ctx, way := f.as(actor, identity.ScopeUsersWrite, identity.ScopeAdminsWrite), ways[(round/(1+i))%len(ways)]
				all.Go(func() { errs[i] = way(ctx, pair[1-i].ID) })
			}
			all.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("round %d: %v, %v", round, errs[0], errs[1])
			}
			for i, err := range errs {
				if err == nil {
					if u := f.reread(t, pair[i]); !u.Admin || !u.Active {
						t.Fatalf("round %d: nobody stayed", round)
					}
					continue
				}
				wantError(t, err, coded(identity.CodeForbidden))
			}
		}
	})
}
