package tests

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/uuid"

	"github.com/authly/authly/tests/harness"
)

// fapi2Prefix begins the names of the modules of both FAPI 2.0 plans; the maps of modules have the rest of their names.
const fapi2Prefix = "fapi2-security-profile-final-"

// fapi2Plan reads the plan of a file of docs/conformance.
func fapi2Plan(t *testing.T, n mutualNode, folder, file string) *fapiPlan {
	t.Helper()
	p := &fapiPlan{mutualNode: n, config: readFAPI(t, n, folder, file), prefix: fapi2Prefix, bound: "dpop"}
	if p.config.MTLS.Cert != "" {
		p.bound, p.certified = "mtls", true
	}
	p.signed = p.config.Alias == "authly-fapi2-signing"
	p.jarm = p.signed
	return p
}

// playFAPI2 runs modules of the plan of a file on both databases.
func playFAPI2(t *testing.T, file string, modules ...map[string]func(m *fapiModule)) {
	t.Helper()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		folder := fapiFiles(t)
		fapi2Plan(t, fapiNode(t, db, folder, frontChannel()), folder, file).play(t, modules...)
	})
}

// TestFAPI2Plan runs the modules of the FAPI 2.0 Security Profile with private_key_jwt, DPoP and OpenID Connect, and of its variant rar.
func TestFAPI2Plan(t *testing.T) {
	t.Parallel()
	playFAPI2(t, "fapi2.json", fapi2Modules, fapi2OpenIDModules, fapi2Refusals, fapi2Assertions, fapi2Proofs, fapi2Details)
}

// TestFAPI2PlainOAuthPlan runs those for plain OAuth.
func TestFAPI2PlainOAuthPlan(t *testing.T) {
	t.Parallel()
	playFAPI2(t, "fapi2-oauth.json", fapi2Modules, fapi2Refusals, fapi2Assertions, fapi2Proofs)
}

// TestFAPI2CertificatesPlan runs those with certificates, which prove the clients and bind their tokens, and OpenID Connect.
func TestFAPI2CertificatesPlan(t *testing.T) {
	t.Parallel()
	playFAPI2(t, "fapi2-mtls.json", fapi2Modules, fapi2OpenIDModules, fapi2Refusals)
}

