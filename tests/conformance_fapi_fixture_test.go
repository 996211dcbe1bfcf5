package tests

import (
	"crypto/ecdsa"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/authly/authly/tests/harness"
)

// fapiConfiguration is what a file of docs/conformance says to the suite of a FAPI plan.
type fapiConfiguration struct {
	Alias       string
	Server      struct{ DiscoveryURL string }
	Client      fapiRegistration
	Client2     fapiRegistration
	MTLS, MTLS2 struct{ Cert, Key, CA string }
	Resource    struct {
		ResourceURL              string
		RichAuthorizationRequest json.RawMessage
	}
	Browser  []harness.SuiteVisit
	Override map[string]struct {
		Client, Client2 *fapiRegistration
		Browser         []harness.SuiteVisit
	}
}

// fapiRegistration is one of the two clients of a plan.
type fapiRegistration struct {
	ID    string `json:"client_id"`
	Scope string
	JWKS  struct{ Keys []map[string]any }
}

// fapiPlan plays a FAPI plan as the suite does that has its file of docs/conformance.
type fapiPlan struct {
	mutualNode
	config    fapiConfiguration
	prefix    string // of the names of its modules
	certified bool   // certificates prove the clients, instead of assertions
	bound     string // what tokens are bound to: dpop or mtls
	signed    bool   // requests are
	jarm      bool   // responses are signed
	hybrid    bool   // responses have an ID token, in the fragment
	byValue   bool   // requests are not pushed, and have no challenge
	keys      map[string]*suiteKey
}

// fapiFiles runs docs/examples/conformance_fapi.sh and returns the folder with what it makes.
func fapiFiles(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	runScript(t, nil, "conformance_fapi.sh", folder)
	return folder
}

// fapiNode runs a node for the files of a folder, as docs/conformance/README.md says.
func fapiNode(t *testing.T, db harness.Database, folder string, opts ...harness.Option) mutualNode {
	t.Helper()
	applyFile(t, db, examples+"conformance.yaml")
	applyFile(t, db, filepath.Join(folder, "conformance-fapi.yaml"))
	return mutual(t, filepath.Join(folder, "authority.pem"), func(asked ...harness.Option) *harness.Node {
		return harness.Start(t, db, append(asked, opts...)...)
	})
}

// readFAPI reads a configuration for a node: its addresses stand where those of the file do.
func readFAPI(t *testing.T, n mutualNode, folder, file string) (config fapiConfiguration) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil {
		t.Fatal(err)
	}
	moved := strings.NewReplacer("https://localhost:9443", n.URL, "https://localhost:9444", n.alias).Replace(string(text))
	if err := json.Unmarshal([]byte(moved), &config); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return config
}

// fapiModule is a module of a plan that runs, with the suite's own browser.
type fapiModule struct {
	*fapiPlan
	t       *testing.T
	name    string
	browser *harness.Browser
	visits  map[int]int // how often each visit of the configuration was made
}

// play runs modules one after the other: the clock is one.
func (p *fapiPlan) play(t *testing.T, modules ...map[string]func(m *fapiModule)) {
	t.Helper()
	for _, some := range modules {
		for _, name := range slices.Sorted(maps.Keys(some)) {
			t.Run(name, func(t *testing.T) { some[name](p.module(t, name)) })
		}
	}
}

func (p *fapiPlan) module(t *testing.T, name string) *fapiModule {
	return &fapiModule{p, t, name, harness.NewBrowser(t, p.Node), map[int]int{}}
}

// openID: the clients ask for ID tokens.
func (p *fapiPlan) openID() bool { return strings.Contains(p.config.Client.Scope, "openid") }

// fapiClient is a client in a module. What the module changes about it is its own.
type fapiClient struct {
	*fapiModule
	id, scope, redirect    string
	key                    *suiteKey
	certificate            *certified // or nil
	proof                  clientKey  // for DPoP
	state, nonce, verifier string
	assertion, object      func(header, claims map[string]any) // changes of what it signs
}

