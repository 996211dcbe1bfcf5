// Package middleware holds what happens to every request before and after its handler. It knows HTTP and the actor of
// a request, and no endpoint. From the outside in:
//
//	RequestContext   request id, client address, anonymous actor: all others rely on it
//	AccessLog        one line for each request, without its query string
//	Recover          a panic becomes a 500 page or body
//	SecurityHeaders  for pages or for the API
//	BodyLimit, CORS, Gate, SameOrigin   where the route wants them
//
// Forwarding headers are believed only from trusted proxies. The gate of the admin API asks for the real peer instead.
package middleware