// fapi2Modules are those that demand a success, of every variant.
var fapi2Modules = map[string]func(m *fapiModule){
	"discovery-end-point-verification": func(m *fapiModule) {
		document := m.Get(m.t, strings.TrimPrefix(m.config.Server.DiscoveryURL, m.URL)).Body
		m.checkFAPI2Metadata(document)
		if !slices.Contains(list(m.t, document, "response_types_supported"), "code") || !slices.Contains(list(m.t, document, "grant_types_supported"), "authorization_code") {
			m.t.Errorf("%v", document)
		}
		if document["authorization_response_iss_parameter_supported"] != true || !slices.Contains(list(m.t, document, "code_challenge_methods_supported"), "S256") ||
			document["pushed_authorization_request_endpoint"] != m.Issuer+parPath {
			m.t.Errorf("%v", document)
		}
	},
	"happy-flow": func(m *fapiModule) {
		first, second := m.client(1), m.client(2)
		g := first.signsIn()
		first.worksAt(g.access)
		params := second.request()
		if m.bound == "dpop" {
			params.Set("dpop_jkt", second.proof.thumbprint(m.t))
		}
		second.open(second.pushed(params), params)
		other := second.granted(second.exchange(second.codeFor(params)), second.nonce)
		second.worksAt(other.access)
		if a := first.resource(other.access); a.Status/100 != 4 {
			m.t.Errorf("client 2's token by client 1: %d %s", a.Status, a.Text)
		}
	},
	"user-rejects-authentication": func(m *fapiModule) {
		for number := 1; number <= 2; number++ {
			c := m.client(number)
			params := c.request()
			c.open(c.pushed(params), params)
			if answer := c.answer(params); answer.Get("error") != "access_denied" || answer.Has("code") {
				m.t.Errorf("answer %v", answer)
			}
			m.browser = harness.NewBrowser(m.t, m.Node)
		}
	},
	"ensure-authorization-request-without-state-success": func(m *fapiModule) { m.client(1).signsIn("state", "") },
	"ensure-authorization-request-with-long-state": func(m *fapiModule) {
		m.client(1).signsIn("state", strings.Repeat("state-._~Z", 100)) // answer compares it to the byte
	},
	"ensure-other-scope-order-succeeds": func(m *fapiModule) {
		c := m.client(1)
		scopes := strings.Fields(c.scope)
		slices.Reverse(scopes)
		c.worksAt(c.signsIn("scope", strings.Join(scopes, " ")).access)
	},
	"access-token-type-header-case-sensitivity": func(m *fapiModule) {
		c := m.client(1)
		token := c.signsIn().access
		scheme, headers := "bEARER", []string(nil)
		if m.bound == "dpop" {
			scheme, headers = "dPOP", []string{"DPoP", c.resourceProof(token, nil)}
		}
		if a := c.resourceBy(scheme, token, headers...); a.Status != http.StatusOK {
			m.t.Errorf("%s: %d %s", scheme, a.Status, a.Text)
		}
	},
	"ensure-different-state-inside-and-outside-request-object": func(m *fapiModule) { m.outside("state", "another") },
	"state-only-outside-request-object-not-used": func(m *fapiModule) {
		c := m.client(1)
		params := c.request("state", "")
		beside := c.request()
		c.open(c.pushed(params), beside)
		c.granted(c.exchange(c.codeFor(params)), params.Get("nonce")) // no state comes back
	},
	"par-without-duplicate-parameters": func(m *fapiModule) {
		c := m.client(1)
		params := c.request()
		c.open(c.pushed(params), nil)
		c.granted(c.exchange(c.codeFor(params)), params.Get("nonce"))
	},
	"par-ensure-reused-request-uri-prior-to-auth-completion-succeeds": func(m *fapiModule) {
		c := m.client(1)
		params := c.request()
		uri := c.pushed(params)
		c.open(uri, params) // the configuration looks at the login page only
		c.open(uri, params)
		c.granted(c.exchange(c.codeFor(params)), params.Get("nonce"))
	},
	"refresh-token": func(m *fapiModule) {
		first, second := m.client(1), m.client(2)
		refresh := func(c *fapiClient, token string) url.Values {
			return harness.Values("grant_type", "refresh_token", "refresh_token", token, "scope", c.scope)
		}
		for _, c := range []*fapiClient{first, second} {
			before := c.signsIn()
			if before.refresh == "" {
				m.t.Fatal("no refresh token")
			}
			m.Clock.Advance(2 * time.Second)
			c.proof = newClientKey(m.t, "") // the suite makes another key
			a := c.token(refresh(c, before.refresh))
			after := c.granted(a, c.nonceOf(a))
			c.worksAt(after.access)
			if c.openID() {
				same(m.t, before, after)
			}
			m.Clock.Advance(30 * time.Second)
			lost := c.token(refresh(c, before.refresh)) // as if the response had been lost
			c.granted(lost, c.nonceOf(lost))
			if c == first {
				m.unproven(c, refresh(c, after.refresh))
			}
			if c == second {
				oneOf(m.t, "client 2's refresh token by client 1", first.token(refresh(first, after.refresh)), []int{400}, "invalid_grant")
			}
			m.browser = harness.NewBrowser(m.t, m.Node)
		}
	},
	"keys are rotated while the plan runs": func(m *fapiModule) {
		c := m.client(1)
		before := c.signsIn()
		m.Clock.Advance(10 * time.Minute)
		if err := m.Server.Domain.SigningKeys.Rotate(harness.System(m.t)); err != nil {
			m.t.Fatal(err)
		}
		after := c.signsIn()
		c.worksAt(after.access)
		if m.openID() && harness.JWT(m.t, before.id, 0)["kid"] == harness.JWT(m.t, after.id, 0)["kid"] {
			m.t.Errorf("the same key after a rotation")
		}
		for _, token := range []string{before.id, before.access} {
			if _, err := oidc.NewRemoteKeySet(m.t.Context(), m.URL+"/.well-known/jwks.json").VerifySignature(m.t.Context(), token); token != "" && err != nil {
				m.t.Errorf("a token from before: %v", err)
			}
		}
		a := c.token(harness.Values("grant_type", "refresh_token", "refresh_token", before.refresh))
		c.granted(a, c.nonceOf(a))
	},
}

