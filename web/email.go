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
	err = h.Domain.Addresses.RequestVerification(r.Context(), *b, nil)
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
