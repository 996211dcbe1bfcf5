package browser_test

import (
	"encoding/base64"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// debugger is the page /playground/flows with an administrator before it.
type debugger struct {
	*tab
	n *harness.Node
}

const (
	ordersAPI, stockAPI = "https://orders.example", "https://stock.example"
	hrIssuer            = "https://hr.example"
)

// debugged starts a node with a client for each grant, and signs the first administrator in to the debugger.
func debugged(t *testing.T, width int, key harness.ClientKey, opts ...harness.Option) *debugger {
	t.Helper()
	n := harness.Start(t, harness.SQLite(t), append(opts, harness.Env("AUTHLY_PASSWORD_GRANT", "true"), harness.Env("AUTHLY_FRONT_CHANNEL_TOKENS", "true"))...)
	of := func(c admin.NewClient, grants ...identity.GrantType) admin.NewClient {
		c.Metadata.GrantTypes = grants
		return c
	}
	web, spa := harness.WebClient("web"), harness.PublicClient("spa")
	web.Metadata.RedirectURIs = append(web.Metadata.RedirectURIs, n.Issuer+"/playground/flows/callback")
	web.Metadata.Scope += " orders:read stock:read"
	web.Policy.SkipConsent = true
	spa.Metadata.RedirectURIs = []string{harness.Callback}
	orders := of(harness.ServiceClient("orders", "stock:read"), identity.GrantTokenExchange, identity.GrantClientCredentials)
	orders.Policy.Audiences, orders.Policy.ExchangeResources = []string{ordersAPI}, []string{stockAPI}
	till := of(harness.WebClient("till"), identity.GrantCIBA)
	till.Metadata.DeliveryMode = identity.DeliveryPoll
	portal := of(harness.ServiceClient("portal", "openid email"), identity.GrantJWTBearer)
	portal.Policy.AssertionIssuers = []string{hrIssuer}
	bank := harness.WebClient("bank")
	bank.Secret, bank.Metadata.TokenEndpointAuthMethod, bank.Metadata.JWKS = "", identity.AuthPrivateKeyJWT, key.JWKS(t)
	bank.Metadata.RedirectURIs, bank.Policy.SkipConsent = web.Metadata.RedirectURIs[1:], true
	bank.Metadata.RequirePushedRequests, bank.Metadata.RequireSignedRequest, bank.Metadata.BoundAccessTokens = true, true, true
	bank.Metadata.IDTokenAlg, bank.Metadata.AuthorizationAlg = identity.EdDSA, identity.ES256
	old := of(harness.WebClient("old"), identity.GrantImplicit, identity.GrantAuthorizationCode)
	old.Metadata.ResponseTypes = []string{"id_token token", "code id_token"}
	old.Metadata.ApplicationType, old.Metadata.RedirectURIs, old.Policy.SkipConsent = "native", web.Metadata.RedirectURIs[1:], true
	signer := harness.ServiceClient("signer", "stock:read")
	signer.Secret, signer.Metadata.TokenEndpointAuthMethod = harness.ClientSecret+harness.ClientSecret, identity.AuthClientSecretJWT
	n.Apply(t, admin.Desired{
		Users:  []admin.DesiredUser{harness.Alice()},
		Scopes: []identity.Scope{{Name: "orders:read"}, {Name: "stock:read"}},
		Resources: []identity.Resource{
			{URI: ordersAPI, Scopes: []string{"orders:read"}}, {URI: stockAPI, Scopes: []string{"stock:read"}},
		},
		Trusted: []identity.TrustedIssuer{
			{Issuer: hrIssuer, Enabled: true, JWKS: key.JWKS(t), UserMatch: identity.MatchEmail, UserClaim: "mail"},
		},
		Clients: []admin.NewClient{
			web, spa, orders, of(harness.WebClient("tv"), identity.GrantDeviceCode, identity.GrantRefreshToken), till, portal, bank,
			of(harness.WebClient("legacy"), identity.GrantPassword), signer, old,
		},
	})
	d := &debugger{tab: open(t, width, height), n: n}
	if err := chromedp.Listen(d.ctx, d.watches); err != nil {
		t.Fatal(err)
	}
	d.do(chromedp.Navigate(n.URL + "/playground/flows"))
	d.click("sign-in")
	d.signIn("admin", harness.AdminPassword)
	d.see("flows")
	return d
}

// chooses a client, and types its secret unless it has none.
func (d *debugger) chooses(clientID string) {
	d.t.Helper()
	if d.truth("String(document.querySelector('#client-choice').hidden)") == "true" {
		d.click("client-change")
	}
	d.enters("client-search", clientID)
	d.clickOn("#client-list[aria-busy=false] button[data-client=" + clientID + "]")
	d.see("client")
	if d.truth("String(document.querySelector('#credential-secret') !== null)") == "true" {
		d.enters("credential-secret", harness.ClientSecret)
	}
}

// enters puts a text into a field in the place of what is there.
func (d *debugger) enters(name, text string) {
	d.t.Helper()
	d.see(name)
	quoted := strconv.Quote(text) // as JavaScript has it
	d.truth("document.querySelector('#" + name + "').value = " + quoted + "; document.querySelector('#" + name + "').dispatchEvent(new Event('input')); 'entered'")
}

// clickOn is click for what has no id.
func (b *tab) clickOn(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(selector, chromedp.NodeVisible))
}