// fapi2OpenIDModules are those that demand a success, with OpenID Connect.
var fapi2OpenIDModules = map[string]func(m *fapiModule){
	"ensure-authorization-request-without-nonce-success":       func(m *fapiModule) { m.client(1).signsIn("nonce", "") },
	"ensure-authorization-request-with-64-char-nonce-success":  func(m *fapiModule) { m.client(1).signsIn("nonce", strings.Repeat("nonce-._", 8)) },
	"ensure-authorization-request-with-long-nonce":             func(m *fapiModule) { m.client(1).signsIn("nonce", strings.Repeat("nonce-._", 48)) },
	"ensure-different-nonce-inside-and-outside-request-object": func(m *fapiModule) { m.outside("nonce", "another") },
	"discovery-end-point-verification for OpenID Connect": func(m *fapiModule) {
		document := m.Get(m.t, strings.TrimPrefix(m.config.Server.DiscoveryURL, m.URL)).Body
		if !slices.Contains(list(m.t, document, "scopes_supported"), "openid") || len(list(m.t, document, "subject_types_supported")) == 0 {
			m.t.Errorf("%v", document)
		}
	},
	"test-claims-parameter-identity-claims": func(m *fapiModule) {
		c := m.client(1)
		asked := map[string]any{}
		for i, name := range list(m.t, m.Get(m.t, "/.well-known/openid-configuration").Body, "claims_supported") {
			if !slices.Contains(ofProtocol, name) && !slices.Contains(notStandard, name) {
				asked[name] = []any{nil, map[string]any{"essential": true}, map[string]any{"essential": false, "unknown": "junk"}}[i%3]
			}
		}
		if len(asked) < 19 {
			m.t.Errorf("only %d claims: %v", len(asked), asked)
		}
		places := map[string]any{"id_token": maps.Clone(asked), "userinfo": maps.Clone(asked)}
		places["userinfo"].(map[string]any)["claim-that-nobody-knows"] = nil
		text, err := json.Marshal(places)
		if err != nil {
			m.t.Fatal(err)
		}
		a := c.exchange(c.code("claims", string(text), "scope", "openid"))
		token, info := harness.JWT(m.t, a.String("id_token"), 1), c.resource(a.String("access_token")).Body
		for name := range asked {
			if token[name] == nil && info[name] == nil {
				m.t.Errorf("%s is neither in %v nor in %v", name, token, info)
			}
		}
		for name := range info {
			if _, of := asked[name]; !of && name != "sub" {
				m.t.Errorf("nobody asked for %s", name)
			}
		}
		(&visit{t: m.t, plan: plan{Node: m.Node}, client: c.id}).checkClaims(info)
	},
}

// notStandard are the claims of claims_supported that are not of OIDC Core §5.1, for which the suite does not ask.
var notStandard = []string{"groups", "roles", "membership_overage"}

// fapi2Details is the variant rar: the happy flow with the authorization details of the configuration.
var fapi2Details = map[string]func(m *fapiModule){
	"happy-flow with authorization details": func(m *fapiModule) {
		for number := 1; number <= 2; number++ {
			c := m.client(number)
			a := c.exchange(c.code("authorization_details", string(m.config.Resource.RichAuthorizationRequest)))
			c.granted(a, c.nonce)
			granted, _ := a.Body["authorization_details"].([]any)
			if len(granted) != 1 {
				m.t.Fatalf("authorization details in %s", a.Text)
			}
			if one, _ := granted[0].(map[string]any); one["type"] != "payment" {
				m.t.Errorf("authorization details %v", granted)
			}
			c.worksAt(a.String("access_token"))
			m.browser = harness.NewBrowser(m.t, m.Node)
		}
	},
}

// TestFAPI2ServicePlan runs the modules of the FAPI 2.0 Security Profile with client credentials.
func TestFAPI2ServicePlan(t *testing.T) {
	t.Parallel()
	playFAPI2(t, "fapi2-service.json", map[string]func(m *fapiModule){
		"discovery-end-point-verification": func(m *fapiModule) {
			document := m.Get(m.t, strings.TrimPrefix(m.config.Server.DiscoveryURL, m.URL)).Body
			m.checkFAPI2Metadata(document)
			if !slices.Contains(list(m.t, document, "grant_types_supported"), "client_credentials") {
				m.t.Errorf("%v", document)
			}
		},
		"happy-flow": func(m *fapiModule) {
			first, second := m.client(1), m.client(2)
			tokens := map[*fapiClient]string{}
			for _, c := range []*fapiClient{first, second} {
				g := c.granted(c.earn(), "")
				if c.worksAt(g.access); g.refresh != "" {
					m.t.Error("a refresh token for client credentials")
				}
				tokens[c] = g.access
			}
			if a := first.resource(tokens[second]); a.Status/100 != 4 {
				m.t.Errorf("client 2's token by client 1: %d %s", a.Status, a.Text)
			}
		},
		"access-token-type-header-case-sensitivity": func(m *fapiModule) {
			c := m.client(1)
			token := c.earn().String("access_token")
			if a := c.resourceBy("dPOP", token, "DPoP", c.resourceProof(token, nil)); a.Status != http.StatusOK {
				m.t.Errorf("%d %s", a.Status, a.Text)
			}
		},
		"ensure-client-id-in-token-endpoint": func(m *fapiModule) {
			a := m.client(1).earn("client_id", m.client(2).id)
			oneOf(m.t, "client 2's id", a, []int{400, 401}, "invalid_client", "invalid_grant", "invalid_request")
		},
		"ensure-holder-of-key-required": func(m *fapiModule) {
			c := m.client(1)
			m.unproven(c, harness.Values("grant_type", "client_credentials", "scope", c.scope))
		},
	}, fapi2Assertions, fapi2Proofs)
}

// earn asks for a token of the client's own.
func (c *fapiClient) earn(changes ...string) harness.Answer {
	c.t.Helper()
	return c.token(harness.Values("grant_type", "client_credentials", "scope", c.scope), changes...)
}

