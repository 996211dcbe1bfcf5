package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"
)

// readyTimeout is how long a dependency may take to show that it is alive.
const readyTimeout = 2 * time.Second

// handleLive succeeds as long as the process can respond at all.
func (s *Server) handleLive(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyFor is how long an answer stands, so that asking often costs nothing.
const readyFor = time.Second

// readiness is the answer that was found last. Whoever asks meanwhile waits for the one who looks.
type readiness struct {
	mu     sync.Mutex
	at     time.Time
	status int
	body   map[string]string
}

// handleReady reports whether this node should get traffic, and if not, which dependency is missing.
func (s *Server) handleReady(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "stopping"})
		return
	}
	status, body := s.ready(r.Context())
	writeJSON(w, status, body)
}

// ready looks at the dependencies, unless somebody just has. The map that it returns is shared.
func (s *Server) ready(ctx context.Context) (int, map[string]string) {
	r := &s.readiness
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := s.source.Now(); r.body == nil || now.Before(r.at) || now.Sub(r.at) >= readyFor {
		r.status, r.body = s.look(context.WithoutCancel(ctx)) // others wait for it
		r.at = now
	}
	return r.status, r.body
}

func (s *Server) look(ctx context.Context) (int, map[string]string) {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if state, err := s.lookAtDatabase(ctx); err != nil {
		s.logger.ErrorContext(ctx, "not ready", "dependency", "database", "state", state, "cause", err.Error())
		return http.StatusServiceUnavailable, map[string]string{"status": "unavailable", "database": state}
	}
	if err := s.signer.Ready(ctx); err != nil {
		s.logger.ErrorContext(ctx, "not ready", "dependency", "signing keys", "cause", err.Error())
		return http.StatusServiceUnavailable, map[string]string{"status": "unavailable", "database": "up", "signing_keys": "unusable"}
	}
	body := map[string]string{"status": "ok", "database": "up"}
	if s.config.RedisURL != "" {
		body["redis"] = "up"
		if err := s.bus.Ping(ctx); err != nil {
			body["redis"] = "down" // slower, but every response is right: the node stays in service
		}
	}
	return http.StatusOK, body
}

// lookAtDatabase reads and writes. A write that only has to wait for others, longer than anybody waits for this answer,
// is no fault.
func (s *Server) lookAtDatabase(ctx context.Context) (state string, err error) {
	if err := s.Store.Ping(ctx); err != nil {
		return "down", err
	}
	err = s.Store.CheckWritable(ctx, s.source.Now())
	if err == nil || errors.Is(err, context.DeadlineExceeded) {
		return "up", nil
	}
	return "read-only", err
}

// writeJSON returns what is never to be stored.
func writeJSON(w http.ResponseWriter, status int, body map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
