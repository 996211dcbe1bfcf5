package identity_test

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/growth"
)

// registered is a client that passes every check.
func registered(change ...func(*identity.Client)) identity.Client {
	c := identity.Client{ClientID: "app", Active: true, Metadata: identity.ClientMetadata{
		TokenEndpointAuthMethod: identity.AuthClientSecretBasic, GrantTypes: []identity.GrantType{identity.GrantAuthorizationCode},
		ResponseTypes: []string{"code"}, ApplicationType: "web", SubjectType: "public", IDTokenAlg: identity.RS256,
		AccessTokenAlg: identity.ES256, RedirectURIs: []string{callback},
	}}
	for _, f := range change {
		f(&c)
	}
	return c
}

func TestRegisteredRedirectURIs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		uri         string
		web, native bool
	}{
		"https":                        {"https://app.example.org/cb", true, true},
		"https with a query":           {"https://app.example.org/cb?tenant=1&x=%20", true, true},
		"https with a port":            {"https://app.example.org:8443/cb", true, true},
		"https without a path":         {"https://app.example.org", true, true},
		"http to this machine by name": {"http://localhost:3000/cb", true, true},
		"http to 127.0.0.1":            {"http://127.0.0.1/cb", true, true},
		"http to 127.9.9.9":            {"http://127.9.9.9:1/cb", true, true},
		"http to ::1":                  {"http://[::1]:5000/cb", true, true},
		"a private-use scheme":         {"org.example.app:/cb", false, true},
		"a private-use scheme, //":     {"org.example.app://cb", false, true},
		"http elsewhere":               {"http://app.example.org/cb", false, false},
		"http to a lookalike":          {"http://localhost.evil.example/cb", false, false},
		"http to another lookalike":    {"http://127.0.0.1.evil.example/cb", false, false},
		"http to all addresses":        {"http://0.0.0.0/cb", false, false},
		"http to an integer address":   {"http://2130706433/cb", false, false},
		"http to a zoned address":      {"http://[::1%25eth0]/cb", false, false},
		"LOCALHOST":                    {"http://LOCALHOST/cb", false, false},
		"a fragment":                   {"https://app.example.org/cb#x", false, false},
		"an empty fragment":            {"https://app.example.org/cb#", false, false},
		"user information":             {"https://app.example.org@evil.example/cb", false, false},
		"a password":                   {"https://a:b@app.example.org/cb", false, false},
		"an empty user":                {"https://@app.example.org/cb", false, false},
		"a wildcard host":              {"https://*.example.org/cb", false, false},
		"a wildcard path":              {"https://app.example.org/*", false, false},
		"a backslash":                  {`https://app.example.org\@evil.example/cb`, false, false},
		"javascript":                   {"javascript:alert(1)", false, false},
		"JavaScript":                   {"JavaScript:alert(1)", false, false},
		"data":                         {"data:text/html,x", false, false},
		"vbscript":                     {"vbscript:x", false, false},
		"file":                         {"file:///etc/passwd", false, false},
		"blob":                         {"blob:https://app.example.org/x", false, false},
		"a scheme without a dot":       {"myapp:/cb", false, false},
		"relative":                     {"/cb", false, false},
		"without a scheme":             {"//app.example.org/cb", false, false},
		"opaque https":                 {"https:app.example.org", false, false},
		"no host":                      {"https:///cb", false, false},
		"a port without a host":        {"https://:443/cb", false, false},
		"a line break":                 {"https://app.example.org/cb\r\nSet-Cookie: x", false, false},
		"a tab":                        {"https://app.example.org/\tcb", false, false},
		"a space":                      {" https://app.example.org/cb", false, false},
		"NUL":                          {"https://app.example.org/\x00", false, false},
		"DEL":                          {"https://app.example.org/\x7f", false, false},
		"beyond ASCII":                 {"https://äpp.example.org/cb", false, false},
		"a direction mark":             {"https://app.example.org/\u202e", false, false},
		"a bad escape":                 {"https://app.example.org/%zz", false, false},
		"port 0":                       {"http://127.0.0.1:0/cb", false, false},
		"port 99999":                   {"http://127.0.0.1:99999/cb", false, false},
		"the last port":                {"https://app.example.org:65535/cb", true, true},
		"beyond the last port":         {"https://app.example.org:65536/cb", false, false},
		"a port with a zero":           {"https://app.example.org:0443/cb", false, false},
		"an empty port":                {"https://app.example.org:/cb", false, false},
		"nothing":                      {"", false, false},
		"too long":                     {"https://app.example.org/" + strings.Repeat("a", 2048), false, false},
	} {
		for kind, want := range map[string]bool{"web": test.web, "native": test.native} {
			set := func(c *identity.Client) { c.Metadata.ApplicationType = kind }
			err := registered(set, func(c *identity.Client) { c.Metadata.RedirectURIs = []string{callback, test.uri} }).Check()
			if (err == nil) != want {
				t.Errorf("%s for a %s application: %v", name, kind, err)
			}
			if err != nil {
				wantField(t, err, "redirect_uris[1]")
			}
			err = registered(set, func(c *identity.Client) { c.Metadata.PostLogoutRedirectURIs = []string{test.uri} }).Check()
			if (err == nil) != want {
				t.Errorf("%s after logout for a %s application: %v", name, kind, err)
			}
			if err != nil {
				wantField(t, err, "post_logout_redirect_uris[0]")
			}
		}
	}
}