// client makes the first or the second client. The second one sends more.
func (m *fapiModule) client(number int) *fapiClient {
	m.t.Helper()
	override := m.config.Override[m.prefix+m.name]
	registration, files := m.config.Client, m.config.MTLS
	if override.Client != nil {
		registration = *override.Client
	}
	state, nonce := oauth2.GenerateVerifier()[:10], oauth2.GenerateVerifier()[:10]
	redirect := suiteURL + "/test/a/" + m.config.Alias + "/callback"
	if number == 2 {
		registration, files = m.config.Client2, m.config.MTLS2
		if override.Client2 != nil {
			registration = *override.Client2
		}
		state, nonce, redirect = strings.Repeat("Zz9-._~"+state, 8)[:128], oauth2.GenerateVerifier(), redirect+"?dummy1=lorem&dummy2=ipsum"
	}
	c := &fapiClient{
		fapiModule: m, id: registration.ID, scope: registration.Scope, redirect: redirect,
		key: m.readKey(registration.JWKS.Keys[0]), proof: newClientKey(m.t, ""), state: state, nonce: nonce, verifier: oauth2.GenerateVerifier(),
	}
	if files.Cert != "" {
		c.certificate = readCertificate(m.t, files.Cert, files.Key)
	}
	return c
}

// readKey reads the key of a client, which takes a while, once in a plan.
func (m *fapiModule) readKey(jwk map[string]any) *suiteKey {
	m.t.Helper()
	id, _ := jwk["kid"].(string)
	if m.keys == nil {
		m.keys = map[string]*suiteKey{}
	}
	if m.keys[id] == nil {
		m.keys[id] = readSuiteKey(m.t, jwk)
	}
	return m.keys[id]
}

// suiteURL is the address of the suite.
const suiteURL = "https://localhost.emobix.co.uk:8443"

// readCertificate reads a certificate and its key as a configuration has them.
func readCertificate(t *testing.T, certificate, key string) *certified {
	t.Helper()
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	private, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if block, _ := pem.Decode([]byte(key)); !ok || block.Type != "PRIVATE KEY" {
		t.Fatalf("a key %T", pair.PrivateKey)
	}
	c := &certified{chain: pair.Certificate, key: private}
	if leaf := c.leaf(t); leaf.IsCA {
		t.Fatalf("%s may sign others", leaf.Subject)
	}
	return c
}

// request is the authorization request; changes are name, value pairs, an empty value takes a parameter out.
func (c *fapiClient) request(changes ...string) url.Values {
	params := harness.Values("client_id", c.id, "response_type", "code", "redirect_uri", c.redirect, "scope", c.scope, "state", c.state)
	if c.openID() {
		params.Set("nonce", c.nonce)
	}
	if c.jarm {
		params.Set("response_mode", "jwt")
	}
	if c.hybrid {
		params.Set("response_type", "code id_token")
	}
	if !c.byValue {
		c.challenged(params)
	}
	for i := 0; i+1 < len(changes); i += 2 {
		params.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			params.Del(changes[i])
		}
	}
	return params
}

// requestObject signs a request (RFC 9101), as section 8 says: without typ and iat by the first client.
func (c *fapiClient) requestObject(params url.Values) string {
	c.t.Helper()
	now, typ := c.Clock.Now().Unix(), ""
	claims := map[string]any{"iss": c.id, "aud": c.Issuer, "nbf": now, "exp": now + 300}
	if strings.Contains(c.redirect, "?") {
		typ, claims["iat"] = "oauth-authz-req+jwt", now
	}
	for name := range params {
		claims[name] = params.Get(name)
	}
	return c.key.signChanged(c.t, typ, claims, c.object)
}

// authenticate adds what proves the client.
func (c *fapiClient) authenticate(form url.Values) url.Values {
	c.t.Helper()
	if c.fapiPlan.certified {
		form.Set("client_id", c.id)
		return form
	}
	form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	form.Set("client_assertion", c.key.assertionChanged(c.t, c.Node, c.id, c.assertion))
	return form
}

// send posts a form as it is, where certificates are asked for if the client has one.
func (c *fapiClient) send(path string, form url.Values, proofs ...string) harness.Answer {
	c.t.Helper()
	if c.certificate == nil {
		return post(c.t, c.Node, path, "", "", form, proofs...)
	}
	return c.post(c.t, c.certificate, path, "", "", form, proofs...)
}

// proofs are those of a request, where tokens are bound by them.
func (c *fapiClient) proofs(path string) []string {
	if c.bound != "dpop" {
		return nil
	}
	return []string{c.proof.proof(c.t, c.Node, http.MethodPost, path, "", nil)}
}

