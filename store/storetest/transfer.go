package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func (f *fixture) transfer(state identity.TransferState, change ...func(*identity.Transfer)) identity.Transfer {
	f.Helper()
	t := identity.Transfer{
		ID: f.id(), Kind: identity.TransferUserImport, Options: json.RawMessage(`{"format": "CSV"}`), Checkpoint: json.RawMessage(`{}`),
		Actor:     identity.Actor{Kind: identity.ActorUser, UserID: f.id(), Name: "clerk", Admin: true, Scopes: []string{"a", "b"}, IP: "192.0.2.1"},
		CreatedAt: f.now,
	}.Became(state, f.now)
	for _, c := range change {
		c(&t)
	}
	f.noError(f.store.InsertTransfer(f.ctx, t))
	return t
}

func (f *fixture) chunk(t identity.Transfer, upload uuid.UUID, number int) []byte {
	f.Helper()
	data := []byte{0, byte(number), 0xff}
	f.noError(f.store.InsertChunk(f.ctx, t.ID, upload, number, data))
	return data
}

func transfers(r *runner) {
	r.run("a transfer is stored as it is", func(f *fixture) {
		waiting := f.transfer(identity.TransferWaiting)
		over := f.transfer(identity.TransferFailed, func(t *identity.Transfer) {
			t.UploadID, t.Size, t.Step, t.ErrorCode, t.Error = f.id(), 1<<40, 7, identity.CodeValidation, "no\x00 good"
			t.Counts = identity.TransferCounts{Processed: 9, Created: 1, Updated: 2, Unchanged: 3, Failed: 3}
		})
		over.Error = "no good"
		f.equal(must(f.store.TransferByID(f.ctx, waiting.ID))(f), waiting)
		got := must(f.store.TransferByID(f.ctx, over.ID))(f)
		over.Error = got.Error // what no database can store is taken out
		f.equal(got, over)
		_, err := f.store.TransferByID(f.ctx, f.id())
		f.wantErr(err, identity.ErrJobNotFound)
		f.equal(len(must(f.store.TransfersByID(f.ctx, []uuid.UUID{over.ID, f.id(), waiting.ID}))(f)), 2)
	})
	r.run("transfers are listed by their creation", func(f *fixture) {
		first := f.transfer(identity.TransferSucceeded)
		f.now = f.now.Add(time.Second)
		second := f.transfer(identity.TransferRunning)
		third := f.transfer(identity.TransferPaused, func(t *identity.Transfer) { t.Kind = identity.TransferUserExport })
		ids := func(q identity.TransferQuery) []uuid.UUID {
			q.Range.Limit = 10
			var ids []uuid.UUID
			for _, row := range must(f.store.Transfers(f.ctx, q))(f) {
				ids = append(ids, row.Item.ID)
			}
			return ids
		}
		newest := ids(identity.TransferQuery{})
		f.equal(newest[2], first.ID)
		f.equal(ids(identity.TransferQuery{Ascending: true})[0], first.ID)
		f.equal(ids(identity.TransferQuery{Filter: identity.TransferFilter{State: identity.TransferRunning}}), []uuid.UUID{second.ID})
		f.equal(ids(identity.TransferQuery{Filter: identity.TransferFilter{Kind: identity.TransferUserExport}}), []uuid.UUID{third.ID})
		f.equal(must(f.store.CountTransfers(f.ctx, identity.TransferFilter{Open: true}, 10))(f), 2)
		f.equal(must(f.store.CountTransfers(f.ctx, identity.TransferFilter{Stored: true}, 10))(f), 1)
		for _, state := range []identity.TransferState{
			identity.TransferSucceeded, identity.TransferRunning, identity.TransferFailed, identity.TransferCancelled,
		} {
			f.transfer(state, func(t *identity.Transfer) { t.Kind = identity.TransferAuditExport })
		}
		f.equal(must(f.store.CountTransfers(f.ctx, identity.TransferFilter{Stored: true}, 10))(f), 3)
	})
	r.run("transfers are asked for up to a number, also at the same moment", func(f *fixture) {
		const room = 20
		export := identity.TransferFilter{Stored: true}
		_, faults := race(f, room+10, func(int) (bool, error) {
			return true, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				if err := tx.LockTransfers(ctx); err != nil {
					return err
				}
				if n, err := tx.CountTransfers(ctx, export, room); err != nil || n >= room {
					return err
				}
				return tx.InsertTransfer(ctx, identity.Transfer{
					ID: uuid.New(), Kind: identity.TransferUserExport, Options: json.RawMessage(`{}`), Checkpoint: json.RawMessage(`{}`), CreatedAt: f.now,
				}.Became(identity.TransferRunning, f.now))
			})
		})
		f.noError(errors.Join(faults...))
		f.equal(must(f.store.CountTransfers(f.ctx, export, 2*room))(f), room)
	})
	r.run("transfers that have changed are listed by the time of that", func(f *fixture) {
		since := f.now.Add(time.Hour)
		at := func(after time.Duration) func(*identity.Transfer) {
			return func(t *identity.Transfer) { t.UpdatedAt = since.Add(after) }
		}
		last := f.transfer(identity.TransferRunning, at(time.Minute))
		first := f.transfer(identity.TransferSucceeded, at(0))
		f.transfer(identity.TransferRunning, at(-time.Microsecond))
		f.equal(must(f.store.TransfersChanged(f.ctx, since, 9))(f), []identity.Transfer{first, last})
		f.equal(must(f.store.TransfersChanged(f.ctx, since, 1))(f), []identity.Transfer{first})
	})
	r.run("a transfer moves from the state and the upload that it has", func(f *fixture) {
		t := f.transfer(identity.TransferWaiting)
		begun := t
		begun.UploadID = f.id()
		f.equal(must(f.store.MoveTransfer(f.ctx, begun, identity.TransferWaiting, uuid.Nil))(f), true)
		f.equal(must(f.store.MoveTransfer(f.ctx, begun, identity.TransferWaiting, uuid.Nil))(f), false)
		running := begun.Became(identity.TransferRunning, f.now)
		running.Size = 5
		f.equal(must(f.store.MoveTransfer(f.ctx, running, identity.TransferPaused, begun.UploadID))(f), false)
		f.equal(must(f.store.MoveTransfer(f.ctx, running, identity.TransferWaiting, begun.UploadID))(f), true)
		f.equal(must(f.store.TransferByID(f.ctx, t.ID))(f), running)
	})
	r.run("a step of a running transfer happens once", func(f *fixture) {
		t := f.transfer(identity.TransferRunning)
		t.Checkpoint, t.Counts = json.RawMessage(`{"offset": 9}`), identity.TransferCounts{Processed: 2, Created: 2}
		f.oneWins(func(int) (bool, error) { return f.store.AdvanceTransfer(f.ctx, t) })
		t.Step = 1
		f.equal(must(f.store.TransferByID(f.ctx, t.ID))(f), t)
		f.equal(must(f.store.MoveTransfer(f.ctx, t.Became(identity.TransferPaused, f.now), identity.TransferRunning, uuid.Nil))(f), true)
		f.equal(must(f.store.AdvanceTransfer(f.ctx, t))(f), false)
	})
	r.run("the chunks of a file are read by number, and swept when nobody reads them any more", func(f *fixture) {
		running := f.transfer(identity.TransferRunning, func(t *identity.Transfer) { t.UploadID = f.id() })
		lost := f.id() // an upload that another has taken the place of
		want := f.chunk(running, running.UploadID, 2)
		for n := range 2 {
			f.chunk(running, running.UploadID, n)
			f.chunk(running, lost, n)
		}
		cancelled := f.transfer(identity.TransferCancelled, func(t *identity.Transfer) { t.UploadID = f.id() })
		f.chunk(cancelled, cancelled.UploadID, 0)
		export := f.transfer(identity.TransferSucceeded, func(t *identity.Transfer) { t.UploadID, t.Kind = f.id(), identity.TransferUserExport })
		f.chunk(export, export.UploadID, 0)
		f.equal(must(f.store.Chunk(f.ctx, running.UploadID, 2))(f), want)
		f.equal(must(f.store.Chunk(f.ctx, running.UploadID, 3))(f) == nil, true)
		f.noError(f.store.DeleteChunks(f.ctx, running.UploadID, 2))
		f.equal(must(f.store.Chunk(f.ctx, running.UploadID, 1))(f) == nil, true)
		f.equal(must(f.store.SweepChunks(f.ctx, f.now, 2))(f), 2)
		f.equal(must(f.store.SweepChunks(f.ctx, f.now, 2))(f), 1)
		f.equal(must(f.store.Chunk(f.ctx, running.UploadID, 2))(f), want)
		f.equal(must(f.store.SweepChunks(f.ctx, *export.ExpiresAt, 2))(f), 1)
		must(f.store.Sweep(f.ctx, identity.Expiry{Now: *export.ExpiresAt}, 10))(f)
		_, err := f.store.TransferByID(f.ctx, export.ID)
		f.wantErr(err, identity.ErrJobNotFound)
		must(f.store.TransferByID(f.ctx, running.ID))(f)
	})
	r.run("refused rows are listed by number", func(f *fixture) {
		a, b := f.transfer(identity.TransferRunning), f.transfer(identity.TransferRunning)
		failure := func(t identity.Transfer, n int) identity.TransferFailure {
			return identity.TransferFailure{TransferID: t.ID, Number: n, Line: 1 << 40, Code: identity.CodeValidation, Field: "email", Detail: "Bad."}
		}
		f.noError(f.store.InsertTransferFailures(f.ctx, failure(a, 1), failure(a, 2), failure(a, 3), failure(b, 1)))
		f.noError(f.store.InsertTransferFailures(f.ctx))
		f.equal(must(f.store.TransferFailures(f.ctx, []uuid.UUID{a.ID, b.ID}, 0, 2))(f), map[uuid.UUID][]identity.TransferFailure{
			a.ID: {failure(a, 1), failure(a, 2)}, b.ID: {failure(b, 1)},
		})
		last := must(f.store.TransferFailures(f.ctx, []uuid.UUID{a.ID}, 2, 5))(f)
		f.equal(last, map[uuid.UUID][]identity.TransferFailure{a.ID: {failure(a, 3)}})
	})
	r.run("many users are changed at once, all or none, with their versions", func(f *fixture) {
		one := f.user(func(u *identity.User) { u.LastLoginIP, u.FailedAttempts = "192.0.2.1", 3 })
		two, three := f.user(), f.user()
		f.noError(f.store.UpdateUsers(f.ctx, nil))
		at := one.UpdatedAt.Add(time.Hour)
		change := func(u identity.User, email string) identity.User {
			u.Email, u.Active, u.UpdatedAt, u.Password.ExpiresAt, u.CreatedBy, u.FailedAttempts = email, false, at, &at, "another", 9
			u.RequiresPasswordChange = true
			u.Claims.GivenName, u.Claims.Address = "Zoë 'x'", &identity.Address{Country: "Norway"}
			return u
		}
		f.noError(f.store.UpdateUsers(f.ctx, []identity.User{change(one, "one@example.org"), change(two, "two@example.org")}))
		for _, before := range []identity.User{one, two} {
			got, want := must(f.store.UserByID(f.ctx, before.ID))(f), change(before, before.Email)
			want.Email, want.CreatedBy, want.FailedAttempts, want.Version = got.Email, before.CreatedBy, before.FailedAttempts, before.Version+1
			f.equal(got, want)
		}
		f.equal(must(f.store.UserByEmail(f.ctx, "ONE@example.org"))(f).ID, one.ID)
		f.equal(must(f.store.UserByID(f.ctx, three.ID))(f), three)
		one, two = must(f.store.UserByID(f.ctx, one.ID))(f), must(f.store.UserByID(f.ctx, two.ID))(f)
		old, gone, taken := three, f.newUser(), change(three, "ONE@example.org")
		old.Version = 7
		var conflict *identity.VersionConflictError
		if err := f.store.UpdateUsers(f.ctx, []identity.User{change(one, "x@example.org"), old}); !errors.As(err, &conflict) || conflict.CurrentVersion != 1 {
			f.Errorf("an old version: %v", err)
		}
		f.wantErr(f.store.UpdateUsers(f.ctx, []identity.User{change(one, "x@example.org"), gone}), identity.ErrUserNotFound)
		f.equal(identity.AsError(f.store.UpdateUsers(f.ctx, []identity.User{change(two, "x@example.org"), taken})).Code, identity.CodeDuplicateEmail)
		f.equal(must(f.store.UserByID(f.ctx, one.ID))(f), one)
		f.equal(must(f.store.UserByID(f.ctx, two.ID))(f), two)
		admin := f.user(func(u *identity.User) { u.Admin, u.Active = true, true })
		admin.Admin = false
		f.wantErr(f.store.UpdateUsers(f.ctx, []identity.User{admin}), identity.ErrLastAdmin)
	})
	r.run("many users are inserted at once, all or none, and found by their names", func(f *fixture) {
		taken := f.user()
		one, two := f.newUser(), f.newUser()
		f.noError(f.store.InsertUsers(f.ctx, nil))
		f.noError(f.store.InsertUsers(f.ctx, []identity.User{one, two}))
		f.equal(must(f.store.UserByID(f.ctx, two.ID))(f), two)
		err := f.store.InsertUsers(f.ctx, []identity.User{f.newUser(), f.newUser(func(u *identity.User) { u.Email = "USER1@example.org" })})
		f.equal(identity.AsError(err).Code, identity.CodeDuplicateEmail)
		err = f.store.InsertUsers(f.ctx, []identity.User{f.newUser(), f.newUser(func(u *identity.User) { u.ID = one.ID })})
		f.equal(identity.AsError(err).Field, "id")
		f.equal(must(f.store.CountUsers(f.ctx, identity.UserQuery{}, 10))(f), 3)
		f.noError(f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
			found, err := tx.LockUsersNamed(ctx, []string{"USER2", "nobody"}, []string{"User1@Example.org"})
			f.equal(len(found), 2)
			f.equal(map[uuid.UUID]bool{found[0].ID: true, found[1].ID: true}, map[uuid.UUID]bool{taken.ID: true, one.ID: true})
			return err
		}))
	})
}