func TestClientMetadata(t *testing.T) {
	t.Parallel()
	type m = identity.ClientMetadata
	if err := registered().Check(); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(c *identity.Client)
		field  string // of the refusal; empty: taken
	}{
		"no client_id":             {func(c *identity.Client) { c.ClientID = "" }, "client_id"},
		"a client_id with a colon": {func(c *identity.Client) { c.ClientID = "a:b" }, "client_id"},
		"a client_id with a break": {func(c *identity.Client) { c.ClientID = "app\n" }, "client_id"},
		"a long client_id":         {func(c *identity.Client) { c.ClientID = strings.Repeat("a", 256) }, "client_id"},
		"the longest client_id":    {func(c *identity.Client) { c.ClientID = strings.Repeat("a", 255) }, ""},
		"a client_id like a sub":   {func(c *identity.Client) { c.ClientID = "019ca945-0a00-7e65-a3db-b6cbed3a5c1b" }, "client_id"},
		"a sub without hyphens":    {func(c *identity.Client) { c.ClientID = "019ca9450a007e65a3dbb6cbed3a5c1b" }, "client_id"},
		"a name with a break":      {func(c *identity.Client) { c.Metadata.Name = "a\nb" }, "client_name"},
		"another method":           {func(c *identity.Client) { c.Metadata.TokenEndpointAuthMethod = "attest_jwt_client_auth" }, "token_endpoint_auth_method"},
		"keys for assertions": {func(c *identity.Client) {
			c.Metadata.TokenEndpointAuthMethod, c.Metadata.JWKSURI = identity.AuthPrivateKeyJWT, "https://a.example/jwks"
		}, ""},
		"assertions without keys": {func(c *identity.Client) { c.Metadata.TokenEndpointAuthMethod = identity.AuthPrivateKeyJWT }, "jwks"},
		"two sets of keys": {func(c *identity.Client) {
			c.Metadata = with(c.Metadata, func(m *m) {
				m.TokenEndpointAuthMethod, m.JWKS, m.JWKSURI = identity.AuthPrivateKeyJWT, json.RawMessage(`{"keys":[]}`), "https://a.example/jwks"
			})
		}, "jwks"},
		"broken keys":              {keySet(`{`), "jwks"},
		"a number of keys":         {keySet(`5`), "jwks"},
		"a text of keys":           {keySet(`"{\"keys\":[]}"`), "jwks"},
		"null keys":                {keySet(`{"keys":null}`), "jwks"},
		"one key, not a set":       {keySet(publicEC), "jwks"},
		"a set without keys":       {keySet(`{"keys":[]}`), "jwks"},
		"keys that are no objects": {keySet(`{"keys":[5,"x",null]}`), "jwks"},
		"only foreign keys":        {keySet(`{"keys":[{"kty":"AKP","pub":"x"},{"kty":"EC","crv":"P-521","x":"x","y":"x"}]}`), "jwks"},
		"only keys to encrypt":     {keySet(`{"keys":[` + withMembers(publicEC, `"use":"enc"`) + `]}`), "jwks"},
		"a short RSA key":          {keySet(`{"keys":[{"kty":"RSA","e":"AQAB","n":"` + strings.Repeat("A", 171) + `"}]}`), "jwks"},
		"a point off the curve":    {keySet(`{"keys":[` + strings.Replace(publicEC, "MKBC", "MKBD", 1) + `]}`), "jwks"},
		"a private key":            {keySet(`{"keys":[` + withMembers(publicEC, `"d":"AA"`) + `]}`), "jwks"},
		"a private RSA key":        {keySet(`{"keys":[` + publicEC + `,{"kty":"RSA","n":"x","e":"AQAB","dp":"AA"}]}`), "jwks"},
		"one of a foreign type":    {keySet(`{"keys":[` + publicEC + `,{"kty":"AKP","pub":"x","priv":"AA"}]}`), "jwks"},
		"in capital letters":       {keySet(`{"keys":[` + withMembers(publicEC, `"D":"AA"`) + `]}`), "jwks"},
		"a symmetric key":          {keySet(`{"keys":[` + publicEC + `,{"kty":"oct","k":"AA"}]}`), "jwks"},
		"its type alone":           {keySet(`{"keys":[` + publicEC + `,{"kty":"oct"}]}`), "jwks"},
		"another grant":            {func(c *identity.Client) { c.Metadata.GrantTypes = append(c.Metadata.GrantTypes, "magic") }, "grant_types[1]"},
		"codes without an address": {func(c *identity.Client) { c.Metadata.RedirectURIs = nil }, "redirect_uris"},
		"a service without one": {func(c *identity.Client) {
			c.Metadata.RedirectURIs, c.Metadata.ResponseTypes = nil, nil
			c.Metadata.GrantTypes = []identity.GrantType{identity.GrantClientCredentials}
		}, ""},
		"a public service": {func(c *identity.Client) {
			c.Metadata.TokenEndpointAuthMethod = identity.AuthNone
			c.Metadata.GrantTypes = append(c.Metadata.GrantTypes, identity.GrantClientCredentials)
		}, "grant_types"},
		"every response type":       {responds("code", "id_token", "token id_token", "id_token code", "code token", "token id_token code"), ""},
		"token alone":               {responds("code", "token"), "response_types[1]"},
		"none":                      {responds("none"), "response_types[0]"},
		"a repeated word":           {responds("code code"), "response_types[0]"},
		"two spaces":                {responds("code  id_token"), "response_types[0]"},
		"too many response types":   {responds("code", "code", "code", "code", "code", "code", "code"), "response_types"},
		"ID tokens alone":           {respondsTo("id_token", identity.GrantImplicit), ""},
		"ID tokens, another grant":  {respondsTo("id_token", identity.GrantAuthorizationCode), "response_types[0]"},
		"hybrid, another grant":     {respondsTo("code id_token", identity.GrantAuthorizationCode), "response_types[0]"},
		"hybrid without codes":      {respondsTo("code token", identity.GrantImplicit), "response_types[0]"},
		"tokens without an address": {respondsTo("id_token", identity.GrantImplicit, func(m *identity.ClientMetadata) { m.RedirectURIs = nil }), "redirect_uris"},
		"tokens to this machine": {respondsTo("id_token", identity.GrantImplicit, func(m *identity.ClientMetadata) {
			m.RedirectURIs = []string{"https://localhost/cb"}
		}), "redirect_uris[0]"},
		"tokens by http": {respondsTo("id_token", identity.GrantImplicit, func(m *identity.ClientMetadata) {
			m.RedirectURIs = []string{callback, "http://127.0.0.1/cb"}
		}), "redirect_uris[1]"},
		"tokens to a native application": {respondsTo("id_token", identity.GrantImplicit, func(m *identity.ClientMetadata) {
			m.ApplicationType, m.RedirectURIs = "native", []string{"http://127.0.0.1/cb", "com.example.app:/cb"}
		}), ""},
		"bound tokens in the browser": {respondsTo("id_token token", identity.GrantImplicit, func(m *identity.ClientMetadata) {
			m.BoundAccessTokens = true
		}), "response_types[0]"},
		"tokens of a certificate in the browser": {respondsTo("id_token token", identity.GrantImplicit, func(m *identity.ClientMetadata) {
			m.CertificateBoundTokens = true
		}), "response_types[0]"},
		"bound tokens elsewhere": {respondsTo("id_token", identity.GrantImplicit, func(m *identity.ClientMetadata) {
			m.BoundAccessTokens = true
		}), ""},
		"another application": {func(c *identity.Client) { c.Metadata.ApplicationType = "tv" }, "application_type"},
		"pairwise subjects":   {func(c *identity.Client) { c.Metadata.SubjectType = "pairwise" }, ""},
		"private subjects":    {func(c *identity.Client) { c.Metadata.SubjectType = "private" }, "subject_type"},
		"pairwise of two hosts": {func(c *identity.Client) {
			c.Metadata.SubjectType, c.Metadata.RedirectURIs = "pairwise", []string{"https://a.example/cb", "https://b.example/cb"}
		}, "sector_identifier_uri"},
		"pairwise of one host and two ports": {func(c *identity.Client) {
			c.Metadata.SubjectType, c.Metadata.RedirectURIs = "pairwise", []string{"https://a.example/cb", "https://A.example:8443/cb"}
		}, ""},
		"pairwise on the device": {func(c *identity.Client) {
			c.Metadata.SubjectType, c.Metadata.ApplicationType, c.Metadata.RedirectURIs = "pairwise", "native", []string{"http://127.0.0.1/cb"}
		}, "sector_identifier_uri"},
		"pairwise by devices": {func(c *identity.Client) {
			c.Metadata.SubjectType, c.Metadata.GrantTypes = "pairwise", append(c.Metadata.GrantTypes, identity.GrantDeviceCode)
		}, "sector_identifier_uri"},
		"pairwise of a sector": {func(c *identity.Client) {
			c.Metadata.SubjectType, c.Metadata.SectorURI = "pairwise", "https://a.example/sector.json"
			c.Metadata.RedirectURIs = []string{"https://a.example/cb", "https://b.example/cb"}
		}, ""},
		"a sector by http":      {func(c *identity.Client) { c.Metadata.SectorURI = "http://a.example/sector.json" }, "sector_identifier_uri"},
		"a part of a sector":    {func(c *identity.Client) { c.Metadata.SectorURI = "https://a.example/sector.json#x" }, "sector_identifier_uri"},
		"unsigned ID tokens":    {func(c *identity.Client) { c.Metadata.IDTokenAlg = "none" }, "id_token_signed_response_alg"},
		"a format of tokens":    {func(c *identity.Client) { c.Policy.AccessTokenFormat = "reference" }, "access_token_format"},
		"HMAC access tokens":    {func(c *identity.Client) { c.Metadata.AccessTokenAlg = "HS256" }, "access_token_signed_response_alg"},
		"unsigned UserInfo":     {func(c *identity.Client) { c.Metadata.UserinfoAlg = "none" }, "userinfo_signed_response_alg"},
		"HMAC requests":         {func(c *identity.Client) { c.Metadata.RequestObjectAlg = "HS256" }, "request_object_signing_alg"},
		"requests without keys": {func(c *identity.Client) { c.Metadata.RequestObjectAlg = "ES256" }, "jwks"},
		"signed without keys":   {func(c *identity.Client) { c.Metadata.RequireSignedRequest = true }, "jwks"},
		"signed by a workload": {func(c *identity.Client) {
			c.Metadata.TokenEndpointAuthMethod, c.Metadata.RequireSignedRequest = identity.AuthPrivateKeyJWT, true
			c.Policy.AssertionIssuer, c.Policy.AssertionSubject = "https://cluster.example", "system:app"
		}, "jwks"},
		"unsigned requests": {func(c *identity.Client) { c.Metadata.RequestObjectAlg = "none" }, ""},
		"signed and not": {func(c *identity.Client) {
			c.Metadata.RequestObjectAlg, c.Metadata.RequireSignedRequest, c.Metadata.JWKSURI = "none", true, "https://app.example.org/keys"
		}, "request_object_signing_alg"},
		"CIBA without a mode": {func(c *identity.Client) { c.Metadata.GrantTypes = append(c.Metadata.GrantTypes, identity.GrantCIBA) }, "backchannel_token_delivery_mode"},
		"a mode without CIBA": {func(c *identity.Client) { c.Metadata.DeliveryMode = identity.DeliveryPoll }, "backchannel_token_delivery_mode"},
		"a push":              {asksByCIBA("push", ""), "backchannel_token_delivery_mode"},
		"a poll":              {asksByCIBA(identity.DeliveryPoll, ""), ""},
		"a poll with an endpoint": {
			asksByCIBA(identity.DeliveryPoll, "https://app.example.org/ping"), "backchannel_client_notification_endpoint",
		},
		"a ping":                 {asksByCIBA(identity.DeliveryPing, "https://app.example.org/ping"), ""},
		"a ping to this machine": {asksByCIBA(identity.DeliveryPing, "http://127.0.0.1:9/ping"), ""},
		"a ping to nowhere":      {asksByCIBA(identity.DeliveryPing, ""), "backchannel_client_notification_endpoint"},
		"a ping by http":         {asksByCIBA(identity.DeliveryPing, "http://app.example.org/ping"), "backchannel_client_notification_endpoint"},
		"a ping with a password": {asksByCIBA(identity.DeliveryPing, "https://u:p@app.example.org/ping"), "backchannel_client_notification_endpoint"},
		"a public client with CIBA": {func(c *identity.Client) {
			asksByCIBA(identity.DeliveryPoll, "")(c)
			c.Metadata.TokenEndpointAuthMethod = identity.AuthNone
		}, "grant_types"},
		"an HMAC of CIBA": {func(c *identity.Client) {
			asksByCIBA(identity.DeliveryPoll, "")(c)
			c.Metadata.BackchannelRequestAlg = "HS256"
		}, "backchannel_authentication_request_signing_alg"},
		"CIBA signed without keys": {func(c *identity.Client) {
			asksByCIBA(identity.DeliveryPoll, "")(c)
			c.Metadata.BackchannelRequestAlg = "ES256"
		}, "jwks"},
		"a type with a space":     {func(c *identity.Client) { c.Metadata.DetailTypes = []string{"payment", "a b"} }, "authorization_details_types[1]"},
		"too many types":          {func(c *identity.Client) { c.Metadata.DetailTypes = make([]string, 101) }, "authorization_details_types"},
		"unsigned responses":      {func(c *identity.Client) { c.Metadata.AuthorizationAlg = "none" }, "authorization_signed_response_alg"},
		"unsigned answers":        {func(c *identity.Client) { c.Metadata.IntrospectionAlg = "none" }, "introspection_signed_response_alg"},
		"signed UserInfo":         {func(c *identity.Client) { c.Metadata.UserinfoAlg = identity.EdDSA }, ""},
		"encrypted without a key": {func(c *identity.Client) { c.Metadata.IDTokenEncryptionAlg = "ECDH-ES" }, "jwks"},
		"encrypted by a key elsewhere": {func(c *identity.Client) {
			c.Metadata.IDTokenEncryptionAlg, c.Metadata.JWKSURI = "ECDH-ES+A128KW", "https://app.example.org/keys"
		}, ""},
		"encrypted by a key that encrypts": {encrypts("RSA-OAEP-256", "", `{"kty":"RSA","e":"AQAB","use":"enc","n":"`+strings.Repeat("ab_-", 90)+`"}`), ""},
		"encrypted by a key of no use":     {encrypts("ECDH-ES", "A128GCM", pointKey), ""},
		"encrypted by a key that signs":    {encrypts("ECDH-ES", "", strings.Replace(pointKey, `{`, `{"use":"sig",`, 1)), "jwks"},
		"encrypted by a key for another":   {encrypts("ECDH-ES", "", strings.Replace(pointKey, `{`, `{"alg":"ECDH-ES+A256KW",`, 1)), "jwks"},
		"RSA with a point":                 {encrypts("RSA-OAEP-256", "", pointKey), "jwks"},
		"a private key to encrypt to":      {encrypts("ECDH-ES", "", strings.Replace(pointKey, `{`, `{"d":"AAAA",`, 1)), "jwks"},
		"enc without alg":                  {encrypts("", "A128GCM", pointKey), "id_token_encrypted_response_enc"},
		"an unknown enc":                   {encrypts("ECDH-ES", "A192GCM", pointKey), "id_token_encrypted_response_enc"},
		"RSA1_5":                           {encrypts("RSA1_5", "", pointKey), "id_token_encrypted_response_alg"},
		"a key that both have":             {encrypts("dir", "", pointKey), "id_token_encrypted_response_alg"},
		"a password":                       {encrypts("PBES2-HS256+A128KW", "", pointKey), "id_token_encrypted_response_alg"},
		"encrypted requests":               {func(c *identity.Client) { c.Metadata.RequestEncryptionAlg = "RSA-OAEP-256" }, ""},
		"requests with an unknown enc": {func(c *identity.Client) {
			c.Metadata.RequestEncryptionAlg, c.Metadata.RequestEncryptionEnc = "RSA-OAEP-256", "A192CBC-HS384"
		}, "request_object_encryption_enc"},
		"HS256 with a secret that is sealed": {func(c *identity.Client) {
			c.Metadata.IDTokenAlg, c.Metadata.TokenEndpointAuthMethod = identity.HS256, identity.AuthClientSecretJWT
		}, ""},
		"HS256 without":       {func(c *identity.Client) { c.Metadata.IDTokenAlg = identity.HS256 }, "id_token_signed_response_alg"},
		"a script as a logo":  {func(c *identity.Client) { c.Metadata.LogoURI = "javascript:alert(1)" }, "logo_uri"},
		"a home page":         {func(c *identity.Client) { c.Metadata.URI = "https://app.example.org/#top" }, "client_uri"},
		"a policy":            {func(c *identity.Client) { c.Metadata.PolicyURI = "policy.html" }, "policy_uri"},
		"a sign-in by http":   {func(c *identity.Client) { c.Metadata.InitiateLoginURI = "http://app.example.org/login" }, "initiate_login_uri"},
		"a sign-in at a part": {func(c *identity.Client) { c.Metadata.InitiateLoginURI = "https://app.example.org/#login" }, "initiate_login_uri"},
		"a sign-in nowhere":   {func(c *identity.Client) { c.Metadata.InitiateLoginURI = "https:///login" }, "initiate_login_uri"},
		"terms":               {func(c *identity.Client) { c.Metadata.TermsURI = "ftp://x/y" }, "tos_uri"},
		"a key file":          {func(c *identity.Client) { c.Metadata.JWKSURI = "file:///keys" }, "jwks_uri"},
		"a logout fragment":   {func(c *identity.Client) { c.Metadata.BackchannelLogoutURI = "https://a.example/#x" }, "backchannel_logout_uri"},
		"a frame":             {func(c *identity.Client) { c.Metadata.FrontchannelLogoutURI = "https://app.example.org/bye?a=b" }, ""},
		"another's frame":     {func(c *identity.Client) { c.Metadata.FrontchannelLogoutURI = "https://app.example.org:8443/bye" }, "frontchannel_logout_uri"},
		"a part of a frame":   {func(c *identity.Client) { c.Metadata.FrontchannelLogoutURI = "https://app.example.org/#bye" }, "frontchannel_logout_uri"},
		"negative lifetime":   {func(c *identity.Client) { c.Policy.AccessTokenTTL = -1 }, "access_token_ttl"},
		"a lifetime of a day": {func(c *identity.Client) { c.Policy.IDTokenTTL = 86_400 }, ""},
		"more than a day":     {func(c *identity.Client) { c.Policy.IDTokenTTL = 86_401 }, "id_token_ttl"},
		"a year of refresh":   {func(c *identity.Client) { c.Policy.RefreshTokenTTL = 365 * 86_400 }, ""},
		"negative refresh":    {func(c *identity.Client) { c.Policy.RefreshTokenTTL = -1 }, "refresh_token_ttl"},
		"a negative age":      {func(c *identity.Client) { c.Metadata.DefaultMaxAge = new(-1) }, "default_max_age"},
		"age zero":            {func(c *identity.Client) { c.Metadata.DefaultMaxAge = new(0) }, ""},
		"a certificate's name": {func(c *identity.Client) {
			c.Metadata.TokenEndpointAuthMethod, c.Metadata.TLSSubject = identity.AuthTLS, "CN=app"
		}, ""},
		"no name of a certificate": {func(c *identity.Client) { c.Metadata.TokenEndpointAuthMethod = identity.AuthTLS }, "tls_client_auth_subject_dn"},
		"two names of a certificate": {func(c *identity.Client) {
			c.Metadata.TokenEndpointAuthMethod, c.Metadata.TLSSubject, c.Metadata.TLSIP = identity.AuthTLS, "CN=app", "192.0.2.1"
		}, "tls_client_auth_san_ip"},
		"a name and a secret": {func(c *identity.Client) { c.Metadata.TLSDNSName = "app.example.org" }, "tls_client_auth_san_dns"},
		"no certificate":      {func(c *identity.Client) { c.Metadata.TokenEndpointAuthMethod = identity.AuthSelfSignedTLS }, "jwks"},
		"keys without one": {func(c *identity.Client) {
			c.Metadata.TokenEndpointAuthMethod, c.Metadata.JWKS = identity.AuthSelfSignedTLS, json.RawMessage(`{"keys":[{"kty":"EC","x5c":["AAAA"]}]}`)
		}, "jwks"},
		"certificates elsewhere": {func(c *identity.Client) {
			c.Metadata.TokenEndpointAuthMethod, c.Metadata.JWKSURI = identity.AuthSelfSignedTLS, "https://app.example.org/jwks"
		}, ""},
		"bound to both": {func(c *identity.Client) {
			c.Metadata.BoundAccessTokens, c.Metadata.CertificateBoundTokens = true, true
		}, "tls_client_certificate_bound_access_tokens"},
		"bound to nothing": {func(c *identity.Client) {
			c.Metadata.BoundAccessTokens, c.Policy.RefuseDPoP = true, true
		}, "refuse_dpop"},
		"an assertion for all": {func(c *identity.Client) { c.Policy.AssertionAudience = "any" }, "assertion_audience"},
		"a quoted scope":       {func(c *identity.Client) { c.Metadata.Scope = `openid "x"` }, "scope"},
	} {
		err := registered(test.change).Check()
		if test.field == "" {
			if err != nil {
				t.Errorf("%s: refused: %v", name, err)
			}
			continue
		}
		if e := identity.AsError(err); err == nil || e.Kind != identity.Invalid || e.Field != test.field {
			t.Errorf("%s: got %v, want a refusal of %s", name, err, test.field)
		}
	}
}

