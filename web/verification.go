package web

import (
	"errors"
	"net/http"

	"github.com/authly/authly/identity"
)

// verifyPage is the data of verify.html.
type verifyPage struct {
	form
	Token  string  // of the link
	Email  string  // that the link verifies; empty: whoever opens it is not signed in as the user
	Change bool    // and makes the user's
	SignIn string  // where to sign in first
	Taken  *phrase // what is said of an address that is another user's; nil: it is not
	Home   string

	// Without a link: what an application needs first.
	Due     bool
	Client  string // name of the application
	Mails   bool   // messages are sent
	Sent    bool   // one was a moment ago
	Problem *phrase
}

// showVerification is what a mailed link opens, and the page of the step that waits for it. Whatever opens links by itself changes
// nothing, and is not signed in.
func (h *Handler) showVerification(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadInteraction(w, r, identity.StepVerifyEmail)
	if err != nil || !here {
		return err
	}
	token := r.Form.Get("token")
	if token == "" && pc.interaction != nil {
		h.renderVerification(w, r, http.StatusOK, pc, verifyPage{Due: true})
		return nil
	}
	found, err := h.Domain.Addresses.Find(r.Context(), pc.browser, token)
	if err != nil {
		return h.refuseVerification(w, r, pc, err)
	}
	h.renderVerification(w, r, http.StatusOK, pc, verifyPage{
		Token: token, Email: found.Email, Change: found.Purpose == identity.TokenAddressChange,
	})
	return nil
}

// verifyAddress spends a link, or asks for one.
func (h *Handler) verifyAddress(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadInteraction(w, r, identity.StepVerifyEmail)
	if err != nil || !here {
		return err
	}
	token := r.PostForm.Get("token")
	if token == "" && pc.interaction != nil {
		return h.sendVerification(w, r, pc)
	}
	if err := h.Domain.Addresses.Verify(r.Context(), pc.browser, token); err != nil {
		return h.refuseVerification(w, r, pc, err)
	}
	if pc.interaction == nil {
		h.redirect(w, r, pathEmail)
		return nil
	}
	pc.browser.User.Verified = true
	return h.resume(w, r, pc)
}

// sendVerification mails the link that the step waits for.
func (h *Handler) sendVerification(w http.ResponseWriter, r *http.Request, pc pageContext) error {
	p := verifyPage{Due: true, Sent: true}
	if !h.Domain.Addresses.Enabled() {
		h.renderVerification(w, r, http.StatusOK, pc, verifyPage{Due: true})
		return nil
	}
	err := h.Domain.Addresses.RequestVerification(r.Context(), *pc.browser, pc.interaction)
	if errors.Is(err, identity.ErrSessionNotFound) { // it ended since the page was asked for
		return h.resume(w, r, pc)
	}
	status := http.StatusOK
	if err != nil {
		var ok bool
		if status, p.Problem, ok = formProblem(w, err); !ok {
			return err
		}
		p.Sent = false
	}
	h.renderVerification(w, r, status, pc, p)
	return nil
}

// refuseVerification answers who must sign in first, or cannot have the address. Another error is the caller's.
func (h *Handler) refuseVerification(w http.ResponseWriter, r *http.Request, pc pageContext, err error) error {
	switch e := identity.AsError(err); {
	case errors.Is(err, identity.ErrSessionNotFound):
		h.renderVerification(w, r, http.StatusUnauthorized, pc, verifyPage{SignIn: pathEmail})
	case e.Code == identity.CodeDuplicateEmail:
		h.renderVerification(w, r, http.StatusConflict, pc, verifyPage{Taken: refusal(e), Home: pathEmail})
	default:
		return err
	}
	return nil
}

func (h *Handler) renderVerification(w http.ResponseWriter, r *http.Request, status int, pc pageContext, p verifyPage) {
	p.form, p.Client, p.Mails = pc.form(pathVerify), pc.clientName(), h.Domain.Addresses.Enabled()
	if p.Due {
		p.Email, p.Home = pc.browser.User.Email, pathEmail
	}
	h.render(w, r, status, page{
		template: "verify.html", title: say("Verify your address"), returnTo: pc.returnTo(), script: better, data: p,
	})
}
