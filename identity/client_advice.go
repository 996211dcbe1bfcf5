package identity

import (
	"net/url"
	"slices"
	"strings"
)

// Standard is a document whose rules a registration can break.
type Standard string

// The standards that registrations are compared with.
const (
	StandardBestPractice Standard = "RFC 9700"                  // the best current practice for OAuth security
	StandardOAuth21      Standard = "OAuth 2.1"                 // the draft
	StandardFAPI2        Standard = "FAPI 2.0 Security Profile" // for banks, health and government
)

// ClientAdvice is a rule that a registration breaks. That does not make it wrong: most clients need not follow FAPI 2.0.
type ClientAdvice struct {
	ID       string // stable, such as rfc9700.pkce
	Standard Standard
	Clause   string // such as §2.1.1
	Field    string // of the registration, in the domain's spelling
	Problem  string // what is so
	Repair   string // what to change
}

// clientRule is a rule for registrations. Rules that no registration can break, because they are refused, or that none can
// follow, because the server does not offer it, are not in the list.
type clientRule struct {
	ClientAdvice
	broken func(Client) bool
}

// clientRules is the one list of them.
var clientRules = []clientRule{
	{ClientAdvice{
		"rfc9700.pkce", StandardBestPractice, "§2.1.1", "require_pkce", "The client may leave PKCE out.",
		"Let the application send a code_challenge, and require it.",
	}, withoutPKCE},
	{ClientAdvice{
		"rfc9700.password_grant", StandardBestPractice, "§2.4", "grant_types", "The client collects the passwords of people.",
		"Use authorization_code, and take password out.",
	}, allows(GrantPassword)},
	{ClientAdvice{
		"rfc9700.front_channel_token", StandardBestPractice, "§2.1.2", "response_types",
		"Access tokens go through the browser, where they leak, and nothing binds them to the client.",
		"Use the response type code, or code id_token.",
	}, tokenInResponse},
	{ClientAdvice{
		"rfc9700.public_refresh_token", StandardBestPractice, "§2.2.2", "refresh_token_rotation",
		"The refresh tokens of a public client are not replaced: a stolen one works unnoticed.", "Switch the rotation on.",
	}, func(c Client) bool {
		return c.Public() && c.Allows(GrantRefreshToken) && !c.Policy.RefreshTokenRotation
	}},
	{ClientAdvice{
		"rfc9700.shared_secret", StandardBestPractice, "§2.5", "token_endpoint_auth_method",
		"The client authenticates with a secret that the server has too.", "Register its public keys, and use private_key_jwt.",
	}, Client.UsesSecret},
	{ClientAdvice{
		"rfc9700.http_redirect", StandardBestPractice, "§2.6", "redirect_uris",
		"A web application gets its codes by http.", "Use https; http is for native applications on the device of the person.",
	}, func(c Client) bool { return c.Metadata.ApplicationType == "web" && c.redirectsTo(overHTTP) }},
	{ClientAdvice{
		"oauth2_1.password_grant", StandardOAuth21, "§10", "grant_types", "The grant type password has been dropped.",
		"Use authorization_code, and take password out.",
	}, allows(GrantPassword)},
	{ClientAdvice{
		"oauth2_1.implicit", StandardOAuth21, "§10.1", "grant_types", "The implicit grant has been dropped.",
		"Use authorization_code with the response type code, and take implicit out.",
	}, allows(GrantImplicit)},
	{ClientAdvice{
		"oauth2_1.pkce", StandardOAuth21, "§4.1.1", "require_pkce", "The client may leave PKCE out.",
		"Let the application send a code_challenge, and require it.",
	}, withoutPKCE},
	{ClientAdvice{
		"oauth2_1.localhost", StandardOAuth21, "§8.4.2, RFC 8252 §8.3", "redirect_uris",
		"localhost may lead to another interface than the loopback one.", "Use http://127.0.0.1 or http://[::1], with any port.",
	}, func(c Client) bool { return c.Metadata.ApplicationType == "native" && c.redirectsTo(namedLocalhost) }},
	{ClientAdvice{
		"oauth2_1.silent_public_client", StandardOAuth21, "§7.3.1, RFC 8252 §8.6", "skip_consent",
		"Nobody is asked for consent, though anybody can claim to be this client.", "Ask for consent, or give the client credentials.",
	}, func(c Client) bool { return c.Public() && c.Policy.SkipConsent }},
	{ClientAdvice{
		"fapi2.password_grant", StandardFAPI2, "§5.3.2.1 item 2", "grant_types", "The client collects the passwords of people.",
		"Use authorization_code, and take password out.",
	}, allows(GrantPassword)},
	{ClientAdvice{
		"fapi2.confidential", StandardFAPI2, "§5.3.2.1 item 3", "token_endpoint_auth_method", "The client has no credentials.",
		"Let a server of the application hold its keys, and use private_key_jwt.",
	}, Client.Public},
	{ClientAdvice{
		"fapi2.bound_tokens", StandardFAPI2, "§5.3.2.1 item 4", "dpop_bound_access_tokens",
		"A stolen access token works for whoever has it.",
		"Let the application prove possession of a key (DPoP) or of its certificate (mutual TLS), and require it.",
	}, func(c Client) bool { return !c.Metadata.BoundAccessTokens && !c.Metadata.CertificateBoundTokens }},
	{ClientAdvice{
		"fapi2.client_authentication", StandardFAPI2, "§5.3.2.1 item 6", "token_endpoint_auth_method",
		"The client authenticates with a secret that the server has too.", "Register its public keys, and use private_key_jwt.",
	}, Client.UsesSecret},
	{ClientAdvice{
		"fapi2.assertion_audience", StandardFAPI2, "§5.3.2.1 item 8", "assertion_audience",
		"Its assertions may name something else than the issuer as one string.", "Name the issuer alone, and set issuer.",
	}, looseAssertions},
	{ClientAdvice{
		"fapi2.rotation", StandardFAPI2, "§5.3.2.1 item 9", "refresh_token_rotation",
		"Refresh tokens are replaced, so that a lost response costs the grant.",
		"Switch the rotation off, for a client with keys.",
	}, func(c Client) bool { return c.Allows(GrantRefreshToken) && c.Policy.RefreshTokenRotation }},
	{ClientAdvice{
		"fapi2.pushed_requests", StandardFAPI2, "§5.3.2.2 item 3", "require_pushed_authorization_requests",
		"Authorization requests may come through the browser.", "Let the application push its requests, and require it.",
	}, func(c Client) bool { return c.Allows(GrantAuthorizationCode) && !c.Metadata.RequirePushedRequests }},
	{ClientAdvice{
		"fapi2.pkce", StandardFAPI2, "§5.3.2.2 item 5", "require_pkce", "The client may leave PKCE out.",
		"Let the application send a code_challenge, and require it.",
	}, withoutPKCE},
	{ClientAdvice{
		"fapi2.id_token_algorithm", StandardFAPI2, "§5.4.1", "id_token_signed_response_alg", "ID tokens are signed with PKCS #1 v1.5.",
		"Use PS256, ES256 or EdDSA.",
	}, func(c Client) bool { return c.Allows(GrantAuthorizationCode) && pkcs1(c.IDTokenAlgorithm()) }},
	{ClientAdvice{
		"fapi2.userinfo_algorithm", StandardFAPI2, "§5.4.1", "userinfo_signed_response_alg", "UserInfo is signed with PKCS #1 v1.5.",
		"Use PS256, ES256 or EdDSA.",
	}, func(c Client) bool { return pkcs1(c.Metadata.UserinfoAlg) }},
	{ClientAdvice{
		"fapi2.access_token_algorithm", StandardFAPI2, "§5.4.1", "access_token_signed_response_alg",
		"Access tokens are signed with PKCS #1 v1.5.",
		"Use PS256, ES256 or EdDSA.",
	}, func(c Client) bool { return pkcs1(c.Metadata.AccessTokenAlg) }},
	{ClientAdvice{
		"fapi2.assertion_algorithm", StandardFAPI2, "§5.4.1", "token_endpoint_auth_signing_alg", "Assertions may be signed with PKCS #1 v1.5.",
		"Set PS256, ES256 or EdDSA.",
	}, func(c Client) bool {
		alg := c.Metadata.TokenEndpointAuthAlg
		return c.Metadata.TokenEndpointAuthMethod == AuthPrivateKeyJWT && (alg == "" || pkcs1(Algorithm(alg)))
	}},
}