// push pushes a request. What is in it counts, and what is beside a signed one does not.
func (c *fapiClient) push(params url.Values, proofs ...string) harness.Answer {
	c.t.Helper()
	form := maps.Clone(params)
	if c.signed {
		form = harness.Values("client_id", c.id, "request", c.requestObject(params))
	}
	return c.send(parPath, c.authenticate(form), proofs...)
}

// pushed returns the request_uri of a request that must be good.
func (c *fapiClient) pushed(params url.Values, proofs ...string) string {
	c.t.Helper()
	a := c.push(params, proofs...)
	uri, expires := a.String("request_uri"), a.Body["expires_in"]
	if seconds, _ := expires.(float64); a.Status != http.StatusCreated || seconds < 5 || seconds > 90 || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
		c.t.Fatalf("push: %d %s", a.Status, a.Text)
	}
	bits(c.t, "request_uri", uri[strings.LastIndexByte(uri, ':')+1:])
	return uri
}

// open sends the browser to the authorization endpoint with a request_uri, and with the parameters that the suite repeats beside it.
func (c *fapiClient) open(uri string, beside url.Values) {
	c.t.Helper()
	values := maps.Clone(beside)
	if values == nil {
		values = url.Values{}
	}
	values.Set("client_id", c.id)
	values.Set("request_uri", uri)
	c.visit(c.URL + "/api/v1/oauth/authorize?" + values.Encode())
}

// visit does what the configuration says of an address.
func (m *fapiModule) visit(address string) {
	m.t.Helper()
	visits := m.config.Browser
	if override := m.config.Override[m.prefix+m.name]; override.Browser != nil {
		visits = override.Browser
	}
	for i, v := range visits {
		if harness.SuiteMatch(v.Match, address) && (v.Limit == 0 || m.visits[i] < v.Limit) {
			m.visits[i]++
			m.browser.Get(address)
			m.perform(v)
			return
		}
	}
	m.t.Fatalf("no visit of the configuration is for %s", address)
}

// perform does the tasks of a visit in their order: one that is not for where the browser is is left out if it is optional.
func (m *fapiModule) perform(v harness.SuiteVisit) {
	m.t.Helper()
	for _, task := range v.Tasks {
		if at := m.browser.URL.String(); !harness.SuiteMatch(task.Match, at) {
			if task.Optional {
				continue
			}
			if task.Task == "Verify complete" { // the module will say what it finds there
				return
			}
			m.t.Fatalf("the task %q finds the browser at %s: %s", task.Task, at, m.browser.Text())
		}
		fields := map[string]string{}
		for _, command := range task.Commands {
			word := func(i int) string { text, _ := command[i].(string); return text }
			switch {
			case word(0) == "text":
				fields[word(2)] = word(3)
			case word(0) == "click":
				m.browser.Submit(word(2), fields)
			case word(2) == "submission_complete": // on the page of the suite
			case word(1) == "id" && !m.browser.Has(word(2)), word(1) == "xpath" && !regexp.MustCompile(word(4)).MatchString(m.browser.Text()):
				m.t.Fatalf("%v at %s: %s", command, m.browser.URL, m.browser.Text())
			}
		}
	}
}

// answer reads what the client gets through the browser, and checks what holds for every answer.
func (c *fapiClient) answer(params url.Values) url.Values {
	c.t.Helper()
	u := c.browser.URL
	answer, want := u.Query(), c.redirect
	if plain, _, found := strings.Cut(c.redirect, "?"); found {
		if answer.Get("dummy1") != "lorem" || answer.Get("dummy2") != "ipsum" {
			c.t.Errorf("the query of the redirect URI is not in %s", u)
		}
		answer.Del("dummy1")
		answer.Del("dummy2")
		want = plain
	}
	if c.hybrid && len(answer) == 0 {
		answer = c.inFragment(params)
	} else if strings.Contains(u.Fragment, "=") {
		c.t.Errorf("a fragment in %s", u)
	}
	if u.Scheme+"://"+u.Host+u.Path != want {
		c.t.Fatalf("the browser is at %s: %s", u, c.browser.Text())
	}
	if c.jarm {
		answer = c.unwrapped(answer)
	}
	if !slices.Equal(answer["state"], params["state"]) || !slices.Equal(answer["iss"], []string{c.Issuer}) {
		c.t.Errorf("answer %v to %v", answer, params)
	}
	for name := range answer {
		if !slices.Contains([]string{"code", "id_token", "state", "iss", "error", "error_description"}, name) {
			c.t.Errorf("the answer has the parameter %s", name)
		}
	}
	return answer
}

