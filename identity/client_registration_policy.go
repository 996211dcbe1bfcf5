package identity

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// ClientRegistrationMode says which clients may register themselves.
type ClientRegistrationMode string

// The modes.
const (
	ClientRegistrationClosed ClientRegistrationMode = "closed" // none
	ClientRegistrationToken  ClientRegistrationMode = "token"  // those with an initial access token
	ClientRegistrationOpen   ClientRegistrationMode = "open"   // all
)

// ClientRegistrationPolicy is what the operator lets clients register of themselves.
type ClientRegistrationPolicy struct {
	Mode   ClientRegistrationMode
	Grants []GrantType // that they may be registered for
	Scopes []string    // that they may ask for; none of them is of administration
	Hosts  []string    // of the redirect URIs of those without a token: example.org, *.example.org for all below it, or * for all
	// Documents are the hosts, as those of Hosts, of the addresses of documents that are clients; without one there are no such clients.
	Documents []string
	// OptionalPKCE lets confidential clients with an initial access token send no code_challenge: OpenID Connect Core knows none.
	OptionalPKCE bool
	Unused       time.Duration // after which those without a token are removed that nobody uses; 0 = never
}

// SelfRegistrable lists the grant types that clients may be allowed to register for: the password grant is given by administrators
// alone.
func SelfRegistrable() []GrantType {
	return slices.DeleteFunc(slices.Clone(grantTypes), func(g GrantType) bool { return g == GrantPassword })
}

// DefaultSelfRegisteredScopes are those that tell a client who somebody is.
func DefaultSelfRegisteredScopes() []string {
	return []string{ScopeOpenID, ScopeProfile, ScopeEmail, ScopeAddress, ScopePhone, ScopeOfflineAccess}
}

// checkSelfRegistered names all that is wrong with a client that registers itself, or changes its registration: what is wrong with it
// by any registration, and what the operator does not let it register. What it had before it may have still.
func (s *Settings) checkSelfRegistered(before, after Client) error {
	var faults Faults
	faults.Add(after.Check())
	p, m := s.ClientRegistration, after.Metadata
	s.checkOffered(before.Metadata, m, &faults)
	faults.Add(RepeatedURIs("redirect_uris", m.RedirectURIs))
	faults.Add(RepeatedURIs("post_logout_redirect_uris", m.PostLogoutRedirectURIs))
	faults.Add(RepeatedURIs("request_uris", m.RequestURIs))
	for i, g := range m.GrantTypes {
		if !slices.Contains(p.Grants, g) && !before.Allows(g) && slices.Contains(grantTypes, g) {
			faults.Add(InvalidField(item("grant_types", i), "Must not be %s for a client that registers itself.", g))
		}
	}
	for _, name := range after.Scopes() {
		if IsAdminScope(name) || !slices.Contains(p.Scopes, name) && !slices.Contains(before.Scopes(), name) {
			faults.Add(InvalidField("scope", "Must not have %s for a client that registers itself.", name))
			break // one names the rule
		}
	}
	for i, name := range m.DetailTypes { // nobody gives themselves a right
		if !slices.Contains(before.Metadata.DetailTypes, name) {
			faults.Add(InvalidField(item("authorization_details_types", i), "Must not be %s for a client that registers itself.", name))
		}
	}
	if after.OfStranger() {
		if after.Allows(GrantCIBA) { // it would be asked for by whoever wants to trouble people
			faults.Add(InvalidField("grant_types", "Must not have %s for a client that registers itself with nothing.", GrantCIBA))
		}
		p.checkHosts(after, &faults)
	}
	return faults.Err()
}

