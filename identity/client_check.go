package identity

import (
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
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
		m.SubjectType = SubjectPublic
	}
	if m.IDTokenAlg == "" {
		m.IDTokenAlg = RS256
	}
	if m.AccessTokenAlg == "" {
		m.AccessTokenAlg = ES256
	}
	for _, e := range m.encryptions() {
		if *e.alg != "" && *e.enc == "" {
			*e.enc = DefaultContentEncryption
		}
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
	var faults Faults
	if !c.DescribedElsewhere() {
		faults.Add(checkClientID(c.ClientID))
	}
	faults.Add(checkName("client_name", m.Name))
	m.checkMethods(c.Policy, &faults)
	c.checkResponseTypes(&faults)
	m.checkURIs(&faults)
	m.checkRest(&faults)
	m.checkBackchannel(&faults)
	c.Policy.check(&faults)
	c.checkProfile(&faults)
	if c.Policy.RefuseDPoP && m.BoundAccessTokens {
		faults.Add(InvalidField("refuse_dpop", "Must not be set with dpop_bound_access_tokens: the client would get no token."))
	}
	return faults.Err()
}

func checkClientID(id string) error {
	if !clientIDPattern.MatchString(id) {
		return InvalidField("client_id", "Must be 1 to %d letters, digits, or one of _ . ~ -", MaxText)
	}
	if _, err := uuid.Parse(id); err == nil {
		// RFC 9700 §4.15: a client must not be able to look like a user, whose sub is a UUID.
		return InvalidField("client_id", "Must not have the form of a UUID.")
	}
	return nil
}

// checkURIs checks the addresses that browsers are sent to, each by its place in its list.
func (m ClientMetadata) checkURIs(faults *Faults) {
	if m.ApplicationType != "web" && m.ApplicationType != "native" {
		faults.Add(InvalidField("application_type", "Must be web or native."))
	}
	for _, g := range []GrantType{GrantAuthorizationCode, GrantImplicit} {
		if slices.Contains(m.GrantTypes, g) && len(m.RedirectURIs) == 0 {
			faults.Add(InvalidField("redirect_uris", "Must have at least one URI for the grant type %s.", g))
		}
	}
	for _, list := range []struct {
		field string
		uris  []string
	}{{"redirect_uris", m.RedirectURIs}, {"post_logout_redirect_uris", m.PostLogoutRedirectURIs}} {
		if len(list.uris) > maxRedirectURIs {
			faults.Add(InvalidField(list.field, "Must have at most %d URIs.", maxRedirectURIs))
			continue
		}
		for i, uri := range list.uris {
			faults.Add(checkRedirectURI(item(list.field, i), uri, m.ApplicationType))
		}
	}
	if m.ApplicationType == "web" && slices.Contains(m.GrantTypes, GrantImplicit) && len(m.RedirectURIs) <= maxRedirectURIs {
		for i, uri := range m.RedirectURIs {
			faults.Add(checkFrontChannelURI(item("redirect_uris", i), uri))
		}
	}
}

// checkRequestURIs checks where request objects may be fetched from. A fragment is no part of what is fetched, and changes when that
// does (OIDC Core §6.2).
func (m ClientMetadata) checkRequestURIs(faults *Faults) {
	if len(m.RequestURIs) > maxRequestURIs {
		faults.Add(InvalidField("request_uris", "Must have at most %d URIs.", maxRequestURIs))
		return
	}
	for i, uri := range m.RequestURIs {
		if !webURL(uri) {
			faults.Add(InvalidField(item("request_uris", i), "Must be an absolute http or https URL of at most %d characters.", maxURL))
		}
	}
}

