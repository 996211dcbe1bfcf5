package tests

import (
	"slices"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
)

// TestFAPI2MessageSigningPlan runs the modules of FAPI 2.0 Message Signing with signed requests and responses: those of the Security
// Profile, and its own.
func TestFAPI2MessageSigningPlan(t *testing.T) {
	t.Parallel()
	playFAPI2(t, "fapi2-signing.json", fapi2Modules, fapi2OpenIDModules, fapi2Refusals, fapi2Assertions, fapi2Proofs, fapi2Signing)
}

// fapi2Signing are the modules of Message Signing alone.
var fapi2Signing = map[string]func(m *fapiModule){
	"discovery-end-point-verification for signed responses": func(m *fapiModule) {
		document := m.Get(m.t, "/.well-known/openid-configuration").Body
		if !slices.Contains(list(m.t, document, "response_modes_supported"), "jwt") {
			m.t.Errorf("%v", document["response_modes_supported"])
		}
		for _, member := range []string{
			"authorization_signing_alg_values_supported", "authorization_encryption_alg_values_supported", "authorization_encryption_enc_values_supported",
		} {
			list(m.t, document, member)
		}
	},
	"ensure-server-accepts-request-object-with-multiple-aud": func(m *fapiModule) {
		m.requests(func(_, claims map[string]any) { claims["aud"] = []string{"https://other.example", m.Issuer} }).signsIn()
	},
	"ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted": func(m *fapiModule) {
		m.requests(claimAt("nbf", m.Clock.Now().Add(8*time.Second))).signsIn()
	},
	"ensure-request-object-without-exp-fails": func(m *fapiModule) { m.badObject(func(_, claims map[string]any) { delete(claims, "exp") }) },
	"ensure-request-object-without-nbf-fails": func(m *fapiModule) {
		m.badObject(func(_, claims map[string]any) { delete(claims, "nbf") })
		c := m.client(2) // with iat
		c.object = func(_, claims map[string]any) { delete(claims, "nbf") }
		oneOf(m.t, "no nbf", c.push(c.request()), []int{400}, "invalid_request_object")
	},
	"ensure-expired-request-object-fails": func(m *fapiModule) {
		m.badObject(claimAt("exp", m.Clock.Now().Add(-5*time.Minute)))
	},
	"ensure-request-object-with-bad-aud-fails": func(m *fapiModule) {
		m.badObject(func(_, claims map[string]any) { claims["aud"] = "https://other.example" })
	},
	"ensure-request-object-with-exp-over-60-fails": func(m *fapiModule) {
		m.badObject(claimAt("exp", m.Clock.Now().Add(70*time.Minute)))
	},
	"ensure-request-object-with-nbf-over-60-fails": func(m *fapiModule) {
		m.badObject(claimAt("nbf", m.Clock.Now().Add(-70*time.Minute)))
	},
	"ensure-signed-request-object-with-RS256-fails": func(m *fapiModule) {
		m.badObject(func(header, _ map[string]any) { header["alg"] = "RS256" })
	},
	"ensure-request-object-signature-algorithm-is-not-none": func(m *fapiModule) {
		m.badObject(func(header, _ map[string]any) { header["alg"] = "none" })
	},
	"ensure-request-object-with-invalid-signature-fails": func(m *fapiModule) {
		c := m.client(1)
		object := c.requestObject(c.request())
		broken := object[:len(object)-40] + "AAAA" + object[len(object)-36:]
		a := c.send(parPath, c.authenticate(harness.Values("client_id", c.id, "request", broken)))
		oneOf(m.t, "a broken signature", a, []int{400}, "invalid_request_object")
	},
	"par-authorization-request-containing-request_uri": func(m *fapiModule) {
		m.badObject(func(_, claims map[string]any) { claims["request_uri"] = "urn:ietf:params:oauth:request_uri:another" })
	},
	"ensure-matching-key-in-authorization-request": func(m *fapiModule) {
		c := m.client(1)
		own := c.key
		c.key = m.client(2).key
		form := harness.Values("client_id", c.id, "request", c.requestObject(c.request()))
		c.key = own
		oneOf(m.t, "signed by client 2", c.send(parPath, c.authenticate(form)), []int{400}, "invalid_request", "invalid_request_object")
	},
	"ensure-request-object-without-redirect-uri-fails": func(m *fapiModule) {
		c := m.client(1)
		form := harness.Values("client_id", c.id, "redirect_uri", c.redirect, "request", c.requestObject(c.request("redirect_uri", "")))
		oneOf(m.t, "redirect_uri outside", c.send(parPath, c.authenticate(form)), []int{400}, "invalid_request", "invalid_request_object")
	},
	"ensure-unsigned-request-at-par-endpoint-fails": func(m *fapiModule) {
		c := m.client(1)
		oneOf(m.t, "unsigned", c.send(parPath, c.authenticate(c.request())), []int{400}, "invalid_request")
	},
}

// claimAt sets a claim to a time.
func claimAt(name string, when time.Time) func(_, claims map[string]any) {
	return func(_, claims map[string]any) { claims[name] = when.Unix() }
}

// requests is a client whose request objects are changed.
func (m *fapiModule) requests(change func(header, claims map[string]any)) *fapiClient {
	m.t.Helper()
	c := m.client(1)
	c.object = change
	return c
}

// badObject pushes a request object that change makes bad.
func (m *fapiModule) badObject(change func(header, claims map[string]any)) {
	m.t.Helper()
	c := m.requests(change)
	oneOf(m.t, m.name, c.push(c.request()), []int{400}, "invalid_request_object")
}
