package tests

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

var metadataPaths = []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"}

func list(t *testing.T, document map[string]any, name string) []string {
	t.Helper()
	values, ok := document[name].([]any)
	if !ok {
		t.Fatalf("%s is %v", name, document[name])
	}
	var out []string
	for _, value := range values {
		text, ok := value.(string)
		if !ok {
			t.Fatalf("%s holds %v", name, value)
		}
		out = append(out, text)
	}
	return out
}

// TestTheMetadataIsComplete: RFC 8414 §2, OIDC Discovery §3, RFC 9207, conformance section 1.
func TestTheMetadataIsComplete(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	texts := map[string]bool{}
	for _, path := range metadataPaths {
		a := n.Get(t, path)
		texts[a.Text] = true
		if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
			t.Fatalf("%s: %d %v", path, a.Status, a.Header)
		}
		if a.Header.Get("Cache-Control") != "public, max-age=300" {
			t.Errorf("%s: Cache-Control %q", path, a.Header.Get("Cache-Control"))
		}
		if a.Body["issuer"] != n.Issuer {
			t.Errorf("%s: issuer %v", path, a.Body["issuer"])
		}
		for name, value := range a.Body {
			switch value := value.(type) {
			case nil:
				t.Errorf("%s: %s is null", path, name)
			case []any:
				seen := map[any]bool{}
				for _, item := range value {
					if seen[item] {
						t.Errorf("%s: %s holds %v twice", path, name, item)
					}
					seen[item] = true
				}
				if len(value) == 0 {
					t.Errorf("%s: %s is empty", path, name)
				}
			case string:
				if strings.Contains(name, "endpoint") && !strings.HasPrefix(value, n.Issuer+"/") {
					t.Errorf("%s: %s is %s", path, name, value)
				}
			}
		}
		for name, want := range map[string][]string{
			"response_types_supported": {"code"}, "code_challenge_methods_supported": {"S256"}, "scopes_supported": {"openid", "offline_access"},
			"subject_types_supported": {"public"}, "id_token_signing_alg_values_supported": {"RS256", "ES256"},
			"response_modes_supported": {"query", "form_post", "query.jwt", "fragment.jwt", "form_post.jwt", "jwt"}, "grant_types_supported": {"authorization_code", "refresh_token", "client_credentials"},
			"token_endpoint_auth_methods_supported": {"client_secret_basic", "client_secret_post", "none"}, "claims_supported": {"sub", "email", "name"},
		} {
			have := list(t, a.Body, name)
			for _, value := range want {
				if !slices.Contains(have, value) {
					t.Errorf("%s: %s lacks %s: %v", path, name, value, have)
				}
			}
		}
		for _, name := range []string{ // each belongs to something that is offered, and says with which algorithms
			"token_endpoint_auth_signing_alg_values_supported", "revocation_endpoint_auth_signing_alg_values_supported",
			"introspection_endpoint_auth_signing_alg_values_supported", "introspection_signing_alg_values_supported",
			"authorization_signing_alg_values_supported", "request_object_signing_alg_values_supported", "backchannel_authentication_request_signing_alg_values_supported", "dpop_signing_alg_values_supported",
		} {
			bySecret := strings.Contains(name, "_endpoint_auth_")
			if have := list(t, a.Body, name); !slices.Contains(have, "ES256") || slices.Contains(have, "none") || slices.Contains(have, "HS256") != bySecret ||
				!slices.Contains(have, "RS256") != (name == "dpop_signing_alg_values_supported") {
				t.Errorf("%s: %s is %v", path, name, have)
			}
		}
		if classes := list(t, a.Body, "acr_values_supported"); !slices.Contains(classes, "urn:authly:acr:1") {
			t.Errorf("%s: acr_values_supported is %v", path, classes)
		}
		for name, banned := range map[string][]string{
			"response_types_supported": {"token", "id_token", "id_token token"}, "code_challenge_methods_supported": {"plain"},
			"grant_types_supported": {"password", "implicit"}, "id_token_signing_alg_values_supported": {"none"}, "userinfo_signing_alg_values_supported": {"none", "HS256"},
			"id_token_encryption_alg_values_supported":      {"dir", "RSA1_5"},
			"introspection_endpoint_auth_methods_supported": {"none"},
		} {
			for _, value := range banned {
				if slices.Contains(list(t, a.Body, name), value) {
					t.Errorf("%s: %s holds %s", path, name, value)
				}
			}
		}
		for name, want := range map[string]bool{
			"authorization_response_iss_parameter_supported": true, "claims_parameter_supported": true,
			"request_uri_parameter_supported": true, "require_request_uri_registration": true,
		} {
			if have, ok := a.Body[name].(bool); !ok || have != want {
				t.Errorf("%s: %s is %v", path, name, a.Body[name])
			}
		}
		if need, _ := a.Body["require_pushed_authorization_requests"].(bool); need {
			t.Errorf("%s: PAR is required of everybody", path)
		}
	}
	if len(texts) != 1 {
		t.Error("the two documents differ")
	}
}

