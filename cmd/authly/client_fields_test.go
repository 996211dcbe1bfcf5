package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
)

// update makes the test write what it would compare: go test ./cmd/authly -run Documentation -update.
var update = flag.Bool("update", false, "rewrite the table of docs/client-fields.md")

// Between these lines the page is made of clientFields and the code.
const (
	clientFieldsPage     = "../../docs/client-fields.md"
	tableStart, tableEnd = "<!-- table: start -->\n", "<!-- table: end -->\n"
)

// clientField documents a key of an entry of clients.
type clientField struct {
	name      string
	allowed   string // Markdown
	meaning   string
	otherwise string   // the default in words, where it is no value of the code
	good, bad []string // as YAML
	with      string   // further lines that the good values need
}

const (
	webURLs   = "an http or https URL without a fragment"
	redirects = "https URIs; http to this machine; private-use schemes with a dot if `application_type` is `native`; " +
		"no fragment, wildcard or user"
	serversSign    = "`RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `ES256`, `ES384`, `EdDSA`"
	keyEncryptions = "`RSA-OAEP-256`, `ECDH-ES`, `ECDH-ES+A128KW`, `ECDH-ES+A256KW`"
	keysElsewhere  = "jwks_uri: https://shop.example/jwks.json"
	keysOfClient   = "jwks: {keys: [{kty: OKP, crv: Ed25519, kid: k1, x: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo}]}"
	certified      = "token_endpoint_auth_method: tls_client_auth"
	aDay           = "0 to 86400"
	claimNames     = "letters, digits or any of `_ - . : / ~`; no claim that has a meaning of its own, nor that of the other of the two"
)

