package identity_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

const jobLease = time.Minute

// senderFunc is a LogoutSender.
type senderFunc func(uri, token string) error

func (f senderFunc) SendLogoutToken(_ context.Context, uri, token string) error { return f(uri, token) }

type runFunc = func(ctx context.Context, run *identity.JobRun) (any, error)

// jobsOf returns a runner of one kind; run is what it does.
func (f *fixture) jobsOf(p identity.JobPolicy, run runFunc) *identity.Jobs {
	return identity.NewJobs(f.deps, identity.JobKind{Name: "test", Policy: p, Run: run})
}

// sending returns the jobs of a node that sends logout tokens so.
func (f *fixture) sending(send senderFunc) *identity.Jobs {
	f.deps.Sender = send
	return identity.New(f.deps).Jobs
}

func (f *fixture) enqueue(t testing.TB, kind string, payload any) identity.Job {
	t.Helper()
	job, err := identity.NewJob(f.deps.Source, kind, payload)
	noError(t, err)
	noError(t, f.store.InsertJobs(f.ctx, job))
	return job
}

// enqueueLogout enqueues the delivery of a logout token and returns the session.
func (f *fixture) enqueueLogout(t testing.TB, c identity.Client) uuid.UUID {
	t.Helper()
	session := f.deps.Source.NewID()
	f.enqueue(t, "logout.deliver", map[string]any{
		"client_id": c.ID, "session_id": session, "user_id": f.deps.Source.NewID(), "uri": "https://rp.example/logout",
	})
	return session
}

// claim takes a job of the kind that must be due.
func (f *fixture) claim(t testing.TB, jobs *identity.Jobs, kind string) identity.Job {
	t.Helper()
	job, found, err := jobs.Claim(f.ctx, []string{kind}, nil)
	noError(t, err)
	if !found {
		t.Fatalf("no job of kind %s is due", kind)
	}
	return job
}

func (f *fixture) noneDue(t testing.TB, jobs *identity.Jobs, kind string) {
	t.Helper()
	job, found, err := jobs.Claim(f.ctx, []string{kind}, nil)
	noError(t, err)
	if found {
		t.Fatalf("a job is due: %+v", job)
	}
}

func wantEnd(t testing.TB, got, want identity.JobEnd) {
	t.Helper()
	if got != want {
		t.Fatalf("the attempt ended as %q, want %q", got, want)
	}
}

// TestAnUnreachableClientIsTriedLessAndLessUntilADayHasPassed: the waits grow to an hour and no further, and the end is
// in the audit trail once.
func TestAnUnreachableClientIsTriedLessAndLessUntilADayHasPassed(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withKeys(t)
	session := f.enqueueLogout(t, f.client(t, "app"))
	tries := 0
	jobs := f.sending(func(string, string) error { tries++; return errors.New("connection refused") })
	waits := []time.Duration{5, 15, 45, 135, 405, 1215}
	attempt := 0
	for {
		job := f.claim(t, jobs, "logout.deliver")
		attempt++
		if job.Attempts != attempt || tries != attempt-1 {
			t.Fatalf("attempt %d is number %d, after %d tries", attempt, job.Attempts, tries)
		}
		end, err := jobs.Run(f.ctx, job)
		wantError(t, err, identity.ErrUnavailable)
		if end == identity.JobGivenUp {
			second, err := jobs.Run(f.ctx, job)
			wantError(t, err, identity.ErrJobLost)
			wantEnd(t, second, identity.JobLost)
			break
		}
		wantEnd(t, end, identity.JobRetried)
		wait := time.Hour
		if attempt <= len(waits) {
			wait = waits[attempt-1] * time.Second
		}
		f.advance(wait - time.Microsecond)
		f.noneDue(t, jobs, "logout.deliver")
		f.advance(time.Microsecond)
	}
	if age := f.Now().Sub(start); age < 24*time.Hour || age >= 25*time.Hour {
		t.Errorf("given up after %v", age)
	}
	f.advance(1000 * time.Hour)
	f.noneDue(t, jobs, "logout.deliver")
	events := f.audit(t, identity.ActionLogoutUndeliverable)
	if len(events) != 1 || events[0].TargetID != session.String() || events[0].TargetName != "app" ||
		events[0].Outcome != identity.OutcomeFailure || events[0].Reason != "unreachable" {
		t.Errorf("audited %+v", events)
	}
}

