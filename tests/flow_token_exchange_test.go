package tests

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

const (
	exchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange"
	accessType    = "urn:ietf:params:oauth:token-type:access_token"

	ordersAPI, stockAPI, payAPI = "https://orders.example", "https://stock.example", "https://pay.example"
)

// services declares a chain of APIs: orders asks stock on behalf of people, and stock asks pay. web asks orders.
func services(t *testing.T, n *harness.Node, change ...func(clientID string, p *identity.ClientPolicy)) {
	t.Helper()
	web := harness.WebClient("web")
	web.Metadata.Scope += " orders:read stock:read pay:write admin:users:read"
	d := admin.Desired{
		Scopes: []identity.Scope{{Name: "orders:read"}, {Name: "stock:read"}, {Name: "pay:write"}},
		Resources: []identity.Resource{
			{URI: ordersAPI, Scopes: []string{"orders:read"}},
			{URI: stockAPI, Scopes: []string{"stock:read"}},
			{URI: payAPI, Scopes: []string{"pay:write"}},
		},
		Clients: []admin.NewClient{web},
	}
	for _, s := range []struct{ id, serves, next string }{{"orders", ordersAPI, stockAPI}, {"stock", stockAPI, payAPI}, {"pay", payAPI, ordersAPI}} {
		c := harness.ServiceClient(s.id, "openid email offline_access stock:read pay:write admin:users:read")
		c.Metadata.GrantTypes = []identity.GrantType{identity.GrantTokenExchange, identity.GrantClientCredentials}
		c.Policy.Audiences, c.Policy.ExchangeResources = []string{s.serves}, []string{s.next}
		for _, f := range change {
			f(s.id, c.Policy)
		}
		d.Clients = append(d.Clients, c)
	}
	n.Apply(t, d)
}

// ordersToken is what the API of the orders gets from web with a request of Alice.
func ordersToken(t *testing.T, n *harness.Node) (*harness.Browser, *oauth2.Token) {
	t.Helper()
	browser, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web", "openid", "email", "offline_access", "orders:read", "stock:read", "pay:write")
	token, err := party.Exchange(party.Authorize(browser, "alice", harness.AlicePassword, "resource", ordersAPI))
	if err != nil {
		t.Fatal(err)
	}
	return browser, token
}

func exchangeToken(t *testing.T, n *harness.Node, clientID, token string, params ...string) harness.Answer {
	t.Helper()
	return n.Token(t, clientID, append([]string{
		"grant_type", exchangeGrant, "subject_token", token, "subject_token_type", accessType,
	}, params...)...)
}

// TestATokenIsExchangedForTheNextAPI: RFC 8693 with delegation through two services.
func TestATokenIsExchangedForTheNextAPI(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		n, last := nodes[0], nodes[len(nodes)-1]
		services(t, n)
		browser, token := ordersToken(t, n)
		a := exchangeToken(t, n, "orders", token.AccessToken, "resource", stockAPI, "scope", "stock:read")
		if a.Status != http.StatusOK || a.String("issued_token_type") != accessType || a.String("token_type") != "Bearer" || a.String("scope") != "stock:read" ||
			a.Body["refresh_token"] != nil || a.Body["id_token"] != nil {
			t.Fatalf("%d %s", a.Status, a.Text)
		}
		claims := harness.JWT(t, a.String("access_token"), 1)
		act, _ := claims["act"].(map[string]any)
		if claims["sub"] != n.User(t, "alice").ID.String() || claims["aud"] != stockAPI || claims["client_id"] != "orders" || act["sub"] != "orders" || len(act) != 1 {
			t.Errorf("claims %v", claims)
		}
		a = exchangeToken(t, n, "orders", token.AccessToken, "resource", stockAPI)
		first := a.String("access_token")
		a = exchangeToken(t, last, "stock", first, "audience", payAPI, "scope", "pay:write")
		if a.Status != http.StatusOK {
			t.Fatalf("the second exchange: %d %s", a.Status, a.Text)
		}
		second := a.String("access_token")
		introspected := last.Introspect(t, "pay", second)
		act, _ = introspected.Body["act"].(map[string]any)
		before, _ := act["act"].(map[string]any)
		if introspected.Body["active"] != true || act["sub"] != "stock" || before["sub"] != "orders" || introspected.Body["username"] != "alice" {
			t.Errorf("introspection %s", introspected.Text)
		}
		browser.Get(n.URL + "/account/applications")
		browser.Submit("application-"+n.Client(t, "web").ID.String()+"-revoke", nil)
		n.Clock.Advance(staleness)
		for _, node := range nodes {
			for name, value := range map[string]string{"first": first, "second": second} {
				if a := node.Introspect(t, "pay", value); a.Body["active"] != false {
					t.Errorf("the %s lives after the grant has ended: %s", name, a.Text)
				}
			}
			oauthError(t, "a dead subject", exchangeToken(t, node, "stock", first, "resource", payAPI), 400, "invalid_request")
		}
	})
}

