package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"

	"github.com/go-chi/chi/v5"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/userdata"
	"github.com/authly/authly/internal/cookie"
	"github.com/authly/authly/internal/logo"
	"github.com/authly/authly/internal/parameters"
)

// The pages' paths.
const (
	pathStart    = "/"
	pathLogin    = "/login"
	pathConsent  = "/consent"
	pathLogo     = "/consent/logo"
	pathPassword = string(identity.ReturnToPassword)
	pathSecond   = "/login/second"
	pathCode     = "/login/code"
	pathSecurity = string(identity.ReturnToSecurity)
	pathTOTP     = string(identity.ReturnToTOTP)
	pathCodes    = string(identity.ReturnToCodes)
	pathDownload = "/account/security/codes/download"
	pathRecovery = "/login/recovery-code"
	pathBrowsers = "/account/devices/browsers"
	pathPasskey  = string(identity.ReturnToPasskey)
	pathKey      = string(identity.ReturnToKey)
	pathRecover  = "/recover"
	pathEmail    = string(identity.ReturnToEmail)
	pathAccount  = "/account"
	pathProfile  = string(identity.ReturnToProfile)
	pathDevices  = string(identity.ReturnToDevices)
	pathApps     = string(identity.ReturnToApps)
	pathAppLogo  = "/account/applications/logo"
	pathActivity = string(identity.ReturnToActivity)
	pathData     = string(identity.ReturnToData)
	pathDelete   = string(identity.ReturnToDelete)
	pathVerify   = identity.VerificationPath
	pathUndo     = identity.UndoPath
	pathDevice   = identity.DevicePath
	pathProvider = "/login/provider/"
	pathCallback = identity.CallbackPath
	pathLink     = "/login/link"
	pathTerms    = "/terms"
	pathEnrol    = "/enrol"
	LogoutPath   = "/logout" // where people end their session
	pathAssets   = "/assets/"

	pathRecoverNew     = identity.RecoveryPath
	pathRecoverPasskey = "/recover/passkey"
	pathSecondStep     = "/account/security/second-step"
	pathRenamePasskey  = "/account/security/passkey/rename"
	pathRemovePasskey  = "/account/security/passkey/remove"
	pathConnections    = string(identity.ReturnToConnections)
	pathRequests       = string(identity.ReturnToRequests)
	pathConnect        = "/account/connections/connect/"
	pathEmailChange    = "/account/email/change"
	pathEmailCancel    = "/account/email/change/cancel"

	pathRegister        = "/register"
	pathRegisterCode    = identity.RegistrationCodePath
	pathRegisterAccount = "/register/account"

	// Where password managers look for the page that changes a password (W3C, A Well-Known URL for Changing Passwords).
	pathChangePassword = "/.well-known/change-password"
)

// paramInteraction carries the handle of an interaction.
const paramInteraction = "interaction"

// paramAdded says on the sign-in page what a page of before has added, to be used there.
const paramAdded = "added"

// Config is what the pages stand on.
type Config struct {
	Issuer        string // the one issuer string; it has no path
	Domain        *identity.Domain
	Cookie        cookie.SessionCookie // keeps the secret of the session
	Device        cookie.SessionCookie // keeps that by which the browser is known
	Pending       cookie.SessionCookie // keeps a first factor until the second
	Anonymous     cookie.SessionCookie // tells browsers apart that were shown a ceremony of passkeys, or sent to a provider
	Registration  cookie.SessionCookie // keeps the secret of a registration until there is an account
	Code          cookie.SessionCookie // keeps the secret of a code that was mailed to whom the browser says to be
	Offer         cookie.SessionCookie // keeps who has declined a passkey
	Language      cookie.SessionCookie // keeps the language that was chosen
	State         cookie.SessionCookie // shows our frame whether the session has changed
	Logger        *slog.Logger
	AuthorizePath string // path of the authorization endpoint
	Logos         *logo.Logos
	Documents     *userdata.Documents // of all that is stored about a person
}

// DenyFunc finishes an interaction that the person refused and returns the browser to the client with access_denied
// (RFC 6749 §4.1.2.1).
type DenyFunc func(w http.ResponseWriter, r *http.Request, i identity.Interaction, b identity.BrowserSession)

// Handler serves the pages.
type Handler struct {
	Config
	host       string                   // host of the issuer, shown below each page
	steps      map[identity.Step]string // path where each step is done, but for StepReturn
	returnable map[string]string        // paths of the pages to which the browser can be sent back, by themselves
	current    atomic.Pointer[look]     // what pages were last made of
}

// New makes the Handler. It panics on an issuer that is not a URL, which the configuration has excluded.
func New(c Config) *Handler {
	issuer, err := url.Parse(c.Issuer)
	if err != nil {
		panic("web: issuer: " + err.Error())
	}
	return &Handler{Config: c, host: issuer.Host, returnable: map[string]string{}, steps: map[identity.Step]string{
		identity.StepRegister:     pathRegister,
		identity.StepFirstFactor:  pathLogin,
		identity.StepSecondFactor: pathSecond,
		identity.StepLink:         pathLink,
		identity.StepEnrol:        pathTOTP,
		identity.StepPassword:     pathPassword,
		identity.StepVerifyEmail:  pathVerify,
		identity.StepTerms:        pathTerms,
		identity.StepOffer:        pathEnrol,
		identity.StepConsent:      pathConsent,
		identity.StepIssue:        c.AuthorizePath,
		identity.StepRepeat:       c.AuthorizePath,
	}}
}

