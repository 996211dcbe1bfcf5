package server

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// readyTimeout is how long a dependency may take to show that it is alive.
const readyTimeout = 2 * time.Second

// handleLive succeeds as long as the process can respond at all.
func (s *Server) handleLive(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// handleReady reports whether this node should get traffic, and if not, which dependency is missing.
func (s *Server) handleReady(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "stopping"})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if err := s.Store.Ping(ctx); err != nil {
		s.logger.ErrorContext(r.Context(), "not ready", "dependency", "database", "cause", err.Error())
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "unavailable", "database": "down"})
		return
	}
	if err := s.signer.Ready(ctx); err != nil {
		s.logger.ErrorContext(r.Context(), "not ready", "dependency", "signing keys", "cause", err.Error())
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "unavailable", "database": "up", "signing_keys": "unusable"})
		return
	}
	body := map[string]string{"status": "ok", "database": "up"}
	if s.config.RedisURL != "" {
		body["redis"] = "up"
		if err := s.bus.Ping(ctx); err != nil {
			body["redis"] = "down" // slower, but every response is right: the node stays in service
		}
	}
	writeJSON(w, http.StatusOK, body)
}

// writeJSON returns what is never to be stored.
func writeJSON(w http.ResponseWriter, status int, body map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
