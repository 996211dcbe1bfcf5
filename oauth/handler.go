package oauth

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"

	"github.com/go-chi/chi/v5"

	"github.com/authly/authly/identity"
)

// Pages is what the authorization endpoint needs of the browser surface.
type Pages interface {
	// Browser tells who the browser's cookie stands for; nil when nobody is signed in.
	Browser(r *http.Request) (*identity.BrowserSession, error)
	// Handle returns the handle of the interaction that a browser comes back with, or "".
	Handle(params url.Values) string
	// RedirectTo sends the browser to where a step of a saved interaction is done.
	RedirectTo(w http.ResponseWriter, r *http.Request, step identity.Step, i identity.Interaction)
	// Error shows a failure to a person; nothing is redirected.
	Error(w http.ResponseWriter, r *http.Request, err error)
	// FormPost shows a page that posts values to action by itself (Form Post Response Mode).
	FormPost(w http.ResponseWriter, r *http.Request, action string, values url.Values)
}

// Extension is the seam that OpenID Connect plugs into.
type Extension interface {
	// RequestChecks are the extension's own checks of an authorization request, which run after those of OAuth.
	RequestChecks() []RequestCheck
	// Token returns the token response with what the extension issues besides.
	Token(ctx context.Context, issued identity.Issuance, response TokenResponse) (TokenResponse, error)
	// Metadata adds members to the metadata document.
	Metadata(document map[string]any)
}

// Config is what the endpoints stand on.
type Config struct {
	Domain    *identity.Domain
	Extension Extension // nil: plain OAuth
	Pages     Pages
	Logger    *slog.Logger
}

// Handler serves the endpoints.
type Handler struct {
	Config
	grants   map[identity.GrantType]grant
	checks   []RequestCheck
	metadata []byte
}

// New makes the endpoints.
func New(c Config) *Handler {
	h := &Handler{Config: c, checks: requestChecks}
	if c.Extension != nil {
		h.checks = slices.Concat(requestChecks, c.Extension.RequestChecks())
	}
	h.grants = map[identity.GrantType]grant{
		identity.GrantAuthorizationCode: authorizationCode{c.Domain.Grants},
		identity.GrantRefreshToken:      refreshToken{c.Domain.Grants},
		identity.GrantClientCredentials: clientCredentials{c.Domain.Grants},
	}
	if c.Domain.Settings.PasswordGrant {
		h.grants[identity.GrantPassword] = passwordGrant{c.Domain.Grants}
	}
	h.metadata = h.buildMetadata()
	return h
}

// MountBrowser adds what browsers navigate to.
func (h *Handler) MountBrowser(r chi.Router) {
	r.Get(AuthorizePath, h.handleAuthorize)
	r.Post(AuthorizePath, h.handleAuthorize)
}

// MountMachine adds what programs call, from any origin.
func (h *Handler) MountMachine(r chi.Router) {
	r.Post(TokenPath, h.handleToken)
	r.Post(RevokePath, h.handleRevoke)
	r.Get(MetadataPath, h.handleMetadata)
}

// MountServer adds what only servers call.
func (h *Handler) MountServer(r chi.Router) {
	r.Post(IntrospectPath, h.handleIntrospect)
}

func (h *Handler) issuer() string { return h.Domain.Settings.Issuer }

func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	WriteError(w, r, h.Logger, h.issuer(), err)
}
