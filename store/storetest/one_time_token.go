package storetest

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func (f *fixture) newOneTimeToken(user uuid.UUID) identity.OneTimeToken {
	return identity.OneTimeToken{
		ID: f.id(), Digest: fmt.Appendf(nil, "one-time digest %d \x00\xff", f.next()), Purpose: identity.TokenRecovery, UserID: user,
		Email: "Ändern@example.org", CreatedAt: f.now, ExpiresAt: f.now.Add(time.Hour),
	}
}

func (f *fixture) oneTimeToken(user uuid.UUID) identity.OneTimeToken {
	f.Helper()
	t := f.newOneTimeToken(user)
	f.noError(f.store.SaveOneTimeToken(f.ctx, t))
	return t
}

// gone requires that a token is no longer there.
func (f *fixture) gone(t identity.OneTimeToken) {
	f.Helper()
	_, err := f.store.OneTimeTokenByDigest(f.ctx, [][]byte{t.Digest})
	f.wantErr(err, identity.ErrLinkInvalid)
}

func oneTimeTokens(r *runner) {
	r.run("a token is found by any of its digests, until its user is gone", func(f *fixture) {
		u := f.user()
		token := f.oneTimeToken(u.ID)
		f.equal(must(f.store.OneTimeTokenByDigest(f.ctx, [][]byte{[]byte("other"), token.Digest}))(f), token)
		for _, none := range [][][]byte{nil, {[]byte("other")}} {
			_, err := f.store.OneTimeTokenByDigest(f.ctx, none)
			f.wantErr(err, identity.ErrLinkInvalid)
		}
		f.noError(f.store.DeleteUser(f.ctx, u.ID))
		f.gone(token)
	})
	r.run("a newer token takes the place of an older one of its purpose and user", func(f *fixture) {
		u := f.user()
		old, others := f.oneTimeToken(u.ID), f.oneTimeToken(f.user().ID)
		elsewhere := f.newOneTimeToken(u.ID)
		elsewhere.Purpose = "another"
		f.noError(f.store.SaveOneTimeToken(f.ctx, elsewhere))
		f.now = f.now.Add(time.Minute)
		newer := f.oneTimeToken(u.ID)
		f.gone(old)
		for _, t := range []identity.OneTimeToken{newer, others, elsewhere} {
			f.equal(must(f.store.OneTimeTokenByDigest(f.ctx, [][]byte{t.Digest}))(f), t)
		}
		f.equal(must(f.store.SpendOneTimeToken(f.ctx, old.ID, f.now))(f), false)
	})
	r.run("no token that takes a change of address back replaces another", func(f *fixture) {
		u := f.user()
		recovery := f.oneTimeToken(u.ID)
		var undo []identity.OneTimeToken
		for range 3 {
			f.now = f.now.Add(time.Minute)
			t := f.newOneTimeToken(u.ID)
			t.Purpose = identity.TokenAddressUndo
			f.noError(f.store.SaveOneTimeToken(f.ctx, t))
			undo = append(undo, t)
		}
		f.oneTimeToken(f.user().ID)
		f.equal(must(f.store.OneTimeTokensOf(f.ctx, u.ID))(f), append([]identity.OneTimeToken{recovery}, undo...))
		f.noError(f.store.EndOneTimeTokens(f.ctx, []uuid.UUID{u.ID}, identity.TokenAddressUndo))
		f.equal(must(f.store.OneTimeTokensOf(f.ctx, u.ID))(f), undo)
		f.noError(f.store.EndOneTimeTokens(f.ctx, []uuid.UUID{u.ID}))
		f.equal(len(must(f.store.OneTimeTokensOf(f.ctx, u.ID))(f)), 0)
	})
	r.run("of many that spend a token one does", func(f *fixture) {
		token := f.oneTimeToken(f.user().ID)
		f.oneWins(func(int) (bool, error) { return f.store.SpendOneTimeToken(f.ctx, token.ID, f.now) })
		f.gone(token)
	})
	r.run("a token that has expired is not spent", func(f *fixture) {
		token := f.oneTimeToken(f.user().ID)
		f.equal(must(f.store.SpendOneTimeToken(f.ctx, token.ID, token.ExpiresAt))(f), false)
		f.equal(must(f.store.SpendOneTimeToken(f.ctx, token.ID, token.ExpiresAt.Add(-time.Microsecond)))(f), true)
	})
	r.run("of many that make a token for one user one stays", func(f *fixture) {
		u := f.user()
		all := make([]identity.OneTimeToken, contenders)
		for i := range all {
			all[i] = f.newOneTimeToken(u.ID)
		}
		_, faults := race(f, contenders, func(i int) (struct{}, error) { return struct{}{}, f.store.SaveOneTimeToken(f.ctx, all[i]) })
		left := 0
		for i, t := range all {
			f.noError(faults[i])
			if _, err := f.store.OneTimeTokenByDigest(f.ctx, [][]byte{t.Digest}); err == nil {
				left++
			}
		}
		f.equal(left, 1)
	})
	r.run("the tokens of a user end together", func(f *fixture) {
		u := f.user()
		token, other := f.oneTimeToken(u.ID), f.oneTimeToken(f.user().ID)
		f.noError(f.store.EndOneTimeTokens(f.ctx, []uuid.UUID{u.ID}))
		f.gone(token)
		must(f.store.OneTimeTokenByDigest(f.ctx, [][]byte{other.Digest}))(f)
	})
	r.run("a token goes when it has expired", func(f *fixture) {
		old, late := f.oneTimeToken(f.user().ID), f.newOneTimeToken(f.user().ID)
		late.ExpiresAt = late.ExpiresAt.Add(time.Microsecond)
		f.noError(f.store.SaveOneTimeToken(f.ctx, late))
		before := f.now.Add(-time.Hour)
		expiry := identity.Expiry{Now: old.ExpiresAt, EndedBefore: before, JobsBefore: before, MailBefore: before}
		f.equal(must(f.store.Sweep(f.ctx, expiry, 10))(f), 1)
		f.gone(old)
		must(f.store.OneTimeTokenByDigest(f.ctx, [][]byte{late.Digest}))(f)
	})
}
