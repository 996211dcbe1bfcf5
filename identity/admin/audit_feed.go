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
	recent    []addedEvent        // what was read last, in order
	from, end int                 // recent has all events after from, up to end
	blocks    map[int]*auditBlock // of before, by the place after which they begin
	changed   chan struct{}       // closed when there are more
}

// How often the feed looks for events that nothing in this process has announced, how long it gathers those that were,
// and how many it reads at once and keeps for followers who are a little behind.
const (
	feedPoll    = time.Second
	feedGather  = 100 * time.Millisecond
	feedPortion = 500
	feedRecent  = 2_000
)

// addedEvent is an event with its place in the chain.
type addedEvent struct {
	Message[*identity.AuditEvent]

	position int
}

// auditFollower implements Follower.
type auditFollower struct {
	feed     *AuditFeed
	filter   identity.AuditFilter
	position int
	changed  <-chan struct{}
}

// Follow follows the events that a filter selects: those that are added from now on, or after a cursor. All followers are
// given the same events, which must not be changed.
func (s *AuditFeed) Follow(ctx context.Context, filter identity.AuditFilter, after string) (Follower[*identity.AuditEvent], error) {
	return s.follow(ctx, identity.ScopeAuditRead, filter, after)
}

func (s *AuditFeed) follow(
	ctx context.Context, scope string, filter identity.AuditFilter, after string,
) (Follower[*identity.AuditEvent], error) {
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
	return &auditFollower{feed: s, filter: filter, position: position}, nil
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

func (s *AuditFeed) event(l identity.LinkedRecord) addedEvent {
	e := l.Record.AuditEvent
	// What was put there behind the server's back may be anything; the chain finds it, and the rest of the event is told.
	_ = json.Unmarshal(l.Record.Stored, &e.Changes)
	return addedEvent{Message[*identity.AuditEvent]{Item: &e, Cursor: s.cursor(l.Link.Seq)}, l.Link.Seq}
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
	s.blocks = map[int]*auditBlock{}
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
			s.forgetBlocks()
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

// Next implements Follower.
func (f *auditFollower) Next(ctx context.Context, limit int) (Portion[*identity.AuditEvent], error) {
	events, more, known := f.feed.after(f, limit)
	if !known {
		var err error
		if events, err = f.feed.older(ctx, f, limit); err != nil {
			return Portion[*identity.AuditEvent]{}, err
		}
		more = true
	}
	portion := Portion[*identity.AuditEvent]{More: more}
	for _, e := range events {
		if f.filter.Selects(*e.Item) {
			portion.Messages = append(portion.Messages, e.Message)
		}
	}
	return portion, nil
}

// after returns what the feed has in memory of the events that come next, and moves the follower on; known is false for a
// follower who is too far behind.
func (s *AuditFeed) after(f *auditFollower, limit int) (events []addedEvent, more, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.changed = s.changed
	if f.position < s.from {
		return nil, false, false
	}
	next, _ := search(s.recent, f.position+1)
	rest := s.recent[next:]
	if len(rest) > limit {
		f.position = rest[limit-1].position
		return rest[:limit:limit], true, true
	}
	f.position = max(f.position, s.end)
	return rest[:len(rest):len(rest)], false, true
}

// Changed implements Follower.
func (f *auditFollower) Changed() <-chan struct{} { return f.changed }

// Cursor implements Follower.
func (f *auditFollower) Cursor() string { return f.feed.cursor(f.position) }

// Close implements Follower.
func (f *auditFollower) Close() { f.feed.leave() }
