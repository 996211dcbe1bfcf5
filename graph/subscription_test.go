package graph

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

const followDocument = `subscription($after:String,$filter:AuditEventFilter){
	auditEventAdded(after:$after,filter:$filter){cursor event{id action targetName}}}`

// openStream is a subscription of a test.
type openStream struct {
	t       *testing.T
	reply   *http.Response
	lines   *bufio.Scanner
	abandon context.CancelFunc
	begins  string // where it began
}

// sent is one server-sent event.
type sent struct {
	event, id, data string
}

// serve makes the API listen, as streams need it.
func (a *api) serve(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.ServeHTTP(w, r.WithContext(identity.WithActor(r.Context(), identity.Actor{Kind: identity.ActorAnonymous, RequestID: "request-1"})))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// subscribe opens a stream, with headers as name, value pairs, and returns when it has begun.
func subscribe(t *testing.T, url, token, document string, variables map[string]any, headers ...string) *openStream {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	check(t, err)
	ctx, abandon := context.WithCancel(t.Context())
	t.Cleanup(abandon)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/graphql", strings.NewReader(string(body)))
	check(t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	r.Header.Set("Content-Type", mediaJSON)
	r.Header.Set("Accept", mediaEventStream)
	r.Header.Set("Authorization", "Bearer "+token)
	reply, err := http.DefaultTransport.RoundTrip(r)
	check(t, err)
	t.Cleanup(func() { _ = reply.Body.Close() })
	s := &openStream{t: t, reply: reply, lines: bufio.NewScanner(reply.Body), abandon: abandon}
	if reply.StatusCode == http.StatusOK && !s.comment() {
		t.Fatal("the stream does not begin with a comment")
	}
	return s
}

// comment reads a comment, and where the stream stands.
func (s *openStream) comment() bool {
	var id bool
	if s.lines.Scan() && s.lines.Text() == ":" && s.lines.Scan() {
		s.begins, id = strings.CutPrefix(s.lines.Text(), "id: ")
	}
	return id && s.lines.Scan() && s.lines.Text() == ""
}

// next reads an event; comments are passed over. The zero one is the end of the stream.
func (s *openStream) next() sent {
	s.t.Helper()
	var e sent
	for s.lines.Scan() {
		name, value, _ := strings.Cut(s.lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case s.lines.Text() == "" && e.event != "":
			return e
		case name == "event":
			e.event = value
		case name == "id":
			e.id = value
		case name == "data":
			e.data = value
		}
	}
	return e
}

// names reads so many events and returns the names of their targets and the last cursor.
func (s *openStream) names(n int) (names []string, cursor string) {
	s.t.Helper()
	for range n {
		e := s.next()
		var result struct {
			Data struct {
				AuditEventAdded struct {
					Cursor string
					Event  struct{ TargetName string }
				}
			}
			Errors []any
		}
		if json.Unmarshal([]byte(e.data), &result) != nil || e.event != "next" || len(result.Errors) > 0 {
			s.t.Fatalf("not a result: %+v", e)
		}
		if e.id == "" || e.id != result.Data.AuditEventAdded.Cursor {
			s.t.Errorf("the id is not the cursor: %+v", e)
		}
		names, cursor = append(names, result.Data.AuditEventAdded.Event.TargetName), e.id
	}
	return names, cursor
}

// ends reads the reason for which the server ends the stream.
func (s *openStream) ends() string {
	s.t.Helper()
	last := s.next()
	var result struct {
		Errors []struct{ Extensions struct{ Code string } }
		Data   any
	}
	if json.Unmarshal([]byte(last.data), &result) != nil || last.event != "next" || len(result.Errors) != 1 || result.Data != nil {
		s.t.Fatalf("no reason: %+v", last)
	}
	if end := s.next(); end != (sent{event: "complete"}) {
		s.t.Errorf("not complete: %+v", end)
	}
	if end := s.next(); end != (sent{}) {
		s.t.Errorf("after complete: %+v", end)
	}
	return result.Errors[0].Extensions.Code
}

// happens adds audit events about targets of these names, in one transaction.
func (a *api) happens(tb testing.TB, names ...string) {
	tb.Helper()
	check(tb, a.store.InsertAudit(tb.Context(), a.eventsAbout(names...)...))
	a.wake()
}

func (a *api) eventsAbout(names ...string) []identity.AuditEvent {
	ctx := identity.WithActor(context.Background(), identity.SystemActor("test"))
	var events []identity.AuditEvent
	for _, name := range names {
		events = append(events, identity.NewEvent(ctx, a.domain.Source, identity.ActionScopeSaved, identity.TargetScope, name, name))
	}
	return events
}

func (a *api) wake() {
	select {
	case a.added <- struct{}{}:
	default:
	}
}

func TestASubscriptionIsResumed(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		url, token := a.serve(t), a.token(t, a.admin, identity.ScopeAuditRead)
		a.happens(t, "before")
		s := subscribe(t, url, token, followDocument, nil)
		for name, want := range map[string]string{
			"Content-Type": mediaEventStream, "Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff",
		} {
			if got := s.reply.Header.Get(name); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
		a.happens(t, "one")
		a.happens(t, "two", "three")
		names, first := s.names(1)
		rest, cursor := s.names(1)
		if names = append(names, rest...); !slices.Equal(names, []string{"one", "two"}) {
			t.Fatalf("got %v", names)
		}
		s.abandon()
		later := subscribe(t, url, token, followDocument, map[string]any{"after": cursor})
		later.abandon() // before it was told anything
		a.happens(t, "four")
		for name, again := range map[string]*openStream{
			"by the argument":  subscribe(t, url, token, followDocument, map[string]any{"after": cursor}),
			"by the header":    subscribe(t, url, token, followDocument, nil, "Last-Event-ID", cursor),
			"by its beginning": subscribe(t, url, token, followDocument, nil, "Last-Event-ID", later.begins),
			"by the header before the argument": subscribe(t, url, token, followDocument, map[string]any{"after": first},
				"Last-Event-ID", cursor),
		} {
			if names, _ := again.names(2); !slices.Equal(names, []string{"three", "four"}) {
				t.Errorf("%s: %v", name, names)
			}
		}
	})
}

// TestASlowTransactionLosesNoEvent: an event that becomes visible after a younger one is told after it.
func TestASlowTransactionLosesNoEvent(t *testing.T) {
	t.Parallel()
	a := newAPIOn(t, nil, postgres(t))
	s := subscribe(t, a.serve(t), a.token(t, a.admin, identity.ScopeAuditRead), followDocument, nil)
	older := a.eventsAbout("slow")
	inserted, commit, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- a.store.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
			err := tx.InsertAudit(ctx, older...)
			close(inserted)
			<-commit
			return err
		})
	}()
	<-inserted
	a.happens(t, "fast")
	names, cursor := s.names(1)
	if !slices.Equal(names, []string{"fast"}) {
		t.Fatalf("got %v", names)
	}
	close(commit)
	check(t, <-done)
	a.wake()
	again := subscribe(t, a.serve(t), a.token(t, a.admin, identity.ScopeAuditRead), followDocument, map[string]any{"after": cursor})
	for name, s := range map[string]*openStream{"that was open": s, "resumed": again} {
		if names, _ := s.names(1); !slices.Equal(names, []string{"slow"}) {
			t.Errorf("the stream %s: %v", name, names)
		}
	}
}

