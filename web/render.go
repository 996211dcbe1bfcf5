package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/authly/authly/identity"
)

// page is one answer of HTML.
type page struct {
	template string // file in templates
	title    *phrase
	returnTo string   // URI that a form of the page may lead to, or empty
	script   asset    // or none
	passkeys bool     // the page has a ceremony of passkeys, or tells authenticators of some
	account  string   // path of a page of the account, from which links lead to the others; or empty
	frames   []string // origins of what the page has in frames
	data     any      // for the content of the template
}

// document is the data of layout.html.
type document struct {
	Title      *phrase
	Host       string
	Product    string // name of the product
	Styles     []string
	Icon, Logo string // Logo: empty, if there is none
	IconType   string
	Branded    bool // the product has a name of its own
	Scripts    []string
	Links      []footerLink
	Account    []accountLink // beside the page, or none
	Lang, Dir  string
	Display    string // popup or touch, or empty: what the client says of the window
	Choice     *languageChoice
	Body       any
}

// render is the one place that writes HTML. It sets the headers of a page itself, because some pages answer on routes
// of programs.
func (h *Handler) render(w http.ResponseWriter, r *http.Request, status int, p page) {
	words, look := h.words(r), h.look()
	doc := document{
		Title: p.title, Host: h.host, Body: p.data, Lang: words.Code, Dir: words.Direction(), Display: readerOf(r).display,
		Choice:  h.choice(r, words),
		Product: look.brand.Name(), Branded: look.brand.Name() != (*identity.Brand)(nil).Name(), Links: look.links(h.Domain.Settings.Get()),
		Styles: []string{pathAssets + style.name}, Icon: pathAssets + icon.name, IconType: icon.contentType,
	}
	if look.style.name != "" {
		doc.Styles = append(doc.Styles, pathAssets+look.style.name)
	}
	if look.logo.name != "" {
		doc.Logo, doc.Icon, doc.IconType = pathAssets+look.logo.name, pathAssets+look.logo.name, look.logo.contentType
	}
	if p.script.name != "" {
		doc.Scripts = append(doc.Scripts, pathAssets+p.script.name)
	}
	if p.passkeys {
		doc.Scripts = append(doc.Scripts, pathAssets+keys.name)
	}
	if p.account != "" {
		doc.Account = h.accountLinks(p.account)
	}
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", contentPolicy(p))
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	var body bytes.Buffer
	if err := look.page(words.Code, p.template).Execute(&body, doc); err != nil {
		h.Logger.ErrorContext(r.Context(), "render page", slog.String("request_id", identity.RequestID(r.Context())),
			slog.String("template", p.template), slog.Any("error", err))
		http.Error(w, "Request error", http.StatusInternalServerError)
		return
	}
	header.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // the browser may have gone away
}

// contentPolicy allows the page its own style sheet, icon and script, and its forms our own origin. Browsers hold
// form-action against every redirect that follows a form post, those of the client's own servers included, which nobody
// can list here: a page whose form leads away from us does without (docs/decisions/0035).
func contentPolicy(p page) string {
	policy := "default-src 'none'; "
	if p.script.name != "" {
		policy += "script-src 'self'; "
	}
	policy += "style-src 'self'; img-src 'self'; "
	if len(p.frames) > 0 {
		policy += "frame-src " + strings.Join(p.frames, " ") + "; "
	}
	if p.returnTo == "" {
		policy += "form-action 'self'; "
	}
	return policy + "frame-ancestors 'none'; base-uri 'none'"
}

// initial returns the first letter of a name for its badge.
func initial(name string) string {
	first, _ := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if first == utf8.RuneError {
		return "?"
	}
	return strings.ToUpper(string(first))
}