// obtain gets a token the way of the plan.
func (c *fapiClient) obtain() string {
	c.t.Helper()
	if !c.people() {
		return c.granted(c.earn(), "").access
	}
	return c.signsIn().access
}

// nonceOf is the nonce in the ID token of a refresh: none, or that of the sign-in (OIDC Core §12.2).
func (c *fapiClient) nonceOf(a harness.Answer) string {
	c.t.Helper()
	if a.String("id_token") == "" || harness.JWT(c.t, a.String("id_token"), 1)["nonce"] == nil {
		return ""
	}
	return c.nonce
}

// checkFAPI2Metadata checks what every variant demands of the metadata.
func (m *fapiModule) checkFAPI2Metadata(document map[string]any) {
	m.t.Helper()
	if document["issuer"] != m.Issuer {
		m.t.Errorf("issuer %v", document["issuer"])
	}
	for name := range document {
		if !slices.Contains(knownMetadata, name) && name != "authorization_details_types_supported" {
			m.t.Errorf("the suite may not know %s", name)
		}
	}
	members := []string{"token_endpoint_auth_signing_alg_values_supported", "dpop_signing_alg_values_supported", "request_object_signing_alg_values_supported"}
	if m.openID() {
		members = append(members, "id_token_signing_alg_values_supported", "userinfo_signing_alg_values_supported")
	}
	for _, member := range members {
		if !slices.ContainsFunc(list(m.t, document, member), func(alg string) bool { return slices.Contains(fapiAlgorithms, any(alg)) }) {
			m.t.Errorf("%s: %v", member, document[member])
		}
	}
	methods := list(m.t, document, "token_endpoint_auth_methods_supported")
	method := "private_key_jwt"
	if m.fapiPlan.certified {
		method = "tls_client_auth"
	}
	if !slices.Contains(methods, method) || document["tls_client_certificate_bound_access_tokens"] != true {
		m.t.Errorf("methods %v, certificates %v", methods, document["tls_client_certificate_bound_access_tokens"])
	}
	aliases, _ := document["mtls_endpoint_aliases"].(map[string]any)
	for name := range aliases {
		if !strings.HasSuffix(name, "_endpoint") || document[name] == nil || name == "authorization_endpoint" {
			m.t.Errorf("the alias %s", name)
		}
	}
	if len(aliases) == 0 {
		m.t.Error("no aliases")
	}
}

// outside pushes a request and sends the browser with another value of a parameter beside it: the pushed one counts.
func (m *fapiModule) outside(name, value string) {
	m.t.Helper()
	c := m.client(1)
	params := c.request()
	c.open(c.pushed(params), c.request(name, value))
	c.granted(c.exchange(c.codeFor(params)), params.Get("nonce"))
}

// unproven sends a form without what tokens are bound to: it is refused, and nothing unbound is issued.
func (m *fapiModule) unproven(c *fapiClient, form url.Values) {
	m.t.Helper()
	form = c.authenticate(form)
	if m.bound == "dpop" {
		oneOf(m.t, "without a proof", c.send(tokenPath, form), []int{400}, "invalid_request", "invalid_grant", "invalid_dpop_proof")
		return
	}
	a := m.post(m.t, nil, tokenPath, "", "", form)
	oneOf(m.t, "without a certificate", a, []int{400, 401}, "invalid_client", "invalid_grant", "invalid_request")
}

// worksAt checks that the API takes a token as every module does, and not from the query.
func (c *fapiClient) worksAt(token string) {
	c.t.Helper()
	interaction := uuid.NewString()
	for _, accept := range []string{"application/json; charset=utf-8", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"} {
		a := c.resource(token, "Accept", accept, "X-Fapi-Interaction-Id", interaction)
		if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
			c.t.Fatalf("Accept %s: %d %s", accept, a.Status, a.Text)
		}
		if date, err := http.ParseTime(a.Header.Get("Date")); err != nil || date.IsZero() {
			c.t.Errorf("Date %q", a.Header.Get("Date"))
		}
		if sent := a.Header.Get("X-Fapi-Interaction-Id"); sent != "" && sent != interaction {
			c.t.Errorf("interaction %s, want %s", sent, interaction)
		}
	}
	address := c.config.Resource.ResourceURL
	plain := *c.fapiPlan
	plain.config.Resource.ResourceURL = address + map[bool]string{true: "&", false: "?"}[strings.Contains(address, "?")] + "access_token=" + token
	asker := *c
	asker.fapiModule = &fapiModule{fapiPlan: &plain, t: c.t}
	if a := asker.resourceBy("", ""); a.Status != http.StatusBadRequest && a.Status != http.StatusUnauthorized {
		c.t.Errorf("a token in the query: %d %s", a.Status, a.Text)
	}
}
