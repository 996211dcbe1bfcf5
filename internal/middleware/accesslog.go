package middleware

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/authly/authly/identity"
)

// AccessLog writes one line for each request: method, route pattern, status, bytes, duration, request id, client
// address. Path and query string are left out, for they carry codes, tokens and names. Server errors are errors,
// successful health probes are debug, everything else is info. Mount it on the chi root router, inside RequestContext.
func AccessLog(log *slog.Logger, clock func() time.Time) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := Record(w)
			start := clock()
			aborted := true
			defer func() { // also when the handler breaks the connection by a panic
				ctx := r.Context()
				route := RoutePattern(r)
				status := rec.Status
				if status == 0 && !aborted {
					status = http.StatusOK // the server sends it for a handler that wrote nothing
				}
				level := slog.LevelInfo
				switch {
				case status >= http.StatusInternalServerError:
					level = slog.LevelError
				case status < http.StatusBadRequest && strings.HasPrefix(route, "/health/") && !aborted:
					level = slog.LevelDebug
				}
				if !log.Enabled(ctx, level) {
					return
				}
				actor := identity.ActorFrom(ctx)
				attrs := []slog.Attr{
					slog.String("method", r.Method), slog.String("route", route), slog.Int("status", status),
					slog.Int64("bytes", rec.Bytes), slog.Duration("duration", clock().Sub(start)),
					slog.String("request_id", actor.RequestID), slog.String("ip", actor.IP),
				}
				if aborted {
					attrs = append(attrs, slog.Bool("aborted", true))
				}
				log.LogAttrs(ctx, level, "request", attrs...)
			}()
			next.ServeHTTP(rec, r)
			aborted = false
		})
	}
}

// RoutePattern returns the pattern that matched, known only after routing; never the path itself.
func RoutePattern(r *http.Request) string {
	if route := chi.RouteContext(r.Context()); route != nil {
		if pattern := route.RoutePattern(); pattern != "" {
			return pattern
		}
	}
	return "unmatched"
}