// TestAJobIsNotGivenUpWhenThatCannotBeAudited: both are one transaction.
func TestAJobIsNotGivenUpWhenThatCannotBeAudited(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	broken := errors.New("no audit")
	kind := identity.JobKind{
		Name: "test", Policy: identity.JobPolicy{GiveUpAfter: time.Hour},
		Run:    func(context.Context, *identity.JobRun) (any, error) { return nil, errors.New("fails") },
		GaveUp: func(context.Context, identity.Store, identity.Job) error { return broken },
	}
	jobs := identity.NewJobs(f.deps, kind)
	f.enqueue(t, "test", nil)
	f.advance(time.Hour)
	end, err := jobs.Run(f.ctx, f.claim(t, jobs, "test"))
	wantError(t, err, broken)
	wantEnd(t, end, identity.JobLost)
	f.advance(jobLease)
	f.claim(t, jobs, "test")
}

func TestADeletedClientIsSentNoLogoutToken(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withKeys(t)
	jobs := f.sending(func(uri, _ string) error { t.Errorf("sent to %s", uri); return nil })
	client := f.client(t, "app")
	f.enqueueLogout(t, client)
	noError(t, f.admin.Clients.Delete(f.ctx, client.ID))
	end, err := jobs.Run(f.ctx, f.claim(t, jobs, "logout.deliver"))
	noError(t, err)
	wantEnd(t, end, identity.JobSucceeded)
	f.advance(1000 * time.Hour)
	f.noneDue(t, jobs, "logout.deliver")
}

// TestAnInterruptedJobIsDueAtOnce: the server stops in the middle; the next node need not wait for the lease.
func TestAnInterruptedJobIsDueAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx, stop := context.WithCancel(f.ctx)
	policy := identity.JobPolicy{FirstRetry: time.Hour, LongestWait: time.Hour}
	jobs := f.jobsOf(policy, func(ctx context.Context, _ *identity.JobRun) (any, error) {
		stop()
		<-ctx.Done()
		return nil, ctx.Err()
	})
	f.enqueue(t, "test", nil)
	end, err := jobs.Run(ctx, f.claim(t, jobs, "test"))
	wantError(t, err, context.Canceled)
	wantEnd(t, end, identity.JobInterrupted)
	f.claim(t, jobs, "test")
}

// TestWorkThatWasDoneWhenTheServerStoppedIsDone: it must not run again.
func TestWorkThatWasDoneWhenTheServerStoppedIsDone(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx, stop := context.WithCancel(f.ctx)
	jobs := f.jobsOf(identity.JobPolicy{}, func(context.Context, *identity.JobRun) (any, error) {
		stop()
		return "done", nil
	})
	f.enqueue(t, "test", nil)
	end, err := jobs.Run(ctx, f.claim(t, jobs, "test"))
	noError(t, err)
	wantEnd(t, end, identity.JobSucceeded)
	f.advance(1000 * time.Hour)
	f.noneDue(t, jobs, "test")
}

func TestAPanicIsAFailedAttempt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	panics := true
	policy := identity.JobPolicy{FirstRetry: time.Minute, LongestWait: time.Hour}
	jobs := f.jobsOf(policy, func(context.Context, *identity.JobRun) (any, error) {
		if panics {
			panic("out of range")
		}
		return nil, nil
	})
	f.enqueue(t, "test", nil)
	end, err := jobs.Run(f.ctx, f.claim(t, jobs, "test"))
	wantEnd(t, end, identity.JobRetried)
	if err == nil || !strings.Contains(err.Error(), "out of range") {
		t.Errorf("the log has %v", err)
	}
	f.noneDue(t, jobs, "test")
	f.advance(time.Minute)
	job := f.claim(t, jobs, "test")
	if job.ErrorCode != identity.CodeInternal {
		t.Errorf("the code is %q", job.ErrorCode)
	}
	panics = false
	end, err = jobs.Run(f.ctx, job)
	noError(t, err)
	wantEnd(t, end, identity.JobSucceeded)
}

