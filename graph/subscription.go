package graph

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// subscription is what the transport and the resolver of a subscription tell each other. The resolver is called once to
// begin, and once for each event.
type subscription struct {
	after string              // the header Last-Event-ID
	feed  admin.Follower[any] // set by the resolver when it begins
	event *admin.Message[any] // what is told; nil in the beginning
}

type subscriptionKey struct{}

// feed is what a subscription follows, of whatever kind its messages are.
type feed[E any] struct{ admin.Follower[E] }

// Next implements admin.Follower.
func (f feed[E]) Next(ctx context.Context, limit int) (admin.Portion[any], error) {
	portion, err := f.Follower.Next(ctx, limit)
	out := admin.Portion[any]{More: portion.More, Last: portion.Last, Messages: make([]admin.Message[any], len(portion.Messages))}
	for i, m := range portion.Messages {
		out.Messages[i] = admin.Message[any]{Item: m.Item, Cursor: m.Cursor}
	}
	return out, err
}

// follow begins a subscription, or returns the one event that the resolver is called for. So each event is an execution
// of its own, with the rights and the objects of its moment.
func follow[E, T any](
	ctx context.Context, after *string, begin func(after string) (admin.Follower[E], error), show func(admin.Message[E]) T,
) (<-chan T, error) {
	sub, ok := ctx.Value(subscriptionKey{}).(*subscription)
	if !ok {
		return nil, errors.New("a subscription was executed without a stream")
	}
	out := make(chan T, 1)
	defer close(out)
	if sub.event != nil {
		item, _ := sub.event.Item.(E) // of the same subscription
		out <- show(admin.Message[E]{Item: item, Cursor: sub.event.Cursor})
		return out, nil
	}
	from := sub.after
	if from == "" && after != nil {
		from = *after
	}
	follower, err := begin(from)
	if err == nil {
		sub.feed = feed[E]{follower}
	}
	return out, err
}

// subscribe answers a subscription with a stream.
func (s *server) subscribe(r *http.Request, res *response, c *call) {
	leave, f := s.streams.enter(payer(identity.ActorFrom(r.Context())))
	if f != nil {
		res.fail(f)
		return
	}
	defer leave()
	follower, f := s.begin(r, c)
	if f != nil {
		res.fail(f)
		return
	}
	defer follower.Close()
	st := &stream{
		server: s, r: r, res: res, call: c, asked: c.variablesOfEvents(), follower: follower,
		out: newEventStream(res, s.limits.StreamPatience),
	}
	st.run(r.Context())
}

// begin calls the resolver for the first time.
func (s *server) begin(r *http.Request, c *call) (admin.Follower[any], *failure) {
	ctx, cancel := context.WithTimeout(r.Context(), s.limits.Timeout)
	defer cancel()
	sub := &subscription{after: r.Header.Get("Last-Event-ID")}
	resp := s.executeEvent(ctx, c, sub)
	if resp != nil && len(resp.Errors) > 0 {
		if sub.feed != nil {
			sub.feed.Close()
		}
		return nil, &failure{status: documentFault, errors: resp.Errors}
	}
	if sub.feed == nil {
		return nil, s.ended(ctx)
	}
	return sub.feed, nil
}

func (s *server) executeEvent(ctx context.Context, c *call, sub *subscription) *graphql.Response {
	handler, ctx := s.executor.DispatchOperation(context.WithValue(ctx, subscriptionKey{}, sub), c.operation())
	return handler(ctx)
}

// stream is a subscription while it is open.
type stream struct {
	*server

	r        *http.Request
	res      *response
	call     *call
	asked    map[string]any // the variables that say what is told of an event
	follower admin.Follower[any]
	out      *eventStream
	checked  time.Time // when the rights of the caller were
	expires  time.Time // the token
}

// run delivers until one side ends the stream. If this one does, the caller is told why.
func (st *stream) run(ctx context.Context) {
	f, err := st.deliver(ctx)
	if f != nil {
		st.res.noteErrors(f.errors)
		err = st.out.send(appendComplete(nextEvent("", st.result(f.errors, nil))))
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		st.log.InfoContext(ctx, "graphql stream: the caller does not read", "request_id", identity.RequestID(ctx))
	}
}

