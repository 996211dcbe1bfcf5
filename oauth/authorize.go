package oauth

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/authly/authly/identity"
)

// handleAuthorize serves the authorization endpoint: a new request, or the return of a browser from a page.
func (h *Handler) handleAuthorize(w http.ResponseWriter, r *http.Request) {
	if handle := r.URL.Query().Get(paramInteraction); r.Method == http.MethodGet && handle != "" {
		pending, err := h.Domain.Authorizations.Resume(r.Context(), handle)
		if err != nil {
			h.Pages.Error(w, r, err)
			return
		}
		h.dispatch(w, r, pending)
		return
	}
	params := r.URL.Query()
	if r.Method == http.MethodPost {
		form, err := readForm(r)
		if err != nil && form == nil && r.PostForm == nil {
			h.Pages.Error(w, r, pageError(err))
			return
		}
		params = r.PostForm
	}
	check := &authorizeCheck{h: h, r: r, params: params}
	for _, step := range authorizeChecks {
		if err := step(check); err != nil {
			h.refuse(w, r, check.pending(), check.proven, err)
			return
		}
	}
	p := check.pending()
	if r.Method == http.MethodPost && new(http.CrossOriginProtection).Check(r) != nil {
		// From another site a browser posts without our cookie, but sends it with the navigation that follows.
		p, err := h.Domain.Authorizations.Park(r.Context(), p)
		if err != nil {
			h.refuse(w, r, p, false, err)
			return
		}
		h.redirectTo(w, r, AuthorizePath, p)
		return
	}
	h.dispatch(w, r, p)
}

// redirectTo sends the browser to a path that takes the request up again.
func (h *Handler) redirectTo(w http.ResponseWriter, r *http.Request, path string, p identity.Pending) {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, path+"?"+url.Values{paramInteraction: {p.Handle}}.Encode(), http.StatusSeeOther)
}

// dispatch does the next step of a request: the persisted state decides, not where the browser comes from.
func (h *Handler) dispatch(w http.ResponseWriter, r *http.Request, p identity.Pending) {
	browser, err := h.Pages.Browser(r)
	if err != nil {
		h.refuse(w, r, p, true, err)
		return
	}
	step, err := h.Domain.Authorizations.Next(r.Context(), p, browser)
	if err != nil {
		h.refuse(w, r, p, true, err)
		return
	}
	if step == identity.StepIssue {
		h.issue(w, r, p, *browser)
		return
	}
	if slices.Contains(p.Request.Params.Prompt, promptNone) {
		h.refuse(w, r, p, true, silentError(step))
		return
	}
	if p.Handle == "" {
		if p, err = h.Domain.Authorizations.Park(r.Context(), p); err != nil {
			h.refuse(w, r, p, false, err)
			return
		}
	}
	page := map[identity.Step]string{
		identity.StepFirstFactor: loginPath, identity.StepPassword: passwordPath, identity.StepConsent: consentPath,
	}[step]
	h.redirectTo(w, r, page, p)
}

// silentError is the answer to prompt=none when something is missing (OIDC Core §3.1.2.6).
func silentError(step identity.Step) *Error {
	switch step {
	case identity.StepFirstFactor:
		return LoginRequired()
	case identity.StepConsent:
		return ConsentRequired()
	case identity.StepPassword, identity.StepIssue:
	}
	return InteractionRequired()
}

func (h *Handler) issue(w http.ResponseWriter, r *http.Request, p identity.Pending, b identity.BrowserSession) {
	code, err := h.Domain.Authorizations.Issue(r.Context(), p, b)
	if err != nil {
		// A request that was answered in another tab must not be answered again.
		h.refuse(w, r, p, false, err)
		return
	}
	h.respond(w, r, p.Request.Params, url.Values{paramCode: {code}})
}

// Deny returns the client of a request that a person has denied.
func (h *Handler) Deny(w http.ResponseWriter, r *http.Request, p identity.Pending, b identity.BrowserSession) {
	if err := h.Domain.Authorizations.Deny(r.Context(), p, b); err != nil {
		h.Pages.Error(w, r, err)
		return
	}
	p.Handle = "" // done
	h.refuse(w, r, p, true, AccessDenied())
}
