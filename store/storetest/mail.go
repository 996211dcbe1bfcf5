package storetest

import (
	"slices"
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
	r.run("pages of messages meet every one once in both directions", func(f *fixture) {
		u := f.user()
		var all []identity.MailMessage
		for i := range 60 {
			m := f.newMail(u.ID)
			m.CreatedAt = start.Add(time.Duration(i*7%20) * 250 * time.Millisecond)
			all = append(all, m)
		}
		f.noError(f.store.InsertMails(f.ctx, all...))
		slices.SortFunc(all, func(a, b identity.MailMessage) int { return order(a.CreatedAt, b.CreatedAt, a.ID, b.ID) })
		id := func(m identity.MailMessage) uuid.UUID { return m.ID }
		f.walks(everyID(all, id), func(ascending bool, page identity.KeysetRange) []identity.CursorKey {
			return cursorKeys(f, must(f.store.Mails(f.ctx, identity.MailQuery{Ascending: ascending, Range: page}))(f), id)
		})
	})
	r.run("filters of messages select what they say, and nobody reads what these say", func(f *fixture) {
		u := f.user()
		waiting, sent, over, others := f.newMail(u.ID), f.newMail(u.ID), f.newMail(u.ID), f.newMail(f.user().ID)
		over.Kind, waiting.CreatedAt = identity.MailRecovery, f.now.Add(-time.Hour)
		f.noError(f.store.InsertMails(f.ctx, waiting, sent, over, others))
		sent.Sealed, sent.SentAt = nil, ptr(f.now)
		over.Sealed, over.FailedAt, over.Failure = nil, ptr(f.now), "smtp_550"
		for _, m := range []identity.MailMessage{sent, over} {
			f.equal(must(f.store.SaveMail(f.ctx, m))(f), true)
		}
		waiting.Sealed, others.Sealed = nil, nil
		for _, c := range []struct {
			filter identity.MailFilter
			want   []identity.MailMessage
		}{
			{identity.MailFilter{State: identity.MailWaiting, UserID: u.ID}, []identity.MailMessage{waiting}},
			{identity.MailFilter{State: identity.MailSent}, []identity.MailMessage{sent}},
			{identity.MailFilter{State: identity.MailGivenUp}, []identity.MailMessage{over}},
			{identity.MailFilter{Kind: identity.MailRecovery}, []identity.MailMessage{over}},
			{identity.MailFilter{UserID: others.UserID}, []identity.MailMessage{others}},
			{identity.MailFilter{CreatedAt: &identity.TimeMatch{Before: ptr(f.now)}}, []identity.MailMessage{waiting}},
		} {
			var got []identity.MailMessage
			for _, row := range must(f.store.Mails(f.ctx, identity.MailQuery{Filter: c.filter, Range: identity.KeysetRange{Limit: 10}}))(f) {
				got = append(got, row.Item)
			}
			f.equal(got, c.want)
			f.equal(must(f.store.CountMails(f.ctx, c.filter, 10))(f), len(c.want))
		}
		f.equal(must(f.store.MailsByID(f.ctx, []uuid.UUID{over.ID, f.id()}))(f), []identity.MailMessage{over})
		f.equal(len(must(f.store.MailsByID(f.ctx, nil))(f)), 0)
	})
	r.run("a job that waits for its next try is made due", func(f *fixture) {
		id := f.id()
		job := identity.Job{
			ID: f.id(), Kind: "mail.send", Payload: []byte(`{"id": "` + id.String() + `"}`), RunAt: f.now.Add(time.Hour), CreatedAt: f.now,
		}
		f.noError(f.store.InsertJobs(f.ctx, job))
		for _, c := range []struct {
			kind string
			id   uuid.UUID
			want bool
		}{{"other", id, false}, {"mail.send", f.id(), false}, {"mail.send", id, true}, {"mail.send", id, false}} {
			f.equal(must(f.store.HastenJob(f.ctx, c.kind, c.id, f.now))(f), c.want)
		}
		claimed, found, err := f.store.ClaimJob(f.ctx, f.now, f.now.Add(time.Minute), []string{"mail.send"}, nil)
		f.noError(err)
		f.equal(found && claimed.ID == job.ID, true)
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
