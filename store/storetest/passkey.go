package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// passkey adds a passkey to a user whose handle is the user's id.
func (f *fixture) passkey(user uuid.UUID, credential string, later ...time.Duration) identity.Passkey {
	p := identity.Passkey{
		ID: f.id(), UserID: user, Handle: user[:], CredentialID: []byte(credential), Record: []byte(`{"key":1}`), Name: "Phone",
		SignCount: 7, BackupEligible: true, CreatedAt: f.now,
	}
	for _, d := range later {
		p.CreatedAt = p.CreatedAt.Add(d)
	}
	f.equal(must(f.store.InsertPasskey(f.ctx, p))(f), true)
	return p
}

func (f *fixture) uses(p identity.Passkey, count int, want bool) {
	f.Helper()
	f.equal(must(f.store.UsePasskey(f.ctx, p.ID, identity.PasskeyUse{SignCount: count, BackupEligible: true, BackedUp: true}, f.now))(f), want)
}

// raced calls act fifty times at once and returns how often it was true.
func (f *fixture) raced(act func() (bool, error)) int32 {
	var won atomic.Int32
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if ok, err := act(); err == nil && ok {
				won.Add(1)
			}
		})
	}
	group.Wait()
	return won.Load()
}

func passkeys(r *runner) {
	r.run("a passkey is found by what the authenticator calls it, and its user says so", func(f *fixture) {
		u, other := f.user(), f.user()
		_, err := f.store.PasskeyHandle(f.ctx, u.ID)
		f.equal(errors.Is(err, identity.ErrCredentialNotFound), true)
		first, second := f.passkey(u.ID, "one"), f.passkey(u.ID, "two", time.Minute)
		f.equal(must(f.store.PasskeyByCredential(f.ctx, []byte("one")))(f), first)
		f.equal(must(f.store.PasskeyHandle(f.ctx, u.ID))(f), u.ID[:])
		_, err = f.store.PasskeyByCredential(f.ctx, []byte("three"))
		f.equal(errors.Is(err, identity.ErrCredentialNotFound), true)
		f.equal(must(f.store.UserByID(f.ctx, u.ID))(f).Passkey, true)
		f.equal(must(f.store.UserByID(f.ctx, other.ID))(f).Passkey, false)
		first.Handle, second.Handle = nil, nil
		f.equal(must(f.store.PasskeysOf(f.ctx, []uuid.UUID{u.ID, other.ID}))(f), map[uuid.UUID][]identity.Passkey{u.ID: {first, second}})
		f.equal(len(must(f.store.PasskeysOf(f.ctx, nil))(f)), 0)

		stored := must(f.store.UserByID(f.ctx, u.ID))(f)
		stored.Passkey = false
		f.noError(f.store.UpdateUser(f.ctx, stored))
		f.equal(must(f.store.UserByID(f.ctx, u.ID))(f).Passkey, true)
	})
	r.run("a passkey is added to one user, whose handle stays", func(f *fixture) {
		u, other := f.user(), f.user()
		p := f.passkey(u.ID, "one")
		for _, change := range []func(p *identity.Passkey){
			func(p *identity.Passkey) {}, // known already
			func(p *identity.Passkey) { p.UserID, p.Handle = other.ID, other.ID[:] },
			func(p *identity.Passkey) { p.CredentialID, p.Handle = []byte("two"), other.ID[:] },
			func(p *identity.Passkey) { p.CredentialID, p.UserID = []byte("two"), f.id() },
		} {
			again := p
			again.ID = f.id()
			change(&again)
			f.equal(must(f.store.InsertPasskey(f.ctx, again))(f), false)
		}
		f.equal(must(f.store.UserByID(f.ctx, other.ID))(f).Passkey, false)
		f.equal(must(f.store.DeletePasskey(f.ctx, other.ID, p.ID))(f), false)
		f.equal(must(f.store.DeletePasskey(f.ctx, u.ID, p.ID))(f), true)
		f.equal(must(f.store.DeletePasskey(f.ctx, u.ID, p.ID))(f), false)
		f.equal(must(f.store.UserByID(f.ctx, u.ID))(f).Passkey, false)
		f.equal(must(f.store.PasskeyHandle(f.ctx, u.ID))(f), u.ID[:])
		one := f.passkey(u.ID, "one")
		f.passkey(u.ID, "two")
		f.equal(must(f.store.DeletePasskey(f.ctx, u.ID, one.ID))(f), true)
		f.equal(must(f.store.UserByID(f.ctx, u.ID))(f).Passkey, true)
	})
	r.run("a passkey has the name that its user gives it, goes with its user, and is a credential", func(f *fixture) {
		u := f.user(func(u *identity.User) { u.Password.Hash = "" })
		p := f.passkey(u.ID, "one")
		f.equal(must(f.store.RenamePasskey(f.ctx, f.id(), p.ID, "Mine"))(f), false)
		f.equal(must(f.store.RenamePasskey(f.ctx, u.ID, p.ID, "Blue key"))(f), true)
		f.equal(must(f.store.CredentialsOf(f.ctx, u.ID))(f), []identity.Credential{
			{ID: p.ID, Kind: identity.CredentialPasskey, UserID: u.ID, Name: "Blue key", CreatedAt: f.now},
		})
		f.noError(f.store.DeleteUser(f.ctx, u.ID))
		_, err := f.store.PasskeyByCredential(f.ctx, []byte("one"))
		f.equal(errors.Is(err, identity.ErrCredentialNotFound), true)
	})
	r.run("a security key is no passkey, and its user says which of both there are", func(f *fixture) {
		u := f.user(func(u *identity.User) { u.Password.Hash = "" })
		key := identity.Passkey{
			ID: f.id(), UserID: u.ID, Handle: u.ID[:], CredentialID: []byte("key"), Record: []byte("{}"), Name: "Key", SecurityKey: true,
			CreatedAt: f.now,
		}
		says := func(passkey, key bool) {
			f.Helper()
			stored := must(f.store.UserByID(f.ctx, u.ID))(f)
			f.equal([]bool{stored.Passkey, stored.SecurityKey, stored.SecondFactor(), stored.App}, []bool{passkey, key, key, false})
		}
		f.equal(must(f.store.ReplaceRecoveryCodes(f.ctx, u.ID, [][]byte{[]byte("code")}, f.now))(f), false)
		f.equal(must(f.store.InsertPasskey(f.ctx, key))(f), true)
		says(false, true)
		f.equal(must(f.store.PasskeyByCredential(f.ctx, []byte("key")))(f), key)
		f.equal(must(f.store.CredentialsOf(f.ctx, u.ID))(f), []identity.Credential{
			{ID: key.ID, Kind: identity.CredentialSecurityKey, UserID: u.ID, Name: "Key", CreatedAt: f.now},
		})
		f.equal(must(f.store.ReplaceRecoveryCodes(f.ctx, u.ID, [][]byte{[]byte("code")}, f.now))(f), true)
		p := f.passkey(u.ID, "one")
		says(true, true)
		f.equal(must(f.store.DeletePasskey(f.ctx, u.ID, p.ID))(f), true)
		says(false, true)
		f.passkey(u.ID, "one")
		stored := must(f.store.UserByID(f.ctx, u.ID))(f)
		stored.SecurityKey = false
		f.noError(f.store.UpdateUser(f.ctx, stored))
		says(true, true)
		f.equal(must(f.store.DeletePasskey(f.ctx, u.ID, key.ID))(f), true)
		says(true, false)
	})
	r.run("who has a passkey may want to be asked for it, until the last is gone", func(f *fixture) {
		u, other := f.user(), f.user()
		says := func(want bool) {
			f.Helper()
			stored := must(f.store.UserByID(f.ctx, u.ID))(f)
			f.equal([]bool{stored.SecondStep, stored.SecondFactor()}, []bool{want, want})
		}
		f.equal(must(f.store.SetSecondStep(f.ctx, u.ID, true))(f), false)
		f.equal(must(f.store.SetSecondStep(f.ctx, f.id(), true))(f), false)
		p, second := f.passkey(u.ID, "one"), f.passkey(u.ID, "two")
		f.passkey(other.ID, "three")
		says(false)
		f.equal(must(f.store.SetSecondStep(f.ctx, u.ID, false))(f), false)
		f.equal(must(f.store.SetSecondStep(f.ctx, u.ID, true))(f), true)
		f.equal(must(f.store.SetSecondStep(f.ctx, u.ID, true))(f), false)
		says(true)
		f.equal(must(f.store.UserByID(f.ctx, other.ID))(f).SecondStep, false)
		stored := must(f.store.UserByID(f.ctx, u.ID))(f)
		stored.SecondStep = false
		f.noError(f.store.UpdateUser(f.ctx, stored))
		f.equal(must(f.store.DeletePasskey(f.ctx, u.ID, p.ID))(f), true)
		says(true)
		f.equal(must(f.store.SetSecondStep(f.ctx, u.ID, false))(f), true)
		says(false)
		f.equal(must(f.store.SetSecondStep(f.ctx, u.ID, true))(f), true)
		f.equal(must(f.store.DeletePasskey(f.ctx, u.ID, second.ID))(f), true)
		says(false)
		f.passkey(u.ID, "four")
		says(false)
	})
	r.run("the count of a passkey only moves forward, and is noted where it does not", func(f *fixture) {
		u := f.user()
		p := f.passkey(u.ID, "one")
		f.uses(p, 7, false)
		f.uses(p, 6, false)
		f.uses(p, 0, false)
		f.uses(p, 9, true)
		p.SignCount, p.BackedUp, p.LastUsedAt = 9, true, &f.now
		f.equal(must(f.store.PasskeyByCredential(f.ctx, []byte("one")))(f), p)
		later := f.now.Add(time.Hour)
		f.equal(must(f.store.SuspectPasskey(f.ctx, p.ID, identity.PasskeyUse{SignCount: 3, BackupEligible: true}, later))(f), true)
		p.BackedUp, p.LastUsedAt, p.CloneSuspectedAt = false, &later, &later
		f.equal(must(f.store.PasskeyByCredential(f.ctx, []byte("one")))(f), p)
		f.equal(must(f.store.SuspectPasskey(f.ctx, f.id(), identity.PasskeyUse{}, later))(f), false)
		f.equal(must(f.store.UsePasskey(f.ctx, f.id(), identity.PasskeyUse{SignCount: 9}, later))(f), false)
	})
	r.run("a passkey without a count is used any number of times", func(f *fixture) {
		p := identity.Passkey{
			ID: f.id(), UserID: f.user().ID, Handle: []byte("handle"), CredentialID: []byte("synced"), Record: []byte("{}"), Name: "Synced",
			CreatedAt: f.now,
		}
		f.equal(must(f.store.InsertPasskey(f.ctx, p))(f), true)
		f.uses(p, 0, true)
		f.uses(p, 0, true)
		f.uses(p, 1, true)
		f.uses(p, 0, false)
	})
	r.run("of fifty with one count one uses the passkey, and of fifty one adds or removes it", func(f *fixture) {
		u := f.user()
		p := f.passkey(u.ID, "one")
		f.equal(f.raced(func() (bool, error) {
			return f.store.UsePasskey(f.ctx, p.ID, identity.PasskeyUse{SignCount: 8}, f.now)
		}), int32(1))
		f.equal(f.raced(func() (bool, error) { return f.store.DeletePasskey(f.ctx, u.ID, p.ID) }), int32(1))
		f.equal(f.raced(func() (bool, error) { return f.store.InsertPasskey(f.ctx, p) }), int32(1))
		f.equal(must(f.store.UserByID(f.ctx, u.ID))(f).Passkey, true)
	})
}