// TestWhatTheMetadataNamesAnswers: A-2.6-1.
func TestWhatTheMetadataNamesAnswers(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	document := n.Get(t, metadataPaths[0]).Body
	methods := map[string]string{
		"authorization_endpoint": http.MethodGet, "userinfo_endpoint": http.MethodGet,
		"end_session_endpoint": http.MethodGet, "jwks_uri": http.MethodGet,
	}
	walked := 0
	for name, value := range document {
		address, ok := value.(string)
		if !ok || !strings.HasPrefix(address, n.Issuer+"/") {
			continue
		}
		walked++
		path := strings.TrimPrefix(address, n.Issuer)
		right, wrong := methods[name], http.MethodDelete
		if right == "" {
			right, wrong = http.MethodPost, http.MethodGet
		}
		if a := n.Send(t, right, path); a.Status == http.StatusNotFound || a.Status == http.StatusMethodNotAllowed || a.Status >= 500 {
			t.Errorf("%s: %s %s: %d %s", name, right, path, a.Status, a.Text)
		}
		if a := n.Send(t, wrong, path); a.Status != http.StatusMethodNotAllowed || a.Header.Get("Allow") == "" {
			t.Errorf("%s: %s %s: %d, Allow %q", name, wrong, path, a.Status, a.Header.Get("Allow"))
		}
	}
	if walked < 6 {
		t.Errorf("only %d addresses", walked)
	}
}

// TestEveryAdvertisedValueWorks: each grant type, client authentication method, algorithm and response mode.
func TestEveryAdvertisedValueWorks(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	document := n.Get(t, metadataPaths[0]).Body
	browser, _ := signedIn(t, n)
	for _, method := range list(t, document, "token_endpoint_auth_methods_supported") {
		switch identity.AuthMethod(method) {
		case identity.AuthNone:
			n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.PublicClient("public")}})
			party := harness.NewPublicParty(t, n, "public")
			if _, err := party.Exchange(party.Authorize(browser, "alice", harness.AlicePassword)); err != nil {
				t.Error(err)
			}
		case identity.AuthClientSecretBasic, identity.AuthClientSecretPost:
			client := harness.ServiceClient("by-"+strings.ReplaceAll(method, "_", "-"), "")
			client.Metadata.TokenEndpointAuthMethod = identity.AuthMethod(method)
			n.Apply(t, admin.Desired{Clients: []admin.NewClient{client}})
			form := harness.Values("grant_type", "client_credentials")
			id, secret := client.ClientID, client.Secret
			if method == string(identity.AuthClientSecretPost) {
				form.Set("client_id", id)
				form.Set("client_secret", secret)
				id, secret = "", ""
			}
			if a := n.Form(t, "/api/v1/oauth/token", id, secret, form); a.Status != http.StatusOK {
				t.Errorf("%s: %d %s", method, a.Status, a.Text)
			}
		}
	}
	for _, grant := range list(t, document, "grant_types_supported") {
		client := harness.WebClient("for-" + strings.Map(letters, grant))
		client.Metadata.GrantTypes = []identity.GrantType{identity.GrantType(grant)}
		if !slices.Contains([]string{"authorization_code", "refresh_token", "client_credentials"}, grant) {
			continue // has a flow test of its own
		}
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{client}})
		if a := n.Token(t, client.ClientID, "grant_type", grant); a.Body["error"] == "unsupported_grant_type" || a.Body["error"] == "unauthorized_client" {
			t.Errorf("%s: %d %s", grant, a.Status, a.Text)
		}
	}
	for _, alg := range list(t, document, "id_token_signing_alg_values_supported") {
		if alg == string(identity.HS256) {
			continue // has a flow test of its own
		}
		client := harness.WebClient("alg-" + strings.ToLower(alg))
		m := &client.Metadata
		m.IDTokenAlg, m.UserinfoAlg, m.AccessTokenAlg = identity.Algorithm(alg), identity.Algorithm(alg), identity.Algorithm(alg)
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{client}})
		tokens := harness.NewParty(t, n, client.ClientID).Tokens(browser, "alice", harness.AlicePassword)
		for name, raw := range map[string]string{
			"ID token": idToken(tokens), "access token": tokens.AccessToken, "UserInfo": n.UserInfo(t, tokens.AccessToken).Text,
		} {
			if header := harness.JWT(t, raw, 0); header["alg"] != alg || header["kid"] == "" || header["jwk"] != nil || header["x5u"] != nil {
				t.Errorf("%s with %s: header %v", name, alg, header)
			}
		}
	}
}