// Mount adds the routes of the pages. The router's middlewares must set the context of the request
// (identity.WithActor), bound the body and refuse cross-origin posts: cookies authenticate these routes.
func (h *Handler) Mount(r chi.Router, deny DenyFunc) {
	h.mount(r, map[string]formPage{
		pathLogin:    {h.showLogin, h.signIn},
		pathConsent:  {h.showConsent, h.submitConsent(deny)},
		pathTerms:    {h.showTerms, h.submitTerms(deny)},
		pathPassword: {h.withPasswords(h.showPassword), h.withPasswords(h.changePassword)},
		pathSecond:   {h.showSecondStep, h.proveSecondFactor},
		pathSecurity: {h.showSecurity, h.removeTOTP},
		pathTOTP:     {h.showTOTP, h.addTOTP},
		pathRecovery: {h.showRecoveryCode, h.proveRecoveryCode},
		pathCodes:    {h.showCodes, h.keepCodes},
		LogoutPath:   {h.showLogout, h.signOut},
		pathDevice:   {h.showDevice, h.findDevice},
		pathLink:     {h.showLink, h.connect},
		pathEnrol:    {h.showOffer, h.declineOffer},
		pathVerify:   {h.showVerification, h.verifyAddress},

		pathConnections: {h.showConnections, h.removeConnection},
		pathRequests:    {h.showRequests, h.openRequest},
		pathProfile:     {h.showProfile, h.changeProfile},
		pathDevices:     {h.showDevices, h.endDevices},
		pathApps:        {h.showApplications, h.revokeApplication},
		pathData:        {h.showData, h.exportData},
		pathDelete:      {h.showDeletion, h.deleteAccount},
	})
	r.Post(pathDownload, h.serve(h.downloadCodes))
	r.Post(pathBrowsers, h.serve(h.forgetBrowsers))
	h.mount(r, map[string]formPage{ // administrators hand over links also where no mail is sent
		pathRecoverNew:     {h.showNewPassword, h.replacePassword},
		pathRecoverPasskey: {h.withPasskeys(h.showRecoveryPasskey), h.withPasskeys(h.replaceByPasskey)},
	})
	if h.Domain.Recovery.Enabled() {
		h.mount(r, map[string]formPage{pathRecover: {h.showRecover, h.requestRecovery}})
	}
	if h.Domain.SignInCodes.Enabled() {
		h.mount(r, map[string]formPage{pathCode: {h.showCode, h.submitCode}})
	}
	if h.Domain.Addresses.Enabled() {
		h.mount(r, map[string]formPage{
			pathEmail: {h.showEmail, h.requestVerification},
			pathUndo:  {h.showUndo, h.undoChange},
		})
		r.Post(pathEmailChange, h.serve(h.requestChange))
		r.Post(pathEmailCancel, h.serve(h.cancelChange))
	}
	h.mount(r, map[string]formPage{
		pathPasskey: h.newPasskeyPages(identity.CredentialPasskey),
		pathKey:     h.newPasskeyPages(identity.CredentialSecurityKey),
	})
	r.Post(pathSecondStep, h.serve(h.setSecondStep))
	r.Post(pathRenamePasskey, h.serve(h.renamePasskey))
	r.Post(pathRemovePasskey, h.serve(h.removePasskey))
	if h.Domain.Registrations.Enabled() {
		h.mount(r, map[string]formPage{
			pathRegister:        {h.showRegister, h.beginRegistration},
			pathRegisterCode:    {h.showRegisterCode, h.proveAddress},
			pathRegisterAccount: {h.showRegisterAccount, h.makeAccount},
		})
	}
	r.Get(pathProvider+"{slug}", h.serve(h.goToProvider))
	r.Get(pathConnect+"{slug}", h.serve(h.connectProvider))
	r.Get(pathCallback+"{slug}", h.serve(h.comeFromProvider))
	r.Get(pathLogo, h.serve(h.showLogo))
	r.Get(pathAppLogo, h.serve(h.showApplicationLogo))
	for path, show := range map[string]endpoint{pathActivity: h.showActivity, pathStart: h.showStart, pathAccount: h.showAccount} {
		h.returnable[path] = path
		r.Get(path, h.serve(show))
	}
	r.Post(pathLanguage, h.serve(h.chooseLanguage))
	r.Get(pathChangePassword, h.serve(h.withPasswords(func(w http.ResponseWriter, r *http.Request) error {
		h.redirect(w, r, pathPassword)
		return nil
	})))
}

// formPage is a page with a form that posts to the page's own path.
type formPage struct{ get, post endpoint }