// Advice returns the rules of the standards that the registration breaks, in a stable order.
func (c Client) Advice() []ClientAdvice {
	var out []ClientAdvice
	for _, rule := range clientRules {
		if rule.broken(c) {
			out = append(out, rule.ClientAdvice)
		}
	}
	return out
}

// ClientRules lists all rules that registrations are compared with.
func ClientRules() []ClientAdvice {
	out := make([]ClientAdvice, len(clientRules))
	for i, rule := range clientRules {
		out[i] = rule.ClientAdvice
	}
	return out
}

func allows(g GrantType) func(Client) bool { return func(c Client) bool { return c.Allows(g) } }

// tokenInResponse reports whether the client may ask for access tokens in authorization responses.
func tokenInResponse(c Client) bool {
	return slices.ContainsFunc(c.Metadata.ResponseTypes, func(text string) bool {
		t, _ := ParseResponseType(text)
		return t.Token()
	})
}

func withoutPKCE(c Client) bool { return c.Allows(GrantAuthorizationCode) && !c.Policy.RequirePKCE }

func looseAssertions(c Client) bool {
	method := c.Metadata.TokenEndpointAuthMethod
	return (method == AuthPrivateKeyJWT || method == AuthClientSecretJWT) && c.Policy.AssertionAudience != "issuer"
}

// pkcs1 reports whether an algorithm is RSASSA-PKCS1-v1_5, which FAPI leaves out.
func pkcs1(alg Algorithm) bool { return alg == RS256 || alg == RS384 || alg == RS512 }

// redirectsTo reports whether one of the redirect URIs is of a sort.
func (c Client) redirectsTo(sort func(*url.URL) bool) bool {
	return slices.ContainsFunc(c.Metadata.RedirectURIs, func(uri string) bool {
		u, err := url.Parse(uri)
		return err == nil && sort(u)
	})
}

func overHTTP(u *url.URL) bool { return strings.EqualFold(u.Scheme, "http") }

func namedLocalhost(u *url.URL) bool {
	return overHTTP(u) && strings.EqualFold(u.Hostname(), "localhost")
}
