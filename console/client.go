package console

import "github.com/authly/authly/identity"

// Metadata describes the built-in client. It is confidential, and nobody is told its secret: its codes are redeemed in process, and
// whoever else has one can do nothing with it.
func Metadata(issuer string) identity.ClientMetadata {
	var m identity.ClientMetadata
	m.Name = "Authly console"
	m.ApplicationType = "web"
	m.TokenEndpointAuthMethod = identity.AuthClientSecretBasic
	m.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode}
	m.ResponseTypes = []string{"code"}
	m.RedirectURIs = []string{issuer + CallbackPath}
	m.Scope = identity.AdministrationScope()
	return m
}

// Policy is the operator's side of the built-in client: nobody is asked for consent, because it is Authly itself, and what a browser
// has of its tokens is an opaque handle in a cookie.
func Policy() identity.ClientPolicy {
	p := identity.DefaultPolicy()
	p.SkipConsent = true
	p.Description = "Signs administrators in to the console."
	p.AccessTokenFormat = identity.FormatOpaque
	p.AccessTokenTTL = int(identity.ConsoleSessionTTL.Seconds())
	return p
}
