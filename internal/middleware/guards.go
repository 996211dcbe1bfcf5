package middleware

import (
	"net/http"
	"net/netip"

	"github.com/go-chi/cors"
)

// BodyLimit bounds the body to n bytes: reading on returns an *http.MaxBytesError, and the connection is closed.
func BodyLimit(n int64) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, n)
			next.ServeHTTP(w, r)
		})
	}
}

// CORS lets scripts of any origin use an endpoint of the standards by the methods given, without cookies and with whatever
// headers they send: tracing adds some, and without cookies none does harm. Preflights are handled here, so it must wrap
// the OPTIONS method too: mount it with Use of a router, not of a group.
func CORS(methods ...string) func(http.Handler) http.Handler {
	return cors.Handler(cors.Options{
		AllowedOrigins:   []string{"*"},
		AllowedMethods:   methods,
		AllowedHeaders:   []string{"*"},
		ExposedHeaders:   []string{"WWW-Authenticate", "DPoP-Nonce", "X-Fapi-Interaction-Id", requestIDHeader, "Retry-After"},
		AllowCredentials: false,
		MaxAge:           corsMaxAge,
	})
}

// CORSFor is CORS for the origins that allowed lets in.
func CORSFor(allowed func(r *http.Request, origin string) bool, methods ...string) func(http.Handler) http.Handler {
	return cors.Handler(cors.Options{
		AllowOriginFunc:  allowed,
		AllowedMethods:   methods,
		AllowedHeaders:   []string{"*"},
		ExposedHeaders:   []string{"WWW-Authenticate", requestIDHeader, "Retry-After", "ETag", "Allow", "RateLimit", "RateLimit-Policy"},
		AllowCredentials: false,
		MaxAge:           corsMaxAge,
	})
}

const corsMaxAge = 600 // seconds

// Gate lets only peers within the allowed networks pass; deny responds to the others. It looks at the real peer
// address, never at forwarding headers; no networks, or a peer without an address, means nobody.
func Gate(allowed []netip.Prefix, deny http.HandlerFunc) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !contains(allowed, PeerAddr(r.Context())) {
				deny(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// SameOrigin refuses unsafe requests that a page of another origin made the browser send; deny responds to them. It is
// for routes that a cookie authenticates, never for those of the standards, where cross-origin posts are legal.
func SameOrigin(deny http.HandlerFunc) func(http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(deny)
	return protection.Handler
}