// deliver sends what is new whenever something is. It returns why the server ends the stream, or the error of a write
// when the caller has.
func (st *stream) deliver(ctx context.Context) (*failure, error) {
	if _, f := st.recheck(ctx); f != nil {
		return f, nil
	}
	if err := st.out.send(keepAlive(st.follower.Cursor())); err != nil {
		return nil, err
	}
	for {
		portion, f := st.next(ctx)
		if f != nil {
			return f, nil
		}
		var pause time.Duration
		if len(portion.Messages) > 0 {
			if err := st.send(ctx, portion.Messages); err != nil {
				return asFailure(err)
			}
		}
		if portion.Last {
			return nil, st.out.send(appendComplete(nil))
		}
		if len(portion.Messages) > 0 || portion.More {
			pause = st.pay(ctx)
		}
		if portion.More && pause == 0 {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-st.stopping:
				return stopped(), nil
			default:
				continue
			}
		}
		if f, err := st.wait(ctx, pause); f != nil || err != nil {
			return f, err
		}
	}
}

// next reads what is new.
func (st *stream) next(ctx context.Context) (admin.Portion[any], *failure) {
	ctx, cancel := context.WithTimeout(ctx, st.limits.Timeout)
	defer cancel()
	portion, err := st.follower.Next(ctx, st.limits.StreamEvents)
	if err != nil {
		return portion, &failure{errors: gqlerror.List{st.present(ctx, err)}}
	}
	return portion, nil
}

// send delivers events if the caller still may have them: whoever lost the right before an event was added is not told.
func (st *stream) send(ctx context.Context, events []admin.Message[any]) error {
	actor, f := st.recheck(ctx)
	if f != nil {
		return f
	}
	ctx = withLoaders(identity.WithActor(ctx, actor), st.resolver)
	key := st.sharingKey(actor)
	buffer, _ := streamBuffers.Get().(*bytes.Buffer)
	defer streamBuffers.Put(buffer)
	buffer.Reset()
	for batch := range slices.Chunk(events, renderedAtOnce) {
		for _, text := range st.render(ctx, key, batch) {
			buffer.Write(text)
		}
		if buffer.Len() < streamBuffer {
			continue
		}
		if err := st.out.send(buffer.Bytes()); err != nil {
			return err
		}
		buffer.Reset()
	}
	return st.out.send(buffer.Bytes())
}

// How many events are rendered before any of them is written, so that nobody who renders for others waits for a caller who
// does not read, and about how many bytes are written at once.
const (
	renderedAtOnce = 25
	streamBuffer   = 64 << 10
)

// streamBuffers are what streams gather events in before they write them.
var streamBuffers = sync.Pool{New: func() any { return &bytes.Buffer{} }}

// recheck asks again who the caller is and whether they have the scopes. The failure is why the stream ends.
func (st *stream) recheck(ctx context.Context) (identity.Actor, *failure) {
	ctx, cancel := context.WithTimeout(ctx, st.limits.Timeout)
	defer cancel()
	caller, f := st.authenticate(ctx, st.r, st.domain.Tokens.AuthenticateAgain)
	if f != nil {
		return identity.Actor{}, f
	}
	st.checked, st.expires = st.domain.Source.Now(), time.Unix(caller.Claims.ExpiresAt, 0)
	actor := caller.Actor(identity.ActorFrom(ctx))
	if f := checkAdmin(actor); f != nil {
		return actor, f
	}
	return actor, checkScopes(actor, st.call.doc.requirements[st.call.op])
}

// pay takes a portion out of the bucket for streams of the caller, which is apart from that of requests, and returns how
// long to wait if there is not enough in it. Nothing is refused: what waits is delivered later.
func (st *stream) pay(ctx context.Context) time.Duration {
	balance := st.budget.Spend(ctx, "streams of "+payer(identity.ActorFrom(ctx)), st.call.cost)
	if balance.OK {
		return 0
	}
	return max(balance.RetryAfter, time.Second)
}

