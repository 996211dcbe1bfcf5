package middleware

import (
	"maps"
	"net/http"
)

// Surface is a kind of response that wants its own security headers.
type Surface int

// The surfaces.
const (
	Page Surface = iota // HTML for a person
	API                 // JSON for a program
)

const cspHeader = "Content-Security-Policy"

// A page whose form leads away from the server replaces the header by one without form-action, which browsers hold against
// all redirects that follow (docs/decisions/0035).
const (
	pagePolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; " +
		"frame-ancestors 'none'; base-uri 'none'"
	apiPolicy = "default-src 'none'; frame-ancestors 'none'"
)

// SecurityHeaders sets the headers of a surface before the handler runs, which may replace any of them. With https also
// Strict-Transport-Security of one year (RFC 6797 §6.1), for this host alone.
func SecurityHeaders(surface Surface, https bool) func(http.Handler) http.Handler {
	headers := http.Header{}
	headers.Set("X-Content-Type-Options", "nosniff")
	headers.Set("Referrer-Policy", "no-referrer")
	headers.Set(cspHeader, apiPolicy)
	if surface == Page {
		headers.Set(cspHeader, pagePolicy)
		headers.Set("X-Frame-Options", "DENY")
		headers.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	}
	if https {
		headers.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// All responses share the lists of values: whoever sets a header makes a list of its own, and so does whoever adds.
			maps.Copy(w.Header(), headers)
			next.ServeHTTP(w, r)
		})
	}
}
