package graph

import (
	"context"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// streams counts those that are open, on this node.
type streams struct {
	limits  Limits
	mu      sync.Mutex
	all     int
	callers map[string]int
}

// streamRetry is when a caller may try again who found no room.
const streamRetry = 10 * time.Second

// enter makes room for one more stream of a caller; leave gives it back.
func (s *streams) enter(caller string) (leave func(), f *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.callers[caller] >= s.limits.CallerStreams:
		f = refuse(http.StatusTooManyRequests, codeRateLimit, "You have %d streams open on this node; end one.", s.limits.CallerStreams)
	case s.all >= s.limits.Streams:
		f = refuse(http.StatusServiceUnavailable, codeUnavailable, "This node has no room for more streams.")
	}
	if f != nil {
		f.retryAfter = streamRetry
		return nil, f
	}
	s.all++
	s.callers[caller]++
	return func() { s.leave(caller) }, nil
}

func (s *streams) leave(caller string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.callers[caller]--; s.callers[caller] == 0 {
		delete(s.callers, caller)
	}
}

// frames shares rendered events between streams, so that a hundred consoles cost little more than one.
type frames struct {
	clock func() time.Time
	mu    sync.Mutex
	kept  *lru.LRU[*frame]
}

// The bounds of what is shared: how many events, how large one may be, and for how long. Who asks later is shown what the event
// is about as it is then, so that nobody is shown who has been deleted.
const (
	maxFrames    = 2_000
	maxFrameSize = 4 << 10
	maxFrameAge  = 2 * time.Second
)

func newFrames(clock func() time.Time) *frames {
	return &frames{clock: clock, kept: lru.New[*frame](maxFrames)}
}

type frame struct {
	made time.Time
	done <-chan struct{} // closed when somebody has rendered it
	text []byte          // nil: it cannot be shared
}

// get returns what render returns for each of some events, called once for all who ask with the key at the time or soon
// after. Nothing is returned of what cannot be shared, and of what others have not rendered when ctx ends.
func (f *frames) get(ctx context.Context, key string, events []admin.Message[any], render func(admin.Message[any]) []byte) [][]byte {
	shared, mine := f.claim(ctx, key, events)
	texts := make([][]byte, len(events))
	fill := func() {
		defer close(mine)
		for i, e := range events {
			if shared[i].done != mine {
				continue
			}
			if texts[i] = render(e); len(texts[i]) <= maxFrameSize {
				shared[i].text = texts[i]
			}
		}
	}
	fill() // before waiting for others, who may wait for these
	for i, s := range shared {
		if s.done == mine {
			continue
		}
		select {
		case <-s.done:
			texts[i] = s.text
		case <-ctx.Done():
		}
	}
	return texts
}

// claim returns the frames of events. Those that nobody has claimed before have the channel mine, and the caller must render
// them and close it.
func (f *frames) claim(ctx context.Context, key string, events []admin.Message[any]) (shared []*frame, mine chan struct{}) {
	shared, mine = make([]*frame, len(events)), make(chan struct{})
	now := f.clock()
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, e := range events {
		name := key + e.Cursor
		known, _ := f.kept.Get(ctx, name)
		if known == nil || now.Sub(known.made) > maxFrameAge {
			known = &frame{made: now, done: mine}
			f.kept.Add(ctx, name, known)
		}
		shared[i] = known
	}
	return shared, mine
}

// sharingKey names what all who ask the same with the same rights are told of an event; "" when this caller is told alone.
func (st *stream) sharingKey(actor identity.Actor) string {
	if len(actor.Limits) > 0 {
		return "" // as the responses of queries
	}
	key, err := cacheKey(st.call.doc, st.call.op.Name, st.asked, actor)
	if err != nil {
		return ""
	}
	return key
}

// variablesOfEvents are those that say what is told of an event, and not where the subscription began.
func (c *call) variablesOfEvents() map[string]any {
	name := c.resumeVariable()
	if name == "" {
		return c.variables
	}
	variables := maps.Clone(c.variables)
	delete(variables, name)
	return variables
}

// resumeVariable returns the variable that says after what a subscription goes on, if it is used for nothing else.
func (c *call) resumeVariable() string {
	after := rootField(c.op.SelectionSet).Arguments.ForName("after")
	if after == nil || after.Value.Kind != ast.Variable {
		return ""
	}
	tokens, uses := lexer.New(&ast.Source{Input: c.query}), 0
	for afterDollar := false; ; {
		token, err := tokens.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			break
		}
		if afterDollar && token.Value == after.Value.Raw {
			uses++
		}
		afterDollar = token.Kind == lexer.Dollar
	}
	if uses > 2 { // its definition and this
		return ""
	}
	return after.Value.Raw
}

// rootField is the one field of a subscription that was checked.
func rootField(set ast.SelectionSet) *ast.Field {
	switch sel := set[0].(type) {
	case *ast.InlineFragment:
		return rootField(sel.SelectionSet)
	case *ast.FragmentSpread:
		return rootField(sel.Definition.SelectionSet)
	case *ast.Field:
		return sel
	}
	panic("graph: a selection of a kind that the parser does not make")
}