func letters(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r
	}
	return '-'
}

// TestThePublishedKeys: RFC 7517, RFC 7638, F-T4.
func TestThePublishedKeys(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	a := n.Get(t, "/.well-known/jwks.json")
	if !strings.HasPrefix(a.Header.Get("Content-Type"), "application/jwk-set+json") || a.Header.Get("Cache-Control") != "public, max-age=300" {
		t.Errorf("headers %v", a.Header)
	}
	seen := map[any]bool{}
	for _, key := range n.JWKS(t) {
		if seen[key["kid"]] {
			t.Errorf("kid %v twice", key["kid"])
		}
		seen[key["kid"]] = true
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k", "oth"} {
			if _, ok := key[private]; ok {
				t.Errorf("member %s of %v is published", private, key["kid"])
			}
		}
		members := map[any][]string{"RSA": {"e", "kty", "n"}, "EC": {"crv", "kty", "x", "y"}, "OKP": {"crv", "kty", "x"}}[key["kty"]]
		if members == nil || key["use"] != "sig" || key["alg"] == nil {
			t.Fatalf("key %v", key)
		}
		required := map[string]any{}
		for _, name := range members {
			required[name] = key[name]
		}
		text, err := json.Marshal(required) // members in the order of their names, as RFC 7638 §3.3 wants
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		if thumbprint := base64.RawURLEncoding.EncodeToString(sum[:]); key["kid"] != thumbprint {
			t.Errorf("kid %v, thumbprint %s", key["kid"], thumbprint)
		}
		if key["kty"] == "RSA" && harness.RSAKey(t, key).N.BitLen() < 2048 {
			t.Error("an RSA key below 2048 bits")
		}
	}
	if len(seen) < 2 {
		t.Errorf("%d keys", len(seen))
	}
}

