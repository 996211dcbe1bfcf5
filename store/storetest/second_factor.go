package storetest

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func (f *fixture) totp(user uuid.UUID) identity.TOTP {
	app := identity.TOTP{ID: f.id(), UserID: user, Sealed: []byte("sealed"), LastStep: 100, CreatedAt: f.now}
	f.equal(must(f.store.InsertTOTP(f.ctx, app))(f), true)
	return app
}

// spends checks what becomes of a recovery code.
func (f *fixture) spends(user uuid.UUID, digest string, want bool, left int) {
	f.Helper()
	got, spent, err := f.store.SpendRecoveryCode(f.ctx, user, []byte(digest), f.now)
	f.noError(err)
	f.equal(spent, want)
	f.equal(got, left)
}

func secondFactors(r *runner) {
	r.run("a user has one authenticator app, and says so", func(f *fixture) {
		u, other := f.user(), f.user()
		f.equal(must(f.store.UserByID(f.ctx, u.ID))(f).App, false)
		app := f.totp(u.ID)
		f.equal(must(f.store.TOTPOf(f.ctx, u.ID))(f), app)
		second := app
		second.ID, second.Sealed = f.id(), []byte("another")
		f.equal(must(f.store.InsertTOTP(f.ctx, second))(f), false)
		f.equal(must(f.store.TOTPOf(f.ctx, u.ID))(f), app)
		f.equal(must(f.store.UserByID(f.ctx, u.ID))(f).App, true)
		f.equal(must(f.store.UserByID(f.ctx, other.ID))(f).App, false)
		_, err := f.store.TOTPOf(f.ctx, other.ID)
		f.equal(errors.Is(err, identity.ErrCredentialNotFound), true)
		second.UserID = f.id()
		f.equal(must(f.store.InsertTOTP(f.ctx, second))(f), false)

		stored := must(f.store.UserByID(f.ctx, u.ID))(f)
		stored.App = false
		f.noError(f.store.UpdateUser(f.ctx, stored))
		f.equal(must(f.store.UserByID(f.ctx, u.ID))(f).App, true)

		f.equal(must(f.store.DeleteTOTP(f.ctx, u.ID))(f), true)
		f.equal(must(f.store.DeleteTOTP(f.ctx, u.ID))(f), false)
		f.equal(must(f.store.UserByID(f.ctx, u.ID))(f).App, false)
	})
	r.run("an authenticator app goes with its user, and is a credential", func(f *fixture) {
		u := f.user(func(u *identity.User) { u.Password.Hash = "" })
		app := f.totp(u.ID)
		f.equal(must(f.store.CredentialsOf(f.ctx, u.ID))(f), []identity.Credential{
			{ID: app.ID, Kind: identity.CredentialTOTP, UserID: u.ID, CreatedAt: f.now},
		})
		f.noError(f.store.DeleteUser(f.ctx, u.ID))
		_, err := f.store.TOTPOf(f.ctx, u.ID)
		f.equal(errors.Is(err, identity.ErrCredentialNotFound), true)
	})
	r.run("the last step only moves forward, and forgets failures", func(f *fixture) {
		app := f.totp(f.user().ID)
		f.noError(f.store.RecordTOTPFailure(f.ctx, app.ID))
		f.noError(f.store.RecordTOTPFailure(f.ctx, app.ID))
		f.equal(must(f.store.TOTPOf(f.ctx, app.UserID))(f).Failures, 2)
		at := f.now.Add(time.Hour)
		f.equal(must(f.store.SpendTOTP(f.ctx, app.ID, 100, at))(f), false)
		f.equal(must(f.store.SpendTOTP(f.ctx, app.ID, 102, at))(f), true)
		f.equal(must(f.store.SpendTOTP(f.ctx, app.ID, 101, at))(f), false)
		f.equal(must(f.store.SpendTOTP(f.ctx, f.id(), 103, at))(f), false)
		app.LastStep, app.LastUsedAt = 102, &at
		f.equal(must(f.store.TOTPOf(f.ctx, app.UserID))(f), app)
	})
	r.run("of fifty that spend one step one does", func(f *fixture) {
		app := f.totp(f.user().ID)
		var spent atomic.Int32
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				if ok, err := f.store.SpendTOTP(f.ctx, app.ID, 101, f.now); err == nil && ok {
					spent.Add(1)
				}
			})
		}
		group.Wait()
		f.equal(spent.Load(), int32(1))
	})
	r.run("recovery codes are used once each, until there is another set", func(f *fixture) {
		u, other := f.user(), f.user()
		set := [][]byte{[]byte("one"), []byte("two"), []byte("three")}
		f.equal(must(f.store.ReplaceRecoveryCodes(f.ctx, u.ID, set, f.now))(f), false) // stands for nothing
		f.equal(must(f.store.RecoveryCodesOf(f.ctx, []uuid.UUID{u.ID}))(f)[u.ID], identity.RecoveryCodes{})
		f.totp(u.ID)
		f.totp(other.ID)
		f.equal(must(f.store.ReplaceRecoveryCodes(f.ctx, u.ID, set, f.now))(f), true)
		f.equal(must(f.store.RecoveryCodesOf(f.ctx, []uuid.UUID{u.ID}))(f)[u.ID], identity.RecoveryCodes{Left: 3, CreatedAt: f.now})
		f.spends(other.ID, "one", false, 0)
		f.spends(u.ID, "four", false, 0)
		f.spends(u.ID, "one", true, 2)
		f.spends(u.ID, "one", false, 0)
		f.spends(u.ID, "three", true, 1)

		later := f.now.Add(time.Hour)
		f.equal(must(f.store.ReplaceRecoveryCodes(f.ctx, u.ID, [][]byte{[]byte("four"), []byte("one")}, later))(f), true)
		f.equal(must(f.store.RecoveryCodesOf(f.ctx, []uuid.UUID{u.ID}))(f)[u.ID], identity.RecoveryCodes{Left: 2, CreatedAt: later})
		f.equal(must(f.store.RecoveryCodesOf(f.ctx, []uuid.UUID{u.ID, f.user().ID}))(f), map[uuid.UUID]identity.RecoveryCodes{
			u.ID: {Left: 2, CreatedAt: later},
		})
		f.equal(len(must(f.store.RecoveryCodesOf(f.ctx, nil))(f)), 0)
		f.spends(u.ID, "two", false, 0)
		f.spends(u.ID, "one", true, 1)
		f.spends(u.ID, "four", true, 0)
		f.equal(must(f.store.RecoveryCodesOf(f.ctx, []uuid.UUID{u.ID}))(f)[u.ID], identity.RecoveryCodes{CreatedAt: later})
		f.equal(must(f.store.DeleteRecoveryCodes(f.ctx, u.ID))(f), true)
		f.equal(must(f.store.DeleteRecoveryCodes(f.ctx, u.ID))(f), false)
	})
	r.run("of fifty that use one recovery code one does", func(f *fixture) {
		app := f.totp(f.user().ID)
		f.equal(must(f.store.ReplaceRecoveryCodes(f.ctx, app.UserID, [][]byte{[]byte("one"), []byte("two")}, f.now))(f), true)
		var spent atomic.Int32
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				if _, ok, err := f.store.SpendRecoveryCode(f.ctx, app.UserID, []byte("one"), f.now); err == nil && ok {
					spent.Add(1)
				}
			})
		}
		group.Wait()
		f.equal(spent.Load(), int32(1))
		f.noError(f.store.DeleteUser(f.ctx, app.UserID))
		f.equal(must(f.store.RecoveryCodesOf(f.ctx, []uuid.UUID{app.UserID}))(f)[app.UserID], identity.RecoveryCodes{})
	})
	r.run("what is sealed is listed by id, and replaced if it is what was read", func(f *fixture) {
		var apps []identity.TOTP
		for range 3 {
			apps = append(apps, f.totp(f.user().ID))
		}
		slices.SortFunc(apps, func(a, b identity.TOTP) int { return strings.Compare(a.ID.String(), b.ID.String()) })
		f.equal(must(f.store.CountSealed(f.ctx))(f), 3)
		f.equal(must(f.store.SealedTOTPs(f.ctx, uuid.Nil, 2))(f), apps[:2])
		f.equal(must(f.store.SealedTOTPs(f.ctx, apps[1].ID, 2))(f), apps[2:])
		f.noError(f.store.ResealTOTP(f.ctx, apps[0], []byte("anew")))
		f.noError(f.store.ResealTOTP(f.ctx, apps[0], []byte("late")))
		f.equal(must(f.store.TOTPOf(f.ctx, apps[0].UserID))(f).Sealed, []byte("anew"))
	})
	r.run("a hash is upgraded only if it is what was verified", func(f *fixture) {
		u := f.user(func(u *identity.User) { u.Password.Hash = "weak" })
		f.noError(f.store.UpgradePassword(f.ctx, u, "strong"))
		f.noError(f.store.UpgradePassword(f.ctx, u, "late"))
		after := must(f.store.UserByID(f.ctx, u.ID))(f)
		u.Password.Hash = "strong"
		f.equal(after.Password, u.Password)
		f.equal(after.Version, u.Version)
	})
}