// tries an action with fields, as names and values.
func (d *debugger) tries(action string, fields ...string) {
	d.t.Helper()
	d.click("action-" + action)
	for i := 0; i+1 < len(fields); i += 2 {
		d.enters("field-"+fields[i], fields[i+1])
	}
	d.click("send")
}

// step waits for a step that is new, and fails unless it has all texts, of which the first is the beginning of its title.
func (d *debugger) step(wants ...string) string {
	d.t.Helper()
	text := d.eventually(`(() => {
		const step = document.querySelector('#steps > .step:not([data-read])');
		const busy = !step || step !== document.querySelector('#steps > .step') || step.innerText.includes('Checking the signature') ||
			step.innerText.match(/: 4\d\d /) && !step.querySelector('.refusal');
		if (busy) return '';
		step.dataset.read = 'yes';
		return step.textContent.replace(/\s+/g, ' ');
	})()`)
	for _, want := range wants {
		if !strings.Contains(text, want) {
			d.t.Errorf("%q is missing: %.1500s", want, text)
		}
	}
	return text
}

func (d *debugger) link(selector string) string {
	d.t.Helper()
	return d.eventually(`document.querySelector('` + selector + `')?.href ?? ''`)
}

const validTokens = "Signature valid: "

// TestTheDebuggerDrivesEveryGrant against the server, each as a client that is registered for it, and the endpoints after it.
func TestTheDebuggerDrivesEveryGrant(t *testing.T) {
	t.Parallel()
	key := harness.NewClientKey(t, "first")
	d := debugged(t, desktop, key)
	d.expect("status of 400") // the device asks before anybody has decided
	driven := map[string]bool{}
	drive := func(action string, fields ...string) {
		t.Helper()
		driven[action] = true
		d.tries(action, fields...)
	}

	d.chooses("web")
	if off := d.truth("document.querySelector('#action-device-reason').innerText + document.querySelector('#action-device').disabled"); off != ": not among its grant_typestrue" {
		t.Errorf("the device grant: %s", off)
	}
	drive("authorization-code", "scope", "openid email offline_access orders:read stock:read", "resource", ordersAPI, "max_age", "3600")
	d.step("Authorization request", "code_challenge_method", "S256")
	d.click("open-authorization") // nobody is asked for consent, so the answer comes by itself
	d.step("Authorization response: a code")
	d.click("redeem")
	d.step("Token request: 200", validTokens, "email", `"token_type": "Bearer"`, "code_verifier=", "Authorization: Basic ••••••",
		`-u 'web:'"$CLIENT_SECRET"`, "aud", ordersAPI)
	drive("refresh-token")
	field := "document.querySelector('#field-refresh_token').value"
	if sent := d.step("Token request: 200", validTokens, "refresh_token="); strings.Contains(sent, "refresh_token="+d.truth(field)) {
		t.Error("the old refresh token is still there")
	}
	d.click("send")
	d.step("Token request: 200", validTokens, "refresh_token=")
	d.tries("userinfo")
	d.step("UserInfo request: 200", "admin@", "Authorization: Bearer eyJ")

	d.chooses("orders") // with the token that web has got
	drive("token-exchange", "resource", stockAPI, "scope", "stock:read")
	d.step("Token request: 200", `"issued_token_type"`, validTokens, "who acts")
	drive("client-credentials", "scope", "stock:read")
	d.step("Token request: 200", validTokens, "stock:read")

	d.chooses("tv")
	drive("device", "scope", "openid offline_access")
	d.step("Device authorization request: 200", "user_code")
	page := d.anotherTab(d.link("#steps .open"))
	d.clickOn("#steps .poll")
	d.step("Token request (1): 400", "authorization_pending", "device_code.decided", "RFC 8628 §3.5")
	d.clickOn("article:nth-of-type(2) .poll") // too early
	d.step(append(explained(identity.RuleDeviceInterval), "Token request (2): 400", "slow_down")...)
	page.click("device-submit")
	page.click("approve")
	page.see("device-allowed")
	d.n.Clock.Advance(10 * time.Second)
	d.clickOn("article:nth-of-type(2) .poll")
	d.step("Token request (3): 200", validTokens)
	d.tries("introspection")
	d.step("Introspection request: 200", `"active": true`)
	d.tries("revocation")
	d.step("Revocation request: 200", "token=")
	d.tries("introspection")
	d.step("Introspection request: 200", `"active": false`)

	d.chooses("till")
	drive("ciba", "scope", "openid", "login_hint", "admin", "binding_message", "Till 4")
	d.step("Authentication request: 200", "auth_req_id")
	requests := d.anotherTab(d.link("#steps .open"))
	requests.clickOn("[id^=request-][id$=-open]")
	requests.click("approve")
	requests.see("request-done")
	d.clickOn(".polling [aria-pressed]") // by itself, after the interval
	d.step("Token request (1): 200", validTokens, "auth_req_id=")

	d.chooses("signer") // client_secret_jwt: the secret does not travel
	d.enters("credential-secret", harness.ClientSecret+harness.ClientSecret)
	d.tries("client-credentials")
	d.step("Token request: 200", validTokens, "client_assertion=••••••", `"client_assertion=$CLIENT_ASSERTION"`)

	d.chooses("portal")
	drive("jwt-bearer", "scope", "openid email", "assertion", key.Sign(t, map[string]any{"alg": "ES256", "kid": key.ID}, map[string]any{
		"iss": hrIssuer, "aud": d.n.Issuer, "sub": "4711", "mail": "alice@example.org", "jti": "first", "exp": d.n.Clock.Now().Unix() + 60,
	}))
	d.step("Token request: 200", validTokens, "assertion=••••••")

	d.chooses("old")
	drive("implicit", "scope", "openid email", "response_mode", "form_post")
	d.step("Authorization request", "response_type", "id_token token")
	d.click("open-authorization")
	d.step("Authorization response: tokens", validTokens, "hash of the access token")
	d.tries("userinfo")
	d.step("UserInfo request: 200", "admin@")
	d.tries("authorization-code", "scope", "openid")
	d.step("Authorization request", "code id_token")
	d.click("open-authorization")
	d.step("Authorization response: a code and tokens", validTokens, "hash of the code")
	d.click("redeem")
	d.step("Token request: 200", validTokens)

	d.chooses("legacy")
	drive("password", "username", "alice", "password", harness.AlicePassword, "scope", "openid")
	d.step("Token request: 200", validTokens, "password=••••••")

	d.tries("logout")
	d.step("Logout request", "id_token_hint=ey")
	d.anotherTab(d.link("#open-logout")).see("logout-confirm")

	if all := d.truth("String(document.querySelectorAll('#actions fieldset:first-child input').length)"); all != "9" || len(driven) != 9 {
		t.Errorf("%d grants of %s were driven", len(driven), all)
	}
	d.leavesNoSecret()
}

