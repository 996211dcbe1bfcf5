package tests

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// subscriber follows the trail over several connections, as a console does.
type subscriber struct {
	token  string
	cursor string
	names  []string // of the targets that were told
}

// follow reads events from a node until there are so many in all, or the connection ends.
func (s *subscriber) follow(ctx context.Context, n *harness.Node, until int, open func()) error {
	body, err := json.Marshal(map[string]any{
		"query":     `subscription($after:String){auditEventAdded(after:$after,filter:{targetKind:SCOPE}){event{targetName}}}`,
		"variables": map[string]any{"after": s.cursor},
	})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, n.URL+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Set("Authorization", "Bearer "+s.token)
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	lines := bufio.NewScanner(reply.Body)
	if reply.StatusCode != http.StatusOK || !lines.Scan() {
		text, _ := io.ReadAll(reply.Body)
		return fmt.Errorf("status %d: %s", reply.StatusCode, text)
	}
	begins, stands := strings.CutPrefix(first(lines), "id: ")
	if !stands {
		return fmt.Errorf("the stream does not say where it begins: %s %s", lines.Text(), first(lines))
	}
	s.cursor = begins
	open()
	for id := s.cursor; len(s.names) < until && lines.Scan(); {
		if value, isID := strings.CutPrefix(lines.Text(), "id: "); isID {
			id = value
		}
		if lines.Text() == "" {
			s.cursor = id
		}
		data, isData := strings.CutPrefix(lines.Text(), "data: ")
		if !isData {
			continue
		}
		var result struct {
			Data *struct {
				AuditEventAdded struct {
					Event struct{ TargetName string }
				}
			}
		}
		if err := json.Unmarshal([]byte(data), &result); err != nil {
			return err
		}
		if result.Data == nil {
			return nil // the node says why it ends the stream
		}
		s.cursor = id
		s.names = append(s.names, result.Data.AuditEventAdded.Event.TargetName)
	}
	return nil
}

// first reads the next line.
func first(lines *bufio.Scanner) string {
	lines.Scan()
	return lines.Text()
}

// happen adds events of one writer to the database, in transactions of different sizes.
func happen(ctx context.Context, n *harness.Node, writer, from, to int) error {
	ctx = identity.WithActor(ctx, identity.SystemActor("test"))
	source := n.Server.Domain.Source
	for i := from; i < to; {
		var events []identity.AuditEvent
		for size := 1 + i%7; size > 0 && i < to; size-- {
			events = append(events, identity.NewEvent(ctx, source, identity.ActionScopeSaved, identity.TargetScope, "", fmt.Sprintf("%d/%d", writer, i)))
			i++
		}
		if err := n.Server.Store.InsertAudit(ctx, events...); err != nil {
			return err
		}
	}
	return nil
}

// TestAHundredSubscribersOfTwoNodes: none misses an event or hears one twice, and each hears the events of a writer in
// their order, though connections break, and though one node ends and its subscribers go on at the other.
func TestAHundredSubscribersOfTwoNodes(t *testing.T) {
	t.Parallel()
	for name, redis := range map[string]bool{"with Redis": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const writers, each, subscribers = 4, 60, 100
			first, second, tokens := liveNodes(t, redis)
			var opened, followers, writing sync.WaitGroup
			all := make([]subscriber, subscribers)
			opened.Add(subscribers)
			for i := range all {
				s := &all[i]
				s.token = tokens[i%len(tokens)]
				followers.Go(func() {
					ctx, abandon := context.WithTimeout(t.Context(), 5*time.Minute)
					defer abandon()
					near, far := first, second
					if i%2 == 0 {
						near, far = second, first
					}
					if err := s.follow(ctx, near, 1+i%50, sync.OnceFunc(opened.Done)); err != nil { // then the connection breaks
						t.Error(err)
					}
					for len(s.names) < writers*each && ctx.Err() == nil {
						if err := s.follow(ctx, near, writers*each, func() {}); err != nil {
							t.Log(err)
							near, far = far, near // the node has ended
						}
					}
				})
			}
			opened.Wait()
			// Some have ended by then, some stand at their beginning.
			half := make(chan struct{}, 2*writers)
			for w := range writers {
				writing.Go(func() {
					for _, part := range [][2]int{{0, each / 2}, {each / 2, each}} {
						if err := happen(t.Context(), first, w, part[0], part[1]); err != nil {
							t.Error(err)
						}
						half <- struct{}{}
					}
				})
			}
			<-half
			second.Stop() // while it is written
			for range 2*writers - 1 {
				<-half
			}
			writing.Wait()
			followers.Wait()
			for i := range all {
				all[i].complete(t, i, writers, each)
			}
		})
	}
}

// complete checks what a subscriber has heard.
func (s *subscriber) complete(t *testing.T, i, writers, each int) {
	t.Helper()
	next := make([]int, writers)
	for _, name := range s.names {
		var w, n int
		if _, err := fmt.Sscanf(name, "%d/%d", &w, &n); err != nil || next[w] != n {
			t.Errorf("subscriber %d heard %s, not %d/%d", i, name, w, next[w])
			return
		}
		next[w]++
	}
	if len(s.names) != writers*each {
		t.Errorf("subscriber %d heard %d events of %d", i, len(s.names), writers*each)
	}
}

// liveNodes starts two nodes with administrators who may open as many streams as the test wants on one node.
func liveNodes(t *testing.T, redis bool) (first, second *harness.Node, tokens []string) {
	t.Helper()
	first, tokens, env := liveNode(t, redis)
	opts := []harness.Option{harness.WithClock(first.Clock)}
	for name, value := range env {
		opts = append(opts, harness.Env(name, value))
	}
	return first, harness.Start(t, first.Database, opts...), tokens
}

// liveNode starts the first of them. env is what another one needs.
func liveNode(t *testing.T, redis bool) (n *harness.Node, tokens []string, env map[string]string) {
	t.Helper()
	env = map[string]string{}
	var opts []harness.Option
	if redis {
		env["AUTHLY_REDIS_URL"] = os.Getenv("AUTHLY_TEST_REDIS_URL")
		opts = append(opts, harness.Env("AUTHLY_REDIS_URL", env["AUTHLY_REDIS_URL"]))
	}
	n = start(t, harness.Postgres(t), opts...)
	env["AUTHLY_ISSUER"] = n.Issuer
	people := []admin.DesiredUser{}
	for i := range 12 {
		u := harness.Bob()
		u.Username, u.Email = fmt.Sprintf("console%d", i), fmt.Sprintf("console%d@example.org", i)
		u.Admin = true
		people = append(people, u)
	}
	n.Apply(t, admin.Desired{Users: people, Clients: []admin.NewClient{consoleClient()}})
	for _, u := range people {
		party := harness.NewParty(t, n, "console", identity.ScopeAuditRead)
		tokens = append(tokens, party.Tokens(harness.NewBrowser(t, n), u.Username, harness.BobPassword).AccessToken)
	}
	return n, tokens, env
}
