package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/translation"
)

// pathLanguage takes the choice of a language.
const pathLanguage = "/language"

// languageRemembered is how long a browser remembers the choice of a language.
const languageRemembered = 365 * 24 * time.Hour

// The parameters of a language.
const (
	paramUILocales = "ui_locales" // OIDC Core §3.1.2.1; also of a request for a page
	paramLanguage  = "language"
	paramPage      = "page" // path to go back to
)

// pageParams are the parameters, besides the interaction, that links of messages and devices give a page and that it repeats. The
// code of a registration is none: what opens its link in another browser must not see it in a form.
var pageParams = []string{"token", "user_code", identity.ParamInvitation}

// reader is what is known of who reads a page, by which its language is found.
type reader struct {
	handle    string // of the interaction, or empty
	uiLocales string // of the same
	display   string // of the same: one of DisplayValues but page, or empty
	locale    string // of the user
}

type readerKey struct{}

// withReader lets the handlers of a request note what they learn of its reader.
func withReader(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), readerKey{}, &reader{}))
}

// about notes the interaction that a page belongs to.
func (known *reader) about(i identity.Interaction) {
	known.handle, known.uiLocales, known.display = i.Handle, i.Params.UILocales, ""
	if display := i.Params.Display; display != identity.DisplayPage && slices.Contains(identity.DisplayValues(), display) {
		known.display = display
	}
}

// readerOf returns what is known of who reads the answer to a request, for writing too. Of requests of other surfaces it is
// forgotten.
func readerOf(r *http.Request) *reader {
	if known, ok := r.Context().Value(readerKey{}).(*reader); ok {
		return known
	}
	return &reader{}
}

// words returns the language in which a request is answered: that in which the client asks, else the one that the person has
// chosen in this browser, that of their account, that of the browser, or the server's.
func (h *Handler) words(r *http.Request) *translation.Words {
	known := readerOf(r)
	for _, wishes := range []string{
		known.uiLocales, r.Form.Get(paramUILocales), h.Language.Get(r), known.locale, r.Header.Get("Accept-Language"),
	} {
		if code := translation.Match(wishes); code != "" {
			return h.look().words(code)
		}
	}
	return h.look().words(h.Domain.Settings.Get().Locale)
}

// languageChoice is the data of the form by which a person chooses a language.
type languageChoice struct {
	Action    string
	Page      string // path of the page that is shown
	Params    []input
	Languages []translation.Language
	Current   string
}

// choice offers the languages on a page to which the browser can come back; nil on another.
func (h *Handler) choice(r *http.Request, w *translation.Words) *languageChoice {
	if h.returnable[r.URL.Path] == "" {
		return nil
	}
	params := url.Values{} // what the page is about
	if handle := readerOf(r).handle; handle != "" {
		params.Set(paramInteraction, handle)
	}
	for _, name := range pageParams {
		if value := r.Form.Get(name); value != "" {
			params.Set(name, value)
		}
	}
	return &languageChoice{
		Action: pathLanguage, Page: r.URL.Path, Params: inputs(params), Languages: translation.Languages(), Current: w.Code,
	}
}

// chooseLanguage remembers the language of a person in the browser, and goes back to one of the pages: never to what else the
// form may say. In an interaction the choice takes the place of what the client has asked for, which would win else.
func (h *Handler) chooseLanguage(w http.ResponseWriter, r *http.Request) error {
	code := translation.Match(r.PostForm.Get(paramLanguage))
	if code == "" {
		return identity.InvalidField(paramLanguage, "Must be a language that there is.")
	}
	h.Language.Set(w, code, h.Domain.Source.Now().Add(languageRemembered))
	path, query := h.returnable[r.PostForm.Get(paramPage)], url.Values{}
	if path == "" {
		h.redirect(w, r, pathStart)
		return nil
	}
	for _, name := range pageParams {
		if value := r.PostForm.Get(name); value != "" {
			query.Set(name, value)
		}
	}
	if handle := r.PostForm.Get(paramInteraction); handle != "" {
		i, err := h.Domain.Interactions.InLanguage(r.Context(), handle, code)
		switch {
		case err == nil:
			handle = i.Handle
		case !errors.Is(err, identity.ErrInteractionNotFound): // of which the page says so, in the language
			return err
		}
		query.Set(paramInteraction, handle)
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	h.redirect(w, r, path)
	return nil
}
