package tests

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// demandingClients are clients of which an operator has said what a sign-in should or must be.
func demandingClients() []admin.NewClient {
	clients := map[string]func(*admin.NewClient){
		"plain": func(*admin.NewClient) {},
		"defaults": func(c *admin.NewClient) {
			c.Metadata.DefaultACRValues = []string{"phr", "urn:authly:acr:2", "urn:authly:acr:1"}
		},
		"strict":   func(c *admin.NewClient) { c.Policy.RequireACR = "urn:authly:acr:2" },
		"passkeys": func(c *admin.NewClient) { c.Policy.RequireACR = "phr" },
		"aged":     func(c *admin.NewClient) { age := 1; c.Metadata.DefaultMaxAge = &age },
		"old": func(c *admin.NewClient) {
			c.Metadata.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode, identity.GrantPassword}
			c.Policy.RequireACR = "urn:authly:acr:2"
		},
	}
	list := make([]admin.NewClient, 0, len(clients))
	for id, change := range clients {
		c := harness.WebClient(id)
		c.Policy.SkipConsent = true
		change(&c)
		list = append(list, c)
	}
	return list
}

// TestASignInIsOfTheClassThatIsAskedFor: line 18 of what must be shown. What requests and clients say of classes, and what comes of
// it for somebody who has a second factor that this browser spares.
func TestASignInIsOfTheClassThatIsAskedFor(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		n.Apply(t, admin.Desired{Clients: demandingClients()})
		b, _ := signedIn(t, n)
		secret := addApp(t, n, b)
		b.Get(harness.NewParty(t, n, "plain").AuthURL("prompt", "login"))
		b.SignIn("alice", harness.AlicePassword)
		b.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now()), "trust_browser": "yes"})
		const one, two = "urn:authly:acr:1", "urn:authly:acr:2"
		essential := func(values string) []string {
			return []string{"claims", `{"id_token":{"acr":{"essential":true,"values":[` + values + `]}}}`}
		}
		for _, c := range []struct {
			client string
			params []string
			asked  bool   // for the second factor
			acr    string // or the error
		}{
			{"plain", nil, false, one},
			{"plain", []string{"acr_values", two}, true, two},
			{"plain", []string{"acr_values", two + " " + one}, true, two},
			{"plain", []string{"acr_values", one + " " + two}, false, one}, // the order is the client's
			{"plain", []string{"acr_values", "loa-9 " + two}, true, two},   // an unknown one counts for nothing
			{"plain", []string{"acr_values", "loa-9"}, false, one},
			{"plain", []string{"acr_values", "phr " + one}, false, one}, // out of reach
			{"plain", essential(`"` + two + `"`), true, two},
			{"plain", essential(`"` + two + `","` + one + `"`), false, one}, // the lowest will do
			{"plain", essential(`"loa-9","` + two + `"`), true, two},
			{"plain", essential(`"loa-9"`), false, "unmet_authentication_requirements"},
			{"defaults", nil, true, two},
			{"defaults", []string{"acr_values", one}, false, one},
			{"defaults", essential(`"` + one + `"`), false, one},
			{"strict", nil, true, two},
			{"strict", []string{"acr_values", one}, true, two}, // a request lowers nothing
			{"strict", essential(`"` + one + `"`), true, two},
			{"strict", []string{"acr_values", "loa-9"}, true, two},
			{"passkeys", nil, false, "unmet_authentication_requirements"}, // this server is known by its address alone
		} {
			n.Clock.Advance(time.Minute) // of one step of time there is one code
			party := harness.NewParty(t, n, c.client)
			b.Get(party.AuthURL(append([]string{"prompt", "login"}, c.params...)...))
			if b.Has("login-submit") {
				b.SignIn("alice", harness.AlicePassword)
			}
			if got := b.Has("code-submit"); got != c.asked {
				t.Errorf("%s %v: asked for the second factor: %v at %s", c.client, c.params, got, b.URL)
			}
			if b.Has("code-submit") {
				b.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
			}
			answer := party.Answer(b)
			got := answer.Get("error")
			if got == "" {
				token, err := party.Exchange(answer.Get("code"))
				if err != nil {
					t.Fatal(err)
				}
				got, _ = harness.JWT(t, idToken(token), 1)["acr"].(string)
			}
			if got != c.acr {
				t.Errorf("%s %v: %s, want %s", c.client, c.params, got, c.acr)
			}
		}
	})
}

