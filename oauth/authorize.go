package oauth

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/authly/authly/identity"
)

// handleAuthorize serves the authorization endpoint: a new request, or the return of a browser from a page.
func (h *Handler) handleAuthorize(w http.ResponseWriter, r *http.Request) {
	params, err := readRequest(r)
	if err != nil {
		h.writeError(w, r, identity.Interaction{}, false, err)
		return
	}
	if handle := h.Pages.Handle(params); handle != "" && r.Method == http.MethodGet {
		i, err := h.Pages.Load(r, handle)
		if err == nil && i.Kind != identity.InteractionAuthorize {
			err = identity.ErrInteractionNotFound
		}
		if err != nil {
			h.writeError(w, r, i, false, err)
			return
		}
		h.dispatch(w, r, i)
		return
	}
	i, proven, err := h.begin(r, params)
	if err != nil {
		h.writeError(w, r, i, proven, err)
		return
	}
	if r.Method == http.MethodPost && new(http.CrossOriginProtection).Check(r) != nil {
		// From another site a browser posts without our cookie, but sends it with the navigation that follows.
		h.leadTo(w, r, identity.StepIssue, i)
		return
	}
	h.dispatch(w, r, i)
}

// begin returns the interaction of a request that is sent whole, or of one that was pushed before. proven says whether an error
// may go to the client.
func (h *Handler) begin(r *http.Request, params url.Values) (i identity.Interaction, proven bool, err error) {
	if slices.ContainsFunc(params[paramRequestURI], identity.IsPushed) {
		i, err = h.pushed(r, params)
		return i, false, err
	}
	check := &CheckedRequest{h: h, Request: r, Params: params}
	if err := check.run(AtAuthorize); err != nil {
		return check.interaction(), check.proven, err
	}
	i = check.interaction()
	if err := h.Domain.Interactions.CheckSize(i); err != nil {
		return i, true, err
	}
	return i, false, check.use()
}

// leadTo sends the browser to where a step is done, with the handle of the interaction.
func (h *Handler) leadTo(w http.ResponseWriter, r *http.Request, step identity.Step, i identity.Interaction) {
	if i.Handle == "" {
		sealed, err := h.Domain.Interactions.Seal(i)
		if err != nil {
			h.writeError(w, r, i, true, err)
			return
		}
		i = sealed
	}
	h.redirectTo(w, r, step, i)
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
	if errors.Is(err, identity.ErrInteractionNotFound) {
		h.Pages.Finished(w, r, i)
		return
	}
	if err != nil {
		h.writeError(w, r, i, true, err)
		return
	}
	switch {
	case step == identity.StepIssue:
		h.issue(w, r, i, *browser)
	case step == identity.StepRepeat:
		h.repeat(w, r, i, *browser)
	case slices.Contains(i.Params.Prompt, promptNone):
		h.writeError(w, r, i, true, step.Silent())
	default:
		h.leadTo(w, r, step, i)
	}
}

func (h *Handler) issue(w http.ResponseWriter, r *http.Request, i identity.Interaction, b identity.BrowserSession) {
	issued, err := h.Domain.Authorizations.Issue(r.Context(), i, b)
	if errors.Is(err, identity.ErrInteractionNotFound) && i.Handle != "" {
		h.overtaken(w, r, i, b)
		return
	}
	if err != nil {
		h.refuseCode(w, r, i, err)
		return
	}
	h.handOut(w, r, i, issued)
}

// refuseCode answers when no code could be issued. If what the decision was based on has ended since it was read, the next
// step is decided anew; a request without pages is refused.
func (h *Handler) refuseCode(w http.ResponseWriter, r *http.Request, i identity.Interaction, err error) {
	switch {
	case !errors.Is(err, identity.ErrLoginRequired):
		h.writeError(w, r, i, identity.AsError(err).Code == identity.CodeUnauthorizedClient, err)
	case slices.Contains(i.Params.Prompt, promptNone):
		h.writeError(w, r, i, true, identity.ErrLoginRequired)
	default:
		h.leadTo(w, r, identity.StepIssue, i)
	}
}

// overtaken answers a request that another click of the same person, or another tab, has answered since it was read.
func (h *Handler) overtaken(w http.ResponseWriter, r *http.Request, i identity.Interaction, b identity.BrowserSession) {
	now, err := h.Pages.Load(r, i.Handle)
	if err != nil {
		h.writeError(w, r, i, false, err)
		return
	}
	step, err := h.Domain.Interactions.Next(r.Context(), now, &b)
	switch {
	case err == nil && step == identity.StepRepeat:
		h.repeat(w, r, now, b)
	case err == nil, errors.Is(err, identity.ErrInteractionNotFound):
		h.Pages.Finished(w, r, now)
	default:
		h.writeError(w, r, now, false, err)
	}
}

// repeat answers the client once more, as it was answered before.
func (h *Handler) repeat(w http.ResponseWriter, r *http.Request, i identity.Interaction, b identity.BrowserSession) {
	if i.Denied {
		h.writeError(w, r, i, true, AccessDenied())
		return
	}
	issued, err := h.Domain.Authorizations.Repeat(r.Context(), i, b)
	if err != nil {
		h.refuseCode(w, r, i, err)
		return
	}
	h.handOut(w, r, i, issued)
}

// Deny returns the browser to the client of an interaction that a person has denied.
func (h *Handler) Deny(w http.ResponseWriter, r *http.Request, i identity.Interaction, b identity.BrowserSession) {
	err := h.Domain.Authorizations.Deny(r.Context(), i, b)
	if errors.Is(err, identity.ErrInteractionNotFound) {
		h.overtaken(w, r, i, b)
		return
	}
	if errors.Is(err, identity.ErrSessionNotFound) {
		h.leadTo(w, r, identity.StepIssue, i)
		return
	}
	if err != nil {
		h.writeError(w, r, i, false, err)
		return
	}
	h.writeError(w, r, i, true, AccessDenied())
}