// watches fails when a secret is in an address that the browser goes to.
func (d *debugger) watches(event any) {
	e, ok := event.(*network.EventRequestWillBeSent)
	if ok && strings.Contains(e.Request.URL, harness.ClientSecret) {
		d.t.Errorf("the secret is in %s", e.Request.URL)
	}
}

// leavesNoSecret fails when a secret is in what the browser remembers, or in the log of the server.
func (d *debugger) leavesNoSecret() {
	d.t.Helper()
	left := d.truth(`JSON.stringify([location.href, {...localStorage}, {...sessionStorage}, document.cookie])`) + d.n.Logs.String()
	for _, secret := range []string{harness.ClientSecret, harness.AlicePassword, "eyJ"} {
		if strings.Contains(left, secret) {
			d.t.Errorf("%s is left behind", secret)
		}
	}
}

// explained is what the debugger shows of a rule.
func explained(rule identity.RuleID) []string {
	of := rule.Rule()
	return []string{string(rule), of.Clause, of.Repair}
}

// TestTheDebuggerExplainsARefusal: the rule, where it stands and how to repair what breaks it, whether an endpoint refuses, the browser is
// sent back with an error, or it is shown a page.
func TestTheDebuggerExplainsARefusal(t *testing.T) {
	t.Parallel()
	d := debugged(t, desktop, harness.NewClientKey(t, "first"))
	for _, status := range []string{"status of 400", "status of 401"} {
		d.expect(status)
	}
	step := func(title string, rule identity.RuleID, wants ...string) {
		t.Helper()
		d.step(append(append([]string{title}, explained(rule)...), wants...)...)
	}

	d.chooses("orders")
	d.enters("credential-secret", "not the secret")
	d.tries("client-credentials")
	step("Token request: 401", identity.RuleSecret, "invalid_client")
	basic := base64.StdEncoding.EncodeToString([]byte("orders:not%20the%20secret"))
	if shown := d.truth("document.querySelector('.request').textContent"); strings.Contains(shown, basic) {
		t.Errorf("the secret is shown: %s", shown)
	}
	d.clickOn("#steps [aria-pressed]")
	if shown := d.truth("document.querySelector('.request').textContent"); !strings.Contains(shown, basic) {
		t.Errorf("the secret is not shown: %s", shown)
	}
	requestID := d.truth("document.querySelector('.rule .facts > div:last-child dd').textContent")
	d.enters("credential-secret", harness.ClientSecret)
	d.tries("client-credentials", "scope", "orders:read")
	step("Token request: 400", identity.RuleScopeAllowed, "scope=orders:read")

	d.chooses("web")
	d.click("action-authorization-code")
	d.click("field-pkce")
	d.click("send")
	d.step("Authorization request")
	d.click("open-authorization")
	step("Authorization response: invalid_request", identity.RuleChallenge, "error_description")

	d.click("more-open")
	d.enters("field-more", "redirect_uri=https://evil.example/callback")
	d.click("send")
	d.step("Authorization request", "https://evil.example/callback")
	page := d.anotherTab(d.link("#open-authorization"))
	page.do(chromedp.WaitVisible("main"))
	page.reads("redirect_uri is not registered")
	d.click("answer-refusal")
	for _, want := range explained(identity.RuleRedirectRegistered) {
		d.eventually(`document.querySelector('#steps > .step .rule')?.textContent.includes(` + strconv.Quote(want) + `) ? 'yes' : ''`)
	}
	if many := d.truth("String(document.querySelectorAll('#steps > .step:first-child .rule').length)"); many != "1" {
		t.Errorf("%s refusals for one request", many)
	}

	d.enters("request-id", requestID)
	d.click("request-find")
	step("Request "+requestID, identity.RuleSecret)
	d.leavesNoSecret()
}