// TestAnExchangeNeverWidens: scopes, audiences, lifetime and who may exchange what.
func TestAnExchangeNeverWidens(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	services(t, n)
	_, token := ordersToken(t, n)
	access := token.AccessToken
	oauthError(t, "a client that the token is not for", exchangeToken(t, n, "stock", access, "resource", payAPI), 400, "invalid_request")
	oauthError(t, "a client without the grant", exchangeToken(t, n, "other", access, "resource", stockAPI), 400, "unauthorized_client")
	oauthError(t, "no resource", exchangeToken(t, n, "orders", access), 400, "invalid_target")
	oauthError(t, "a resource that is not allowed", exchangeToken(t, n, "orders", access, "resource", payAPI), 400, "invalid_target")
	oauthError(t, "Authly itself", exchangeToken(t, n, "orders", access, "resource", n.Issuer), 400, "invalid_target")
	oauthError(t, "an unknown resource", exchangeToken(t, n, "orders", access, "resource", "https://nobody.example"), 400, "invalid_target")
	for _, scope := range []string{"openid", "offline_access", "admin:users:read", "orders:write"} {
		oauthError(t, scope, exchangeToken(t, n, "orders", access, "resource", stockAPI, "scope", scope), 400, "invalid_scope")
	}
	oauthError(t, "an ID token", exchangeToken(t, n, "orders", idToken(token), "resource", stockAPI), 400, "invalid_request")
	oauthError(t, "a refresh token", exchangeToken(t, n, "orders", token.RefreshToken, "resource", stockAPI), 400, "invalid_request")
	own := n.Token(t, "orders", "grant_type", "client_credentials", "scope", "stock:read")
	oauthError(t, "a token of a service", exchangeToken(t, n, "orders", own.String("access_token"), "resource", stockAPI), 400, "invalid_request")
	oauthError(t, "a type that is not taken", n.Token(t, "orders", "grant_type", exchangeGrant, "subject_token", access,
		"subject_token_type", "urn:ietf:params:oauth:token-type:id_token", "resource", stockAPI), 400, "invalid_request")
	oauthError(t, "a type that is not issued", exchangeToken(t, n, "orders", access, "resource", stockAPI, "requested_token_type",
		"urn:ietf:params:oauth:token-type:refresh_token"), 400, "invalid_request")
	oauthError(t, "an actor without its type", exchangeToken(t, n, "orders", access, "resource", stockAPI, "actor_token", access), 400, "invalid_request")
	oauthError(t, "a type without its actor", exchangeToken(t, n, "orders", access, "resource", stockAPI, "actor_token_type", accessType), 400, "invalid_request")
	stranger := exchangeToken(t, n, "orders", access, "resource", stockAPI, "actor_token_type", accessType,
		"actor_token", n.Token(t, "pay", "grant_type", "client_credentials", "scope", "pay:write").String("access_token"))
	oauthError(t, "another service's token as actor", stranger, 400, "invalid_request")

	n.Clock.Advance(9 * time.Minute) // of the ten that the subject has
	a := exchangeToken(t, n, "orders", access, "resource", stockAPI)
	if expires, _ := a.Body["expires_in"].(float64); a.Status != http.StatusOK || expires > 60 {
		t.Errorf("it lives longer than what it was exchanged for: %d %s", a.Status, a.Text)
	}
	if scope := a.String("scope"); strings.Contains(scope, "openid") || strings.Contains(scope, "admin") || strings.Contains(scope, "orders:read") {
		t.Errorf("scope %q", scope)
	}
	if a := n.UserInfo(t, a.String("access_token")); a.Status != http.StatusUnauthorized {
		t.Errorf("UserInfo with it: %d %s", a.Status, a.Text)
	}
	if a := n.GraphQL(t, a.String("access_token"), `{users(first:1){nodes{id}}}`, nil); a.Status != http.StatusUnauthorized {
		t.Errorf("the admin API with it: %d %s", a.Status, a.Text)
	}
	inactive := false
	value := a.String("access_token")
	if _, _, err := n.Server.Admin.Clients.Update(harness.System(t), n.Client(t, "orders").ID, admin.ClientChange{Active: &inactive}, nil); err != nil {
		t.Fatal(err)
	}
	n.Clock.Advance(staleness)
	if a := n.Introspect(t, "stock", value); a.Body["active"] != false {
		t.Errorf("it outlives the client that has exchanged it: %s", a.Text)
	}
}