func (h *Handler) mount(r chi.Router, pages map[string]formPage) {
	for path, page := range pages {
		h.returnable[path] = path
		r.Get(path, h.serve(page.get))
		r.Post(path, h.serve(page.post))
	}
}

// MountAssets adds the files that pages load.
func (h *Handler) MountAssets(r chi.Router) { r.Get(pathAssets+"*", h.serveAsset) }

// endpoint writes a response, or returns the error to respond with.
type endpoint func(w http.ResponseWriter, r *http.Request) error

func (h *Handler) serve(e endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r = withReader(r)
		if err := parameters.Read(r); err != nil {
			h.fail(w, r, identity.Errorf(identity.Invalid, identity.CodeValidation, "%s", err.Error()))
			return
		}
		if err := e(w, r); err != nil {
			h.noteRefusal(r, identity.Client{}, err)
			h.fail(w, r, err)
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
	readerOf(r).locale = b.User.Claims.Locale
	return &b, nil
}

// loadInteraction finds out what a request is about. When it belongs to an interaction that is at none of the steps, the
// browser has been sent to where it goes on and here is false.
func (h *Handler) loadInteraction(w http.ResponseWriter, r *http.Request, steps ...identity.Step) (pc pageContext, here bool, err error) {
	if pc.browser, err = h.Browser(r); err != nil {
		return pageContext{}, false, err
	}
	if !r.Form.Has(paramInteraction) {
		return pc, true, nil
	}
	i, err := h.Load(r, r.Form.Get(paramInteraction))
	if err != nil {
		return pageContext{}, false, err
	}
	pc.interaction = &i
	next, err := h.Domain.Interactions.Next(r.Context(), i, pc.browser)
	if errors.Is(err, identity.ErrInteractionNotFound) {
		h.noteRefusal(r, i.Client, err)
		h.Finished(w, r, i)
		return pageContext{}, false, nil
	}
	if err != nil {
		return pageContext{}, false, err
	}
	if !slices.Contains(steps, next) {
		return pageContext{}, false, h.resume(w, r, pc)
	}
	pc.step = next
	return pc, true, nil
}

// resume lets an interaction go on where the domain says.
func (h *Handler) resume(w http.ResponseWriter, r *http.Request, pc pageContext) error {
	path, err := h.resumption(r, pc)
	if err == nil {
		h.redirect(w, r, path)
	}
	return err
}

// resumption returns the path where an interaction goes on. That of an authorization request is asked by its endpoint, which also
// answers it. Without an interaction it is the home page.
func (h *Handler) resumption(r *http.Request, pc pageContext) (string, error) {
	switch {
	case pc.interaction == nil:
		return pathLogin, nil
	case pc.interaction.Kind == identity.InteractionAuthorize:
		return h.pathOf(identity.StepIssue, *pc.interaction), nil
	}
	step, err := h.Domain.Interactions.Next(r.Context(), *pc.interaction, pc.browser)
	if err != nil {
		return "", err
	}
	return h.pathOf(step, *pc.interaction), nil
}

// requireSignIn begins an interaction that comes back to the path.
func (h *Handler) requireSignIn(w http.ResponseWriter, r *http.Request, path identity.ReturnPath) error {
	return h.begin(w, r, h.Domain.Interactions.NewAccount(path))
}

// begin sends the browser to where an interaction begins.
func (h *Handler) begin(w http.ResponseWriter, r *http.Request, i identity.Interaction) error {
	return h.seal(w, r, pageContext{}, i)
}

// seal goes on with an interaction that is new or has changed.
func (h *Handler) seal(w http.ResponseWriter, r *http.Request, pc pageContext, i identity.Interaction) error {
	i, err := h.Domain.Interactions.Seal(i)
	if err != nil {
		return err
	}
	pc.interaction = &i
	return h.resume(w, r, pc)
}

// Handle returns the handle of the interaction that a browser comes back with, or "".
func (h *Handler) Handle(params url.Values) string { return params.Get(paramInteraction) }

// RedirectTo sends the browser to where a step of an interaction with a handle is done.
func (h *Handler) RedirectTo(w http.ResponseWriter, r *http.Request, step identity.Step, i identity.Interaction) {
	h.redirect(w, r, h.pathOf(step, i))
}

// pathOf returns where a step of an interaction with a handle is done.
func (h *Handler) pathOf(step identity.Step, i identity.Interaction) string {
	switch {
	case step == identity.StepReturn:
		return string(i.ReturnPath)
	case i.Elsewhere() && step == identity.StepRepeat:
		return link(elsewherePages[i.Kind], i.Handle)
	}
	return link(h.steps[step], i.Handle)
}

// redirect answers 303 to a path of the server: a form that was posted must not be posted again (RFC 9700 §4.12).
func (h *Handler) redirect(w http.ResponseWriter, r *http.Request, path string) {
	http.Redirect(w, r, path, http.StatusSeeOther)
}

// link adds the handle of an interaction to a path.
func link(path, handle string) string {
	return path + "?" + paramInteraction + "=" + url.QueryEscape(handle)
}
