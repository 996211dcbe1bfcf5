package storetest

import (
	"context"
	"time"

	"github.com/authly/authly/identity"
)

func (f *fixture) newKey(kid string, alg identity.Algorithm, state identity.KeyState) identity.SigningKey {
	return identity.SigningKey{KID: kid, Algorithm: alg, Sealed: []byte{0, 1, 2, 255}, State: state, CreatedAt: f.now}
}

func keys(r *runner) {
	r.run("keys come back as they were, oldest first, without expired ones", func(f *fixture) {
		young := f.newKey("young", identity.ES256, identity.KeyNext)
		young.CreatedAt = f.now.Add(time.Second)
		old := f.newKey("old", identity.ES256, identity.KeyRetired)
		old.ActivatedAt, old.RetiredAt, old.ExpiresAt = &f.now, ptr(f.now.Add(time.Minute)), ptr(f.now.Add(time.Hour))
		for _, k := range []identity.SigningKey{young, old} {
			f.equal(must(f.store.InsertKey(f.ctx, k))(f), true)
		}
		f.equal(must(f.store.Keys(f.ctx, f.now))(f), []identity.SigningKey{old, young})
		f.equal(must(f.store.Keys(f.ctx, f.now.Add(time.Hour)))(f), []identity.SigningKey{young})
	})
	r.run("the first key of pairwise subjects stays, and is sealed anew", func(f *fixture) {
		f.equal(must(f.store.PairwiseKey(f.ctx))(f), []byte(nil))
		f.noError(f.store.ResealPairwiseKey(f.ctx, []byte("nothing")))
		f.equal(must(f.store.PairwiseKey(f.ctx))(f), []byte(nil))
		f.noError(f.store.InsertPairwiseKey(f.ctx, []byte("first")))
		f.noError(f.store.InsertPairwiseKey(f.ctx, []byte("second")))
		f.equal(must(f.store.PairwiseKey(f.ctx))(f), []byte("first"))
		f.noError(f.store.ResealPairwiseKey(f.ctx, []byte("anew")))
		f.equal(must(f.store.PairwiseKey(f.ctx))(f), []byte("anew"))
	})
	r.run("an algorithm has one key that is next and one that is active", func(f *fixture) {
		insert := func(kid string, alg identity.Algorithm, state identity.KeyState) bool {
			return must(f.store.InsertKey(f.ctx, f.newKey(kid, alg, state)))(f)
		}
		f.equal(insert("a", identity.ES256, identity.KeyActive), true)
		f.equal(insert("b", identity.ES256, identity.KeyActive), false)
		f.equal(insert("c", identity.RS256, identity.KeyActive), true)
		f.equal(insert("d", identity.ES256, identity.KeyNext), true)
		f.equal(insert("e", identity.ES256, identity.KeyNext), false)
		f.equal(insert("f", identity.ES256, identity.KeyRetired), true)
		f.equal(insert("g", identity.ES256, identity.KeyRetired), true)
		f.equal(insert("a", identity.EdDSA, identity.KeyNext), false)
		f.equal(len(must(f.store.Keys(f.ctx, f.now))(f)), 5)
	})
	r.run("a key is sealed anew and stays what it is, also when it has expired", func(f *fixture) {
		k, other := f.newKey("k", identity.ES256, identity.KeyRetired), f.newKey("other", identity.ES256, identity.KeyNext)
		k.RetiredAt, k.ExpiresAt, other.CreatedAt = &f.now, &f.now, f.now.Add(time.Second)
		must(f.store.InsertKey(f.ctx, k))(f)
		must(f.store.InsertKey(f.ctx, other))(f)
		resealed := k
		resealed.Sealed, resealed.State = []byte{7}, identity.KeyActive
		f.noError(f.store.ResealKey(f.ctx, resealed))
		k.Sealed = resealed.Sealed
		f.noError(f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
			f.equal(must(tx.LockKeys(ctx, time.Time{}))(f), []identity.SigningKey{k, other})
			return nil
		}))
	})
	r.run("a key moves from the state in which it is", func(f *fixture) {
		k := f.newKey("k", identity.ES256, identity.KeyNext)
		must(f.store.InsertKey(f.ctx, k))(f)
		k.State, k.ActivatedAt = identity.KeyActive, &f.now
		f.equal(must(f.store.MoveKey(f.ctx, k, identity.KeyRetired))(f), false)
		f.equal(must(f.store.MoveKey(f.ctx, k, identity.KeyNext))(f), true)
		f.equal(must(f.store.MoveKey(f.ctx, k, identity.KeyNext))(f), false)
		f.equal(must(f.store.Keys(f.ctx, f.now))(f), []identity.SigningKey{k})
	})
}