func TestAnEndedRightEndsTheStream(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code string
		end  func(t *testing.T, a *api, token string)
	}{
		"the token expires": {codeExpiredToken, func(_ *testing.T, a *api, _ string) { a.later.Store(int64(24 * time.Hour)) }},
		"the token is revoked": {codeBadToken, func(t *testing.T, a *api, token string) {
			check(t, a.domain.Grants.Revoke(t.Context(), a.client, token))
		}},
		"the administrator is demoted": {codeBadToken, func(t *testing.T, a *api, _ string) {
			a.user(t, admin.NewUser{Username: "other", Email: "other@id.example", Admin: true})
			off := false
			_, err := a.services.Users.Update(a.system(t), a.admin.ID, admin.UserChange{Admin: &off}, nil)
			check(t, err)
		}},
		"the client loses the scope": {codeForbidden, func(t *testing.T, a *api, _ string) {
			metadata := a.client.Metadata
			metadata.Scope = "openid"
			_, _, err := a.services.Clients.Update(a.system(t), a.client.ID, admin.ClientChange{Metadata: &metadata}, nil)
			check(t, err)
		}},
	} {
		for _, at := range []string{"an event", "a heartbeat"} {
			t.Run(name+", at "+at, func(t *testing.T) {
				t.Parallel()
				a := newAPI(t, nil)
				ticks := a.tick()
				token := a.token(t, a.admin, identity.ScopeAuditRead)
				s := subscribe(t, a.serve(t), token, followDocument, nil)
				ticks <- a.now
				if !s.comment() {
					t.Error("no heartbeat")
				}
				c.end(t, a, token)
				if at == "an event" {
					a.happens(t, "secret")
				} else {
					ticks <- a.now
				}
				if got := s.ends(); got != c.code {
					t.Errorf("got %s", got)
				}
			})
		}
	}
}

