package server

import (
	"github.com/authly/authly/identity"
)

// commandLineMetadata describes the built-in client of authly admin: a native application (RFC 8252), which gets its codes on a
// port of the loopback, or signs in on another device. It does not ask for offline_access: its sign-ins end with the session.
func commandLineMetadata() identity.ClientMetadata {
	var m identity.ClientMetadata
	m.Name = "Authly command line"
	m.ApplicationType = "native"
	m.TokenEndpointAuthMethod = identity.AuthNone
	m.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode, identity.GrantRefreshToken, identity.GrantDeviceCode}
	m.ResponseTypes = []string{"code"}
	m.RedirectURIs = []string{"http://127.0.0.1/callback", "http://[::1]/callback"}
	m.Scope = identity.AdministrationScope()
	return m
}

// commandLinePolicy asks each time: any program of the machine can say that it is this client (RFC 8252 §8.6).
func commandLinePolicy() identity.ClientPolicy {
	p := identity.DefaultPolicy()
	p.Description = "Signs administrators in to the command line, authly admin."
	return p
}