// TestARunWhoseLeaseHasLapsedChangesNothing: neither by progress nor by its result, before and after the end of the run
// that holds the job now.
func TestARunWhoseLeaseHasLapsedChangesNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var reported error
	jobs := f.jobsOf(identity.JobPolicy{}, func(ctx context.Context, run *identity.JobRun) (any, error) {
		reported = run.Report(ctx, run.Attempts)
		return run.Attempts, nil
	})
	f.enqueue(t, "test", nil)
	first := f.claim(t, jobs, "test")
	f.noneDue(t, jobs, "test")
	f.advance(jobLease)
	second := f.claim(t, jobs, "test")
	lost := func() {
		t.Helper()
		end, err := jobs.Run(f.ctx, first)
		wantEnd(t, end, identity.JobLost)
		wantError(t, err, identity.ErrJobLost)
		wantError(t, reported, identity.ErrJobLost)
	}
	lost()
	f.noneDue(t, jobs, "test")
	end, err := jobs.Run(f.ctx, second)
	noError(t, errors.Join(err, reported))
	wantEnd(t, end, identity.JobSucceeded)
	lost()
	f.advance(jobLease)
	f.noneDue(t, jobs, "test")
}

func TestARecurringJobIsDueAgainAfterItRanOrFailed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var failure error
	policy := identity.JobPolicy{Every: 5 * time.Minute}
	jobs := f.jobsOf(policy, func(context.Context, *identity.JobRun) (any, error) { return nil, failure })
	noError(t, jobs.EnsureRecurring(f.ctx))
	for _, round := range []struct {
		failure error
		before  identity.Code
		end     identity.JobEnd
	}{
		{nil, "", identity.JobSucceeded},
		{identity.ErrUnavailable, "", identity.JobRetried},
		{identity.ErrUnavailable, identity.CodeUnavailable, identity.JobRetried},
		{nil, identity.CodeUnavailable, identity.JobSucceeded},
		{nil, "", identity.JobSucceeded},
	} {
		f.advance(5*time.Minute - time.Microsecond)
		f.noneDue(t, jobs, "test")
		f.advance(time.Microsecond)
		job := f.claim(t, jobs, "test")
		if job.ErrorCode != round.before {
			t.Errorf("the code is %q, want %q", job.ErrorCode, round.before)
		}
		failure = round.failure
		end, err := jobs.Run(f.ctx, job)
		wantEnd(t, end, round.end)
		if !errors.Is(err, failure) {
			t.Errorf("got error %v, want %v", err, failure)
		}
	}
}

// twoNodes runs a test with two nodes on one database, of either kind. They share a clock.
func twoNodes(t *testing.T, body func(t *testing.T, nodes [2]*fixture, address string)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB, ...store.Options) (*store.Store, string){
		"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one, address := open(t)
			another, err := store.Open(t.Context(), address, store.Options{})
			noError(t, err)
			t.Cleanup(func() { noError(t, another.Close()) })
			body(t, [2]*fixture{newFixtureOn(t, one), newFixtureOn(t, another)}, address)
		})
	}
}

// both does the same on two nodes at the same time.
func both(nodes [2]*fixture, do func(f *fixture)) {
	var all sync.WaitGroup
	for _, f := range nodes {
		all.Go(func() { do(f) })
	}
	all.Wait()
}

