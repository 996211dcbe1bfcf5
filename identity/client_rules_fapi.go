package identity

import "slices"

// fapi2Algorithms are what FAPI 2.0 Security Profile §5.4.1 leaves, and fapi1Algorithms what FAPI 1.0 Advanced §8.6 does.
var (
	fapi2Algorithms = []Algorithm{PS256, ES256, EdDSA}
	fapi1Algorithms = []Algorithm{PS256, ES256}
)

// fapi2Rules are those of FAPI 2.0 Security Profile.
var fapi2Rules = slices.Concat([]clientRule{
	{ClientAdvice{
		"fapi2.password_grant", StandardFAPI2, "§5.3.2.1 item 2", "grant_types", "The client collects the passwords of people.",
		"Use authorization_code, and take password out.",
	}, allows(GrantPassword), nil},
	{ClientAdvice{
		"fapi2.confidential", StandardFAPI2, "§5.3.2.1 item 3", "token_endpoint_auth_method", "The client has no credentials.",
		"Let a server of the application hold its keys, and use private_key_jwt.",
	}, Client.Public, assertByKey},
	{ClientAdvice{
		"fapi2.bound_tokens", StandardFAPI2, "§5.3.2.1 item 4", "dpop_bound_access_tokens",
		"A stolen access token works for whoever has it.",
		"Let the application prove possession of a key (DPoP) or of its certificate (mutual TLS), and require it.",
	}, func(c Client) bool { return !c.Metadata.BoundAccessTokens && !c.Metadata.CertificateBoundTokens }, bindToKey},
	{ClientAdvice{
		"fapi2.client_authentication", StandardFAPI2, "§5.3.2.1 item 6", "token_endpoint_auth_method",
		"The client authenticates with a secret that the server has too.", "Register its public keys, and use private_key_jwt.",
	}, Client.UsesSecret, assertByKey},
	{ClientAdvice{
		"fapi2.assertion_audience", StandardFAPI2, "§5.3.2.1 item 8", "assertion_audience",
		"Its assertions may name something else than the issuer as one string.", "Name the issuer alone, and set issuer.",
	}, looseAssertions, func(_ *ClientMetadata, p *ClientPolicy) { p.AssertionAudience = "issuer" }},
	{ClientAdvice{
		"fapi2.rotation", StandardFAPI2, "§5.3.2.1 item 9", "refresh_token_rotation",
		"Refresh tokens are replaced, so that a lost response costs the grant.",
		"Switch the rotation off, for a client with keys.",
	}, func(c Client) bool { return c.Allows(GrantRefreshToken) && c.Policy.RefreshTokenRotation }, func(_ *ClientMetadata, p *ClientPolicy) {
		p.RefreshTokenRotation = false
	}},
	{ClientAdvice{
		"fapi2.pushed_requests", StandardFAPI2, "§5.3.2.2 item 3", "require_pushed_authorization_requests",
		"Authorization requests may come through the browser.", "Let the application push its requests, and require it.",
	}, func(c Client) bool {
		return c.Allows(GrantAuthorizationCode) && !c.Metadata.RequirePushedRequests
	}, func(m *ClientMetadata, _ *ClientPolicy) { m.RequirePushedRequests = true }},
	{ClientAdvice{
		"fapi2.pkce", StandardFAPI2, "§5.3.2.2 item 5", "require_pkce", "The client may leave PKCE out.",
		"Let the application send a code_challenge, and require it.",
	}, withoutPKCE, requirePKCE},
	{ClientAdvice{
		"fapi2.response_types", StandardFAPI2, "§5.3.2.2 item 1", "response_types", "Responses may bring tokens through the browser.",
		"Use the response type code alone.",
	}, func(c Client) bool { return c.respondsOtherThan(ResponseCode) }, nil},
}, algorithmRules("fapi2", StandardFAPI2, "§5.4.1", fapi2Algorithms, "id_token", "userinfo", "access_token", "assertion"))

// fapi2SigningRules are what FAPI 2.0 Message Signing asks for besides.
var fapi2SigningRules = slices.Concat([]clientRule{
	signedRequests("fapi2_signing", StandardFAPI2Signing, "§5.3.1"),
}, algorithmRules("fapi2_signing", StandardFAPI2Signing, "§5.3.1", fapi2Algorithms, "request_object"),
	algorithmRules("fapi2_signing", StandardFAPI2Signing, "§5.4.1", fapi2Algorithms, "authorization"),
	algorithmRules("fapi2_signing", StandardFAPI2Signing, "§5.5.1", fapi2Algorithms, "introspection"))

