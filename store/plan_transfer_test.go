package store_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
)

// fillTransfers inserts finished jobs, of which one in fifty is an export and one in fifty still runs.
func fillTransfers(t *testing.T, s *store.Store, n int) {
	t.Helper()
	err := s.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
		for i := range n {
			job := identity.Transfer{
				ID: uuid.New(), Kind: identity.TransferUserImport, Options: json.RawMessage("{}"), Checkpoint: json.RawMessage("{}"),
				CreatedAt: now.Add(-time.Duration(i) * time.Second),
			}
			state := identity.TransferSucceeded
			switch i % 50 {
			case 0:
				job.Kind = identity.TransferUserExport
			case 1:
				state = identity.TransferRunning
			}
			if err := tx.InsertTransfer(ctx, job.Became(state, now)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = s.Analyze(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheListOfJobsWalksItsIndex(t *testing.T) {
	t.Parallel()
	middle := &identity.CursorKey{Key: now.Add(-1000 * time.Second).Format(time.RFC3339Nano), ID: uuid.New()}
	common := map[string]identity.TransferFilter{
		"jobs": {}, "jobs of a kind": {Kind: identity.TransferUserImport}, "jobs of a state": {State: identity.TransferSucceeded},
	}
	few := map[string]struct {
		filter identity.TransferFilter
		index  string
	}{
		"exports":   {identity.TransferFilter{Kind: identity.TransferUserExport}, "transfers_created"},
		"that run":  {identity.TransferFilter{State: identity.TransferRunning}, "transfers_open"},
		"that wait": {identity.TransferFilter{State: identity.TransferWaiting}, "transfers_open"},
	}
	onBoth(t, func(t *testing.T, s *store.Store) {
		fillTransfers(t, s, 2000)
		look := func(f identity.TransferFilter, page identity.KeysetRange, ascending bool) string {
			statement, err := s.ListTransfersSQL(identity.TransferQuery{Filter: f, Ascending: ascending, Range: page})
			if err != nil {
				t.Fatal(err)
			}
			return plan(t, s, statement)
		}
		pages := []identity.KeysetRange{
			{Limit: 26, After: middle}, {Limit: 26, Before: middle, Backward: true}, {Limit: 26}, {Limit: 26, Backward: true},
		}
		for name, f := range common {
			for _, page := range pages {
				for _, ascending := range []bool{false, true} {
					if got := look(f, page, ascending); !strings.Contains(got, "transfers_created") || scans(got) || sorted.MatchString(got) {
						t.Errorf("%s, %+v:\n%s", name, page, got)
					}
				}
			}
		}
		withoutScans(t, s) // which PostgreSQL prefers in a small table
		for name, c := range few {
			for _, page := range pages {
				if got := look(c.filter, page, false); !strings.Contains(got, c.index) || scans(got) {
					t.Errorf("the few %s, %+v:\n%s", name, page, got)
				}
			}
		}
	})
}
