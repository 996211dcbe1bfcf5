package web

import (
	"net/http"

	"github.com/google/uuid"
)

// BrowserState returns what stands for the session of the browser where our frame reads it, and lets the browser have it if it has
// another.
func (h *Handler) BrowserState(w http.ResponseWriter, r *http.Request) (string, error) {
	b, err := h.Browser(r)
	if err != nil || b == nil {
		return h.State.Get(r), err
	}
	state := h.Domain.Sessions.BrowserState(b.Session.ID)
	if h.State.Get(r) != state {
		h.State.Set(w, state, b.Session.MaxExpiresAt)
	}
	return state, nil
}

// showState lets our frame see that the session is another. That nobody is signed in is a value, too: no value is what a browser has that
// blocks the cookie.
func (h *Handler) showState(w http.ResponseWriter, session uuid.UUID) {
	if settings := h.Domain.Settings.Get(); settings.SessionManagement {
		h.State.Set(w, h.Domain.Sessions.BrowserState(session), h.Domain.Source.Now().Add(settings.SessionMaxTTL))
	}
}

// SessionFrame writes the page that applications have in a frame, and ask whether the session has changed (OIDC Session Management 1.0
// §4.2). It shows nothing, and says to whom has a session_state only what that is about.
func (h *Handler) SessionFrame(w http.ResponseWriter, _ *http.Request) {
	header := w.Header()
	header.Del("X-Frame-Options")
	header.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'")
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	// The browser may have gone away.
	_, _ = w.Write([]byte(`<!doctype html><html lang="en" data-cookie="` + h.State.Name() + `"><head><meta charset="utf-8">` +
		`<title>Session</title><script src="` + pathAssets + compares.name + `"></script></head><body></body></html>`))
}