// TestWhoActsIsNamedOrAllowedNotToBe: impersonation is the operator's to allow, forgets nobody who acted before, and a chain has
// an end.
func TestWhoActsIsNamedOrAllowedNotToBe(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	services(t, n, func(id string, p *identity.ClientPolicy) {
		p.ExchangeImpersonates = id == "stock"
		p.ExchangeResources = []string{ordersAPI, stockAPI, payAPI}
		p.Audiences = []string{ordersAPI, stockAPI, payAPI}
	})
	_, token := ordersToken(t, n)
	a := exchangeToken(t, n, "stock", token.AccessToken, "resource", stockAPI)
	if act := harness.JWT(t, a.String("access_token"), 1)["act"]; act != nil {
		t.Errorf("act %v", act)
	}
	actor := n.Token(t, "pay", "grant_type", "client_credentials", "scope", "pay:write", "resource", payAPI)
	a = exchangeToken(t, n, "orders", token.AccessToken, "resource", stockAPI, "actor_token", actor.String("access_token"), "actor_token_type", accessType)
	if act, _ := harness.JWT(t, a.String("access_token"), 1)["act"].(map[string]any); act["sub"] != "pay" {
		t.Errorf("act %v of %s", act, a.Text)
	}
	a = exchangeToken(t, n, "stock", a.String("access_token"), "resource", payAPI)
	if act, _ := harness.JWT(t, a.String("access_token"), 1)["act"].(map[string]any); act["sub"] != "pay" {
		t.Errorf("who acted before is forgotten: %v of %s", act, a.Text)
	}
	for i := range 3 {
		if a = exchangeToken(t, n, "orders", a.String("access_token"), "resource", payAPI); a.Status != http.StatusOK {
			t.Fatalf("%d: %d %s", i, a.Status, a.Text)
		}
	}
	form := harness.Values("grant_type", exchangeGrant, "subject_token", token.AccessToken, "subject_token_type", accessType, "resource", stockAPI)
	bound := post(t, n, tokenPath, "orders", harness.ClientSecret, form, newClientKey(t, "").proof(t, n, http.MethodPost, tokenPath, "", nil))
	if bound.Status != http.StatusOK || bound.Body["token_type"] != "DPoP" || harness.JWT(t, bound.String("access_token"), 1)["cnf"] == nil {
		t.Errorf("with a proof: %d %s", bound.Status, bound.Text)
	}
	form = harness.Values("grant_type", exchangeGrant, "subject_token", bound.String("access_token"), "subject_token_type", accessType, "resource", payAPI)
	oauthError(t, "a bound token for a plain one", post(t, n, tokenPath, "stock", harness.ClientSecret, form), 400, "invalid_dpop_proof")
	bound = post(t, n, tokenPath, "stock", harness.ClientSecret, form, newClientKey(t, "").proof(t, n, http.MethodPost, tokenPath, "", nil))
	if bound.Status != http.StatusOK || bound.Body["token_type"] != "DPoP" {
		t.Errorf("bound again: %d %s", bound.Status, bound.Text)
	}
	oauthError(t, "the fifth who acts", exchangeToken(t, n, "orders", a.String("access_token"), "resource", payAPI), 400, "invalid_request")
}
