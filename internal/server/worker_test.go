package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/keys"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

const logoutKind = "logout.deliver"

// patience is how long a test waits for what must come before it fails.
const patience = 20 * time.Second

var noon = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

// workerFixture is a worker on a database of its own. What it delivers waits until the test lets it go.
type workerFixture struct {
	*worker
	store    *store.Store
	source   identity.Source
	metrics  *metrics
	client   identity.Client
	idle     chan struct{}                                      // a claim has found nothing
	started  chan string                                        // the host to which a delivery goes
	release  chan error                                         // how one delivery ends
	send     func(ctx context.Context, uri, token string) error // instead, unless nil
	finished chan identity.JobEnd
}

// SendLogoutToken implements identity.LogoutSender.
func (f *workerFixture) SendLogoutToken(ctx context.Context, uri, token string) error {
	if f.send != nil {
		return f.send(ctx, uri, token)
	}
	f.started <- uri
	select {
	case err := <-f.release:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// watchedStore reports claims that find nothing.
type watchedStore struct {
	identity.Store
	idle chan<- struct{}
}

func (s watchedStore) ClaimJob(ctx context.Context, now, lease time.Time, kinds, full []string) (identity.Job, bool, error) {
	job, found, err := s.Store.ClaimJob(ctx, now, lease, kinds, full)
	if !found {
		s.idle <- struct{}{}
	}
	return job, found, err
}

func newWorkerFixture(t *testing.T) *workerFixture {
	t.Helper()
	f := &workerFixture{
		source:  identity.Source{Clock: func() time.Time { return noon }, Random: rand.Reader},
		idle:    make(chan struct{}, 1000),
		started: make(chan string, 1000), release: make(chan error, 1000),
		finished: make(chan identity.JobEnd, 1000),
	}
	wakeups := make(chan struct{}, 1)
	f.store = storetest.Memory(t, store.Options{OnJobs: func() { wake(wakeups) }})
	ring, err := identity.NewKeyring([]byte(strings.Repeat("a", 32)))
	must(t, err)
	settings := identity.DefaultSettings("https://id.example.org")
	domain := identity.New(identity.Deps{
		Store: watchedStore{f.store, f.idle}, Source: f.source, Keys: ring, Settings: identity.NewLiveSettings(settings), Sender: f,
		Signer: keys.NewSigner(f.store, ring, f.source, settings.Issuer), KeyMaker: keys.Maker{Keyring: ring},
	})
	must(t, domain.SigningKeys.Ensure(t.Context()))
	f.client = identity.Client{ID: f.source.NewID(), ClientID: "app", CreatedAt: f.source.Now(), UpdatedAt: f.source.Now(), Version: 1}
	must(t, f.store.InsertClient(t.Context(), f.client))
	f.metrics = newMetrics(&Server{Store: f.store})
	f.metrics.watchJobs(domain.Jobs, f.source.Now)
	f.worker = newWorker(domain.Jobs, slog.New(slog.DiscardHandler), f.source.Now, wakeups, f.metrics)
	f.pollEvery = time.Hour // nothing here happens because of it
	f.observe = func(kind string, end identity.JobEnd, took time.Duration) {
		f.metrics.observeJob(kind, end, took)
		f.finished <- end
	}
	return f
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// next receives what must come.
func next[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatal("nothing happens")
		panic("unreachable")
	}
}

// enqueue enqueues a delivery to each host.
func (f *workerFixture) enqueue(t *testing.T, hosts ...string) {
	t.Helper()
	jobs := make([]identity.Job, len(hosts))
	for i, host := range hosts {
		job, err := identity.NewJob(f.source, logoutKind, map[string]any{
			"client_id": f.client.ID, "session_id": uuid.New(), "user_id": uuid.New(), "uri": "https://" + host,
		})
		must(t, err)
		job.Lane = host
		jobs[i] = job
	}
	must(t, f.store.InsertJobs(t.Context(), jobs...))
}

// known lets the worker remember how the last delivery to each host ended.
func (f *workerFixture) known(end identity.JobEnd, hosts ...string) {
	for _, host := range hosts {
		f.lanes[host] = lane{last: end}
	}
}

// running returns how many jobs run, in all and of a lane.
func (f *workerFixture) running(lane string) (all, inLane int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.kinds[logoutKind], f.lanes[lane].running
}

func wantEnds(t *testing.T, f *workerFixture, n int, want identity.JobEnd) {
	t.Helper()
	for range n {
		if end := next(t, f.finished); end != want {
			t.Fatalf("a job ended as %q, want %q", end, want)
		}
	}
}

// startWorker runs the worker until stop is called; the channel is closed when it has ended.
func (f *workerFixture) startWorker(t *testing.T, patience time.Duration) (stop func(), ended <-chan struct{}) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.run(ctx, patience)
	}()
	t.Cleanup(func() {
		cancel()
		close(f.release)
		next(t, done)
	})
	return cancel, done
}

