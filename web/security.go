package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/qrcode"
)

// securityPage is the data of security.html.
type securityPage struct {
	Action     string
	Password   string // where it is changed; empty: none is taken
	NoPassword bool   // the user has none
	AddTOTP    string
	Home       string
	TOTPSince  *time.Time // nil: there is no app
	TOTPUsed   *time.Time
	Codes      string // where a new set of recovery codes is taken; empty: there is nothing that they would stand for
	CodesLeft  int
	Problem    *phrase

	AddPasskey    string // empty: there are no passkeys
	AddKey        string // as well
	RenamePasskey string
	RemovePasskey string
	SecondStep    string // where the person says whether passkeys are asked for after the password; empty: there are none
	SecondStepOn  bool
	Passkeys      []identity.Passkey
	SecurityKeys  []identity.Passkey
	Accepted      string // what authenticators are told of them, JSON
}

// totpPage is the data of totp.html.
type totpPage struct {
	form
	Client   string // name of the client that waits for it, or empty
	Required bool   // the person cannot go on without
	Username string
	Sealed   string // the secret, under seal
	Secret   string // the same in groups of four, to be typed
	Code     qrcode.Code
	Passkey  string // where a passkey is added instead, or empty
	Key      string // where a security key is, or empty
	Home     string
	Problem  *phrase
}

func (h *Handler) showSecurity(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToSecurity, false)
	if err != nil || b == nil {
		return err
	}
	return h.renderSecurity(w, r, http.StatusOK, *b, nil)
}

func (h *Handler) renderSecurity(w http.ResponseWriter, r *http.Request, status int, b identity.BrowserSession, problem *phrase) error {
	state, err := h.Domain.SecondFactors.Of(r.Context(), b.User)
	if err != nil {
		return err
	}
	p := securityPage{
		Action: pathSecurity, Password: pathPassword, AddTOTP: pathTOTP, Home: pathAccount,
		CodesLeft: state.RecoveryCodes.Left, Problem: problem,
	}
	p.NoPassword = b.User.Password.Hash == ""
	if !h.Domain.Settings.Get().TakesPasswords() {
		p.Password = ""
	}
	if state.TOTP != nil {
		p.TOTPSince, p.TOTPUsed = &state.TOTP.CreatedAt, state.TOTP.LastUsedAt
	}
	if err := h.listPasskeys(r, b, &p); err != nil {
		return err
	}
	if p.SecondStepOn = b.User.SecondStep; b.User.Passkey || p.SecondStepOn {
		p.SecondStep = pathSecondStep
	}
	if b.User.SecondFactor() || b.User.Passkey {
		p.Codes = pathCodes
	}
	h.render(w, r, status, page{
		template: "security.html", title: say("Sign-in and security"), account: pathSecurity, script: better, passkeys: p.Accepted != "", data: p,
	})
	return nil
}

// removeTOTP is the one form of the page.
func (h *Handler) removeTOTP(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToSecurity, true)
	if err != nil || b == nil {
		return err
	}
	err = h.Domain.SecondFactors.RemoveTOTP(r.Context(), *b)
	if errors.Is(err, identity.ErrSessionNotFound) { // it ended, or its level was not enough, since the page was asked for
		return h.requireFresh(w, r, identity.ReturnToSecurity)
	}
	if err != nil {
		return err
	}
	h.redirect(w, r, pathSecurity)
	return nil
}

// secureBrowser returns who is signed in, with the second factor if they have one, and lately if that is asked for. When
// nobody is, the browser has been sent to sign in, and comes back to the path.
func (h *Handler) secureBrowser(
	w http.ResponseWriter, r *http.Request, path identity.ReturnPath, fresh bool,
) (*identity.BrowserSession, error) {
	b, err := h.Browser(r)
	switch {
	case err != nil:
		return nil, err
	case b != nil && h.Domain.Settings.Get().PasswordDue(b.User):
		h.redirect(w, r, pathPassword)
		return nil, nil
	case fresh && (b == nil || b.SecondFactorUnproven() || !h.Domain.Interactions.Fresh(b.Session)):
		return nil, h.requireFresh(w, r, path)
	case b == nil || b.SecondFactorUnproven():
		return nil, h.requireSignIn(w, r, path)
	}
	return b, nil
}

// requireFresh begins an interaction that comes back to the path after a fresh sign-in.
func (h *Handler) requireFresh(w http.ResponseWriter, r *http.Request, path identity.ReturnPath) error {
	return h.begin(w, r, h.Domain.Interactions.NewSecurity(path))
}