// inFragment checks a response with an ID token, with the hashes of what is beside it (OIDC Core §3.3.2.11, FAPI 1.0 Advanced §5.1.1).
func (c *fapiClient) inFragment(params url.Values) url.Values {
	c.t.Helper()
	answer, err := url.ParseQuery(c.browser.URL.EscapedFragment())
	if err != nil {
		c.t.Fatal(err)
	}
	if answer.Has("error") {
		return answer
	}
	claims := c.verified(answer.Get("id_token"), "")
	for name, of := range map[string]string{"c_hash": answer.Get("code"), "s_hash": params.Get("state")} {
		if hash, sent := claims[name]; sent != (of != "") || sent && hash != leftHash(of) {
			c.t.Errorf("%s %v of %q", name, hash, of)
		}
	}
	if claims["nonce"] != params.Get("nonce") {
		c.t.Errorf("nonce %v", claims["nonce"])
	}
	return answer
}

// unwrapped checks a signed response and returns what it says (JARM §2.4).
func (c *fapiClient) unwrapped(answer url.Values) url.Values {
	c.t.Helper()
	if len(answer) != 1 || answer.Get("response") == "" {
		c.t.Fatalf("answer %v", answer)
	}
	text := answer.Get("response")
	if _, err := oidc.NewRemoteKeySet(c.t.Context(), c.URL+"/.well-known/jwks.json").VerifySignature(c.t.Context(), text); err != nil {
		c.t.Fatal(err)
	}
	claims, now := harness.JWT(c.t, text, 1), float64(c.Clock.Now().Unix())
	if header := harness.JWT(c.t, text, 0); !slices.Contains(fapiAlgorithms, header["alg"]) || header["kid"] == "" {
		c.t.Errorf("header %v", header)
	}
	if expires, _ := claims["exp"].(float64); claims["aud"] != c.id || expires < now+10 || expires > now+600 {
		c.t.Errorf("response %v at %f", claims, now)
	}
	out := url.Values{}
	for name, value := range claims {
		if text, ok := value.(string); ok && name != "aud" {
			out.Set(name, text)
		}
	}
	return out
}

// fapiAlgorithms are those that FAPI allows (FAPI 2.0 Security Profile §5.4.1).
var fapiAlgorithms = []any{"PS256", "ES256", "EdDSA", "Ed25519"}

// code goes through the browser for the request with changes, and returns the code.
func (c *fapiClient) code(changes ...string) string {
	c.t.Helper()
	params := c.request(changes...)
	c.ask(params)
	return c.codeFor(params)
}

// ask sends the browser with a request: pushed, or signed by value with what the suite repeats and more beside it, as name, value pairs.
func (c *fapiClient) ask(params url.Values, beside ...string) {
	c.t.Helper()
	values := maps.Clone(params)
	maps.Copy(values, harness.Values(beside...))
	if !c.byValue {
		c.open(c.pushed(params), values)
		return
	}
	values.Set("request", c.requestObject(params))
	c.visit(c.URL + "/api/v1/oauth/authorize?" + values.Encode())
}

// challenged adds the challenge of PKCE to a request.
func (c *fapiClient) challenged(params url.Values) url.Values {
	params.Set("code_challenge", oauth2.S256ChallengeFromVerifier(c.verifier))
	params.Set("code_challenge_method", "S256")
	return params
}

// codeFor reads the code that a request was given.
func (c *fapiClient) codeFor(params url.Values) string {
	c.t.Helper()
	answer := c.answer(params)
	if answer.Get("code") == "" || answer.Has("error") {
		c.t.Fatalf("answer %v", answer)
	}
	bits(c.t, "code", answer.Get("code"))
	return answer.Get("code")
}

// exchange redeems a code; changes are name, value pairs of the form.
func (c *fapiClient) exchange(code string, changes ...string) harness.Answer {
	c.t.Helper()
	form := harness.Values("grant_type", "authorization_code", "code", code, "redirect_uri", c.redirect, "code_verifier", c.verifier)
	if c.byValue {
		form.Del("code_verifier")
	}
	return c.token(form, changes...)
}

// token sends a form to the token endpoint as the client does.
func (c *fapiClient) token(form url.Values, changes ...string) harness.Answer {
	c.t.Helper()
	form = c.authenticate(form)
	for i := 0; i+1 < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			form.Del(changes[i])
		}
	}
	return c.send(tokenPath, form, c.proofs(tokenPath)...)
}

