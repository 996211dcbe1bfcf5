package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// kindEndThrough is the job that ends what is left of what was begun through a provider.
const kindEndThrough = "provider.end_sessions"

// throughPortion is how many sessions one transaction ends: never fewer than one user has (MaxSessions).
const throughPortion = MaxSessions

// endThroughJob is the payload of that job.
type endThroughJob struct {
	ProviderID uuid.UUID `json:"provider_id"`
}

func (f *Federation) jobKinds() []JobKind {
	return []JobKind{{
		Name: kindEndThrough, Policy: JobPolicy{FirstRetry: time.Second, Factor: 2, LongestWait: jobLease}, Run: f.endThrough,
	}}
}

// EndSessionsThrough ends, inside tx, the sessions in which somebody has signed in last at a provider, and the grants that were
// given in them. Nobody signs in there any more. Of very many it ends a portion; a job ends the others in further ones, each in a
// transaction of its own, so that a node that is killed loses nothing that was done. Who signs in through the provider while that
// goes on, because it was enabled again, may have to do so once more.
func EndSessionsThrough(ctx context.Context, tx Store, source Source, providerID uuid.UUID) error {
	ended, err := endSessionsThrough(ctx, tx, source, providerID, uuid.Nil, EndProvider)
	if err != nil || ended < throughPortion {
		return err
	}
	job, err := NewJob(source, kindEndThrough, endThroughJob{providerID})
	if err != nil {
		return err
	}
	return tx.InsertJobs(ctx, job)
}

// endThrough is the work of the job.
func (f *Federation) endThrough(ctx context.Context, run *JobRun) (any, error) {
	var payload endThroughJob
	if err := json.Unmarshal(run.Payload, &payload); err != nil {
		return nil, fmt.Errorf("payload of job %s: %w", run.Kind, err)
	}
	for done := 0; ; {
		var ended int
		err := f.store.InTx(ctx, func(ctx context.Context, tx Store) (err error) {
			ended, err = endSessionsThrough(ctx, tx, f.source, payload.ProviderID, uuid.Nil, EndProvider)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("end sessions through provider: %w", err)
		}
		if done += ended; ended < throughPortion {
			return map[string]int{"sessions": done}, nil
		}
		if err := run.Report(ctx, map[string]int{"sessions": done}); err != nil {
			return nil, err
		}
	}
}

// endSessionsThrough ends a portion of the sessions in which somebody, or the user unless that is zero, has signed in last at a
// provider, inside tx, and returns how many.
func endSessionsThrough(
	ctx context.Context, tx Store, source Source, providerID, userID uuid.UUID, reason EndReason,
) (ended int, err error) {
	found, err := tx.SessionsThrough(ctx, providerID, userID, throughPortion)
	if err != nil || len(found) == 0 {
		return 0, err
	}
	users, err := tx.UsersByID(ctx, slices.Collect(maps.Keys(found)))
	if err != nil {
		return 0, err
	}
	for _, id := range slices.SortedFunc(maps.Keys(found), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }) {
		sessions := SessionSelection{IDs: found[id]}
		if _, err := RevokeAccess(ctx, tx, source, users[id], sessions, GrantSelection{SessionIDs: found[id]}, reason); err != nil {
			return 0, err
		}
		ended += len(found[id])
	}
	return ended, nil
}