func TestNodesThatStartTogetherAgreeOnOneJobOfEachRecurringKind(t *testing.T) {
	t.Parallel()
	twoNodes(t, func(t *testing.T, nodes [2]*fixture, _ string) {
		both(nodes, func(f *fixture) {
			for range 2 {
				if err := f.Jobs.EnsureRecurring(f.ctx); err != nil {
					t.Error(err)
				}
			}
		})
		var want []string
		for kind, policy := range nodes[0].Jobs.Policies() {
			if policy.Every > 0 {
				want = append(want, kind)
			}
		}
		slices.Sort(want)
		nodes[0].advance(time.Hour)
		backlogs, err := nodes[0].Jobs.Backlogs(nodes[0].ctx)
		noError(t, err)
		var got []string
		for _, b := range backlogs {
			if b.Due != 1 {
				t.Errorf("%d jobs of kind %s", b.Due, b.Kind)
			}
			got = append(got, b.Kind)
		}
		if len(want) < 3 || !slices.Equal(got, want) {
			t.Errorf("enqueued %v, want %v", got, want)
		}
	})
}

// TestDeliveriesOfTheFormerOutboxBecomeJobsOnce: two nodes take over at the same time, one of them with a lapsed lease.
func TestDeliveriesOfTheFormerOutboxBecomeJobsOnce(t *testing.T) {
	t.Parallel()
	const former = 250 // more than two portions
	twoNodes(t, func(t *testing.T, nodes [2]*fixture, address string) {
		a := nodes[0]
		client := a.client(t, "app")
		want := map[uuid.UUID]identity.LogoutDelivery{}
		list := make([]identity.LogoutDelivery, former)
		for i := range list {
			list[i] = identity.LogoutDelivery{
				ID: a.deps.Source.NewID(), ClientID: client.ID, SessionID: a.deps.Source.NewID(), UserID: a.deps.Source.NewID(),
				URI: "https://rp.example:8443/logout", Attempts: 3, NextAttemptAt: start.Add(-time.Duration(i) * time.Second),
				CreatedAt: start.Add(-time.Hour),
			}
			want[list[i].ID] = list[i]
		}
		storetest.InsertLogoutDeliveries(t, address, list...)
		noError(t, a.Jobs.EnsureRecurring(a.ctx))
		for _, f := range nodes {
			f.advance(10 * time.Minute)
		}
		takeOver := func() {
			claims := map[*fixture]identity.Job{}
			for _, f := range nodes {
				claims[f] = f.claim(t, f.Jobs, "logout.take_over")
				for _, f := range nodes {
					f.advance(jobLease)
				}
			}
			both(nodes, func(f *fixture) {
				if end, err := f.Jobs.Run(f.ctx, claims[f]); err != nil && end != identity.JobLost {
					t.Error(err)
				}
			})
			for _, f := range nodes {
				f.advance(10 * time.Minute)
			}
		}
		takeOver()
		takeOver() // finds nothing
		for len(want) > 0 {
			job := a.claim(t, a.Jobs, "logout.deliver")
			d, expected := want[job.ID]
			if !expected {
				t.Fatalf("job %s comes a second time or from nowhere", job.ID)
			}
			delete(want, job.ID)
			wantFormerDelivery(t, job, d)
		}
		a.noneDue(t, a.Jobs, "logout.deliver")
	})
}

func wantFormerDelivery(t *testing.T, job identity.Job, d identity.LogoutDelivery) {
	t.Helper()
	var payload struct {
		ClientID  uuid.UUID `json:"client_id"`
		SessionID uuid.UUID `json:"session_id"`
		UserID    uuid.UUID `json:"user_id"`
		URI       string    `json:"uri"`
	}
	noError(t, json.Unmarshal(job.Payload, &payload))
	uri, err := url.Parse(d.URI)
	noError(t, err)
	wantSame(t, []any{payload.ClientID, payload.SessionID, payload.UserID, payload.URI, job.Lane, job.Attempts, job.RunAt, job.CreatedAt},
		[]any{d.ClientID, d.SessionID, d.UserID, d.URI, uri.Host, d.Attempts + 1, d.NextAttemptAt, d.CreatedAt})
}
