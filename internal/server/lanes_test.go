package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

func hosts(prefix string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s%d.example", prefix, i)
	}
	return list
}

func TestAReceiverGetsOneDeliveryUntilItAnswers(t *testing.T) {
	t.Parallel()
	f := newWorkerFixture(t)
	f.enqueue(t, slices.Repeat([]string{"rp.example"}, 30)...)
	for _, step := range []struct {
		ends error
		want int
	}{{nil, perLane}, {errors.New("down"), perLane - 1}, {errors.New("down"), perLane - 2}} {
		if len(f.finished) == 0 && step.want == perLane {
			f.startDue(t.Context(), t.Context())
			if _, n := f.running("rp.example"); n != 1 {
				t.Fatalf("%d run before any has ended", n)
			}
		}
		next(t, f.started)
		f.release <- step.ends
		next(t, f.finished)
		next(t, f.wakeups) // the end is counted
		f.startDue(t.Context(), t.Context())
		if _, n := f.running("rp.example"); n != step.want {
			t.Fatalf("%d run after one ended with %v, want %d", n, step.ends, step.want)
		}
	}
	close(f.release)
	f.all.Wait()
}

// TestRoomGoesToTheLaneThatHasNone: ten slow receivers with long queues, which are older, have all of the room.
func TestRoomGoesToTheLaneThatHasNone(t *testing.T) {
	t.Parallel()
	f := newWorkerFixture(t)
	slow := hosts("slow", f.policies[logoutKind].Concurrency/perLane)
	f.known(identity.JobSucceeded, slow...)
	f.enqueue(t, slices.Repeat(slow, 3*perLane)...)
	f.startDue(t.Context(), t.Context())
	for range perLane * len(slow) {
		next(t, f.started)
	}
	f.enqueue(t, "other.example")
	f.startDue(t.Context(), t.Context()) // no room
	for len(f.wakeups) > 0 {
		<-f.wakeups
	}
	f.release <- nil
	next(t, f.wakeups)
	f.startDue(t.Context(), t.Context())
	if uri := next(t, f.started); uri != "https://other.example" {
		t.Errorf("the room that became free went to %s", uri)
	}
	close(f.release)
	f.all.Wait()
}

func TestFailingReceiversShareHalfOfTheRoom(t *testing.T) {
	t.Parallel()
	f := newWorkerFixture(t)
	limit := f.policies[logoutKind].Concurrency
	failing := hosts("failing", 2*limit)
	f.known(identity.JobRetried, failing...)
	f.enqueue(t, slices.Repeat(failing, 2)...)
	f.enqueue(t, hosts("other", 5)...)
	f.startDue(t.Context(), t.Context())
	if all, _ := f.running(""); perFailing != limit/2 || all != perFailing+5 {
		t.Errorf("%d of %d run, want %d failing and 5 others", all, limit, limit/2)
	}
	close(f.release)
	f.all.Wait()
}

func TestLanesAreForgottenAboveTheirBound(t *testing.T) {
	t.Parallel()
	all := lanes{}
	for _, name := range hosts("idle", maxLanes) {
		all.began(name)
		if name != "idle0.example" {
			all.ended(name, identity.JobSucceeded)
		}
	}
	all.began("")
	all.began("one.example")
	if len(all) != maxLanes || all["idle0.example"].running != 1 || all["one.example"].running != 1 {
		t.Errorf("%d lanes, want %d and those in which jobs run", len(all), maxLanes)
	}
	all.ended("one.example", identity.JobRetried)
	for _, end := range []identity.JobEnd{identity.JobInterrupted, identity.JobLost} {
		all.began("one.example")
		all.ended("one.example", end)
	}
	if l := all["one.example"]; l.last != identity.JobRetried || l.running != 0 {
		t.Errorf("an attempt that says nothing of the receiver left %+v", l)
	}
}

// TestReceiversThatHangDelayNoOther: many deliveries wait for each of ten, which answers none before the test ends. They were
// told first.
func TestReceiversThatHangDelayNoOther(t *testing.T) {
	t.Parallel()
	f := newWorkerFixture(t)
	f.send = func(ctx context.Context, uri, token string) error {
		body := strings.NewReader(url.Values{"logout_token": {token}}.Encode())
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.Replace(uri, "https:", "http:", 1), body)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		return response.Body.Close()
	}
	host := func(answer http.HandlerFunc) string {
		server := httptest.NewServer(answer)
		t.Cleanup(server.Close)
		return server.Listener.Addr().String()
	}
	told, hung, letGo := make(chan struct{}, 1000), make(chan struct{}, 1000), make(chan struct{})
	const hanging, pending, healthy = 10, 120, 30
	for range hanging {
		hang := host(func(http.ResponseWriter, *http.Request) {
			hung <- struct{}{}
			<-letGo
		})
		f.enqueue(t, slices.Repeat([]string{hang}, pending/hanging)...)
	}
	stop, _ := f.startWorker(t, 0)
	t.Cleanup(func() { close(letGo) })
	for range hanging {
		next(t, hung)
	}
	f.enqueue(t, slices.Repeat([]string{host(func(http.ResponseWriter, *http.Request) { told <- struct{}{} })}, healthy)...)
	for range healthy {
		next(t, told)
	}
	wantEnds(t, f, healthy, identity.JobSucceeded)
	if len(hung) != 0 {
		t.Errorf("%d more were sent to receivers that had not answered", len(hung))
	}
	stop()
}
