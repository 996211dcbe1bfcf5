package admin

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// TransferFeed tells administrators how transfers stand: what they miss is the way there, never the end. While somebody
// follows, it looks once a second whether one has changed, for all followers of this node together.
type TransferFeed struct {
	store  identity.TransferStore
	keys   *identity.Keyring
	source identity.Source

	mu        sync.Mutex
	followers int
	stop      context.CancelFunc
	changed   chan struct{} // closed when one has changed
}

// Transfers are stamped by the clock of the node that runs them, before they are committed: for so long a change may hide
// behind a younger one. So many are read at once.
const (
	transferSkew    = time.Minute
	feedChanges     = 10_000
	feedOfTransfers = "transfer feed"
)

// transferState is what distinguishes a transfer from the same one a moment ago.
type transferState struct {
	state     identity.TransferState
	step      int
	updatedAt time.Time
}

func stateOf(t identity.Transfer) transferState { return transferState{t.State, t.Step, t.UpdatedAt} }

// transferFollower implements Follower.
type transferFollower struct {
	feed    *TransferFeed
	id      uuid.UUID   // of the only one; uuid.Nil follows all
	ids     []uuid.UUID // to tell first
	seen    time.Time   // the youngest change of which it was told
	told    map[uuid.UUID]transferState
	changed <-chan struct{}
}

// Follow follows all transfers, or one. First it tells of those that are not over, and of those that have changed since
// the time of a cursor; whoever follows one is told how it stands. ErrJobNotFound if there is no such one.
func (s *TransferFeed) Follow(ctx context.Context, id uuid.UUID, after string) (Follower[identity.Transfer], error) {
	if err := requireScope(ctx, identity.ScopeJobsRead); err != nil {
		return nil, err
	}
	f := &transferFollower{feed: s, id: id, seen: s.source.Now(), told: map[uuid.UUID]transferState{}}
	key, err := pager{keys: s.keys, list: feedOfTransfers}.parse("after", after)
	if err != nil {
		return nil, err
	}
	if key != nil {
		stamp, _, _ := strings.Cut(key.Key, " ")
		micros, err := strconv.ParseInt(stamp, 10, 64)
		if err != nil {
			return nil, err // it was signed, so this server wrote it
		}
		f.seen = time.UnixMicro(micros)
	}
	if err := f.begin(ctx, key != nil); err != nil {
		return nil, err
	}
	s.enter()
	return f, nil
}

// begin finds which transfers are told first. Of those that are over a follower who does not resume is told nothing.
func (f *transferFollower) begin(ctx context.Context, resumes bool) error {
	if f.id != uuid.Nil {
		f.ids = []uuid.UUID{f.id}
		_, err := f.feed.store.TransferByID(ctx, f.id)
		return err
	}
	open, err := f.feed.store.Transfers(ctx, identity.TransferQuery{
		Filter: identity.TransferFilter{Open: true}, Range: identity.KeysetRange{Limit: MaxPageSize},
	})
	if err != nil {
		return fmt.Errorf("follow jobs: %w", err)
	}
	for _, row := range open {
		f.ids = append(f.ids, row.Item.ID)
	}
	if resumes {
		return nil
	}
	changed, err := f.feed.store.TransfersChanged(ctx, f.seen.Add(-transferSkew), feedChanges)
	if err != nil {
		return fmt.Errorf("follow jobs: %w", err)
	}
	for _, t := range changed {
		if t.State.Final() {
			f.told[t.ID] = stateOf(t)
		}
	}
	return nil
}

func (s *TransferFeed) enter() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.followers++
	if s.followers > 1 {
		return
	}
	s.changed = make(chan struct{})
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	go s.watch(ctx)
}

func (s *TransferFeed) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.followers--; s.followers == 0 {
		s.stop()
	}
}

// watch wakes the followers when something has changed, until there are none.
func (s *TransferFeed) watch(ctx context.Context) {
	poll := time.NewTicker(feedPoll)
	defer poll.Stop()
	var last []transferState
	for {
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
		}
		limited, cancel := context.WithTimeout(ctx, 5*feedPoll)
		changed, err := s.store.TransfersChanged(limited, s.source.Now().Add(-transferSkew), feedChanges)
		cancel()
		if err != nil {
			continue // it is looked again
		}
		states := make([]transferState, len(changed))
		for i, t := range changed {
			states[i] = stateOf(t)
		}
		if !slices.Equal(states, last) {
			s.wake(ctx)
		}
		last = states
	}
}

func (s *TransferFeed) wake(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return // another may watch by now
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// Next implements Follower.
func (f *transferFollower) Next(ctx context.Context, limit int) (Portion[identity.Transfer], error) {
	f.feed.mu.Lock()
	f.changed = f.feed.changed
	f.feed.mu.Unlock()
	since := f.seen.Add(-transferSkew)
	found, err := f.feed.store.TransfersByID(ctx, f.ids)
	if err != nil {
		return Portion[identity.Transfer]{}, fmt.Errorf("follow jobs: %w", err)
	}
	changed, err := f.feed.store.TransfersChanged(ctx, since, feedChanges)
	if err != nil {
		return Portion[identity.Transfer]{}, fmt.Errorf("follow jobs: %w", err)
	}
	var fresh []identity.Transfer
	for _, t := range append(found, changed...) {
		if (f.id == uuid.Nil || f.id == t.ID) && f.told[t.ID] != stateOf(t) {
			f.told[t.ID] = stateOf(t)
			fresh = append(fresh, t)
		}
	}
	// Those with an id are old, and come first; the others are in the order of their change.
	portion := Portion[identity.Transfer]{More: len(fresh) > limit || len(changed) == feedChanges}
	if len(fresh) > limit {
		for _, t := range fresh[limit:] {
			delete(f.told, t.ID)
		}
		fresh = fresh[:limit]
	} else {
		f.ids = nil
	}
	for _, t := range fresh {
		portion.Messages = append(portion.Messages, Message[identity.Transfer]{Item: t, Cursor: f.feed.cursor(stateOf(t), t.ID)})
		portion.Last = portion.Last || f.id != uuid.Nil && t.State.Final()
		if f.ids == nil && t.UpdatedAt.After(f.seen) {
			f.seen = t.UpdatedAt
		}
	}
	for id, state := range f.told { // what is not read again need not be known
		if f.ids == nil && state.updatedAt.Before(since) {
			delete(f.told, id)
		}
	}
	return portion, nil
}

// cursor names the state too: two messages never have the same cursor.
func (s *TransferFeed) cursor(at transferState, id uuid.UUID) string {
	return pager{keys: s.keys, list: feedOfTransfers}.format(identity.CursorKey{
		Key: strconv.FormatInt(at.updatedAt.UnixMicro(), 10) + " " + strconv.Itoa(at.step) + " " + string(at.state), ID: id,
	})
}

// Changed implements Follower.
func (f *transferFollower) Changed() <-chan struct{} { return f.changed }

// Cursor implements Follower.
func (f *transferFollower) Cursor() string {
	return f.feed.cursor(transferState{updatedAt: f.seen}, uuid.Nil)
}

// Close implements Follower.
func (f *transferFollower) Close() { f.feed.leave() }
