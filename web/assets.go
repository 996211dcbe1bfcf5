package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"strings"
)

//go:embed templates/*.html static/*
var files embed.FS

// asset is a static file whose name is the digest of its content, so that browsers may keep it for ever.
type asset struct {
	name        string
	contentType string
	body        []byte
}

// constant: made from the embedded files
var (
	style    = newAsset("static/authly.css", "text/css; charset=utf-8")
	submit   = newAsset("static/submit.js", "text/javascript; charset=utf-8") // submits the form of its page
	better   = newAsset("static/page.js", "text/javascript; charset=utf-8")   // what any page does better with scripts
	keys     = newAsset("static/passkey.js", "text/javascript; charset=utf-8")
	tells    = newAsset("static/signed_out.js", "text/javascript; charset=utf-8")
	compares = newAsset("static/session_frame.js", "text/javascript; charset=utf-8")
	icon     = newAsset("static/icon.svg", "image/svg+xml")
)

func newAsset(path, contentType string) asset {
	body, err := files.ReadFile(path)
	if err != nil {
		panic("web: " + err.Error()) // the embedding is checked by the compiler
	}
	digest := sha256.Sum256(body)
	return asset{hex.EncodeToString(digest[:8]) + path[strings.LastIndexByte(path, '.'):], contentType, body}
}

// serveAsset answers with what a page loads, by the digest that is its name. Of a brand there is only what is in force.
func (h *Handler) serveAsset(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	look := h.look()
	for _, a := range []asset{style, submit, better, keys, tells, compares, icon, look.style, look.logo} {
		if a.name == "" || a.name != name {
			continue
		}
		header := w.Header()
		header.Del("Pragma")
		header.Set("Cache-Control", "public, max-age=31536000, immutable") // RFC 8246
		header.Set("Content-Type", a.contentType)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		_, _ = w.Write(a.body) // the browser may have gone away
		return
	}
	http.NotFound(w, r)
}
