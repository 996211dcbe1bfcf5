package identity

import (
	"context"
	"fmt"
	"time"
)

// Retention removes what is of no more use.
type Retention struct {
	store    sweepPorts
	trail    *AuditChain
	source   Source
	settings *LiveSettings
}

type sweepPorts interface {
	Sweeper
	TransferFiles
}

// kindSweep is the recurring job that sweeps.
const kindSweep = "sweep"

// How often and in what portions rows are removed, so that no statement holds the database for long.
const (
	sweepEvery   = 5 * time.Minute
	sweepPortion = 1000
	sweepChunks  = 32 // of files: they are large
)

// How long what is over stays visible.
const (
	EndedRetention = 30 * 24 * time.Hour // sessions and grants
	jobRetention   = 7 * 24 * time.Hour  // finished jobs
	MailRetention  = 30 * 24 * time.Hour // messages
)

// Expiry says up to when rows are of no more use.
type Expiry struct {
	Now         time.Time // what has expired by then goes
	EndedBefore time.Time // sessions and grants
	// Browsers and networks on which a user was last seen before are forgotten.
	BrowsersBefore, NetworksBefore time.Time
	JobsBefore                     time.Time // finished jobs
	ClientDaysBefore               time.Time // what clients used, but for the last day of each
	MailBefore                     time.Time // messages that were sent or given up
	DecisionsBefore                time.Time // what devices and clients have asked for that has expired
	EventsBefore                   time.Time // security events that their receivers have not taken
}

func (s *Retention) jobKinds() []JobKind {
	return []JobKind{{
		Name: kindSweep, Policy: JobPolicy{Every: sweepEvery},
		Run: func(ctx context.Context, run *JobRun) (any, error) { return s.sweep(ctx, run.Report) },
	}, {
		Name: kindRefold, Policy: JobPolicy{Every: refoldEvery},
		Run: func(ctx context.Context, run *JobRun) (any, error) { return s.refold(ctx, run.Report) },
	}}
}

// Sweep removes all that is of no more use, now. It is for a disk that is full, where no job can be claimed any more.
func (s *Retention) Sweep(ctx context.Context) (rows int, err error) {
	total, err := s.sweep(ctx, func(context.Context, any) error { return nil })
	return total.Rows, err
}

// kindRefold is the recurring job that lets search find the users whom a server of before has written: all of them after a
// migration, and those that come while one runs beside this one.
const (
	kindRefold    = "users.refold"
	refoldEvery   = time.Minute
	refoldPortion = 500
)

func (s *Retention) refold(ctx context.Context, report reporter) (swept, error) {
	return inPortions(ctx, refoldPortion, report, func() (int, error) {
		n, err := s.store.RefoldUsers(ctx, refoldPortion)
		if err != nil {
			err = fmt.Errorf("refold users: %w", err)
		}
		return n, err
	})
}

// swept is the progress and the result of a sweep.
type swept struct {
	Rows int `json:"rows"`
}

// reporter notes the progress of a job.
type reporter func(ctx context.Context, progress any) error

// inPortions does portion after portion, until one is not full, and reports after each.
func inPortions(ctx context.Context, full int, report reporter, portion func() (int, error)) (swept, error) {
	var total swept
	for {
		n, err := portion()
		if err != nil {
			return total, err
		}
		total.Rows += n
		if n < full {
			return total, nil
		}
		if err := report(ctx, total); err != nil {
			return total, err
		}
	}
}

// sweep removes what has expired.
func (s *Retention) sweep(ctx context.Context, report reporter) (swept, error) {
	now := s.source.Now()
	expiry := Expiry{Now: now, EndedBefore: now.Add(-EndedRetention), JobsBefore: now.Add(-jobRetention)}
	expiry.BrowsersBefore, expiry.NetworksBefore = now.Add(-browserKnownFor), now.Add(-NetworkKnownFor)
	expiry.ClientDaysBefore, expiry.MailBefore = now.Add(-UsageRetention), now.Add(-MailRetention)
	expiry.DecisionsBefore, expiry.EventsBefore = now.Add(-DecisionRetention), now.Add(-SecurityEventRetention)
	total, err := s.sweepTrail(ctx, report)
	if err != nil {
		return total, err
	}
	rows, err := inPortions(ctx, sweepPortion, report, func() (int, error) {
		n, err := s.store.Sweep(ctx, expiry, sweepPortion)
		if err != nil {
			err = fmt.Errorf("sweep: %w", err)
		}
		return n, err
	})
	total.Rows += rows.Rows
	if err != nil {
		return total, err
	}
	chunks, err := inPortions(ctx, sweepChunks, report, func() (int, error) { return s.store.SweepChunks(ctx, now, sweepChunks) })
	total.Rows += chunks.Rows
	return total, err
}

// sweepTrail removes the events that are older than the trail is retained.
func (s *Retention) sweepTrail(ctx context.Context, report reporter) (swept, error) {
	retention := s.settings.Get().AuditRetention // once: what was not 0 may be by now
	if retention <= 0 {
		return swept{}, nil
	}
	before := s.source.Now().Add(-retention)
	return inPortions(ctx, sweepPortion, report, func() (int, error) { return s.trail.sweep(ctx, before, sweepPortion) })
}
