package tests

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// plan plays a plan of the OpenID conformance suite: its clients are those of docs/examples/conformance.yaml, and it
// asks for one response type, and for its answers in one response mode.
type plan struct {
	*harness.Node
	name     string                // conformance-NAME-1, conformance-NAME-2, conformance-NAME-post are its clients
	alias    string                // in its redirect URIs
	response identity.ResponseType // what it asks for; empty = a code
	mode     string                // where the answers are: query, fragment or form_post, which alone is said
	key      *suiteKey             // by which the client proves itself; nil = by its secret
}

// token sends a form to the token endpoint as a client does.
func (p plan) token(t *testing.T, client string, form url.Values) harness.Answer {
	t.Helper()
	if p.key == nil {
		return p.Form(t, tokenPath, client, suiteSecret(client), form)
	}
	form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	form.Set("client_assertion", p.key.assertion(t, p.Node, client))
	return p.Form(t, tokenPath, "", "", form)
}

// The user of docs/examples/conformance.yaml.
const (
	suiteUser     = "conformance"
	suitePassword = "plans modules and conditions"
)

// suite runs a node to which docs/examples/conformance.yaml was applied.
func suite(t *testing.T, opts ...harness.Option) *harness.Node {
	t.Helper()
	return suiteOn(t, harness.SQLite(t), opts...)
}

func suiteOn(t *testing.T, db harness.Database, opts ...harness.Option) *harness.Node {
	t.Helper()
	applyFile(t, db, "../docs/examples/conformance.yaml")
	return harness.Start(t, db, opts...)
}

// applyFile declares what a file says.
func applyFile(t *testing.T, db harness.Database, file string) {
	t.Helper()
	env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret}
	if code, out, errs := harness.Command(t, env, "", "apply", "-f", file); code != 0 {
		t.Fatalf("apply %s: %d %s %s", file, code, out, errs)
	}
}

func (p plan) client(suffix string) string { return "conformance-" + p.name + "-" + suffix }

func suiteSecret(client string) string { return client + "-secret-0123456789-0123456789" }

func (p plan) base() string { return "https://localhost.emobix.co.uk:8443/test/a/authly-" + p.alias }

// visit is a person whom a client of the plan has sent to Authly.
type visit struct {
	t       *testing.T
	plan    plan
	client  string
	browser *harness.Browser
	params  url.Values
}

// request is the authorization request of a client: scope openid, state and nonce, no PKCE. changes are name, value
// pairs; an empty value takes a parameter out.
func (p plan) request(client string, changes ...string) url.Values {
	params := harness.Values("client_id", client, "response_type", string(cmp.Or(p.response, identity.ResponseCode)), "redirect_uri", p.base()+"/callback", "scope", "openid",
		"state", strings.Repeat("Zz9-._~", 19)[:128], "nonce", "nonce-of-"+client)
	if p.mode == "form_post" {
		params.Set("response_mode", p.mode)
	}
	for i := 0; i+1 < len(changes); i += 2 {
		params.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			params.Del(changes[i])
		}
	}
	return params
}

// open sends a browser to the authorization endpoint.
func (p plan) open(t *testing.T, browser *harness.Browser, client string, changes ...string) *visit {
	t.Helper()
	v := &visit{t: t, plan: p, client: client, browser: browser, params: p.request(client, changes...)}
	browser.Get(p.URL + "/api/v1/oauth/authorize?" + v.params.Encode())
	return v
}

// pass fills in whatever page is shown.
func (v *visit) pass() *visit {
	v.t.Helper()
	if v.browser.Has("login-submit") {
		v.browser.SignIn(suiteUser, suitePassword)
	}
	if v.browser.Has("approve") {
		v.browser.Submit("approve", nil)
	}
	return v
}

