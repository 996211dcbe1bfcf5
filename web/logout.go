package web

import (
	"net/http"
	"net/url"
)

// logoutPage is the data of logout.html.
type logoutPage struct {
	Action string
	Client string // who asks for it, or empty
	Name   string // who is signed in, or empty
	Hidden []input
	Home   string
}

func (h *Handler) showLogout(w http.ResponseWriter, r *http.Request) error {
	if r.Form.Has(paramEnded) {
		return h.showTold(w, r)
	}
	b, err := h.Browser(r)
	if err != nil {
		return err
	}
	if b == nil {
		return h.showSignedOut(w, r, "")
	}
	h.ConfirmLogout(w, r, LogoutPath, "", "", nil)
	return nil
}

func (h *Handler) signOut(w http.ResponseWriter, r *http.Request) error {
	b, err := h.Browser(r)
	if err != nil {
		return err
	}
	if b != nil {
		if err := h.Domain.Sessions.SignOut(r.Context(), *b); err != nil {
			return err
		}
	}
	return h.showSignedOut(w, r, "")
}

// ForgetBrowser makes the browser forget its session cookie.
func (h *Handler) ForgetBrowser(w http.ResponseWriter) {
	h.Cookie.Clear(w)
	h.showState(w, h.Domain.Source.NewID())
}

// ConfirmLogout asks the person whether to sign out (OIDC RP-Initiated Logout §2) by a form that posts hidden to
// action, a path of the server. clientName is who asks, or empty; returnTo is the proven URI that the answer to the
// post redirects to, or empty.
func (h *Handler) ConfirmLogout(
	w http.ResponseWriter, r *http.Request, action, clientName, returnTo string, hidden url.Values,
) {
	p := logoutPage{Action: action, Client: clientName, Hidden: inputs(hidden), Home: pathAccount}
	b, err := h.Browser(r)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	if b != nil {
		p.Name = b.User.DisplayName()
	}
	h.render(w, r, http.StatusOK, page{template: "logout.html", title: say("Sign out"), returnTo: returnTo, script: better, data: p})
}
