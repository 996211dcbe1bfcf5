package store_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

const mebibyte = 1 << 20

// crowded is a store in a file that may not grow any more, full of interactions that have expired.
type crowded struct {
	*store.Store
	t    *testing.T
	path string
	full atomic.Int32 // how often it said so
}

func fullStore(t *testing.T) *crowded {
	t.Helper()
	c := &crowded{t: t, path: t.TempDir() + "/authly.db"}
	var err error
	if c.Store, err = store.Open(t.Context(), "sqlite:"+c.path, store.Options{OnFull: func() { c.full.Add(1) }}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := c.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if have, err := c.KeepReserve(2 * mebibyte); have != 2*mebibyte || err != nil || c.reserved() != have {
		t.Fatalf("reserved %d, %v", have, err)
	}
	if _, err := c.Writer().ExecContext(t.Context(), "PRAGMA max_page_count = 300"); err != nil {
		t.Fatal(err)
	}
	for range 10_000 {
		err := c.write()
		if errors.Is(err, identity.ErrUnavailable) && c.full.Load() > 0 {
			return c
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the disk is never full")
	return nil
}

func (c *crowded) write() error {
	return c.SaveInteraction(c.t.Context(), identity.Interaction{
		ID: uuid.New(), Kind: identity.InteractionAccount, Digest: []byte(uuid.NewString()), CreatedAt: now, ExpiresAt: now,
		Params: identity.AuthorizationParams{State: strings.Repeat("x", 2000)},
	})
}

func (c *crowded) reserved() int64 {
	c.t.Helper()
	info, err := os.Stat(c.path + "-reserve")
	if err != nil {
		c.t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		c.t.Errorf("the reserve has the mode %o", info.Mode())
	}
	return info.Size()
}

// TestAFullDiskIsRelieved: what has expired goes on the room of the reserve, which nobody else takes meanwhile, and then
// there is room and a reserve again.
func TestAFullDiskIsRelieved(t *testing.T) {
	t.Parallel()
	c := fullStore(t)
	err := c.Relieve(t.Context(), func(ctx context.Context) error {
		if c.reserved() != 0 {
			t.Error("the reserve is not given back")
		}
		if err := c.write(); !errors.Is(err, identity.ErrUnavailable) || identity.AsError(err).RetryAfter == 0 {
			t.Errorf("somebody else writes: %v", err)
		}
		n, err := c.Sweep(ctx, identity.Expiry{Now: now}, 10_000)
		if n == 0 {
			t.Error("nothing is deleted")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.write(); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if c.reserved() != 2*mebibyte {
		t.Errorf("reserved %d", c.reserved())
	}
	if info, err := os.Stat(c.path + "-wal"); err != nil || info.Size() > mebibyte {
		t.Errorf("the log is not emptied: %v, %v", info, err)
	}
}

// TestAReliefThatFailsIsNoEnd: writers are let in again, and the reserve is there for the next one.
func TestAReliefThatFailsIsNoEnd(t *testing.T) {
	t.Parallel()
	c := fullStore(t)
	fault := errors.New("fault")
	if err := c.Relieve(t.Context(), func(context.Context) error { return fault }); !errors.Is(err, fault) {
		t.Errorf("got %v", err)
	}
	before := c.full.Load()
	if err := c.write(); !errors.Is(err, identity.ErrUnavailable) || c.full.Load() == before {
		t.Errorf("got %v, which is not said", err)
	}
	if c.reserved() != 2*mebibyte {
		t.Errorf("reserved %d", c.reserved())
	}
}

func TestCheckWritable(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			if err := s.CheckWritable(t.Context(), now.Add(time.Duration(i)*time.Second)); err != nil {
				t.Fatal(err)
			}
		}
		var rows int
		if err := s.Writer().QueryRowContext(t.Context(), "SELECT count(*) FROM health_checks").Scan(&rows); err != nil || rows != 1 {
			t.Errorf("%d rows, %v", rows, err)
		}
	})
	t.Run("a database that may only be read", func(t *testing.T) {
		t.Parallel()
		s, _ := storetest.SQLite(t)
		if _, err := s.Writer().ExecContext(t.Context(), "PRAGMA query_only = 1"); err != nil {
			t.Fatal(err)
		}
		if err := s.CheckWritable(t.Context(), now); !errors.Is(err, identity.ErrUnavailable) {
			t.Errorf("SQLite: %v", err)
		}
		p, url := storetest.Postgres(t)
		if _, err := p.Writer().ExecContext(t.Context(), "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', "+
			"current_database()); END $$"); err != nil {
			t.Fatal(err)
		}
		// The setting is that of connections that begin now.
		if err := open(t, url).CheckWritable(t.Context(), now); !errors.Is(err, identity.ErrUnavailable) {
			t.Errorf("PostgreSQL: %v", err)
		}
	})
}

// TestOthersWriteWhileAReserveIsMade: a server that has just started takes requests.
func TestOthersWriteWhileAReserveIsMade(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), "sqlite:"+t.TempDir()+"/authly.db", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	made := make(chan error)
	go func() {
		_, err := s.KeepReserve(32 * mebibyte)
		made <- err
	}()
	for {
		if err := s.CheckWritable(t.Context(), now); err != nil {
			t.Error(err)
		}
		select {
		case err := <-made:
			if err != nil {
				t.Error(err)
			}
			return
		default:
		}
	}
}