// TestTheDebuggerSignsAndBinds: private_key_jwt, a signed request that is pushed first, a signed answer, and tokens that are bound to a key
// with the nonce that the server asks for.
func TestTheDebuggerSignsAndBinds(t *testing.T) {
	t.Parallel()
	key := harness.NewClientKey(t, "first")
	d := debugged(t, desktop, key, harness.Env("AUTHLY_DPOP_NONCE", "true"))
	d.expect("status of 400") // a nonce is asked for
	d.chooses("bank")
	d.enters("credential-key", "{}")
	d.click("credential-use")
	d.reads("The type of the key does not fit")
	d.enters("credential-key", key.PrivateJWK(t))
	d.click("credential-use")
	d.eventually(`document.querySelector('#credential-result').textContent.includes('in use (ES256') ? 'yes' : ''`)
	if left := d.truth(`document.querySelector('#credential-key').value + '.'`); left != "." {
		t.Errorf("the key is still there: %s", left)
	}
	d.click("action-authorization-code")
	d.do(chromedp.SetValue("#field-response_mode", "fragment.jwt"))
	d.click("send")
	d.eventually(`document.querySelector('#open-authorization') ? 'yes' : ''`)
	d.step("Authorization request", "dpop_jkt", "fragment.jwt", "request_uri=urn")
	pushed := d.truth("document.querySelector('#steps > .step:nth-of-type(2)').textContent")
	for _, want := range []string{"Pushed authorization request: 201", "request=ey", "client_assertion=••••••", "What is signed: request, client_assertion", "oauth-authz-req+jwt"} {
		if !strings.Contains(pushed, want) {
			t.Errorf("%q is missing: %.1500s", want, pushed)
		}
	}
	d.click("open-authorization")
	d.step("Authorization response: a code", validTokens, "audience")
	response := d.truth("document.querySelector('#steps > .step .token pre').textContent")
	forged := strings.Replace(response, response[len(response)-40:len(response)-30], "AAAAAAAAAA", 1)
	d.enters("answer-address", "response="+forged)
	d.click("answer-take")
	d.step("Authorization response: a code", "The signature is not valid.")
	d.enters("answer-address", "response="+response)
	d.click("answer-take")
	d.step("Authorization response: a code", validTokens)
	d.click("redeem")
	d.eventually(`[...document.querySelectorAll('h3')].some((h) => h.textContent.includes('with the nonce: 200')) ? 'yes' : ''`)
	d.step("Token request, with the nonce: 200", `"token_type": "DPoP"`, "bound to", "Signature valid: EdDSA", `"DPoP: $DPOP_PROOF"`, "What is signed: DPoP", "htu")
	d.tries("userinfo")
	d.eventually(`[...document.querySelectorAll('h3')].some((h) => h.textContent.includes('UserInfo request: 200')) ? 'yes' : ''`)
	d.step("UserInfo request: 200", "Authorization: DPoP ey")
	d.leavesNoSecret()
}