// wait returns when something is new, or after the pause if that is not 0. Meanwhile it keeps the connection alive, and
// looks whether the caller still has the right.
func (st *stream) wait(ctx context.Context, pause time.Duration) (*failure, error) {
	changed := st.follower.Changed()
	if pause > 0 {
		changed = nil
	}
	now := st.domain.Source.Now()
	due := earliest(st.checked.Add(st.limits.Heartbeat), st.expires).Sub(now)
	timer, stop := st.timer(max(0, shortest(due, pause)))
	defer stop()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-st.stopping:
		return stopped(), nil
	case <-changed:
		return nil, nil
	case <-timer:
	}
	if pause > 0 && pause < due {
		return nil, nil
	}
	if _, f := st.recheck(ctx); f != nil {
		return f, nil
	}
	return nil, st.out.send(keepAlive(st.follower.Cursor()))
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// shortest returns the shorter time; a pause of 0 is none.
func shortest(due, pause time.Duration) time.Duration {
	if pause > 0 {
		return min(due, pause)
	}
	return due
}

// stopped is why streams end when the server stops. Another node goes on.
func stopped() *failure {
	return refuse(http.StatusServiceUnavailable, codeUnavailable, "The server is stopping; subscribe again after the last event.")
}

// asFailure tells a refusal from an error of the connection.
func asFailure(err error) (*failure, error) {
	if f := (*failure)(nil); errors.As(err, &f) {
		return f, nil
	}
	return nil, err
}

// render executes the operation for each event and returns them as they are sent.
func (st *stream) render(ctx context.Context, key string, events []admin.Message[any]) [][]byte {
	texts := make([][]byte, len(events))
	if key != "" {
		texts = st.share(ctx, key, events)
	}
	ctx, cancel := context.WithTimeout(ctx, st.limits.Timeout)
	defer cancel()
	for i, e := range events {
		if texts[i] == nil {
			texts[i] = st.renderAlone(ctx, e)
		}
	}
	return texts
}

// share returns what streams of the key share of events. Others may wait for what this one renders when its caller has gone.
func (st *stream) share(ctx context.Context, key string, events []admin.Message[any]) [][]byte {
	lasting, cancel := context.WithTimeout(context.WithoutCancel(ctx), st.limits.Timeout)
	defer cancel()
	waiting, cancel := context.WithTimeout(ctx, st.limits.Timeout)
	defer cancel()
	return st.frames.get(waiting, key, events, func(e admin.Message[any]) []byte { return st.renderShared(lasting, e) })
}

// renderShared returns nil for a result with errors: they name the request.
func (st *stream) renderShared(ctx context.Context, e admin.Message[any]) []byte {
	resp := st.executeEvent(ctx, st.call, &subscription{event: &e})
	if resp == nil || len(resp.Errors) > 0 {
		return nil
	}
	return nextEvent(e.Cursor, st.result(nil, resp.Data))
}

func (st *stream) renderAlone(ctx context.Context, e admin.Message[any]) []byte {
	resp := st.executeEvent(ctx, st.call, &subscription{event: &e})
	if resp == nil {
		resp = &graphql.Response{Errors: st.ended(ctx).errors}
	}
	return nextEvent(e.Cursor, st.result(resp.Errors, resp.Data))
}

// result is one result as JSON.
func (st *stream) result(errs gqlerror.List, data []byte) []byte {
	body := st.res.members(errs, data)
	body.WriteByte('}')
	return body.Bytes()
}

// checkSubscriptions refuses what validation lets pass: a subscription has one event stream, whatever the variables are
// (GraphQL §5.2.4.1).
func checkSubscriptions(doc *ast.QueryDocument) gqlerror.List {
	var errs gqlerror.List
	for _, op := range doc.Operations {
		if op.Operation == ast.Subscription && !oneRoot(op.SelectionSet) {
			e := newError(codeValidation, "A subscription must select one field, once and without @skip or @include.")
			e.Locations = []gqlerror.Location{{Line: op.Position.Line, Column: op.Position.Column}}
			errs = append(errs, e)
		}
	}
	return errs
}

// oneRoot reports whether a valid selection set has one selection without conditions, down to one field.
func oneRoot(set ast.SelectionSet) bool {
	if len(set) != 1 {
		return false
	}
	unconditional := func(list ast.DirectiveList) bool {
		return list.ForName("skip") == nil && list.ForName("include") == nil
	}
	switch sel := set[0].(type) {
	case *ast.Field:
		return unconditional(sel.Directives)
	case *ast.InlineFragment:
		return unconditional(sel.Directives) && oneRoot(sel.SelectionSet)
	case *ast.FragmentSpread:
		return unconditional(sel.Directives) && oneRoot(sel.Definition.SelectionSet)
	}
	return false
}