func TestNoMoreJobsOfAKindRunThanItsPolicySays(t *testing.T) {
	t.Parallel()
	f := newWorkerFixture(t)
	limit := f.policies[logoutKind].Concurrency
	var hosts []string
	for i := range limit + 7 {
		hosts = append(hosts, fmt.Sprintf("rp%d.example", i))
	}
	f.enqueue(t, hosts...)
	f.startDue(t.Context(), t.Context()) // returns when there is no room or no job
	if all, _ := f.running(""); all != limit {
		t.Errorf("%d run, want %d", all, limit)
	}
	for range limit {
		next(t, f.started)
	}
	for range hosts {
		f.release <- nil
	}
	f.all.Wait()
	f.startDue(t.Context(), t.Context())
	f.all.Wait()
	wantEnds(t, f, len(hosts), identity.JobSucceeded)
	if all, _ := f.running(""); all != 0 {
		t.Errorf("%d run when all have ended", all)
	}
}

func TestAFullLaneLeavesRoomForOthers(t *testing.T) {
	t.Parallel()
	f := newWorkerFixture(t)
	f.known(identity.JobSucceeded, "slow.example")
	f.enqueue(t, slices.Repeat([]string{"slow.example"}, 30)...)
	f.enqueue(t, "fast.example")
	f.startDue(t.Context(), t.Context())
	all, slow := f.running("slow.example")
	if all != perLane+1 || slow != perLane {
		t.Errorf("%d run, %d of them in the slow lane", all, slow)
	}
	got := map[string]int{}
	for range perLane + 1 {
		got[next(t, f.started)]++
	}
	if want := map[string]int{"https://slow.example": perLane, "https://fast.example": 1}; !maps.Equal(got, want) {
		t.Errorf("started %v, want %v", got, want)
	}
	close(f.release)
	f.all.Wait()
}

// TestAJobThatEndsMakesRoomForTheNext: nobody else wakes the worker.
func TestAJobThatEndsMakesRoomForTheNext(t *testing.T) {
	t.Parallel()
	f := newWorkerFixture(t)
	f.known(identity.JobSucceeded, "one.example")
	f.enqueue(t, slices.Repeat([]string{"one.example"}, perLane+1)...)
	f.startWorker(t, patience)
	next(t, f.idle) // the lane is full
	for range perLane {
		next(t, f.started)
	}
	f.release <- nil
	next(t, f.started)
	wantEnds(t, f, 1, identity.JobSucceeded)
}

// TestACommitWakesTheWorker: it has found nothing and would look again in an hour.
func TestACommitWakesTheWorker(t *testing.T) {
	t.Parallel()
	f := newWorkerFixture(t)
	f.startWorker(t, patience)
	for range 3 {
		next(t, f.idle)
		f.enqueue(t, "rp.example")
		next(t, f.started)
		next(t, f.idle)
		f.release <- nil
		wantEnds(t, f, 1, identity.JobSucceeded)
	}
}

