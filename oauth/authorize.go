package oauth

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/authly/authly/identity"
)

// handleAuthorize serves the authorization endpoint: a new request, or the return of a browser from a page.
func (h *Handler) handleAuthorize(w http.ResponseWriter, r *http.Request) {
	params, err := readRequest(r)
	if err != nil {
		h.Pages.Error(w, r, pageError(err))
		return
	}
	if handle := h.Pages.Handle(params); handle != "" && r.Method == http.MethodGet {
		i, err := h.Domain.Interactions.Load(r.Context(), handle)
		if err == nil && i.Kind != identity.InteractionAuthorize {
			err = identity.ErrInteractionNotFound
		}
		if err != nil {
			h.Pages.Error(w, r, err)
			return
		}
		h.dispatch(w, r, i)
		return
	}
	check := &CheckedRequest{h: h, Request: r, Params: params}
	if err := check.run(AtAuthorize); err != nil {
		h.writeError(w, r, check.interaction(), check.proven, err)
		return
	}
	i := check.interaction()
	if r.Method == http.MethodPost && new(http.CrossOriginProtection).Check(r) != nil {
		// From another site a browser posts without our cookie, but sends it with the navigation that follows.
		i, err := h.Domain.Interactions.Save(r.Context(), i)
		if err != nil {
			h.writeError(w, r, i, false, err)
			return
		}
		h.redirectTo(w, r, identity.StepIssue, i)
		return
	}
	h.dispatch(w, r, i)
}

// redirectTo sends the browser to where a step is done. That of the last step is this endpoint.
func (h *Handler) redirectTo(w http.ResponseWriter, r *http.Request, step identity.Step, i identity.Interaction) {
	w.Header().Set("Cache-Control", "no-store")
	h.Pages.RedirectTo(w, r, step, i)
}

// dispatch does the next step of an interaction: the persisted state decides, not where the browser comes from.
func (h *Handler) dispatch(w http.ResponseWriter, r *http.Request, i identity.Interaction) {
	browser, err := h.Pages.Browser(r)
	if err != nil {
		h.writeError(w, r, i, true, err)
		return
	}
	step, err := h.Domain.Interactions.Next(r.Context(), i, browser)
	if err != nil {
		h.writeError(w, r, i, true, err)
		return
	}
	if step == identity.StepIssue {
		h.issue(w, r, i, *browser)
		return
	}
	if slices.Contains(i.Params.Prompt, promptNone) {
		h.writeError(w, r, i, true, step.Silent())
		return
	}
	if i.Handle == "" {
		if i, err = h.Domain.Interactions.Save(r.Context(), i); err != nil {
			h.writeError(w, r, i, false, err)
			return
		}
	}
	h.redirectTo(w, r, step, i)
}

func (h *Handler) issue(w http.ResponseWriter, r *http.Request, i identity.Interaction, b identity.BrowserSession) {
	code, err := h.Domain.Authorizations.Issue(r.Context(), i, b)
	if err != nil {
		// A request that was answered in another tab must not be answered again.
		h.writeError(w, r, i, false, err)
		return
	}
	h.respond(w, r, i.Params, url.Values{paramCode: {code}})
}

// Deny returns the browser to the client of an interaction that a person has denied.
func (h *Handler) Deny(w http.ResponseWriter, r *http.Request, i identity.Interaction, b identity.BrowserSession) {
	if err := h.Domain.Authorizations.Deny(r.Context(), i, b); err != nil {
		h.Pages.Error(w, r, err)
		return
	}
	i.Handle = "" // done
	h.writeError(w, r, i, true, AccessDenied())
}