// clientFields are in the order of the code.
var clientFields = []clientField{
	{
		name: "client_id", otherwise: "required", allowed: "1 to 255 letters, digits, or one of `_ . ~ -`; not a UUID",
		meaning: "the name in the protocol", good: []string{"shop", "a.b_c~d-e"}, bad: []string{`"a b"`, "6f1c2a3e-7a51-4f0e-9d1f-0a4c6c1f2b3d"},
	},
	{
		name: "client_secret", otherwise: "generated, printed once", allowed: "32 to 255 characters, 64 to 255 for `client_secret_jwt`; `env:NAME`; `file:PATH`",
		meaning: "one secret, stored as a digest; for `client_secret_jwt` sealed under the root key", good: []string{"a-secret-of-at-least-32-characters-001"},
	},
	{
		name: "active", otherwise: "`true`", allowed: "`true`, `false`",
		meaning: "an inactive client gets nothing",
		good:    []string{"false"}, bad: []string{"7"},
	},
	{
		name: "jwks", allowed: "a JSON Web Key Set with public keys", meaning: "its keys, for `private_key_jwt` and signed request objects",
		bad:  []string{"5", "{keys: []}", `{keys: [{kty: oct, k: c2VjcmV0}]}`},
		good: []string{`{keys: [{kty: OKP, crv: Ed25519, kid: k1, x: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo}]}`},
		with: "token_endpoint_auth_method: private_key_jwt",
	},
	{
		name: "client_name", allowed: "a line of up to 255 bytes",
		meaning: "shown to people",
		good:    []string{"Shop"}, bad: []string{strings.Repeat("x", 256)},
	},
	{name: "client_uri", allowed: webURLs, meaning: "its home page", good: []string{"https://shop.example"}, bad: []string{"ftp://x"}},
	{
		name: "logo_uri", allowed: webURLs,
		meaning: "its logo on the page that asks for consent: PNG, JPEG, WebP or GIF over https, at most 256 KiB, which this server " +
			"fetches at most once an hour and shows itself (no SVG)",
		good: []string{"https://shop.example/l.png"}, bad: []string{"/l.png"},
	},
	{
		name: "policy_uri", allowed: webURLs,
		meaning: "its privacy policy",
		good:    []string{"https://shop.example/p"}, bad: []string{`"javascript:1"`},
	},
	{
		name: "tos_uri", allowed: webURLs,
		meaning: "its terms of service",
		good:    []string{"https://shop.example/t"}, bad: []string{`"https://x/#y"`},
	},
	{
		name: "localized", allowed: "texts and URLs by `client_name`, `client_uri`, `logo_uri`, `policy_uri` or `tos_uri`, `#` and a BCP 47 language tag; at most 50",
		meaning: "the five in other languages, for pages in these", good: []string{`{"client_name#de": Laden, "tos_uri#nb-NO": "https://example.org/vilkår"}`},
		bad: []string{"[a]", `{"client_name": Laden}`, `{"client_name#d e": Laden}`, `{"scope#de": x}`, `{"tos_uri#de": x}`},
	},
	{
		name: "contacts", allowed: "texts",
		meaning: "people responsible for it",
		good:    []string{"[ops@shop.example]"}, bad: []string{"{a: 1}"},
	},
	{
		name:    "application_type",
		allowed: "`web`, `native`",
		meaning: "`native`: private-use schemes, and any port of a loopback address (RFC 8252)",
		good:    []string{"web", "native"}, bad: []string{"spa"},
	},
	{
		name: "redirect_uris", allowed: redirects, meaning: "where codes are sent, compared exactly; required for `authorization_code`",
		good: []string{`["https://a.example/cb"]`, `["http://127.0.0.1:3000/cb"]`},
		bad:  []string{"[]", `["http://a.example/cb"]`, `["https://a.example/*"]`, `["https://a.example/#x"]`, `["app:/cb"]`},
	},
	{
		name: "post_logout_redirect_uris", allowed: "as `redirect_uris`", meaning: "where the browser may go after logout, compared exactly",
		good: []string{`["https://a.example/bye"]`}, bad: []string{`["http://a.example/bye"]`},
	},
	{
		name: "initiate_login_uri", allowed: "an https URL without a fragment",
		meaning: "where it begins a sign-in that somebody else asks for (OIDC Core §4); the page of a person's applications leads there",
		good:    []string{"https://shop.example/login"}, bad: []string{"http://shop.example/login", "https://shop.example/#x", "/login"},
	},
	{
		name: "grant_types", allowed: "`authorization_code`, `refresh_token`, `client_credentials`, `implicit`, `password`",
		meaning: "how it may get tokens; `implicit` stands for the response types with tokens, `password` also needs `AUTHLY_PASSWORD_GRANT`",
		good:    []string{"[authorization_code]", "[client_credentials]", "[refresh_token, password]"}, bad: []string{"[magic]"},
	},
	{
		name:    "response_types",
		allowed: "`code`; with `implicit` among `grant_types`: `id_token`, `id_token token`, `code id_token`, `code token`, `code id_token token`",
		meaning: "what it may ask for in an authorization request; those with tokens also need `AUTHLY_FRONT_CHANNEL_TOKENS`, and an https redirect " +
			"URI unless the application is native",
		with: "grant_types: [authorization_code, implicit]",
		good: []string{"[code]", "[id_token]", "[id_token token]", "[code, id_token code]"}, bad: []string{"[token]", "[none]", "[id_token id_token]"},
	},
	{
		name: "token_endpoint_auth_method", allowed: "`client_secret_basic`, `client_secret_post`, `client_secret_jwt`, `private_key_jwt`, `tls_client_auth`, `self_signed_tls_client_auth`, `none`",
		meaning: "a secret is taken in the header and in the body alike; with `client_secret_jwt` it signs assertions and is never sent; the two with `tls` are proven by certificates ([mtls.md](mtls.md)); " +
			"`none` is a public client",
		good: []string{"client_secret_basic", "client_secret_post", "client_secret_jwt", "none"}, bad: []string{"client_secret", "private_key_jwt"},
	},
	{
		name: "token_endpoint_auth_signing_alg", allowed: serversSign + "; with `client_secret_jwt` `HS256`, `HS384`, `HS512`",
		meaning: "the only algorithm of its assertions",
		good:    []string{"RS256", "PS256", "ES256", "ES384", "EdDSA"}, bad: []string{"HS256", "none"},
	},
	{
		name: "scope", allowed: "names with a space between them", meaning: "what it may ask for",
		good: []string{"openid profile"}, bad: []string{`'a"b'`},
	},
	{
		name:    "jwks_uri",
		allowed: webURLs,
		meaning: "where its keys are, instead of `jwks`",
		with:    "token_endpoint_auth_method: private_key_jwt",
		good:    []string{"https://shop.example/jwks.json"}, bad: []string{"keys.json"},
	},
	{
		name: "id_token_signed_response_alg", allowed: serversSign + "; with `client_secret_jwt` `HS256` too",
		meaning: "signs its ID and logout tokens; `HS256` by its secret, of several live ones the oldest",
		good:    []string{"RS256", "PS512", "ES384", "EdDSA"}, bad: []string{"none"},
	},
	{
		name: "userinfo_signed_response_alg", allowed: serversSign, meaning: "UserInfo answers as a JWT; without it as JSON",
		good: []string{"RS256", "PS512", "ES384", "EdDSA"}, bad: []string{"HS256"},
	},
	{
		name: "introspection_signed_response_alg", allowed: serversSign, meaning: "signs answers about tokens that it asks for as JWTs; `RS256` without it",
		good: []string{"RS256", "PS512", "ES384", "EdDSA"}, bad: []string{"none"},
	},
	{
		name: "authorization_signed_response_alg", allowed: serversSign,
		meaning: "signs authorization responses that it asks for as JWTs (`response_mode` `jwt` and its kin); `RS256` without it",
		good:    []string{"RS256", "PS512", "ES384", "EdDSA"}, bad: []string{"none"},
	},
	{
		name: "access_token_signed_response_alg", allowed: serversSign,
		meaning: "signs its access tokens",
		good:    []string{"RS256", "PS512", "ES384", "EdDSA"}, bad: []string{"HS256"},
	},
	{
		name: "sector_identifier_uri", allowed: "an https URL without a fragment; http to this machine",
		meaning: "a JSON list with its redirect URIs and those of other clients for which people have the same `sub`; without it the one host of its " +
			"redirect URIs",
		good: []string{"https://shop.example/sector.json"}, bad: []string{"http://shop.example/sector.json", "/sector.json"},
	},
	{
		name: "subject_type", allowed: "`public`, `pairwise`",
		meaning: "`pairwise`: people have another `sub` for it than for clients of another host ([claims.md](claims.md#pairwise-subjects))",
		good:    []string{"public", "pairwise"}, bad: []string{"private"},
	},
	{
		name: "default_max_age", allowed: "0 or more seconds", meaning: "how old a sign-in may be when the request does not say `max_age`",
		good: []string{"0", "3600"}, bad: []string{"-1"},
	},
	{
		name: "default_acr_values", allowed: "of `urn:authly:acr:1`, `urn:authly:acr:2`, `phr`",
		meaning: "what a sign-in should be when the request does not say `acr_values`, the preferred first: [sign-in.md](sign-in.md#what-an-application-demands)",
		good:    []string{"[phr, urn:authly:acr:2]"}, bad: []string{"[loa-9]", "[phr, phr]"},
	},
	{
		name: "require_auth_time", allowed: "`true`, `false`",
		meaning: "`auth_time` in ID tokens; they always have it",
		good:    []string{"true"}, bad: []string{"7"},
	},
	{
		name: "backchannel_logout_uri", allowed: webURLs, meaning: "is told when a session ends (Back-Channel Logout 1.0)",
		good: []string{"https://shop.example/logout"}, bad: []string{"/logout"},
	},
	{
		name: "backchannel_logout_session_required", allowed: "`true`, `false`",
		meaning: "`sid` in logout tokens; they always have it",
		good:    []string{"true"}, bad: []string{"7"},
	},
	{
		name: "frontchannel_logout_uri", allowed: webURLs + ", of the scheme, host and port of a redirect URI",
		meaning: "is loaded by the browser when a session ends in it (Front-Channel Logout 1.0)",
		good:    []string{"https://shop.example/frame"}, bad: []string{"/frame", "https://elsewhere.example/frame"},
	},
	{
		name: "frontchannel_logout_session_required", allowed: "`true`, `false`",
		meaning: "`iss` and `sid` there; they always are",
		good:    []string{"true"}, bad: []string{"7"},
	},
	{
		name: "require_pushed_authorization_requests", allowed: "`true`, `false`",
		meaning: "it must push its authorization requests (RFC 9126 §6)",
		good:    []string{"true"}, bad: []string{"7"},
	},
	{
		name: "authorization_details_types", allowed: "up to 100 types, of printable ASCII characters without spaces, quotes and backslashes",
		meaning: "the types of authorization details that it may ask for (RFC 9396); those that are not declared are of no use",
		good:    []string{"[payment_initiation]"}, bad: []string{`["a b"]`},
	},
	{
		name: "request_object_signing_alg", allowed: serversSign + ", `none`",
		meaning: "signs its request objects (`request`), which without it may be signed with any of them but `none`; `none`: they are not signed",
		good:    []string{"RS256", "PS256", "ES256", "ES384", "EdDSA"}, bad: []string{"HS256"}, with: keysOfClient,
	},
	{
		name: "request_uris", allowed: "up to 20 web addresses", meaning: "where its request objects may be fetched from (RFC 9101 §5.2); a query that ends with `=` is there for each value",
		good: []string{"[\"https://shop.example/request.jwt#1\"]"}, bad: []string{"[/request.jwt]"}, with: keysOfClient,
	},
	{
		name: "require_signed_request_object", allowed: "`true`, `false`",
		meaning: "it must sign its authorization requests (RFC 9101 §10.5); needs `jwks` or `jwks_uri`",
		good:    []string{"true"}, bad: []string{"7"}, with: keysOfClient,
	},
	{
		name: "dpop_bound_access_tokens", allowed: "`true`, `false`",
		meaning: "it gets access tokens only with a proof of possession of a key (RFC 9449 §5.2)",
		good:    []string{"true"}, bad: []string{"7"},
	},
	{
		name: "tls_client_certificate_bound_access_tokens", allowed: "`true`, `false`",
		meaning: "it gets access tokens only with a certificate, to which they are bound (RFC 8705 §3.4); not with `dpop_bound_access_tokens`",
		good:    []string{"true"}, bad: []string{"7"},
	},
	{
		name: "tls_client_auth_subject_dn", allowed: "a distinguished name (RFC 4514)", with: certified,
		meaning: "the subject of the certificate that proves it: [mtls.md](mtls.md); `tls_client_auth` needs one of these five",
		good:    []string{`"CN=shop,O=Example,C=DE"`, `"UID=7+CN=shop, DC=example, DC=org"`}, bad: []string{"shop", `"CN="`, `"XY=shop"`, `"CN=a;b"`},
	},
	{
		name: "tls_client_auth_san_dns", allowed: "a host", with: certified, meaning: "the host in that certificate, instead",
		good: []string{"shop.example.org"}, bad: []string{`"*.example.org"`, `"a b"`},
	},
	{
		name: "tls_client_auth_san_uri", allowed: "an absolute URI", with: certified, meaning: "the URI in it, instead",
		good: []string{"spiffe://example.org/shop"}, bad: []string{"/shop"},
	},
	{
		name: "tls_client_auth_san_ip", allowed: "an IP address", with: certified, meaning: "the IP address in it, instead",
		good: []string{"192.0.2.7", `"2001:db8::7"`}, bad: []string{"192.0.2", `"::ffff:192.0.2.7"`},
	},
	{
		name: "tls_client_auth_san_email", allowed: "an e-mail address", with: certified, meaning: "the e-mail address in it, instead",
		good: []string{"shop@example.org"}, bad: []string{"shop"},
	},
	{
		name: "backchannel_token_delivery_mode", allowed: "`poll`, `ping`",
		meaning: "how it hears that a user has decided about what it asks by CIBA; needed for the grant type `urn:openid:params:grant-type:ciba`",
		good:    []string{"poll"}, bad: []string{"push"}, with: "grant_types: [urn:openid:params:grant-type:ciba]",
	},
	{
		name: "backchannel_client_notification_endpoint", allowed: "an https URL without a fragment; http to this machine only",
		meaning: "where it hears that, for `ping`",
		good:    []string{"https://app.example/ping"}, bad: []string{"http://app.example/ping"},
		with: "backchannel_token_delivery_mode: ping\n  grant_types: [urn:openid:params:grant-type:ciba]",
	},
	{
		name: "backchannel_authentication_request_signing_alg", allowed: serversSign,
		meaning: "signs its authentication requests (CIBA Core §7.1.1), which without it need not be signed",
		good:    []string{"RS256", "PS256", "ES256", "ES384", "EdDSA"}, bad: []string{"HS256", "none"},
		with: "backchannel_token_delivery_mode: poll\n  grant_types: [urn:openid:params:grant-type:ciba]\n  " + keysOfClient,
	},
	{name: "software_id", allowed: "text", meaning: "kept", good: []string{"4NRB1"}, bad: []string{"[a]"}},
	{name: "software_version", allowed: "text", meaning: "kept", good: []string{"2.1"}, bad: []string{"[a]"}},
	{
		name: "id_token_encrypted_response_alg", allowed: keyEncryptions, meaning: "encrypts its ID tokens, to a key of `jwks` or `jwks_uri`; without it they are not encrypted",
		good: []string{"RSA-OAEP-256", "ECDH-ES+A256KW"}, bad: []string{"RSA1_5", "dir", "PBES2-HS256+A128KW"}, with: keysElsewhere,
	},
	{
		name: "id_token_encrypted_response_enc", allowed: "`A128CBC-HS256`, `A128GCM`, `A256GCM`", otherwise: "`A128CBC-HS256` with `id_token_encrypted_response_alg`",
		meaning: "encrypts the content", good: []string{"A128GCM", "A256GCM"}, bad: []string{"A128CBC"}, with: keysElsewhere + "\n  id_token_encrypted_response_alg: ECDH-ES",
	},
	{
		name: "userinfo_encrypted_response_alg", allowed: keyEncryptions, meaning: "the same for UserInfo: encrypted JSON, or a JWT if it is signed too",
		good: []string{"RSA-OAEP-256", "ECDH-ES+A256KW"}, bad: []string{"RSA1_5", "dir", "PBES2-HS256+A128KW"}, with: keysElsewhere,
	},
	{
		name: "userinfo_encrypted_response_enc", allowed: "`A128CBC-HS256`, `A128GCM`, `A256GCM`", otherwise: "`A128CBC-HS256` with `userinfo_encrypted_response_alg`",
		meaning: "encrypts the content", good: []string{"A128GCM", "A256GCM"}, bad: []string{"A128CBC"}, with: keysElsewhere + "\n  userinfo_encrypted_response_alg: ECDH-ES",
	},
	{
		name: "introspection_encrypted_response_alg", allowed: keyEncryptions, meaning: "the same for answers about tokens that it asks for as JWTs",
		good: []string{"RSA-OAEP-256", "ECDH-ES+A256KW"}, bad: []string{"RSA1_5", "dir", "PBES2-HS256+A128KW"}, with: keysElsewhere,
	},
	{
		name: "introspection_encrypted_response_enc", allowed: "`A128CBC-HS256`, `A128GCM`, `A256GCM`", otherwise: "`A128CBC-HS256` with `introspection_encrypted_response_alg`",
		meaning: "encrypts the content", good: []string{"A128GCM", "A256GCM"}, bad: []string{"A128CBC"}, with: keysElsewhere + "\n  introspection_encrypted_response_alg: ECDH-ES",
	},
	{
		name: "authorization_encrypted_response_alg", allowed: keyEncryptions, meaning: "the same for authorization responses that it asks for as JWTs",
		good: []string{"RSA-OAEP-256", "ECDH-ES+A256KW"}, bad: []string{"RSA1_5", "dir", "PBES2-HS256+A128KW"}, with: keysElsewhere,
	},
	{
		name: "authorization_encrypted_response_enc", allowed: "`A128CBC-HS256`, `A128GCM`, `A256GCM`", otherwise: "`A128CBC-HS256` with `authorization_encrypted_response_alg`",
		meaning: "encrypts the content", good: []string{"A128GCM", "A256GCM"}, bad: []string{"A128CBC"}, with: keysElsewhere + "\n  authorization_encrypted_response_alg: ECDH-ES",
	},
	{
		name: "request_object_encryption_alg", allowed: keyEncryptions, meaning: "encrypts its request objects, to a key of `jwks_uri` of the server; without it they may not be encrypted",
		good: []string{"RSA-OAEP-256", "ECDH-ES+A256KW"}, bad: []string{"RSA1_5", "dir", "PBES2-HS256+A128KW"},
	},
	{
		name: "request_object_encryption_enc", allowed: "`A128CBC-HS256`, `A128GCM`, `A256GCM`", otherwise: "`A128CBC-HS256` with `request_object_encryption_alg`",
		meaning: "encrypts the content", good: []string{"A128GCM", "A256GCM"}, bad: []string{"A128CBC"}, with: "request_object_encryption_alg: ECDH-ES",
	},
	{
		name: "profile", allowed: "`oidc_basic`, `oauth2_1`, `fapi1_advanced`, `fapi2_security`, `fapi2_message_signing`",
		meaning: "rules that the client has to hold; it sets the fields that are not given: [client-advice.md](client-advice.md#profiles)",
		good:    []string{"oauth2_1"}, bad: []string{"fapi3", "[oauth2_1]"},
	},
	{
		name:    "require_pkce",
		allowed: "`true`, `false`",
		meaning: "`false`: a confidential client need not send a code challenge",
		good:    []string{"true", "false"}, bad: []string{"7"},
	},
	{
		name: "refresh_token_rotation", allowed: "`true`, `false`",
		meaning: "`false` keeps one refresh token",
		good:    []string{"false"}, bad: []string{"7"},
	},
	{
		name: "skip_consent", allowed: "`true`, `false`",
		meaning: "an application of your own: nobody is asked, unless it is public and on the person's own device (RFC 8252 §8.6)",
		good:    []string{"true"}, bad: []string{"7"},
	},
	{
		name: "service_admin", allowed: "`true`, `false`",
		meaning: "may hold `admin:*` scopes by `client_credentials`",
		good:    []string{"true"}, bad: []string{"7"},
	},
	{
		name: "access_token_format", allowed: "`jwt`, `opaque`", otherwise: "`jwt`",
		meaning: "`opaque`: its tokens say nothing, and APIs introspect them ([apis.md](apis.md)); what the resource says goes before it",
		good:    []string{"jwt", "opaque"}, bad: []string{"JWT", "reference"},
	},
	{
		name: "access_token_ttl", allowed: aDay,
		meaning: "seconds; 0 is `AUTHLY_ACCESS_TOKEN_TTL`",
		good:    []string{"0", "86400"}, bad: []string{"-1", "86401"},
	},
	{
		name: "id_token_ttl", allowed: aDay,
		meaning: "seconds; 0 is `AUTHLY_ID_TOKEN_TTL`",
		good:    []string{"0", "86400"}, bad: []string{"-1", "86401"},
	},
	{
		name: "refresh_token_ttl", allowed: "0 or more",
		meaning: "seconds; 0 is `AUTHLY_REFRESH_TOKEN_TTL`",
		good:    []string{"0", "31536000"}, bad: []string{"-1"},
	},
	{
		name: "assertion_audience", allowed: "`issuer`",
		meaning: "its assertions must name the issuer alone",
		good:    []string{"issuer"}, bad: []string{"token"},
	},
	{
		name: "assertion_issuer", allowed: "URL of a trusted issuer",
		meaning: "its assertions prove the client, instead of keys of its own: [workloads.md](workloads.md)",
		with:    "assertion_subject: a\n  token_endpoint_auth_method: private_key_jwt",
		good:    []string{"https://cluster.example.org"}, bad: []string{"cluster"},
	},
	{
		name: "assertion_subject", allowed: "text", meaning: "subject of such assertions: the workload that the client is",
		with: "assertion_issuer: https://cluster.example.org\n  token_endpoint_auth_method: private_key_jwt",
		good: []string{"a"}, bad: []string{"a"},
	},
	{
		name: "assertion_issuers", allowed: "URLs of trusted issuers", meaning: "whose assertions about users it may bring: [workloads.md](workloads.md)",
		good: []string{`["https://hr.example.org"]`}, bad: []string{"{a: 1}", "[hr]"},
	},
	{
		name: "require_acr", allowed: "`urn:authly:acr:1`, `urn:authly:acr:2`, `phr`",
		meaning: "what every sign-in for it must be, whatever a request says: [sign-in.md](sign-in.md#what-an-application-demands)",
		good:    []string{"urn:authly:acr:2"}, bad: []string{"loa-9"},
	},
	{
		name: "audiences", allowed: "URIs of resources", meaning: "APIs that it serves: it may introspect their tokens",
		good: []string{`["https://api.example.org"]`}, bad: []string{"{a: 1}"},
	},
	{
		name: "exchange_resources", allowed: "URIs of resources", meaning: "APIs that it may exchange tokens of people for: [apis.md](apis.md)",
		good: []string{`["https://api.example.org"]`}, bad: []string{"{a: 1}"},
	},
	{
		name: "exchange_impersonates", allowed: "`true`, `false`", meaning: "tokens that it has exchanged do not name it as who acts (`act`)",
		good: []string{"true"}, bad: []string{"maybe"},
	},
	{
		name: "refuse_dpop", allowed: "`true`, `false`; not with `dpop_bound_access_tokens`",
		meaning: "its tokens are never bound to a key: a DPoP proof is refused, so that the client does not believe that they are",
		good:    []string{"true"}, bad: []string{"7"},
	},
	{
		name:    "id_token_claims",
		allowed: "`true`, `false`",
		meaning: "claims of the granted scopes are in the ID token too: [claims.md](claims.md)",
		good:    []string{"true"}, bad: []string{"7"},
	},
	{
		name:    "default_resource",
		allowed: "URI of a registered resource, or the issuer",
		meaning: "what tokens are for when nobody says `resource`: [apis.md](apis.md)",
		good:    []string{"https://api.example.org"}, bad: []string{"api", `"https://api.example.org/#x"`},
	},
	{name: "description", allowed: "text", meaning: "for administrators", good: []string{"asks each night"}, bad: []string{"[a]"}},
	{
		name: "groups_claim", otherwise: "`groups`", allowed: claimNames, meaning: "the name of the claim about groups: [claims.md](claims.md)",
		good: []string{"teams", "https://shop.example/groups"}, bad: []string{"sub", "client_id", "email", `"a b"`},
	},
	{
		name: "groups_prefix", allowed: "a text without line breaks", meaning: "stands before each of its values",
		good: []string{`"oidc:"`}, bad: []string{`"a\nb"`},
	},
	{
		name: "roles_claim", otherwise: "`roles`", allowed: claimNames, meaning: "the name of the claim about roles",
		good: []string{"authorities"}, bad: []string{"iss", "membership_overage", "groups", `"a{b"`},
	},
	{
		name: "roles_prefix", allowed: "a text without line breaks", meaning: "stands before each of its values",
		good: []string{"ROLE_"}, bad: []string{`"a\nb"`},
	},
	{
		name: "own_roles_only", allowed: "`true`, `false`", meaning: "it is told of its own roles alone, not of those of the server",
		good: []string{"true"}, bad: []string{"7"},
	},
}

