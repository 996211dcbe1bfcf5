package tests

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// webAsks lets the client web ask by CIBA beside what it does.
func webAsks(t *testing.T, n *harness.Node) asking {
	t.Helper()
	c := harness.WebClient("web")
	c.Metadata.GrantTypes = []identity.GrantType{
		identity.GrantAuthorizationCode, identity.GrantDeviceCode, identity.GrantCIBA, identity.GrantRefreshToken,
	}
	c.Metadata.DeliveryMode = identity.DeliveryPoll
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{c}})
	return asking{n, "web"}
}

// TestOneAuthReqIDSentByMany: issue 12, must show 5.
func TestOneAuthReqIDSentByMany(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		client := webAsks(t, nodes[0])
		id := client.begin(t)
		client.allow(t, harness.NewBrowser(t, nodes[0]))
		won := 0
		for _, r := range together(t, crowd, url.Values{"grant_type": {cibaGrant}, "auth_req_id": {id}}, nodes...) {
			switch {
			case r.status == http.StatusOK:
				won++
			case r.status != http.StatusBadRequest || r.body["error"] != "invalid_grant":
				t.Errorf("%d %v", r.status, r.body)
			}
		}
		if won != 1 {
			t.Errorf("%d have won", won)
		}
	})
}

// TestAUserIsNotFloodedWithQuestions: few from one client, few that wait, and not many from all clients together.
func TestAUserIsNotFloodedWithQuestions(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		clients := make([]admin.NewClient, 6)
		for i := range clients {
			clients[i] = till(fmt.Sprintf("till-%d", i), nil)
		}
		bob := harness.Bob()
		n.Apply(t, admin.Desired{Clients: clients, Users: []admin.DesiredUser{bob}})
		ask := func(i int, whom string) harness.Answer {
			return asking{n, clients[i].ClientID}.ask(t, "scope", "openid", "login_hint", whom)
		}
		for range 5 {
			if a := ask(0, "alice"); a.Status != http.StatusOK {
				t.Fatalf("%d %s", a.Status, a.Text)
			}
		}
		oauthError(t, "a sixth of one client", ask(0, "alice"), http.StatusTooManyRequests, "temporarily_unavailable")
		for range 5 {
			if a := ask(1, "alice"); a.Status != http.StatusOK {
				t.Fatalf("of another client: %d %s", a.Status, a.Text)
			}
		}
		oauthError(t, "an eleventh that waits", ask(2, "alice"), http.StatusForbidden, "access_denied")
		if waiting := db.Count(t, "SELECT count(*) FROM backchannel_requests"); waiting != identity.MaxBackchannelWaiting {
			t.Errorf("%d wait", waiting)
		}
		if a := ask(0, "bob"); a.Status != http.StatusOK {
			t.Errorf("somebody else: %d %s", a.Status, a.Text)
		}
		n.Clock.Advance(10 * time.Minute)
		if a := ask(2, "alice"); a.Status != http.StatusOK {
			t.Errorf("when those have ended: %d %s", a.Status, a.Text)
		}
		refused := 0
		for range 5 {
			for i := range clients {
				if ask(i, "alice").Status != http.StatusOK {
					refused++
				}
			}
		}
		if refused < 20 {
			t.Errorf("of 30 by all clients %d are refused", refused)
		}
	})
}

// TestAClientDoesNotFindOutAboutEverybody: CIBA Core §13 has it told that somebody is unknown, and it is told so seldom.
func TestAClientDoesNotFindOutAboutEverybody(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	client := withTill(t, n)
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{till("other", nil)}})
	for i := range 20 {
		oauthError(t, "nobody", client.ask(t, "scope", "openid", "login_hint", fmt.Sprintf("nobody%d", i)), 400, "unknown_user_id")
	}
	for _, name := range []string{"nobody", "alice"} { // that it is refused says nothing of whom it has named
		oauthError(t, name, client.ask(t, "scope", "openid", "login_hint", name), http.StatusTooManyRequests, "temporarily_unavailable")
	}
	asking{n, "other"}.begin(t)
	n.Clock.Advance(time.Minute)
	client.begin(t)
}

