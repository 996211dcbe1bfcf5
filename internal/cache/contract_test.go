package cache_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/cache"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// TestTheDecoratorKeepsTheContractOfTheStore runs what every store promises on the one that the server uses. Two nodes
// are not part of it: one store is one node.
func TestTheDecoratorKeepsTheContractOfTheStore(t *testing.T) {
	t.Parallel()
	decorate := func(t *testing.T, inner *store.Store) identity.Store {
		t.Helper()
		at := newClock()
		versions := cache.NewVersions(at.Now, time.Hour)
		bus, err := cache.NewBus("", t.Name(), uuid.NewString(), versions, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return cache.NewStore(inner, cache.NewLocalCache(versions, at.Now, 1000, unlimited), bus)
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		storetest.Run(t, func(t *testing.T) identity.Store { s, _ := storetest.SQLite(t); return decorate(t, s) })
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		storetest.Run(t, func(t *testing.T) identity.Store { s, _ := storetest.Postgres(t); return decorate(t, s) })
	})
}
