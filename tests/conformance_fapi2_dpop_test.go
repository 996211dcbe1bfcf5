package tests

import (
	"net/http"
	"strings"
	"time"

	"github.com/authly/authly/tests/harness"
)

// fapi2Proofs are the modules about DPoP proofs.
var fapi2Proofs = map[string]func(m *fapiModule){
	"ensure-dpop-proof-with-iat-is10seconds-before-succeeds": func(m *fapiModule) { m.provenBy(-10*time.Second, nil) },
	"ensure-dpop-proof-with-iat-is10seconds-after-succeeds":  func(m *fapiModule) { m.provenBy(8*time.Second, nil) },
	"check-dpop-proof-nbf-exp": func(m *fapiModule) {
		m.provenBy(0, func(_, claims map[string]any) { claims["nbf"], claims["exp"] = claims["iat"], claims["iat"].(int64)+60 })
	},
	"ensure-mismatched-dpop-jkt-fails": func(m *fapiModule) {
		if c := m.client(1); m.people() {
			a := c.push(c.request("dpop_jkt", newClientKey(m.t, "").thumbprint(m.t)), c.proofs(parPath)...)
			oneOf(m.t, "another key at the push", a, []int{400}, "invalid_request", "invalid_dpop_proof")
		}
	},
	"ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt": func(m *fapiModule) { m.boundAtPush(true, false) },
	"ensure-token-endpoint-fails-with-mismatched-dpop-jkt":       func(m *fapiModule) { m.boundAtPush(false, false) },
	"ensure-dpop-proof-at-par-endpoint-binding-success":          func(m *fapiModule) { m.boundAtPush(true, true) },
	"ensure-dpop-auth-code-binding-success":                      func(m *fapiModule) { m.boundAtPush(false, true) },
	"dpop-negative-tests": func(m *fapiModule) {
		c := m.client(1)
		token := c.obtain()
		ask := func(headers ...string) harness.Answer { return c.resourceBy("DPoP", token, headers...) }
		for name, change := range badProofs(m.Clock.Now()) {
			if a := ask("DPoP", c.resourceProof(token, change)); a.Status != http.StatusBadRequest && a.Status != http.StatusUnauthorized {
				m.t.Errorf("%s: %d %s", name, a.Status, a.Text)
			}
		}
		proof := func() string { return c.resourceProof(token, nil) }
		other := m.client(1)
		signature := strings.LastIndexByte(proof(), '.') + 1
		forged := proof()
		for name, a := range map[string]harness.Answer{
			"two headers":         ask("DPoP", proof(), "DPoP", proof()),
			"a malformed JWT":     ask("DPoP", "a"+proof()[1:]),
			"a broken signature":  ask("DPoP", forged[:signature]+proof()[signature:]),
			"another key":         ask("DPoP", other.resourceProof(token, nil)),
			"another endpoint":    ask("DPoP", c.proof.proof(m.t, m.Node, http.MethodGet, tokenPath, token, nil)),
			"no ath":              ask("DPoP", c.resourceProof("", nil)),
			"another ath":         ask("DPoP", c.resourceProof(token+"x", nil)),
			"no proof":            ask(),
			"the scheme Bearer":   c.resourceBy("Bearer", token),
			"Bearer with a proof": c.resourceBy("Bearer", token, "DPoP", proof()),
		} {
			if a.Status != http.StatusBadRequest && a.Status != http.StatusUnauthorized {
				m.t.Errorf("%s: %d %s", name, a.Status, a.Text)
			}
		}
		htu := m.Issuer + m.resourcePath()
		for name, change := range map[string]func(header, claims map[string]any){
			"with a query and a fragment": func(_, claims map[string]any) { claims["htu"] = htu + "?query=b#c" },
			"without them":                nil,
			"in capitals":                 func(_, claims map[string]any) { claims["htu"] = strings.Replace(htu, "http", "HTTP", 1) },
			"more members":                func(header, claims map[string]any) { header["more"], claims["more"] = "x", map[string]any{"a": 1} },
		} {
			if a := ask("DPoP", c.resourceProof(token, change)); a.Status != http.StatusOK {
				m.t.Errorf("%s: %d %s", name, a.Status, a.Text)
			}
		}
		once := proof()
		if a := ask("DPOP", once); a.Status != http.StatusOK {
			m.t.Errorf("a header in capitals: %d %s", a.Status, a.Text)
		}
		if a := ask("DPoP", once); a.Status != http.StatusUnauthorized {
			m.t.Errorf("the same jti again: %d %s", a.Status, a.Text)
		}
	},
	"dpop-negative-tests with an RSA key": func(m *fapiModule) {
		c := m.client(1)
		key := &suiteKey{private: c.key.private, alg: "PS256"}
		form := harness.Values("grant_type", "client_credentials", "scope", c.scope)
		if m.people() {
			form = harness.Values("grant_type", "authorization_code", "code", c.code(), "redirect_uri", c.redirect, "code_verifier", c.verifier)
		}
		a := c.send(tokenPath, c.authenticate(form), key.proof(c, http.MethodPost, tokenPath, "", nil))
		token := a.String("access_token")
		if a.Status != http.StatusOK || a.Body["token_type"] != "DPoP" {
			m.t.Fatalf("%d %s", a.Status, a.Text)
		}
		good := key.proof(c, http.MethodGet, m.resourcePath(), token, nil)
		if a := c.resourceBy("DPoP", token, "DPoP", good); a.Status != http.StatusOK {
			m.t.Errorf("PS256: %d %s", a.Status, a.Text)
		}
		weak := key.proof(c, http.MethodGet, m.resourcePath(), token, func(header, _ map[string]any) { header["alg"] = "RS256" })
		if a := c.resourceBy("DPoP", token, "DPoP", weak); a.Status != http.StatusUnauthorized {
			m.t.Errorf("RS256: %d %s", a.Status, a.Text)
		}
	},
}

