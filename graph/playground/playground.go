package playground

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// policy lets the pages load only what this server has, and talk to nobody else. form-action stays closed: signing in is
// a navigation, not a form.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; " +
	"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

type handler struct {
	pages    map[string][]byte // by URL path
	callback page
	assets   map[string]asset // by URL path
}

// New makes the handler of Path and everything below it. All URLs in the pages are built from the issuer.
func New(issuer string) http.Handler {
	files := readAssets()
	h := &handler{pages: map[string][]byte{}, assets: files.byPath}
	for _, p := range pages {
		p.fill(issuer, files)
		if p.Path == CallbackPath {
			h.callback = p
		} else {
			h.pages[p.Path] = p.render()
		}
	}
	return h
}

// ServeHTTP returns the pages and their assets.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer") // the address has an authorization code in it for a moment
	if r.URL.Path == CallbackPath && r.Method == http.MethodPost {
		h.takeForm(w, r)
		return
	}
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
	if r.URL.Path == CallbackPath {
		h.answer(w, nil)
		return
	}
	text, ok := h.pages[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	writePage(w, text)
}

// takeForm shows the page of an answer that a browser brings by the response mode form_post. The page hands it to the debugger; the
// server does nothing with it.
func (h *handler) takeForm(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if err := r.ParseForm(); err != nil {
		http.Error(w, "The form cannot be read.", http.StatusBadRequest)
		return
	}
	values := map[string]string{}
	for name := range r.PostForm {
		values[name] = r.PostForm.Get(name)
	}
	h.answer(w, values)
}

// answer writes the page of an answer: posted, or nil for one that is in the address.
func (h *handler) answer(w http.ResponseWriter, posted map[string]string) {
	text, err := json.Marshal(posted)
	if err != nil {
		panic("playground: " + err.Error()) // strings always marshal
	}
	p := h.callback
	p.Posted = string(text)
	writePage(w, p.render())
}

func writePage(w http.ResponseWriter, text []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	_, _ = w.Write(text) // the browser may have gone
}
