package graph

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/graph-gophers/dataloader/v7"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity/admin"
)

// The settings of the loaders: a batch leaves when nothing has come for so long, or at once when it is as large as a
// page.
const (
	loaderWait     = 500 * time.Microsecond
	loaderCapacity = admin.MaxPageSize
)

// loaders batch lookups by id that objects of different lists ask for. Each operation has its own, so that nothing is
// shared between callers and nothing is stale.
type loaders struct {
	clients     *dataloader.Loader[uuid.UUID, *model.Client] // nil when there is no such client
	clientNames *dataloader.Loader[uuid.UUID, *model.Client] // the same with nothing but its names
	roles       *dataloader.Loader[uuid.UUID, []*model.Role] // the first of a client
	told        *dataloader.Loader[string, model.Node]       // of events, by global id; nil when it is gone or may not be read
}

type loadersKey struct{}

func withLoaders(ctx context.Context, r *Resolver) context.Context {
	return context.WithValue(ctx, loadersKey{}, &loaders{
		clients: newLoader(r.clientsByID), clientNames: newLoader(r.clientNames),
		roles: newLoader(r.rolesOfClients), told: newLoader(r.nodesOfEvents),
	})
}

func loadersFrom(ctx context.Context) *loaders {
	return ctx.Value(loadersKey{}).(*loaders) // execute always sets them
}

// newLoader returns a loader of a function that finds many values at once. A key that it does not find has the zero
// value.
func newLoader[K comparable, V any](fetch func(context.Context, []K) (map[K]V, error)) *dataloader.Loader[K, V] {
	return dataloader.NewBatchedLoader(batchFunc(fetch),
		dataloader.WithWait[K, V](loaderWait), dataloader.WithBatchCapacity[K, V](loaderCapacity))
}

func batchFunc[K comparable, V any](fetch func(context.Context, []K) (map[K]V, error)) dataloader.BatchFunc[K, V] {
	return func(ctx context.Context, keys []K) []*dataloader.Result[V] {
		found, err := fetch(ctx, keys)
		results := make([]*dataloader.Result[V], len(keys))
		for i, key := range keys {
			results[i] = &dataloader.Result[V]{Data: found[key], Error: err}
		}
		return results
	}
}
