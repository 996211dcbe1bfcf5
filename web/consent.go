package web

import (
	"net/http"
	"net/url"

	"github.com/authly/authly/identity"
)

// consentPage is the data of consent.html.
type consentPage struct {
	form
	Client     string
	ClientHost string // host of the client's home page, or empty
	ReturnHost string // host that the answer goes to; empty for an application on the person's device
	PolicyURL  string // https, or empty
	TermsURL   string // https, or empty
	Scopes     []identity.Scope
	Name       string // of the person
	Username   string
	Session    string // id of the session that the page was made for
}

func (h *Handler) showConsent(w http.ResponseWriter, r *http.Request) error {
	v, here, err := h.enterConsent(w, r)
	if err != nil || !here {
		return err
	}
	user, client := v.browser.User, v.pending.Client
	scopes, err := h.Domain.Scopes.Describe(r.Context(), h.Domain.Authorizations.Consentable(*v.pending, user))
	if err != nil {
		return err
	}
	h.render(w, r, http.StatusOK, page{template: "consent.html", title: "Allow access", returnTo: v.returnTo(), data: consentPage{
		form: h.form(pathConsent, v), Client: v.clientName(),
		ClientHost: webHost(client.Metadata.URI), ReturnHost: webHost(v.returnTo()),
		PolicyURL: secureURL(client.Metadata.PolicyURI), TermsURL: secureURL(client.Metadata.TermsURI),
		Scopes: scopes, Name: user.DisplayName(), Username: user.Username, Session: v.browser.Session.ID.String(),
	}})
	return nil
}

func (h *Handler) decide(w http.ResponseWriter, r *http.Request) error {
	v, here, err := h.enterConsent(w, r)
	if err != nil || !here {
		return err
	}
	// Somebody else signed in, in another tab, after the page was shown: ask them.
	if shown := r.PostForm.Get("session"); shown != "" && shown != v.browser.Session.ID.String() {
		h.proceed(w, r, v)
		return nil
	}
	switch r.PostForm.Get("decision") {
	case "approve":
		if err := h.Domain.Authorizations.Approve(r.Context(), *v.pending, *v.browser); err != nil {
			return err
		}
		h.proceed(w, r, v)
		return nil
	case "deny":
		h.Deny(w, r, *v.pending, *v.browser)
		return nil
	}
	return identity.InvalidField("decision", "The decision must be approve or deny.")
}

// enterConsent is enter for a page that makes no sense without an interaction. At its step somebody is signed in.
func (h *Handler) enterConsent(w http.ResponseWriter, r *http.Request) (visit, bool, error) {
	v, here, err := h.enter(w, r, identity.StepConsent)
	if err == nil && here && v.pending == nil {
		return visit{}, false, identity.ErrRequestNotFound
	}
	return v, here, err
}

// webHost returns the host of an http or https URL, or "".
func webHost(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.Host
}

// secureURL returns the URL if it is https and has a host, or "".
func secureURL(text string) string {
	if u, err := url.Parse(text); err != nil || u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return text
}
