// Package cookie writes and reads the browser cookies of Authly. Every cookie is for the whole host, unreadable for
// scripts and not sent with cross-site posts (Path=/, HttpOnly, SameSite=Lax); over https it is Secure and its name has
// the __Host- prefix, so that a neighbouring subdomain cannot plant one. Plain http is for development on the loopback. One cookie is
// not so: what a frame in pages of other sites reads to see whether the session has changed, which is no secret (NewReadable).
package cookie