const pointKey = `{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}`

// encrypts lets a client have its ID tokens encrypted to a key.
func encrypts(alg, enc, key string) func(*identity.Client) {
	return func(c *identity.Client) {
		c.Metadata.IDTokenEncryptionAlg, c.Metadata.IDTokenEncryptionEnc, c.Metadata.JWKS = alg, enc, json.RawMessage(`{"keys":[`+key+`]}`)
	}
}

// responds registers response types, with the grant types of all of them.
func responds(types ...string) func(*identity.Client) {
	return func(c *identity.Client) {
		c.Metadata.GrantTypes = append(c.Metadata.GrantTypes, identity.GrantImplicit)
		c.Metadata.ResponseTypes = types
	}
}

// respondsTo registers one response type with a grant type alone.
func respondsTo(response string, grant identity.GrantType, change ...func(*identity.ClientMetadata)) func(*identity.Client) {
	return func(c *identity.Client) {
		c.Metadata.GrantTypes, c.Metadata.ResponseTypes = []identity.GrantType{grant}, []string{response}
		for _, change := range change {
			change(&c.Metadata)
		}
	}
}

// asksByCIBA lets a client ask by CIBA.
func asksByCIBA(mode identity.DeliveryMode, endpoint string) func(*identity.Client) {
	return func(c *identity.Client) {
		c.Metadata.GrantTypes = append(c.Metadata.GrantTypes, identity.GrantCIBA)
		c.Metadata.DeliveryMode, c.Metadata.NotificationURI = mode, endpoint
	}
}

