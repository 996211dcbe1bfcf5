package playground

import "github.com/authly/authly/identity"

// ClientID is the client_id of the built-in client that the pages sign in with.
const ClientID = "authly-playground"

// Metadata describes the built-in client: public, with refresh tokens that the page keeps in memory and that end with the
// session, because it does not ask for offline_access.
func Metadata(issuer string) identity.ClientMetadata {
	var m identity.ClientMetadata
	m.Name = "Authly playground"
	m.ApplicationType = "web"
	m.TokenEndpointAuthMethod = identity.AuthNone
	m.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode, identity.GrantRefreshToken}
	m.ResponseTypes = []string{"code"}
	m.RedirectURIs = []string{issuer + Path, issuer + FlowsPath}
	m.PostLogoutRedirectURIs = m.RedirectURIs
	m.Scope = identity.AdministrationScope()
	return m
}

// Policy is the operator's side of the built-in client: nobody is asked for consent, because it is Authly itself.
func Policy() identity.ClientPolicy {
	p := identity.DefaultPolicy()
	p.SkipConsent = true
	p.Description = "Signs administrators in to the GraphQL playground and the debugger."
	return p
}
