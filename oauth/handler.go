package oauth

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"

	"github.com/go-chi/chi/v5"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/bearer"
)

// Pages is what the authorization endpoint needs of the browser surface.
type Pages interface {
	// Browser returns who the browser's cookie stands for; nil when nobody is signed in.
	Browser(r *http.Request) (*identity.BrowserSession, error)
	// Handle returns the handle of the interaction that a browser comes back with, or "".
	Handle(params url.Values) string
	// Load opens the handle of an interaction, with what the browser has proven for it.
	Load(r *http.Request, handle string) (identity.Interaction, error)
	// RedirectTo sends the browser to where a step of an interaction with a handle is done.
	RedirectTo(w http.ResponseWriter, r *http.Request, step identity.Step, i identity.Interaction)
	// Error shows a failure to a person; nothing is redirected.
	Error(w http.ResponseWriter, r *http.Request, err error)
	// Finished tells a person that somebody else has finished the interaction; nothing is redirected.
	Finished(w http.ResponseWriter, r *http.Request, i identity.Interaction)
	// FormPost shows a page that posts values to action by itself (Form Post Response Mode).
	FormPost(w http.ResponseWriter, r *http.Request, action string, values url.Values)
}

// Extension is the seam that OpenID Connect plugs into.
type Extension interface {
	// RequestChecks are the extension's own checks of an authorization request, which run after those of OAuth.
	RequestChecks() []RequestCheck
	// IDToken returns the ID token that goes with what else is handed out, or "" where none is due.
	IDToken(ctx context.Context, issued identity.Issuance, with HandedOut) (string, error)
	// Respond adds to the parameters of a successful authorization response. Whoever is signed in stays so.
	Respond(w http.ResponseWriter, r *http.Request, i identity.Interaction, values url.Values) error
	// Metadata adds members to the metadata document. attributes are those that some scope releases.
	Metadata(document map[string]any, attributes []identity.AttributeDefinition)
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
	metadata []byte // while no attribute is released and no type of details is declared
	resource []byte // metadata of the protected resource
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
		identity.GrantClientCredentials: clientCredentials{c.Domain.Grants, c.Domain.Scopes},
		identity.GrantDeviceCode:        deviceCode{c.Domain.Devices},
		identity.GrantCIBA:              ciba{c.Domain.Backchannel},
		identity.GrantTokenExchange:     tokenExchange{c.Domain.Exchanges},
		identity.GrantJWTBearer:         jwtBearer{c.Domain.Assertions, c.Domain.Grants, h.assertionAudiences},
	}
	if c.Domain.Settings.Get().PasswordGrant {
		h.grants[identity.GrantPassword] = passwordGrant{c.Domain.Grants}
	}
	h.metadata, h.resource = h.buildMetadata(nil, nil), h.buildResourceMetadata()
	return h
}

// endpoint is a row of the tables below, from which the routes, the metadata and the paths for other origins are made.
type endpoint struct {
	path   string
	method string
	handle http.HandlerFunc
	member string // of the metadata document (RFC 8414 §2), or empty
}

// browserEndpoints are what browsers navigate to.
func (h *Handler) browserEndpoints() []endpoint {
	return []endpoint{
		{AuthorizePath, http.MethodGet, h.handleAuthorize, "authorization_endpoint"},
		{AuthorizePath, http.MethodPost, h.handleAuthorize, ""},
	}
}

// machineEndpoints are what programs call, from any origin.
func (h *Handler) machineEndpoints() []endpoint {
	list := []endpoint{
		{PARPath, http.MethodPost, h.handlePushed, "pushed_authorization_request_endpoint"},
		{DevicePath, http.MethodPost, h.handleDevice, "device_authorization_endpoint"},
		{TokenPath, http.MethodPost, h.handleToken, "token_endpoint"},
		{RevokePath, http.MethodPost, h.handleRevoke, "revocation_endpoint"},
		{MetadataPath, http.MethodGet, h.handleMetadata, ""},
		{bearer.MetadataPath, http.MethodGet, h.handleResourceMetadata, ""},
	}
	if h.Domain.Settings.Get().ClientRegistration.Mode != identity.ClientRegistrationClosed {
		list = append(list, endpoint{RegisterPath, http.MethodPost, h.handleRegister, "registration_endpoint"})
	}
	return list
}

// serverEndpoints are what only servers call.
func (h *Handler) serverEndpoints() []endpoint {
	return []endpoint{
		{IntrospectPath, http.MethodPost, h.handleIntrospect, "introspection_endpoint"},
		{CIBAPath, http.MethodPost, h.handleBackchannel, "backchannel_authentication_endpoint"},
		// Also where nobody registers any more: who has may look at it, change it and go.
		{registrationPath, http.MethodGet, h.handleRegistration, ""},
		{registrationPath, http.MethodPut, h.handleRegistration, ""},
		{registrationPath, http.MethodDelete, h.handleRegistration, ""},
	}
}

// certifiedEndpoints are those at which clients authenticate.
func (h *Handler) certifiedEndpoints() []endpoint {
	return slices.DeleteFunc(slices.Concat(h.machineEndpoints(), h.serverEndpoints()), func(e endpoint) bool {
		return e.member == "" || e.path == RegisterPath
	})
}

// CertifiedPaths lists the paths at which clients authenticate, also by certificates.
func (h *Handler) CertifiedPaths() []string {
	var paths []string
	for _, e := range h.certifiedEndpoints() {
		paths = append(paths, e.path)
	}
	return paths
}

// MountBrowser adds what browsers navigate to.
func (h *Handler) MountBrowser(r chi.Router) { mount(r, h.browserEndpoints()) }

// MountMachine adds what programs call, from any origin.
func (h *Handler) MountMachine(r chi.Router) { mount(r, h.machineEndpoints()) }

// MountServer adds what only servers call.
func (h *Handler) MountServer(r chi.Router) { mount(r, h.serverEndpoints()) }

func mount(r chi.Router, endpoints []endpoint) {
	for _, e := range endpoints {
		r.MethodFunc(e.method, e.path, e.handle)
	}
}

// CrossOriginPaths lists the paths of MountMachine, which scripts of any origin may call.
func (h *Handler) CrossOriginPaths() []string {
	var paths []string
	for _, e := range h.machineEndpoints() {
		paths = append(paths, e.path)
	}
	return paths
}

func (h *Handler) issuer() string { return h.Domain.Settings.Get().Issuer }

// fail refuses a request. client is who has sent it, or zero as long as that is not known.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, client identity.Client, err error) {
	NoteRefusal(h.Domain.Refusals, r, endpoints[r.URL.Path], identity.Bearer{Client: client}, err)
	if identity.AsError(err).Code == identity.CodeAuthorizationPending {
		forgive(w)
	}
	WriteError(w, r, h.Logger, h.issuer(), err)
}
