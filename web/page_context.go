package web

import (
	"net/http"

	"github.com/authly/authly/identity"
)

// pageContext is what a request for a page is about.
type pageContext struct {
	interaction *identity.Interaction    // nil without one
	browser     *identity.BrowserSession // nil when nobody is signed in
	step        identity.Step            // of the interaction, that the page is of
}

// form is what every form of a page needs.
type form struct {
	Action      string
	Interaction string // handle, or empty
}

// form returns the form of a page, which posts to the page's own path.
func (pc pageContext) form(path string) form {
	if pc.interaction == nil {
		return form{Action: path}
	}
	return form{Action: link(path, pc.interaction.Handle), Interaction: pc.interaction.Handle}
}

// returnTo returns where the interaction's answer goes, or "".
func (pc pageContext) returnTo() string {
	if pc.interaction == nil {
		return ""
	}
	return pc.interaction.Params.RedirectURI
}

// inLanguage returns a client as the page that a request asks for says it.
func (h *Handler) inLanguage(r *http.Request, c identity.Client) identity.Client {
	if len(c.Metadata.Localized) == 0 {
		return c
	}
	return c.In(h.words(r).Code)
}

// clientName returns the interaction's client as people know it, or "".
func (pc pageContext) clientName() string {
	if pc.interaction == nil {
		return ""
	}
	return pc.interaction.Client.DisplayName()
}
