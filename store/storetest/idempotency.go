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

// idempotent keeps a call that was done.
func (f *fixture) idempotent(key string, expires time.Time) {
	f.no(f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
		r := f.record(key, expires)
		kept, err := tx.ClaimIdempotency(ctx, r)
		f.no(err)
		f.same(kept == nil, true)
		r.Payload = []byte(`{"did": "` + key + `"}`)
		return tx.SaveIdempotency(ctx, r)
	}))
}

func idempotency(r *runner) {
	r.run("what was done under a key is kept until it expires", func(f *fixture) {
		r := f.record("k", f.now.Add(time.Hour))
		f.idempotent("k", r.ExpiresAt)
		f.no(f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
			kept, err := tx.ClaimIdempotency(ctx, r)
			f.no(err)
			f.same(string(kept.ArgsMAC), "mac of k")
			f.same(string(kept.Payload), `{"did": "k"}`)
			for _, other := range []func(r *identity.IdempotencyRecord){
				func(r *identity.IdempotencyRecord) { r.Actor = "user:2" }, func(r *identity.IdempotencyRecord) { r.Client = "d" },
				func(r *identity.IdempotencyRecord) { r.Field += "/1" }, func(r *identity.IdempotencyRecord) { r.Key = "K" },
			} {
				another := r
				other(&another)
				kept, err := tx.ClaimIdempotency(ctx, another)
				f.no(err)
				f.same(kept == nil, true)
			}
			return nil
		}))
		f.now = r.ExpiresAt
		f.idempotent("k", f.now.Add(time.Hour))
	})

	r.run("a key whose transaction was rolled back is free", func(f *fixture) {
		broken := errors.New("broken")
		f.is(f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
			_, err := tx.ClaimIdempotency(ctx, f.record("k", f.now.Add(time.Hour)))
			f.no(err)
			return broken
		}), broken)
		f.idempotent("k", f.now.Add(time.Hour))
	})

	r.run("of many calls at once with one key, one is done and the others hear of it", func(f *fixture) {
		const callers = 16
		var mu sync.Mutex
		var done, heard int
		var all sync.WaitGroup
		for range callers {
			all.Go(func() {
				err := f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
					r := f.record("k", f.now.Add(time.Hour))
					kept, err := tx.ClaimIdempotency(ctx, r)
					if err != nil {
						return err
					}
					mu.Lock()
					defer mu.Unlock()
					if kept != nil {
						if string(kept.Payload) == `{"did": "it"}` {
							heard++
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
		f.same(done, 1)
		f.same(heard, callers-1)
	})
}
