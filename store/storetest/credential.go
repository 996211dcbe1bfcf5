package storetest

import (
	"time"

	"github.com/authly/authly/identity"
)

func credentials(r *runner) {
	r.run("a password is a credential of its user", func(f *fixture) {
		changed, used := f.now.Add(time.Minute), f.now.Add(time.Hour)
		u := f.user(func(u *identity.User) {
			u.Password.Hash, u.Password.ChangedAt, u.LastLoginAt = "hash", &changed, &used
		})
		f.user() // whose credentials are not listed
		want := identity.Credential{ID: u.ID, Kind: identity.CredentialPassword, UserID: u.ID, CreatedAt: changed, LastUsedAt: &used}
		f.equal(must(f.store.CredentialsOf(f.ctx, u.ID))(f), []identity.Credential{want})
	})
	r.run("a password that was never changed or used is as old as its user", func(f *fixture) {
		u := f.user(func(u *identity.User) { u.Password.Hash, u.Password.ChangedAt, u.LastLoginAt = "hash", nil, nil })
		want := identity.Credential{ID: u.ID, Kind: identity.CredentialPassword, UserID: u.ID, CreatedAt: u.CreatedAt}
		f.equal(must(f.store.CredentialsOf(f.ctx, u.ID))(f), []identity.Credential{want})
	})
	r.run("whoever has no password has no credential", func(f *fixture) {
		u := f.user(func(u *identity.User) { u.Password.Hash = "" })
		f.equal(len(must(f.store.CredentialsOf(f.ctx, u.ID))(f)), 0)
		f.equal(len(must(f.store.CredentialsOf(f.ctx, f.id()))(f)), 0)
	})
}
