package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/authly/authly/identity"
)

// ClientRegistration is what clients may register themselves.
type ClientRegistration struct {
	Mode      string   // closed, token or open
	Grants    []string // grant types
	Scopes    []string
	Hosts     []string // of redirect URIs, without an initial access token
	Documents []string // hosts of documents that are clients
	Unused    time.Duration

	OptionalPKCE bool
}

// setClientRegistrationGrants reads grant types.
func setClientRegistrationGrants(c *Config, value string) error {
	grants := splitList(value)
	for _, name := range grants {
		if !slices.Contains(identity.SelfRegistrable(), identity.GrantType(name)) {
			return fmt.Errorf("%q is no grant type that clients may register themselves for", name)
		}
	}
	c.ClientRegistration.Grants = grants
	return nil
}

// setClientRegistrationScopes reads scopes, none of which is of administration.
func setClientRegistrationScopes(c *Config, value string) error {
	scopes := splitList(value)
	for _, name := range scopes {
		if _, err := identity.ParseScope(name); err != nil || identity.IsAdminScope(name) {
			return fmt.Errorf("%q is no scope that clients may register themselves for", name)
		}
	}
	c.ClientRegistration.Scopes = scopes
	return nil
}

// setClientRegistrationHosts reads hosts, *.host for all below it, and * for all.
func setClientRegistrationHosts(c *Config, value string) (err error) {
	c.ClientRegistration.Hosts, err = hostList(value)
	return err
}

// setClientDocumentHosts reads them as setClientRegistrationHosts does.
func setClientDocumentHosts(c *Config, value string) (err error) {
	c.ClientRegistration.Documents, err = hostList(value)
	return err
}

func hostList(value string) (hosts []string, err error) {
	for _, host := range splitList(value) {
		host = strings.ToLower(host)
		if name := strings.TrimPrefix(host, "*."); host != "*" && !identity.ValidHost(name) || strings.HasSuffix(name, ".") {
			return nil, fmt.Errorf("%q is not a host such as example.org or *.example.org", host)
		}
		hosts = append(hosts, host)
	}
	return hosts, nil
}