func with(m identity.ClientMetadata, change func(*identity.ClientMetadata)) identity.ClientMetadata {
	change(&m)
	return m
}

func TestRedirectURI(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		registered, requested string
		web, native           bool
	}{
		"the same":                       {callback, callback, true, true},
		"another case of the host":       {callback, "https://APP.example.org/callback", false, false},
		"a slash more":                   {callback, callback + "/", false, false},
		"a query more":                   {callback, callback + "?a=b", false, false},
		"a fragment more":                {callback, callback + "#x", false, false},
		"the default port":               {callback, "https://app.example.org:443/callback", false, false},
		"another port":                   {callback, "https://app.example.org:8443/callback", false, false},
		"a user":                         {callback, "https://x@app.example.org/callback", false, false},
		"a path through":                 {callback, "https://app.example.org/x/../callback", false, false},
		"an escaped letter":              {callback, "https://app.example.org/%63allback", false, false},
		"a suffix":                       {callback, "https://app.example.org.evil.example/callback", false, false},
		"a prefix only":                  {callback, "https://app.example.org/call", false, false},
		"loopback, no port registered":   {"http://127.0.0.1/cb", "http://127.0.0.1:49152/cb", false, true},
		"loopback, another port":         {"http://127.0.0.1:80/cb", "http://127.0.0.1:65535/cb", false, true},
		"loopback, no port requested":    {"http://127.0.0.1:80/cb", "http://127.0.0.1/cb", false, true},
		"loopback of IPv6":               {"http://[::1]/cb", "http://[::1]:49152/cb", false, true},
		"IPv6 spelled otherwise":         {"http://[::1]/cb", "http://[0:0:0:0:0:0:0:1]:49152/cb", false, false},
		"IPv6 for IPv4":                  {"http://127.0.0.1/cb", "http://[::1]:49152/cb", false, false},
		"IPv4 in brackets":               {"http://127.0.0.1/cb", "http://[127.0.0.1]:49152/cb", false, false},
		"another loopback address":       {"http://127.0.0.1/cb", "http://127.0.0.2:49152/cb", false, false},
		"localhost for the address":      {"http://127.0.0.1/cb", "http://localhost:49152/cb", false, false},
		"localhost has no exception":     {"http://localhost/cb", "http://localhost:49152/cb", false, false},
		"loopback, another path":         {"http://127.0.0.1/cb", "http://127.0.0.1:49152/cb2", false, false},
		"loopback, no path":              {"http://127.0.0.1/cb", "http://127.0.0.1:49152", false, false},
		"loopback, another query":        {"http://127.0.0.1/cb?a=1", "http://127.0.0.1:49152/cb?a=2", false, false},
		"loopback, the same query":       {"http://127.0.0.1/cb?a=1", "http://127.0.0.1:49152/cb?a=1", false, true},
		"loopback by https":              {"https://127.0.0.1/cb", "https://127.0.0.1:49152/cb", false, false},
		"loopback, https requested":      {"http://127.0.0.1/cb", "https://127.0.0.1:49152/cb", false, false},
		"loopback, HTTP in capitals":     {"http://127.0.0.1/cb", "HTTP://127.0.0.1:49152/cb", false, false},
		"loopback, a user":               {"http://127.0.0.1/cb", "http://127.0.0.1:80@evil.example/cb", false, false},
		"loopback, an empty user":        {"http://127.0.0.1/cb", "http://@127.0.0.1:80/cb", false, false},
		"loopback, a fragment":           {"http://127.0.0.1/cb", "http://127.0.0.1:49152/cb#x", false, false},
		"loopback, an empty fragment":    {"http://127.0.0.1/cb", "http://127.0.0.1:49152/cb#", false, false},
		"loopback, a backslash":          {"http://127.0.0.1/cb", `http://127.0.0.1:80\@evil.example/cb`, false, false},
		"loopback, a named port":         {"http://127.0.0.1/cb", "http://127.0.0.1:http/cb", false, false},
		"loopback, a longer host":        {"http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb", false, false},
		"loopback, an escaped dot":       {"http://127.0.0.1/cb", "http://127.0.0%2e1:80/cb", false, false},
		"loopback, a line break":         {"http://127.0.0.1/cb", "http://127.0.0.1:80/cb\n", false, false},
		"an address that is no loopback": {"http://192.0.2.1/cb", "http://192.0.2.1:80/cb", false, false},
		"a private-use scheme":           {"org.example.app:/cb", "org.example.app:/cb", true, true},
		"another private-use scheme":     {"org.example.app:/cb", "ORG.example.app:/cb", false, false},
	} {
		for kind, want := range map[string]bool{"web": test.web, "native": test.native} {
			c := registered(func(c *identity.Client) {
				c.Metadata.ApplicationType, c.Metadata.RedirectURIs = kind, []string{"https://first.example.org/", test.registered}
			})
			got, ok := c.RedirectURI(test.requested)
			if ok != want || ok && got != test.requested || !ok && got != "" {
				t.Errorf("%s for a %s application: %q, %v", name, kind, got, ok)
			}
			c.Metadata.PostLogoutRedirectURIs = []string{test.registered}
			if got := c.PostLogoutRedirectURI(test.requested); got != (test.registered == test.requested) {
				t.Errorf("%s after logout: %v", name, got)
			}
		}
	}
}