// TestNoWayIsRoundWhatAClientRequires: not without a page, not by a password that the client collects, and not for who has nothing
// to prove it with, who is led to add it.
func TestNoWayIsRoundWhatAClientRequires(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, harness.Env("AUTHLY_PASSWORD_GRANT", "true"))
		n.Apply(t, admin.Desired{Clients: demandingClients()})
		b, _ := signedIn(t, n)
		party := harness.NewParty(t, n, "strict")
		b.Get(party.AuthURL("prompt", "none", "acr_values", "urn:authly:acr:1"))
		if got := party.Answer(b).Get("error"); got != "interaction_required" {
			t.Errorf("without a page: %q", got)
		}
		form := url.Values{"grant_type": {"password"}, "username": {"alice"}, "password": {harness.AlicePassword}, "scope": {"openid"}}
		if a := n.Form(t, "/api/v1/oauth/token", "old", harness.ClientSecret, form); a.Status != http.StatusBadRequest || a.Body["error"] != "invalid_grant" {
			t.Errorf("by a password: %d %s", a.Status, a.Text)
		}
		b.Get(party.AuthURL())
		secret := shownSecret(t, b) // she is led to add an app
		b.Submit("totp-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
		if b.Has("codes-skip") {
			b.Submit("codes-skip", nil)
		}
		token, err := party.Exchange(party.Code(b))
		if err != nil {
			t.Fatal(err)
		}
		if got := harness.JWT(t, idToken(token), 1)["acr"]; got != "urn:authly:acr:2" {
			t.Errorf("after she has added it: %v", got)
		}
	})
}

// TestASignInIsAsFreshAsIsAskedFor: max_age, also as the client has it.
func TestASignInIsAsFreshAsIsAskedFor(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		n.Apply(t, admin.Desired{Clients: demandingClients()})
		b, _ := signedIn(t, n)
		n.Clock.Advance(10 * time.Second)
		for _, c := range []struct {
			client string
			params []string
			again  bool
		}{
			{"plain", nil, false},
			{"plain", []string{"max_age", "10000"}, false},
			{"plain", []string{"max_age", "1"}, true},
			{"plain", []string{"max_age", "0"}, true},
			{"aged", nil, true},
			{"aged", []string{"max_age", "10000"}, false},
		} {
			b.Get(harness.NewParty(t, n, c.client).AuthURL(c.params...))
			if got := b.Has("login-submit"); got != c.again {
				t.Errorf("%s %v: %v at %s", c.client, c.params, got, b.URL)
			}
		}
	})
}

// TestAWeakSignInIsNotExchangedForAStrictClient: the exchange of a token leads nobody round what the client requires that exchanges
// it, neither by whom the token is of nor by who acts. An authorization for a client that requires nothing serves as soon as it was
// made with two factors.
func TestAWeakSignInIsNotExchangedForAStrictClient(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	services(t, n, func(id string, p *identity.ClientPolicy) {
		if id == "stock" {
			p.RequireACR = "urn:authly:acr:2"
			p.Audiences = append(p.Audiences, ordersAPI)
		}
	})
	owner, weak := ordersToken(t, n)
	a := exchangeToken(t, n, "orders", weak.AccessToken, "resource", stockAPI)
	if a.Status != http.StatusOK {
		t.Fatalf("a client that requires nothing: %d %s", a.Status, a.Text)
	}
	oauthError(t, "one factor", exchangeToken(t, n, "stock", weak.AccessToken, "resource", payAPI), 400, "invalid_request")
	oauthError(t, "one factor, exchanged once", exchangeToken(t, n, "stock", a.String("access_token"), "resource", payAPI), 400, "invalid_request")

	secret := addApp(t, n, owner)
	oauthError(t, "the token of before the second factor", exchangeToken(t, n, "stock", weak.AccessToken, "resource", payAPI), 400, "invalid_request")
	party := harness.NewParty(t, n, "web", "openid", "orders:read", "stock:read", "pay:write")
	owner.Get(party.AuthURL("resource", ordersAPI, "prompt", "login"))
	owner.SignIn("alice", harness.AlicePassword)
	owner.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
	strong, err := party.Exchange(party.Code(owner))
	if err != nil {
		t.Fatal(err)
	}
	a = exchangeToken(t, n, "stock", strong.AccessToken, "resource", payAPI)
	if a.Status != http.StatusOK || harness.JWT(t, a.String("access_token"), 1)["acr"] != "urn:authly:acr:2" {
		t.Errorf("two factors: %d %s", a.Status, a.Text)
	}
	oauthError(t, "who acts has proven one factor", exchangeToken(t, n, "stock", strong.AccessToken, "resource", payAPI,
		"actor_token", weak.AccessToken, "actor_token_type", accessType), 400, "invalid_request")
	service := n.Token(t, "stock", "grant_type", "client_credentials", "scope", "stock:read")
	a = exchangeToken(t, n, "stock", strong.AccessToken, "resource", payAPI, "actor_token", service.String("access_token"), "actor_token_type", accessType)
	if a.Status != http.StatusOK {
		t.Errorf("a service acts: %d %s", a.Status, a.Text)
	}
}

