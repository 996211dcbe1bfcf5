package server

import (
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/authly/authly/console"
	"github.com/authly/authly/graph"
	"github.com/authly/authly/graph/playground"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/cookie"
	"github.com/authly/authly/internal/logo"
	"github.com/authly/authly/internal/middleware"
	"github.com/authly/authly/oauth"
	"github.com/authly/authly/oidc"
	"github.com/authly/authly/ssf"
	"github.com/authly/authly/web"
)

const graphPath = "/graphql"

// maxForm bounds the body of every request but those of the admin API, which bounds its own.
const maxForm = 64 << 10

// routes names every route and what happens around it.
func (s *Server) routes() http.Handler {
	device := cookie.New(s.config.Issuer, cookie.Device)
	budget := s.budget(device)
	pages := web.New(web.Config{
		Issuer: s.config.Issuer, Domain: s.Domain, Logger: s.logger,
		Cookie: cookie.New(s.config.Issuer, cookie.Session), Device: device, Pending: cookie.New(s.config.Issuer, cookie.Pending),
		Anonymous:     cookie.New(s.config.Issuer, cookie.Browser),
		Registration:  cookie.New(s.config.Issuer, cookie.Registration),
		Code:          cookie.New(s.config.Issuer, cookie.Code),
		Offer:         cookie.New(s.config.Issuer, cookie.Offer),
		Language:      cookie.New(s.config.Issuer, cookie.Language),
		State:         cookie.NewReadable(s.config.Issuer, cookie.State),
		AuthorizePath: oauth.AuthorizePath, Logos: logo.New(s.outbound.GetImage, s.source), Documents: s.documents,
	})
	oauthHandler := oauth.New(oauth.Config{
		Domain: s.Domain, Extension: &oidc.Extension{Domain: s.Domain, Pages: pages}, Pages: pages, Logger: s.logger,
	})
	oidcHandler := &oidc.Handler{Domain: s.Domain, Pages: pages, Logger: s.logger, Document: oauthHandler.Document}
	signals := ssf.New(s.Domain, s.logger)
	adminConsole := console.New(console.Config{
		Issuer: s.config.Issuer, Version: version(), Domain: s.Domain, Logger: s.logger,
		Session: cookie.New(s.config.Issuer, cookie.Console), Browser: cookie.New(s.config.Issuer, cookie.ConsoleSignIn),
		Language: cookie.New(s.config.Issuer, cookie.Language), AuthorizePath: oauth.AuthorizePath, SignOutPath: web.LogoutPath,
	})
	adminConfig := graph.Config{
		Domain: s.Domain, Admin: s.Admin, Logger: s.logger, Stopping: s.stopping, Console: adminConsole.Token,
	}
	if s.responses != nil {
		adminConfig.Responses = s.responses
	}
	admin := graph.New(adminConfig)

	certificates := middleware.Certificate(s.config.MutualTLS.Header, s.config.TrustedProxies)
	r := chi.NewRouter()
	r.Use(
		middleware.RequestContext(s.source, s.config.TrustedProxies),
		s.metrics.observe(s.source.Now),
		middleware.AccessLog(s.logger, s.source.Now),
		middleware.Recover(s.logger, internalError),
		middleware.Head,
	)
	r.NotFound(s.notFound(pages))
	r.MethodNotAllowed(methodNotAllowed)
	r.Get("/health/live", s.handleLive)
	r.Get("/health/ready", s.handleReady)

	r.Group(func(r chi.Router) { // what a person sees
		r.Use(
			middleware.SecurityHeaders(middleware.Page, s.config.HTTPS()), middleware.BodyLimit(maxForm), budget.Requests(pages.TooManyRequests),
		)
		pages.MountAssets(r)
		r = r.With(middleware.NothingOnHead)
		oauthHandler.MountBrowser(r) // cross-site posts are legal here (OIDC Core §3.1.2.1)
		oidcHandler.MountBrowser(r)
		r.Group(func(r chi.Router) {
			r.Use(middleware.SameOrigin(pages.RefuseCrossOrigin))
			pages.Mount(r, oauthHandler.Deny)
		})
	})
	r.Group(func(r chi.Router) { // what programs call
		r.Use(
			middleware.SecurityHeaders(middleware.API, s.config.HTTPS()), middleware.BodyLimit(maxForm), budget.Failures,
			budget.Anonymous(tooManyRequests), certificates,
		)
		oauthHandler.MountMachine(r)
		oauthHandler.MountServer(r)
		oidcHandler.MountMachine(r)
		oidcHandler.MountServer(r)
		signals.MountServer(r)
	})
	r.Group(func(r chi.Router) { // administration
		r.Use(middleware.Gate(s.config.AdminAllowed, forbidden), budget.Failures, certificates)
		r.With(middleware.SecurityHeaders(middleware.API, s.config.HTTPS()),
			middleware.CORSFor(s.adminOrigin, http.MethodGet, http.MethodHead, http.MethodPost)).Handle(graphPath, admin)
		files := r.With(middleware.SecurityHeaders(middleware.API, s.config.HTTPS()),
			middleware.CORSFor(s.adminOrigin, http.MethodGet, http.MethodPut))
		files.Put(identity.TransferPath+"{id}", s.handleUpload)
		files.Get(identity.TransferPath+"{id}", s.handleDownload)
		files.Options(identity.TransferPath+"{id}", methodNotAllowed) // a preflight does not come so far
		r.With(middleware.SecurityHeaders(middleware.Page, s.config.HTTPS()), middleware.BodyLimit(maxForm)).
			Mount(playground.Path, playground.New(s.config.Issuer))
		r.Group(func(r chi.Router) {
			r.Use(middleware.SecurityHeaders(middleware.Page, s.config.HTTPS()), middleware.BodyLimit(maxForm))
			adminConsole.MountRedirects(r.With(middleware.NothingOnHead))
			adminConsole.Mount(r)
		})
	})
	s.router = r
	s.certified = only(r, slices.Concat(oauthHandler.CertifiedPaths(), signals.CertifiedPaths(), []string{oidc.UserInfoPath, graphPath}))
	return crossOrigin(r, slices.Concat(oauthHandler.CrossOriginPaths(), oidcHandler.CrossOriginPaths()))
}