func TestAnOmittedRedirectURI(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		uris []string
		want string
	}{{nil, ""}, {[]string{callback}, callback}, {[]string{callback, "https://b.example"}, ""}} {
		c := registered(func(c *identity.Client) { c.Metadata.RedirectURIs = test.uris })
		if got, ok := c.RedirectURI(""); got != test.want || ok != (test.want != "") {
			t.Errorf("of %v: %q, %v", test.uris, got, ok)
		}
	}
}

// loopbackURI takes an http URI of a loopback address apart without the parser of the program.
var loopbackURI = regexp.MustCompile(`^http://(127\.[0-9.]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?((?:[/?][^#\\]*)?)$`)

// mayMatch is the rule of RFC 8252 §7.3 and RFC 9700 §2.1 once more, in other words.
func mayMatch(registered []string, requested string) bool {
	if slices.Contains(registered, requested) {
		return true
	}
	b := loopbackURI.FindStringSubmatch(requested)
	return b != nil && slices.ContainsFunc(registered, func(uri string) bool {
		a := loopbackURI.FindStringSubmatch(uri)
		if a == nil || a[1] != b[1] || a[2] != b[2] {
			return false
		}
		address, err := netip.ParseAddr(strings.Trim(a[1], "[]"))
		return err == nil && address.Unmap().IsLoopback()
	})
}

