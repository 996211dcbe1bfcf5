package storetest

import (
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func (f *fixture) newMail(user uuid.UUID) identity.MailMessage {
	return identity.MailMessage{
		ID: f.id(), Kind: identity.MailPasswordChanged, UserID: user, To: "Ändern@example.org", Locale: "nb-NO", Sealed: []byte("\x00\xff"),
		CreatedAt: f.now,
	}
}

func mails(r *runner) {
	r.run("a message is stored as it is, until its user is gone", func(f *fixture) {
		u := f.user()
		f.noError(f.store.InsertMails(f.ctx))
		first, second := f.newMail(u.ID), f.newMail(u.ID)
		f.noError(f.store.InsertMails(f.ctx, first, second))
		f.equal(must(f.store.MailByID(f.ctx, first.ID))(f), first)
		f.noError(f.store.DeleteUser(f.ctx, u.ID))
		for _, id := range []uuid.UUID{first.ID, f.id()} {
			_, err := f.store.MailByID(f.ctx, id)
			f.wantErr(err, identity.ErrNotFound)
		}
	})
	r.run("a message is over once", func(f *fixture) {
		m := f.newMail(f.user().ID)
		f.noError(f.store.InsertMails(f.ctx, m))
		m.Attempts, m.Failure = 1, "unreachable"
		f.equal(must(f.store.SaveMail(f.ctx, m))(f), true)
		f.equal(must(f.store.MailByID(f.ctx, m.ID))(f), m)
		f.equal(f.winners(func(i int) (bool, error) {
			over := m
			over.Sealed, over.SentAt = nil, ptr(f.now)
			if i%2 == 1 {
				over.SentAt, over.FailedAt = nil, ptr(f.now)
			}
			return f.store.SaveMail(f.ctx, over)
		}), 1)
		stored := must(f.store.MailByID(f.ctx, m.ID))(f)
		if !stored.Over() || stored.Sealed != nil {
			f.Errorf("what is over is %+v", stored)
		}
	})
	r.run("a message to nobody who is here waits, and goes once it is over", func(f *fixture) {
		m := f.newMail(uuid.Nil)
		f.noError(f.store.InsertMails(f.ctx, m))
		f.equal(must(f.store.MailByID(f.ctx, m.ID))(f), m)
		expiry := identity.Expiry{Now: m.CreatedAt, EndedBefore: m.CreatedAt, JobsBefore: m.CreatedAt, MailBefore: m.CreatedAt.Add(-time.Hour)}
		f.equal(must(f.store.Sweep(f.ctx, expiry, 10))(f), 0)
		m.Sealed, m.SentAt = nil, &m.CreatedAt
		f.equal(must(f.store.SaveMail(f.ctx, m))(f), true)
		f.equal(must(f.store.Sweep(f.ctx, expiry, 10))(f), 1)
		_, err := f.store.MailByID(f.ctx, m.ID)
		f.wantErr(err, identity.ErrNotFound)
	})
	r.run("what is over goes when it is old", func(f *fixture) {
		u, now := f.user(), f.now
		f.now = now.Add(-time.Hour)
		old, waiting := f.newMail(u.ID), f.newMail(u.ID)
		f.now = now
		late := f.newMail(u.ID)
		f.noError(f.store.InsertMails(f.ctx, old, waiting, late))
		for _, m := range []identity.MailMessage{old, late} {
			m.Sealed, m.SentAt = nil, ptr(now)
			f.equal(must(f.store.SaveMail(f.ctx, m))(f), true)
		}
		before := now.Add(-time.Minute)
		f.equal(must(f.store.Sweep(f.ctx, identity.Expiry{Now: now, EndedBefore: before, JobsBefore: before, MailBefore: before}, 10))(f), 1)
		_, err := f.store.MailByID(f.ctx, old.ID)
		f.wantErr(err, identity.ErrNotFound)
		must(f.store.MailByID(f.ctx, waiting.ID))(f)
		must(f.store.MailByID(f.ctx, late.ID))(f)
	})
}