// TestTheDebuggerTakesAnAnswerFromElsewhere: of a client whose redirect URI is its own, from the address that the browser ended at; by a
// form that the server posts; and not with another state.
func TestTheDebuggerTakesAnAnswerFromElsewhere(t *testing.T) {
	t.Parallel()
	d := debugged(t, desktop, harness.NewClientKey(t, "first"))
	d.chooses("web")
	d.click("action-authorization-code")
	d.do(chromedp.SetValue("#field-response_mode", "form_post"))
	d.click("send")
	d.step("Authorization request", "form_post")
	d.click("open-authorization")
	d.step("Authorization response: a code", "state")
	d.click("redeem")
	d.step("Token request: 200", validTokens)

	d.chooses("spa")
	if about := d.truth("document.querySelector('#credential').innerText"); !strings.Contains(about, "public client") {
		t.Error(about)
	}
	d.tries("authorization-code", "scope", "openid")
	d.step("Authorization request", harness.Callback)
	state := d.truth("new URL(document.querySelector('#open-authorization').href).searchParams.get('state')")
	address := harness.Callback + "?code=unknown&iss=" + d.n.Issuer + "&state="
	d.enters("answer-address", address+"another")
	d.click("answer-take")
	d.step("Authorization response: a code", "The state is not the one that was sent", "RFC 6749 §10.12")
	d.enters("answer-address", address+state)
	d.click("answer-take")
	if text := d.step("Authorization response: a code"); strings.Contains(text, "must refuse") {
		t.Error(text)
	}
	d.expect("status of 400")
	d.click("redeem")
	d.step(append(explained(identity.RuleCode), "Token request: 400", "client_id=spa")...)
}

