package storetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/authly/authly/identity"
)

func (f *fixture) record(key string, expires time.Time) identity.IdempotencyRecord {
	return identity.IdempotencyRecord{
		Actor: "user:1", Client: "c", Field: "Mutation.createUser", Key: key, ArgsMAC: []byte("mac of " + key), CreatedAt: f.now, ExpiresAt: expires,
	}
}

// idempotent stores the record of a call that was done.
func (f *fixture) idempotent(key string, expires time.Time) {
	f.noError(f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
		r := f.record(key, expires)
		stored, err := tx.ClaimIdempotency(ctx, r)
		f.noError(err)
		f.equal(stored == nil, true)
		r.Payload = []byte(`{"did": "` + key + `"}`)
		return tx.SaveIdempotency(ctx, r)
	}))
}

func idempotency(r *runner) {
	r.run("what was done under a key is stored until it expires", func(f *fixture) {
		r := f.record("k", f.now.Add(time.Hour))
		f.idempotent("k", r.ExpiresAt)
		f.noError(f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
			stored, err := tx.ClaimIdempotency(ctx, r)
			f.noError(err)
			f.equal(string(stored.ArgsMAC), "mac of k")
			f.equal(string(stored.Payload), `{"did": "k"}`)
			for _, other := range []func(r *identity.IdempotencyRecord){
				func(r *identity.IdempotencyRecord) { r.Actor = "user:2" }, func(r *identity.IdempotencyRecord) { r.Client = "d" },
				func(r *identity.IdempotencyRecord) { r.Field += "/1" }, func(r *identity.IdempotencyRecord) { r.Key = "K" },
			} {
				another := r
				other(&another)
				stored, err := tx.ClaimIdempotency(ctx, another)
				f.noError(err)
				f.equal(stored == nil, true)
			}
			return nil
		}))
		f.now = r.ExpiresAt
		f.idempotent("k", f.now.Add(time.Hour))
	})

	r.run("a key whose transaction was rolled back is free", func(f *fixture) {
		broken := errors.New("broken")
		f.wantErr(f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
			_, err := tx.ClaimIdempotency(ctx, f.record("k", f.now.Add(time.Hour)))
			f.noError(err)
			return broken
		}), broken)
		f.idempotent("k", f.now.Add(time.Hour))
	})

	r.run("of many calls at once with one key, one is done and the others read its payload", func(f *fixture) {
		const callers = 16
		var mu sync.Mutex
		var done, repeated int
		var all sync.WaitGroup
		for range callers {
			all.Go(func() {
				err := f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
					r := f.record("k", f.now.Add(time.Hour))
					stored, err := tx.ClaimIdempotency(ctx, r)
					if err != nil {
						return err
					}
					mu.Lock()
					defer mu.Unlock()
					if stored != nil {
						if string(stored.Payload) == `{"did": "it"}` {
							repeated++
						}
						return nil
					}
					done++
					r.Payload = []byte(`{"did": "it"}`)
					return tx.SaveIdempotency(ctx, r)
				})
				if err != nil {
					f.Error(err)
				}
			})
		}
		all.Wait()
		f.equal(done, 1)
		f.equal(repeated, callers-1)
	})
}
