package graph

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/graph-gophers/dataloader/v7"

	"github.com/authly/authly/identity"
)

// The settings of the loaders: a batch leaves when nothing has come for so long, or at once when it is as large as a page.
const (
	loaderWait     = 500 * time.Microsecond
	loaderCapacity = identity.MaxPageSize
)

// loaders batch what look-ahead cannot see. Each operation has its own, so that nothing is shared between callers and
// nothing is stale.
type loaders struct {
	users    *dataloader.Loader[uuid.UUID, *identity.User] // nil when there is no such user
	sessions *dataloader.Loader[uuid.UUID, int]            // active sessions by user
}

type loadersKey struct{}

func withLoaders(ctx context.Context, domain *identity.Domain) context.Context {
	return context.WithValue(ctx, loadersKey{}, &loaders{
		users: newLoader(func(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*identity.User, error) {
			found, err := domain.Users.ByIDs(ctx, ids)
			users := make(map[uuid.UUID]*identity.User, len(found))
			for id, user := range found {
				users[id] = &user
			}
			return users, err
		}),
		sessions: newLoader(domain.Users.ActiveSessionCounts),
	})
}

func loadersFrom(ctx context.Context) *loaders {
	return ctx.Value(loadersKey{}).(*loaders) //nolint:forcetypeassert // execute always sets them
}

// newLoader makes a loader of a function that finds many values at once. A key that it does not find has the zero value.
func newLoader[V any](find func(context.Context, []uuid.UUID) (map[uuid.UUID]V, error)) *dataloader.Loader[uuid.UUID, V] {
	batch := func(ctx context.Context, keys []uuid.UUID) []*dataloader.Result[V] {
		found, err := find(ctx, keys)
		results := make([]*dataloader.Result[V], len(keys))
		for i, key := range keys {
			results[i] = &dataloader.Result[V]{Data: found[key], Error: err}
		}
		return results
	}
	return dataloader.NewBatchedLoader(batch,
		dataloader.WithWait[uuid.UUID, V](loaderWait), dataloader.WithBatchCapacity[uuid.UUID, V](loaderCapacity))
}