// TestCrossOriginAccess: scripts of any origin reach what the standards mean for them, and nothing that a cookie or an
// administrator opens.
func TestCrossOriginAccess(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	open := map[string]string{
		"/.well-known/openid-configuration": http.MethodGet, "/.well-known/oauth-authorization-server": http.MethodGet, "/.well-known/oauth-protected-resource": http.MethodGet,
		"/.well-known/jwks.json": http.MethodGet, "/api/v1/oauth/token": http.MethodPost,
		"/oidc/userinfo": http.MethodGet, "/api/v1/oauth/revoke": http.MethodPost,
	}
	closed := map[string]string{
		"/api/v1/oauth/authorize": http.MethodGet, "/api/v1/oauth/introspect": http.MethodPost,
		"/login": http.MethodPost, "/consent": http.MethodPost, "/consent/logo": http.MethodGet,
		"/account/password": http.MethodPost, "/logout": http.MethodPost, "/oidc/logout": http.MethodGet,
		"/graphql": http.MethodPost, "/playground": http.MethodGet, "/playground/flows": http.MethodGet,
		"/health/ready": http.MethodGet,
	}
	const origin = "https://spa.example"
	for path, method := range open {
		preflight := n.Send(t, http.MethodOptions, path, "Origin", origin, "Access-Control-Request-Method", method,
			"Access-Control-Request-Headers", "authorization, baggage, content-type, traceparent, tracestate, x-requested-with")
		allowed := strings.ToLower(preflight.Header.Get("Access-Control-Allow-Headers"))
		if preflight.Status/100 != 2 || preflight.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(allowed, "authorization") || !strings.Contains(allowed, "x-requested-with") ||
			!strings.Contains(preflight.Header.Get("Access-Control-Allow-Methods"), method) {
			t.Errorf("preflight of %s: %d %v", path, preflight.Status, preflight.Header)
		}
		answer := n.Send(t, method, path, "Origin", origin)
		if answer.Header.Get("Access-Control-Allow-Origin") != "*" || answer.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s %s: %d %v", method, path, answer.Status, answer.Header)
		}
		exposed := strings.ToLower(answer.Header.Get("Access-Control-Expose-Headers"))
		if !strings.Contains(exposed, "www-authenticate") || !strings.Contains(exposed, "x-request-id") {
			t.Errorf("%s exposes %q", path, exposed)
		}
	}
	for path, method := range closed {
		for _, a := range []harness.Answer{
			n.Send(t, method, path, "Origin", origin),
			n.Send(t, http.MethodOptions, path, "Origin", origin, "Access-Control-Request-Method", method, "Access-Control-Request-Headers", "authorization"),
		} {
			for name := range a.Header {
				if strings.HasPrefix(name, "Access-Control-Allow") {
					t.Errorf("%s %s: %s: %s", method, path, name, a.Header.Get(name))
				}
			}
		}
	}
}

// TestAProtectedResourceSaysWhereItsTokensComeFrom: RFC 9728. A client that knows nothing but the address of an API is led by its
// challenge to the metadata of the resource, from there to that of the server, and gets a token that the API takes.
func TestAProtectedResourceSaysWhereItsTokensComeFrom(t *testing.T) {
	t.Parallel()
	n := administer(t, harness.SQLite(t)).Node
	for name, answer := range map[string]harness.Answer{
		"UserInfo": n.UserInfo(t, ""), "UserInfo with a bad token": n.UserInfo(t, "x"),
		"the admin API": n.GraphQL(t, "", "{me{id}}", nil), "the admin API with a bad token": n.GraphQL(t, "x", "{me{id}}", nil),
	} {
		_, rest, _ := strings.Cut(answer.Header.Get("WWW-Authenticate"), `resource_metadata="`)
		address, _, _ := strings.Cut(rest, `"`)
		path, ours := strings.CutPrefix(address, n.Issuer)
		if answer.Status != http.StatusUnauthorized || !ours {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Header.Get("WWW-Authenticate"))
			continue
		}
		resource := n.Get(t, path)
		if resource.Status != http.StatusOK || resource.Header.Get("Content-Type") != "application/json" || resource.Body["resource"] != n.Issuer {
			t.Fatalf("%s: %d %v %s", name, resource.Status, resource.Header, resource.Text)
		}
		if servers := list(t, resource.Body, "authorization_servers"); len(servers) != 1 || servers[0] != n.Get(t, metadataPaths[1]).Body["issuer"] {
			t.Errorf("%s: the tokens come from %v", name, servers)
		}
		for member, want := range map[string]string{
			"scopes_supported": identity.ScopeUsersRead, "bearer_methods_supported": "header", "dpop_signing_alg_values_supported": "ES256",
		} {
			if have := list(t, resource.Body, member); !slices.Contains(have, want) {
				t.Errorf("%s lacks %s: %v", member, want, have)
			}
		}
	}
	party := harness.NewParty(t, n, "console", "openid", identity.ScopeUsersRead)
	token := party.Tokens(harness.NewBrowser(t, n), "admin", harness.AdminPassword).AccessToken
	if a := n.GraphQL(t, token, "{me{id}}", nil); a.Status != http.StatusOK {
		t.Errorf("with a token of that server: %d %s", a.Status, a.Text)
	}
}