// TestRedirectURIsByProperty: of a URI that is made from a registered one by one change only the change of a loopback
// port passes.
func TestRedirectURIsByProperty(t *testing.T) {
	t.Parallel()
	host := rapid.SampledFrom([]string{"127.0.0.1", "[::1]", "127.255.0.3", "localhost", "app.example.org", "192.0.2.1"})
	port := rapid.SampledFrom([]string{"", ":1", ":80", ":8080", ":65535"})
	path := rapid.SampledFrom([]string{"", "/", "/cb", "/cb?x=1", "/a/b;c"})
	scheme := rapid.SampledFrom([]string{"http://", "https://"})
	rapid.Check(t, func(t *rapid.T) {
		uri := []string{scheme.Draw(t, "scheme"), host.Draw(t, "host"), port.Draw(t, "port"), path.Draw(t, "path")}
		original := strings.Join(uri, "")
		c := registered(func(c *identity.Client) {
			c.Metadata.ApplicationType, c.Metadata.RedirectURIs = "native", []string{callback, original}
		})
		if c.Check() != nil {
			t.Skip("may not be registered")
		}
		switch rapid.IntRange(0, 5).Draw(t, "change") {
		case 0: // none
		case 1:
			uri[2] = port.Draw(t, "other port")
		case 2:
			uri[1] = host.Draw(t, "other host")
		case 3:
			uri[3] = path.Draw(t, "other path")
		case 4:
			uri[0] = scheme.Draw(t, "other scheme")
		case 5:
			text := []byte(strings.Join(uri, ""))
			at := rapid.IntRange(0, len(text)).Draw(t, "at")
			uri = []string{string(text[:at]), string(rapid.Byte().Draw(t, "byte")), string(text[at:])}
		}
		requested := strings.Join(uri, "")
		got, ok := c.RedirectURI(requested)
		if want := mayMatch(c.Metadata.RedirectURIs, requested); ok && !want {
			t.Fatalf("%q passes for %q", requested, original)
		}
		onlyPort := uri[0] == "http://" && len(uri) == 4 && strings.HasSuffix(original, uri[3]) && strings.HasPrefix(original, uri[0]+uri[1]) &&
			mayMatch([]string{original}, requested)
		if !ok && (requested == original || onlyPort) {
			t.Fatalf("%q does not pass for %q", requested, original)
		}
		if ok && got != requested {
			t.Fatalf("%q became %q", requested, got)
		}
	})
}

