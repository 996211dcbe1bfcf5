package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/authly/authly/identity"
)

// leaseTime is how long the fixtures lease a job.
const leaseTime = time.Minute

func (f *fixture) newJob(change ...func(*identity.Job)) identity.Job {
	j := identity.Job{
		ID: f.id(), Kind: "mail", Payload: json.RawMessage(`{"to": ["a\\u0000", "ü"]}`), RunAt: f.now, CreatedAt: f.now,
	}
	for _, c := range change {
		c(&j)
	}
	return j
}

func (f *fixture) job(change ...func(*identity.Job)) identity.Job {
	f.Helper()
	j := f.newJob(change...)
	f.noError(f.store.InsertJobs(f.ctx, j))
	return j
}

// claim takes a job of the kind "mail" at a time; full are the lanes that take no more.
func (f *fixture) claim(at time.Time, full ...string) (identity.Job, bool) {
	f.Helper()
	j, found, err := f.store.ClaimJob(f.ctx, at, at.Add(leaseTime), []string{"mail"}, full)
	f.noError(err)
	return j, found
}

// claimed takes a job that must be there.
func (f *fixture) claimed(at time.Time, full ...string) identity.Job {
	f.Helper()
	j, found := f.claim(at, full...)
	if !found {
		f.Fatal("no job is due")
	}
	return j
}

func (f *fixture) noJob(at time.Time, full ...string) {
	f.Helper()
	if j, found := f.claim(at, full...); found {
		f.Fatalf("claimed %+v", j)
	}
}

// update writes a job; held says whether its claim must still hold it.
func (f *fixture) update(j identity.Job, held bool) {
	f.Helper()
	f.equal(must(f.store.UpdateJob(f.ctx, j))(f), held)
}

func finished(j identity.Job, at time.Time) identity.Job {
	j.Outcome, j.FinishedAt, j.LeaseUntil = identity.OutcomeSuccess, &at, nil
	return j
}

func lane(name string) func(*identity.Job) { return func(j *identity.Job) { j.Lane = name } }

func runAt(at time.Time) func(*identity.Job) { return func(j *identity.Job) { j.RunAt = at } }

func recurring(j *identity.Job) { j.Singleton = j.Kind }

