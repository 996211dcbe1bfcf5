package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// contenders is how many try at once.
const contenders = 50

func races(r *runner) {
	r.run("one of many spends a code", func(f *fixture) {
		g := f.grant(f.user().ID, f.client().ID)
		f.oneWins(func(int) (bool, error) {
			return f.store.SpendCode(f.ctx, g.ID, f.now, identity.RefreshState{Generation: 1}, identity.SenderConstraint{})
		})
	})
	r.run("one of many spends a code in a transaction with its audit event", func(f *fixture) {
		g := f.grant(f.user().ID, f.client().ID)
		f.oneWins(func(int) (won bool, err error) {
			err = f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				if won, err = tx.SpendCode(ctx, g.ID, f.now, identity.RefreshState{Generation: 1}, identity.SenderConstraint{}); err != nil || !won {
					return err
				}
				return tx.InsertAudit(ctx, identity.AuditEvent{
					ID: f.id(), OccurredAt: f.now, ActorKind: identity.ActorSystem, Outcome: identity.OutcomeSuccess,
				})
			})
			return won, err
		})
		f.equal(len(f.recentAudit(contenders)), 1)
	})
	r.run("one of many replaces the next signing key, and no other is lost", func(f *fixture) {
		must(f.store.InsertKey(f.ctx, f.newKey("first", identity.ES256, identity.KeyNext)))(f)
		won := f.winners(func(i int) (won bool, err error) {
			err = f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				list, err := tx.LockKeys(ctx, f.now)
				if err != nil {
					return err
				}
				next := list[len(list)-1]
				next.State = identity.KeyRetired
				if won, err = tx.MoveKey(ctx, next, identity.KeyNext); err != nil || !won {
					return err
				}
				successor := f.newKey(fmt.Sprintf("key-%02d", i), identity.ES256, identity.KeyNext)
				successor.CreatedAt = f.now.Add(time.Duration(len(list)) * time.Second)
				won, err = tx.InsertKey(ctx, successor)
				return err
			})
			return won, err
		})
		f.equal(won, contenders)
		f.equal(len(must(f.store.Keys(f.ctx, f.now))(f)), contenders+1)
	})
	r.run("one of many rotates a refresh token", func(f *fixture) {
		g := f.grant(f.user().ID, f.client().ID, spent(f.now, 1))
		f.oneWins(func(int) (bool, error) { return f.store.RotateRefresh(f.ctx, g.ID, 1, f.now, f.now.Add(time.Hour)) })
		f.equal(f.storedGrant(g.ID).Refresh.Generation, 2)
	})
	r.run("repeats of a refresh token stay below their limit", func(f *fixture) {
		g := f.grant(f.user().ID, f.client().ID, spent(f.now, 1))
		must(f.store.RotateRefresh(f.ctx, g.ID, 1, f.now, f.now.Add(time.Hour)))(f)
		won := f.winners(func(int) (bool, error) {
			return f.store.RepeatRefresh(f.ctx, g.ID, 1, f.now.Add(-time.Second), identity.RepeatLimits{Uses: 7, Overlaps: 1})
		})
		f.equal(won, 7)
	})
	// Each with a digest of its own: there is nothing to find it by but the id.
	finishing := func(f *fixture, i identity.Interaction) identity.Interaction {
		i.Digest, i.DoneAt, i.SessionID = []byte(f.id().String()), &f.now, ptr(f.id())
		return i
	}
	r.run("one of many finishes an interaction, stored or not", func(f *fixture) {
		c := f.client()
		for _, q := range []identity.Interaction{f.interaction(c.ID), f.newInteraction(c.ID)} {
			f.oneWins(func(int) (bool, error) {
				err := f.store.SaveInteraction(f.ctx, finishing(f, q))
				if errors.Is(err, identity.ErrInteractionNotFound) {
					return false, nil
				}
				return err == nil, err
			})
		}
	})
	r.run("one of many issues the code of an interaction, stored or not", func(f *fixture) {
		u, c := f.user(), f.client()
		s := f.session(u.ID)
		for _, q := range []identity.Interaction{f.interaction(c.ID), f.newInteraction(c.ID)} {
			f.oneWins(func(int) (bool, error) {
				g := f.newGrant(u.ID, c.ID, func(g *identity.Grant) { g.SessionID = &s.ID })
				return f.store.InsertCode(f.ctx, finishing(f, q), g, identity.GrantBasis{SessionDigest: s.Digest})
			})
		}
	})
	r.run("one of many replaces the grant of an interaction", func(f *fixture) {
		q := f.newInteraction(f.client().ID)
		q.DoneAt, q.GrantID = &f.now, ptr(f.id())
		f.noError(f.store.SaveInteraction(f.ctx, q))
		f.oneWins(func(int) (bool, error) { return f.store.ReplaceInteractionGrant(f.ctx, q.ID, *q.GrantID, f.id()) })
	})
	r.run("one of many ends a grant and is noted", func(f *fixture) {
		g := f.grant(f.user().ID, f.client().ID)
		f.oneWins(func(int) (bool, error) {
			return f.store.EndGrant(f.ctx, g.ID, g.ClientID, f.now, identity.EndClientRevoked, f.newEvent())
		})
		f.equal(len(f.recentAudit(contenders)), 1)
	})
	r.run("one of many is the first to use a key", func(f *fixture) {
		f.oneWins(func(int) (bool, error) { return f.store.MarkUsed(f.ctx, "jti", f.now.Add(time.Minute)) })
	})
	r.run("each of many keys is new once, also to those who have gone", func(f *fixture) {
		const keys = 7
		gone, cancel := context.WithCancel(f.ctx)
		cancel()
		var (
			firsts  atomic.Int32
			running sync.WaitGroup
		)
		for i := range keys * contenders {
			running.Go(func() {
				_, _ = f.store.MarkUsed(gone, fmt.Sprint("of a caller who has gone ", i), f.now.Add(time.Minute))
				first, err := f.store.MarkUsed(f.ctx, fmt.Sprint("key ", i%keys), f.now.Add(time.Minute))
				if err != nil {
					firsts.Add(keys) // is seen below
				}
				if first {
					firsts.Add(1)
				}
			})
		}
		running.Wait()
		f.equal(int(firsts.Load()), keys)
	})
	r.run("one of many nodes inserts the first key", func(f *fixture) {
		f.oneWins(func(i int) (bool, error) {
			return f.store.InsertKey(f.ctx, f.newKey(fmt.Sprint("kid", i), identity.ES256, identity.KeyActive))
		})
		f.equal(len(must(f.store.Keys(f.ctx, f.now))(f)), 1)
	})
	r.run("one of many takes a username", func(f *fixture) {
		f.oneWins(func(i int) (bool, error) {
			name := "taken"
			if i%2 == 0 {
				name = "TAKEN"
			}
			err := f.store.InsertUser(f.ctx, f.newUser(func(u *identity.User) { u.Username = name }))
			if identity.AsError(err).Code == identity.CodeDuplicateUsername {
				return false, nil
			}
			return err == nil, err
		})
	})
	r.run("of a username and a preferred username that are the same one is stored", func(f *fixture) {
		for round := range 20 {
			name, u := fmt.Sprint("same", round), f.user()
			_, faults := race(f, 2, func(i int) (struct{}, error) {
				if i == 0 {
					return struct{}{}, f.store.InsertUser(f.ctx, f.newUser(func(v *identity.User) { v.Username = strings.ToUpper(name) }))
				}
				u.Claims.PreferredUsername = name
				return struct{}{}, f.store.UpdateUser(f.ctx, u)
			})
			refused := errors.Join(faults...)
			if (faults[0] == nil) == (faults[1] == nil) || identity.AsError(refused).Code != identity.CodeDuplicateUsername {
				f.Fatalf("round %d: %v", round, faults)
			}
		}
	})
	r.run("one of many updates a version", func(f *fixture) {
		u := f.user()
		f.oneWins(func(int) (bool, error) {
			err := f.store.UpdateUser(f.ctx, u)
			var conflict *identity.VersionConflictError
			if errors.As(err, &conflict) {
				return false, nil
			}
			return err == nil, err
		})
	})
	r.run("every failed sign-in is counted", func(f *fixture) {
		u := f.user()
		counts, faults := race(f, contenders, func(int) (int, error) {
			return f.store.RecordFailedSignIn(f.ctx, u.ID, ptr(f.now.Add(time.Hour)))
		})
		f.noError(errors.Join(faults...))
		seen := map[int]bool{}
		for _, n := range counts {
			seen[n] = true
		}
		got := must(f.store.UserByID(f.ctx, u.ID))(f)
		if len(seen) != contenders || got.FailedAttempts != contenders || got.LockedUntil == nil {
			f.Fatalf("%d different counts, %d stored, locked until %v", len(seen), got.FailedAttempts, got.LockedUntil)
		}
	})
	// With two administrators one of two changes wins; with more, all but one. Every way of losing one is tried at once.
	for _, admins := range []int{2, 20} {
		r.run(fmt.Sprintf("one of %d administrators remains", admins), func(f *fixture) {
			var all []identity.User
			for range admins {
				all = append(all, f.user(func(u *identity.User) { u.Admin = true }))
			}
			won := 0
			results, faults := race(f, admins, func(i int) (bool, error) {
				return took(f.takeAdmin(all[i], i))
			})
			f.noError(errors.Join(faults...))
			for _, ok := range results {
				if ok {
					won++
				}
			}
			f.equal(won, admins-1)
			f.equal(must(f.store.ActiveAdmins(f.ctx))(f), 1)
		})
	}
	r.run("two transactions that each take one of two administrators leave one", func(f *fixture) {
		admin := func(u *identity.User) { u.Admin = true }
		remaining := f.user(admin)
		for range 20 {
			all := []identity.User{remaining, f.user(admin)}
			results, faults := race(f, 2, func(i int) (bool, error) {
				return took(f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
					if err := tx.DeleteUser(ctx, all[i].ID); err != nil {
						return err
					}
					for range 5 { // so that both are in the middle at the same time
						if err := tx.Ping(ctx); err != nil {
							return err
						}
					}
					return nil
				}))
			})
			f.noError(errors.Join(faults...))
			if results[0] == results[1] {
				f.Fatalf("both returned %v", results[0])
			}
			f.equal(must(f.store.ActiveAdmins(f.ctx))(f), 1)
			if remaining = all[0]; results[0] {
				remaining = all[1]
			}
		}
	})
	r.run("sessions that many end are returned to one", func(f *fixture) {
		s := f.session(f.user().ID)
		f.oneWins(func(int) (bool, error) {
			ended, err := f.store.EndSessions(f.ctx, identity.SessionSelection{IDs: []uuid.UUID{s.ID}}, f.now, identity.EndRevoked)
			return len(ended) == 1, err
		})
	})
	r.run("transactions that wait for each other come to an end", func(f *fixture) {
		a, b := f.user(), f.user()
		_, faults := race(f, 10, func(i int) (bool, error) {
			first, second := a.ID, b.ID
			if i%2 == 0 {
				first, second = second, first
			}
			return true, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				if _, err := tx.RecordFailedSignIn(ctx, first, nil); err != nil {
					return err
				}
				_, err := tx.RecordFailedSignIn(ctx, second, nil)
				return err
			})
		})
		done := 0
		for _, err := range faults {
			switch {
			case err == nil:
				done++
			case identity.AsError(err).Kind != identity.Unavailable: // three attempts may not be enough; that is honest
				f.Fatal(err)
			}
		}
		for _, id := range []uuid.UUID{a.ID, b.ID} {
			f.equal(must(f.store.UserByID(f.ctx, id))(f).FailedAttempts, done)
		}
	})
}

// takeAdmin makes an administrator none, in one of three ways.
func (f *fixture) takeAdmin(u identity.User, way int) error {
	switch way % 3 {
	case 0:
		u.Admin = false
	case 1:
		u.Active = false
	default:
		return f.store.DeleteUser(f.ctx, u.ID)
	}
	return f.store.UpdateUser(f.ctx, u)
}

// took separates a refusal to take the last administrator from a fault.
func took(err error) (bool, error) {
	if errors.Is(err, identity.ErrLastAdmin) {
		return false, nil
	}
	return err == nil, err
}

// oneWins requires that exactly one of many wins.
func (f *fixture) oneWins(try func(i int) (bool, error)) {
	f.Helper()
	if n := f.winners(try); n != 1 {
		f.Fatalf("%d of %d won", n, contenders)
	}
}

func (f *fixture) winners(try func(i int) (bool, error)) int {
	f.Helper()
	results, faults := race(f, contenders, try)
	f.noError(errors.Join(faults...))
	n := 0
	for _, won := range results {
		if won {
			n++
		}
	}
	return n
}