// item names an element of a list field.
func item(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

func (m ClientMetadata) checkMethods(p ClientPolicy, faults *Faults) {
	faults.Add(checkAuthMethod(m.TokenEndpointAuthMethod))
	asserts, set, address := m.TokenEndpointAuthMethod == AuthPrivateKeyJWT, len(m.JWKS) > 0, m.JWKSURI != ""
	if asserts && (set && address || !set && !address && p.AssertionIssuer == "") {
		faults.Add(InvalidField("jwks", "Must be given for private_key_jwt, or jwks_uri instead."))
	}
	if p.AssertionIssuer != "" && !asserts {
		faults.Add(InvalidField("assertion_issuer", "Must be absent: only clients with private_key_jwt have it."))
	}
	switch {
	case len(m.JWKS) == 0:
	case m.TokenEndpointAuthMethod == AuthSelfSignedTLS:
		faults.Add(checkCertificateSet(m.JWKS))
	case m.wantsEncrypted() && !asserts && !m.signsRequests():
		faults.Add(checkPublicKeys(m.JWKS))
	default:
		faults.Add(checkKeySet(m.JWKS))
	}
	m.checkRequestObjects(p, faults)
	m.checkCertificates(faults)
	if alg, algs := m.TokenEndpointAuthAlg, m.TokenEndpointAuthMethod.assertionAlgorithms(); alg != "" && !slices.Contains(algs, alg) {
		faults.Add(InvalidField("token_endpoint_auth_signing_alg", "Must be %s.", OneOfAlgorithms(algs)))
	}
	if len(m.GrantTypes) > len(grantTypes) {
		faults.Add(InvalidField("grant_types", "Must have at most %d values.", len(grantTypes)))
	} else {
		for i, g := range m.GrantTypes {
			if !slices.Contains(grantTypes, g) {
				faults.Add(InvalidField(item("grant_types", i), "%s", mustBeGrantType))
			}
		}
	}
	for _, g := range []GrantType{GrantClientCredentials, GrantTokenExchange, GrantJWTBearer, GrantCIBA} {
		if m.TokenEndpointAuthMethod == AuthNone && slices.Contains(m.GrantTypes, g) {
			faults.Add(InvalidField("grant_types", "Must not have %s for a public client.", g))
		}
	}
}

// checkRequestObjects checks how the client signs its authorization requests (RFC 9101 §10.5).
func (m ClientMetadata) checkRequestObjects(p ClientPolicy, faults *Faults) {
	alg := m.RequestObjectAlg
	if alg != "" && alg != UnsignedRequests && !slices.Contains(RequestObjectAlgorithms(), alg) {
		faults.Add(InvalidField("request_object_signing_alg", "Must be %s, or none.", OneOfAlgorithms(RequestObjectAlgorithms())))
	}
	if alg == UnsignedRequests && m.RequireSignedRequest {
		faults.Add(InvalidField("request_object_signing_alg", "Must not be none where require_signed_request_object is set."))
	}
	m.checkRequestURIs(faults)
	proven := m.TokenEndpointAuthMethod == AuthPrivateKeyJWT && p.AssertionIssuer == "" // by keys, which are asked for anyhow
	if m.signsRequests() && len(m.JWKS) == 0 && m.JWKSURI == "" && !proven {
		faults.Add(InvalidField("jwks", "Must be given for signed request objects, or jwks_uri instead."))
	}
}

// signsRequests reports whether the client has to have a key for its requests.
func (m ClientMetadata) signsRequests() bool {
	alg := m.RequestObjectAlg
	return m.RequireSignedRequest || alg != "" && alg != UnsignedRequests || len(m.RequestURIs) > 0 && alg != UnsignedRequests ||
		slices.Contains(RequestObjectAlgorithms(), m.BackchannelRequestAlg)
}

func (m ClientMetadata) checkRest(faults *Faults) {
	if _, err := ParseScope(m.Scope); err != nil {
		faults.Add(err)
	}
	m.checkSubjects(faults)
	m.checkAlgorithms(faults)
	m.checkEncryption(faults)
	m.checkLocalized(faults)
	for _, f := range []struct{ field, uri string }{
		{"client_uri", m.URI},
		{"logo_uri", m.LogoURI},
		{"policy_uri", m.PolicyURI},
		{"tos_uri", m.TermsURI},
		{"jwks_uri", m.JWKSURI},
		{"backchannel_logout_uri", m.BackchannelLogoutURI},
	} {
		if f.uri != "" {
			faults.Add(checkPage(f.field, f.uri))
		}
	}
	if at := m.FrontchannelLogoutURI; at != "" {
		origin := WebOrigin(at)
		ofApplication := func(uri string) bool { return WebOrigin(uri) == origin }
		if !webURL(at) || strings.Contains(at, "#") || !slices.ContainsFunc(m.RedirectURIs, ofApplication) {
			faults.Add(InvalidField("frontchannel_logout_uri",
				"Must be an absolute http or https URL without a fragment, of at most %d characters, "+
					"of the same scheme, host and port as a redirect URI.", maxURL))
		}
	}
	if at := m.InitiateLoginURI; at != "" && (!webURL(at) || !strings.HasPrefix(strings.ToLower(at), "https:") || strings.Contains(at, "#")) {
		faults.Add(InvalidField("initiate_login_uri", "Must be an absolute https URL without a fragment, of at most %d characters.", maxURL))
	}
	faults.Add(checkName("software_id", m.SoftwareID))
	faults.Add(checkName("software_version", m.SoftwareVersion))
	faults.Add(checkTexts("contacts", m.Contacts, maxContacts))
	if len(m.DetailTypes) > MaxDetailTypes {
		faults.Add(InvalidField("authorization_details_types", "Must have at most %d values.", MaxDetailTypes))
	} else {
		for i, name := range m.DetailTypes {
			faults.Add(checkScopeValue(item("authorization_details_types", i), name))
		}
	}
	if m.DefaultMaxAge != nil && *m.DefaultMaxAge < 0 {
		faults.Add(InvalidField("default_max_age", "Must not be negative."))
	}
	if len(m.DefaultACRValues) > len(classes) {
		faults.Add(InvalidField("default_acr_values", "Must name each class once."))
		return
	}
	for i, class := range m.DefaultACRValues {
		if levelOf(class) == LevelNone || slices.Contains(m.DefaultACRValues[:i], class) {
			faults.Add(InvalidField(item("default_acr_values", i), "Must be a class of acr_values_supported, each once."))
		}
	}
}

// checkAlgorithms checks what the server signs with for the client. A key of the server is nobody's secret, and a secret that the
// server does not have signs nothing.
func (m ClientMetadata) checkAlgorithms(faults *Faults) {
	switch alg := m.IDTokenAlg; {
	case !slices.Contains(IDTokenAlgorithms(), alg):
		faults.Add(InvalidField("id_token_signed_response_alg", "Must be %s.", OneOfAlgorithms(IDTokenAlgorithms())))
	case alg == HS256 && m.TokenEndpointAuthMethod != AuthClientSecretJWT:
		faults.Add(InvalidField("id_token_signed_response_alg", "Must not be HS256 but for a client with client_secret_jwt: "+
			"of other clients the server does not have the secret."))
	}
	for _, f := range []struct {
		field    string
		alg      Algorithm
		optional bool
	}{
		{"access_token_signed_response_alg", m.AccessTokenAlg, false},
		{"userinfo_signed_response_alg", m.UserinfoAlg, true},
		{"introspection_signed_response_alg", m.IntrospectionAlg, true},
		{"authorization_signed_response_alg", m.AuthorizationAlg, true},
	} {
		if !slices.Contains(Algorithms(), f.alg) && !(f.optional && f.alg == "") {
			faults.Add(InvalidField(f.field, "Must be %s.", OneOfAlgorithms(Algorithms())))
		}
	}
}

// checkTexts bounds a list of short texts and each of them.
func checkTexts(field string, list []string, most int) error {
	if len(list) > most {
		return InvalidField(field, "Must have at most %d values.", most)
	}
	var faults Faults
	for i, text := range list {
		faults.Add(checkName(item(field, i), text))
	}
	return faults.Err()
}

func (p ClientPolicy) check(faults *Faults) {
	const day, unbounded = 86_400, math.MaxInt
	for _, f := range []struct {
		field          string
		seconds, limit int
	}{
		{"access_token_ttl", p.AccessTokenTTL, day}, {"id_token_ttl", p.IDTokenTTL, day}, {"refresh_token_ttl", p.RefreshTokenTTL, unbounded},
	} {
		if f.seconds < 0 || f.seconds > f.limit {
			faults.Add(InvalidField(f.field, "Must be a number of seconds, at most a day."))
		}
	}
	faults.Add(checkTokenFormat(p.AccessTokenFormat))
	if p.DefaultResource != "" && !ValidResource(p.DefaultResource) {
		faults.Add(InvalidField("default_resource", "Must be an absolute URI without a fragment."))
	}
	if p.AssertionAudience != "" && p.AssertionAudience != "issuer" {
		faults.Add(InvalidField("assertion_audience", "Must be empty or issuer."))
	}
	p.checkAssertions(faults)
	if p.RequireACR != "" && levelOf(p.RequireACR) == LevelNone {
		faults.Add(InvalidField("require_acr", "Must be a class of acr_values_supported."))
	}
	for _, list := range []struct {
		field string
		uris  []string
	}{{"audiences", p.Audiences}, {"exchange_resources", p.ExchangeResources}} {
		if len(list.uris) > maxAudiences {
			faults.Add(InvalidField(list.field, "Must have at most %d URIs.", maxAudiences))
			continue
		}
		for i, uri := range list.uris {
			if !ValidResource(uri) {
				faults.Add(InvalidField(item(list.field, i), "Must be an absolute URI without a fragment."))
			}
		}
	}
	faults.Add(CheckText("description", p.Description, maxDescription, true))
	p.checkMembershipClaims(faults)
}

// checkAssertions checks whose assertions the client lives by. That the issuers are trusted is looked at when they are used.
func (p ClientPolicy) checkAssertions(faults *Faults) {
	if (p.AssertionIssuer == "") != (p.AssertionSubject == "") {
		faults.Add(InvalidField("assertion_subject", "Must be given with assertion_issuer, and not without."))
	}
	if p.AssertionIssuer != "" && !validTrustedIssuer(p.AssertionIssuer) {
		faults.Add(InvalidField("assertion_issuer", "Must be the URL of a trusted issuer."))
	}
	faults.Add(checkName("assertion_subject", p.AssertionSubject))
	if len(p.AssertionIssuers) > MaxTrustedIssuers {
		faults.Add(InvalidField("assertion_issuers", "Must have at most %d URLs.", MaxTrustedIssuers))
		return
	}
	for i, issuer := range p.AssertionIssuers {
		if !validTrustedIssuer(issuer) {
			faults.Add(InvalidField(item("assertion_issuers", i), "Must be the URL of a trusted issuer."))
		}
	}
}

// ValidResource follows RFC 8707 §2: an absolute URI without a fragment.
func ValidResource(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && u.IsAbs() && len(uri) <= maxURL && !strings.Contains(uri, "#") &&
		!strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r > unicode.MaxASCII || r == 0x7f })
}