// answer reads what the client gets, by the redirect or by the form, and checks what holds for every answer.
func (v *visit) answer() url.Values {
	v.t.Helper()
	callback := v.plan.base() + "/callback"
	var answer url.Values
	switch u := v.browser.URL; {
	case v.plan.mode == "form_post":
		answer = v.posted(callback)
	case v.plan.mode == "fragment" && v.params.Get("response_type") != "": // without one nobody knows where
		answer, _ = url.ParseQuery(u.EscapedFragment())
		if u.Scheme+"://"+u.Host+u.Path != callback || u.RawQuery != "" {
			v.t.Fatalf("the browser is at %s: %s", u, v.browser.Text())
		}
	default:
		answer = u.Query()
		if u.Scheme+"://"+u.Host+u.Path != callback || u.Fragment != "_" {
			v.t.Fatalf("the browser is at %s: %s", u, v.browser.Text())
		}
	}
	if !slices.Equal(answer["state"], v.params["state"]) || !slices.Equal(answer["iss"], []string{v.plan.Issuer}) {
		v.t.Errorf("answer %v to %v", answer, v.params)
	}
	for name := range answer {
		if !slices.Contains([]string{
			"code", "id_token", "access_token", "token_type", "expires_in", "scope", "state", "iss", "error", "error_description",
		}, name) && !(name == "session_state" && v.plan.name == "session") {
			v.t.Errorf("the answer has the parameter %s", name)
		}
	}
	return answer
}

// handedOut reads the answer, which has what the response type says and nothing else, and checks the tokens in it.
func (v *visit) handedOut() (answer url.Values, g grant) {
	v.t.Helper()
	answer = v.answer()
	for name, want := range map[string]bool{
		"code": v.plan.response.Code(), "id_token": v.plan.response.IDToken(), "access_token": v.plan.response.Token(),
		"token_type": v.plan.response.Token(), "expires_in": v.plan.response.Token(), "refresh_token": false,
	} {
		if answer.Has(name) != want {
			v.t.Fatalf("%s: %s is in the answer: %v: %v", v.plan.response, name, answer.Has(name), answer)
		}
	}
	g = grant{access: answer.Get("access_token"), id: answer.Get("id_token")}
	if v.plan.response.Token() {
		bits(v.t, "access token", g.access)
		if expires, err := strconv.Atoi(answer.Get("expires_in")); answer.Get("token_type") != "Bearer" || err != nil || expires <= 0 {
			v.t.Errorf("answer: %v", answer)
		}
	}
	if !v.plan.response.IDToken() {
		return answer, g
	}
	g.claims = v.verified(g)
	hashes := map[string]string{"at_hash": g.access, "c_hash": answer.Get("code"), "s_hash": answer.Get("state")}
	for name, of := range hashes {
		if want := leftHash(of); g.claims[name] != want && (of != "" || g.claims[name] != nil) {
			v.t.Errorf("%s is %v, want %s", name, g.claims[name], want)
		}
	}
	return answer, g
}

