package store_test

import (
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store/storetest"
)

func TestContract(t *testing.T) {
	t.Run("SQLite file", func(t *testing.T) {
		t.Parallel()
		storetest.Run(t, func(t *testing.T) identity.Store { s, _ := storetest.SQLite(t); return s })
	})
	t.Run("SQLite memory", func(t *testing.T) {
		t.Parallel()
		storetest.Run(t, func(t *testing.T) identity.Store { return storetest.Memory(t) })
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		storetest.Run(t, func(t *testing.T) identity.Store { s, _ := storetest.Postgres(t); return s })
	})
}