// FuzzRedirectURI: an accepted URI is equal to a registered one to the byte, or differs from it in a loopback port
// only.
func FuzzRedirectURI(f *testing.F) {
	for _, uri := range []string{callback, "http://127.0.0.1/cb", "http://[::1]:80/cb?x=1", "org.example.app:/cb", "http://localhost/"} {
		f.Add(uri, uri)
		f.Add(uri, uri+"#")
		f.Add(uri, strings.Replace(uri, "/cb", ":81/cb", 1))
		f.Add(uri, strings.Replace(uri, "//", "//@", 1))
	}
	f.Fuzz(func(t *testing.T, uri, requested string) {
		growth.Linear(t, growth.Repeated(uri, " "), func(text string) {
			c := registered(func(c *identity.Client) { c.Metadata.RedirectURIs = strings.Fields(text) })
			_ = c.Check()
			c.RedirectURI(requested)
		})
		for _, kind := range []string{"web", "native"} {
			c := registered(func(c *identity.Client) {
				c.Metadata.ApplicationType, c.Metadata.RedirectURIs = kind, []string{callback, uri}
			})
			if c.Check() != nil {
				continue
			}
			for _, r := range uri {
				if r <= ' ' || r >= 0x7f || r == '#' || r == '\\' {
					t.Fatalf("%q is registered", uri)
				}
			}
			got, ok := c.RedirectURI(requested)
			exact := requested == uri || requested == callback
			if !ok && exact || ok && !exact && (kind == "web" || !mayMatch([]string{uri}, requested)) || ok && got != requested {
				t.Fatalf("%q for the registered %q of a %s application: %q, %v", requested, uri, kind, got, ok)
			}
		}
	})
}

func TestAllowsAndScopes(t *testing.T) {
	t.Parallel()
	c := registered(func(c *identity.Client) { c.Metadata.Scope = "openid  email openid" })
	if !c.Allows(identity.GrantAuthorizationCode) || c.Allows(identity.GrantClientCredentials) || c.Allows("") {
		t.Error("wrong grant types")
	}
	wantSame(t, c.Scopes(), []string{"openid", "email"})
}

