package middleware

import (
	"context"
	"net/http"
	"time"

	"github.com/authly/authly/identity"
)

// Budget bounds what one network may ask of a node. It looks at the client's address as RequestContext has found it.
type Budget struct {
	Throttle identity.Throttle
	Rate     func(limit identity.Limit) identity.Rate
	Watch    identity.ThrottleWatch
	Known    func(r *http.Request) string // names a browser that has signed in here and has a budget of its own, or ""
	Hold     func(ctx context.Context)    // waits before an answer that is beyond the budget, so that a flood slows itself
}

// Requests takes every request from the budget for what is open to everybody; deny answers those beyond it, after a
// while. A browser that is known does not share its network's budget.
func (b *Budget) Requests(deny func(w http.ResponseWriter, r *http.Request, wait time.Duration)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			key := "requests " + identity.ActorFrom(r.Context()).Network().Narrow
			if known := b.Known(r); known != "" {
				key = "requests of " + known
			}
			if wait := b.take(r.Context(), key, identity.LimitAnonymous); wait > 0 {
				b.Hold(r.Context())
				deny(w, r, wait)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Anonymous is Requests for the requests of programs that present nothing: GET without an Authorization header.
func (b *Budget) Anonymous(deny func(w http.ResponseWriter, r *http.Request, wait time.Duration)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		bounded := b.Requests(deny)(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.Header.Get("Authorization") == "" {
				bounded.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Failures takes each refused request from the network's budget for those, and holds back the answers to those beyond it.
// Requests that succeed cost nothing and never wait, whatever others in the network do.
func (b *Budget) Failures(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&reluctant{ResponseWriter: w, budget: b, request: r}, r)
	})
}

func (b *Budget) take(ctx context.Context, key string, limit identity.Limit) time.Duration {
	taken := b.Throttle.Take(ctx, identity.Bucket{Key: key, Rate: b.Rate(limit)})
	if !taken.Refused() {
		return 0
	}
	b.Watch.Refused(limit)
	return taken.Wait
}

// reluctant is a writer that holds back refusals.
type reluctant struct {
	http.ResponseWriter
	budget   *Budget
	request  *http.Request
	forgiven bool
}

// Forgive says that the answer that follows is no refusal, whatever its status.
func (w *reluctant) Forgive() { w.forgiven = true }

// WriteHeader sends the header; that of a refusal beyond the budget, after a while.
func (w *reluctant) WriteHeader(status int) {
	if !w.forgiven && status >= http.StatusBadRequest && status < http.StatusInternalServerError {
		ctx := w.request.Context()
		if w.budget.take(ctx, "failures "+identity.ActorFrom(ctx).Network().Narrow, identity.LimitFailures) > 0 {
			w.budget.Hold(ctx)
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap returns the writer below, for http.ResponseController.
func (w *reluctant) Unwrap() http.ResponseWriter { return w.ResponseWriter }
