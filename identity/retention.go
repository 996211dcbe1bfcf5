package identity

import (
	"context"
	"fmt"
	"time"
)

// Retention removes what is of no more use.
type Retention struct {
	store    Sweeper
	source   Source
	settings Settings
}

// kindSweep is the recurring job that sweeps.
const kindSweep = "sweep"

// How often and in what portions rows are removed, so that no statement holds the database for long.
const (
	sweepEvery   = 5 * time.Minute
	sweepPortion = 1000
)

// How long what is over stays visible.
const (
	endedRetention = 30 * 24 * time.Hour // sessions and grants
	jobRetention   = 7 * 24 * time.Hour  // finished jobs
)

// Expiry says up to when rows are of no more use.
type Expiry struct {
	Now         time.Time // what has expired by then goes
	EndedBefore time.Time // sessions and grants
	// Browsers and networks on which a user was last seen before are forgotten.
	BrowsersBefore, NetworksBefore time.Time
	JobsBefore                     time.Time // finished jobs
	AuditBefore                    time.Time // audit events; zero = all are retained
}

func (s *Retention) jobKinds() []JobKind {
	return []JobKind{{
		Name: kindSweep, Policy: JobPolicy{Every: sweepEvery},
		Run: func(ctx context.Context, run *JobRun) (any, error) { return s.sweep(ctx, run.Report) },
	}}
}

// swept is the progress and the result of a sweep.
type swept struct {
	Rows int `json:"rows"`
}

// sweep removes portion after portion and reports after each.
func (s *Retention) sweep(ctx context.Context, report func(ctx context.Context, progress any) error) (swept, error) {
	now := s.source.Now()
	expiry := Expiry{Now: now, EndedBefore: now.Add(-endedRetention), JobsBefore: now.Add(-jobRetention)}
	expiry.BrowsersBefore, expiry.NetworksBefore = now.Add(-browserKnownFor), now.Add(-networkKnownFor)
	if s.settings.AuditRetention > 0 {
		expiry.AuditBefore = now.Add(-s.settings.AuditRetention)
	}
	var total swept
	for {
		n, err := s.store.Sweep(ctx, expiry, sweepPortion)
		if err != nil {
			return total, fmt.Errorf("sweep: %w", err)
		}
		total.Rows += n
		if n < sweepPortion {
			return total, nil
		}
		if err := report(ctx, total); err != nil {
			return total, err
		}
	}
}
