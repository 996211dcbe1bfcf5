package identity

import (
	"math"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"
)

var clientIDPattern = regexp.MustCompile(`^[A-Za-z0-9_.~-]{1,255}$`)

// WithDefaults fills in what RFC 7591 §2 says when the client said nothing.
func (m ClientMetadata) WithDefaults() ClientMetadata {
	if m.TokenEndpointAuthMethod == "" {
		m.TokenEndpointAuthMethod = AuthClientSecretBasic
	}
	if len(m.GrantTypes) == 0 {
		m.GrantTypes = []GrantType{GrantAuthorizationCode, GrantRefreshToken}
	}
	if len(m.ResponseTypes) == 0 && slices.Contains(m.GrantTypes, GrantAuthorizationCode) {
		m.ResponseTypes = []string{"code"}
	}
	if m.ApplicationType == "" {
		m.ApplicationType = "web"
	}
	if m.SubjectType == "" {
		m.SubjectType = "public"
	}
	if m.IDTokenAlg == "" {
		m.IDTokenAlg = RS256
	}
	if m.AccessTokenAlg == "" {
		m.AccessTokenAlg = ES256
	}
	return m
}

// DefaultPolicy is the policy when the operator says nothing.
func DefaultPolicy() ClientPolicy {
	return ClientPolicy{RequirePKCE: true, RefreshTokenRotation: true}
}

// WithDefaults adds what holds for every client that registers this metadata: a public one must use PKCE (OAuth 2.1 §7.5.1).
func (p ClientPolicy) WithDefaults(m ClientMetadata) ClientPolicy {
	if m.TokenEndpointAuthMethod == AuthNone {
		p.RequirePKCE = true
	}
	return p
}

// Check holds the rules for registered clients (RFC 7591 §2, OIDC Registration §2, RFC 9700 §2.1).
func (c Client) Check() error {
	m := c.Metadata
	if !clientIDPattern.MatchString(c.ClientID) {
		return InvalidField("client_id", "Must be 1 to 255 letters, digits, or one of _ . ~ -")
	}
	if _, err := uuid.Parse(c.ClientID); err == nil {
		// RFC 9700 §4.15: a client must not be able to look like a user, whose sub is a UUID.
		return InvalidField("client_id", "Must not have the form of a UUID.")
	}
	if err := CheckText("client_name", m.Name, MaxText, false); err != nil {
		return err
	}
	if err := m.checkMethods(); err != nil {
		return err
	}
	if m.ApplicationType != "web" && m.ApplicationType != "native" {
		return InvalidField("application_type", "Must be web or native.")
	}
	if slices.Contains(m.GrantTypes, GrantAuthorizationCode) && len(m.RedirectURIs) == 0 {
		return InvalidField("redirect_uris", "Must have at least one URI for the grant type authorization_code.")
	}
	for _, uri := range m.RedirectURIs {
		if err := checkRedirectURI("redirect_uris", uri, m.ApplicationType); err != nil {
			return err
		}
	}
	for _, uri := range m.PostLogoutRedirectURIs {
		if err := checkRedirectURI("post_logout_redirect_uris", uri, m.ApplicationType); err != nil {
			return err
		}
	}
	if _, err := ParseScope(m.Scope); err != nil {
		return err
	}
	if err := m.checkRest(); err != nil {
		return err
	}
	return c.Policy.check()
}

func (m ClientMetadata) checkMethods() error {
	if err := checkAuthMethod(m.TokenEndpointAuthMethod); err != nil {
		return err
	}
	if m.TokenEndpointAuthMethod == AuthPrivateKeyJWT && (len(m.JWKS) == 0) == (m.JWKSURI == "") {
		return InvalidField("jwks", "Must be given for private_key_jwt, or jwks_uri instead.")
	}
	if len(m.JWKS) > 0 {
		if err := checkKeySet(m.JWKS); err != nil {
			return err
		}
	}
	if alg := m.TokenEndpointAuthAlg; alg != "" && !slices.Contains(AssertionAlgorithms(), alg) {
		return InvalidField("token_endpoint_auth_signing_alg", "Must be RS256, PS256, ES256 or EdDSA.")
	}
	for _, g := range m.GrantTypes {
		if !slices.Contains(grantTypes, g) {
			return InvalidField("grant_types", "Has a grant type that is not supported.")
		}
	}
	if m.TokenEndpointAuthMethod == AuthNone && slices.Contains(m.GrantTypes, GrantClientCredentials) {
		return InvalidField("grant_types", "Must not have client_credentials for a public client.")
	}
	for _, r := range m.ResponseTypes {
		if r != "code" {
			return InvalidField("response_types", "Must be code.")
		}
	}
	return nil
}

