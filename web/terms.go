package web

import (
	"errors"
	"net/http"

	"github.com/authly/authly/identity"
)

// termsPage is the data of terms.html.
type termsPage struct {
	form
	Version string
	URL     string // where they stand, or empty
	Session string // id of the session to which the page is shown
	Problem *phrase
}

func (h *Handler) showTerms(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadTerms(w, r)
	if err != nil || !here {
		return err
	}
	h.renderTerms(w, r, http.StatusOK, pc, nil)
	return nil
}

// submitTerms notes that the person accepts the version that the page has shown, or refuses the application for them.
func (h *Handler) submitTerms(deny DenyFunc) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		pc, here, err := h.loadTerms(w, r)
		if err != nil || !here {
			return err
		}
		// Somebody else signed in, in another tab, after the page was shown: ask them.
		if r.PostForm.Get("session") != pc.browser.Session.ID.String() {
			return h.resume(w, r, pc)
		}
		switch r.PostForm.Get("decision") {
		case "accept":
			err := h.Domain.Accounts.AcceptTerms(r.Context(), *pc.browser, r.PostForm.Get("terms"))
			if errors.Is(err, identity.ErrTermsNotAccepted) {
				h.renderTerms(w, r, http.StatusConflict, pc, say("The terms are others by now. Read and accept these."))
				return nil
			}
			if err != nil && !errors.Is(err, identity.ErrSessionNotFound) { // the session ended: sign in again
				return err
			}
			return h.resume(w, r, pc)
		case "deny":
			if pc.interaction.Elsewhere() {
				return h.decideElsewhere(w, r, pc, false)
			}
			deny(w, r, *pc.interaction, *pc.browser)
			return nil
		}
		return identity.InvalidField("decision", "The decision must be accept or deny.")
	}
}

// loadTerms is loadInteraction for a page that makes no sense without an interaction. At its step somebody is signed in.
func (h *Handler) loadTerms(w http.ResponseWriter, r *http.Request) (pageContext, bool, error) {
	pc, here, err := h.loadInteraction(w, r, identity.StepTerms)
	if err == nil && here && pc.interaction == nil {
		return pageContext{}, false, identity.ErrInteractionNotFound
	}
	return pc, here, err
}

func (h *Handler) renderTerms(w http.ResponseWriter, r *http.Request, status int, pc pageContext, problem *phrase) {
	settings := h.Domain.Settings.Get()
	h.render(w, r, status, page{
		template: "terms.html", title: say("Accept the terms"), returnTo: pc.returnTo(), script: better,
		data: termsPage{
			form: pc.form(pathTerms), Version: settings.TermsVersion, URL: settings.TermsURL,
			Session: pc.browser.Session.ID.String(), Problem: problem,
		},
	})
}
