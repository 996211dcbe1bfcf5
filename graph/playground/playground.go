package playground

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// policy lets the page load only what this server has, and talk to nobody else. form-action stays closed: signing in is
// a navigation, not a form.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; " +
	"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

//go:embed page.html boot.js playground.css assets examples
var files embed.FS

var page = template.Must(template.ParseFS(files, "page.html"))

// assets are the files of the page in the order that it loads them; those in .gz are embedded compressed.
var assets = []struct{ file, media string }{
	{"assets/graphiql.min.css.gz", "text/css; charset=utf-8"},
	{"playground.css", "text/css; charset=utf-8"},
	{"assets/react.production.min.js.gz", "text/javascript; charset=utf-8"},
	{"assets/react-dom.production.min.js.gz", "text/javascript; charset=utf-8"},
	{"assets/graphiql.min.js.gz", "text/javascript; charset=utf-8"},
	{"boot.js", "text/javascript; charset=utf-8"},
}

// asset is one file under a name that changes with its content, so that browsers may keep it for ever.
type asset struct {
	media      string
	content    []byte
	compressed bool
}

type handler struct {
	page   []byte
	assets map[string]asset // by URL path
}

// New makes the handler of Path and everything below it. All URLs in the page are built from the issuer.
func New(issuer string) http.Handler {
	h := &handler{assets: map[string]asset{}}
	data := struct {
		Issuer, ClientID, Scope, Examples string
		Styles, Scripts                   []string
	}{Issuer: issuer, ClientID: ClientID, Scope: scope(), Examples: examples()}
	for _, a := range assets {
		content, err := files.ReadFile(a.file)
		if err != nil {
			panic("playground: " + err.Error()) // embedded
		}
		sum := sha256.Sum256(content)
		name, compressed := strings.CutSuffix(path.Base(a.file), ".gz")
		url := Path + "/assets/" + hex.EncodeToString(sum[:6]) + "-" + name
		h.assets[url] = asset{media: a.media, content: content, compressed: compressed}
		if strings.HasSuffix(name, ".css") {
			data.Styles = append(data.Styles, url)
		} else {
			data.Scripts = append(data.Scripts, url)
		}
	}
	var out bytes.Buffer
	if err := page.Execute(&out, data); err != nil {
		panic("playground: " + err.Error()) // plain strings always render
	}
	h.page = out.Bytes()
	return h
}

// Examples are the documents of the first tabs, in their order: one for each noun of the schema.
func Examples() []string {
	entries, err := files.ReadDir("examples")
	if err != nil {
		panic("playground: " + err.Error()) // embedded
	}
	var texts []string
	for _, entry := range entries {
		text, err := files.ReadFile("examples/" + entry.Name())
		if err != nil {
			panic("playground: " + err.Error()) // embedded
		}
		texts = append(texts, string(text))
	}
	return texts
}

// examples are Examples as JSON.
func examples() string {
	text, err := json.Marshal(Examples())
	if err != nil {
		panic("playground: " + err.Error()) // strings always marshal
	}
	return string(text)
}

// ServeHTTP returns the page and its assets.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer") // the address has an authorization code in it for a moment
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "Method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if a, ok := h.assets[r.URL.Path]; ok {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
		a.serve(w, r)
		return
	}
	header.Set("Cache-Control", "no-store")
	if r.URL.Path != Path {
		http.NotFound(w, r)
		return
	}
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(h.page)))
	_, _ = w.Write(h.page) // the browser may have gone
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", a.media)
	if !a.compressed {
		_, _ = w.Write(a.content)
		return
	}
	header.Set("Vary", "Accept-Encoding")
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		header.Set("Content-Encoding", "gzip")
		header.Set("Content-Length", strconv.Itoa(len(a.content)))
		_, _ = w.Write(a.content)
		return
	}
	reader, err := gzip.NewReader(bytes.NewReader(a.content))
	if err != nil {
		panic("playground: " + err.Error()) // embedded
	}
	_, _ = io.Copy(w, reader) //nolint:gosec // our own files, not a bomb
}

// acceptsGzip reports whether gzip is named with a quality above zero (RFC 9110 §12.5.3).
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		value, given := strings.CutPrefix(strings.TrimSpace(params), "q=")
		q, err := strconv.ParseFloat(value, 64)
		return !given || err == nil && q > 0
	}
	return false
}
