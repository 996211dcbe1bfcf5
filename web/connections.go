package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// connectionsPage is the data of connections.html.
type connectionsPage struct {
	Action    string
	Connected []connection
	Others    []providerLink // where one can connect
	Problem   *phrase
}

// connection is who the person is at a provider.
type connection struct {
	ID       string
	Provider string
	Email    string
	Since    time.Time
	LastUsed *time.Time
	Off      bool // nobody signs in there at present
}

func (h *Handler) showConnections(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToConnections, false)
	if err != nil || b == nil {
		return err
	}
	return h.renderConnections(w, r, http.StatusOK, *b, nil)
}

func (h *Handler) renderConnections(w http.ResponseWriter, r *http.Request, status int, b identity.BrowserSession, problem *phrase) error {
	links, providers, err := h.Domain.Federation.Of(r.Context(), b.User)
	if err != nil {
		return err
	}
	offered, _, err := h.Domain.Federation.Offered(r.Context(), nil)
	if err != nil {
		return err
	}
	p := connectionsPage{Action: pathConnections, Problem: problem}
	for _, l := range links {
		at := providers[l.ProviderID]
		p.Connected = append(p.Connected, connection{
			ID: l.ID.String(), Provider: at.Name, Email: l.Email, Since: l.CreatedAt, LastUsed: l.LastUsedAt, Off: !at.Enabled,
		})
	}
	for _, o := range offered {
		p.Others = append(p.Others, providerLink{Slug: o.Slug, Name: o.Name, Path: pathConnect + o.Slug})
	}
	h.render(w, r, status, page{
		template: "connections.html", title: say("Connections"), account: pathConnections, script: better, data: p,
	})
	return nil
}

// connectProvider sends who is signed in, lately, to a provider. What comes back is asked about before anything is connected, so
// that it is no matter who has made the browser come here.
func (h *Handler) connectProvider(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToConnections, true)
	if err != nil || b == nil {
		return err
	}
	return h.sendToProvider(w, r, pageContext{browser: b}, identity.FederationStart{Session: &b.Session})
}

// removeConnection is the one form of the page.
func (h *Handler) removeConnection(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToConnections, true)
	if err != nil || b == nil {
		return err
	}
	id, err := uuid.Parse(r.PostForm.Get("id"))
	if err != nil {
		return h.renderConnections(w, r, http.StatusNotFound, *b, refusal(identity.ErrCredentialNotFound))
	}
	switch err = h.Domain.Federation.Unlink(r.Context(), *b, id); {
	case errors.Is(err, identity.ErrSessionNotFound): // it ended since the page was asked for
		return h.requireFresh(w, r, identity.ReturnToConnections)
	case errors.Is(err, identity.ErrCredentialNotFound):
		return h.renderConnections(w, r, http.StatusNotFound, *b, refusal(identity.ErrCredentialNotFound))
	case errors.Is(err, identity.ErrLastCredential):
		return h.renderConnections(w, r, http.StatusConflict, *b, refusal(identity.ErrLastCredential))
	case err != nil:
		return err
	}
	h.redirect(w, r, pathConnections)
	return nil
}
