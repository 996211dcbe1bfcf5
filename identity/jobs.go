package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Jobs runs the work that was enqueued: at least once, by one node at a time, until it succeeds or is given up.
type Jobs struct {
	store  jobPorts
	source Source
	kinds  map[string]JobKind
}

type jobPorts interface {
	Transactor
	JobStore
}

// JobKind is a sort of job: how it is run, and by whom. Run is given the time of one lease; what takes longer reports
// progress. A job can run twice when a node dies, so that its effect must be one that may be repeated.
type JobKind struct {
	Name   string
	Policy JobPolicy
	// Run does the work. What it returns is stored as the result; an error asks for another try, and only its code is stored.
	Run func(ctx context.Context, run *JobRun) (result any, err error)
	// GaveUp, unless nil, is called in the transaction in which a job is given up.
	GaveUp func(ctx context.Context, tx Store, job Job) error
}

// JobEnd is how an attempt ended.
type JobEnd string

// The ends. A job that is lost was claimed by another node after the lease of this one had lapsed.
const (
	JobSucceeded   JobEnd = "success"
	JobRetried     JobEnd = "retry"
	JobGivenUp     JobEnd = "failure"
	JobInterrupted JobEnd = "interrupted" // the server stops; another node may run it at once
	JobLost        JobEnd = "lost"
)

// How long a node holds a job without a heartbeat, and how long an attempt may take without progress: less, so that
// it has ended when another node may begin.
const (
	jobLease = time.Minute
	jobLimit = jobLease - 10*time.Second
)

// ErrJobLost reports that another node has the job by now.
var ErrJobLost = errors.New("the lease of the job has lapsed")

func newJobs(d Deps, kinds ...JobKind) *Jobs {
	s := &Jobs{store: d.Store, source: d.Source, kinds: make(map[string]JobKind, len(kinds))}
	for _, kind := range kinds {
		s.kinds[kind.Name] = kind
	}
	return s
}

// Add lets other packages bring kinds of jobs, before the first one is claimed.
func (s *Jobs) Add(kinds ...JobKind) {
	for _, kind := range kinds {
		s.kinds[kind.Name] = kind
	}
}

// Policies returns how each kind is run, by its name.
func (s *Jobs) Policies() map[string]JobPolicy {
	policies := make(map[string]JobPolicy, len(s.kinds))
	for name, kind := range s.kinds {
		policies[name] = kind.Policy
	}
	return policies
}

// EnsureRecurring enqueues the recurring jobs that are missing. Nodes that start at the same time agree on one of each.
func (s *Jobs) EnsureRecurring(ctx context.Context) error {
	var missing []Job
	for name, kind := range s.kinds {
		if kind.Policy.Every == 0 {
			continue
		}
		job, err := NewJob(s.source, name, struct{}{})
		if err != nil {
			return err
		}
		job.Singleton, job.RunAt = name, job.RunAt.Add(kind.Policy.Every)
		missing = append(missing, job)
	}
	return s.store.InsertJobs(ctx, missing...)
}

// Claim takes the next job of the kinds that is in no lane of full. Exactly one node gets it.
func (s *Jobs) Claim(ctx context.Context, kinds, full []string) (Job, bool, error) {
	now := s.source.Now()
	return s.store.ClaimJob(ctx, now, now.Add(jobLease), kinds, full)
}

// Backlogs counts what waits, by kind.
func (s *Jobs) Backlogs(ctx context.Context) ([]JobBacklog, error) {
	return s.store.JobBacklogs(ctx, s.source.Now())
}

// Run makes one attempt at a claimed job and writes what came of it. The error is for the log: why the attempt failed,
// or why its end could not be written; in that case the job runs again when the lease has lapsed.
func (s *Jobs) Run(ctx context.Context, job Job) (JobEnd, error) {
	kind := s.kinds[job.Kind]
	run := &JobRun{Job: job, store: s.store, source: s.source}
	result, failure := run.attempt(ctx, kind)
	ended, end := s.next(ctx, kind.Policy, run.Job, failure)
	if failure == nil && result != nil {
		text, err := json.Marshal(result)
		if err != nil {
			return JobLost, fmt.Errorf("result of job %s: %w", kind.Name, err)
		}
		ended.Result = text
	}
	held, err := s.save(context.WithoutCancel(ctx), kind, ended, end)
	switch {
	case err != nil:
		return JobLost, errors.Join(failure, err)
	case !held:
		return JobLost, errors.Join(failure, ErrJobLost)
	}
	return end, failure
}

// next decides what becomes of a job after an attempt.
func (s *Jobs) next(ctx context.Context, p JobPolicy, job Job, failure error) (Job, JobEnd) {
	now := s.source.Now()
	job.ErrorCode = ""
	if failure != nil {
		job.ErrorCode = AsError(failure).Code
	}
	switch {
	case failure != nil && ctx.Err() != nil:
		return job.again(job.RunAt), JobInterrupted
	case p.Every > 0 && failure == nil:
		return job.again(now.Add(p.Every)), JobSucceeded
	case p.Every > 0:
		return job.again(now.Add(p.Every)), JobRetried
	case failure == nil:
		return job.ended(now, OutcomeSuccess), JobSucceeded
	case p.GiveUpAfter > 0 && now.Sub(job.CreatedAt) >= p.GiveUpAfter:
		return job.ended(now, OutcomeFailure), JobGivenUp
	}
	return job.again(now.Add(p.backoff(job.Attempts))), JobRetried
}

// save writes the end of an attempt; false when another node has the job by now.
func (s *Jobs) save(ctx context.Context, kind JobKind, job Job, end JobEnd) (held bool, err error) {
	if end != JobGivenUp || kind.GaveUp == nil {
		return s.store.UpdateJob(ctx, job)
	}
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if held, err = tx.UpdateJob(ctx, job); err != nil || !held {
			return err
		}
		return kind.GaveUp(ctx, tx, job)
	})
	return held, err
}

// JobRun is one attempt at a job.
type JobRun struct {
	Job

	store  JobStore
	source Source
	limit  *time.Timer
}

// attempt runs the job for as long as it holds its lease. A panic is a failure like any other.
func (r *JobRun) attempt(ctx context.Context, kind JobKind) (result any, err error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r.limit = time.AfterFunc(jobLimit, func() { stop(ErrJobLost) })
	defer r.limit.Stop()
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	return kind.Run(ctx, r)
}

// Decode reads the payload.
func (r *JobRun) Decode(payload any) error {
	if err := json.Unmarshal(r.Payload, payload); err != nil {
		return fmt.Errorf("payload of job %s: %w", r.Kind, err)
	}
	return nil
}

// Report keeps how far the work has come and prolongs the lease. ErrJobLost means that the work must end.
func (r *JobRun) Report(ctx context.Context, progress any) error {
	text, err := json.Marshal(progress)
	if err != nil {
		return fmt.Errorf("progress of job %s: %w", r.Kind, err)
	}
	until := r.source.Now().Add(jobLease)
	r.Progress, r.LeaseUntil = text, &until
	held, err := r.store.UpdateJob(ctx, r.Job)
	if err != nil {
		return err
	}
	if !held {
		return ErrJobLost
	}
	r.limit.Reset(jobLimit)
	return nil
}