// TestTheDocumentationHasEveryClientField keeps docs/client-fields.md equal to the code.
func TestTheDocumentationHasEveryClientField(t *testing.T) {
	t.Parallel()
	var documented []string
	for _, f := range clientFields {
		documented = append(documented, f.name)
	}
	types, defaults := map[string]string{}, map[string]string{}
	declared := describeClient(reflect.ValueOf(clientDeclaration{
		ClientMetadata: identity.ClientMetadata{}.WithDefaults(), ClientPolicy: identity.DefaultPolicy(),
	}), types, defaults)
	if diff := cmp.Diff(declared, documented); diff != "" {
		t.Fatalf("clientFields (+) must have the keys of the code (-) in their order:\n%s", diff)
	}
	var want strings.Builder
	want.WriteString("| Field | Type | Default | Allowed | Meaning |\n|---|---|---|---|---|\n")
	for _, f := range clientFields {
		value := defaults[f.name]
		if f.otherwise != "" {
			value = f.otherwise
		}
		fmt.Fprintf(&want, "| `%s` | %s | %s | %s | %s |\n", f.name, types[f.name], value, f.allowed, f.meaning)
	}
	raw, err := os.ReadFile(clientFieldsPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, foundStart := strings.Cut(string(raw), tableStart)
	have, after, foundEnd := strings.Cut(rest, tableEnd)
	if !foundStart || !foundEnd {
		t.Fatalf("%s has no table between %q and %q", clientFieldsPage, tableStart, tableEnd)
	}
	if *update {
		if err := os.WriteFile(clientFieldsPage, []byte(before+tableStart+want.String()+tableEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(have, want.String()); diff != "" {
		t.Errorf("the table is stale; run go test ./cmd/authly -run Documentation -update (-page +program):\n%s", diff)
	}
}

// describeClient collects the keys of a declaration in their order, and the type and value of each.
func describeClient(value reflect.Value, types, values map[string]string) (names []string) {
	for i := range value.NumField() {
		field := value.Type().Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			names = append(names, describeClient(value.Field(i), types, values)...)
		case name != "-":
			names = append(names, name)
			types[name], values[name] = yamlType(field.Type), yamlValue(value.Field(i))
		}
	}
	return names
}

func yamlType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return yamlType(t.Elem())
	case reflect.Slice:
		return "list of " + yamlType(t.Elem()) + "s"
	case reflect.Bool:
		return "boolean"
	case reflect.Int:
		return "number"
	case reflect.Interface:
		return "object"
	default:
		return "string"
	}
}

func yamlValue(v reflect.Value) string {
	if v.Kind() == reflect.Bool || v.Kind() == reflect.Int {
		return fmt.Sprintf("`%v`", v)
	}
	if v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0 {
		return "none"
	}
	if v.Kind() == reflect.Slice {
		return "`" + strings.ReplaceAll(fmt.Sprint(v), " ", ", ") + "`"
	}
	return fmt.Sprintf("`%v`", v)
}

// listField returns the name of a field without the place in its list.
func listField(name string) string {
	field, _, _ := strings.Cut(name, "[")
	return field
}

// TestEveryClientFieldIsJudged holds the column "Allowed" against the rules.
func TestEveryClientFieldIsJudged(t *testing.T) {
	t.Parallel()
	for _, f := range clientFields {
		for _, value := range f.good {
			if err := declareClient(f.name, value, f.with); err != nil {
				t.Errorf("%s: %s is refused: %v", f.name, value, err)
			}
		}
		for _, value := range f.bad {
			err := declareClient(f.name, value, "")
			var refused *identity.Error
			switch {
			case err == nil:
				t.Errorf("%s: %s is taken", f.name, value)
			case errors.As(err, &refused) && listField(refused.Field) != f.name && !(f.name == "token_endpoint_auth_method" && refused.Field == "jwks"):
				t.Errorf("%s: %s is refused as %s: %v", f.name, value, refused.Field, err)
			}
		}
		if len(f.good) == 0 {
			t.Errorf("%s: nothing is tried", f.name)
		}
	}
}

// declareClient reads a declaration of a client with one field set, and checks it as apply does.
func declareClient(name, value, with string) error {
	lines := map[string]string{"client_id": "shop", "redirect_uris": `["https://shop.example/cb"]`}
	lines[name] = value
	if field, setting, found := strings.Cut(with, ": "); found {
		lines[field] = setting
	}
	text := "clients:\n- active: true\n"
	if name == "active" {
		text = "clients:\n- description: none\n"
	}
	for field, setting := range lines {
		text += "  " + field + ": " + setting + "\n"
	}
	desired, read := parseDeclaration([]byte(text), lookup(nil))
	if err := read.judged("file", nil); err != nil {
		return err
	}
	c := desired.Clients[0]
	client := identity.Client{ClientID: c.ClientID, Metadata: c.Metadata.WithDefaults()}
	client.Policy = c.Policy.WithDefaults(client.Metadata)
	return client.Check()
}
