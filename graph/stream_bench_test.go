package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/authly/authly/identity"
)

// BenchmarkLiveEvents measures what it takes to tell 100 subscribers of events, from their transaction to the writes to the
// connections, without sockets: with SQLite in memory, where the rights of each subscriber are looked up for each portion
// because nothing is cached. Most of the time it waits, as the feed gathers events; so the figures are the CPU and the writes
// for each event and subscriber. docs/performance.md has them.
func BenchmarkLiveEvents(b *testing.B) {
	const subscribers, portion = 100, 250
	for _, began := range []struct {
		name   string
		before bool
	}{{"fromNowOn", false}, {"resumed", true}} {
		b.Run(began.name, func(b *testing.B) {
			a := newAPI(b, func(c *Config) {
				c.Limits = DefaultLimits()
				c.Limits.CallerStreams, c.Limits.BucketSize, c.Limits.BucketRestore = subscribers, 1<<40, 1
			})
			token := a.token(b, a.admin, identity.ScopeAuditRead)
			ctx, end := context.WithCancel(b.Context())
			var open, over sync.WaitGroup
			listeners := &countingWriter{began: &open}
			after := a.cursors(b, subscribers)
			earlier := int64(0)
			for i := range subscribers {
				variables := map[string]any{}
				if began.before {
					variables["after"] = after[i]
					earlier += int64(len(after) - 1 - i)
				}
				open.Add(1)
				over.Go(func() { a.listen(ctx, token, variables, listeners.listener()) })
			}
			open.Wait()
			eventually(b, func() bool { return listeners.told.Load() == earlier })
			listeners.told.Store(0)
			listeners.writes.Store(0)
			names := make([]string, portion)
			for i := range names {
				names[i] = fmt.Sprintf("scope %d", i)
			}
			before := processorTime(b)
			b.ResetTimer()
			for added := 0; added < b.N; added += portion {
				a.happens(b, names[:min(portion, b.N-added)]...)
				want := int64(min(added+portion, b.N)) * subscribers
				eventually(b, func() bool { return listeners.told.Load() == want })
			}
			spent := processorTime(b) - before
			b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N*subscribers), "cpu-ns/delivery")
			b.ReportMetric(float64(listeners.writes.Load())/float64(b.N*subscribers), "writes/delivery")
			end()
			over.Wait()
		})
	}
}

// cursors returns the cursors of so many events, all of which were added before anybody follows.
func (a *api) cursors(b *testing.B, n int) []string {
	b.Helper()
	ctx := identity.WithActor(b.Context(), identity.SystemActor("benchmark"))
	feed, err := a.services.AuditFeed.Follow(ctx, identity.AuditFilter{}, "")
	check(b, err)
	defer feed.Close()
	var all []string
	for len(all) < n {
		a.happens(b, "earlier")
		eventually(b, func() bool {
			portion, err := feed.Next(ctx, n)
			check(b, err)
			for _, m := range portion.Messages {
				all = append(all, m.Cursor)
			}
			return len(portion.Messages) > 0
		})
	}
	return all
}

// listen subscribes and returns when ctx ends.
func (a *api) listen(ctx context.Context, token string, variables map[string]any, w http.ResponseWriter) {
	body, err := json.Marshal(map[string]any{"query": followDocument, "variables": variables})
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", mediaJSON)
	r.Header.Set("Accept", mediaEventStream)
	r.Header.Set("Authorization", "Bearer "+token)
	a.ServeHTTP(w, r.WithContext(identity.WithActor(ctx, identity.Actor{Kind: identity.ActorAnonymous, RequestID: "request-1"})))
}

// countingWriter counts the events that are sent to all its listeners.
type countingWriter struct {
	told, writes atomic.Int64
	began        *sync.WaitGroup
}

func (w *countingWriter) listener() http.ResponseWriter {
	return &countedListener{countingWriter: w, headers: http.Header{}, begin: sync.OnceFunc(w.began.Done)}
}

type countedListener struct {
	*countingWriter

	headers http.Header
	begin   func()
}

// Header implements http.ResponseWriter.
func (w *countedListener) Header() http.Header { return w.headers }

// WriteHeader implements http.ResponseWriter.
func (w *countedListener) WriteHeader(int) {}

// Write implements http.ResponseWriter.
func (w *countedListener) Write(text []byte) (int, error) {
	w.told.Add(int64(bytes.Count(text, []byte("event: next\n"))))
	w.writes.Add(1)
	w.begin()
	return len(text), nil
}

// Flush implements http.Flusher.
func (w *countedListener) Flush() {}

// processorTime is what this process has used so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	check(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
