package web

import (
	"errors"
	"net/http"

	"github.com/authly/authly/identity"
)

// emailPage is the data of email.html.
type emailPage struct {
	Action   string
	Home     string
	Email    string
	Verified bool
	Sent     bool // a message was sent a moment ago
	Problem  string
}

// verifyPage is the data of verify.html.
type verifyPage struct {
	Action string
	Token  string
	Email  string // that the link verifies; empty: whoever opens it is not signed in as the user
	SignIn string // where to sign in first
}

func (h *Handler) showEmail(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToEmail, false)
	if err != nil || b == nil {
		return err
	}
	h.renderEmail(w, r, http.StatusOK, *b, emailPage{})
	return nil
}

func (h *Handler) requestVerification(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToEmail, false)
	if err != nil || b == nil {
		return err
	}
	err = h.Domain.Addresses.RequestVerification(r.Context(), *b)
	if errors.Is(err, identity.ErrSessionNotFound) { // it ended since the page was asked for
		return h.requireSignIn(w, r, identity.ReturnToEmail)
	}
	if err != nil {
		status, problem, ok := formProblem(w, err)
		if !ok {
			return err
		}
		h.renderEmail(w, r, status, *b, emailPage{Problem: problem})
		return nil
	}
	h.renderEmail(w, r, http.StatusOK, *b, emailPage{Sent: true})
	return nil
}

func (h *Handler) renderEmail(w http.ResponseWriter, r *http.Request, status int, b identity.BrowserSession, p emailPage) {
	p.Action, p.Home, p.Email, p.Verified = pathEmail, pathAccount, b.User.Email, b.User.Verified
	h.render(w, r, status, page{template: "email.html", title: "E-mail address", account: pathEmail, script: better, data: p})
}

// showVerification is what a mailed link opens. Whatever opens links by itself changes nothing, and is not signed in.
func (h *Handler) showVerification(w http.ResponseWriter, r *http.Request) error {
	b, err := h.Browser(r)
	if err != nil {
		return err
	}
	token := r.Form.Get("token")
	email, err := h.Domain.Addresses.Find(r.Context(), b, token)
	if err != nil {
		return h.refuseVerification(w, r, err)
	}
	h.render(w, r, http.StatusOK, page{
		template: "verify.html", title: "Verify your address", script: better, data: verifyPage{Action: pathVerify, Token: token, Email: email},
	})
	return nil
}

func (h *Handler) verifyAddress(w http.ResponseWriter, r *http.Request) error {
	b, err := h.Browser(r)
	if err != nil {
		return err
	}
	if err := h.Domain.Addresses.Verify(r.Context(), b, r.PostForm.Get("token")); err != nil {
		return h.refuseVerification(w, r, err)
	}
	h.redirect(w, r, pathEmail)
	return nil
}

// refuseVerification answers who must sign in first. Another error is the caller's.
func (h *Handler) refuseVerification(w http.ResponseWriter, r *http.Request, err error) error {
	if !errors.Is(err, identity.ErrSessionNotFound) {
		return err
	}
	h.render(w, r, http.StatusUnauthorized, page{
		template: "verify.html", title: "Verify your address", script: better, data: verifyPage{SignIn: pathEmail},
	})
	return nil
}
