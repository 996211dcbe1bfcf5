package storetest

import (
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func userData(r *runner) {
	r.run("the places of a user are listed, the latest first", func(f *fixture) {
		u, other := f.user(), f.user()
		for i, network := range []string{"192.0.2.0/24", "198.51.100.0/24"} {
			at := f.now.Add(time.Duration(i) * time.Hour)
			f.noError(f.store.RememberPlace(f.ctx, identity.Place{UserID: u.ID, Browser: []byte(network), Network: network, At: at}))
		}
		f.noError(f.store.RememberPlace(f.ctx, identity.Place{UserID: other.ID, Network: "203.0.113.0/24", At: f.now}))
		f.equal(must(f.store.PlacesOf(f.ctx, u.ID))(f), []identity.KnownPlace{
			{LastSeenAt: f.now.Add(time.Hour)}, {Network: "198.51.100.0/24", LastSeenAt: f.now.Add(time.Hour)},
			{LastSeenAt: f.now}, {Network: "192.0.2.0/24", LastSeenAt: f.now},
		})
		f.equal(len(must(f.store.PlacesOf(f.ctx, f.id()))(f)), 0)
	})
	r.run("the transfers of a user are listed slice by slice", func(f *fixture) {
		clerk := f.id()
		var asked []uuid.UUID
		for range 3 {
			f.now = f.now.Add(time.Second)
			asked = append(asked, f.transfer(identity.TransferRunning, func(t *identity.Transfer) { t.Actor.UserID = clerk }).ID)
			f.transfer(identity.TransferRunning)
		}
		first := must(f.store.TransfersOf(f.ctx, clerk, identity.KeysetRange{Limit: 2}))(f)
		rest := must(f.store.TransfersOf(f.ctx, clerk, identity.KeysetRange{Limit: 2, After: &first[1].CursorKey}))(f)
		f.equal([]uuid.UUID{first[0].Item.ID, first[1].Item.ID, rest[0].Item.ID}, asked)
		f.equal(len(rest), 1)
		f.equal(first[0].Item.Actor.UserID, clerk)
	})
	r.run("transfers forget a user who is erased", func(f *fixture) {
		u, other := f.id(), f.id()
		about := func(id uuid.UUID) identity.Transfer {
			t := f.transfer(identity.TransferSucceeded, func(t *identity.Transfer) {
				t.Kind, t.UploadID, t.Options = identity.TransferUserData, f.id(), []byte(`{"user_id":"`+id.String()+`"}`)
			})
			f.chunk(t, t.UploadID, 0)
			return t
		}
		theirs, others := about(u), about(other)
		asked := f.transfer(identity.TransferRunning, func(t *identity.Transfer) { t.Actor.UserID = u })
		f.noError(f.store.EraseTransfers(f.ctx, u, "deleted"))
		_, err := f.store.TransferByID(f.ctx, theirs.ID)
		f.wantErr(err, identity.ErrJobNotFound)
		f.equal(must(f.store.Chunk(f.ctx, theirs.UploadID, 0))(f), []byte(nil))
		f.equal(must(f.store.TransferByID(f.ctx, others.ID))(f).Actor, others.Actor)
		want := asked.Actor
		want.Name, want.IP, want.UserAgent = "deleted", "", ""
		f.equal(must(f.store.TransferByID(f.ctx, asked.ID))(f).Actor, want)
	})
}