// granted checks a token response and its ID token as every module does; nonce is that of the request.
func (c *fapiClient) granted(a harness.Answer, nonce string) grant {
	c.t.Helper()
	if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") ||
		!strings.Contains(a.Header.Get("Cache-Control"), "no-store") {
		c.t.Fatalf("token response: %d %v %s", a.Status, a.Header, a.Text)
	}
	if expires, _ := a.Body["expires_in"].(float64); a.Body["token_type"] != map[string]string{"dpop": "DPoP", "mtls": "Bearer"}[c.bound] || expires <= 0 {
		c.t.Errorf("token response: %s", a.Text)
	}
	g := grant{access: a.String("access_token"), refresh: a.String("refresh_token"), id: a.String("id_token")}
	bits(c.t, "access token", strings.ReplaceAll(g.access, ".", ""))
	if g.refresh != "" {
		bits(c.t, "refresh token", g.refresh)
	}
	if !c.openID() {
		if a.Body["id_token"] != nil {
			c.t.Errorf("an ID token without openid: %s", a.Text)
		}
		return g
	}
	g.claims = c.verified(g.id, g.access)
	if got, sent := g.claims["nonce"]; sent != (nonce != "") || sent && got != nonce {
		c.t.Errorf("nonce %v, want %q", got, nonce)
	}
	return g
}

// verified checks an ID token, and the access token that it came with, and returns its claims.
func (c *fapiClient) verified(id, access string) map[string]any {
	c.t.Helper()
	provider, err := oidc.NewProvider(c.t.Context(), c.Issuer)
	if err != nil {
		c.t.Fatal(err)
	}
	token, err := provider.Verifier(&oidc.Config{ClientID: c.id, Now: c.Clock.Now}).Verify(c.t.Context(), id)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := token.VerifyAccessToken(access); access != "" && err != nil {
		c.t.Errorf("at_hash: %v", err)
	}
	if header := harness.JWT(c.t, id, 0); !slices.Contains(fapiAlgorithms, header["alg"]) || header["kid"] == "" {
		c.t.Errorf("ID token header %v", header)
	}
	claims := harness.JWT(c.t, id, 1)
	(&visit{t: c.t, plan: plan{Node: c.Node}, client: c.id}).checkIDToken(claims)
	return claims
}

// signsIn is the whole of a sign-in, with changes of the request.
func (c *fapiClient) signsIn(changes ...string) grant {
	c.t.Helper()
	return c.granted(c.exchange(c.code(changes...)), c.request(changes...).Get("nonce"))
}

// resource asks the API of the configuration with a token and with headers as name, value pairs.
func (c *fapiClient) resource(token string, headers ...string) harness.Answer {
	c.t.Helper()
	if c.bound != "dpop" {
		return c.resourceBy("Bearer", token, headers...)
	}
	return c.resourceBy("DPoP", token, append(headers, "DPoP", c.resourceProof(token, nil))...)
}

// resourceProof makes the DPoP proof for that, but what change makes of it.
func (c *fapiClient) resourceProof(token string, change func(header, claims map[string]any)) string {
	c.t.Helper()
	return c.proof.proof(c.t, c.Node, http.MethodGet, c.resourcePath(), token, change)
}

func (p *fapiPlan) resourcePath() string {
	path, _, _ := strings.Cut(strings.TrimPrefix(p.config.Resource.ResourceURL, p.URL), "?")
	return path
}

// resourceBy asks by a scheme and with the headers alone.
func (c *fapiClient) resourceBy(scheme, token string, headers ...string) harness.Answer {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.config.Resource.ResourceURL, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", scheme+" "+token)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	if c.certificate == nil {
		return harness.Do(c.t, r)
	}
	return harness.DoWith(c.t, c.mutualNode.client(c.t, c.certificate), r)
}

// oneOf checks that a request was refused: by one of the statuses, with one of the codes.
func oneOf(t *testing.T, name string, a harness.Answer, statuses []int, codes ...string) {
	t.Helper()
	if !slices.Contains(statuses, a.Status) || !slices.Contains(codes, a.String("error")) || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
		t.Errorf("%s: %d %s, want %v %v", name, a.Status, a.Text, statuses, codes)
	}
	if description := a.String("error_description"); strings.ContainsAny(description, "\"\\\r\n\t") {
		t.Errorf("%s: error_description %q", name, description)
	}
}
