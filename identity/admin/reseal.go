package admin

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/authly/authly/identity"
)

// Reseal seals under the current root key everything that is sealed under a former one, portion by portion, so that nobody waits for
// long, and reports how far it has come after each. Whoever is stopped has done a part, and does the rest when asked again. It asks
// for admin:keys:write.
func (s *SigningKeys) Reseal(ctx context.Context, report func(at identity.ResealPlace)) (identity.Resealed, error) {
	if err := requireScope(ctx, identity.ScopeKeysWrite); err != nil {
		return identity.Resealed{}, err
	}
	var at identity.ResealPlace
	for !at.Over() {
		next := at
		err := s.tx.InTx(ctx, func(ctx context.Context, tx identity.Store) (err error) {
			next, err = s.keys.ResealIn(ctx, tx, s.changes.keys, at)
			return err
		})
		if err != nil {
			return at.Done, fmt.Errorf("seal under the current root key: %w", err)
		}
		at = next
		report(at)
	}
	return at.Done, nil
}

// Reseal asks for the same as a job. It needs ScopeKeysWrite beside the scope of jobs.
func (s *Transfers) Reseal(ctx context.Context) (identity.Transfer, error) {
	if err := requireScopes(ctx, identity.ScopeJobsWrite, identity.ScopeKeysWrite); err != nil {
		return identity.Transfer{}, err
	}
	options := identity.ExportOptions{Needs: []string{identity.ScopeKeysWrite}}
	return s.create(ctx, identity.TransferReseal, options, map[string]any{})
}

// runReseal goes on from where the job has come.
func runReseal(ctx context.Context, run *identity.JobRun, r *transferRun) error {
	var at identity.ResealPlace
	if err := r.decode(&struct{}{}, &at); err != nil {
		return err
	}
	for !at.Over() {
		var err error
		if at, err = r.reseal(ctx, at); err != nil {
			return err
		}
		if err := run.Report(ctx, r.transfer.Counts); err != nil {
			return err
		}
	}
	return r.finish(ctx, nil)
}

// reseal does a portion, if who asked for it may still, and returns the place of the next.
func (r *transferRun) reseal(ctx context.Context, at identity.ResealPlace) (identity.ResealPlace, error) {
	t := r.transfer
	t.UpdatedAt = r.source.Now()
	err := r.tx.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
		ctx, err := present(ctx, tx, t.UpdatedAt, t.Actor, t.Export().Needs...)
		if err != nil {
			return err
		}
		if at, err = r.signing.ResealIn(ctx, tx, r.keys, at); err != nil {
			return err
		}
		if t.Checkpoint, err = json.Marshal(at); err != nil {
			return err
		}
		t.Counts = identity.TransferCounts{
			Processed: at.Seen, Updated: at.Done.All(), Failed: at.Done.Unreadable, Unchanged: at.Seen - at.Done.All() - at.Done.Unreadable,
		}
		if err := advance(ctx, tx, t); err != nil {
			return err
		}
		return holdAdministrator(ctx, tx)
	})
	if err != nil {
		return at, err
	}
	t.Step++
	r.transfer = t
	return at, nil
}
