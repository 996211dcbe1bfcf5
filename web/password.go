package web

import (
	"errors"
	"net/http"

	"github.com/authly/authly/identity"
)

// wrongCurrent is said of a current password that is wrong or was left out.
var wrongCurrent = say("The current password is wrong.")

// notTheSame is said of a new password that was typed in two ways.
var notTheSame = say("The two new passwords are not the same.")

// passwordPage is the data of password.html.
type passwordPage struct {
	form
	Username string
	Required bool // the person cannot go on without a new password
	Proven   bool // the current password was typed a moment ago, or there is none
	None     bool // there is none
	Home     string

	// What is wrong, for the page and for each field.
	Problem *phrase
	Current *phrase
	New     *phrase
	Confirm *phrase
}

// FocusNew reports whether the new password is to be typed first.
func (p passwordPage) FocusNew() bool { return p.New != nil || p.Proven && p.Confirm == nil }

func (h *Handler) showPassword(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadPassword(w, r)
	if err != nil || !here {
		return err
	}
	h.renderPassword(w, r, http.StatusOK, pc, passwordPage{})
	return nil
}

func (h *Handler) changePassword(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadPassword(w, r)
	if err != nil || !here {
		return err
	}
	current, next := r.PostForm.Get("password"), r.PostForm.Get("new_password")
	if next != r.PostForm.Get("confirm_password") {
		h.renderPassword(w, r, http.StatusBadRequest, pc, passwordPage{Confirm: notTheSame})
		return nil
	}
	if current == "" && !h.Domain.SignIn.JustProven(*pc.browser) {
		h.renderPassword(w, r, http.StatusUnauthorized, pc, passwordPage{Current: wrongCurrent})
		return nil
	}
	started, err := h.Domain.SignIn.ChangePassword(r.Context(), pc.browser.Session, identity.PasswordChange{
		Current: current, Next: next, Device: h.Device.Get(r),
	})
	if errors.Is(err, identity.ErrSessionNotFound) { // it ended since the page was asked for
		return h.resume(w, r, pc)
	}
	if err != nil {
		return h.refusePassword(w, r, pc, err)
	}
	h.setCookies(w, started)
	return h.resume(w, r, pc)
}

func (h *Handler) refusePassword(w http.ResponseWriter, r *http.Request, pc pageContext, err error) error {
	if e := identity.AsError(err); e.Kind == identity.Invalid && e.Code == identity.CodePasswordPolicy {
		h.renderPassword(w, r, http.StatusBadRequest, pc, passwordPage{New: refusal(e)})
		return nil
	}
	status, problem, ok := formProblem(w, err)
	switch {
	case !ok:
		return err
	case errors.Is(err, identity.ErrInvalidCredentials) && h.justChanged(*pc.browser): // a second click
		return h.resume(w, r, pc)
	case errors.Is(err, identity.ErrInvalidCredentials):
		h.renderPassword(w, r, status, pc, passwordPage{Current: wrongCurrent})
	default:
		h.renderPassword(w, r, status, pc, passwordPage{Problem: problem})
	}
	return nil
}

func (h *Handler) renderPassword(w http.ResponseWriter, r *http.Request, status int, pc pageContext, p passwordPage) {
	p.form, p.Home = pc.form(pathPassword), pathAccount
	p.Username, p.Required = pc.browser.User.Username, h.Domain.Settings.Get().PasswordDue(pc.browser.User)
	p.None = pc.browser.User.Password.Hash == ""
	p.Proven = p.Current == nil && h.Domain.SignIn.JustProven(*pc.browser)
	shown := page{template: "password.html", title: say("Change your password"), returnTo: pc.returnTo(), script: better, data: p}
	if pc.interaction == nil && !p.Required {
		shown.account = pathPassword
	}
	h.render(w, r, status, shown)
}

// withPasswords serves a page while passwords are taken.
func (h *Handler) withPasswords(e endpoint) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !h.Domain.Settings.Get().TakesPasswords() {
			h.NotFound(w, r)
			return nil
		}
		return e(w, r)
	}
}

// loadPassword is loadInteraction for a page that needs somebody who is signed in.
func (h *Handler) loadPassword(w http.ResponseWriter, r *http.Request) (pageContext, bool, error) {
	pc, here, err := h.loadInteraction(w, r, identity.StepPassword)
	if err == nil && here && (pc.browser == nil || pc.interaction == nil && pc.browser.SecondFactorUnproven()) {
		return pageContext{}, false, h.requireSignIn(w, r, identity.ReturnToPassword)
	}
	if err == nil && here && pc.interaction == nil && pc.browser.User.Password.Hash == "" && !h.Domain.SignIn.JustProven(*pc.browser) {
		return pageContext{}, false, h.requireFresh(w, r, identity.ReturnToPassword)
	}
	return pc, here, err
}
