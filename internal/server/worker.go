package server

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/outbound"
)

// worker runs jobs: as many at once of each kind as its policy says, and few in each lane. One goroutine claims; each job
// runs in one of its own.
type worker struct {
	jobs     *identity.Jobs
	policies map[string]identity.JobPolicy
	logger   *slog.Logger
	now      func() time.Time
	observe  func(kind string, end identity.JobEnd, took time.Duration)
	wakeups  chan struct{} // one is enough: the worker then claims until nothing is left
	// pollEvery is how often the worker looks for jobs that nothing in this process has announced: retries, recurring work,
	// and what other nodes have enqueued and not done.
	pollEvery time.Duration

	mu    sync.Mutex
	kinds map[string]int // how many run, by kind
	lanes lanes
	all   sync.WaitGroup
}

func newWorker(jobs *identity.Jobs, logger *slog.Logger, now func() time.Time, wakeups chan struct{}, m *metrics) *worker {
	return &worker{
		jobs: jobs, policies: jobs.Policies(), logger: logger, now: now, observe: m.observeJob, wakeups: wakeups,
		pollEvery: 2 * time.Second, kinds: map[string]int{}, lanes: lanes{},
	}
}

// wake makes who waits on the channel look at once. It never blocks.
func wake(waiting chan<- struct{}) {
	select {
	case waiting <- struct{}{}:
	default: // it is about to look anyway
	}
}

// run works until ctx ends. What runs then may finish within patience, and is interrupted after it.
func (w *worker) run(ctx context.Context, patience time.Duration) {
	ctx = identity.WithActor(ctx, identity.SystemActor("server"))
	running, interrupt := context.WithCancel(context.WithoutCancel(ctx))
	defer interrupt()
	poll := time.NewTicker(w.pollEvery)
	defer poll.Stop()
	for ctx.Err() == nil {
		w.startDue(ctx, running)
		select {
		case <-ctx.Done():
		case <-w.wakeups:
		case <-poll.C:
		}
	}
	late := time.AfterFunc(patience, interrupt)
	defer late.Stop()
	w.all.Wait()
}

// startDue claims jobs and starts them until none is due that there is room for: first one of each lane in which none runs,
// then more of them.
func (w *worker) startDue(ctx, running context.Context) {
	for fair := true; ctx.Err() == nil; {
		kinds, full, busy := w.room()
		if len(kinds) == 0 {
			return
		}
		closed := full
		if fair {
			closed = busy
		}
		job, found, err := w.jobs.Claim(ctx, kinds, closed)
		if err != nil {
			w.log(ctx, slog.LevelError, "claim job", identity.Job{}, err)
			return
		}
		if found {
			w.start(running, job)
			continue
		}
		if !fair || len(busy) == len(full) {
			return
		}
		fair = false
	}
}

// room lists the kinds of which another job may start, the lanes in which none may, and those that are to wait for others.
func (w *worker) room() (kinds, full, busy []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, kind := range slices.Sorted(maps.Keys(w.policies)) {
		if w.kinds[kind] < max(1, w.policies[kind].Concurrency) {
			kinds = append(kinds, kind)
		}
	}
	full, busy = w.lanes.taken()
	return kinds, full, busy
}

func (w *worker) start(ctx context.Context, job identity.Job) {
	w.began(job)
	w.all.Go(func() {
		began := w.now()
		end, err := w.jobs.Run(ctx, job)
		w.observe(job.Kind, end, w.now().Sub(began))
		if err != nil {
			level := slog.LevelWarn
			if end == identity.JobLost || end == identity.JobGivenUp {
				level = slog.LevelError
			}
			w.log(ctx, level, "run job", job, err)
		}
		w.ended(job, end)
		wake(w.wakeups) // there is room
	})
}

func (w *worker) began(job identity.Job) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kinds[job.Kind]++
	w.lanes.began(job.Lane)
}

func (w *worker) ended(job identity.Job, end identity.JobEnd) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kinds[job.Kind]--
	w.lanes.ended(job.Lane, end)
}

// log reports what went wrong; the end of the server is nothing wrong.
func (w *worker) log(ctx context.Context, level slog.Level, operation string, job identity.Job, err error) {
	if ctx.Err() == nil {
		w.logger.Log(ctx, level, "background work", "doing", operation, "kind", job.Kind, "attempt", job.Attempts, "cause", err.Error())
	}
}

// sender posts what clients are to hear: logout tokens (OIDC Back-Channel Logout §2.5), and that users have decided (CIBA Core §10.2).
type sender struct{ client *outbound.Client }

// SendLogoutToken implements identity.LogoutSender.
func (s sender) SendLogoutToken(ctx context.Context, uri, token string) error {
	return s.client.PostForm(ctx, uri, url.Values{"logout_token": {token}})
}

// NotifyClient implements identity.BackchannelNotifier.
func (s sender) NotifyClient(ctx context.Context, uri, token, authReqID string) error {
	body, err := json.Marshal(map[string]string{"auth_req_id": authReqID})
	if err != nil {
		return fmt.Errorf("notification: %w", err)
	}
	return s.client.PostJSON(ctx, uri, token, body)
}

// PushSecurityEvent implements identity.EventSender.
func (s sender) PushSecurityEvent(ctx context.Context, uri, authorization, token string) (string, error) {
	status, body, err := s.client.Push(ctx, uri, "application/secevent+jwt", authorization, token)
	switch {
	case err != nil:
		return "", err
	case status < http.StatusMultipleChoices:
		return "", nil
	case status != http.StatusBadRequest:
		return "", fmt.Errorf("push: status %d", status)
	}
	var refusal struct {
		Code string `json:"err"`
	}
	if json.Unmarshal(body, &refusal) != nil {
		refusal.Code = "invalid_request"
	}
	// The receiver does not take the header Authorization, which it may say anew (RFC 8935 §2.4).
	if refusal.Code == "authentication_failed" || refusal.Code == "access_denied" {
		return "", fmt.Errorf("push: %s", refusal.Code)
	}
	return identity.EventError(refusal.Code), nil
}
