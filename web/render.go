package web

import (
	"bytes"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/authly/authly/identity"
)

// page is one answer of HTML.
type page struct {
	template string // file in templates
	title    string
	returnTo string // URI that a form of the page may lead to, or empty
	script   bool   // submit the form at once
	data     any    // for the content of the template
}

// document is the data of layout.html.
type document struct {
	Title, Host         string
	Style, Script, Icon string
	Body                any
}

// parsePages reads every page together with the layout around it. The files are embedded, so a fault cannot depend on
// where the program runs.
func parsePages() map[string]*template.Template {
	functions := template.FuncMap{"initial": initial, "formatTime": formatTime}
	layout := template.Must(template.New("layout.html").Funcs(functions).ParseFS(files, "templates/layout.html"))
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		panic("web: " + err.Error())
	}
	pages := map[string]*template.Template{}
	for _, name := range names {
		pages[path.Base(name)] = template.Must(template.Must(layout.Clone()).ParseFS(files, name))
	}
	return pages
}

// render is the one place that writes HTML. It sets the headers of a page itself, because some pages answer on routes
// of programs.
func (h *Handler) render(w http.ResponseWriter, r *http.Request, status int, p page) {
	doc := document{
		Title: p.title, Host: h.host, Body: p.data,
		Style: pathAssets + style.name, Icon: pathAssets + icon.name,
	}
	if p.script {
		doc.Script = pathAssets + script.name
	}
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", contentPolicy(p))
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	var body bytes.Buffer
	if err := h.pages[p.template].Execute(&body, doc); err != nil {
		h.Logger.ErrorContext(r.Context(), "render page", slog.String("request_id", identity.RequestID(r.Context())),
			slog.String("template", p.template), slog.Any("error", err))
		http.Error(w, "Request error", http.StatusInternalServerError)
		return
	}
	header.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // the browser may have gone away
}

// contentPolicy allows the page its own style sheet and icon, and its forms our own origin. Chromium applies
// form-action to the redirects that follow a form post too, so it must name where an interaction ends. The page of
// form_post leads nowhere else.
func contentPolicy(p page) string {
	scripts, forms := "", "'self'"
	if p.script {
		scripts, forms = "script-src 'self'; ", ""
	}
	if source := formSource(p.returnTo); source != "" {
		forms = strings.TrimSpace(forms + " " + source)
	}
	if forms == "" {
		forms = "'none'"
	}
	return "default-src 'none'; " + scripts + "style-src 'self'; img-src 'self'; form-action " + forms +
		"; frame-ancestors 'none'; base-uri 'none'"
}

// A host that CSP Level 3 §2.3.1 can express. What else URLs allow in a host, such as ; and , would end the directive.
var sourceHost = regexp.MustCompile(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]+)?$`)

// formSource returns the source expression for the origin of a URI. A host that cannot be expressed (an IPv6 address)
// and a private-use scheme (RFC 8252 §7.1) are named by their scheme alone; anything else is "".
func formSource(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	switch scheme := strings.ToLower(u.Scheme); {
	case (scheme == "https" || scheme == "http") && sourceHost.MatchString(u.Host):
		return scheme + "://" + u.Host
	case scheme == "https", scheme == "http", strings.Contains(scheme, "."):
		return scheme + ":"
	}
	return ""
}

// initial returns the first letter of a name for its badge.
func initial(name string) string {
	first, _ := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if first == utf8.RuneError {
		return "?"
	}
	return strings.ToUpper(string(first))
}

// formatTime writes a time for people.
func formatTime(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 MST") }
