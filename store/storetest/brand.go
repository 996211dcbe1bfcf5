package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/authly/authly/identity"
)

func brand(r *runner) {
	r.run("the brand is stored whole, in versions", func(f *fixture) {
		f.equal(must(f.store.StoredBrand(f.ctx))(f), identity.StoredBrand{})
		first := identity.StoredBrand{UpdatedAt: f.now, Brand: identity.Brand{
			ProductName: "<b> \u65e5\u672c", Accent: "#0b6b3a", AccentDark: "#7fe0a8", HelpURL: "https://a.example/?a=b&c", CSS: "a{color:red}\n",
			Texts: map[string]map[string]string{"de": {"Sign in": "Los"}}, Logo: []byte{0, 1, 255},
		}}
		f.noError(f.store.SaveBrand(f.ctx, first))
		var conflict *identity.VersionConflictError
		if err := f.store.SaveBrand(f.ctx, first); !errors.As(err, &conflict) || conflict.CurrentVersion != 1 {
			f.Errorf("a stale change: %v", err)
		}
		first.Version = 1
		f.equal(must(f.store.StoredBrand(f.ctx))(f), first)
		if _, other, err := f.store.StoredBrandUnless(f.ctx, 1); other || err != nil {
			f.Errorf("the known version was read again: %v", err)
		}
		got, other, err := f.store.StoredBrandUnless(f.ctx, 7) // as before a backup was restored
		f.noError(err)
		f.equal(got, first)
		f.equal(other, true)
		second := identity.StoredBrand{Version: 1, UpdatedAt: f.now.Add(time.Hour)}
		f.noError(f.store.SaveBrand(f.ctx, second))
		second.Version = 2
		f.equal(must(f.store.StoredBrand(f.ctx))(f), second)
	})
	r.run("of many who lock the brand none loses what another stores", func(f *fixture) {
		f.equal(f.winners(func(int) (bool, error) {
			err := f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				stored, err := tx.LockBrand(ctx)
				if err != nil {
					return err
				}
				stored.UpdatedAt = f.now
				return tx.SaveBrand(ctx, stored)
			})
			return err == nil, err
		}), contenders)
		f.equal(must(f.store.StoredBrand(f.ctx))(f).Version, contenders)
	})
}