func jobs(r *runner) {
	r.run("a claim returns the job, counts the attempt and leases it", func(f *fixture) {
		want := f.job(lane("host"), recurring)
		want.Attempts, want.LeaseUntil = 1, ptr(f.now.Add(leaseTime))
		f.equal(f.claimed(f.now, "other"), want)
		f.noJob(f.now)
	})
	r.run("a job is enqueued with its transaction or not at all", func(f *fixture) {
		f.wantErr(f.inTx(func(tx *fixture) error {
			tx.job()
			return errStop
		}), errStop)
		f.noJob(f.now)
		f.noError(f.inTx(func(tx *fixture) error {
			tx.job()
			tx.noError(tx.store.InsertJobs(tx.ctx))
			return nil
		}))
		f.claimed(f.now)
	})
	r.run("a job waits for its time, its kind and a lane with room", func(f *fixture) {
		f.job(func(j *identity.Job) { j.Kind = "export" })
		f.noJob(f.now)
		f.job(runAt(f.now.Add(time.Microsecond)), lane("slow"))
		f.noJob(f.now)
		at := f.now.Add(time.Microsecond)
		f.noJob(at, "fast", "slow")
		_, found, err := f.store.ClaimJob(f.ctx, at, at, nil, nil)
		f.noError(err)
		f.equal(found, false)
		f.claimed(at, "fast")
	})
	r.run("jobs come in the order of their times", func(f *fixture) {
		want := make([]identity.Job, 5)
		for _, i := range []int{3, 0, 4, 1, 2} {
			want[i] = f.job(runAt(f.now.Add(time.Duration(i) * time.Millisecond)))
		}
		for _, w := range want {
			f.equal(f.claimed(f.now.Add(time.Second)).ID, w.ID)
		}
	})
	r.run("a lane that is full does not hold up the others", func(f *fixture) {
		for range 3 {
			f.job(lane("slow"))
		}
		fast, free := f.job(lane("fast"), runAt(f.now.Add(time.Second))), f.job(runAt(f.now.Add(2*time.Second)))
		at := f.now.Add(time.Minute)
		f.equal(f.claimed(at, "slow").ID, fast.ID)
		f.equal(f.claimed(at, "slow").ID, free.ID)
		f.noJob(at, "slow")
		f.equal(f.claimed(at).Lane, "slow")
	})
	r.run("of many lanes and kinds the job that has waited longest comes first", func(f *fixture) {
		var want []identity.Job
		for i := range 30 {
			kind := []string{"export", "mail", "unheard of"}[i%3]
			j := f.job(lane(strconv.Itoa(i%7)), runAt(f.now.Add(time.Duration(i)*time.Second)), func(j *identity.Job) { j.Kind = kind })
			if i%3 < 2 && i%7 != 4 {
				want = append(want, j)
			}
		}
		at := f.now.Add(time.Hour)
		take := func() (identity.Job, bool) {
			j, found, err := f.store.ClaimJob(f.ctx, at, at.Add(leaseTime), []string{"mail", "export"}, []string{"4", "8"})
			f.noError(err)
			return j, found
		}
		for _, w := range want {
			j, found := take()
			f.equal([]any{found, j.ID}, []any{true, w.ID})
		}
		_, found := take()
		f.equal(found, false)
	})
	r.run("a job whose node has died runs again when its lease has lapsed", func(f *fixture) {
		f.job()
		first := f.claimed(f.now)
		f.noJob(f.now.Add(leaseTime - time.Microsecond))
		second := f.claimed(f.now.Add(leaseTime))
		f.equal([]any{second.ID, second.Attempts}, []any{first.ID, 2})
	})
	r.run("progress prolongs the lease", func(f *fixture) {
		f.job()
		j := f.claimed(f.now)
		j.Progress, j.LeaseUntil = json.RawMessage(`{"done": 7}`), ptr(f.now.Add(2*leaseTime))
		f.update(j, true)
		f.noJob(f.now.Add(leaseTime))
		next := f.claimed(f.now.Add(2 * leaseTime))
		f.equal(next.Progress, j.Progress)
	})
	r.run("a finished job never runs again and keeps its result", func(f *fixture) {
		f.job()
		j := finished(f.claimed(f.now), f.now)
		j.Result = json.RawMessage(`[1, 2]`)
		f.update(j, true)
		f.noJob(f.now.Add(1000 * time.Hour))
		f.update(j, false)
		j.LeaseUntil, j.FinishedAt, j.Outcome = ptr(f.now.Add(time.Hour)), nil, ""
		f.update(j, false)
	})
	r.run("a job that failed waits for its next time", func(f *fixture) {
		f.job()
		j := f.claimed(f.now)
		j.RunAt, j.LeaseUntil, j.ErrorCode = f.now.Add(time.Hour), nil, identity.CodeUnavailable
		f.update(j, true)
		f.update(j, false) // it was given back
		f.noJob(f.now.Add(time.Hour - time.Microsecond))
		again := f.claimed(f.now.Add(time.Hour))
		f.equal([]any{again.ErrorCode, again.Attempts}, []any{identity.CodeUnavailable, 2})
	})
	r.run("who has lost the lease cannot write", func(f *fixture) {
		f.job()
		late := f.claimed(f.now)
		holder := f.claimed(f.now.Add(leaseTime))
		f.update(finished(late, f.now.Add(leaseTime)), false)
		late.RunAt = f.now
		f.update(late, false)
		f.noJob(f.now.Add(leaseTime))
		f.update(finished(holder, f.now.Add(leaseTime)), true)
	})
	r.run("who was slow but has not lost the lease can write", func(f *fixture) {
		f.job()
		f.update(finished(f.claimed(f.now), f.now.Add(time.Hour)), true)
	})
	r.run("a job finishes in the transaction of its effect or not at all", func(f *fixture) {
		f.job()
		j := f.claimed(f.now)
		f.wantErr(f.inTx(func(tx *fixture) error {
			tx.update(finished(j, f.now), true)
			return errStop
		}), errStop)
		f.update(finished(j, f.now), true)
	})
	r.run("of a recurring job there is one until it is finished", func(f *fixture) {
		f.job(recurring)
		f.job(recurring, runAt(f.now.Add(-time.Hour)))
		f.noError(f.store.InsertJobs(f.ctx, f.newJob(recurring), f.newJob(func(j *identity.Job) { j.Kind, j.Singleton = "sweep", "sweep" })))
		j := f.claimed(f.now)
		f.equal(j.RunAt, f.now)
		f.noJob(f.now)
		f.update(finished(j, f.now), true)
		f.job(recurring)
		f.claimed(f.now)
		f.noJob(f.now)
	})
	r.run("the backlog is what is due and not leased, by kind", func(f *fixture) {
		f.equal(len(must(f.store.JobBacklogs(f.ctx, f.now))(f)), 0)
		f.job(runAt(f.now.Add(-2 * time.Hour)))
		f.job(runAt(f.now.Add(-time.Hour)))
		f.job()
		f.job(runAt(f.now.Add(time.Second)))
		f.job(func(j *identity.Job) { j.Kind = "export" })
		f.claimed(f.now)
		f.equal(must(f.store.JobBacklogs(f.ctx, f.now))(f), []identity.JobBacklog{
			{Kind: "export", Due: 1, Oldest: f.now}, {Kind: "mail", Due: 2, Oldest: f.now.Add(-time.Hour)},
		})
	})
	jobRaces(r)
}