// TestADeviceAndAProviderAreHeldToWhatAClientRequires: neither the grant of RFC 8628 nor a sign-in at a provider is a way round it.
func TestADeviceAndAProviderAreHeldToWhatAClientRequires(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Clients: demandingClients()})
	television(t, n)
	tv := harness.PublicClient("tv")
	tv.Metadata.GrantTypes = []identity.GrantType{identity.GrantDeviceCode, identity.GrantRefreshToken}
	tv.Metadata.RedirectURIs, tv.Metadata.ResponseTypes = nil, nil
	tv.Policy.RequireACR = "urn:authly:acr:2"
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{tv}})
	up := newUpstream(t, n)
	up.provider(n, func(p *identity.IdentityProvider) { p.Config.Levels = map[string]int{"mfa": 2} })
	connected(t, n, "up")

	b, device := harness.NewBrowser(t, n), turnOn(t, n)
	b.Get(device.complete)
	b.Submit("device-submit", nil)
	b.SignIn("alice", harness.AlicePassword)
	if b.URL.Path != "/account/security/totp" {
		t.Fatalf("a device is allowed by one factor at %s: %s", b.URL, b.Text())
	}
	b.Get(n.URL + "/consent?" + b.URL.RawQuery)
	if b.Has("approve") || device.poll(t, n, "tv").Body["error"] != "authorization_pending" {
		t.Errorf("the page of consent opens at %s: %s", b.URL, b.Text())
	}

	b, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "strict")
	b.Get(party.AuthURL())
	b.Get(callback(n, "up", goUpstream(t, n, b, "up")))
	if b.URL.Path != "/account/security/totp" {
		t.Errorf("one factor at the provider leads to %s: %s", b.URL, b.Text())
	}
	b.Get(party.AuthURL("prompt", "none"))
	if got := party.Answer(b).Get("error"); got != "interaction_required" {
		t.Errorf("without a page: %q", got)
	}
	up.lie(func(u *upstream) { u.claims = map[string]any{"amr": []string{"mfa"}} })
	b = harness.NewBrowser(t, n)
	b.Get(party.AuthURL())
	b.Get(callback(n, "up", goUpstream(t, n, b, "up")))
	token, err := party.Exchange(party.Code(b))
	if err != nil {
		t.Fatal(err)
	}
	if got := harness.JWT(t, idToken(token), 1)["acr"]; got != "urn:authly:acr:2" {
		t.Errorf("two factors at the provider: %v", got)
	}

	owner, _ := signedIn(t, n)
	secret := addApp(t, n, owner)
	b, device = harness.NewBrowser(t, n), turnOn(t, n)
	b.Get(device.complete)
	b.Submit("device-submit", nil)
	b.SignIn("alice", harness.AlicePassword)
	b.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
	b.Submit("approve", nil)
	if a := device.poll(t, n, "tv"); a.Status != http.StatusOK || harness.JWT(t, a.String("access_token"), 1)["acr"] != "urn:authly:acr:2" {
		t.Errorf("a device of who has two factors: %d %s", a.Status, a.Text)
	}
}