// checkOffered refuses what this server does not do for now, or for such a client, which that would find out at its first request.
func (s *Settings) checkOffered(before, after ClientMetadata, faults *Faults) {
	if after.TokenEndpointAuthMethod == AuthClientSecretJWT && before.TokenEndpointAuthMethod != AuthClientSecretJWT {
		faults.Add(InvalidField("token_endpoint_auth_method", "Must not be %s for a client that registers itself.", AuthClientSecretJWT))
	}
	if m := after.TokenEndpointAuthMethod; m != before.TokenEndpointAuthMethod && m.usesCertificate() && !slices.Contains(s.AuthMethods(), m) {
		faults.Add(InvalidField("token_endpoint_auth_method", "Must not be %s: the server takes no such certificates.", m))
	}
	for i, text := range after.ResponseTypes {
		if t, _ := ParseResponseType(text); t.FrontChannel() && !s.FrontChannelTokens && !slices.Contains(before.ResponseTypes, text) {
			faults.Add(InvalidField(item("response_types", i), "Must be code: the server hands out no tokens with its authorization responses."))
		}
	}
	if after.CertificateBoundTokens && !before.CertificateBoundTokens && !s.MutualTLS.On {
		faults.Add(InvalidField("tls_client_certificate_bound_access_tokens", "Must not be set: the server takes no certificates."))
	}
}

// checkHosts refuses addresses of hosts that the operator has not named. What is on the device of the person is nobody's host, and the
// host of a client's document or entity is its own.
func (p ClientRegistrationPolicy) checkHosts(c Client, faults *Faults) {
	m, allowed := c.Metadata, p.Hosts
	if u, err := url.Parse(c.ClientID); err == nil && c.DescribedElsewhere() {
		allowed = append(slices.Clone(allowed), u.Hostname())
	}
	for _, list := range []struct {
		field string
		uris  []string
	}{
		{"redirect_uris", m.RedirectURIs},
		{"post_logout_redirect_uris", m.PostLogoutRedirectURIs},
		{"sector_identifier_uri", nonEmpty(m.SectorURI)},
		{"initiate_login_uri", nonEmpty(m.InitiateLoginURI)},
		{"backchannel_logout_uri", nonEmpty(m.BackchannelLogoutURI)},
		{"frontchannel_logout_uri", nonEmpty(m.FrontchannelLogoutURI)},
		{"backchannel_client_notification_endpoint", nonEmpty(m.NotificationURI)},
	} {
		for i, uri := range list.uris {
			if !onDevice(uri) && !ofHost(uri, allowed) {
				field := item(list.field, i)
				if !strings.HasSuffix(list.field, "_uris") {
					field = list.field
				}
				faults.Add(InvalidField(field, "Must be of a host that clients may register for themselves."))
			}
		}
	}
}

func nonEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// withDefaults fills in what the client has not said. Of scopes it may ask for all that clients may register (RFC 7591 §2).
func (p ClientRegistrationPolicy) withDefaults(m ClientMetadata) ClientMetadata {
	if m.Scope == "" {
		m.Scope = JoinScope(p.Scopes)
	}
	return m.WithDefaults()
}

// ofHost reports whether a URI is of one of the hosts.
func ofHost(uri string, hosts []string) bool {
	u, err := url.Parse(uri)
	if err != nil {
		return false
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	return slices.ContainsFunc(hosts, func(allowed string) bool {
		below, wild := strings.CutPrefix(allowed, "*.")
		return allowed == "*" || allowed == host || wild && strings.HasSuffix(host, "."+below)
	})
}

// ValidHost reports whether a text is a host as redirect URIs may have it, without a port.
func ValidHost(host string) bool { return plainHost(host) }

// RepeatedItems names the elements of a list of URIs or scopes that are there already, the first of them as place says of its path.
func RepeatedItems(field string, items []string, place func(path string) string) error {
	var faults Faults
	first := map[string]string{}
	for i, text := range items {
		path, folded := item(field, i), FoldURI(text)
		if before, found := first[folded]; found {
			faults.Add(InvalidField(path, "Is the same as %s.", place(before)))
			continue
		}
		first[folded] = path
	}
	return faults.Err()
}

// RepeatedURIs is RepeatedItems for one who sees the list.
func RepeatedURIs(field string, uris []string) error {
	return RepeatedItems(field, uris, func(string) string { return "an element before it" })
}

// FoldURI folds the case of what has none in a URI: scheme and host (RFC 3986 §6.2.2.1).
func FoldURI(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" {
		return text
	}
	rest := text[len(u.Scheme):]
	return u.Scheme + strings.Replace(rest, u.Host, strings.ToLower(u.Host), 1)
}
