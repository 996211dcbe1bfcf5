package storetest

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func (f *fixture) signInCode(user identity.User) identity.SignInCode {
	f.Helper()
	c := identity.SignInCode{
		ID: f.id(), Digest: fmt.Appendf(nil, "sign-in code digest %d \x00\xff", f.next()), Login: "Kim", UserID: user.ID, Email: user.Email,
		CodeDigest: []byte("code \x00\xff"), CreatedAt: f.now, ExpiresAt: f.now.Add(10 * time.Minute),
	}
	f.noError(f.store.InsertSignInCode(f.ctx, c))
	return c
}

func signInCodes(r *runner) {
	r.run("a sign-in code is found by any of its digests, also that of nobody", func(f *fixture) {
		for _, c := range []identity.SignInCode{f.signInCode(f.user()), f.signInCode(identity.User{})} {
			f.equal(must(f.store.SignInCodeByDigest(f.ctx, [][]byte{[]byte("other"), c.Digest}))(f), c)
		}
		for _, none := range [][][]byte{nil, {[]byte("other")}} {
			_, err := f.store.SignInCodeByDigest(f.ctx, none)
			f.wantErr(err, identity.ErrSignInCodeNotFound)
		}
	})
	r.run("of many tries of one sign-in code as many count as the limit", func(f *fixture) {
		c := f.signInCode(f.user())
		won, faults := race(f, contenders, func(int) (bool, error) { return f.store.TrySignInCode(f.ctx, c.ID, 5, f.now) })
		counted := 0
		for i := range won {
			f.noError(faults[i])
			if won[i] {
				counted++
			}
		}
		f.equal(counted, 5)
		late := f.signInCode(f.user())
		f.equal(must(f.store.TrySignInCode(f.ctx, late.ID, 5, late.ExpiresAt))(f), false)
	})
	r.run("of many that spend a sign-in code one does", func(f *fixture) {
		late := f.signInCode(f.user())
		f.equal(must(f.store.SpendSignInCode(f.ctx, late.ID, late.ExpiresAt))(f), false)
		c := f.signInCode(f.user())
		f.oneWins(func(int) (bool, error) { return f.store.SpendSignInCode(f.ctx, c.ID, f.now) })
		_, err := f.store.SignInCodeByDigest(f.ctx, [][]byte{c.Digest})
		f.wantErr(err, identity.ErrSignInCodeNotFound)
	})
	r.run("a sign-in code goes when it has expired, and with its user", func(f *fixture) {
		old, user := f.signInCode(identity.User{}), f.user()
		c := f.signInCode(user)
		before := f.now.Add(-time.Hour)
		expiry := identity.Expiry{Now: f.now, EndedBefore: before, JobsBefore: before, MailBefore: before}
		f.equal(must(f.store.Sweep(f.ctx, expiry, 10))(f), 0)
		f.noError(f.store.DeleteUser(f.ctx, user.ID))
		_, err := f.store.SignInCodeByDigest(f.ctx, [][]byte{c.Digest})
		f.wantErr(err, identity.ErrSignInCodeNotFound)
		expiry.Now = old.ExpiresAt
		f.equal(must(f.store.Sweep(f.ctx, expiry, 10))(f), 1)
	})
	r.run("a browser is known until, and for as long as after a sign-in once there was one", func(f *fixture) {
		user, browser := f.user(), []byte("browser \x00\xff")
		until := f.now.Add(time.Hour)
		f.noError(f.store.RememberPlace(f.ctx, identity.Place{UserID: user.ID, Browser: browser, At: f.now, Until: &until}))
		known := func(id uuid.UUID, digest []byte, at time.Time) identity.Familiarity {
			since := at.Add(-24 * time.Hour)
			return must(f.store.Familiarity(f.ctx, id, [][]byte{digest}, "192.0.2.0/24", at, since, since))(f)
		}
		f.equal(known(user.ID, browser, f.now), identity.Familiarity{Browser: true})
		f.equal(known(user.ID, browser, until), identity.Familiarity{})
		moved := []byte("moved \x00\xff") // by somebody else who signs in there
		place := identity.Place{UserID: f.user().ID, Browser: moved, Former: [][]byte{browser}, Network: "192.0.2.0/24", At: f.now}
		f.noError(f.store.RememberPlace(f.ctx, place))
		f.equal(known(user.ID, moved, f.now), identity.Familiarity{Browser: true})
		f.equal(known(user.ID, moved, until), identity.Familiarity{})
		place.UserID, place.Former = user.ID, nil
		f.noError(f.store.RememberPlace(f.ctx, place))
		f.equal(known(user.ID, moved, until), identity.Familiarity{Browser: true, Network: true})
	})
}
