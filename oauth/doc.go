// Package oauth is OAuth 2.1 over HTTP.
//
//	endpoint                                   file            standard
//	/api/v1/oauth/authorize                    authorize.go    OAuth 2.1 §4.1.1, RFC 9207
//	/api/v1/oauth/token                        token.go        OAuth 2.1 §3.2
//	/api/v1/oauth/revoke                       revoke.go       RFC 7009
//	/api/v1/oauth/introspect                   introspect.go   RFC 7662
//	/.well-known/oauth-authorization-server    metadata.go     RFC 8414
//	/.well-known/oauth-protected-resource      protected_resource.go  RFC 9728
//
// The authorization endpoint is a dispatcher: it validates a request with the list of request_checks.go, asks
// identity.Interactions what is missing, and sends the browser to the page for it or back to the client with a code.
// Pages return to it with the handle of the stored interaction; they never route to one another.
//
//	authorize ──► /login ──► authorize ──► /account/password ──► authorize ──► /consent ──► authorize ──► client
//
// The token endpoint owns the phases: parse, authenticate the client, check the sender constraint, redeem, issue, extend,
// write. A grant in grant_*.go redeems and returns an identity.Issuance; it cannot issue anything.
//
// OpenID Connect plugs in through Extension; without one this is a complete OAuth server.
package oauth
