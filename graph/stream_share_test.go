package graph

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestAnEventIsRenderedOnce: for all who ask the same with the same rights, also for those who began elsewhere.
func TestAnEventIsRenderedOnce(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	var executed atomic.Int64
	a.Handler.(*server).executor.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		executed.Add(1)
		return next(ctx)
	})
	url, token := a.serve(t), a.token(t, a.admin, identity.ScopeAuditRead)
	first := subscribe(t, url, token, followDocument, nil)
	a.happens(t, "one", "two")
	_, middle := first.names(1)
	_, end := first.names(1)
	streams := []*openStream{
		first, subscribe(t, url, token, followDocument, map[string]any{"after": end}),
		subscribe(t, url, token, followDocument, nil, "Last-Event-ID", end),
		subscribe(t, url, token, followDocument, map[string]any{"after": middle}),
	}
	streams[3].names(1) // two, which is known
	before := executed.Load()
	a.happens(t, "three", "four", "five")
	for i, s := range streams {
		if names, _ := s.names(3); !slices.Equal(names, []string{"three", "four", "five"}) {
			t.Errorf("stream %d: %v", i, names)
		}
	}
	if got := executed.Load() - before; got != 3 {
		t.Errorf("3 events were rendered %d times", got)
	}
}

// TestWhoIsLimitedIsToldAlone: events that were rendered for others may show users that they do not reach.
func TestWhoIsLimitedIsToldAlone(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	inside := a.user(t, admin.NewUser{Username: "inside", Email: "inside@id.example", Verified: true})
	a.user(t, admin.NewUser{Username: "outside", Email: "outside@id.example", Verified: true})
	group := a.groupWith(t, "branch", inside)
	desk := a.helper(t, "desk", identity.AdminRights{Scopes: []string{identity.ScopeUsersRead}, GroupIDs: []uuid.UUID{*group}})
	more, err := a.services.Roles.Create(a.system(t), admin.NewRole{
		Name: "sessions", Admin: identity.AdminRights{Scopes: []string{identity.ScopeSessionsRead}},
	})
	check(t, err)
	a.assign(t, model.KindRole.ID(more.ID), []identity.User{desk})
	url := a.serve(t)
	streams := map[string]*openStream{}
	for name, u := range map[string]identity.User{"root": a.admin, "desk": desk} {
		streams[name] = subscribe(t, url, a.token(t, u, identity.ScopeSessionsRead, identity.ScopeUsersRead), sessionsDocument, nil)
	}
	for username, seen := range map[string]bool{"inside": true, "outside": false} {
		a.signIn(t, username, "")
		a.wake()
		for name, s := range streams {
			message, _ := s.told("sessionChanged")
			list, _ := message["sessions"].([]any)
			session, _ := list[0].(map[string]any)
			want := any(map[string]any{"username": username})
			if name == "desk" && !seen {
				want = nil
			}
			if diff := cmp.Diff(want, session["user"]); diff != "" {
				t.Errorf("%s is told of %s: %s", name, username, diff)
			}
		}
	}
}

