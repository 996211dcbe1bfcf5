package oidc

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"github.com/authly/authly/identity"
)

// Pages is what the logout endpoint needs of the browser surface.
type Pages interface {
	// Browser returns who the browser's cookie stands for; nil when nobody is signed in.
	Browser(r *http.Request) (*identity.BrowserSession, error)
	// Error shows a failure to a person.
	Error(w http.ResponseWriter, r *http.Request, err error)
	// ConfirmLogout asks whether the person wants to sign out; the answer comes back to action with the hidden values.
	// returnTo is where the browser is sent afterwards, or empty.
	ConfirmLogout(w http.ResponseWriter, r *http.Request, action, clientName, returnTo string, hidden url.Values)
	// BrowserState returns what stands for the session of the browser in its cookie, which it sees to (OIDC Session Management 1.0 §4.2).
	BrowserState(w http.ResponseWriter, r *http.Request) (string, error)
	// SessionFrame shows the page that compares it for applications (§4.2).
	SessionFrame(w http.ResponseWriter, r *http.Request)
	// SignedOut lets applications hear of the end of the session of the browser's cookie, forgets the cookie, and says that it is done or
	// leads on to next, which is proven.
	SignedOut(w http.ResponseWriter, r *http.Request, next string)
}

// Handler serves the endpoints of OpenID Connect.
type Handler struct {
	Domain   *identity.Domain
	Pages    Pages
	Logger   *slog.Logger
	Document func(ctx context.Context) []byte // the discovery document

	entity entityConfiguration
}

// MountMachine adds what programs call, from any origin.
func (h *Handler) MountMachine(r chi.Router) {
	r.Get(DiscoveryPath, h.handleDiscovery)
	r.Get(JWKSPath, h.handleJWKS)
	if h.Domain.Entity != nil {
		r.Get(EntityConfigurationPath, h.handleEntityConfiguration)
	}
	resource := r.With(h.nameInteraction)
	resource.Get(UserInfoPath, h.handleUserInfo)
	resource.Post(UserInfoPath, h.handleUserInfo)
	resource.Put(UserInfoPath, h.handleUpdateUserInfo)
}

// CrossOriginPaths lists the paths of MountMachine, which scripts of any origin may call.
func (h *Handler) CrossOriginPaths() []string {
	paths := []string{DiscoveryPath, JWKSPath, UserInfoPath}
	if h.Domain.Entity != nil {
		paths = append(paths, EntityConfigurationPath)
	}
	return paths
}

// MountServer adds what only servers call.
func (h *Handler) MountServer(r chi.Router) {
	if h.Domain.Entity != nil {
		r.Post(EntityRegistrationPath, h.handleExplicitRegistration)
	}
}

// MountBrowser adds what browsers navigate to.
func (h *Handler) MountBrowser(r chi.Router) {
	r.Get(LogoutPath, h.handleLogout)
	r.Post(LogoutPath, h.handleLogout)
	if h.Domain.Settings.Get().SessionManagement {
		r.Get(SessionPath, h.Pages.SessionFrame)
	}
}