// tick makes the test fire the timers of streams: each receives what is sent, once.
func (a *api) tick() chan<- time.Time {
	ticks := make(chan time.Time)
	a.Handler.(*server).timer = func(time.Duration) (<-chan time.Time, func() bool) { return ticks, func() bool { return true } }
	return ticks
}

func (a *api) system(tb testing.TB) context.Context {
	tb.Helper()
	return identity.WithActor(tb.Context(), identity.SystemActor("test"))
}

func TestOnlyStreamsAnswerSubscriptions(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token, few := a.token(t, a.admin, everything()...), a.token(t, a.admin, identity.ScopeUsersRead)
	const subscription = `{"query":"subscription{auditEventAdded{cursor}}"}`
	const wrong = `{"query":"subscription{auditEventAdded(after:\"x\"){cursor}}"}`
	for name, c := range map[string]struct {
		token, body, accept, media string
		status                     int
		has                        string
	}{
		"without a stream":       {token, subscription, mediaJSON, mediaJSON, 406, codeNotAcceptable},
		"a wildcard":             {token, subscription, "*/*", mediaJSON, 406, codeNotAcceptable},
		"a stream of quality 0":  {token, subscription, "application/json, text/event-stream;q=0", mediaJSON, 406, codeNotAcceptable},
		"no token":               {"", subscription, mediaEventStream, mediaJSON, 401, codeUnauthenticated},
		"no scope":               {few, subscription, mediaEventStream, mediaJSON, 403, codeForbidden},
		"a bad cursor":           {token, wrong, mediaEventStream, mediaEventStream, 200, `"path":["auditEventAdded"]`},
		"an invalid document":    {token, `{"query":"subscription{x}"}`, mediaEventStream, mediaEventStream, 200, codeValidation},
		"no document":            {token, `{"query":"{"}`, mediaEventStream, mediaEventStream, 200, codeParse},
		"a query alone":          {token, `{"query":"{__typename}"}`, mediaEventStream, mediaEventStream, 200, `data: {"data":{"__typename":"Query"}`},
		"a query, as urql asks":  {token, `{"query":"{__typename}"}`, "application/graphql-response+json, application/json, text/event-stream", mediaGraphQL, 200, `{"data":{"__typename":"Query"}`},
		"two fields":             {token, `{"query":"subscription{auditEventAdded{cursor} b:auditEventAdded{cursor}}"}`, mediaEventStream, mediaEventStream, 200, codeValidation},
		"skipped":                {token, `{"query":"subscription{auditEventAdded @skip(if:false){cursor}}"}`, mediaEventStream, mediaEventStream, 200, "without @skip"},
		"included in a fragment": {token, `{"query":"subscription{...F @include(if:true)} fragment F on Subscription{auditEventAdded{cursor}}"}`, mediaEventStream, mediaEventStream, 200, "without @skip"},
		"no subscription":        {token, `{"query":"subscription{__typename}"}`, mediaEventStream, mediaEventStream, 200, codeValidation},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := a.send(t.Context(), c.token, c.body, "Accept", c.accept)
			media, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
			if w.Code != c.status || media != c.media || !strings.Contains(w.Body.String(), c.has) {
				t.Errorf("%d %s %s", w.Code, media, w.Body)
			}
			ended := strings.HasPrefix(w.Body.String(), "event: next\ndata: {") && strings.HasSuffix(w.Body.String(), "\n\nevent: complete\ndata:\n\n")
			if ended != (media == mediaEventStream) {
				t.Errorf("the events are not: %q", w.Body)
			}
		})
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/graphql?query=subscription%7BauditEventAdded%7Bcursor%7D%7D", nil)
	w := a.do(r, "Authorization", "Bearer "+token, "Accept", mediaEventStream)
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != http.MethodPost {
		t.Errorf("GET: %d %s", w.Code, w.Body)
	}
}

