package oauth

import (
	"encoding/json"
	"net/http"
	"time"
)

// WriteJSON writes a body that must not be stored (RFC 6749 §5.1).
func WriteJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic("oauth: response: " + err.Error()) // responses are plain data
	}
	h := w.Header()
	h.Set("Content-Type", "application/json;charset=UTF-8")
	h.Set("Pragma", "no-cache")
	write(w, status, text)
}

// DocumentMaxAge is how long everybody may store a document that is the same for all, and DocumentCaching its header Cache-Control.
const (
	DocumentMaxAge  = 5 * time.Minute
	DocumentCaching = "public, max-age=300"
)

// WriteDocument writes JSON that is the same for everybody and may be stored for DocumentMaxAge.
func WriteDocument(w http.ResponseWriter, text []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", DocumentCaching)
	_, _ = w.Write(text)
}

// WriteStatus writes an answer without a body.
func WriteStatus(w http.ResponseWriter, status int) { write(w, status, nil) }

// SeeOther sends a browser to a URI. It is 303, so that a posted password is never repeated there (RFC 9700 §4.12).
func SeeOther(w http.ResponseWriter, uri string) {
	w.Header().Set("Location", uri)
	write(w, http.StatusSeeOther, nil)
}

// forgive tells whoever counts refused requests that the answer that follows is none: a device that waits for a person asks again
// and again (RFC 8628 §3.5), and there may be many in one network.
func forgive(w http.ResponseWriter) {
	for w != nil {
		if f, ok := w.(interface{ Forgive() }); ok {
			f.Forgive()
			return
		}
		below, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return
		}
		w = below.Unwrap()
	}
}

// write is the one place that begins an answer of the protocol, apart from the documents that may be stored.
func write(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
