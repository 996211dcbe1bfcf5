package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/authly/authly/identity"
)

// recoverPage is the data of recover.html.
type recoverPage struct {
	form
	SignIn  string // where the person came from
	Sent    bool   // the answer to a name, whoever has it
	Problem *phrase
}

// newPasswordPage is the data of recover_new.html.
type newPasswordPage struct {
	Action   string
	Token    string
	Username string
	Code     bool // the user has a second factor

	// What is wrong, for the page and for each field.
	Problem   *phrase
	New       *phrase
	Confirm   *phrase
	WrongCode *phrase
}

// FocusNew reports whether the new password is to be typed first.
func (p newPasswordPage) FocusNew() bool { return p.Confirm == nil && p.WrongCode == nil }

// forgot returns where a forgotten password is replaced, or "" when it cannot be.
func (h *Handler) forgot(pc pageContext) string {
	if !h.Domain.Recovery.Enabled() {
		return ""
	}
	return pc.form(pathRecover).Action
}

func (h *Handler) showRecover(w http.ResponseWriter, r *http.Request) error {
	return h.renderRecover(w, r, http.StatusOK, recoverPage{})
}

// requestRecovery answers the same to every name.
func (h *Handler) requestRecovery(w http.ResponseWriter, r *http.Request) error {
	login := saneLogin(strings.TrimSpace(r.PostForm.Get("login")))
	if err := h.Domain.Recovery.Request(r.Context(), login, h.Device.Get(r)); err != nil {
		status, problem, ok := formProblem(w, err)
		if !ok {
			return err
		}
		return h.renderRecover(w, r, status, recoverPage{Problem: problem})
	}
	return h.renderRecover(w, r, http.StatusOK, recoverPage{Sent: true})
}

func (h *Handler) renderRecover(w http.ResponseWriter, r *http.Request, status int, p recoverPage) error {
	var pc pageContext
	if r.Form.Has(paramInteraction) { // to which signing in goes on to belong
		i, err := h.Domain.Interactions.Load(r.Context(), r.Form.Get(paramInteraction))
		if err != nil {
			return err
		}
		readerOf(r).about(i)
		pc.interaction = &i
	}
	p.form, p.SignIn = pc.form(pathRecover), pc.form(pathLogin).Action
	h.render(w, r, status, page{template: "recover.html", title: say("Forgot your password?"), script: better, data: p})
	return nil
}

// showNewPassword is what a mailed link opens. Whatever opens links by itself changes nothing.
func (h *Handler) showNewPassword(w http.ResponseWriter, r *http.Request) error {
	return h.renderNewPassword(w, r, http.StatusOK, newPasswordPage{})
}

func (h *Handler) replacePassword(w http.ResponseWriter, r *http.Request) error {
	next := r.PostForm.Get("new_password")
	if next != r.PostForm.Get("confirm_password") {
		return h.renderNewPassword(w, r, http.StatusBadRequest, newPasswordPage{Confirm: notTheSame})
	}
	started, err := h.Domain.Recovery.Complete(r.Context(), identity.RecoveryAttempt{
		Token: r.PostForm.Get("token"), Next: next, Code: r.PostForm.Get("code"), Cookie: h.Cookie.Get(r), Device: h.Device.Get(r),
	})
	e := identity.AsError(err)
	switch {
	case err == nil:
		h.setCookies(w, started)
		h.redirect(w, r, pathLogin)
		return nil
	case errors.Is(err, identity.ErrLinkInvalid):
		return h.renderRecover(w, r, http.StatusBadRequest, recoverPage{Problem: refusal(identity.ErrLinkInvalid)})
	case e.Kind == identity.Invalid && e.Code == identity.CodePasswordPolicy:
		return h.renderNewPassword(w, r, http.StatusBadRequest, newPasswordPage{New: refusal(e)})
	}
	status, problem, ok := formProblem(w, err)
	switch {
	case !ok:
		return err
	case errors.Is(err, identity.ErrInvalidCode):
		return h.renderNewPassword(w, r, status, newPasswordPage{WrongCode: problem})
	}
	return h.renderNewPassword(w, r, status, newPasswordPage{Problem: problem})
}

// renderNewPassword shows the form of a link, or the one to ask for another.
func (h *Handler) renderNewPassword(w http.ResponseWriter, r *http.Request, status int, p newPasswordPage) error {
	token := r.Form.Get("token")
	user, err := h.Domain.Recovery.Find(r.Context(), token)
	if errors.Is(err, identity.ErrLinkInvalid) {
		return h.renderRecover(w, r, http.StatusBadRequest, recoverPage{Problem: refusal(identity.ErrLinkInvalid)})
	}
	if err != nil {
		return err
	}
	p.Action, p.Token, p.Username, p.Code = pathRecoverNew, token, user.Username, user.SecondFactor
	h.render(w, r, status, page{template: "recover_new.html", title: say("Choose a new password"), script: better, data: p})
	return nil
}
