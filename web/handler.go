package web

import (
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/cookie"
)

// The pages' paths.
const (
	pathLogin    = "/login"
	pathConsent  = "/consent"
	pathPassword = "/account/password"
	pathLogout   = "/logout"
	pathAssets   = "/assets/"
)

// paramInteraction carries the handle of an authorization request.
const paramInteraction = "interaction"

// Config is what the pages stand on.
type Config struct {
	Issuer        string // the one issuer string; it has no path
	Domain        *identity.Domain
	Cookie        cookie.Jar // keeps the secret of the session
	Logger        *slog.Logger
	AuthorizePath string // path of the authorization endpoint

	// Deny finishes a request that the person refused and returns the client with access_denied (RFC 6749 §4.1.2.1).
	Deny func(w http.ResponseWriter, r *http.Request, pending identity.Pending, browser identity.BrowserSession)
}

// Handler serves the pages.
type Handler struct {
	Config
	host  string // host of the issuer, shown below each page
	pages map[string]*template.Template
}

// New makes the Handler. It panics on an issuer that is not a URL, which the configuration has excluded.
func New(c Config) *Handler {
	issuer, err := url.Parse(c.Issuer)
	if err != nil {
		panic("web: issuer: " + err.Error())
	}
	return &Handler{Config: c, host: issuer.Host, pages: parsePages()}
}

// Mount adds the routes of the pages. The router's middlewares must set the context of the request
// (identity.WithActor), bound the body and refuse cross-origin posts: cookies authenticate these routes.
func (h *Handler) Mount(r chi.Router) {
	for path, page := range map[string]struct{ get, post endpoint }{
		pathLogin:    {h.showLogin, h.signIn},
		pathConsent:  {h.showConsent, h.submitConsent},
		pathPassword: {h.showPassword, h.changePassword},
		pathLogout:   {h.showLogout, h.signOut},
	} {
		r.Get(path, h.serve(page.get))
		r.Post(path, h.serve(page.post))
	}
	r.Get(pathAssets+"*", serveAsset)
}

// endpoint answers a request, or gives the error to answer it with.
type endpoint func(w http.ResponseWriter, r *http.Request) error

func (h *Handler) serve(e endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			h.Error(w, r, identity.Errorf(identity.Invalid, identity.CodeValidation, "The form cannot be read.").Because(err))
			return
		}
		if err := e(w, r); err != nil {
			h.Error(w, r, err)
		}
	}
}

// Browser returns the session that the request's cookie stands for and its user; nil without an error when nobody is
// signed in.
func (h *Handler) Browser(r *http.Request) (*identity.BrowserSession, error) {
	secret := h.Cookie.Get(r)
	if secret == "" {
		return nil, nil // nobody is a normal answer
	}
	b, err := h.Domain.Sessions.FromCookie(r.Context(), secret)
	switch {
	case errors.Is(err, identity.ErrSessionNotFound):
		return nil, nil // as above
	case err != nil:
		return nil, err
	}
	return &b, nil
}

// pageContext is what a request for a page is about.
type pageContext struct {
	pending *identity.Pending        // nil without an interaction
	browser *identity.BrowserSession // nil when nobody is signed in
}

// loadInteraction finds out what a request is about. When it belongs to an interaction that is not at the step, the browser has
// been sent to the authorization endpoint and here is false.
func (h *Handler) loadInteraction(w http.ResponseWriter, r *http.Request, step identity.Step) (pc pageContext, here bool, err error) {
	if pc.browser, err = h.Browser(r); err != nil {
		return pageContext{}, false, err
	}
	if !r.Form.Has(paramInteraction) {
		return pc, true, nil
	}
	pending, err := h.Domain.Authorizations.Resume(r.Context(), r.Form.Get(paramInteraction))
	if err != nil {
		return pageContext{}, false, err
	}
	pc.pending = &pending
	next, err := h.Domain.Authorizations.Next(r.Context(), pending, pc.browser)
	if err != nil {
		return pageContext{}, false, err
	}
	if next != step {
		h.resume(w, r, pc)
		return pageContext{}, false, nil
	}
	return pc, true, nil
}

// resume lets the authorization endpoint decide how an interaction goes on. Without one it leads to the home page.
func (h *Handler) resume(w http.ResponseWriter, r *http.Request, pc pageContext) {
	if pc.pending == nil {
		h.redirect(w, r, pathLogin)
		return
	}
	h.redirect(w, r, h.link(h.AuthorizePath, pc))
}

// redirect answers 303 to a path of the server: a form that was posted must not be posted again (RFC 9700 §4.12).
func (h *Handler) redirect(w http.ResponseWriter, r *http.Request, path string) {
	http.Redirect(w, r, path, http.StatusSeeOther)
}

// link adds the interaction of a page to a path.
func (h *Handler) link(path string, pc pageContext) string {
	if pc.pending == nil {
		return path
	}
	return path + "?" + url.Values{paramInteraction: {pc.pending.Handle}}.Encode()
}

// form is what every form of a page needs.
type form struct {
	Action      string
	Interaction string // handle, or empty
}

func (h *Handler) form(path string, pc pageContext) form {
	f := form{Action: h.link(path, pc)}
	if pc.pending != nil {
		f.Interaction = pc.pending.Handle
	}
	return f
}

// returnTo returns where the interaction's answer goes, or "".
func (pc pageContext) returnTo() string {
	if pc.pending == nil {
		return ""
	}
	return pc.pending.Request.Params.RedirectURI
}

// clientName returns the interaction's client as people know it, or "".
func (pc pageContext) clientName() string {
	if pc.pending == nil {
		return ""
	}
	if name := pc.pending.Client.Metadata.Name; name != "" {
		return name
	}
	return pc.pending.Client.ClientID
}