// TestTheVariableThatBeginsASubscription is not asked about what is told of an event, unless it is used for more.
func TestTheVariableThatBeginsASubscription(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	s := a.Handler.(*server)
	const fields = `{cursor event{target{...on User{sessions(first:1,after:$b){nodes{id}}}}}}`
	for document, want := range map[string][]string{
		`subscription($a:String){auditEventAdded(after:$a){cursor}}`:                                                                nil,
		`subscription($a:String="x"){x:auditEventAdded(after: $ a){cursor}}`:                                                        nil,
		`subscription($a:String){...{...F}} fragment F on Subscription{auditEventAdded(after:$a){cursor}}`:                          nil,
		`subscription($a:String,$b:String){auditEventAdded(after:$a)` + fields + `}`:                                                {"b"},
		`subscription($b:String){auditEventAdded(after:$b)` + fields + `}`:                                                          {"b"},
		`subscription($b:String){auditEventAdded(after:"$b $b")` + fields + `}`:                                                     {"b"},
		`subscription($f:AuditEventFilter){auditEventAdded(filter:$f){cursor}}`:                                                     {"f"},
		`subscription($a:String,$f:AuditEventFilter){auditEventAdded(after:$a,filter:$f){cursor}} # $a $a`:                          {"f"},
		`subscription A($a:String){auditEventAdded(after:$a){cursor}} subscription B($a:String){auditEventAdded(after:$a){cursor}}`: {"a"},
	} {
		doc := s.prepare(t.Context(), document)
		if len(doc.failures) > 0 {
			t.Fatal(document, doc.failures)
		}
		variables := map[string]any{}
		for _, v := range doc.ast.Operations[0].VariableDefinitions {
			variables[v.Variable] = "value"
		}
		c := &call{request: request{query: document}, doc: doc, op: doc.ast.Operations[0], variables: variables}
		var got []string
		for name := range c.variablesOfEvents() {
			got = append(got, name)
		}
		if !slices.Equal(got, want) || len(variables) != len(doc.ast.Operations[0].VariableDefinitions) {
			t.Errorf("%s: %v, want %v", document, got, want)
		}
	}
}

// TestFramesAreFilledBeforeOthersAreWaitedFor: two who each have begun what the other wants go on, and so do those who wait
// for somebody who renders nothing.
func TestFramesAreFilledBeforeOthersAreWaitedFor(t *testing.T) {
	t.Parallel()
	f := newFrames(identity.SystemSource().Now)
	event := func(n int) admin.Message[any] { return admin.Message[any]{Cursor: fmt.Sprint(n)} }
	text := func(e admin.Message[any]) []byte { return []byte(e.Cursor) }
	begun, goOn := make(chan struct{}), make(chan struct{})
	var done sync.WaitGroup
	var first [][]byte
	done.Go(func() {
		first = f.get(t.Context(), "key", []admin.Message[any]{event(1), event(2)}, func(e admin.Message[any]) []byte {
			if e.Cursor == "1" {
				close(begun)
				<-goOn
			}
			return text(e)
		})
	})
	<-begun
	late, abandon := context.WithCancel(t.Context())
	abandon()
	if got := f.get(late, "key", []admin.Message[any]{event(1), event(3)}, text); got[0] != nil || string(got[1]) != "3" {
		t.Errorf("who cannot wait: %q", got)
	}
	var second [][]byte
	done.Go(func() {
		second = f.get(t.Context(), "key", []admin.Message[any]{event(2), event(4)}, func(e admin.Message[any]) []byte {
			close(goOn) // the first goes on only when the second renders
			return text(e)
		})
	})
	done.Wait()
	if fmt.Sprintf("%s %s", first, second) != "[1 2] [2 4]" {
		t.Errorf("%s %s", first, second)
	}
}

// TestWhatCannotBeShared: too large a text is for who has rendered it, and a panic holds up nobody.
func TestWhatCannotBeShared(t *testing.T) {
	t.Parallel()
	f := newFrames(identity.SystemSource().Now)
	events := []admin.Message[any]{{Cursor: "1"}}
	large := func(admin.Message[any]) []byte { return []byte(strings.Repeat("x", maxFrameSize+1)) }
	if got := f.get(t.Context(), "large", events, large); len(got[0]) != maxFrameSize+1 {
		t.Errorf("who has rendered it gets %d bytes", len(got[0]))
	}
	if got := f.get(t.Context(), "large", events, large); got[0] != nil {
		t.Errorf("others get %d bytes", len(got[0]))
	}
	func() {
		defer func() { _ = recover() }()
		f.get(t.Context(), "panic", events, func(admin.Message[any]) []byte { panic("it cannot be rendered") })
	}()
	if got := f.get(t.Context(), "panic", events, large); got[0] != nil {
		t.Errorf("after a panic: %d bytes", len(got[0]))
	}
}