// fapi1Rules are those of FAPI 1.0 Advanced, and of FAPI-CIBA, which stands on it. That a code comes in a signed response, and a
// pushed request with a challenge, is looked at with each request.
var fapi1Rules = slices.Concat([]clientRule{
	{ClientAdvice{
		"fapi1.client_authentication", StandardFAPI1, "§5.2.2 items 14 and 16", "token_endpoint_auth_method",
		"The client has no credentials, or a secret that the server has too.", "Register its public keys, and use private_key_jwt.",
	}, func(c Client) bool { return c.Public() || c.UsesSecret() }, assertByKey},
	{ClientAdvice{
		"fapi1.bound_tokens", StandardFAPI1, "§5.2.2 items 5 and 6", "tls_client_certificate_bound_access_tokens",
		"A stolen access token works for whoever has it.",
		"Let the application connect with its certificate (mutual TLS), and require it.",
	}, func(c Client) bool { return !c.Metadata.CertificateBoundTokens }, bindToCertificate},
	signedRequests("fapi1", StandardFAPI1, "§5.2.2 item 1"),
	{ClientAdvice{
		"fapi1.response_types", StandardFAPI1, "§5.2.2 item 2", "response_types", "Responses may bring access tokens, or no code.",
		"Use the response types code and code id_token alone.",
	}, func(c Client) bool { return c.respondsOtherThan(ResponseCode, ResponseCodeIDToken) }, nil},
	{ClientAdvice{
		"fapi1.backchannel_requests", StandardFAPI1, "§8.6, FAPI-CIBA §5.2.2", "backchannel_authentication_request_signing_alg",
		"Authentication requests may be unsigned, or signed with another algorithm than those of the profile.", "Set PS256 or ES256.",
	}, func(c Client) bool {
		return c.Allows(GrantCIBA) && !slices.Contains(fapi1Algorithms, Algorithm(c.Metadata.BackchannelRequestAlg))
	}, func(m *ClientMetadata, _ *ClientPolicy) { m.BackchannelRequestAlg = string(ES256) }},
}, algorithmRules("fapi1", StandardFAPI1, "§8.6", fapi1Algorithms,
	"id_token", "userinfo", "access_token", "authorization", "introspection", "request_object", "assertion"))

func requirePKCE(_ *ClientMetadata, p *ClientPolicy) { p.RequirePKCE = true }

func assertByKey(m *ClientMetadata, _ *ClientPolicy) { m.TokenEndpointAuthMethod = AuthPrivateKeyJWT }

func bindToKey(m *ClientMetadata, _ *ClientPolicy) { m.BoundAccessTokens = true }

func bindToCertificate(m *ClientMetadata, _ *ClientPolicy) {
	m.CertificateBoundTokens, m.BoundAccessTokens = true, false // a token is bound once
}

// signedRequests is the rule that authorization requests are signed.
func signedRequests(prefix string, standard Standard, clause string) clientRule {
	advice := ClientAdvice{
		prefix + ".signed_requests", standard, clause, "require_signed_request_object",
		"Authorization requests may be unsigned, so that what was asked for can be denied.",
		"Let the application sign its requests, and require it.",
	}
	return clientRule{advice, func(c Client) bool {
		return c.Allows(GrantAuthorizationCode) && !c.Metadata.RequireSignedRequest
	}, func(m *ClientMetadata, _ *ClientPolicy) { m.RequireSignedRequest = true }}
}

// signature is something that the server signs for a client, or the client for the server.
type signature struct {
	field, what string
	alg         func(Client) Algorithm // what it is signed with; empty if there is none
	set         func(*ClientMetadata)  // to something that every profile has
}

// signatures are all of them, by the middle of their rules' names.
var signatures = map[string]signature{
	"id_token": {"id_token_signed_response_alg", "ID tokens are", func(c Client) Algorithm {
		if !c.Allows(GrantAuthorizationCode) {
			return ""
		}
		return c.IDTokenAlgorithm()
	}, func(m *ClientMetadata) { m.IDTokenAlg = ES256 }},
	"userinfo": {
		"userinfo_signed_response_alg", "UserInfo is", func(c Client) Algorithm { return c.Metadata.UserinfoAlg },
		func(m *ClientMetadata) { m.UserinfoAlg = ES256 },
	},
	"access_token": {
		"access_token_signed_response_alg", "Access tokens are", func(c Client) Algorithm { return c.Metadata.AccessTokenAlg },
		func(m *ClientMetadata) { m.AccessTokenAlg = ES256 },
	},
	"authorization": {
		"authorization_signed_response_alg", "Signed authorization responses are", Client.AuthorizationAlgorithm,
		func(m *ClientMetadata) { m.AuthorizationAlg = ES256 },
	},
	"introspection": {
		"introspection_signed_response_alg", "Signed introspection responses are", Client.IntrospectionAlgorithm,
		func(m *ClientMetadata) { m.IntrospectionAlg = ES256 },
	},
	"request_object": {
		"request_object_signing_alg", "Request objects are", func(c Client) Algorithm { return Algorithm(c.Metadata.RequestObjectAlg) },
		func(m *ClientMetadata) { m.RequestObjectAlg = "" }, // what the profile has
	},
	"assertion": {"token_endpoint_auth_signing_alg", "Assertions may be", func(c Client) Algorithm {
		alg := c.Metadata.TokenEndpointAuthAlg
		switch {
		case c.Metadata.TokenEndpointAuthMethod != AuthPrivateKeyJWT, alg == "" && c.Policy.Profile.algorithms() != nil:
			return ""
		case alg == "":
			return RS256 // among others
		}
		return Algorithm(alg)
	}, func(m *ClientMetadata) { m.TokenEndpointAuthAlg = "" }},
}

// algorithmRules are the rules that what is signed is signed with one of some algorithms.
func algorithmRules(prefix string, standard Standard, clause string, algorithms []Algorithm, names ...string) []clientRule {
	rules := make([]clientRule, len(names))
	for i, name := range names {
		s := signatures[name]
		rules[i] = clientRule{ClientAdvice{
			prefix + "." + name + "_algorithm", standard, clause, s.field, s.what + " signed with another algorithm than those of the profile.",
			"Set " + OneOfAlgorithms(texts(algorithms)) + ".",
		}, func(c Client) bool {
			alg := s.alg(c)
			return alg != "" && !slices.Contains(algorithms, alg)
		}, func(m *ClientMetadata, _ *ClientPolicy) { s.set(m) }}
	}
	return rules
}
