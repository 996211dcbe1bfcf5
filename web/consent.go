package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/authly/authly/identity"
)

// manyScopes is how many usual scopes a person is shown before the rest is folded away.
const manyScopes = 5

// consentPage is the data of consent.html.
type consentPage struct {
	form
	Client     string
	Unverified bool   // it has registered itself
	DocumentOf string // host of the document that describes it, if one does
	EntityOf   string // host of the entity of a federation that it is, if it is one
	LogoURL    string // our own copy, or empty
	ClientHost string // host of the client's home page, or empty
	ClientURL  string // the page itself if it is https, or empty
	ReturnHost string // host that the answer goes to; empty for an application on the person's device
	PolicyURL  string // https, or empty
	TermsURL   string // https, or empty
	scopeLists
	Name     string // of the person
	Username string
	Session  string                  // id of the session that the page was made for
	Device   *identity.DeviceRequest // whose code was typed, or nil
	Details  []detailFacts           // what is asked for in detail (RFC 9396)

	Backchannel *identity.BackchannelQuestion // what the client asks from elsewhere, or nil

	// For the developer.
	ClientID string
	ReturnTo string
}

// scopeLists are scopes as a person reads them.
type scopeLists struct {
	Sensitive []identity.Scope // always shown, first
	Usual     []identity.Scope // the first of the others
	Folded    []identity.Scope // and the rest of them
	Scope     string           // all of them, as clients write them
	Admin     bool             // there are scopes of administration
}

func listScopes(scopes []identity.Scope) scopeLists {
	var l scopeLists
	names := make([]string, len(scopes))
	for i, scope := range scopes {
		names[i] = scope.Name
		l.Admin = l.Admin || identity.IsAdminScope(scope.Name)
		if scope.Sensitive() {
			l.Sensitive = append(l.Sensitive, scope)
		} else {
			l.Usual = append(l.Usual, scope)
		}
	}
	if len(l.Usual) > manyScopes+1 { // a fold for a single line would hide no more than it shows
		l.Usual, l.Folded = l.Usual[:manyScopes], l.Usual[manyScopes:]
	}
	l.Scope = identity.JoinScope(names)
	return l
}

func (h *Handler) showConsent(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadConsent(w, r)
	if err != nil || !here {
		return err
	}
	user, client := pc.browser.User, pc.interaction.Client
	asked, err := h.Domain.Interactions.Consentable(r.Context(), *pc.interaction, user)
	if err != nil {
		return err
	}
	scopes, err := h.Domain.Scopes.Describe(r.Context(), asked)
	if err != nil {
		return err
	}
	types, err := h.Domain.Scopes.DetailTypes(r.Context())
	if err != nil {
		return err
	}
	data := consentPage{
		form: pc.form(pathConsent), Client: pc.clientName(), Unverified: client.SelfRegistered(),
		DocumentOf: addressHost(client, identity.OriginDocument), EntityOf: addressHost(client, identity.OriginEntity), LogoURL: pc.logoURL(),
		ClientHost: webHost(shownURI(client)), ClientURL: secureURL(shownURI(client)), ReturnHost: webHost(pc.returnTo()),
		PolicyURL: secureURL(client.Metadata.PolicyURI), TermsURL: secureURL(client.Metadata.TermsURI),
		scopeLists: listScopes(scopes), Name: user.DisplayName(), Username: user.Username, Session: pc.browser.Session.ID.String(),
		Device: pc.interaction.Device, Backchannel: pc.interaction.Backchannel, Details: listDetails(pc.interaction.Params.Details, types),
		ClientID: client.ClientID, ReturnTo: pc.returnTo(),
	}
	h.render(w, r, http.StatusOK, page{
		template: "consent.html", title: say("Allow access"), returnTo: pc.returnTo(), script: better, data: data,
	})
	return nil
}

func (h *Handler) submitConsent(deny DenyFunc) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		pc, here, err := h.loadConsent(w, r)
		if err != nil || !here {
			return err
		}
		// Somebody else signed in, in another tab, after the page was shown: ask them.
		if shown := r.PostForm.Get("session"); shown != "" && shown != pc.browser.Session.ID.String() {
			return h.resume(w, r, pc)
		}
		decision := r.PostForm.Get("decision")
		if decides := decision == "approve" || decision == "deny"; decides && pc.interaction.Elsewhere() {
			return h.decideElsewhere(w, r, pc, decision == "approve")
		}
		switch decision {
		case "approve":
			err := h.Domain.Authorizations.Approve(r.Context(), *pc.interaction, *pc.browser)
			if err != nil && !errors.Is(err, identity.ErrSessionNotFound) { // the session ended: sign in again
				return err
			}
			return h.resume(w, r, pc)
		case "deny":
			deny(w, r, *pc.interaction, *pc.browser)
			return nil
		}
		return identity.InvalidField("decision", "The decision must be approve or deny.")
	}
}

// loadConsent is loadInteraction for a page that makes no sense without an interaction. At its step somebody is signed in.
func (h *Handler) loadConsent(w http.ResponseWriter, r *http.Request) (pageContext, bool, error) {
	pc, here, err := h.loadInteraction(w, r, identity.StepConsent)
	if err == nil && here && pc.interaction == nil {
		return pageContext{}, false, identity.ErrInteractionNotFound
	}
	return pc, here, err
}

// shownURI returns the home page of a client, or "". That of one that has registered itself is not shown: it would be that of whoever
// the client wants to be taken for.
func shownURI(c identity.Client) string {
	if c.SelfRegistered() {
		return ""
	}
	return c.Metadata.URI
}

// addressHost returns the host of the address that a client of an origin has for its client_id, or "".
func addressHost(c identity.Client, origin identity.ClientOrigin) string {
	if c.Origin != origin {
		return ""
	}
	return webHost(c.ClientID)
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
