package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/authly/authly/identity"
)

func settings(r *runner) {
	r.run("settings are stored together, in versions", func(f *fixture) {
		f.equal(must(f.store.StoredSettings(f.ctx))(f), identity.StoredSettings{})
		first := identity.StoredSettings{Values: map[string]string{"A": "10m", "B": "x=1/1s, \"y\""}, UpdatedAt: f.now}
		f.noError(f.store.SaveSettings(f.ctx, first))
		var conflict *identity.VersionConflictError
		if err := f.store.SaveSettings(f.ctx, first); !errors.As(err, &conflict) || conflict.CurrentVersion != 1 {
			f.Errorf("a stale change: %v", err)
		}
		first.Version = 1
		f.equal(must(f.store.StoredSettings(f.ctx))(f), first)
		second := identity.StoredSettings{Version: 1, UpdatedAt: f.now.Add(time.Hour)}
		f.noError(f.store.SaveSettings(f.ctx, second))
		second.Version, second.Values = 2, map[string]string{}
		f.equal(must(f.store.StoredSettings(f.ctx))(f), second)
	})
	r.run("of many who lock the settings none loses what another stores", func(f *fixture) {
		f.equal(f.winners(func(int) (bool, error) {
			err := f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				stored, err := tx.LockSettings(ctx)
				if err != nil {
					return err
				}
				stored.UpdatedAt = f.now
				return tx.SaveSettings(ctx, stored)
			})
			return err == nil, err
		}), contenders)
		f.equal(must(f.store.StoredSettings(f.ctx))(f).Version, contenders)
	})
}