// people: somebody signs in.
func (p *fapiPlan) people() bool { return len(p.config.Browser) > 0 }

// provenBy goes the way of the plan with proofs of another time, at the push, the token endpoint and the API.
func (m *fapiModule) provenBy(late time.Duration, change func(header, claims map[string]any)) {
	m.t.Helper()
	c := m.client(1)
	proof := func(method, path, token string) string {
		return c.proof.proof(m.t, m.Node, method, path, token, func(header, claims map[string]any) {
			claims["iat"] = m.Clock.Now().Add(late).Unix()
			if change != nil {
				change(header, claims)
			}
		})
	}
	form := harness.Values("grant_type", "client_credentials", "scope", c.scope)
	if m.people() {
		params := c.request()
		c.open(c.pushed(params, proof(http.MethodPost, parPath, "")), params)
		form = harness.Values("grant_type", "authorization_code", "code", c.codeFor(params), "redirect_uri", c.redirect, "code_verifier", c.verifier)
	}
	g := c.granted(c.send(tokenPath, c.authenticate(form), proof(http.MethodPost, tokenPath, "")), c.request().Get("nonce"))
	if a := c.resourceBy("DPoP", g.access, "DPoP", proof(http.MethodGet, m.resourcePath(), g.access)); a.Status != http.StatusOK {
		m.t.Errorf("%d %s", a.Status, a.Text)
	}
}

// boundAtPush binds the code to a key, by a proof at the push or by dpop_jkt, and redeems it with that key or another one.
func (m *fapiModule) boundAtPush(byProof, matching bool) {
	m.t.Helper()
	if !m.people() {
		return
	}
	c := m.client(1)
	params, proofs := c.request(), c.proofs(parPath)
	if !byProof {
		params, proofs = c.request("dpop_jkt", c.proof.thumbprint(m.t)), nil
	}
	c.open(c.pushed(params, proofs...), params)
	code := c.codeFor(params)
	if !matching {
		c.proof = newClientKey(m.t, "")
		oneOf(m.t, "another key", c.exchange(code), []int{400}, "invalid_request", "invalid_grant", "invalid_dpop_proof")
		return
	}
	c.granted(c.exchange(code), params.Get("nonce"))
}

// proof makes a DPoP proof by an RSA key.
func (k *suiteKey) proof(c *fapiClient, method, path, token string, change func(header, claims map[string]any)) string {
	c.t.Helper()
	made := c.proof.proof(c.t, c.Node, method, path, token, nil) // for its claims
	return k.signChanged(c.t, "dpop+jwt", harness.JWT(c.t, made, 1), func(header, claims map[string]any) {
		header["jwk"] = k.public()
		if change != nil {
			change(header, claims)
		}
	})
}
