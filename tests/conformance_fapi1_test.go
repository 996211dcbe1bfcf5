package tests

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/tests/harness"
)

// playFAPI1 runs modules of the plan of a file on both databases, with those of FAPI 2.0 that are the same.
func playFAPI1(t *testing.T, file string, plan fapiPlan, modules ...map[string]func(m *fapiModule)) {
	t.Helper()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		folder, p := fapiFiles(t), plan
		p.mutualNode = fapiNode(t, db, folder, harness.Env("AUTHLY_FRONT_CHANNEL_TOKENS", "true"))
		p.config = readFAPI(t, p.mutualNode, folder, file)
		p.prefix, p.bound, p.signed = "fapi1-advanced-final-", "mtls", true
		p.play(t, append(modules, only(fapi2Modules, "keys are rotated while the plan runs", "ensure-other-scope-order-succeeds",
			"ensure-authorization-request-without-state-success"), only(fapi2Refusals, "ensure-authorization-code-is-bound-to-client",
			"attempt-reuse-authorization-code-after-one-second"))...)
	})
}

// TestFAPI1Plan runs the modules of FAPI 1.0 Advanced with private_key_jwt, requests by value and the response type code id_token.
func TestFAPI1Plan(t *testing.T) {
	t.Parallel()
	playFAPI1(t, "fapi1.json", fapiPlan{hybrid: true, byValue: true}, fapi1Modules, fapi1Objects, fapi1ByValue, fapi1Assertions, map[string]func(m *fapiModule){
		"ensure-response-type-code-fails": func(m *fapiModule) { m.refused(m.client(1), "response_type", "code") },
	})
}

// TestFAPI1PushedPlan runs those with pushed requests and signed responses.
func TestFAPI1PushedPlan(t *testing.T) {
	t.Parallel()
	playFAPI1(t, "fapi1-jarm.json", fapiPlan{jarm: true}, fapi1Modules, fapi1Objects, fapi1Assertions, only(fapi2Refusals,
		"par-ensure-pkce-required", "par-plain-pkce-rejected", "par-authorization-request-containing-request_uri-form-param", "par-endpoint-invalid-http-method",
		"par-attempt-to-use-request_uri-for-different-client", "par-attempt-to-use-expired-request_uri", "par-attempt-reuse-request_uri",
		"par-pkce-code-verifier-required", "par-incorrect-pkce-code-verifier-rejected", "refresh-token without authentication of the client",
	), only(fapi2Modules, "par-without-duplicate-parameters"), only(fapi2Signing, "par-authorization-request-containing-request_uri"),
		map[string]func(m *fapiModule){
			"par-ensure-request-object-with-par-endpoint-as-audience-fails": func(m *fapiModule) {
				m.refusedObject(func(_, claims map[string]any) { claims["aud"] = m.Issuer + parPath })
			},
			"par assertions for the issuer, the token endpoint, the push and a list": func(m *fapiModule) {
				each := []string{m.Issuer, m.Issuer + tokenPath, m.Issuer + parPath}
				for _, audience := range []any{each[0], each[1], each[2], each} {
					c := m.client(1)
					c.assertion = func(_, claims map[string]any) { claims["aud"] = audience }
					if a := c.push(c.request()); a.Status != http.StatusCreated {
						m.t.Errorf("%v: %d %s", audience, a.Status, a.Text)
					}
				}
			},
		})
}

// TestFAPI1CertificatesPlan runs those with certificates that prove the clients, requests by value and signed responses.
func TestFAPI1CertificatesPlan(t *testing.T) {
	t.Parallel()
	playFAPI1(t, "fapi1-mtls.json", fapiPlan{certified: true, jarm: true, byValue: true}, fapi1Modules, fapi1Objects, fapi1ByValue)
}

// only are some modules of a list.
func only(modules map[string]func(m *fapiModule), names ...string) map[string]func(m *fapiModule) {
	some := maps.Clone(modules)
	maps.DeleteFunc(some, func(name string, _ func(*fapiModule)) bool { return !slices.Contains(names, name) })
	return some
}