// TestTheDebuggerWritesWhatAPageCannotSend: a client with a certificate, at the address that asks for one.
func TestTheDebuggerWritesWhatAPageCannotSend(t *testing.T) {
	t.Parallel()
	d := debugged(t, desktop, harness.NewClientKey(t, "first"), harness.Env("AUTHLY_TRUSTED_PROXIES", "203.0.113.1/32"),
		harness.Env("AUTHLY_MTLS_HEADER", "Client-Cert"), harness.Env("AUTHLY_MTLS_URL", "https://mtls.id.example"))
	ledger := harness.ServiceClient("ledger", "stock:read")
	ledger.Secret, ledger.Metadata.TokenEndpointAuthMethod, ledger.Metadata.TLSDNSName = "", identity.AuthTLS, "ledger.example"
	d.n.Apply(t, admin.Desired{Clients: []admin.NewClient{ledger}})
	d.expect("status of 401")
	d.chooses("ledger")
	d.reads("copy the requests as curl lines")
	d.tries("client-credentials")
	d.step(append(explained(identity.RuleCertificate), "Token request: 401", "--cert client.pem --key client-key.pem",
		"'https://mtls.id.example/api/v1/oauth/token'")...)
}

// TestAnAnswerThatNobodyWaitsFor is shown to be copied, and is no markup.
func TestAnAnswerThatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	b := open(t, narrow, height)
	b.do(chromedp.Navigate(n.URL + "/playground/flows/callback?code=abc&state=%3Cb%20id=x%3E"))
	b.see("answer")
	b.reads("No tab of this browser waits")
	if b.truth("String(document.querySelector('#x'))") != "null" {
		t.Error("the answer is markup")
	}
}

// TestTheDebuggerIsForAdministrators: nobody else sees a client there, nor a field for a secret.
func TestTheDebuggerIsForAdministrators(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Alice()}, Clients: []admin.NewClient{harness.WebClient("web")}})
	b := open(t, desktop, height)
	b.do(chromedp.Navigate(n.URL + "/playground/flows"))
	b.see("sign-in")
	if b.truth("String(document.querySelector('#flows').hidden)") != "true" {
		t.Error("it is there before anybody has signed in")
	}
	b.click("sign-in")
	b.signIn("alice", harness.AlicePassword)
	text := b.eventually(`document.querySelector('#message')?.innerText.trim() ?? ''`)
	if !strings.Contains(text, "not as an administrator") {
		t.Errorf("message %q", text)
	}
	if b.truth("String(document.querySelector('#flows').hidden && document.querySelector('#client-list').children.length === 0)") != "true" {
		t.Error("she sees the clients")
	}
	b.hasNothing()
}
