package identity

import "slices"

// clientRule is a rule for registrations. Rules that no registration can break, because they are refused, or that none can
// follow, because the server does not offer it, are not in the list.
type clientRule struct {
	ClientAdvice
	broken func(Client) bool
	mend   func(*ClientMetadata, *ClientPolicy) // changes the field so that the rule holds; nil where only the operator can tell how
}

// clientRules is the one list of them. What mends one breaks none before it of the same standard.
var clientRules = slices.Concat(bestPracticeRules, oauth21Rules, fapi2Rules, fapi2SigningRules, fapi1Rules, oidcBasicRules, costRules)

var bestPracticeRules = []clientRule{
	{ClientAdvice{
		"rfc9700.pkce", StandardBestPractice, "§2.1.1", "require_pkce", "The client may leave PKCE out.",
		"Let the application send a code_challenge, and require it.",
	}, withoutPKCE, requirePKCE},
	{ClientAdvice{
		"rfc9700.password_grant", StandardBestPractice, "§2.4", "grant_types", "The client collects the passwords of people.",
		"Use authorization_code, and take password out.",
	}, allows(GrantPassword), nil},
	{ClientAdvice{
		"rfc9700.front_channel_token", StandardBestPractice, "§2.1.2", "response_types",
		"Access tokens go through the browser, where they leak, and nothing binds them to the client.",
		"Use the response type code, or code id_token.",
	}, tokenInResponse, nil},
	{ClientAdvice{
		"rfc9700.public_refresh_token", StandardBestPractice, "§2.2.2", "refresh_token_rotation",
		"The refresh tokens of a public client are not replaced: a stolen one works unnoticed.", "Switch the rotation on.",
	}, func(c Client) bool {
		return c.Public() && c.Allows(GrantRefreshToken) && !c.Policy.RefreshTokenRotation
	}, func(_ *ClientMetadata, p *ClientPolicy) { p.RefreshTokenRotation = true }},
	{ClientAdvice{
		"rfc9700.shared_secret", StandardBestPractice, "§2.5", "token_endpoint_auth_method",
		"The client authenticates with a secret that the server has too.", "Register its public keys, and use private_key_jwt.",
	}, Client.UsesSecret, nil},
	{ClientAdvice{
		"rfc9700.http_redirect", StandardBestPractice, "§2.6", "redirect_uris",
		"A web application gets its codes by http.", "Use https; http is for native applications on the device of the person.",
	}, func(c Client) bool { return c.Metadata.ApplicationType == "web" && c.redirectsTo(overHTTP) }, nil},
}

var oauth21Rules = []clientRule{
	{ClientAdvice{
		"oauth2_1.password_grant", StandardOAuth21, "§10", "grant_types", "The grant type password has been dropped.",
		"Use authorization_code, and take password out.",
	}, allows(GrantPassword), nil},
	{ClientAdvice{
		"oauth2_1.implicit", StandardOAuth21, "§10.1", "grant_types", "The implicit grant has been dropped.",
		"Use authorization_code with the response type code, and take implicit out.",
	}, allows(GrantImplicit), nil},
	{ClientAdvice{
		"oauth2_1.pkce", StandardOAuth21, "§4.1.1", "require_pkce", "The client may leave PKCE out.",
		"Let the application send a code_challenge, and require it.",
	}, withoutPKCE, requirePKCE},
	{ClientAdvice{
		"oauth2_1.localhost", StandardOAuth21, "§8.4.2, RFC 8252 §8.3", "redirect_uris",
		"localhost may lead to another interface than the loopback one.", "Use http://127.0.0.1 or http://[::1], with any port.",
	}, func(c Client) bool { return c.Metadata.ApplicationType == "native" && c.redirectsTo(namedLocalhost) }, nil},
	{ClientAdvice{
		"oauth2_1.silent_public_client", StandardOAuth21, "§7.3.1, RFC 8252 §8.6", "skip_consent",
		"Nobody is asked for consent, though anybody can claim to be this client.", "Ask for consent, or give the client credentials.",
	}, func(c Client) bool { return c.Public() && c.Policy.SkipConsent }, func(_ *ClientMetadata, p *ClientPolicy) { p.SkipConsent = false }},
}

// oidcBasicRules are what a client of the Basic OpenID Provider is.
var oidcBasicRules = []clientRule{
	{ClientAdvice{
		"oidc_basic.grant_types", StandardOIDCBasic, "§15.1", "grant_types", "The client uses no authorization codes.",
		"Add authorization_code.",
	}, func(c Client) bool { return !c.Allows(GrantAuthorizationCode) }, nil},
	{ClientAdvice{
		"oidc_basic.response_types", StandardOIDCBasic, "§3.1", "response_types", "Responses may bring tokens through the browser.",
		"Use the response type code alone.",
	}, func(c Client) bool { return c.respondsOtherThan(ResponseCode) }, nil},
	{ClientAdvice{
		"oidc_basic.scope", StandardOIDCBasic, "§3.1.2.1", "scope", "The client may not ask for ID tokens.", "Add openid.",
	}, func(c Client) bool { return !slices.Contains(c.Scopes(), ScopeOpenID) }, addOpenID},
}

func addOpenID(m *ClientMetadata, _ *ClientPolicy) {
	m.Scope = JoinScope(append((Client{Metadata: *m}).Scopes(), ScopeOpenID))
}

// costRules are what the measurements of docs/performance.md advise (docs/decisions/0143).
var costRules = []clientRule{
	{ClientAdvice{
		"cost.id_token_algorithm", StandardCost, "docs/performance.md", "id_token_signed_response_alg",
		"ID tokens are signed with RSA, which costs the server thirty times what a signature on a curve does.",
		"Set ES256 or EdDSA, if the application knows one.",
	}, func(c Client) bool {
		return (c.Allows(GrantAuthorizationCode) || c.Allows(GrantDeviceCode) || c.Allows(GrantCIBA) || c.Allows(GrantImplicit)) &&
			slices.Contains(RSAAlgorithms(), c.IDTokenAlgorithm())
	}, func(m *ClientMetadata, _ *ClientPolicy) { m.IDTokenAlg = ES256 }},
	{ClientAdvice{
		"cost.access_token_algorithm", StandardCost, "docs/performance.md", "access_token_signed_response_alg",
		"Access tokens are signed with RSA, which costs the server thirty times what a signature on a curve does.",
		"Set ES256 or EdDSA, if the APIs know one.",
	}, func(c Client) bool {
		return c.Policy.AccessTokenFormat != FormatOpaque && slices.Contains(RSAAlgorithms(), c.Metadata.AccessTokenAlg)
	}, func(m *ClientMetadata, _ *ClientPolicy) { m.AccessTokenAlg = ES256 }},
}