// fapi1Modules are those of every variant that are about more than the request object.
var fapi1Modules = map[string]func(m *fapiModule){
	"discovery-end-point-verification": func(m *fapiModule) {
		document := m.Get(m.t, "/.well-known/openid-configuration").Body
		for member, want := range map[string]string{
			"id_token_signing_alg_values_supported": "PS256", "request_object_signing_alg_values_supported": "PS256",
			"token_endpoint_auth_methods_supported": map[bool]string{true: "tls_client_auth", false: "private_key_jwt"}[m.fapiPlan.certified],
			"response_types_supported":              map[bool]string{true: "code id_token", false: "code"}[m.hybrid],
			"response_modes_supported":              map[bool]string{true: "fragment", false: "jwt"}[m.hybrid],
			"code_challenge_methods_supported":      "S256",
		} {
			if !slices.Contains(list(m.t, document, member), want) {
				m.t.Errorf("%s: %v", member, document[member])
			}
		}
		if document["tls_client_certificate_bound_access_tokens"] != true || document["request_parameter_supported"] != true ||
			document["require_pushed_authorization_requests"] == true || document["pushed_authorization_request_endpoint"] != m.Issuer+parPath {
			m.t.Errorf("%v", document)
		}
	},
	"happy-flow": func(m *fapiModule) {
		first, second := m.client(1), m.client(2)
		g, other := first.signsIn(), second.signsIn()
		for c, token := range map[*fapiClient]string{first: g.access, second: other.access} {
			c.worksAt(token)
			interaction := uuid.NewString()
			if a := c.resource(token, "X-Fapi-Interaction-Id", interaction); a.Header.Get("X-Fapi-Interaction-Id") != interaction {
				m.t.Errorf("interaction %v", a.Header)
			}
		}
		if a := first.resource(other.access); a.Status/100 != 4 {
			m.t.Errorf("client 2's token by client 1: %d %s", a.Status, a.Text)
		}
	},
	"user-rejects-authentication": func(m *fapiModule) {
		for number := 1; number <= 2; number++ {
			c := m.client(number)
			params := c.request()
			c.ask(params)
			if answer := c.answer(params); answer.Get("error") != "access_denied" || answer.Has("code") {
				m.t.Errorf("answer %v", answer)
			}
			m.browser = harness.NewBrowser(m.t, m.Node)
		}
	},
	"ensure-response-mode-query": func(m *fapiModule) { m.refused(m.client(1), "response_mode", "query") },
	"ensure-authorization-request-with-long-state-and-nonce": func(m *fapiModule) {
		c := m.client(1)
		c.nonce = strings.Repeat("nonce-._~N", 38) + "NNNN"
		c.signsIn("state", strings.Repeat("state-._~Z", 40))
	},
	"state-only-outside-request-object-not-used": func(m *fapiModule) {
		c := m.client(1)
		params := c.request("state", "")
		c.ask(params, "state", "outside")
		c.codeFor(params) // no state comes back
	},
	"ensure-holder-of-key-required": func(m *fapiModule) {
		c := m.client(1)
		form := harness.Values("grant_type", "authorization_code", "code", c.code(), "redirect_uri", c.redirect)
		if !m.byValue {
			form.Set("code_verifier", c.verifier)
		}
		m.unproven(c, form)
	},
	"refresh-token": func(m *fapiModule) {
		c, other := m.client(1), m.client(2)
		form := func(token string) url.Values {
			return harness.Values("grant_type", "refresh_token", "refresh_token", token)
		}
		g := c.signsIn()
		a := c.token(form(g.refresh))
		c.worksAt(c.granted(a, c.nonceOf(a)).access)
		m.Clock.Advance(30 * time.Second)
		again := c.token(form(g.refresh))
		c.granted(again, c.nonceOf(again))
		m.unproven(c, form(g.refresh))
		oneOf(m.t, "client 2", other.token(form(g.refresh)), []int{400}, "invalid_grant")
	},
}

// fapi1Objects are the modules about request objects.
var fapi1Objects = map[string]func(m *fapiModule){
	"ensure-request-object-with-multiple-aud-succeeds": func(m *fapiModule) {
		m.requests(func(_, claims map[string]any) { claims["aud"] = []string{"https://other.example", m.Issuer} }).signsIn()
	},
	"ensure-request-object-without-exp-fails": func(m *fapiModule) { m.refusedObject(func(_, claims map[string]any) { delete(claims, "exp") }) },
	"ensure-request-object-without-nbf-fails": func(m *fapiModule) { m.refusedObject(func(_, claims map[string]any) { delete(claims, "nbf") }) },
	"ensure-expired-request-object-fails": func(m *fapiModule) {
		m.refusedObject(claimAt("exp", m.Clock.Now().Add(-5*time.Minute)))
	},
	"ensure-request-object-with-bad-aud-fails": func(m *fapiModule) {
		m.refusedObject(func(_, claims map[string]any) { claims["aud"] = "https://other.example" })
	},
	"ensure-request-object-with-exp-over-60-fails": func(m *fapiModule) {
		m.refusedObject(claimAt("exp", m.Clock.Now().Add(70*time.Minute)))
	},
	"ensure-request-object-with-nbf-over-60-fails": func(m *fapiModule) {
		m.refusedObject(claimAt("nbf", m.Clock.Now().Add(-70*time.Minute)))
	},
	"ensure-signed-request-object-with-RS256-fails": func(m *fapiModule) {
		m.refusedObject(func(header, _ map[string]any) { header["alg"] = "RS256" })
	},
	"ensure-request-object-signature-algorithm-is-not-none": func(m *fapiModule) {
		m.refusedObject(func(header, _ map[string]any) { header["alg"] = "none" })
	},
	"ensure-request-object-with-invalid-signature-fails": func(m *fapiModule) {
		c := m.client(1)
		object := c.requestObject(c.request())
		m.refusedText(c, object[:len(object)-40]+"AAAA"+object[len(object)-36:])
	},
	"ensure-matching-key-in-authorization-request": func(m *fapiModule) {
		c := m.client(1)
		own := c.key
		c.key = m.client(2).key
		object := c.requestObject(c.request())
		c.key = own
		m.refusedText(c, object)
	},
	"ensure-request-object-without-scope-fails": func(m *fapiModule) { m.refused(m.client(1), "scope", "") },
	"ensure-request-object-without-nonce-fails": func(m *fapiModule) { m.refused(m.client(1), "nonce", "") },
	"ensure-request-object-without-redirect-uri-fails": func(m *fapiModule) {
		c := m.client(1)
		m.refusedText(c, c.requestObject(c.request("redirect_uri", "")), "redirect_uri", c.redirect)
	},
	"ensure-registered-redirect-uri": func(m *fapiModule) {
		c := m.client(1)
		m.refusedText(c, c.requestObject(c.request("redirect_uri", c.redirect+"/more")))
	},
}

