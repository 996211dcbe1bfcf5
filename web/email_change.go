package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/authly/authly/identity"
)

// undoPage is the data of undo.html.
type undoPage struct {
	Action string
	Token  string
	Email  string // that the account gets back
	Done   bool
	SignIn string
}

func (h *Handler) requestChange(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToEmail, true)
	if err != nil || b == nil {
		return err
	}
	next := strings.TrimSpace(r.PostForm.Get("email"))
	err = h.Domain.Addresses.RequestChange(r.Context(), *b, next)
	switch {
	case err == nil:
		h.redirect(w, r, pathEmail)
		return nil
	case errors.Is(err, identity.ErrSessionNotFound): // it ended since the page was asked for
		return h.requireFresh(w, r, identity.ReturnToEmail)
	case identity.AsError(err).Field == "email":
		return h.renderEmail(w, r, http.StatusBadRequest, *b, emailPage{Next: saneLogin(next), Wrong: refusal(identity.AsError(err))})
	}
	status, problem, ok := formProblem(w, err)
	if !ok {
		return err
	}
	return h.renderEmail(w, r, status, *b, emailPage{Next: saneLogin(next), Problem: problem})
}

// cancelChange asks for no fresh sign-in: what it ends has changed nothing.
func (h *Handler) cancelChange(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToEmail, false)
	if err != nil || b == nil {
		return err
	}
	err = h.Domain.Addresses.CancelChange(r.Context(), *b)
	if errors.Is(err, identity.ErrSessionNotFound) { // it ended since the page was asked for
		return h.requireSignIn(w, r, identity.ReturnToEmail)
	}
	if err != nil {
		return err
	}
	h.redirect(w, r, pathEmail)
	return nil
}

// showUndo is what a mailed link opens. Whatever opens links by itself changes nothing.
func (h *Handler) showUndo(w http.ResponseWriter, r *http.Request) error {
	token := r.Form.Get("token")
	found, err := h.Domain.Addresses.FindUndo(r.Context(), token)
	if err != nil {
		return err
	}
	h.renderUndo(w, r, undoPage{Action: pathUndo, Token: token, Email: found.Email})
	return nil
}

func (h *Handler) undoChange(w http.ResponseWriter, r *http.Request) error {
	if err := h.Domain.Addresses.Undo(r.Context(), r.PostForm.Get("token")); err != nil {
		return err
	}
	h.renderUndo(w, r, undoPage{Done: true, SignIn: pathLogin})
	return nil
}

func (h *Handler) renderUndo(w http.ResponseWriter, r *http.Request, p undoPage) {
	h.render(w, r, http.StatusOK, page{template: "undo.html", title: say("Take your account back"), script: better, data: p})
}
