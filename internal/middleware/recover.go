package middleware

import (
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/authly/authly/identity"
)

// Recover turns a panic of a handler into the response that render writes, and logs where it came from; a whole stack
// may hold what must not be in a log. If a part of the response is out already, the connection is broken off instead,
// so that nobody takes the part for the whole. http.ErrAbortHandler passes through.
func Recover(log *slog.Logger, render http.HandlerFunc) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := Record(w)
			defer func() {
				cause := recover()
				if cause == nil {
					return
				}
				if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so too
					panic(cause)
				}
				log.ErrorContext(r.Context(), "panic", slog.String("panic", fmt.Sprint(cause)),
					slog.String("at", origin()), slog.String("request_id", identity.RequestID(r.Context())))
				if rec.Status != 0 {
					panic(http.ErrAbortHandler)
				}
				for _, name := range []string{
					"Content-Length", "Content-Type", "Content-Encoding", "Etag", "Last-Modified", "Location", "Set-Cookie",
				} {
					rec.Header().Del(name) // they were meant for the response that failed
				}
				rec.Header().Set("Cache-Control", "no-store")
				render(rec, r)
			}()
			next.ServeHTTP(rec, r)
		})
	}
}

// origin returns function, file and line of the code that panicked.
func origin() string {
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Sprintf("%s %s:%d", frame.Function, filepath.Base(frame.File), frame.Line)
		}
		if !more {
			return "unknown"
		}
	}
}
