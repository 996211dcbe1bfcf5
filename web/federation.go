package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// providerLink leads to a provider.
type providerLink struct {
	Slug string
	Name string
	Path string
}

// linkPage is the data of link.html.
type linkPage struct {
	form
	identity.PendingLink
	Username string
}

// addProviders adds the providers where a person can sign in instead, and the names of those that are not enough. It is a link and
// no form: where a form leads, also by a redirect, the policy of the page would have to name.
func (h *Handler) addProviders(r *http.Request, pc pageContext, page *loginPage) error {
	if pc.interaction != nil && pc.interaction.Link != nil {
		return nil // they have been there
	}
	offered, withheld, err := h.Domain.Federation.Offered(r.Context(), pc.interaction)
	if err != nil {
		return err
	}
	for _, p := range offered {
		page.Providers = append(page.Providers, providerLink{Slug: p.Slug, Name: p.Name, Path: pc.form(pathProvider + p.Slug).Action})
	}
	for _, p := range withheld {
		page.Withheld = append(page.Withheld, p.Name)
	}
	return nil
}

// goToProvider sends a browser to a provider.
func (h *Handler) goToProvider(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadInteraction(w, r, identity.StepFirstFactor, identity.StepRegister)
	if err != nil || !here {
		return err
	}
	return h.sendToProvider(w, r, pc, identity.FederationStart{Interaction: pc.interaction})
}

// sendToProvider sends a browser to the provider of the path.
func (h *Handler) sendToProvider(w http.ResponseWriter, r *http.Request, pc pageContext, start identity.FederationStart) error {
	start.Slug, start.Browser = chi.URLParam(r, "slug"), h.anonymous(w, r)
	address, err := h.Domain.Federation.Begin(r.Context(), start)
	if err != nil {
		return h.refuseProvider(w, r, pc, err)
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// refuseProvider shows the sign-in page with what is wrong, where that is for people.
func (h *Handler) refuseProvider(w http.ResponseWriter, r *http.Request, pc pageContext, err error) error {
	status, problem, ok := formProblem(w, err)
	if !ok || pc.interaction == nil && pc.browser != nil {
		return err
	}
	return h.renderLogin(w, r, status, pc, loginPage{Problem: problem})
}

// comeFromProvider takes a browser back from a provider (RFC 6749 §4.1.2).
func (h *Handler) comeFromProvider(w http.ResponseWriter, r *http.Request) error {
	state, err := h.Domain.Federation.Open(r.Context(), r.Form.Get("state"), h.Anonymous.Get(r), chi.URLParam(r, "slug"))
	if err != nil {
		return h.refuseProvider(w, r, pageContext{}, err)
	}
	var (
		pc   pageContext
		here = true
	)
	if state.Handle != "" {
		r.Form.Set(paramInteraction, state.Handle)
		pc, here, err = h.loadInteraction(w, r, identity.StepFirstFactor, identity.StepRegister)
	} else {
		pc.browser, err = h.Browser(r)
	}
	if err != nil || !here {
		return err
	}
	answer := identity.FederationAnswer{
		Upstream: identity.UpstreamAnswer{Code: r.Form.Get("code"), Issuer: r.Form.Get("iss"), Denied: r.Form.Has("error")},
		Cookie:   h.Cookie.Get(r), Device: h.Device.Get(r),
	}
	if pc.browser != nil {
		answer.Session = &pc.browser.Session
	}
	started, err := h.Domain.Federation.Finish(r.Context(), state, pc.interaction, answer)
	switch {
	case err != nil:
		return h.refuseProvider(w, r, pc, err)
	case started.Pending != nil:
		return h.awaitSecondFactor(w, r, pc, *started.Pending)
	case started.Link != nil:
		return h.offerLink(w, r, pc, *started.Link)
	}
	return h.goOn(w, r, pc, started)
}

// offerLink lets the interaction go on with somebody who is to be connected in it.
func (h *Handler) offerLink(w http.ResponseWriter, r *http.Request, pc pageContext, l identity.PendingLink) error {
	if pc.interaction == nil {
		pc.interaction = new(h.Domain.Interactions.NewAccount(returnOf(l)))
	}
	linked, err := h.Domain.SignIn.WithLink(*pc.interaction, l, h.Anonymous.Get(r))
	if err != nil {
		return err
	}
	return h.seal(w, r, pc, linked)
}

func returnOf(l identity.PendingLink) identity.ReturnPath {
	if l.SessionID != uuid.Nil {
		return identity.ReturnToConnections
	}
	return identity.ReturnToHome
}

func (h *Handler) showLink(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadLink(w, r)
	if err != nil || !here {
		return err
	}
	h.render(w, r, http.StatusOK, page{
		template: "link.html", title: say("Connect your account"), returnTo: pc.returnTo(), data: linkPage{
			form: pc.form(pathLink), PendingLink: *pc.interaction.Link, Username: pc.browser.User.Username,
		},
	})
	return nil
}

// connect is the one form of the page. Whatever the person says, the interaction goes on without who was to be connected.
func (h *Handler) connect(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadLink(w, r)
	if err != nil || !here {
		return err
	}
	if !r.PostForm.Has("cancel") {
		if err := h.Domain.Federation.Link(r.Context(), *pc.browser, *pc.interaction.Link); err != nil {
			return err
		}
	}
	i := *pc.interaction
	i.Link, i.SealedLink = nil, nil
	return h.seal(w, r, pc, i)
}

// loadLink is loadInteraction for the page that connects, which is of no use without an interaction.
func (h *Handler) loadLink(w http.ResponseWriter, r *http.Request) (pageContext, bool, error) {
	pc, here, err := h.loadInteraction(w, r, identity.StepLink)
	if err == nil && here && pc.interaction == nil {
		h.redirect(w, r, pathLogin)
		return pageContext{}, false, nil
	}
	return pc, here, err
}
