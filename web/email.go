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
	Sent     bool // a message to it was sent a moment ago
	Problem  *phrase

	// Change of the address.
	Change  string  // where another one is asked for
	Cancel  string  // where that is cancelled
	Pending string  // the address that is asked for, or empty
	Next    string  // the address that was typed
	Wrong   *phrase // what is wrong with it
}

// verifyPage is the data of verify.html.
type verifyPage struct {
	Action string
	Token  string
	Email  string  // that the link verifies; empty: whoever opens it is not signed in as the user
	Change bool    // and makes the user's
	SignIn string  // where to sign in first
	Taken  *phrase // what is said of an address that is another user's; nil: it is not
	Home   string
}

func (h *Handler) showEmail(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToEmail, false)
	if err != nil || b == nil {
		return err
	}
	return h.renderEmail(w, r, http.StatusOK, *b, emailPage{})
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
		return h.renderEmail(w, r, status, *b, emailPage{Problem: problem})
	}
	return h.renderEmail(w, r, http.StatusOK, *b, emailPage{Sent: true})
}

func (h *Handler) renderEmail(w http.ResponseWriter, r *http.Request, status int, b identity.BrowserSession, p emailPage) error {
	pending, err := h.Domain.Addresses.RequestedChange(r.Context(), b.User)
	if err != nil {
		return err
	}
	p.Action, p.Home, p.Email, p.Verified = pathEmail, pathAccount, b.User.Email, b.User.Verified
	p.Change, p.Cancel, p.Pending = pathEmailChange, pathEmailCancel, pending
	h.render(w, r, status, page{template: "email.html", title: say("E-mail address"), account: pathEmail, script: better, data: p})
	return nil
}

// showVerification is what a mailed link opens. Whatever opens links by itself changes nothing, and is not signed in.
func (h *Handler) showVerification(w http.ResponseWriter, r *http.Request) error {
	b, err := h.Browser(r)
	if err != nil {
		return err
	}
	token := r.Form.Get("token")
	found, err := h.Domain.Addresses.Find(r.Context(), b, token)
	if err != nil {
		return h.refuseVerification(w, r, err)
	}
	h.renderVerification(w, r, http.StatusOK, verifyPage{
		Action: pathVerify, Token: token, Email: found.Email, Change: found.Purpose == identity.TokenAddressChange,
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

// refuseVerification answers who must sign in first, or cannot have the address. Another error is the caller's.
func (h *Handler) refuseVerification(w http.ResponseWriter, r *http.Request, err error) error {
	switch e := identity.AsError(err); {
	case errors.Is(err, identity.ErrSessionNotFound):
		h.renderVerification(w, r, http.StatusUnauthorized, verifyPage{SignIn: pathEmail})
	case e.Code == identity.CodeDuplicateEmail:
		h.renderVerification(w, r, http.StatusConflict, verifyPage{Taken: refusal(e), Home: pathEmail})
	default:
		return err
	}
	return nil
}

func (h *Handler) renderVerification(w http.ResponseWriter, r *http.Request, status int, p verifyPage) {
	h.render(w, r, status, page{template: "verify.html", title: say("Verify your address"), script: better, data: p})
}
