package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/authly/authly/identity"
)

// AuditFeed tells administrators of audit events as they are added, in the order of the chain: that of commit, which
// neither ids nor times are. While somebody follows, it gives what was added its place in the chain at once, and reads
// it for all followers of this node together.
type AuditFeed struct {
	store identity.AuditChainReader
	chain *identity.AuditChain
	keys  *identity.Keyring
	added <-chan struct{} // events were added; nil = it is looked for them only

	mu        sync.Mutex
	followers int
	stop      context.CancelFunc
	recent    []FollowedEvent // what was read last, in order
	from, end int             // recent has all events after from, up to end
	changed   chan struct{}   // closed when there are more
}

// How often the feed looks for events that nothing in this process has announced, how long it gathers those that were,
// and how many it reads at once and keeps for followers who are a little behind.
const (
	feedPoll    = time.Second
	feedGather  = 100 * time.Millisecond
	feedPortion = 500
	feedRecent  = 2_000
)

// FollowedEvent is an event as a follower is told it.
type FollowedEvent struct {
	identity.AuditEvent

	Cursor   string // opaque: where the event stands
	position int
}

// AuditPortion is what a follower is told at once.
type AuditPortion struct {
	Events []FollowedEvent
	More   bool // there are events after it already
}

// AuditFollower is told what is added after a position. It is not safe for concurrent use, and must be closed.
type AuditFollower struct {
	feed     *AuditFeed
	filter   identity.AuditFilter
	position int
	changed  <-chan struct{}
}

// Follow follows the events that a filter selects: those that are added from now on, or after a cursor. The caller asks
// for the right again before telling anybody what the follower was told.
func (s *AuditFeed) Follow(ctx context.Context, filter identity.AuditFilter, after string) (*AuditFollower, error) {
	return s.follow(ctx, identity.ScopeAuditRead, filter, after)
}

func (s *AuditFeed) follow(ctx context.Context, scope string, filter identity.AuditFilter, after string) (*AuditFollower, error) {
	if err := requireScope(ctx, scope); err != nil {
		return nil, err
	}
	if err := (AuditList{Filter: filter}).check(); err != nil {
		return nil, err
	}
	position, given, err := s.parse(after)
	if err != nil {
		return nil, err
	}
	state, err := s.current(ctx, given)
	switch {
	case err != nil:
		return nil, err
	case !given:
		position = state.End
	case state.First != nil && position < state.First.Seq || position > state.End:
		return nil, identity.InvalidField("after", "What came after it is no longer known. List the events, and follow without after.")
	}
	s.enter(state.End)
	return &AuditFollower{feed: s, filter: filter, position: position}, nil
}

// current returns how far the chain goes. For a follower who begins, what was added before gets its place first; one who
// resumes needs no lock for that, because many do at once when a node has ended.
func (s *AuditFeed) current(ctx context.Context, resumes bool) (identity.AuditChainState, error) {
	if !resumes {
		if _, err := s.chain.Chain(ctx); err != nil {
			return identity.AuditChainState{}, err
		}
	}
	state, err := s.store.AuditChainState(ctx)
	if err != nil {
		return state, fmt.Errorf("follow audit events: %w", err)
	}
	return state, nil
}

// feedCursors are the cursors of the feed: all its followers have the same, whatever they select.
const feedCursors = "audit feed"

func (s *AuditFeed) parse(after string) (position int, given bool, err error) {
	key, err := pager{keys: s.keys, list: feedCursors}.parse("after", after)
	if err != nil || key == nil {
		return 0, false, err
	}
	position, err = strconv.Atoi(key.Key)
	return position, true, err
}

func (s *AuditFeed) event(l identity.LinkedRecord) FollowedEvent {
	e := FollowedEvent{AuditEvent: l.Record.AuditEvent, position: l.Link.Seq}
	// What was put there behind the server's back may be anything; the chain finds it, and the rest of the event is told.
	_ = json.Unmarshal(l.Record.Stored, &e.Changes)
	e.Cursor = s.cursor(e.position)
	return e
}

