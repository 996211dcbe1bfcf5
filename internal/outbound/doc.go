// Package outbound calls addresses that strangers chose: a client's jwks_uri, logo_uri and back-channel logout URI. Its
// HTTP client is the only one that Authly uses for them.
//
// It refuses, after the name is resolved and for every connection, what is not on the public internet (server-side
// request forgery), follows no redirects, and bounds time and size. Where private networks are allowed, they and loopback
// are added; link-local, multicast and the metadata services of clouds are not. Nothing of an answer is ever shown to a
// caller, but for a picture.
package outbound
