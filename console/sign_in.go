package console

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/parameters"
)

// The parameters of the sign-in, and of what the authorization endpoint answers (RFC 6749 §4.1.2).
const (
	paramReturn = "return"
	paramStepUp = "step_up"
	paramCode   = "code"
	paramState  = "state"
	paramError  = "error"
)

// maxReturn is the longest address that a sign-in leads back to, in bytes.
const maxReturn = 2048

// returnAddress is where in the console a sign-in leads back to: nowhere else, whatever is asked for.
func returnAddress(wanted string) string {
	u, err := url.Parse(wanted)
	if err != nil || len(wanted) > maxReturn || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || u.Fragment != "" ||
		strings.Contains(u.Path, `\`) || strings.Contains(wanted, `\`) || !strings.HasPrefix(wanted, Path+"/") ||
		!strings.HasPrefix(path.Clean(u.Path)+"/", Path+"/") {
		return Path + "/"
	}
	switch path.Clean(u.Path) {
	case pathSignIn, CallbackPath, pathSession:
		return Path + "/"
	}
	return u.String()
}

// handleSignIn sends the browser to the authorization endpoint, to sign in anew where a step-up is asked for (OIDC Core §3.1.2.1).
func (h *Handler) handleSignIn(w http.ResponseWriter, r *http.Request) {
	query, err := parameters.Query(r)
	if err != nil {
		h.fail(w, r, "invalid_request")
		return
	}
	browser := h.Browser.Get(r)
	if browser == "" {
		browser = h.Domain.Consoles.NewBrowser()
		h.Browser.Set(w, browser, time.Time{})
	}
	request, err := h.Domain.Consoles.Begin(browser, returnAddress(query.Get(paramReturn)))
	if err != nil {
		h.fail(w, r, h.code(r, err))
		return
	}
	values := url.Values{
		"client_id": {identity.ConsoleClientID}, "response_type": {"code"}, "redirect_uri": {h.Issuer + CallbackPath},
		"scope": {request.Scope}, paramState: {request.State},
		"code_challenge": {request.Challenge}, "code_challenge_method": {identity.MethodS256},
	}
	if query.Get(paramStepUp) != "" {
		values.Set("prompt", "login")
	}
	if request.Class != "" {
		values.Set("acr_values", request.Class)
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, h.Issuer+h.AuthorizePath+"?"+values.Encode(), http.StatusSeeOther)
}

// handleCallback takes the browser back with a code, or an error, of the sign-in that it has begun.
func (h *Handler) handleCallback(w http.ResponseWriter, r *http.Request) {
	query, err := parameters.Query(r)
	if err != nil || parameters.Repeated(query) != "" {
		h.fail(w, r, "invalid_request")
		return
	}
	browser, state := h.Browser.Get(r), query.Get(paramState)
	if code := query.Get(paramError); code != "" {
		if _, err := h.Domain.Consoles.Return(browser, state); err != nil {
			h.fail(w, r, h.code(r, err))
			return
		}
		h.fail(w, r, answered(code))
		return
	}
	s, err := h.Domain.Consoles.Finish(r.Context(), browser, state, query.Get(paramCode), h.Issuer+CallbackPath, h.Session.Get(r))
	if err != nil {
		h.fail(w, r, h.code(r, err))
		return
	}
	h.Session.Set(w, s.Token, time.Time{})
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, h.Issuer+s.Return, http.StatusSeeOther)
}

// answered is an error of the authorization endpoint, if it has the form of one (RFC 6749 §4.1.2.1).
func answered(code string) string {
	if len(code) > 40 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return "server_error"
	}
	return code
}

// fail leads to the console with what went wrong. A session that the browser has goes on.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, code string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, h.Issuer+Path+"/?"+url.Values{paramError: {code}}.Encode(), http.StatusSeeOther)
}

// handleSignOut ends the session of the console, and says where that of the person can be ended.
func (h *Handler) handleSignOut(w http.ResponseWriter, r *http.Request) {
	if !h.own(r) {
		writeJSON(w, http.StatusForbidden, map[string]string{"error": "access_denied"})
		return
	}
	if token := h.Session.Get(r); token != "" {
		if err := h.Domain.Consoles.End(r.Context(), token); err != nil {
			h.refuse(w, r, err)
			return
		}
	}
	h.Session.Clear(w)
	writeJSON(w, http.StatusOK, map[string]string{"next": h.Issuer + h.SignOutPath})
}