func (h *Handler) showTOTP(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadTOTP(w, r)
	if err != nil || !here {
		return err
	}
	return h.renderTOTP(w, r, http.StatusOK, pc, h.Domain.SecondFactors.NewTOTP(*pc.browser), nil)
}

func (h *Handler) addTOTP(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadTOTP(w, r)
	if err != nil || !here {
		return err
	}
	sealed := r.PostForm.Get("enrolment")
	started, err := h.Domain.SecondFactors.AddTOTP(r.Context(), *pc.browser, sealed, identity.SecondStep{
		Code: r.PostForm.Get("code"), Device: h.Device.Get(r),
	})
	switch {
	case err == nil:
	case errors.Is(err, identity.ErrInvalidCode):
		enrolment, err := h.Domain.SecondFactors.TOTP(*pc.browser, sealed)
		if err != nil { // the session has another id than when the page was made: begin with another secret
			enrolment = h.Domain.SecondFactors.NewTOTP(*pc.browser)
		}
		return h.renderTOTP(w, r, http.StatusUnauthorized, pc, enrolment, say("The code is wrong. Enter the one that the app shows now."))
	case errors.Is(err, identity.ErrSessionNotFound), identity.AsError(err).Code == identity.CodeDuplicateCredential: // another tab was faster
		return h.leaveEnrolment(w, r, pc)
	default:
		return err
	}
	h.setCookies(w, started)
	return h.takeCodes(w, r, pc, started.User)
}

// takeCodes leads from what a user is asked for from now on to the codes that stand for it when it is lost.
func (h *Handler) takeCodes(w http.ResponseWriter, r *http.Request, pc pageContext, user identity.User) error {
	switch {
	case pc.interaction == nil:
		h.redirect(w, r, pathCodes)
	case h.Domain.Settings.Get().PasswordDue(user): // which comes first on the account pages, and in the interaction now
		return h.resume(w, r, pc)
	default:
		h.redirect(w, r, link(pathCodes, pc.interaction.Handle))
	}
	return nil
}

// leaveEnrolment leads on where the interaction goes, or to the page that led here.
func (h *Handler) leaveEnrolment(w http.ResponseWriter, r *http.Request, pc pageContext) error {
	if pc.interaction != nil {
		return h.resume(w, r, pc)
	}
	h.redirect(w, r, pathSecurity)
	return nil
}

// loadTOTP is loadInteraction for the page that adds an app: a client demands it, or the person comes by themselves.
func (h *Handler) loadTOTP(w http.ResponseWriter, r *http.Request) (pageContext, bool, error) {
	pc, here, err := h.loadInteraction(w, r, identity.StepEnrol, identity.StepOffer)
	if err == nil && here && h.onlyPasskey(w, r, pc) {
		return pageContext{}, false, nil
	}
	if err != nil || !here || pc.interaction != nil {
		return pc, here, err
	}
	pc.browser, err = h.secureBrowser(w, r, identity.ReturnToTOTP, true)
	if err != nil || pc.browser == nil {
		return pageContext{}, false, err
	}
	if pc.browser.User.App {
		h.redirect(w, r, pathSecurity)
		return pageContext{}, false, nil
	}
	return pc, true, nil
}

func (h *Handler) renderTOTP(
	w http.ResponseWriter, r *http.Request, status int, pc pageContext, e identity.TOTPEnrolment, problem *phrase,
) error {
	code, err := qrcode.Encode(e.URI)
	if err != nil {
		return err
	}
	passkey, key := "", ""
	if pc.step == identity.StepEnrol && h.Domain.Passkeys.Enabled() {
		passkey, key = link(pathPasskey, pc.interaction.Handle), link(pathKey, pc.interaction.Handle)
	}
	h.render(w, r, status, page{
		template: "totp.html", title: say("Add an authenticator app"), returnTo: pc.returnTo(), script: better, data: totpPage{
			form: pc.form(pathTOTP), Client: pc.clientName(), Required: pc.step == identity.StepEnrol, Username: pc.browser.User.Username,
			Sealed: e.Sealed, Secret: inGroups(e.Secret), Code: code, Passkey: passkey, Key: key, Home: pc.unenrolled(), Problem: problem,
		},
	})
	return nil
}

// inGroups sets a space after each four characters.
func inGroups(text string) string {
	var groups []string
	for len(text) > 4 {
		groups, text = append(groups, text[:4]), text[4:]
	}
	return strings.Join(append(groups, text), " ")
}
