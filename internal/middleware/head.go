package middleware

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"
)

type headKey struct{}

// Head serves a HEAD request as the GET of its path (RFC 9110 §9.3.2); net/http leaves the body out. Mount it on the root
// router.
func Head(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			chi.RouteContext(r.Context()).RouteMethod = http.MethodGet
			r = r.WithContext(context.WithValue(r.Context(), headKey{}, true))
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// OnHead reports whether a request that Head has made a GET was a HEAD, so that nothing is to happen.
func OnHead(r *http.Request) bool { return r.Context().Value(headKey{}) != nil }

// NothingOnHead answers HEAD requests for pages itself. HEAD is for looking: it must not issue a code, end a session or
// change a cookie, as showing some pages does.
func NothingOnHead(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !OnHead(r) {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusOK)
	})
}
