package storetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

var errStop = errors.New("stop")

// inTx runs body with a fixture whose store is a transaction.
func (f *fixture) inTx(body func(tx *fixture) error) error {
	return f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
		inner := &fixture{T: f.T, ctx: ctx, store: tx, now: f.now, count: f.next() * 1000}
		return body(inner)
	})
}

func transactions(r *runner) {
	r.run("an error undoes everything", func(f *fixture) {
		u := f.user()
		f.wantErr(f.inTx(func(tx *fixture) error {
			tx.noError(tx.store.InsertUser(tx.ctx, tx.newUser(func(v *identity.User) { v.Username = "undone" })))
			must(tx.store.RecordFailedSignIn(tx.ctx, u.ID, nil))(tx)
			must(tx.store.MarkUsed(tx.ctx, "key", tx.now))(tx)
			return fmt.Errorf("wrapped: %w", errStop)
		}), errStop)
		_, err := f.store.UserByUsername(f.ctx, "undone")
		f.wantErr(err, identity.ErrUserNotFound)
		f.equal(must(f.store.UserByID(f.ctx, u.ID))(f).FailedAttempts, 0)
		f.equal(must(f.store.MarkUsed(f.ctx, "key", f.now))(f), true)
	})
	r.run("a panic undoes everything and goes on", func(f *fixture) {
		func() {
			defer func() {
				if recover() == nil {
					f.Error("the panic was swallowed")
				}
			}()
			_ = f.inTx(func(tx *fixture) error {
				tx.noError(tx.store.InsertUser(tx.ctx, tx.newUser(func(v *identity.User) { v.Username = "undone" })))
				panic("stop")
			})
		}()
		_, err := f.store.UserByUsername(f.ctx, "undone")
		f.wantErr(err, identity.ErrUserNotFound)
	})
	r.run("a transaction sees its own writes, others see them after it", func(f *fixture) {
		c := f.client()
		var u identity.User
		f.noError(f.inTx(func(tx *fixture) error {
			u = tx.user()
			tx.equal(must(tx.store.UserByID(tx.ctx, u.ID))(tx), u)
			s := tx.session(u.ID)
			tx.equal(must(tx.store.SessionByDigest(tx.ctx, [][]byte{s.Digest}))(tx), s)
			tx.equal(must(tx.store.ActiveSessionCounts(tx.ctx, []uuid.UUID{u.ID}, tx.now))(tx), map[uuid.UUID]int{u.ID: 1})
			g := tx.grant(u.ID, c.ID)
			tx.equal(must(tx.store.SpendCode(tx.ctx, g.ID, tx.now, identity.RefreshState{Generation: 1}, identity.SenderConstraint{}))(tx), true)
			status := must(tx.store.GrantStatus(tx.ctx, g.ID, "jti", tx.now))(tx)
			tx.equal(status.Eligibility(&identity.Settings{}, f.now), identity.Eligible)
			tx.equal(must(tx.store.UserByUsername(tx.ctx, u.Username))(tx), u)
			tx.noError(tx.store.Ping(tx.ctx))
			return nil
		}))
		f.equal(must(f.store.UserByID(f.ctx, u.ID))(f), u)
	})
	r.run("every transaction can use what an earlier one has prepared", func(f *fixture) {
		u := f.user()
		for want := 1; want <= 4; want++ {
			f.noError(f.inTx(func(tx *fixture) error {
				tx.equal(must(tx.store.RecordFailedSignIn(tx.ctx, u.ID, nil))(tx), want)
				tx.equal(must(tx.store.UserByID(tx.ctx, u.ID))(tx).FailedAttempts, want)
				return nil
			}))
		}
	})
	r.run("a transaction inside a transaction is refused", func(f *fixture) {
		f.noError(f.inTx(func(tx *fixture) error {
			if err := tx.inTx(func(*fixture) error { return nil }); err == nil {
				tx.Error("it was run")
			}
			return nil
		}))
	})
	r.run("a transaction of a finished request does not begin", func(f *fixture) {
		ctx, cancel := context.WithCancel(f.ctx)
		cancel()
		err := f.store.InTx(ctx, func(context.Context, identity.Store) error { return nil })
		f.wantErr(err, context.Canceled)
		_, err = f.store.UserByID(ctx, f.id())
		f.wantErr(err, context.Canceled)
		f.noError(f.store.Ping(f.ctx))
	})
	r.run("a write is seen by the next read on any connection", func(f *fixture) {
		u := f.user()
		for n := 1; n <= 100; n++ {
			must(f.store.RecordFailedSignIn(f.ctx, u.ID, nil))(f)
			if got := must(f.store.UserByID(f.ctx, u.ID))(f).FailedAttempts; got != n {
				f.Fatalf("wrote %d, read %d", n, got)
			}
		}
	})
}
