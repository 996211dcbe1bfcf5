package console

import (
	"cmp"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/cookie"
	"github.com/authly/authly/internal/translation"
)

// The addresses of the console.
const (
	Path         = "/console"
	CallbackPath = Path + "/callback" // the redirect URI of the built-in client

	pathSignIn  = Path + "/sign-in"
	pathSession = Path + "/session"
	pathAssets  = Path + "/assets/"
)

// Header is what the application sends with every request that its cookie counts for, and no form or link of another site can.
const Header = "X-Authly-Console"

// Config is what the console stands on.
type Config struct {
	Issuer        string
	Version       string // of the program
	Domain        *identity.Domain
	Logger        *slog.Logger
	Session       cookie.SessionCookie // has the token
	Browser       cookie.SessionCookie // has who began to sign in
	Language      cookie.SessionCookie // has the language that was chosen on a page
	AuthorizePath string               // of the authorization endpoint
	SignOutPath   string               // of the page that ends the session of the person
}

// Handler serves the console.
type Handler struct {
	Config

	origin string
	index  string
	assets map[string]asset
}

// New makes the handler of Path and everything below it.
func New(c Config) *Handler {
	index, assets, err := readDist(dist)
	if err != nil {
		panic("console: " + err.Error()) // embedded
	}
	issuer, err := url.Parse(c.Issuer)
	if err != nil {
		panic("console: issuer: " + err.Error()) // the configuration has excluded it
	}
	return &Handler{Config: c, origin: issuer.Scheme + "://" + issuer.Host, index: index, assets: assets}
}

// MountRedirects adds the routes that lead on, which a HEAD must not do.
func (h *Handler) MountRedirects(r chi.Router) {
	r.Get(Path, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, Path+"/", http.StatusSeeOther) })
	r.Get(pathSignIn, h.handleSignIn)
	r.Get(CallbackPath, h.handleCallback)
}

// Mount adds the other routes.
func (h *Handler) Mount(r chi.Router) {
	r.Get(pathSession, h.handleSession)
	r.Delete(pathSession, h.handleSignOut)
	r.Get(pathAssets+"*", h.handleAsset)
	r.Get(Path+"/*", h.handleIndex)
}

// Token returns the token of the session that a request of the application is of. It is empty for a request that another site may have
// caused: the cookie counts from the same origin alone (Fetch Metadata; Origin where a browser has none), and with the header.
func (h *Handler) Token(r *http.Request) string {
	if !h.own(r) {
		return ""
	}
	return h.Session.Get(r)
}

func (h *Handler) own(r *http.Request) bool {
	if r.Header.Get(Header) != "1" {
		return false
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	return r.Header.Get("Origin") == h.origin
}

// handleIndex serves the application, which looks at the rest of the address.
func (h *Handler) handleIndex(w http.ResponseWriter, _ *http.Request) {
	nonce := h.Domain.Source.NewSecret()
	header := w.Header()
	header.Set("Content-Security-Policy", policy(nonce))
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(strings.Replace(h.index, noncePlace, nonce, 1))) // the browser may have gone
}

func (h *Handler) handleAsset(w http.ResponseWriter, r *http.Request) {
	found, ok := h.assets[chi.URLParam(r, "*")]
	if !ok {
		w.Header().Set("Cache-Control", "no-store")
		http.NotFound(w, r)
		return
	}
	found.serve(w, r)
}

// session is what the application is told of its session.
type session struct {
	User          sessionUser `json:"user"`
	Scopes        []string    `json:"scopes"`
	AuthTime      time.Time   `json:"authTime"`
	ExpiresAt     time.Time   `json:"expiresAt"`
	StepUpSeconds int         `json:"stepUpSeconds"` // that a sign-in may be old for what is dangerous
	Issuer        string      `json:"issuer"`
	Version       string      `json:"version"`
	Locale        string      `json:"locale"`
}

type sessionUser struct {
	ID       string `json:"id"` // as the admin API names it
	Username string `json:"username"`
	Name     string `json:"name"`
}

// handleSession says whose session it is. It needs no header: other origins cannot read it.
func (h *Handler) handleSession(w http.ResponseWriter, r *http.Request) {
	b, err := h.Domain.Consoles.Session(r.Context(), h.Session.Get(r))
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, session{
		User:   sessionUser{ID: "usr_" + b.User.ID.String(), Username: b.User.Username, Name: cmp.Or(b.User.Claims.Name, b.User.Username)},
		Scopes: b.Scopes(), AuthTime: time.Unix(b.Claims.AuthTime, 0).UTC(), ExpiresAt: time.Unix(b.Claims.ExpiresAt, 0).UTC(),
		StepUpSeconds: int(identity.ConsoleStepUpAge / time.Second), Issuer: h.Issuer, Version: h.Version, Locale: h.locale(r, b.User),
	})
}

// locale is the language of the application, found as that of the pages is.
func (h *Handler) locale(r *http.Request, u identity.User) string {
	for _, wishes := range []string{h.Language.Get(r), u.Claims.Locale, r.Header.Get("Accept-Language")} {
		if code := translation.Match(wishes); code != "" {
			return code
		}
	}
	return h.Domain.Settings.Get().Locale
}

// statuses are those of refusals. Whoever has no session, or administers no more, signs in.
var statuses = map[identity.Kind]int{
	identity.Unauthenticated: http.StatusUnauthorized, identity.Forbidden: http.StatusUnauthorized,
	identity.Unavailable: http.StatusServiceUnavailable, identity.RateLimited: http.StatusTooManyRequests,
}

// refuse is the translator of errors for the application.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, known := statuses[identity.AsError(err).Kind]
	if !known {
		status = http.StatusInternalServerError
	}
	writeJSON(w, status, map[string]string{"error": h.code(r, err)})
}

// code is what the application is told of an error.
func (h *Handler) code(r *http.Request, err error) string {
	switch identity.AsError(err).Kind {
	case identity.Unauthenticated, identity.Conflict:
		return "login_required"
	case identity.Forbidden:
		return "access_denied"
	case identity.Unavailable, identity.RateLimited:
		return "temporarily_unavailable"
	case identity.Internal, identity.Invalid, identity.NotFound:
	}
	h.Logger.ErrorContext(r.Context(), "console", "error", err, "request_id", identity.RequestID(r.Context()))
	return "server_error"
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	header.Set("Vary", "Cookie")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the browser may have gone
}
