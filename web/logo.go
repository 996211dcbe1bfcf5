package web

import (
	"log/slog"
	"net/http"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/logo"
)

// logoURL returns where the consent page has the logo of its client from, or "" without one.
func (pc pageContext) logoURL() string {
	if !hasLogo(pc.interaction.Client) {
		return ""
	}
	return link(pathLogo, pc.interaction.Handle)
}

// hasLogo reports whether the logo of a client is shown, as shownURI does for its home page. A client that was given an initial access
// token may have one.
func hasLogo(c identity.Client) bool { return c.Metadata.LogoURI != "" && !c.OfStranger() }

// showLogo answers with the logo of the client that the consent page is about, from our memory: browsers never ask the
// client's own server. It may cause a fetch, so it is for those alone to whom the page is shown. It leads nowhere, because
// a browser follows for a picture too, and would take an interaction further that its person only looks at.
func (h *Handler) showLogo(w http.ResponseWriter, r *http.Request) error {
	browser, err := h.Browser(r)
	if err != nil {
		return err
	}
	i, err := h.Domain.Interactions.Load(r.Context(), r.Form.Get(paramInteraction))
	if err != nil {
		return err
	}
	step, err := h.Domain.Interactions.Next(r.Context(), i, browser)
	if err != nil {
		return err
	}
	if step != identity.StepConsent {
		return identity.ErrInteractionNotFound
	}
	h.writeLogo(w, r, i.Client)
	return nil
}

// writeLogo answers with the logo of a client from our memory.
func (h *Handler) writeLogo(w http.ResponseWriter, r *http.Request, client identity.Client) {
	var image logo.Image
	var err error
	if hasLogo(client) {
		image, err = h.Logos.Get(r.Context(), h.inLanguage(r, client).Metadata.LogoURI)
	}
	if err != nil {
		h.Logger.InfoContext(r.Context(), "no logo", slog.String("request_id", identity.RequestID(r.Context())),
			slog.String("client_id", client.ClientID), slog.Any("error", err))
	}
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if len(image.Bytes) == 0 {
		header.Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNoContent) // the page shows the initial of the client instead
		return
	}
	header.Set("Cache-Control", "private, max-age=3600")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Content-Type", image.ContentType)
	_, _ = w.Write(image.Bytes) // the browser may have gone away
}
