package password

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/authly/authly/identity"
)

// queue lets a number of hashes run at once, all but one of them of one network, so that a flood leaves a processor to
// others. Those who wait stand in one line for each network, and the lines take turns:
// however many wait from one network, another one waits for a hash of each. The lines are bounded, each and together.
type queue struct {
	most int // waiting in all
	each int // waiting from one network
	runs int // running of one network

	mu      sync.Mutex
	free    int // hashes that may begin at once
	waiting int
	running map[string]int
	lines   map[string]*line
	turns   []*line // those with somebody in it; the first one is next
}

type line struct {
	network string
	callers []chan error // told nil when their turn has come
}

func newQueue(parallel, most, each int) *queue {
	return &queue{
		most: most, each: each, runs: max(parallel-1, 1), free: parallel, running: map[string]int{}, lines: map[string]*line{},
	}
}

// acquire waits for a turn, and returns what ends it.
func (q *queue) acquire(ctx context.Context) (release func(), err error) {
	network := identity.ActorFrom(ctx).Network().Narrow
	release = func() { q.release(network) }
	turn, err := q.enter(network)
	if err != nil || turn == nil {
		return release, err
	}
	select {
	case err := <-turn:
		return release, err
	case <-ctx.Done():
		if !q.leave(turn) {
			if err := <-turn; err == nil { // the turn came at the same moment
				release()
			}
		}
		return nil, busy().Because(ctx.Err())
	}
}

// enter returns nil when a hash may begin now, else what tells when.
func (q *queue) enter(network string) (chan error, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.lines[network]
	if l == nil && q.mayRun(network) {
		q.run(network)
		return nil, nil // neither a wait nor an error
	}
	if l == nil {
		l = &line{network: network}
	}
	if len(l.callers) >= q.each {
		return nil, crowded()
	}
	if q.waiting >= q.most && !q.displace(len(l.callers)+1) {
		return nil, busy()
	}
	if len(l.callers) == 0 {
		q.lines[network] = l
		q.turns = append(q.turns, l)
	}
	turn := make(chan error, 1)
	l.callers = append(l.callers, turn)
	q.waiting++
	return turn, nil
}

// displace sends the last of the longest line away, if that line is longer than the given one.
func (q *queue) displace(length int) bool {
	longest := slices.MaxFunc(q.turns, func(a, b *line) int { return len(a.callers) - len(b.callers) })
	if len(longest.callers) <= length {
		return false
	}
	last := longest.callers[len(longest.callers)-1]
	q.remove(longest, len(longest.callers)-1)
	last <- busy()
	return true
}

// release ends a turn of a network and passes it on to the next line that may run, whose network then stands last again.
func (q *queue) release(network string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.free++
	if q.running[network]--; q.running[network] == 0 {
		delete(q.running, network)
	}
	for {
		i := slices.IndexFunc(q.turns, func(l *line) bool { return q.mayRun(l.network) })
		if i < 0 {
			return
		}
		next := q.turns[i]
		first := next.callers[0]
		q.remove(next, 0)
		if len(next.callers) > 0 {
			q.turns = append(slices.Delete(q.turns, i, i+1), next)
		}
		q.run(next.network)
		first <- nil
	}
}

func (q *queue) mayRun(network string) bool { return q.free > 0 && q.running[network] < q.runs }

func (q *queue) run(network string) {
	q.free--
	q.running[network]++
}

// leave removes who does not wait any longer; false when the turn had come.
func (q *queue) leave(turn chan error) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, l := range q.turns {
		if i := slices.Index(l.callers, turn); i >= 0 {
			q.remove(l, i)
			return true
		}
	}
	return false
}

// remove takes a caller out of a line, and an empty line out of the queue.
func (q *queue) remove(l *line, i int) {
	l.callers = slices.Delete(l.callers, i, i+1)
	q.waiting--
	if len(l.callers) == 0 {
		delete(q.lines, l.network)
		q.turns = slices.DeleteFunc(q.turns, func(o *line) bool { return o == l })
	}
}

func busy() *identity.Error {
	return &identity.Error{
		Kind: identity.Unavailable, Code: identity.CodeUnavailable,
		Detail: "Too many sign-ins at the moment. Try again shortly.", RetryAfter: time.Second,
	}
}

func crowded() *identity.Error {
	return &identity.Error{
		Kind: identity.RateLimited, Code: identity.CodeRateLimited,
		Detail: "Too many sign-ins from your network at the moment. Try again shortly.", RetryAfter: time.Second,
	}
}
