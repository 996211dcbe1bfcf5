package web

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// paramClient names an application of the person by its id.
const paramClient = "client"

// applicationsPage is the data of applications.html.
type applicationsPage struct {
	Action       string
	Applications []shownApplication
}

// shownApplication is a client as the person knows it.
type shownApplication struct {
	ID         string
	Name       string
	LogoURL    string // our own copy, or empty
	Host       string // of its home page, or empty
	StartURL   string // where it begins a sign-in (OIDC Core §4), or empty
	Scopes     []identity.Scope
	Since      time.Time
	LastUsedAt *time.Time
}

func (h *Handler) showApplications(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToApps, false)
	if err != nil || b == nil {
		return err
	}
	applications, err := h.Domain.Accounts.Applications(r.Context(), b.User)
	if err != nil {
		return err
	}
	p := applicationsPage{Action: pathApps, Applications: make([]shownApplication, len(applications))}
	for i, a := range applications {
		a.Client = h.inLanguage(r, a.Client)
		scopes, err := h.Domain.Scopes.Describe(r.Context(), a.Scopes)
		if err != nil {
			return err
		}
		shown := shownApplication{
			ID: a.Client.ID.String(), Name: a.Client.DisplayName(), Host: webHost(shownURI(a.Client)), Scopes: scopes, Since: a.Since,
			LastUsedAt: a.LastUsedAt,
		}
		if !a.Client.SelfRegistered() { // whose addresses are nobody's word but its own
			shown.StartURL = startURL(a.Client.Metadata.InitiateLoginURI, h.Domain.Settings.Get().Issuer)
		}
		if hasLogo(a.Client) {
			shown.LogoURL = pathAppLogo + "?" + paramClient + "=" + shown.ID
		}
		p.Applications[i] = shown
	}
	h.render(w, r, http.StatusOK, page{
		template: "applications.html", title: say("Your applications"), account: pathApps, script: better, data: p,
	})
	return nil
}

func (h *Handler) revokeApplication(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToApps, false)
	if err != nil || b == nil {
		return err
	}
	client, err := uuid.Parse(r.PostForm.Get(paramClient))
	if err != nil {
		err = identity.ErrGrantNotFound
	} else {
		err = h.Domain.Accounts.RevokeApplication(r.Context(), *b, client)
	}
	switch {
	case err == nil:
		h.redirect(w, r, pathApps)
	case errors.Is(err, identity.ErrSessionNotFound): // it ended since the page was asked for
		return h.requireSignIn(w, r, identity.ReturnToApps)
	case errors.Is(err, identity.ErrGrantNotFound):
		h.renderError(w, r, http.StatusNotFound, errorPage{
			Title: say("No such application"), Reason: say("You allow no such application anything."),
		})
	default:
		return err
	}
	return nil
}

// showApplicationLogo answers with the logo of an application that has something of the person.
func (h *Handler) showApplicationLogo(w http.ResponseWriter, r *http.Request) error {
	b, err := h.Browser(r)
	if err != nil {
		return err
	}
	id, _ := uuid.Parse(r.Form.Get(paramClient)) // what is no id is that of no application
	if b == nil || b.SecondFactorUnproven() {
		return h.requireSignIn(w, r, identity.ReturnToApps)
	}
	client, err := h.Domain.Accounts.Application(r.Context(), b.User, id)
	if errors.Is(err, identity.ErrGrantNotFound) {
		h.NotFound(w, r)
		return nil
	}
	if err != nil {
		return err
	}
	h.writeLogo(w, r, client)
	return nil
}

// startURL is where an application begins a sign-in, told by whom it is asked to (OIDC Core §4); empty if it has no such place.
func startURL(address, issuer string) string {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return ""
	}
	query := u.Query()
	query.Set("iss", issuer)
	u.RawQuery = query.Encode()
	return u.String()
}
