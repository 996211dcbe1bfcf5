package identity

import "slices"

// rules is the one list of what a request can break.
var rules = []Rule{
	{
		RuleReadable, "RFC 6749 appendix B",
		"Send application/x-www-form-urlencoded in UTF-8 without NUL, within the lengths of docs/security/limits.md.",
	},
	{RuleParameter, "RFC 6749 §3.2", "Send the parameter that the request needs. One without a value counts as left out."},
	{RuleOnce, "RFC 6749 §3.1", "Send each parameter once; only resource may be repeated (RFC 8707 §2)."},
	{
		RuleAttempts, "RFC 6585 §4",
		"Wait as long as Retry-After says. docs/security/throttling.md has the limits; look for a program that tries again without end.",
	},
	{
		RuleInteraction, "docs/decisions/0034-an-interaction-is-sealed-into-its-handle.md",
		"Start again at the application: the sign-in was finished, is too old, or began in another browser. Do not bookmark its pages.",
	},
	{RuleValue, "docs/admin-api.md", "Send a value that the message allows."},

	{RuleClientID, "RFC 6749 §4.1.1", "Send client_id: the one with which the application is registered."},
	{
		RuleClientKnown, "RFC 6749 §4.1.2.1",
		"Compare client_id, letter by letter, with the registered clients of this server. A client that was switched off is not known either.",
	},
	{
		RuleClientDocument, "OAuth Client ID Metadata Document §4",
		"Open the client_id: there must be a JSON document of at most 16 KiB, without redirects, whose client_id is this very address, with " +
			"token_endpoint_auth_method none or private_key_jwt, and with what clients may register of themselves (docs/registration.md).",
	},
	{
		RuleRedirect, "RFC 6749 §3.1.2.3, FAPI 2.0 Security Profile §5.3.2.2, FAPI 1.0 Baseline §5.2.2",
		"Send redirect_uri: the application has not registered exactly one, so that the server cannot know, or must push its requests, or has " +
			"the profile fapi1_advanced.",
	},
	{
		RuleRedirectRegistered, "RFC 9700 §2.1",
		"Register this very redirect_uri, or send a registered one. They are compared as texts: scheme, port, path, final slash and query " +
			"count. Only the port of a loopback address may differ (RFC 8252 §7.3).",
	},
	{RuleState, "RFC 6749 §4.1.1", "Send a shorter state: keep what it stands for in the application, and send a random name of it."},
	{
		RuleResponseMode, "OAuth 2.0 Form Post Response Mode §2",
		"Leave response_mode out, or send one of response_modes_supported: query, form_post, or a value of JARM.",
	},
	{
		RuleResponseModeQuery, "OAuth 2.0 Multiple Response Type Encoding Practices §3, §5",
		"Leave response_mode out, or send fragment or form_post: tokens do not go by the query of an address, which is logged.",
	},
	{
		RuleResponseModeSigned, "FAPI 1.0 Advanced §5.2.2 item 2",
		"Send the response_mode jwt, or the response type code id_token: the application has the profile fapi1_advanced.",
	},
	{
		RuleRequestObject, "RFC 9101 §6.2, §6.3",
		"Sign the whole request, with client_id and redirect_uri in it, by a key of the client: typ oauth-authz-req+jwt, iss the client_id, " +
			"aud the issuer, exp and nbf within the hour, a new jti each time. request and request_uri are not in it.",
	},
	{
		RuleDetails, "RFC 9396 §5",
		"Send a JSON list of objects, each of a type that is declared here and in authorization_details_types of the client, as the schema of " +
			"the type demands; at the token endpoint those that were granted, or some of them.",
	},
	{
		RuleSignedRequired, "RFC 9101 §10.5",
		"Send the parameters in a signed request object, as request: this client, or every client of this server, must.",
	},
	{
		RuleRequestURI, "OIDC Core §3.1.2.6",
		"Push the request to pushed_authorization_request_endpoint and send the request_uri that it returns, or one of request_uris of the " +
			"client, letter by letter but for the value of a parameter that ends it, where a request object can be fetched without redirects.",
	},
	{
		RulePushedKnown, "RFC 9126 §4",
		"Push the request anew, and send the browser at once with the request_uri and with the client_id of the client that has pushed it. " +
			"It holds for a minute and a half, and for one answer.",
	},
	{
		RulePushedRequired, "RFC 9126 §5",
		"Post the request to pushed_authorization_request_endpoint first, and send the browser with client_id and the request_uri it returns.",
	},
	{RulePushedNested, "RFC 9126 §2.1", "Push the parameters themselves: a pushed request has no request_uri."},
	{RuleResponseType, "RFC 6749 §3.1.1", "Send response_type: code, unless the client is registered for another."},
	{
		RuleResponseTypes, "OAuth 2.1 §4.1.1",
		"Use the authorization code flow with PKCE, response_type=code. OAuth 2.1 has dropped the implicit and the hybrid flow; a server " +
			"has them, all but token alone, with AUTHLY_FRONT_CHANNEL_TOKENS.",
	},
	{
		RuleCodeOfClient, "RFC 6749 §4.1.2.1",
		"Register the client with the response type and its grant types, authorization_code for code and implicit for tokens, or use the " +
			"flow that it is registered for.",
	},
	{
		RuleFrontChannelBound, "RFC 9700 §2.1.2",
		"Use the authorization code flow: only the token endpoint binds an access token to a key or a certificate.",
	},
	{
		RuleChallenge, "RFC 7636 §4.4.1",
		"Let the application use PKCE: a code_challenge with code_challenge_method=S256 here, its code_verifier at the token endpoint. " +
			"A confidential client that cannot may be registered with require_pkce: false.",
	},
	{RuleChallengeBoth, "RFC 7636 §4.3", "Send the code_challenge that belongs to the code_challenge_method."},
	{RuleChallengeMethod, "RFC 9700 §2.1.1", "Send code_challenge_method=S256. Left out it means plain, which is not accepted."},
	{RuleChallengeForm, "RFC 7636 §4.2", "Send the SHA-256 digest of the code_verifier in base64url without padding: 43 characters."},
	{
		RuleVerifier, "RFC 7636 §4.6",
		"Send the code_verifier whose digest was the code_challenge, kept for this one sign-in; none where there was no code_challenge. " +
			"It has 43 to 128 characters.",
	},

	{RuleScopeSyntax, "RFC 6749 §3.3", "Separate scopes by single spaces; they are printable ASCII without quotes and backslashes."},
	{RuleScopeAllowed, "RFC 6749 §3.3", "Add the scope to those of the client, or ask for one that it has."},
	{RuleScopeGranted, "RFC 6749 §6", "Ask for scopes of the grant only. For more, send the person through the authorization endpoint again."},
	{RuleResourceRegistered, "RFC 8707 §2", "Register the resource, or ask for a registered one. They are compared as texts."},
	{RuleResourceAuthorized, "RFC 8707 §2.2", "Ask for the resource at the authorization endpoint, too; here it only chooses among those."},
	{RuleResourceBound, "RFC 8707 §2", "Ask for fewer or shorter resources."},
	{
		RuleResourceAlgorithm, "RFC 8707 §2",
		"Ask for a token for each of the resources, or give them the same access_token_signing_alg.",
	},
	{
		RuleResourceFormat, "RFC 8707 §2",
		"Ask for a token for each of the resources, or give them the same access_token_format.",
	},

	{RuleNonce, "OIDC Core §3.1.2.1", "Send a shorter nonce, such as the digest of a random value."},
	{
		RuleNonceRequired, "OIDC Core §3.2.2.1, §3.3.2.11, FAPI 1.0 Baseline §5.2.2.2",
		"Send a nonce, such as the digest of a random value, and compare it with that of the ID token: it ties the token to this request.",
	},
	{RuleOpenIDScope, "OIDC Core §3.1.2.1", "Ask for the scope openid, which the client must be allowed: without it there is no ID token."},
	{
		RulePrompt, "OIDC Core §3.1.2.1",
		"Send values of prompt_values_supported, separated by spaces. Where nobody can register, create is none of them.",
	},
	{RulePromptAlone, "OIDC Core §3.1.2.1", "Send none alone."},
	{
		RulePromptNone, "OIDC Core §3.1.2.6",
		"Nothing is wrong: without a page the request cannot be answered. Send it again without prompt=none when the person may be asked.",
	},
	{RuleMaxAge, "OIDC Core §3.1.2.1", "Send max_age as a whole number of seconds."},
	{RuleClaims, "OIDC Core §5.5", "Send claims as a JSON object with the members userinfo and id_token, no deeper and larger than it says."},
	{
		RuleACR, "OpenID Connect Core Error Code unmet_authentication_requirements 1.0 §2",
		"Ask for an acr that this server has, or ask for it without essential.",
	},
	{RuleHint, "OIDC Core §3.1.2.1", "Send an ID token that this server has issued, whole. It may have expired."},
	{RuleHintClient, "OIDC Core §3.1.2.1", "Send an ID token that was issued to this client."},
	{RuleHintSubject, "OIDC Core §5.5", "Let id_token_hint and the claims request name the same sub, or send one of them."},
	{RuleDenied, "RFC 6749 §4.1.2.1", "Nothing is wrong: the person has refused. Let the application offer to try again."},
	{RuleLogoutClient, "OpenID Connect RP-Initiated Logout 1.0 §2", "Send the id_token_hint, or else the client_id, of the application."},
	{
		RuleLogoutAddress, "OpenID Connect RP-Initiated Logout 1.0 §3",
		"Add the address to post_logout_redirect_uris of the client. They are compared as texts.",
	},

	{RuleGrantType, "RFC 6749 §5.2", "Use a grant type that the metadata lists under grant_types_supported."},
	{RuleGrantTypeOfClient, "RFC 6749 §5.2", "Add the grant type to those of the client, or use one that it has."},
	{
		RuleOneAuthentication, "RFC 6749 §2.3",
		"Authenticate the client in one way: the Authorization header, client_secret in the body, or client_assertion.",
	},
	{
		RuleBasic, "RFC 6749 §2.3.1",
		"Send Basic and the base64 of client_id:client_secret, both form-encoded before. A bearer token does not authenticate a client.",
	},
	{RuleSameClient, "RFC 6749 §2.3", "Leave client_id out, or send that of the Authorization header or of the assertion (RFC 7521 §4.2)."},
	{
		RuleAuthMethod, "RFC 7591 §2",
		"Let the application authenticate as it is registered, or change token_endpoint_auth_method of the client.",
	},
	{RuleSecret, "RFC 6749 §2.3.1", "Configure the secret that was shown when it was made, or make a new one. It may have expired."},
	{RuleAssertionType, "RFC 7523 §2.2", "Send client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer."},
	{RuleAssertionForm, "RFC 7523 §3", "Send a signed JWT in compact form, in base64url without padding."},
	{
		RuleEncryptionKey, "OIDC Core §10.2",
		"Publish in jwks or at jwks_uri a key for the alg that the client has registered: RSA for RSA-OAEP-256, EC on P-256 or P-384 for " +
			"ECDH-ES and its kin, with the use enc or none. The address is read again when no key fits, at most every ten seconds.",
	},
	{
		RuleAssertion, "RFC 7523 §3",
		"Sign with a key of the client's jwks, or with its secret as client_secret_jwt: " +
			"iss and sub are the client_id, aud is the issuer or the endpoint, exp is at most an hour " +
			"ahead, and jti is new each time. A workload with assertion_issuer sends what its platform has issued: sub is assertion_subject.",
	},
	{
		RuleCertificate, "RFC 8705 §2",
		"Connect with the certificate that the client is registered with: one of a trusted authority with that name, or one of its " +
			"jwks; at the address of mtls_endpoint_aliases, where there is one. A proxy must pass it on (AUTHLY_MTLS_HEADER).",
	},
	{RuleConfidential, "RFC 7662 §2.1", "Call with a client that has credentials: anybody can claim to be a public one."},
	{RuleServiceClient, "RFC 6749 §4.4", "Register the client with a secret or a key set: a public client cannot act on its own behalf."},
	{
		RuleCode, "RFC 6749 §4.1.3",
		"Redeem the code with the client that has asked for it, at the server that has issued it, whole and unchanged.",
	},
	{
		RuleCodeOnce, "RFC 6749 §4.1.2",
		"Redeem a code once. Look for a page that is loaded twice or a call that is repeated; all tokens of the code were revoked.",
	},
	{RuleCodeInTime, "RFC 6749 §4.1.2", "Redeem the code as soon as it arrives (AUTHLY_CODE_TTL). The person may also have signed out."},
	{RuleCodeRedirect, "RFC 6749 §4.1.3", "Send the redirect_uri of the authorization request once more, and none if it had none."},
	{
		RuleCodeKey, "RFC 9449 §10",
		"Sign the proof (header DPoP) of the token request with the key that dpop_jkt, or the proof of the pushed request, has named.",
	},
	{
		RuleRefreshTokenKey, "RFC 9449 §5",
		"Sign the proof (header DPoP) with the key that the grant began with: the refresh tokens of a public client are bound to it.",
	},
	{
		RuleDeviceCode, "RFC 8628 §3.4",
		"Send the device_code as the device authorization response had it, by the client that it was issued to.",
	},
	{RuleDeviceInTime, "RFC 8628 §3.5", "Begin anew at the device authorization endpoint, and show the person the new code."},
	{
		RuleDevicePending, "RFC 8628 §3.5",
		"Nothing is wrong: ask again after the interval of the device authorization response, until there is another answer.",
	},
	{
		RuleDeviceInterval, "RFC 8628 §3.5",
		"Wait for the interval of the device authorization response between two requests, and 5 seconds more after each slow_down.",
	},
	{
		RuleBackchannelHint, "CIBA Core §7.1",
		"Name the user in exactly one of login_hint (the username, or an e-mail address that is verified) and id_token_hint.",
	},
	{
		RuleBackchannelUser, "CIBA Core §13",
		"Look whether the user is there and active, and whether the address is verified: users, in the admin API.",
	},
	{
		RuleBackchannelFull, "CIBA Core §13",
		"Wait until the user has decided about what waits on their page, or until it has expired.",
	},
	{RuleBackchannelForm, "CIBA Core §7.1", "Send requested_expiry as a number of seconds, and scope with openid in it."},
	{
		RuleBindingMessage, "CIBA Core §7.1, §13",
		"Shorten the binding_message to 64 letters A to Z, digits, spaces and the marks . , : ; + # ( ) _ and -.",
	},
	{
		RuleNotificationToken, "CIBA Core §7.1",
		"Send a client_notification_token, of the characters of bearer tokens and at most 1024: the client is registered for ping.",
	},
	{
		RuleBackchannelSigned, "CIBA Core §7.1.1",
		"Put all parameters into the JWT of request, with iss, aud, exp, iat, nbf and jti, and only credentials of the client beside it.",
	},
	{RuleBackchannelID, "CIBA Core §11", "Send the auth_req_id as it was returned, by the client that it was returned to."},
	{RuleBackchannelInTime, "CIBA Core §11", "Begin anew: the user did not decide in time."},
	{
		RuleBackchannelPending, "CIBA Core §11",
		"Nothing is wrong: ask again after the interval, until there is another answer, or wait for the notification.",
	},
	{RuleBackchannelInterval, "CIBA Core §11", "Wait for the interval between two requests, and 5 seconds more after each slow_down."},
	{
		RuleExchangeToken, "RFC 8693 §2.1",
		"Send an access token of a person that this server has issued, and that has neither expired nor ended. ID tokens, refresh tokens " +
			"and tokens of other servers are not taken.",
	},
	{
		RuleExchangeHolder, "RFC 8693 §5",
		"Exchange tokens that were made for this client: by itself, or for a resource that its registration has in audiences.",
	},
	{
		RuleExchangeClass, "RFC 8693 §2.2.2",
		"Ask the caller for a sign-in of the class that this client requires (require_acr), by a challenge of RFC 9470, and exchange " +
			"the token of that one.",
	},
	{
		RuleExchangeTarget, "RFC 8693 §2.1",
		"Say in resource or audience which API the new token is for, by its URI, and have the operator list it in exchange_resources " +
			"of the client.",
	},
	{
		RuleExchangeType, "RFC 8693 §3",
		"Send urn:ietf:params:oauth:token-type:access_token as subject_token_type, actor_token_type and requested_token_type.",
	},
	{RuleExchangeDepth, "RFC 8693 §4.1", "Let fewer services stand between the person and this one: a token names four that act at most."},
	{
		RuleGrantAssertion, "RFC 7523 §3",
		"Send a JWT that its issuer has signed with a key of the trusted issuer: aud is the issuer of this server or the token endpoint, " +
			"exp is at most an hour ahead, each is sent once, and the claim of user_claim names an active user.",
	},
	{
		RuleGrantAssertionIssuer, "RFC 7523 §2.1",
		"Have the operator trust the issuer of the assertion (trustedIssuers), and list it in assertion_issuers of the client.",
	},
	{RuleRefreshToken, "RFC 6749 §6", "Send the last refresh token of the grant, by the client that it was issued to."},
	{
		RuleRefreshTokenOnce, "RFC 9700 §4.14.2",
		"Store the new refresh token of every response before it is used, and refresh from one place at a time. " +
			"The grant was ended, because somebody else may have the token: let the person sign in again.",
	},
	{
		RuleRefreshTokenInTime, "RFC 6749 §6",
		"Let the person sign in again. AUTHLY_REFRESH_TOKEN_TTL, AUTHLY_REFRESH_TOKEN_IDLE_TTL and the client say how long one lives.",
	},
	{
		RuleGrantActive, "RFC 6749 §5.2",
		"Let the person sign in again: the session has ended, the grant was revoked, or the user may not have tokens at present.",
	},
	{RulePassword, "RFC 6749 §4.3", "Ask for the password again. The audit trail has the reason of each failed sign-in."},
	{RulePasswordChange, "RFC 6749 §4.3", "Send the person to the sign-in page: the password must be changed there first."},

	{RuleTokenPresent, "RFC 6750 §3", "Send Authorization: Bearer and an access token."},
	{RuleTokenOnce, "RFC 6750 §2", "Send the access token in one place: the header, or access_token of a posted form."},
	{
		RuleProof, "RFC 9449 §4.3",
		"Send one header DPoP: a fresh JWT of the type dpop+jwt for this very request, with jti, htm, htu, iat, with ath where a token is " +
			"presented, signed by the key whose public half is its jwk.",
	},
	{RuleProofNonce, "RFC 9449 §8", "Make the proof again with the value of the header DPoP-Nonce as its nonce, and send the request again."},
	{
		RuleProofRequired, "RFC 9449 §5.2",
		"Send a proof (header DPoP): the client is registered with dpop_bound_access_tokens, or exchanges a token that is bound, for which a " +
			"certificate will do too.",
	},
	{
		RuleProofUnused, "RFC 7800 §3.1",
		"Send no proof (header DPoP): the client is registered with tls_client_certificate_bound_access_tokens, and a token is bound to one " +
			"key; or the operator says that it uses none (refuse_dpop).",
	},
	{
		RuleCertificateRequired, "RFC 8705 §3",
		"Connect with a certificate, at the address of mtls_endpoint_aliases, where there is one: the client is registered with " +
			"tls_client_certificate_bound_access_tokens.",
	},
	{RuleProofKey, "RFC 9449 §10", "Send as dpop_jkt the SHA-256 thumbprint (RFC 7638) of the key that signs the proofs."},
	{
		RuleTokenActive, "RFC 6750 §3.1",
		"Get a new access token: this one has expired, was revoked, or is not for this server. An ID token is no access token.",
	},
	{RuleTokenScope, "RFC 6750 §3.1", "Ask for the scope that the challenge names, with a client and a user that may have it."},
	{RuleAdministrator, "docs/admin-api.md", "Call as an active administrator, or as a client that is marked service_admin."},
	{
		RuleAdminSignIn, "RFC 9470 §3",
		"Send the person to the authorization endpoint with the acr_values and max_age of the challenge, and call with the new token.",
	},
	{RuleClientMetadata, "RFC 7591 §3.2.2", "Send a JSON object of client metadata that this server allows (docs/registration.md)."},
	{
		RuleEntityStatement, "OpenID Federation 1.0 §12.2.1",
		"Send the entity configuration as application/entity-statement+jwt, or it first in a chain as application/trust-chain+json: signed by " +
			"the key of its jwks that kid names, with the typ entity-statement+jwt, iss and sub alike, and the issuer of this server alone as aud.",
	},
	{
		RuleTrustChain, "OpenID Federation 1.0 §10.2",
		"Have authority_hints lead to a trust anchor of this server, with statements that hold now, and metadata within their policies and " +
			"constraints (docs/openid-federation.md).",
	},
	{RuleProfileBody, "docs/claims.md", "Send a JSON object of claims as application/json, with scopes that write them."},

	{RuleGraphQLRequest, "GraphQL over HTTP", "Post JSON with the member query as application/json."},
	{RuleGraphQLDocument, "GraphQL September 2025 §5", "Compare the document with docs/schema.graphqls."},
	{RuleGraphQLLimits, "docs/admin-api.md", "Ask for less at once: fewer fields, levels or items of a page."},
	{RuleGraphQLVariable, "GraphQL September 2025 §6.1.2", "Send variables and arguments of the types that docs/schema.graphqls has."},
	{RuleGraphQLInput, "docs/admin-api.md", "Correct the input at the path. Nothing was changed."},
	{RuleGraphQLBudget, "docs/admin-api.md", "Wait as long as Retry-After says, or ask for less."},
}

// Rules lists the rules in the order in which they are documented.
func Rules() []Rule { return slices.Clone(rules) }

// Rule returns the rule of the name; the zero Rule when there is none.
func (id RuleID) Rule() Rule {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}
	}
	return rules[i]
}