// TestAStoppedWorkerLetsRunningJobsFinish and starts no other.
func TestAStoppedWorkerLetsRunningJobsFinish(t *testing.T) {
	t.Parallel()
	f := newWorkerFixture(t)
	f.known(identity.JobSucceeded, "rp.example")
	f.enqueue(t, slices.Repeat([]string{"rp.example"}, perLane+1)...)
	stop, ended := f.startWorker(t, time.Hour)
	next(t, f.idle)
	for range perLane {
		next(t, f.started)
	}
	stop()
	for range perLane {
		select {
		case <-ended:
			t.Fatal("the worker has ended before its jobs")
		default:
		}
		f.release <- nil
		wantEnds(t, f, 1, identity.JobSucceeded)
	}
	next(t, ended)
	if len(f.started) != 0 {
		t.Error("a job was started after the stop")
	}
}

// TestAStoppedWorkerInterruptsWhatTakesTooLong: another node can run it at once.
func TestAStoppedWorkerInterruptsWhatTakesTooLong(t *testing.T) {
	t.Parallel()
	f := newWorkerFixture(t)
	f.enqueue(t, "rp.example")
	stop, ended := f.startWorker(t, 0)
	next(t, f.started)
	stop()
	next(t, ended)
	wantEnds(t, f, 1, identity.JobInterrupted)
	job, found, err := f.jobs.Claim(t.Context(), []string{logoutKind}, nil)
	must(t, err)
	if !found || job.Attempts != 2 {
		t.Errorf("another node finds %v: %+v", found, job)
	}
}

// TestMetricsOfJobsNameKindsOnly: no host, no client, no id.
func TestMetricsOfJobsNameKindsOnly(t *testing.T) {
	t.Parallel()
	f := newWorkerFixture(t)
	f.known(identity.JobSucceeded, "rp.example")
	f.enqueue(t, "rp.example", "rp.example", "other.example")
	f.release <- nil
	f.release <- errors.New("refused by rp.example")
	f.release <- nil
	f.startDue(t.Context(), t.Context())
	f.all.Wait()
	f.enqueue(t, "rp.example")
	families, err := f.metrics.registry.Gather()
	must(t, err)
	ends := []string{"success", "retry", "failure", "interrupted", "lost"}
	got := map[string]int{}
	values := map[string]float64{}
	for _, family := range families {
		if !strings.HasPrefix(family.GetName(), "authly_job") {
			continue
		}
		for _, metric := range family.GetMetric() {
			got[family.GetName()]++
			name := family.GetName()
			for _, label := range metric.GetLabel() {
				_, isKind := f.policies[label.GetValue()]
				if label.GetName() != "kind" && label.GetName() != "outcome" || label.GetName() == "kind" && !isKind ||
					label.GetName() == "outcome" && !slices.Contains(ends, label.GetValue()) {
					t.Errorf("%s has the label %s=%q", family.GetName(), label.GetName(), label.GetValue())
				}
				name += " " + label.GetValue()
			}
			values[name] = metric.GetCounter().GetValue() + metric.GetGauge().GetValue() + float64(metric.GetHistogram().GetSampleCount())
		}
	}
	kinds := len(f.policies)
	want := map[string]int{
		"authly_jobs_total": 2, "authly_job_duration_seconds": 1, "authly_jobs_due": kinds, "authly_jobs_oldest_due_seconds": kinds,
	}
	if !maps.Equal(got, want) {
		t.Errorf("metrics %v, want %v", got, want)
	}
	for name, want := range map[string]float64{
		"authly_jobs_total logout.deliver success": 2, "authly_jobs_total logout.deliver retry": 1,
		"authly_job_duration_seconds logout.deliver": 3, "authly_jobs_due logout.deliver": 1, "authly_jobs_due sweep": 0,
	} {
		if values[name] != want {
			t.Errorf("%s is %v, want %v", name, values[name], want)
		}
	}
}
