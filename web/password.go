package web

import (
	"errors"
	"net/http"

	"github.com/authly/authly/identity"
)

// passwordPage is the data of password.html.
type passwordPage struct {
	form
	Username string
	Required bool // the person cannot go on without a new password
	Home     string

	// What is wrong, for the page and for each field.
	Problem string
	Current string
	New     string
	Confirm string
}

func (h *Handler) showPassword(w http.ResponseWriter, r *http.Request) error {
	v, here, err := h.enterPassword(w, r)
	if err != nil || !here {
		return err
	}
	h.renderPassword(w, r, http.StatusOK, v, passwordPage{})
	return nil
}

func (h *Handler) changePassword(w http.ResponseWriter, r *http.Request) error {
	v, here, err := h.enterPassword(w, r)
	if err != nil || !here {
		return err
	}
	current, next := r.PostForm.Get("password"), r.PostForm.Get("new_password")
	if next != r.PostForm.Get("confirm_password") {
		h.renderPassword(w, r, http.StatusBadRequest, v, passwordPage{Confirm: "The two new passwords are not the same."})
		return nil
	}
	started, err := h.Domain.SignIn.ChangePassword(r.Context(), v.browser.Session, current, next)
	if err != nil {
		return h.refusePassword(w, r, v, err)
	}
	h.Cookie.Set(w, started.Secret, started.Session.MaxExpiresAt)
	h.proceed(w, r, v)
	return nil
}

func (h *Handler) refusePassword(w http.ResponseWriter, r *http.Request, v visit, err error) error {
	if e := identity.AsError(err); e.Kind == identity.Invalid && e.Code == identity.CodePasswordPolicy {
		h.renderPassword(w, r, http.StatusBadRequest, v, passwordPage{New: e.Detail})
		return nil
	}
	status, problem, ok := refusal(w, err)
	switch {
	case !ok:
		return err
	case errors.Is(err, identity.ErrInvalidCredentials):
		h.renderPassword(w, r, status, v, passwordPage{Current: "The current password is wrong."})
	default:
		h.renderPassword(w, r, status, v, passwordPage{Problem: problem})
	}
	return nil
}

func (h *Handler) renderPassword(w http.ResponseWriter, r *http.Request, status int, v visit, p passwordPage) {
	p.form, p.Home = h.form(pathPassword, v), h.base+pathLogin
	p.Username, p.Required = v.browser.User.Username, v.browser.User.RequiresPasswordChange
	h.render(w, r, status, page{template: "password.html", title: "Change your password", returnTo: v.returnTo(), data: p})
}

// enterPassword is enter for a page that needs somebody who is signed in.
func (h *Handler) enterPassword(w http.ResponseWriter, r *http.Request) (visit, bool, error) {
	v, here, err := h.enter(w, r, identity.StepPassword)
	if err == nil && here && v.browser == nil {
		h.redirect(w, r, pathLogin)
		return visit{}, false, nil
	}
	return v, here, err
}