// fapi1ByValue are the modules of requests that are not pushed.
var fapi1ByValue = map[string]func(m *fapiModule){
	"ensure-authorization-request-without-request-object-fails": func(m *fapiModule) {
		c := m.client(1)
		params := c.request()
		m.visit(m.URL + "/api/v1/oauth/authorize?" + params.Encode())
		if answer := c.answer(params); answer.Get("error") != "invalid_request" || answer.Has("code") {
			m.t.Errorf("answer %v", answer)
		}
	},
	"pkce is optional by value": func(m *fapiModule) {
		c := m.client(1)
		params := c.challenged(c.request())
		c.ask(params)
		oneOf(m.t, "no code_verifier", c.exchange(c.codeFor(params)), []int{400}, "invalid_grant")
		c.ask(params)
		c.granted(c.exchange(c.codeFor(params), "code_verifier", c.verifier), c.nonce)
	},
}

// fapi1Assertions are the modules about assertions of clients at the token endpoint.
var fapi1Assertions = map[string]func(m *fapiModule){
	"ensure-client-assertion-with-bad-claims-fails": func(m *fapiModule) {
		other, past := m.client(2).id, m.Clock.Now().Add(-5*time.Minute).Unix()
		for _, change := range []func(header, claims map[string]any){
			func(_, claims map[string]any) { claims["iss"] = other },
			func(_, claims map[string]any) { claims["sub"] = other },
			func(_, claims map[string]any) { delete(claims, "sub") },
			func(_, claims map[string]any) { claims["aud"] = "https://other.example" },
			func(_, claims map[string]any) { claims["exp"] = past },
			func(header, _ map[string]any) { header["alg"] = "RS256" },
		} {
			m.asserted([]string{"invalid_client", "invalid_request"}, change)
			m.browser = harness.NewBrowser(m.t, m.Node)
		}
	},
	"ensure-client-assertion-in-token-endpoint": fapi2Assertions["ensure-client-assertion-in-token-endpoint"],
	"assertions for the issuer, the token endpoint and a list": func(m *fapiModule) {
		for _, audience := range []any{m.Issuer, m.Issuer + tokenPath, []string{m.Issuer, m.Issuer + tokenPath}} {
			c := m.client(1)
			c.granted(c.exchange(c.code(), "client_assertion", c.key.assertionChanged(m.t, m.Node, c.id, func(_, claims map[string]any) {
				claims["aud"] = audience
			})), c.nonce)
		}
	},
}

// refusedObject sends a request object that change makes bad.
func (m *fapiModule) refusedObject(change func(header, claims map[string]any)) {
	m.t.Helper()
	c := m.requests(change)
	m.refusedText(c, c.requestObject(c.request()))
}

// refusedText sends a request object with parameters beside it, and checks that nobody is sent anywhere.
func (m *fapiModule) refusedText(c *fapiClient, object string, beside ...string) {
	m.t.Helper()
	form := harness.Values(append(beside, "client_id", c.id, "request", object)...)
	if m.byValue {
		m.visit(m.URL + "/api/v1/oauth/authorize?" + form.Encode())
		refusedByPage(m.t, m.name, m.browser, m.Node)
		return
	}
	oneOf(m.t, m.name, c.send(parPath, c.authenticate(form)), []int{400}, "invalid_request", "invalid_request_object")
}

// refused sends a good object with a parameter that is not: it goes back to the client, never with a code, or not even there.
func (m *fapiModule) refused(c *fapiClient, name, value string) {
	m.t.Helper()
	params := c.request(name, value)
	if !m.byValue {
		oneOf(m.t, m.name, c.push(params), []int{400}, "invalid_request", "unsupported_response_type", "unauthorized_client", "invalid_scope")
		return
	}
	c.ask(params)
	at := m.browser.URL
	answer, err := url.ParseQuery(at.Fragment)
	if err != nil {
		m.t.Fatal(err)
	}
	if wrapped := answer.Get("response") + at.Query().Get("response"); wrapped != "" {
		answer = c.unwrapped(url.Values{"response": {wrapped}})
	}
	if answer.Has("code") || answer.Has("id_token") || at.Query().Has("code") || answer.Get("error") == "" && at.Query().Get("error") == "" && m.browser.Status != http.StatusBadRequest {
		m.t.Errorf("%s at %s: %v %s", m.name, at, answer, m.browser.Text())
	}
}