func jobRaces(r *runner) {
	claim := func(f *fixture, at time.Time) (identity.Job, bool, error) {
		return f.store.ClaimJob(f.ctx, at, at.Add(leaseTime), []string{"mail"}, nil)
	}
	r.run("one of many claims a job", func(f *fixture) {
		f.job()
		f.oneWins(func(int) (bool, error) {
			_, found, err := claim(f, f.now)
			return found, err
		})
	})
	r.run("one of many claims a job whose lease has lapsed, and the one before cannot finish it", func(f *fixture) {
		f.job()
		late := f.claimed(f.now)
		f.oneWins(func(i int) (bool, error) {
			if i%2 == 0 {
				_, found, err := claim(f, f.now.Add(leaseTime))
				return found, err
			}
			return f.store.UpdateJob(f.ctx, finished(late, f.now))
		})
	})
	r.run("many take a job each, and none is left out", func(f *fixture) {
		for range contenders / 2 {
			f.job()
		}
		got, faults := race(f, contenders, func(int) (identity.Job, error) {
			j, _, err := claim(f, f.now)
			return j, err
		})
		f.noError(errors.Join(faults...))
		for { // more at once than a claim looks for may have found nothing
			j, found, err := claim(f, f.now)
			f.noError(err)
			if !found {
				break
			}
			got = append(got, j)
		}
		seen := map[string]int{}
		for _, j := range got {
			seen[fmt.Sprint(j.ID)]++
		}
		delete(seen, fmt.Sprint(identity.Job{}.ID)) // who found none
		for id, n := range seen {
			if n > 1 {
				f.Errorf("job %s was claimed %d times", id, n)
			}
		}
		f.equal(len(seen), contenders/2)
	})
	r.run("of two schedulers one enqueues the recurring job", func(f *fixture) {
		_, faults := race(f, contenders, func(i int) (bool, error) {
			j := f.newJob(recurring)
			if i%2 == 0 {
				return true, f.store.InsertJobs(f.ctx, j)
			}
			return true, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error { return tx.InsertJobs(ctx, j) })
		})
		f.noError(errors.Join(faults...))
		f.claimed(f.now)
		f.noJob(f.now)
	})
	r.run("one of many finishes a job", func(f *fixture) {
		f.job()
		j := f.claimed(f.now)
		f.oneWins(func(int) (bool, error) { return f.store.UpdateJob(f.ctx, finished(j, f.now)) })
	})
	r.run("nodes that work a queue off run each job once", func(f *fixture) {
		for i := range contenders {
			f.job(lane(strconv.Itoa(i%3)), runAt(f.now.Add(-time.Duration(i)*time.Second)))
		}
		ran, faults := race(f, 5, func(int) (n int, err error) {
			for {
				j, found, err := claim(f, f.now)
				if err != nil || !found {
					return n, err
				}
				if held, err := f.store.UpdateJob(f.ctx, finished(j, f.now)); err != nil || !held {
					return n, errors.Join(err, fmt.Errorf("held: %v", held))
				}
				n++
			}
		})
		f.noError(errors.Join(faults...))
		total := 0
		for _, n := range ran {
			total += n
		}
		f.equal(total, contenders)
	})
}