// version is that of the program.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	return info.Main.Version
}

// WalkRoutes calls each with the method and the pattern of every route that Handler serves.
func (s *Server) WalkRoutes(each func(method, pattern string)) error {
	return chi.Walk(s.router, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		each(method, pattern)
		return nil
	})
}

// crossOrigin lets scripts of any origin use the paths that browser applications need of the standards, and nothing else.
// It stands outside the router, because a preflight asks for a method that no route has.
func crossOrigin(next http.Handler, open []string) http.Handler {
	allowed := middleware.CORS(http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut)(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slices.Contains(open, r.URL.Path) {
			allowed.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// only serves some paths of a handler. What browsers go to is not at the address that asks for certificates: cookies know no ports.
func only(next http.Handler, paths []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(paths, r.URL.Path) {
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// adminOrigin reports whether scripts of an origin may call the admin API. They are allowed no cookies.
func (s *Server) adminOrigin(r *http.Request, origin string) bool {
	if slices.Contains(s.config.AdminOrigins, origin) {
		return true
	}
	ok, err := s.Domain.ClientAuth.AdminOrigin(r.Context(), origin)
	if err != nil {
		s.logger.WarnContext(r.Context(), "origins of the admin API", "error", err, "request_id", identity.RequestID(r.Context()))
	}
	return ok
}

// plain writes a failure that no surface accounts for.
func plain(w http.ResponseWriter, r *http.Request, status int, code string) {
	writeJSON(w, status, map[string]string{"error": code, "request_id": identity.RequestID(r.Context())})
}

// prefersPage reports whether a browser that navigates asks, rather than a program: it names HTML, and before JSON.
func prefersPage(r *http.Request) bool {
	accept := strings.ToLower(r.Header.Get("Accept"))
	page, program := strings.Index(accept, "text/html"), strings.Index(accept, "json")
	return page >= 0 && (program < 0 || page < program)
}

// notFound answers a browser with a page that leads on, and a program with JSON.
func (s *Server) notFound(pages *web.Handler) http.HandlerFunc {
	page := middleware.SecurityHeaders(middleware.Page, s.config.HTTPS())(http.HandlerFunc(pages.NotFound))
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Accept")
		if prefersPage(r) {
			page.ServeHTTP(w, r)
			return
		}
		plain(w, r, http.StatusNotFound, "not_found")
	}
}

func forbidden(w http.ResponseWriter, r *http.Request) {
	plain(w, r, http.StatusForbidden, "forbidden")
}

func internalError(w http.ResponseWriter, r *http.Request) {
	plain(w, r, http.StatusInternalServerError, "server_error")
}

// methodNotAllowed names the methods that the path has (RFC 9110 §15.5.6).
func methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	routes := chi.RouteContext(r.Context()).Routes
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		if routes.Match(chi.NewRouteContext(), method, r.URL.Path) {
			w.Header().Add("Allow", method)
			if method == http.MethodGet {
				w.Header().Add("Allow", http.MethodHead)
			}
		}
	}
	plain(w, r, http.StatusMethodNotAllowed, "invalid_request")
}
