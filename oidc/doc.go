// Package oidc is OpenID Connect on top of package oauth.
//
//	what                                  file            standard
//	parameters of the authorize request   request.go      OIDC Core §3.1.2.1, §5.5
//	ID token                              id_token.go     OIDC Core §2, §3.1.3.6
//	claims by scope and by request        claims.go       OIDC Core §5.1, §5.4
//	/oidc/userinfo                        userinfo.go     OIDC Core §5.3
//	/.well-known/openid-configuration     discovery.go    OIDC Discovery §3
//	/.well-known/jwks.json                jwks.go         RFC 7517
//	/oidc/logout                          logout.go       RP-Initiated Logout 1.0
//
// Extension implements oauth.Extension, the one seam between the two.
package oidc
