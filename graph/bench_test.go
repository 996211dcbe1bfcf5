package graph

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/graph-gophers/dataloader/v7"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// BenchmarkRequests measures whole requests, with the token check and SQLite in memory, but without HTTP.
func BenchmarkRequests(b *testing.B) {
	a := newAPI(b, func(c *Config) { c.Limits = DefaultLimits(); c.Limits.BucketSize, c.Limits.BucketRestore = 1<<40, 1 })
	token := a.token(b, a.admin, everything()...)
	for i := range 200 {
		user := a.user(b, admin.NewUser{Username: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("user%d@id.example", i)})
		a.session(b, user, false)
	}
	const fields = "id username email active admin name createdAt activeSessionCount"
	for _, c := range []struct{ name, document string }{
		{"typename", "{__typename}"},
		{"user", `{user(by:{id:\"` + model.KindUser.ID(a.admin.ID) + `\"}){` + fields + `}}`},
		{"users25", "{users(first:25){nodes{" + fields + "}}}"},
		{"users25edges", "{users(first:25){edges{cursor node{" + fields + "}}}}"},
		{"users100", "{users(first:100){nodes{" + fields + "}}}"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if w := a.send(b.Context(), token, `{"query":"`+c.document+`"}`); w.Code != 200 {
					b.Fatal(w.Body)
				}
			}
		})
	}
}

// BenchmarkChildrenOfAList measures the two ways to fetch something for all objects of a list: here the sessions of a
// page of users, each asked for on its own goroutine as the executor does. Decision 0027 has the figures.
func BenchmarkChildrenOfAList(b *testing.B) {
	a := newAPI(b, nil)
	var all []uuid.UUID
	for i := range loaderCapacity {
		user := a.user(b, admin.NewUser{Username: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("user%d@id.example", i)})
		a.session(b, user, false)
		all = append(all, user.ID)
	}
	ctx := identity.WithActor(b.Context(), identity.SystemActor("benchmark"))
	type page = admin.Page[identity.Session]
	fetch := func(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]page, error) {
		return a.services.Sessions.ByUsers(ctx, ids, true, nestedPageSize)
	}
	batch := func(ids []uuid.UUID) func(uuid.UUID) error {
		batch := model.NewBatch(ids)
		return func(uuid.UUID) error {
			_, err := model.Load(batch, batchKey{list: "sessions", size: nestedPageSize}, func(ids []uuid.UUID) (map[uuid.UUID]page, error) {
				return fetch(ctx, ids)
			})
			return err
		}
	}
	loader := func(wait time.Duration) func([]uuid.UUID) func(uuid.UUID) error {
		return func([]uuid.UUID) func(uuid.UUID) error {
			loader := dataloader.NewBatchedLoader(batchFunc(fetch),
				dataloader.WithWait[uuid.UUID, page](wait), dataloader.WithBatchCapacity[uuid.UUID, page](loaderCapacity))
			return func(id uuid.UUID) error {
				_, err := loader.Load(ctx, id)()
				return err
			}
		}
	}
	for _, way := range []struct {
		name string
		load func(ids []uuid.UUID) func(uuid.UUID) error
	}{
		{"batch", batch}, {"dataloader", loader(loaderWait)}, {"dataloaderWithoutWait", loader(0)},
	} {
		for _, size := range []int{25, 100} {
			b.Run(fmt.Sprintf("%s%d", way.name, size), func(b *testing.B) {
				b.ReportAllocs()
				before := a.statements.Load()
				for b.Loop() {
					load := way.load(all[:size])
					var done sync.WaitGroup
					for _, id := range all[:size] {
						done.Go(func() {
							if err := load(id); err != nil {
								b.Error(err)
							}
						})
					}
					done.Wait()
				}
				b.ReportMetric(float64(a.statements.Load()-before)/float64(b.N), "statements/op")
			})
		}
	}
}