// TestARegistrationCannotReachThePolicy: no member of what a client may say of itself is one of the operator's.
func TestARegistrationCannotReachThePolicy(t *testing.T) {
	t.Parallel()
	members := func(v any) map[string]bool {
		names := map[string]bool{}
		for i := range reflect.TypeOf(v).NumField() {
			name, _, _ := strings.Cut(reflect.TypeOf(v).Field(i).Tag.Get("json"), ",")
			names[name] = true
		}
		return names
	}
	said := members(identity.ClientMetadata{})
	for name := range members(identity.ClientPolicy{}) {
		if said[name] {
			t.Errorf("%s stands in the metadata and in the policy", name)
		}
	}
	if !members(identity.ClientPolicy{})["service_admin"] || said["service_admin"] || said["skip_consent"] {
		t.Error("a client could make itself an administrator")
	}
}

// TestPortsOfALoopbackRedirect: any port that a connection can have, in its one spelling (RFC 8252 §7.3).
func TestPortsOfALoopbackRedirect(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"127.0.0.1", "[::1]"} {
		client := registered(func(c *identity.Client) {
			c.Metadata.ApplicationType, c.Metadata.RedirectURIs = "native", []string{"http://" + host + "/cb"}
		})
		for port, want := range map[string]bool{
			"": true, ":1": true, ":80": true, ":65535": true,
			":0": false, ":65536": false, ":99999": false, ":": false, ":080": false, ":00": false, ":-1": false, ":8o": false,
		} {
			if _, ok := client.RedirectURI("http://" + host + port + "/cb"); ok != want {
				t.Errorf("the port %q of %s: %v", port, host, ok)
			}
		}
	}
}

// publicEC is the public key of RFC 7517 appendix A.1.
const publicEC = `{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}`

// withMembers adds members to a key.
func withMembers(key, members string) string {
	return strings.TrimSuffix(key, "}") + "," + members + "}"
}

func keySet(set string) func(*identity.Client) {
	return func(c *identity.Client) { c.Metadata.JWKS = json.RawMessage(set) }
}

// TestKeysThatAreNotUnderstoodAreLeftOut: RFC 7517 §5, one by one.
func TestKeysThatAreNotUnderstoodAreLeftOut(t *testing.T) {
	t.Parallel()
	const ed = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
	rsa := `{"kty":"RSA","e":"AQAB","n":"` + strings.Repeat("_", 341) + `w"}`
	good := []string{publicEC, ed, rsa, withMembers(publicEC, `"use":"sig","alg":"ES256","key_ops":["verify"],"ext":true`), withMembers(rsa, `"alg":"PS256"`)}
	foreign := []string{
		`{"kty":"AKP","alg":"ML-DSA-44","pub":"x"}`, `{"kty":"EC","crv":"P-384","x":"x","y":"x"}`, `{"kty":"OKP","crv":"X25519","x":"x"}`,
		withMembers(publicEC, `"use":"enc"`), withMembers(publicEC, `"alg":"ECDH-ES"`), withMembers(publicEC, `"alg":"RS256"`), withMembers(rsa, `"alg":"RSA-OAEP"`),
		withMembers(ed, `"alg":"ES256"`), withMembers(publicEC, `"key_ops":["deriveBits"]`), withMembers(publicEC, `"d":"AA"`), `{"kty":"oct","k":"AA"}`,
		`{"kty":7}`, `{}`, `null`, `"x"`, `[]`, withMembers(publicEC, `"use":7`), `{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}`, `{"kty":"RSA","n":"AQAB","e":"AQAB"}`,
	}
	got, err := identity.UsableKeys([]byte(`{"keys":[` + strings.Join(slices.Concat(foreign, good, foreign), ",") + `]}`))
	noError(t, err)
	var texts []string
	for _, raw := range got {
		texts = append(texts, string(raw))
	}
	wantSame(t, texts, good)
}

// TestTheAuditTrailHasThumbprintsOfKeys: that of RFC 7638 §3.1 and RFC 8037 appendix A.3, and nothing of the keys.
func TestTheAuditTrailHasThumbprintsOfKeys(t *testing.T) {
	t.Parallel()
	const ed = `{"kid":"x","kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
	m := identity.ClientMetadata{Name: "app", JWKS: json.RawMessage(`{"keys":[` + ed + `,` + withMembers(publicEC, `"d":"SECRET"`) + `]}`)}
	wantSame(t, string(m.Audited().JWKS), `{"thumbprints":["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"]}`)
	wantSame(t, string(identity.ClientMetadata{JWKS: json.RawMessage(`5`)}.Audited().JWKS), `{"thumbprints":[]}`)
	if m.Name != m.Audited().Name || (identity.ClientMetadata{}).Audited().JWKS != nil {
		t.Error("more than keys changed")
	}
}

// TestNamesOfThisMachineAreLoopbackEverywhere: localhost and all names below it (RFC 6761 §6.3).
func TestNamesOfThisMachineAreLoopbackEverywhere(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "app.localhost": true, "a.b.localhost": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true,
		"localhost.example": false, "notlocalhost": false, "10.0.0.1": false, "": false,
	} {
		if got := identity.Loopback(host); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
	c := registered(func(c *identity.Client) { c.Metadata.RedirectURIs = []string{"http://app.localhost:3000/callback"} })
	noError(t, c.Check())
}

// TestAHostMeansTheSameToEverybody: browsers take more spellings for an address than servers do.
func TestAHostMeansTheSameToEverybody(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"app.example.org": true, "APP.example.org.": true, "my_app-2.example": true, "xn--bcher-kva.example": true, "127.0.0.1": true, "[::1]": true,
		"localhost": true, "3com.example": true, "127.1": false, "2130706433": false, "0x7f.0.0.1": false, "0177.0.0.1": false, "0": false,
		"127.0.0.1..": false, "a..example": false, "localhost%E3%80%82": false, "[::1%25eth0]": false, "1.2.3.4.5": false, "a.0x1": false,
	} {
		c := registered(func(c *identity.Client) { c.Metadata.RedirectURIs = []string{"https://" + host + "/callback"} })
		if err := c.Check(); (err == nil) != want {
			t.Errorf("%s: %v", host, err)
		}
	}
}
