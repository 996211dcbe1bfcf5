package tests

import (
	"net/http"
	"time"

	"github.com/authly/authly/tests/harness"
)

// fapi2Refusals are the modules that demand a refusal, of every variant with people.
var fapi2Refusals = map[string]func(m *fapiModule){
	"plain-fapi-tolerate-unregistered-redirect-uri": func(m *fapiModule) {
		c := m.client(1)
		oneOf(m.t, "another redirect_uri", c.push(c.request("redirect_uri", c.redirect+"/more")), []int{400}, "invalid_request", "invalid_request_object")
	},
	"ensure-redirect-uri-in-authorization-request": func(m *fapiModule) {
		c := m.client(1)
		oneOf(m.t, "no redirect_uri, of which there is one", c.push(c.request("redirect_uri", "")), []int{400}, "invalid_request", "invalid_request_object")
	},
	"ensure-unsigned-authorization-request-without-using-par-fails": func(m *fapiModule) {
		c := m.client(1)
		params := c.request()
		m.visit(m.URL + "/api/v1/oauth/authorize?" + params.Encode())
		if answer := c.answer(params); answer.Get("error") != "invalid_request" || answer.Has("code") {
			m.t.Errorf("answer %v", answer)
		}
	},
	"ensure-response-type-code-idtoken-fails": func(m *fapiModule) { m.responseType("code id_token") },
	"ensure-response-type-token-fails":        func(m *fapiModule) { m.responseType("token") },
	"par-ensure-pkce-required": func(m *fapiModule) {
		c := m.client(1)
		oneOf(m.t, "no PKCE", c.push(c.request("code_challenge", "", "code_challenge_method", "")), []int{400}, "invalid_request")
	},
	"par-plain-pkce-rejected": func(m *fapiModule) {
		c := m.client(1)
		oneOf(m.t, "plain PKCE", c.push(c.request("code_challenge", c.verifier, "code_challenge_method", "plain")), []int{400}, "invalid_request")
	},
	"par-authorization-request-containing-request_uri-form-param": func(m *fapiModule) {
		c := m.client(1)
		form := c.request()
		if m.signed {
			form = harness.Values("client_id", c.id, "request", c.requestObject(form))
		}
		form.Set("request_uri", "urn:ietf:params:oauth:request_uri:another")
		a := c.send(parPath, c.authenticate(form))
		oneOf(m.t, "a request_uri", a, []int{400}, "invalid_request", "invalid_request_object", "request_uri_not_supported")
	},
	"par-endpoint-invalid-http-method": func(m *fapiModule) {
		if a := m.Send(m.t, http.MethodPut, parPath); a.Status < 400 {
			m.t.Errorf("PUT: %d", a.Status)
		}
	},
	"par-attempt-to-use-request_uri-for-different-client": func(m *fapiModule) {
		first, second := m.client(1), m.client(2)
		second.open(first.pushed(first.request()), first.request())
		refusedByPage(m.t, "client 1's request_uri", m.browser, m.Node)
	},
	"par-attempt-to-use-expired-request_uri": func(m *fapiModule) {
		c := m.client(1)
		uri := c.pushed(c.request())
		m.Clock.Advance(90 * time.Second) // expires_in is no more
		c.open(uri, c.request())
		refusedByPage(m.t, "an expired request_uri", m.browser, m.Node)
	},
	"par-attempt-reuse-request_uri": func(m *fapiModule) {
		c := m.client(1)
		params := c.request()
		uri := c.pushed(params)
		c.open(uri, params)
		c.granted(c.exchange(c.codeFor(params)), params.Get("nonce"))
		c.open(uri, params)
		refusedByPage(m.t, "a used request_uri", m.browser, m.Node)
	},
	"ensure-client-id-in-token-endpoint": func(m *fapiModule) {
		c := m.client(1)
		a := c.exchange(c.code(), "client_id", m.client(2).id)
		oneOf(m.t, "client 2's id", a, []int{400, 401}, "invalid_client", "invalid_grant", "invalid_request")
	},
	"ensure-authorization-code-is-bound-to-client": func(m *fapiModule) {
		first, second := m.client(1), m.client(2)
		second.verifier, second.redirect = first.verifier, first.redirect
		oneOf(m.t, "client 1's code", second.exchange(first.code()), []int{400}, "invalid_grant")
	},
	"attempt-reuse-authorization-code-after-one-second": func(m *fapiModule) {
		c := m.client(1)
		code := c.code()
		g := c.granted(c.exchange(code), c.request().Get("nonce"))
		m.Clock.Advance(time.Second)
		oneOf(m.t, "a used code", c.exchange(code), []int{400}, "invalid_grant")
		if a := c.resource(g.access); a.Status != http.StatusUnauthorized {
			m.t.Errorf("the access token after that: %d %s", a.Status, a.Text)
		}
	},
	"ensure-token-endpoint-fails-with-expired-auth-code": func(m *fapiModule) {
		c := m.client(1)
		code := c.code()
		m.Clock.Advance(62 * time.Second)
		oneOf(m.t, "a code after 62 s", c.exchange(code), []int{400}, "invalid_grant")
	},
	"par-pkce-code-verifier-required": func(m *fapiModule) {
		c := m.client(1)
		oneOf(m.t, "no code_verifier", c.exchange(c.code(), "code_verifier", ""), []int{400}, "invalid_grant")
	},
	"par-incorrect-pkce-code-verifier-rejected": func(m *fapiModule) {
		c := m.client(1)
		oneOf(m.t, "another code_verifier", c.exchange(c.code(), "code_verifier", c.verifier[1:]+"x"), []int{400}, "invalid_grant")
	},
	"ensure-holder-of-key-required": func(m *fapiModule) {
		c := m.client(1)
		m.unproven(c, harness.Values("grant_type", "authorization_code", "code", c.code(), "redirect_uri", c.redirect, "code_verifier", c.verifier))
	},
	"refresh-token without authentication of the client": func(m *fapiModule) {
		c := m.client(1)
		form := harness.Values("grant_type", "refresh_token", "refresh_token", c.signsIn().refresh, "client_id", c.id)
		a := post(m.t, m.Node, tokenPath, "", "", form, c.proofs(tokenPath)...)
		oneOf(m.t, "nobody", a, []int{400, 401}, "invalid_client", "invalid_request")
	},
}