func (m ClientMetadata) checkRest() error {
	if m.SubjectType != "public" {
		return InvalidField("subject_type", "Must be public.")
	}
	for _, f := range []struct {
		field    string
		alg      Algorithm
		optional bool
	}{
		{"id_token_signed_response_alg", m.IDTokenAlg, false},
		{"access_token_signed_response_alg", m.AccessTokenAlg, false},
		{"userinfo_signed_response_alg", m.UserinfoAlg, true},
	} {
		if !slices.Contains(Algorithms(), f.alg) && !(f.optional && f.alg == "") {
			return InvalidField(f.field, "Must be RS256, ES256 or EdDSA.")
		}
	}
	for _, f := range []struct{ field, uri string }{
		{"client_uri", m.URI},
		{"logo_uri", m.LogoURI},
		{"policy_uri", m.PolicyURI},
		{"tos_uri", m.TermsURI},
		{"jwks_uri", m.JWKSURI},
		{"backchannel_logout_uri", m.BackchannelLogoutURI},
	} {
		if f.uri != "" && (!webURL(f.uri) || strings.Contains(f.uri, "#")) {
			return InvalidField(f.field, "Must be an absolute http or https URL without a fragment.")
		}
	}
	if m.DefaultMaxAge != nil && *m.DefaultMaxAge < 0 {
		return InvalidField("default_max_age", "Must not be negative.")
	}
	return nil
}

func (p ClientPolicy) check() error {
	const day, unbounded = 86_400, math.MaxInt
	for _, f := range []struct {
		field          string
		seconds, limit int
	}{
		{"access_token_ttl", p.AccessTokenTTL, day}, {"id_token_ttl", p.IDTokenTTL, day}, {"refresh_token_ttl", p.RefreshTokenTTL, unbounded},
	} {
		if f.seconds < 0 || f.seconds > f.limit {
			return InvalidField(f.field, "Must be a number of seconds, at most a day.")
		}
	}
	if p.DefaultResource != "" && !ValidResource(p.DefaultResource) {
		return InvalidField("default_resource", "Must be an absolute URI without a fragment.")
	}
	if p.AssertionAudience != "" && p.AssertionAudience != "issuer" {
		return InvalidField("assertion_audience", "Must be empty or issuer.")
	}
	return nil
}

// checkRedirectURI refuses what must never be registered: fragments, user information, wildcards, script schemes, and
// plain http but to this very machine (RFC 9700 §2.1, §4.1; RFC 8252 §7).
func checkRedirectURI(field, uri, application string) error {
	u, err := url.Parse(uri)
	switch {
	case err != nil, len(uri) > maxURL, strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r > unicode.MaxASCII || r == 0x7f }):
		return InvalidField(field, "Has a URI that cannot be read.")
	case u.Scheme == "":
		return InvalidField(field, "Has a URI that is not absolute.")
	case strings.Contains(uri, "#"):
		return InvalidField(field, "Has a URI with a fragment.")
	case u.User != nil:
		return InvalidField(field, "Has a URI with user information.")
	case strings.ContainsAny(uri, `*\`):
		return InvalidField(field, "Has a URI with a wildcard or a backslash.")
	}
	switch scheme := strings.ToLower(u.Scheme); scheme {
	case "https", "http":
		if u.Hostname() == "" {
			return InvalidField(field, "Has a URI without a host.")
		}
		if scheme == "http" && !loopback(u.Hostname()) {
			return InvalidField(field, "Has an http URI to a host that is not this machine; use https.")
		}
	default:
		// RFC 8252 §7.1: private-use schemes are reverse domain names, so they have a dot; javascript, data and their kin
		// have none.
		if application != "native" || !strings.Contains(scheme, ".") {
			return InvalidField(field, "Has a scheme that is not allowed: https, or a private-use scheme with a dot for native applications.")
		}
	}
	return nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// RedirectURI decides where an authorization answer may go. requested empty means the only registered one. Comparison
// is exact, but for the port of a loopback IP of a native application (RFC 8252 §7.3).
func (c Client) RedirectURI(requested string) (string, bool) {
	registered := c.Metadata.RedirectURIs
	if requested == "" {
		if len(registered) == 1 {
			return registered[0], true
		}
		return "", false
	}
	for _, uri := range registered {
		if uri == requested || c.Metadata.ApplicationType == "native" && sameLoopback(uri, requested) {
			return requested, true
		}
	}
	return "", false
}

// PostLogoutRedirectURI reports whether the browser may be sent there after logout; exact comparison.
func (c Client) PostLogoutRedirectURI(requested string) bool {
	return slices.Contains(c.Metadata.PostLogoutRedirectURIs, requested)
}

// sameLoopback compares two http URIs of a loopback IP literal that differ in their ports only.
func sameLoopback(registered, requested string) bool {
	a, err := url.Parse(registered)
	if err != nil || a.Scheme != "http" || net.ParseIP(a.Hostname()) == nil || !loopback(a.Hostname()) {
		return false
	}
	b, err := url.Parse(requested)
	if err != nil || b.User != nil || strings.ContainsAny(requested, "#\\") {
		return false
	}
	// What follows the authority must be equal to the byte.
	restA, okA := strings.CutPrefix(registered, "http://"+a.Host)
	restB, okB := strings.CutPrefix(requested, "http://"+b.Host)
	return okA && okB && a.Hostname() == b.Hostname() && restA == restB
}

// ValidResource follows RFC 8707 §2: an absolute URI without a fragment.
func ValidResource(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && u.IsAbs() && len(uri) <= maxURL && !strings.Contains(uri, "#") &&
		!strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r > unicode.MaxASCII || r == 0x7f })
}
