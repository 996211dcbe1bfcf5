package tests

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// canary is a secret that is sent in each wrong request. It must be found nowhere.
const canary = "canary-V3ryS3cret.value"

// wrong is a request that must be refused by a rule.
type wrong struct {
	rule   identity.RuleID
	method string // GET by default
	path   string
	basic  string // client_id, or empty
	secret string
	bearer string
	query  url.Values
	form   url.Values // makes it a POST
	body   string     // of JSON, makes it a POST
}

func (c wrong) send(t *testing.T, n *harness.Node) string {
	t.Helper()
	method, media, body := http.MethodGet, "", ""
	if c.form != nil {
		method, media, body = http.MethodPost, "application/x-www-form-urlencoded", c.form.Encode()
	}
	if c.body != "" {
		method, media, body = http.MethodPost, "application/json", c.body
	}
	if c.method != "" {
		method = c.method
	}
	address := n.URL + c.path
	if c.query != nil {
		address += "?" + c.query.Encode()
	}
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if media != "" {
		request.Header.Set("Content-Type", media)
	}
	if c.basic != "" {
		request.SetBasicAuth(c.basic, c.secret)
	}
	if c.bearer != "" {
		request.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.Header.Get("X-Request-ID")
}

const refusalsQuery = `query($f: RefusalFilter, $n: Int = 25, $after: String) { refusals(first: $n, after: $after, filter: $f) {
	nodes {
		id requestId occurredAt endpoint code message rule { name clause repair } expected sent { name value length }
		client { clientId } userId ip
	}
	pageInfo { hasNextPage endCursor }
} }`

// TestEveryRefusalIsExplained sends ten wrong requests to each endpoint, a secret in each: the rule and its clause are named,
// and the secret is not in what is remembered, nor in the log.
func TestEveryRefusalIsExplained(t *testing.T) {
	t.Parallel()
	a := administer(t, harness.SQLite(t), harness.Env("AUTHLY_THROTTLE", "off"), harness.Env("AUTHLY_ACCESS_TOKEN_TTL", "1h"),
		harness.Env("AUTHLY_CLIENT_DOCUMENT_HOSTS", "127.0.0.1"), frontChannel())
	tv, till := harness.WebClient("tv"), harness.WebClient("till")
	tv.Metadata.GrantTypes = []identity.GrantType{identity.GrantDeviceCode}
	till.Metadata.GrantTypes, till.Metadata.DeliveryMode = []identity.GrantType{identity.GrantCIBA}, identity.DeliveryPoll
	bank := requester(t, "bank", newClientKey(t, "bank"), nil)
	bank.Secret = ""
	identity.ProfileFAPI1.Set(&bank.Metadata, bank.Policy, func(string) bool { return false })
	a.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.PublicClient("public"), harness.ServiceClient("machine", ""), tv, till, responding("spa", "id_token", "code token"), bank}})
	_, tokens := signedIn(t, a.Node)
	web := a.Client(t, "web")
	callback := web.Metadata.RedirectURIs[0]
	idToken := idToken(tokens)
	_, other := signedIn(t, a.Node)
	a.Revoke(t, "web", other.AccessToken)
	unscoped := consoleToken(t, a.Node, identity.ScopeOpenID, identity.ScopeSessionsRead)
	browser := harness.NewBrowser(t, a.Node)
	party := harness.NewParty(t, a.Node, "web")
	spent := party.Authorize(browser, "alice", harness.AlicePassword)
	if _, err := party.Exchange(spent); err != nil {
		t.Fatal(err)
	}

	authorize := func(changes ...string) url.Values {
		values := harness.Values("client_id", "web", "redirect_uri", callback, "response_type", "code", "scope", "openid", "state", canary,
			"nonce", canary, "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method", "S256", canary, canary)
		for i := 0; i+1 < len(changes); i += 2 {
			values[changes[i]] = []string{changes[i+1]}
		}
		return values
	}
	token := func(changes ...string) url.Values {
		values := harness.Values("grant_type", "authorization_code", "code", canary, "code_verifier", canary+strings.Repeat("v", 43), "redirect_uri", callback)
		for i := 0; i+1 < len(changes); i += 2 {
			values[changes[i]] = []string{changes[i+1]}
		}
		return values
	}
	graphql := func(document string, variables ...any) string {
		raw, err := json.Marshal(object{"query": document, "variables": pairs(variables)})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	right := harness.ClientSecret
	for path, cases := range map[string][]wrong{
		"/api/v1/oauth/authorize": {
			{rule: identity.RuleClientID, query: authorize("client_id", "")},
			{rule: identity.RuleClientKnown, query: authorize("client_id", "nobody")},
			{rule: identity.RuleClientDocument, query: authorize("client_id", "https://127.0.0.1/nobody")},
			{rule: identity.RuleRedirectRegistered, query: authorize("redirect_uri", "https://"+canary+"@evil.example/?x="+canary)},
			{rule: identity.RuleResponseMode, query: authorize("response_mode", "web_message")},
			{rule: identity.RuleCodeOfClient, query: authorize("response_type", "id_token")},
			{rule: identity.RuleResponseModeQuery, query: authorize("client_id", "spa", "response_type", "id_token", "response_mode", "query")},
			{rule: identity.RuleResponseModeSigned, query: authorize("client_id", "bank")},
			{rule: identity.RuleNonceRequired, query: authorize("client_id", "spa", "response_type", "id_token", "nonce", "")},
			{rule: identity.RuleOpenIDScope, query: authorize("client_id", "spa", "response_type", "id_token", "scope", "email")},
			{rule: identity.RuleFrontChannelBound, query: authorize("client_id", "spa", "response_type", "code token",
				"dpop_jkt", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")},
			{rule: identity.RuleResponseType, query: authorize("response_type", "")},
			{rule: identity.RuleResponseTypes, query: authorize("response_type", "token")},
			{rule: identity.RuleChallenge, query: authorize("code_challenge", "", "code_challenge_method", "")},
			{rule: identity.RuleChallengeMethod, query: authorize("code_challenge_method", "plain")},
			{rule: identity.RuleChallengeForm, query: authorize("code_challenge", canary)},
			{rule: identity.RuleScopeAllowed, query: authorize("scope", "invoices:read")},
			{rule: identity.RuleScopeSyntax, query: authorize("scope", `open"id`)},
			{rule: identity.RuleResourceRegistered, query: authorize("resource", "https://unknown.example")},
			{rule: identity.RulePrompt, query: authorize("prompt", "maybe")},
			{rule: identity.RulePromptAlone, query: authorize("prompt", "none login")},
			{rule: identity.RulePromptNone, query: authorize("prompt", "none")},
			{rule: identity.RuleMaxAge, query: authorize("max_age", "soon")},
			{rule: identity.RuleClaims, query: authorize("claims", "{"+canary)},
			{rule: identity.RuleHint, query: authorize("id_token_hint", canary)},
			{rule: identity.RuleRequestObject, query: authorize("request", canary)},
			{rule: identity.RuleRequestURI, query: authorize("request_uri", "https://"+canary+".example/request")},
			{rule: identity.RulePushedKnown, query: authorize("request_uri", "urn:ietf:params:oauth:request_uri:"+canary)},
			{rule: identity.RuleInteraction, query: url.Values{"interaction": {canary}}},
			{rule: identity.RuleState, query: authorize("state", strings.Repeat(canary, 200))},
		},
		"/api/v1/oauth/par": {
			{rule: identity.RuleClientKnown, basic: "nobody", secret: canary, form: authorize("client_id", "nobody")},
			{rule: identity.RuleSecret, basic: "web", secret: canary, form: authorize()},
			{rule: identity.RuleSameClient, basic: "web", secret: right, form: authorize("client_id", "other")},
			{rule: identity.RulePushedNested, basic: "web", secret: right, form: authorize("request_uri", canary)},
			{rule: identity.RuleRequestObject, basic: "web", secret: right, form: authorize("request", canary)},
			{rule: identity.RuleRedirectRegistered, basic: "web", secret: right, form: authorize("redirect_uri", "https://"+canary+"@evil.example")},
			{rule: identity.RuleResponseTypes, basic: "web", secret: right, form: authorize("response_type", "token")},
			{rule: identity.RuleChallenge, basic: "web", secret: right, form: authorize("code_challenge", "", "code_challenge_method", "")},
			{rule: identity.RuleScopeAllowed, basic: "web", secret: right, form: authorize("scope", "invoices:read")},
			{rule: identity.RuleHint, basic: "web", secret: right, form: authorize("id_token_hint", canary)},
		},
		"/api/v1/oauth/device_authorization": {
			{rule: identity.RuleClientKnown, basic: "nobody", secret: canary, form: url.Values{"scope": {"openid"}}},
			{rule: identity.RuleSecret, basic: "tv", secret: canary, form: url.Values{"scope": {"openid"}}},
			{rule: identity.RuleAuthMethod, form: url.Values{"client_id": {"tv"}}},
			{rule: identity.RuleSameClient, basic: "tv", secret: right, form: url.Values{"client_id": {"other"}}},
			{rule: identity.RuleOneAuthentication, basic: "tv", secret: right, form: url.Values{"client_secret": {canary}}},
			{rule: identity.RuleGrantTypeOfClient, basic: "web", secret: right, form: url.Values{"scope": {"openid"}}},
			{rule: identity.RuleScopeAllowed, basic: "tv", secret: right, form: url.Values{"scope": {"invoices:read"}}},
			{rule: identity.RuleScopeSyntax, basic: "tv", secret: right, form: url.Values{"scope": {`open"id`}}},
			{rule: identity.RuleResourceRegistered, basic: "tv", secret: right, form: url.Values{"resource": {"https://unknown.example"}}},
			{rule: identity.RuleDetails, basic: "tv", secret: right, form: url.Values{"authorization_details": {canary}}},
			{rule: identity.RuleOnce, basic: "tv", secret: right, form: url.Values{"nonce": {canary, canary}}},
		},
		"/api/v1/oauth/ciba": {
			{rule: identity.RuleClientKnown, basic: "nobody", secret: canary, form: url.Values{"login_hint": {canary}}},
			{rule: identity.RuleSecret, basic: "till", secret: canary, form: url.Values{"login_hint": {canary}}},
			{rule: identity.RuleConfidential, form: url.Values{"client_id": {"public"}}},
			{rule: identity.RuleGrantTypeOfClient, basic: "web", secret: right, form: url.Values{"login_hint": {canary}}},
			{rule: identity.RuleBackchannelHint, basic: "till", secret: right, form: url.Values{"scope": {"openid"}}},
			{rule: identity.RuleBackchannelHint, basic: "till", secret: right, form: url.Values{"login_hint_token": {canary}}},
			{rule: identity.RuleBackchannelUser, basic: "till", secret: right, form: url.Values{"scope": {"openid"}, "login_hint": {canary}}},
			{rule: identity.RuleBackchannelForm, basic: "till", secret: right, form: url.Values{"scope": {"profile"}, "login_hint": {"alice"}}},
			{rule: identity.RuleBindingMessage, basic: "till", secret: right, form: url.Values{
				"scope": {"openid"}, "login_hint": {"alice"}, "binding_message": {strings.Repeat(canary, 20)},
			}},
			{rule: identity.RuleScopeAllowed, basic: "till", secret: right, form: url.Values{"scope": {"invoices:read"}, "login_hint": {"alice"}}},
		},
		"/api/v1/oauth/token": {
			{rule: identity.RuleParameter, basic: "web", secret: right, form: token("grant_type", "")},
			{rule: identity.RuleGrantType, basic: "web", secret: right, form: token("grant_type", "magic")},
			{rule: identity.RuleGrantTypeOfClient, basic: "web", secret: right, form: token("grant_type", "client_credentials")},
			{rule: identity.RuleClientKnown, basic: "nobody", secret: canary, form: token()},
			{rule: identity.RuleSecret, basic: "web", secret: canary, form: token()},
			{rule: identity.RuleAuthMethod, form: token("client_id", "web")},
			{rule: identity.RuleOneAuthentication, basic: "web", secret: right, form: token("client_secret", canary)},
			{rule: identity.RuleSameClient, basic: "web", secret: right, form: token("client_id", "other")},
			{rule: identity.RuleCode, basic: "web", secret: right, form: token()},
			{rule: identity.RuleCodeOnce, basic: "web", secret: right, form: token("code", spent)},
			{rule: identity.RuleRefreshToken, basic: "web", secret: right, form: token("grant_type", "refresh_token", "refresh_token", canary)},
			{rule: identity.RuleOnce, basic: "web", secret: right, form: url.Values{"grant_type": {"authorization_code"}, "code": {canary, canary}}},
			{rule: identity.RuleReadable, body: `{"client_secret":"` + canary + `"}`},
			{rule: identity.RuleBasic, bearer: canary, form: token()},
			{rule: identity.RuleAssertionType, form: url.Values{"grant_type": {"authorization_code"}, "client_assertion": {canary}}},
			{rule: identity.RuleAssertionForm, form: url.Values{
				"grant_type": {"authorization_code"}, "client_assertion": {canary},
				"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
			}},
			{rule: identity.RuleScopeAllowed, basic: "machine", secret: right, form: token("grant_type", "client_credentials", "scope", "nothing")},
		},
		"/api/v1/oauth/revoke": {
			{rule: identity.RuleParameter, basic: "web", secret: right, form: url.Values{"client": {canary}}},
			{rule: identity.RuleClientKnown, basic: "nobody", secret: canary, form: url.Values{"token": {canary}}},
			{rule: identity.RuleClientKnown, form: url.Values{"token": {canary}}},
			{rule: identity.RuleClientKnown, form: url.Values{"token": {canary}, "client_id": {"nobody"}}},
			{rule: identity.RuleSecret, basic: "web", secret: canary, form: url.Values{"token": {canary}}},
			{rule: identity.RuleSecret, form: url.Values{"token": {canary}, "client_id": {"web"}, "client_secret": {canary}}},
			{rule: identity.RuleAuthMethod, form: url.Values{"token": {canary}, "client_id": {"web"}}},
			{rule: identity.RuleOneAuthentication, basic: "web", secret: right, form: url.Values{"token": {canary}, "client_secret": {canary}}},
			{rule: identity.RuleSameClient, basic: "web", secret: right, form: url.Values{"token": {canary}, "client_id": {"other"}}},
			{rule: identity.RuleOnce, basic: "web", secret: right, form: url.Values{"token": {canary, canary}}},
			{rule: identity.RuleReadable, body: `"` + canary + `"`},
			{rule: identity.RuleBasic, bearer: canary, form: url.Values{"token": {canary}}},
		},
		"/api/v1/oauth/introspect": {
			{rule: identity.RuleConfidential, form: url.Values{"token": {canary}, "client_id": {"public"}}},
			{rule: identity.RuleParameter, basic: "web", secret: right, form: url.Values{"toke": {canary}}},
			{rule: identity.RuleClientKnown, basic: "nobody", secret: canary, form: url.Values{"token": {canary}}},
			{rule: identity.RuleClientKnown, form: url.Values{"token": {canary}}},
			{rule: identity.RuleSecret, basic: "web", secret: canary, form: url.Values{"token": {canary}}},
			{rule: identity.RuleSecret, form: url.Values{"token": {canary}, "client_id": {"web"}, "client_secret": {canary}}},
			{rule: identity.RuleAuthMethod, form: url.Values{"token": {canary}, "client_id": {"web"}}},
			{rule: identity.RuleOneAuthentication, basic: "web", secret: right, form: url.Values{"token": {canary}, "client_secret": {canary}}},
			{rule: identity.RuleSameClient, basic: "web", secret: right, form: url.Values{"token": {canary}, "client_id": {"other"}}},
			{rule: identity.RuleOnce, basic: "web", secret: right, form: url.Values{"token": {canary, canary}}},
			{rule: identity.RuleBasic, bearer: canary, form: url.Values{"token": {canary}}},
		},
		"/oidc/userinfo": {
			{rule: identity.RuleTokenPresent},
			{rule: identity.RuleTokenPresent, form: url.Values{"token": {canary}}},
			{rule: identity.RuleTokenActive, bearer: canary},
			{rule: identity.RuleTokenActive, bearer: idToken},
			{rule: identity.RuleTokenActive, bearer: other.AccessToken},
			{rule: identity.RuleTokenActive, form: url.Values{"access_token": {canary}}},
			{rule: identity.RuleTokenOnce, bearer: tokens.AccessToken, form: url.Values{"access_token": {canary}}},
			{rule: identity.RuleTokenOnce, form: url.Values{"access_token": {canary, canary}}},
			{rule: identity.RuleProfileBody, method: http.MethodPut, bearer: tokens.AccessToken, form: url.Values{"name": {canary}}},
			{rule: identity.RuleProfileBody, method: http.MethodPut, bearer: tokens.AccessToken, body: `["` + canary + `"]`},
			{rule: identity.RuleTokenScope, method: http.MethodPut, bearer: tokens.AccessToken, body: `{"nickname": "` + canary + `"}`},
		},
		"/oidc/logout": {
			{rule: identity.RuleHint, query: url.Values{"id_token_hint": {canary}}},
			{rule: identity.RuleHintClient, query: url.Values{"id_token_hint": {idToken}, "client_id": {"other"}}},
			{rule: identity.RuleLogoutClient, query: url.Values{"post_logout_redirect_uri": {"https://" + canary + "@x.example/"}}},
			{rule: identity.RuleClientKnown, query: url.Values{"client_id": {"nobody"}, "state": {canary}}},
			{rule: identity.RuleLogoutAddress, query: url.Values{"client_id": {"web"}, "post_logout_redirect_uri": {"https://x.example/?" + canary}}},
			{rule: identity.RuleLogoutAddress, form: url.Values{"client_id": {"web"}, "post_logout_redirect_uri": {"https://x.example/"}, "state": {canary}}},
			{rule: identity.RuleLogoutAddress, query: url.Values{"id_token_hint": {idToken}, "post_logout_redirect_uri": {"https://x.example/#" + canary}}},
			{rule: identity.RuleOnce, query: url.Values{"state": {canary, canary}}},
			{rule: identity.RuleOnce, query: url.Values{"id_token_hint": {canary, canary}}},
			{rule: identity.RuleHint, form: url.Values{"id_token_hint": {canary}}},
			{rule: identity.RuleReadable, path: "?%zz=" + canary},
		},
		"/graphql": {
			{rule: identity.RuleTokenPresent, body: graphql("{ __typename }", "v", canary)},
			{rule: identity.RuleTokenActive, bearer: canary, body: graphql("{ __typename }")},
			{rule: identity.RuleAdministrator, bearer: tokens.AccessToken, body: graphql("{ __typename }")},
			{rule: identity.RuleTokenScope, bearer: unscoped, body: graphql("{ users { nodes { id } } }", "v", canary)},
			{rule: identity.RuleGraphQLDocument, bearer: a.token, body: graphql(`{ "` + canary)},
			{rule: identity.RuleGraphQLDocument, bearer: a.token, body: graphql(`{ users(first: "` + canary + `") { nodes { id } } }`)},
			{rule: identity.RuleGraphQLDocument, bearer: a.token, body: graphql(`{ ` + strings.ReplaceAll(strings.ReplaceAll(canary, "-", "_"), ".", "_") + ` }`)},
			{rule: identity.RuleGraphQLVariable, bearer: a.token, body: graphql("query($n: Int) { users(first: $n) { nodes { id } } }", "n", canary)},
			{rule: identity.RuleGraphQLRequest, bearer: a.token, body: `["` + canary + `"]`},
			{rule: identity.RuleGraphQLRequest, bearer: a.token, form: url.Values{"query": {canary}}},
			{rule: identity.RuleGraphQLInput, bearer: a.token, body: graphql(
				"mutation($i: CreateUserInput!) { createUser(input: $i) { user { id } userErrors { code } } }",
				"i", object{"username": "x\u0001", "email": "none", "password": object{"password": canary}},
			)},
		},
	} {
		if len(cases) < 10 {
			t.Errorf("%s: %d cases", path, len(cases))
		}
		for i, c := range cases {
			c.path = path + c.path
			id := c.send(t, a.Node)
			explained(t, a, fmt.Sprintf("%s %d", path, i), id, c.rule)
		}
	}

	all := a.run(t, refusalsQuery, "n", 100)
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), canary) || strings.Contains(a.Logs.String(), canary) {
		t.Error("the canary was remembered")
	}
	id := dig(all, "refusals", "nodes", 0, "id")
	if node := a.run(t, "query($id: ID!) { node(id: $id) { id ... on Refusal { code } } }", "id", id)["node"]; dig(node, "id") != id {
		t.Errorf("node %v is %v", id, node)
	}
}

// explained checks that a refusal can be found by its request id, and names the rule.
func explained(t *testing.T, a administration, name, id string, rule identity.RuleID) {
	t.Helper()
	nodes, _ := dig(a.run(t, refusalsQuery, "f", object{"requestId": id}), "refusals", "nodes").([]any)
	if len(nodes) == 0 || id == "" {
		t.Errorf("%s: no refusal of request %q", name, id)
		return
	}
	want := rule.Rule()
	if got := dig(nodes[0], "rule", "name"); got != string(rule) || dig(nodes[0], "rule", "clause") != want.Clause || want.Clause == "" ||
		dig(nodes[0], "rule", "repair") != want.Repair || want.Repair == "" || dig(nodes[0], "endpoint") == "" {
		t.Errorf("%s: broke %v, not %s: %v", name, got, rule, nodes[0])
	}
}