// leftHash is the hash of a value beside an ID token whose algorithm hashes with SHA-256 (OIDC Core §3.3.2.11).
func leftHash(value string) string {
	sum := sha256.Sum256([]byte(value))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// posted reads the form that the browser posts to the client (Form Post Response Mode §2).
func (v *visit) posted(callback string) url.Values {
	v.t.Helper()
	page := v.browser.Page
	if page == nil || page.Find("form").Length() != 1 {
		v.t.Fatalf("no form at %s: %s", v.browser.URL, v.browser.Text())
	}
	form := page.Find("form")
	if form.AttrOr("action", "") != callback || !strings.EqualFold(form.AttrOr("method", ""), "post") || form.AttrOr("enctype", "") != "" {
		v.t.Fatalf("the form posts to %q: %s", form.AttrOr("action", ""), v.browser.Body)
	}
	if page.Find("script[src]").Length() != 1 || form.Find("button[type=submit]").Length() != 1 {
		v.t.Error("the form neither submits itself nor has a button")
	}
	answer := url.Values{}
	for _, input := range form.Find("input").EachIter() {
		answer.Add(input.AttrOr("name", ""), input.AttrOr("value", ""))
	}
	for _, name := range []string{"code", "error"} {
		if v.browser.URL.Query().Has(name) || strings.Contains(v.browser.URL.Fragment, name+"=") {
			v.t.Errorf("%s is in the URL %s", name, v.browser.URL)
		}
	}
	return answer
}

// refused checks that the client gets an error and no code.
func (v *visit) refused(codes ...string) {
	v.t.Helper()
	if answer := v.answer(); !slices.Contains(codes, answer.Get("error")) || answer.Has("code") {
		v.t.Errorf("answer %v, want one of %v", answer, codes)
	}
}

// page checks that a person sees an error page and nobody is redirected.
func (v *visit) page() {
	v.t.Helper()
	if v.browser.Status != http.StatusBadRequest || !strings.Contains(v.browser.Text(), "Request error") || v.browser.Header.Get("Location") != "" {
		v.t.Errorf("status %d at %s: %s", v.browser.Status, v.browser.URL, v.browser.Text())
	}
}

func (v *visit) code() string {
	v.t.Helper()
	answer, _ := v.handedOut()
	bits(v.t, "code", answer.Get("code"))
	return answer.Get("code")
}

// form is the token request for a code.
func (v *visit) form(code string) url.Values {
	return harness.Values("grant_type", "authorization_code", "code", code, "redirect_uri", v.plan.base()+"/callback")
}

// grant is what a client gets for a code or a refresh token.
type grant struct {
	access, refresh, id string
	claims              map[string]any // of the ID token
}

// tokens returns what the client gets in the end: for a code, which is exchanged with client_secret_basic, what the token endpoint
// gives. What came through the browser is of the same person, and as good.
func (v *visit) tokens() grant {
	v.t.Helper()
	answer, front := v.handedOut()
	g := front
	if v.plan.response.Code() {
		bits(v.t, "code", answer.Get("code"))
		g = v.granted(v.plan.token(v.t, v.client, v.form(answer.Get("code"))))
		if front.id != "" && front.claims["sub"] != g.claims["sub"] {
			v.t.Errorf("sub %v through the browser, %v of the token endpoint", front.claims["sub"], g.claims["sub"])
		}
		if front.access != "" {
			v.info(grant{access: front.access, claims: g.claims})
		}
	}
	for _, claims := range []map[string]any{front.claims, g.claims} {
		if want := v.params.Get("nonce"); claims != nil && (want == "" && claims["nonce"] != nil || want != "" && claims["nonce"] != want) {
			v.t.Errorf("nonce %v, want %q", claims["nonce"], want)
		}
	}
	return g
}

// granted checks a token response and its ID token as every module does.
func (v *visit) granted(a harness.Answer) grant {
	v.t.Helper()
	if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") ||
		!strings.Contains(a.Header.Get("Cache-Control"), "no-store") {
		v.t.Fatalf("token response: %d %v %s", a.Status, a.Header, a.Text)
	}
	if expires, _ := a.Body["expires_in"].(float64); a.Body["token_type"] != "Bearer" || expires <= 0 {
		v.t.Errorf("token response: %s", a.Text)
	}
	g := grant{access: a.String("access_token"), refresh: a.String("refresh_token"), id: a.String("id_token")}
	bits(v.t, "access token", g.access)
	if v.plan.key == nil || g.refresh != "" { // who registers itself may do without
		bits(v.t, "refresh token", g.refresh)
	}
	g.claims = v.verified(g)
	if g.claims["c_hash"] != nil || g.claims["s_hash"] != nil {
		v.t.Errorf("hashes of the authorization response in %v", g.claims)
	}
	return g
}

// verified checks an ID token as every module does, and returns its claims.
func (v *visit) verified(g grant) map[string]any {
	v.t.Helper()
	provider, err := oidc.NewProvider(v.t.Context(), v.plan.Issuer)
	if err != nil {
		v.t.Fatal(err)
	}
	token, err := provider.Verifier(&oidc.Config{ClientID: v.client, Now: v.plan.Clock.Now}).Verify(v.t.Context(), g.id)
	if err != nil {
		v.t.Fatal(err)
	}
	if err := token.VerifyAccessToken(g.access); g.access != "" && err != nil {
		v.t.Errorf("at_hash: %v", err)
	}
	if header := harness.JWT(v.t, g.id, 0); header["alg"] != "RS256" || header["kid"] == "" {
		v.t.Errorf("ID token header %v", header)
	}
	claims := harness.JWT(v.t, g.id, 1)
	v.checkIDToken(claims)
	return claims
}

// ofProtocol are the claims of an ID token that no claim was asked of.
var ofProtocol = []string{"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "c_hash", "s_hash", "sid"}

// checkIDToken: nothing but what belongs to the protocol may be in an ID token beside which there is UserInfo.
func (v *visit) checkIDToken(claims map[string]any) {
	v.t.Helper()
	now := float64(v.plan.Clock.Now().Unix())
	number := func(name string) float64 {
		n, ok := claims[name].(float64)
		if !ok {
			v.t.Errorf("%s is %v", name, claims[name])
		}
		return n
	}
	if iat := number("iat"); math.Abs(now-iat) > 300 {
		v.t.Errorf("iat %f, now %f", iat, now)
	}
	if exp := number("exp"); exp <= now || exp > now+50*365*24*3600 {
		v.t.Errorf("exp %f, now %f", exp, now)
	}
	if at := number("auth_time"); at > now || at < now-30*24*3600 {
		v.t.Errorf("auth_time %f, now %f", at, now)
	}
	for name, value := range claims {
		if !slices.Contains(ofProtocol, name) && v.plan.response != identity.ResponseIDToken {
			v.t.Errorf("the ID token has the claim %s", name)
		}
		if value == nil || value == "" || value == "null" {
			v.t.Errorf("the claim %s is %v", name, value)
		}
	}
	if claims["iss"] != v.plan.Issuer || claims["aud"] != v.client || claims["sid"] == nil {
		v.t.Errorf("ID token %v", claims)
	}
}

// bits checks that a secret is long and random: 128 bits by length, 96 by Shannon entropy.
func bits(t *testing.T, name, secret string) {
	t.Helper()
	counts := map[rune]float64{}
	for _, r := range secret {
		counts[r]++
	}
	entropy, length := 0.0, float64(len(secret))
	for _, n := range counts {
		entropy -= n * math.Log2(n/length)
	}
	if length*6 < 128 || entropy <= 96 || strings.Trim(secret, unreserved) != "" {
		t.Errorf("%s %q: %.0f characters, %.0f bits", name, secret, length, entropy)
	}
}

const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

// info asks UserInfo and checks the answer as every module does. Without an access token the ID token says what that would
// (OIDC Core §5.4).
func (v *visit) info(g grant) map[string]any {
	v.t.Helper()
	if v.plan.response == identity.ResponseIDToken {
		claims := map[string]any{"sub": g.claims["sub"]}
		for name, value := range g.claims {
			if !slices.Contains(ofProtocol, name) {
				claims[name] = value
			}
		}
		v.checkClaims(claims)
		return claims
	}
	a := v.plan.UserInfo(v.t, g.access)
	v.checkInfo(g, a)
	return a.Body
}

func (v *visit) checkInfo(g grant, a harness.Answer) {
	v.t.Helper()
	if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") || a.Body["sub"] != g.claims["sub"] {
		v.t.Fatalf("UserInfo: %d %s", a.Status, a.Text)
	}
	v.checkClaims(a.Body)
}

// checkClaims checks that claims of a person have the types of OIDC Core §5.1.
func (v *visit) checkClaims(claims map[string]any) {
	v.t.Helper()
	for name, value := range claims {
		switch value := value.(type) {
		case string:
			if value == "" || value == "null" || strings.HasSuffix(name, "_verified") {
				v.t.Errorf("the claim %s is %q", name, value)
			}
		case bool:
			if !strings.HasSuffix(name, "_verified") {
				v.t.Errorf("the claim %s is %v", name, value)
			}
		case float64:
			if now := float64(v.plan.Clock.Now().Unix()); name != "updated_at" || value > now || value < now-24*3600 {
				v.t.Errorf("the claim %s is %v", name, value)
			}
		case map[string]any:
			if name != "address" || len(value) != 6 {
				v.t.Errorf("the claim %s is %v", name, value)
			}
		default:
			v.t.Errorf("the claim %s is %v", name, value)
		}
	}
}