func (s *AuditFeed) cursor(position int) string {
	return pager{keys: s.keys, list: feedCursors}.format(identity.CursorKey{Key: strconv.Itoa(position)})
}

// enter counts a follower; the first one makes the feed read.
func (s *AuditFeed) enter(end int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.followers++
	if s.followers > 1 {
		return
	}
	s.recent, s.from, s.end, s.changed = nil, end, end, make(chan struct{})
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	go s.read(ctx)
}

// Followers counts those of this node.
func (s *AuditFeed) Followers(ctx context.Context) (int, error) {
	if err := requireScope(ctx, identity.ScopeAuditRead); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.followers, nil
}

func (s *AuditFeed) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.followers--; s.followers == 0 {
		s.stop()
		s.recent = nil
	}
}

// read reads what is added until nobody follows any more. What cannot be read now is read later: nothing is passed over.
func (s *AuditFeed) read(ctx context.Context) {
	poll, gather := time.NewTicker(feedPoll), time.NewTimer(feedGather)
	defer poll.Stop()
	defer gather.Stop()
	for {
		for more := true; more && ctx.Err() == nil; {
			more = s.readPortion(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-gather.C: // what was announced meanwhile is read together
		}
		gather.Reset(feedGather)
		select {
		case <-ctx.Done():
			return
		case <-s.added:
		case <-poll.C:
		}
	}
}

// readPortion reports whether there is more to read.
func (s *AuditFeed) readPortion(ctx context.Context) bool {
	limited, cancel := context.WithTimeout(ctx, 5*feedPoll)
	defer cancel()
	if _, err := s.chain.Chain(limited); err != nil {
		return false
	}
	s.mu.Lock()
	end := s.end
	s.mu.Unlock()
	linked, err := s.store.AuditLinks(limited, end, feedPortion)
	if err != nil || len(linked) == 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return false // another reader may have begun anew
	}
	for _, l := range linked {
		s.end = l.Link.Seq
		if l.Record != nil {
			s.recent = append(s.recent, s.event(l))
		}
	}
	if excess := len(s.recent) - feedRecent; excess > 0 {
		s.from = s.recent[excess-1].position
		s.recent = slices.Clone(s.recent[excess:])
	}
	close(s.changed)
	s.changed = make(chan struct{})
	return len(linked) == feedPortion
}

// Next returns what comes next of up to limit events, or nothing when there are no more yet.
func (f *AuditFollower) Next(ctx context.Context, limit int) (AuditPortion, error) {
	events, more, known := f.feed.after(f, limit)
	if !known {
		linked, err := f.feed.store.AuditLinks(ctx, f.position, limit)
		if err != nil {
			return AuditPortion{}, fmt.Errorf("follow audit events: %w", err)
		}
		for _, l := range linked {
			f.position = l.Link.Seq
			if l.Record != nil {
				events = append(events, f.feed.event(l))
			}
		}
		more = len(linked) > 0
	}
	portion := AuditPortion{More: more}
	for _, e := range events {
		if f.filter.Selects(e.AuditEvent) {
			portion.Events = append(portion.Events, e)
		}
	}
	return portion, nil
}

// after returns what the feed has in memory of the events that come next, and moves the follower on; known is false for a
// follower who is too far behind.
func (s *AuditFeed) after(f *AuditFollower, limit int) (events []FollowedEvent, more, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.changed = s.changed
	if f.position < s.from {
		return nil, false, false
	}
	next, _ := slices.BinarySearchFunc(s.recent, f.position+1, func(e FollowedEvent, position int) int { return e.position - position })
	rest := s.recent[next:]
	if len(rest) > limit {
		f.position = rest[limit-1].position
		return rest[:limit:limit], true, true
	}
	f.position = max(f.position, s.end)
	return rest[:len(rest):len(rest)], false, true
}

// Changed returns a channel that is closed when there is more than Next has returned last.
func (f *AuditFollower) Changed() <-chan struct{} { return f.changed }

// Cursor is where the follower stands: after all that Next has returned or passed over.
func (f *AuditFollower) Cursor() string { return f.feed.cursor(f.position) }

// Close ends it.
func (f *AuditFollower) Close() { f.feed.leave() }
