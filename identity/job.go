package identity

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
)

// Job is durable work: it is written in the transaction of the change that asks for it and run afterwards, by one node
// at a time, until it is finished.
type Job struct {
	ID         uuid.UUID
	Kind       string
	Lane       string          // what many jobs wait for, such as the host that receives; "" shares with none
	Singleton  string          // of the jobs that share it at most one is unfinished; "" = as many as there are
	Payload    json.RawMessage // what the kind needs to know; no secret
	RunAt      time.Time
	Attempts   int        // how often it was claimed; while it is leased, the fencing token of that claim
	LeaseUntil *time.Time // set while a node runs it: from then on another node may
	Progress   json.RawMessage
	Result     json.RawMessage
	Outcome    Outcome // of a finished job
	ErrorCode  Code    // why the last attempt failed; empty after a success
	CreatedAt  time.Time
	FinishedAt *time.Time
}

// NewJob makes a job that is due at once. Enqueue it with InsertJobs of the transaction that makes it necessary.
func NewJob(source Source, kind string, payload any) (Job, error) {
	text, err := json.Marshal(payload)
	if err != nil {
		return Job{}, fmt.Errorf("payload of job %s: %w", kind, err)
	}
	now := source.Now()
	return Job{ID: source.NewID(), Kind: kind, Payload: text, RunAt: now, CreatedAt: now}, nil
}

// JobBacklog is what waits of one kind: jobs that are due and that nobody runs.
type JobBacklog struct {
	Kind   string
	Due    int
	Oldest time.Time // when the first of them became due
}

// JobPolicy is how the jobs of a kind are run.
type JobPolicy struct {
	Every       time.Duration // a recurring kind: there is always one job, which runs so often; 0 = runs when enqueued
	Concurrency int           // how many a node runs at once; 0 = 1
	FirstRetry  time.Duration // the wait after the first failure
	Factor      float64       // by which each further wait is longer
	LongestWait time.Duration
	GiveUpAfter time.Duration // a job that fails when it is so old is not tried again; 0 = never given up
}

// backoff is the wait after so many attempts.
func (p JobPolicy) backoff(attempts int) time.Duration {
	wait := float64(p.FirstRetry) * math.Pow(p.Factor, float64(attempts-1))
	if wait >= float64(p.LongestWait) {
		return p.LongestWait
	}
	return time.Duration(wait)
}

// ended marks the job as finished.
func (j Job) ended(at time.Time, outcome Outcome) Job {
	j.FinishedAt, j.Outcome, j.LeaseUntil = &at, outcome, nil
	return j
}

// again returns the job without its lease, to be run at another time.
func (j Job) again(at time.Time) Job {
	j.RunAt, j.LeaseUntil = at, nil
	return j
}
