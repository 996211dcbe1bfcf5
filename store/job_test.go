package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// TestEnqueuedJobsAreAnnouncedAfterTheCommit: not before, because nobody could claim them, and not after a rollback.
func TestEnqueuedJobsAreAnnouncedAfterTheCommit(t *testing.T) {
	t.Parallel()
	var announced atomic.Int32
	opts := store.Options{OnJobs: func() { announced.Add(1) }}
	onSQLite, _ := storetest.SQLite(t, opts)
	onPostgres, _ := storetest.Postgres(t, opts)
	job := func() identity.Job {
		return identity.Job{ID: uuid.New(), Kind: "mail", Payload: json.RawMessage(`{}`), RunAt: now, CreatedAt: now}
	}
	for _, s := range []*store.Store{onSQLite, onPostgres, storetest.Memory(t, opts)} {
		announced.Store(0)
		stop := errors.New("stop")
		enqueue := func(err error) error {
			return s.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
				if err := tx.InsertJobs(ctx, job()); err != nil {
					return err
				}
				if announced.Load() != 0 {
					t.Error("announced before the commit")
				}
				return err
			})
		}
		if err := enqueue(stop); !errors.Is(err, stop) || announced.Load() != 0 {
			t.Errorf("%s: after a rollback: %v, announced %d times", s.Dialect(), err, announced.Load())
		}
		if err := enqueue(nil); err != nil || announced.Load() != 1 {
			t.Errorf("%s: after a commit: %v, announced %d times", s.Dialect(), err, announced.Load())
		}
		if err := s.InsertJobs(t.Context(), job()); err != nil || announced.Load() != 2 {
			t.Errorf("%s: without a transaction: %v, announced %d times", s.Dialect(), err, announced.Load())
		}
		err := s.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error { return tx.Ping(ctx) })
		if err != nil || announced.Load() != 2 {
			t.Errorf("%s: a transaction without jobs: %v, announced %d times", s.Dialect(), err, announced.Load())
		}
	}
}
