package password

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/authly/authly/identity"
)

// from is the context of a request from an address.
func from(ctx context.Context, ip string) context.Context {
	return identity.WithActor(ctx, identity.Actor{Kind: identity.ActorAnonymous, IP: ip})
}

// enter queues somebody from a network, who must have to wait.
func enter(t *testing.T, q *queue, network string) chan error {
	t.Helper()
	turn, err := q.enter(network)
	if err != nil || turn == nil {
		t.Fatalf("%s: turn %v, %v", network, turn, err)
	}
	return turn
}

func TestNetworksTakeTurns(t *testing.T) {
	t.Parallel()
	q := newQueue(1, 100, 50)
	if turn, err := q.enter("flood"); turn != nil || err != nil {
		t.Fatal("the first one waits")
	}
	waiting := map[chan error]string{}
	for i := range 50 {
		waiting[enter(t, q, "flood")] = fmt.Sprint("flood ", i)
	}
	waiting[enter(t, q, "a")] = "a 0"
	waiting[enter(t, q, "b")] = "b 0"
	waiting[enter(t, q, "a")] = "a 1"
	var order []string
	running := "flood"
	for range 7 {
		q.release(running)
		for turn, name := range waiting {
			select {
			case err := <-turn:
				order = append(order, name)
				running, _, _ = strings.Cut(name, " ")
				delete(waiting, turn)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
			default:
			}
		}
	}
	if got := fmt.Sprint(order); got != "[flood 0 a 0 b 0 flood 1 a 1 flood 2 flood 3]" {
		t.Errorf("served %v", got)
	}
}

// TestOneNetworkLeavesAProcessorToOthers: of two hashes that may run at once a network has one, though nobody else wants
// the other one yet.
func TestOneNetworkLeavesAProcessorToOthers(t *testing.T) {
	t.Parallel()
	q := newQueue(2, 100, 50)
	if turn, err := q.enter("flood"); turn != nil || err != nil {
		t.Fatal("the first one waits")
	}
	second, third := enter(t, q, "flood"), enter(t, q, "flood")
	if turn, err := q.enter("a"); turn != nil || err != nil {
		t.Error("another network waits")
	}
	q.release("a")
	if len(second) != 0 || q.free != 1 {
		t.Error("the flood has taken what another network left")
	}
	q.release("flood")
	if len(second) != 1 || len(third) != 0 || q.running["flood"] != 1 || q.waiting != 1 {
		t.Errorf("after its own turn: %d run, %d wait", q.running["flood"], q.waiting)
	}
}

func TestAFullQueueIsFullForWhomItIsLong(t *testing.T) {
	t.Parallel()
	q := newQueue(1, 8, 5)
	_, _ = q.enter("x")
	var turns []chan error
	for range 5 {
		turns = append(turns, enter(t, q, "flood"))
	}
	if _, err := q.enter("flood"); !isKind(err, identity.RateLimited) {
		t.Errorf("a sixth of one network: %v", err)
	}
	for range 3 {
		enter(t, q, "second")
	}
	newcomer := enter(t, q, "newcomer") // the longest line makes room
	if err := <-turns[4]; !isKind(err, identity.Unavailable) {
		t.Errorf("the last of the longest line: %v", err)
	}
	enter(t, q, "newcomer")
	if err := <-turns[3]; !isKind(err, identity.Unavailable) {
		t.Errorf("the next one: %v", err)
	}
	if _, err := q.enter("newcomer"); !isKind(err, identity.Unavailable) { // all lines are as long
		t.Errorf("with equal lines: %v", err)
	}
	if len(newcomer) != 0 || q.waiting != 8 {
		t.Errorf("%d wait", q.waiting)
	}
}

func isKind(err error, kind identity.Kind) bool {
	e, ok := errors.AsType[*identity.Error](err)
	return ok && e.Kind == kind && e.RetryAfter == time.Second
}

// TestTheQueueIsBounded: 500 connections from one address wait for no more than its share, and somebody else is served.
func TestTheQueueIsBounded(t *testing.T) {
	t.Parallel()
	h := New(cheap, 1)
	release, _ := h.queue.acquire(from(t.Context(), "192.0.2.3")) // a hash that runs
	ctx, cancel := context.WithCancel(from(t.Context(), "192.0.2.1"))
	var group sync.WaitGroup
	results := make(chan error, 500)
	for range 500 {
		group.Go(func() {
			_, err := h.Hash(ctx, "x")
			results <- err
		})
	}
	for range 500 - networkPerSlot {
		if err := <-results; !isKind(err, identity.RateLimited) {
			t.Fatalf("one too many got %v", err)
		}
	}
	var served error
	group.Go(func() { _, served = h.Hash(from(t.Context(), "192.0.2.2"), "x") })
	for { // until they wait
		h.queue.mu.Lock()
		waiting := h.queue.waiting
		h.queue.mu.Unlock()
		if waiting == networkPerSlot+1 {
			break
		}
	}
	cancel()
	for range networkPerSlot {
		if err := <-results; !isKind(err, identity.Unavailable) || !errors.Is(err, context.Canceled) {
			t.Errorf("who does not wait any longer got %v", err)
		}
	}
	release()
	group.Wait()
	if served != nil || h.queue.waiting != 0 || h.queue.free != 1 || len(h.queue.lines) != 0 {
		t.Errorf("somebody else got %v; afterwards %d wait, %d free", served, h.queue.waiting, h.queue.free)
	}
}

// TestRefusalsKeepOnePace: an unknown user, an argon2 user and an imported bcrypt user are refused at the same time after
// the work began, by one hash each; the slowest work decides for all.
func TestRefusalsKeepOnePace(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	var waited []time.Duration
	h := New(cheap, 1).Paced(func() time.Time { return now }, func(_ context.Context, d time.Duration) { waited = append(waited, d) })
	slow, err := bcrypt.GenerateFromPassword([]byte("right"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	refuse := func(encoded string, works time.Duration) {
		t.Helper()
		before := h.Hashes()
		proof, err := h.Verify(t.Context(), "wrong", encoded)
		if err != nil || proof.OK || h.Hashes() != before+1 || !proof.Began.Equal(now) {
			t.Fatalf("%+v, %v, %d hashes", proof, err, h.Hashes()-before)
		}
		h.pace.slowest[0] = max(h.pace.slowest[0], works) // as if it had taken so long
		now = now.Add(works)
		h.AwaitRefusal(t.Context(), proof)
		now = now.Add(waited[len(waited)-1])
	}
	argon := hash(t, h, "right")
	began := now
	refuse("", 36*time.Millisecond)
	refuse(argon, 40*time.Millisecond)
	refuse(string(slow), 122*time.Millisecond)
	if took := now.Sub(began); took != 3*leastPace {
		t.Errorf("three refusals took %v", took)
	}
	for _, works := range []time.Duration{900 * time.Millisecond, 10 * time.Millisecond} { // one that is slower slows all
		began = now
		refuse("", works)
		if took := now.Sub(began); took != time.Second {
			t.Errorf("a refusal took %v", took)
		}
	}
	now = now.Add(time.Hour) // the hour before counts, the one before that does not
	refuse("", 0)
	if got := waited[len(waited)-1]; got != time.Second {
		t.Errorf("an hour later it waits for %v", got)
	}
	now = now.Add(2 * time.Hour)
	refuse("", 0)
	if got := waited[len(waited)-1]; got != leastPace {
		t.Errorf("hours later it waits for %v", got)
	}
}
