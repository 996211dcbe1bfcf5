package storetest

import (
	"fmt"
	"time"

	"github.com/authly/authly/identity"
)

func (f *fixture) newRegistration() identity.Registration {
	return identity.Registration{
		ID: f.id(), Digest: fmt.Appendf(nil, "registration digest %d \x00\xff", f.next()), Email: "Neu@example.org",
		InvitationID: f.id(), CodeDigest: []byte("code \x00\xff"), CreatedAt: f.now, ExpiresAt: f.now.Add(10 * time.Minute),
	}
}

func (f *fixture) registration() identity.Registration {
	f.Helper()
	r := f.newRegistration()
	f.noError(f.store.InsertRegistration(f.ctx, r))
	return r
}

// proven is a registration whose code was typed.
func (f *fixture) proven() identity.Registration {
	f.Helper()
	r := f.registration()
	f.equal(must(f.store.ProveRegistration(f.ctx, r.ID, f.now, f.now.Add(time.Hour)))(f), true)
	return must(f.store.RegistrationByDigest(f.ctx, [][]byte{r.Digest}))(f)
}

func registrations(r *runner) {
	r.run("a registration is found by any of its digests", func(f *fixture) {
		r := f.registration()
		f.equal(must(f.store.RegistrationByDigest(f.ctx, [][]byte{[]byte("other"), r.Digest}))(f), r)
		for _, none := range [][][]byte{nil, {[]byte("other")}} {
			_, err := f.store.RegistrationByDigest(f.ctx, none)
			f.wantErr(err, identity.ErrRegistrationNotFound)
		}
	})
	r.run("of many tries of one code as many count as the limit", func(f *fixture) {
		r := f.registration()
		won, faults := race(f, contenders, func(int) (bool, error) { return f.store.TryRegistration(f.ctx, r.ID, 5, f.now) })
		counted := 0
		for i := range won {
			f.noError(faults[i])
			if won[i] {
				counted++
			}
		}
		f.equal(counted, 5)
		f.equal(must(f.store.RegistrationByDigest(f.ctx, [][]byte{r.Digest}))(f).Attempts, 5)
		late := f.registration()
		f.equal(must(f.store.TryRegistration(f.ctx, late.ID, 5, late.ExpiresAt))(f), false)
	})
	r.run("of many that prove a registration one does, and it lives longer then", func(f *fixture) {
		r := f.registration()
		expires := f.now.Add(time.Hour)
		f.oneWins(func(int) (bool, error) { return f.store.ProveRegistration(f.ctx, r.ID, f.now, expires) })
		found := must(f.store.RegistrationByDigest(f.ctx, [][]byte{r.Digest}))(f)
		f.equal(found.ExpiresAt, expires)
		f.equal(*found.ProvenAt, f.now)
		f.equal(must(f.store.TryRegistration(f.ctx, r.ID, 5, f.now))(f), false)
		late := f.registration()
		f.equal(must(f.store.ProveRegistration(f.ctx, late.ID, late.ExpiresAt, expires))(f), false)
	})
	r.run("of many that spend a registration one does, once it was proven", func(f *fixture) {
		unproven := f.registration()
		f.equal(must(f.store.SpendRegistration(f.ctx, unproven.ID, f.now))(f), false)
		late := f.proven()
		f.equal(must(f.store.SpendRegistration(f.ctx, late.ID, late.ExpiresAt))(f), false)
		r := f.proven()
		f.oneWins(func(int) (bool, error) { return f.store.SpendRegistration(f.ctx, r.ID, f.now) })
		_, err := f.store.RegistrationByDigest(f.ctx, [][]byte{r.Digest})
		f.wantErr(err, identity.ErrRegistrationNotFound)
	})
	r.run("a registration goes when it has expired", func(f *fixture) {
		old, proven := f.registration(), f.proven()
		before := f.now.Add(-time.Hour)
		expiry := identity.Expiry{Now: old.ExpiresAt, EndedBefore: before, JobsBefore: before, MailBefore: before}
		f.equal(must(f.store.Sweep(f.ctx, expiry, 10))(f), 1)
		_, err := f.store.RegistrationByDigest(f.ctx, [][]byte{old.Digest})
		f.wantErr(err, identity.ErrRegistrationNotFound)
		must(f.store.RegistrationByDigest(f.ctx, [][]byte{proven.Digest}))(f)
	})
	r.run("a message may be to somebody who is no user", func(f *fixture) {
		m := identity.MailMessage{
			ID: f.id(), Kind: identity.MailRegistration, To: "neu@example.org", Sealed: []byte("sealed"), CreatedAt: f.now,
		}
		f.noError(f.store.InsertMails(f.ctx, m))
		f.equal(must(f.store.MailByID(f.ctx, m.ID))(f), m)
	})
}