// responseType asks for another response type than code.
func (m *fapiModule) responseType(name string) {
	m.t.Helper()
	c := m.client(1)
	oneOf(m.t, name, c.push(c.request("response_type", name)), []int{400}, "unsupported_response_type", "invalid_request", "unauthorized_client", "invalid_request_object")
}

// fapi2Assertions are the modules about assertions of clients (private_key_jwt): at the token endpoint, and at the push if there is one.
var fapi2Assertions = map[string]func(m *fapiModule){
	"ensure-signed-client-assertion-with-RS256-fails": func(m *fapiModule) {
		m.asserted([]string{"invalid_client"}, func(header, _ map[string]any) { header["alg"] = "RS256" })
	},
	"ensure-client-assertion-in-token-endpoint": func(m *fapiModule) {
		c := m.client(1)
		a := c.spend("client_assertion", "", "client_assertion_type", "", "client_id", c.id)
		oneOf(m.t, "no assertion", a, []int{400, 401}, "invalid_client", "invalid_request")
	},
	"ensure-client-assertion-with-exp-is-5-minutes-in-past-fails": func(m *fapiModule) {
		past := m.Clock.Now().Add(-5 * time.Minute).Unix()
		m.asserted([]string{"invalid_client", "invalid_request"}, func(_, claims map[string]any) { claims["exp"] = past })
	},
	"ensure-client-assertion-with-wrong-aud-fails": func(m *fapiModule) {
		m.asserted([]string{"invalid_client", "invalid_request"}, func(_, claims map[string]any) { claims["aud"] = "https://other.example" })
	},
	"ensure-client-assertion-with-no-sub-fails": func(m *fapiModule) {
		m.asserted([]string{"invalid_client", "invalid_request"}, func(_, claims map[string]any) { delete(claims, "sub") })
	},
	"par-ensure-jwt-client-assertions-iat-nbf-over-60-seconds-in-the-future-fails": func(m *fapiModule) {
		ahead := m.Clock.Now().Add(61 * time.Second).Unix()
		m.pushedBy(false, func(_, claims map[string]any) { claims["iat"], claims["nbf"], claims["exp"] = ahead, ahead, ahead+60 })
	},
	"par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted": func(m *fapiModule) {
		ahead := m.Clock.Now().Add(8 * time.Second).Unix()
		m.pushedBy(true, func(_, claims map[string]any) { claims["iat"], claims["nbf"] = ahead, ahead })
	},
	"par-test-array-as-audience-fails": func(m *fapiModule) {
		m.pushedBy(false, func(_, claims map[string]any) {
			claims["aud"] = []string{m.Issuer, m.Issuer + tokenPath, m.Issuer + parPath}
		})
		m.pushedBy(false, func(_, claims map[string]any) { claims["aud"] = []string{m.Issuer} })
	},
	"par-test-par-endpoint-url-as-audience-fails": func(m *fapiModule) {
		m.pushedBy(false, func(_, claims map[string]any) { claims["aud"] = m.Issuer + parPath })
	},
	"par-test-token-endpoint-url-as-audience-fails": func(m *fapiModule) {
		m.pushedBy(false, func(_, claims map[string]any) { claims["aud"] = m.Issuer + tokenPath })
	},
}

// spend asks for tokens the way of the plan, with changes of the form.
func (c *fapiClient) spend(changes ...string) harness.Answer {
	c.t.Helper()
	if !c.people() {
		return c.earn(changes...)
	}
	return c.exchange(c.code(), changes...)
}

// asserted asks for tokens with an assertion that change makes bad.
func (m *fapiModule) asserted(codes []string, change func(header, claims map[string]any)) {
	m.t.Helper()
	c := m.client(1)
	a := c.spend("client_assertion", c.key.assertionChanged(m.t, m.Node, c.id, change))
	oneOf(m.t, "a bad assertion", a, []int{400, 401}, codes...)
}

// pushedBy pushes with an assertion that is changed; the plan without people asks for a token with it.
func (m *fapiModule) pushedBy(good bool, change func(header, claims map[string]any)) {
	m.t.Helper()
	c := m.client(1)
	c.assertion = change
	var a harness.Answer
	if m.people() {
		a = c.push(c.request())
	} else {
		a = c.earn()
	}
	if !good {
		oneOf(m.t, "a bad assertion", a, []int{400, 401}, "invalid_client", "invalid_request")
	} else if a.Status/100 != 2 {
		m.t.Errorf("%d %s", a.Status, a.Text)
	}
}
