package server

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// BenchmarkJobs enqueues jobs, each in a transaction of its own, and runs them. They have next to nothing to do: their
// client is gone.
func BenchmarkJobs(b *testing.B) {
	for name, open := range map[string]func(testing.TB, ...store.Options) (*store.Store, string){
		"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres,
	} {
		b.Run(name, func(b *testing.B) {
			s, _ := open(b)
			source := identity.SystemSource()
			settings := identity.NewLiveSettings(identity.DefaultSettings("https://id.example.org"))
			jobs := identity.New(identity.Deps{Store: s, Source: source, Settings: settings}).Jobs
			enqueue := func(b *testing.B) {
				job, err := identity.NewJob(source, logoutKind, map[string]any{"client_id": uuid.New()})
				if err != nil {
					b.Fatal(err)
				}
				if err := s.InTx(b.Context(), func(ctx context.Context, tx identity.Store) error { return tx.InsertJobs(ctx, job) }); err != nil {
					b.Fatal(err)
				}
			}
			b.Run("enqueue", func(b *testing.B) {
				for b.Loop() {
					enqueue(b)
				}
			})
			b.Run("run", func(b *testing.B) {
				b.StopTimer()
				for range b.N {
					enqueue(b)
				}
				ctx, stop := context.WithCancel(b.Context())
				w := newWorker(jobs, slog.New(slog.DiscardHandler), source.Now, make(chan struct{}, 1), &metrics{jobs: newJobMetrics()})
				left := make(chan struct{})
				w.observe = func(string, identity.JobEnd, time.Duration) {
					select {
					case left <- struct{}{}:
					case <-ctx.Done():
					}
				}
				b.StartTimer()
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					w.run(ctx, time.Minute)
				}()
				for range b.N {
					<-left
				}
				b.StopTimer()
				stop()
				<-ended
			})
		})
	}
}