func TestStreamsAreBounded(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(c *Config) {
		c.Limits = DefaultLimits()
		c.Limits.Streams, c.Limits.CallerStreams = 3, 2
	})
	other := a.user(t, admin.NewUser{Username: "other", Email: "other@id.example", Admin: true})
	url, mine, theirs := a.serve(t), a.token(t, a.admin, identity.ScopeAuditRead), a.token(t, other, identity.ScopeAuditRead)
	open := func(token string) *openStream { return subscribe(t, url, token, followDocument, nil) }
	refused := func(s *openStream, status int) {
		t.Helper()
		if s.reply.StatusCode != status || s.reply.Header.Get("Retry-After") != "10" {
			t.Errorf("got %d, want %d", s.reply.StatusCode, status)
		}
	}
	first := open(mine)
	open(mine)
	refused(open(mine), http.StatusTooManyRequests)
	open(theirs)
	refused(open(theirs), http.StatusServiceUnavailable)
	first.abandon()
	eventually(t, func() bool { return open(mine).reply.StatusCode == http.StatusOK })
}

// eventually waits until something has happened that nothing announces.
func eventually(t testing.TB, happened func() bool) {
	t.Helper()
	for range 1000 {
		if happened() {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
	t.Error("it did not happen")
}

func TestStreamsEndWhenTheServerStops(t *testing.T) {
	t.Parallel()
	stopping := make(chan struct{})
	a := newAPI(t, func(c *Config) { c.Stopping = stopping })
	s := subscribe(t, a.serve(t), a.token(t, a.admin, identity.ScopeAuditRead), followDocument, nil)
	close(stopping)
	if got := s.ends(); got != codeUnavailable {
		t.Errorf("got %s", got)
	}
}

// TestAbandonedStreamsLeaveNothing: neither goroutines nor places are kept for those who have gone or do not read.
func TestAbandonedStreamsLeaveNothing(t *testing.T) { //nolint:paralleltest // it counts goroutines
	a := newAPI(t, func(c *Config) {
		c.Limits = DefaultLimits()
		c.Limits.CallerStreams, c.Limits.StreamPatience = 100, 50*time.Millisecond
	})
	url, token := a.serve(t), a.token(t, a.admin, identity.ScopeAuditRead)
	subscribe(t, url, token, followDocument, nil).abandon()
	places := a.Handler.(*server).streams
	empty := func() bool {
		places.mu.Lock()
		defer places.mu.Unlock()
		return places.all == 0 && len(places.callers) == 0
	}
	eventually(t, empty)
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	before := runtime.NumGoroutine()
	var open []*openStream
	for range 100 {
		open = append(open, subscribe(t, url, token, followDocument, nil))
	}
	a.happens(t, strings.Repeat("x", 200))
	for i, s := range open {
		if i%2 == 0 {
			s.abandon()
		}
	}
	for i := 0; !empty() && i < 2000; i++ { // the others do not read
		a.happens(t, slices.Repeat([]string{strings.Repeat("x", 200)}, 200)...)
		<-time.After(time.Millisecond)
	}
	if !empty() {
		t.Errorf("%d streams are open", places.all)
	}
	for _, s := range open {
		s.abandon()
		_ = s.reply.Body.Close()
	}
	eventually(t, func() bool { return runtime.NumGoroutine() <= before })
	n, err := a.services.AuditFeed.Followers(identity.WithActor(t.Context(), identity.SystemActor("test")))
	if err != nil || n != 0 {
		t.Errorf("%d follow, %v", n, err)
	}
	if !strings.Contains(a.log.String(), "the caller does not read") {
		t.Error("it is not logged")
	}
}

// TestAnEmptyBucketSlowsAStream: events beyond the budget wait, and are told all.
func TestAnEmptyBucketSlowsAStream(t *testing.T) {
	t.Parallel()
	var budget emptyBudget
	a := newAPI(t, func(c *Config) { c.Budget = &budget })
	ticks := a.tick()
	s := subscribe(t, a.serve(t), a.token(t, a.admin, identity.ScopeAuditRead), followDocument, nil)
	a.happens(t, "one")
	s.names(1)
	a.happens(t, "two", "three")
	if names, _ := s.names(0); len(names) > 0 {
		t.Error(names)
	}
	ticks <- a.now // the pause is over
	if names, _ := s.names(2); !slices.Equal(names, []string{"two", "three"}) {
		t.Errorf("got %v", names)
	}
	if budget.streams.Load() == 0 {
		t.Error("events cost nothing")
	}
}

// emptyBudget has nothing for streams.
type emptyBudget struct{ streams atomic.Int64 }

func (b *emptyBudget) Spend(_ context.Context, caller string, _ int) Balance {
	if strings.HasPrefix(caller, "streams of ") {
		b.streams.Add(1)
		return Balance{RetryAfter: time.Second}
	}
	return Balance{OK: true}
}