// TestNobodyElseDecides: what waits for Alice is hers, on her page and under the handle of the interaction.
func TestNobodyElseDecides(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		bob := harness.Bob()
		bob.Verified = true
		n.Apply(t, admin.Desired{Users: []admin.DesiredUser{bob}})
		client := withTill(t, n)
		id := client.begin(t)
		alice, other := harness.NewBrowser(t, n), harness.NewBrowser(t, n)
		client.open(t, alice)
		consent := alice.URL.String()
		other.Get(n.URL + "/account/requests")
		other.SignIn("bob", harness.BobPassword)
		if !other.Has("none") {
			t.Errorf("bob sees what waits for alice: %s", other.Text())
		}
		waiting := db.Count(t, "SELECT count(*) FROM backchannel_requests")
		r, err := n.Server.Domain.Backchannel.Waiting(t.Context(), n.User(t, "alice"))
		if err != nil || len(r) != waiting {
			t.Fatal(len(r), err)
		}
		other.Post(n.URL+"/account/requests", url.Values{"request": {r[0].ID.String()}})
		if other.Status != http.StatusNotFound {
			t.Errorf("bob opens it: %d at %s: %s", other.Status, other.URL, other.Text())
		}
		other.Get(consent)
		if other.Has("approve") {
			t.Fatalf("bob may decide at %s", other.URL)
		}
		other.SignIn("bob", harness.BobPassword)
		if other.Has("approve") {
			t.Errorf("bob may decide after a sign-in at %s", other.URL)
		}
		oauthError(t, "the client", client.poll(t, id), 400, "authorization_pending")
		alice.Submit("approve", nil)
		if a := client.poll(t, id); a.Status != http.StatusOK {
			t.Errorf("%d %s", a.Status, a.Text)
		}
	})
}

// TestIDsOfCIBAAreNotSwapped: an auth_req_id is neither a code nor a device code, and the handle of the interaction leads to no client.
func TestIDsOfCIBAAreNotSwapped(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	client, browser := webAsks(t, n), harness.NewBrowser(t, n)
	id := client.begin(t)
	client.open(t, browser)
	handle := browser.URL.Query().Get("interaction")
	for _, path := range []string{"/api/v1/oauth/authorize", "/device"} {
		other := harness.NewBrowser(t, n)
		other.Get(n.URL + path + "?interaction=" + url.QueryEscape(handle))
		if other.Has("device-allowed") || len(other.URL.Query()["code"]) > 0 {
			t.Errorf("%s: %d at %s", path, other.Status, other.URL)
		}
	}
	browser.Submit("approve", nil)
	oauthError(t, "as a code", n.Token(t, "web", "grant_type", "authorization_code", "code", id, "redirect_uri", harness.Callback), 400, "invalid_grant")
	oauthError(t, "as a device code", n.Token(t, "web", "grant_type", deviceGrant, "device_code", id), 400, "invalid_grant")
	device := n.Form(t, deviceEndpoint, "web", harness.ClientSecret, harness.Values("scope", "openid")).String("device_code")
	oauthError(t, "a device code", client.poll(t, device), 400, "invalid_grant")
	if a := client.poll(t, id); a.Status != http.StatusOK {
		t.Errorf("the auth_req_id: %d %s", a.Status, a.Text)
	}
}

// TestWhatAUserAllowedByCIBAEnds with the user, with the session in which it was allowed, and with the client.
func TestWhatAUserAllowedByCIBAEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, n *harness.Node, b *harness.Browser){
		"the user is switched off": func(t *testing.T, n *harness.Node, _ *harness.Browser) {
			n.Change(t, "alice", admin.UserChange{Active: new(false)})
		},
		"the session has ended": func(_ *testing.T, n *harness.Node, b *harness.Browser) {
			b.Get(n.URL + "/logout")
			b.Submit("logout-confirm", nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := start(t, harness.SQLite(t))
			client, browser := withTill(t, n), harness.NewBrowser(t, n)
			first, second := client.begin(t), client.begin(t)
			client.allow(t, browser)
			tokens := client.poll(t, first)
			client.allow(t, browser)
			end(t, n, browser)
			oauthError(t, "what was allowed", client.poll(t, second), 400, "invalid_grant")
			inactive(t, "the token", n.Introspect(t, "till", tokens.String("access_token")))
			oauthError(t, "refresh", n.Refresh(t, "till", tokens.String("refresh_token")), 400, "invalid_grant")
		})
	}
}

