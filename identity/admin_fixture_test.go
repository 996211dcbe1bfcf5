package identity_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// eachStore runs a test on every kind of database.
func eachStore(t *testing.T, body func(t *testing.T, f *fixture)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB, ...store.Options) (*store.Store, string){
		"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := open(t)
			body(t, newFixtureOn(t, s))
		})
	}
}

func ptr[T any](v T) *T { return &v }

func idsOf(users []identity.User) []uuid.UUID {
	ids := make([]uuid.UUID, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	return ids
}