// TestASignedAuthenticationRequestIsWhole: CIBA Core §7.1.1. What is not signed as the client has registered, lacks a claim, is old,
// another client's, was used before or has parameters beside it is refused.
func TestASignedAuthenticationRequestIsWhole(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	key, foreign := newClientKey(t, "k1"), newClientKey(t, "k1")
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{till("signing", func(m *identity.ClientMetadata) {
		m.JWKS, m.BackchannelRequestAlg = key.JWKS(t), "ES256"
	})}})
	signed := func(by clientKey, change func(header, claims map[string]any)) string {
		now := n.Clock.Now().Unix()
		header := map[string]any{"alg": "ES256", "kid": "k1"}
		claims := map[string]any{
			"iss": "signing", "aud": n.Issuer, "jti": uuid.NewString(), "iat": now, "nbf": now, "exp": now + 300, "scope": "openid", "login_hint": "alice",
			"binding_message": "Till 4", "requested_expiry": 60,
		}
		if change != nil {
			change(header, claims)
		}
		if header["alg"] == "none" {
			return harness.Forge(t, header, claims, harness.Unsigned)
		}
		return by.Sign(t, header, claims)
	}
	client := asking{n, "signing"}
	good := signed(key, nil)
	if a := client.ask(t, "request", good); a.Status != http.StatusOK || a.Body["expires_in"] != 60.0 {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	oauthError(t, "a second time", client.ask(t, "request", good), 400, "invalid_request")
	oauthError(t, "unsigned", client.ask(t, "scope", "openid", "login_hint", "alice"), 400, "invalid_request")
	oauthError(t, "a parameter beside it", client.ask(t, "request", signed(key, nil), "login_hint", "bob"), 400, "invalid_request")
	oauthError(t, "another key", client.ask(t, "request", signed(foreign, nil)), 400, "invalid_request")
	oauthError(t, "no JWT", client.ask(t, "request", "a.b"), 400, "invalid_request")
	now := n.Clock.Now().Unix()
	for name, change := range map[string]func(header, claims map[string]any){
		"unsecured":         func(h, _ map[string]any) { h["alg"] = "none" },
		"another client":    func(_, c map[string]any) { c["iss"] = "till" },
		"another server":    func(_, c map[string]any) { c["aud"] = "https://other.example" },
		"no iss":            func(_, c map[string]any) { delete(c, "iss") },
		"no aud":            func(_, c map[string]any) { delete(c, "aud") },
		"no exp":            func(_, c map[string]any) { delete(c, "exp") },
		"no iat":            func(_, c map[string]any) { delete(c, "iat") },
		"no nbf":            func(_, c map[string]any) { delete(c, "nbf") },
		"no jti":            func(_, c map[string]any) { delete(c, "jti") },
		"an empty jti":      func(_, c map[string]any) { c["jti"] = "" },
		"expired":           func(_, c map[string]any) { c["exp"] = now - 300 },
		"good for too long": func(_, c map[string]any) { c["exp"] = now + 4200 },
		"not yet":           func(_, c map[string]any) { c["nbf"] = now + 600 },
		"too old":           func(_, c map[string]any) { c["nbf"] = now - 4200 },
		"one of a browser":  func(_, c map[string]any) { c["response_type"], c["client_id"] = "code", "signing" },
		"two hints":         func(_, c map[string]any) { c["id_token_hint"] = "a.b.c" },
		"another in it":     func(_, c map[string]any) { c["request"] = "a.b.c" },
		"another type":      func(h, _ map[string]any) { h["typ"] = "at+jwt" },
		"an assertion":      func(_, c map[string]any) { c["sub"] = "signing" },
	} {
		oauthError(t, name, client.ask(t, "request", signed(key, change)), 400, "invalid_request")
	}
}
