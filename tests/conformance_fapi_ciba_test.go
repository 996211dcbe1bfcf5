package tests

import (
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/tests/harness"
)

// cibaPlan is a FAPI-CIBA plan, whose clients poll, or are notified where the test listens for the suite.
type cibaPlan struct {
	*fapiPlan
	notified *notified
}

// playFAPICIBA runs the modules of the FAPI-CIBA plan of a file on both databases.
func playFAPICIBA(t *testing.T, file string, ping bool, modules ...map[string]func(m *cibaModule)) {
	t.Helper()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		folder, p := fapiFiles(t), cibaPlan{}
		if ping {
			s := newNotified(t)
			p.notified = &s
			declared := filepath.Join(folder, "conformance-fapi.yaml")
			text, err := os.ReadFile(declared)
			if err != nil {
				t.Fatal(err)
			}
			moved := strings.ReplaceAll(string(text), suiteURL+"/test/a/authly-fapi-ciba-ping/ciba-notification-endpoint", s.URL+"/ping")
			if err := os.WriteFile(declared, []byte(moved), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		n := fapiNode(t, db, folder, harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"),
			harness.Env("AUTHLY_THROTTLE", "anonymous=1000000/1us,failures=1000000/1us,backchannel=1000/1s,backchannel_user=1000/1s"))
		p.fapiPlan = &fapiPlan{
			mutualNode: n, config: readFAPI(t, n, folder, file), prefix: "fapi-ciba-id1-", bound: "mtls", signed: true, certified: ping,
		}
		for _, some := range modules {
			for _, name := range slices.Sorted(maps.Keys(some)) {
				t.Run(name, func(t *testing.T) { some[name](&cibaModule{p.module(t, name), p.notified}) })
			}
		}
	})
}

// cibaModule is a module of such a plan that runs.
type cibaModule struct {
	*fapiModule
	notified *notified
}

// asker is a client that asks.
type asker struct {
	*fapiClient
	notified *notified
}

func (m *cibaModule) client(number int) *asker {
	m.t.Helper()
	return &asker{m.fapiModule.client(number), m.notified}
}

// TestFAPICIBAPollPlan runs the modules of FAPI-CIBA with private_key_jwt, by polling.
func TestFAPICIBAPollPlan(t *testing.T) {
	t.Parallel()
	playFAPICIBA(t, "fapi-ciba-poll.json", false, cibaModules, cibaRequests, cibaAssertions)
}

// TestFAPICIBAPingPlan runs them with certificates that prove the clients, by notifications.
func TestFAPICIBAPingPlan(t *testing.T) {
	t.Parallel()
	playFAPICIBA(t, "fapi-ciba-ping.json", true, cibaModules, cibaRequests, cibaNotifications)
}

// question is the signed authentication request of a client, with changes of its claims: an empty value takes one out.
func (c *asker) question(changes ...string) url.Values {
	c.t.Helper()
	now := c.Clock.Now().Unix()
	claims := map[string]any{
		"iss": c.id, "aud": c.Issuer, "iat": now, "nbf": now, "exp": now + 300, "jti": uuid.NewString(),
		"scope": c.scope, "login_hint": "conformance", "binding_message": "1234",
	}
	if c.notified != nil {
		claims["client_notification_token"] = notificationToken
	}
	for i := 0; i+1 < len(changes); i += 2 {
		claims[changes[i]] = changes[i+1]
		if changes[i+1] == "" {
			delete(claims, changes[i])
		}
	}
	return harness.Values("request", c.key.signChanged(c.t, "", claims, c.object))
}

const notificationToken = "notification-0123456789-0123456789"

// inquire asks for a question that must be good, and returns its auth_req_id.
func (c *asker) inquire(changes ...string) string {
	c.t.Helper()
	a := c.send(cibaEndpoint, c.authenticate(c.question(changes...)))
	id := a.String("auth_req_id")
	expires, _ := a.Body["expires_in"].(float64)
	interval, _ := a.Body["interval"].(float64)
	if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") || expires <= 0 || interval < 1 || interval > 30 {
		c.t.Fatalf("%d %s", a.Status, a.Text)
	}
	if strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_") != "" || len(id) < 27 { // 160 bits
		c.t.Errorf("auth_req_id %q", id)
	}
	bits(c.t, "auth_req_id", id)
	return id
}

// collect asks what was decided, an interval later.
func (c *asker) collect(id string) harness.Answer {
	c.t.Helper()
	c.Clock.Advance(5 * time.Second)
	return c.token(harness.Values("grant_type", cibaGrant, "auth_req_id", id))
}

// decide has the person press a button on the page of the first request that waits, of which the client hears (CIBA Core §10.2).
func (m *cibaModule) decide(button, id string) {
	m.t.Helper()
	b := m.browser
	signIn := func() {
		if b.Has("login-submit") {
			b.SignIn("conformance", "plans modules and conditions")
		}
	}
	b.Get(m.URL + "/account/requests")
	signIn()
	b.Submit(b.Page.Find("section.item button").AttrOr("id", "nothing waits"), nil)
	signIn() // it was not freshly enough
	if b.Submit(button, nil); !b.Has("request-done") {
		m.t.Fatalf("at %s: %s", b.URL, b.Text())
	}
	if m.notified == nil {
		return
	}
	r, body := m.notified.next(m.t)
	if r.Method != http.MethodPost || r.URL.Path != "/ping" || r.Header.Get("Authorization") != "Bearer "+notificationToken ||
		r.Header.Get("Content-Type") != "application/json" || body != `{"auth_req_id":"`+id+`"}` {
		m.t.Errorf("%s %s %v %s", r.Method, r.URL, r.Header, body)
	}
}

// cibaModules are those of every variant that are about more than the request.
var cibaModules = map[string]func(m *cibaModule){
	"discovery-end-point-verification": func(m *cibaModule) {
		document := m.Get(m.t, "/.well-known/openid-configuration").Body
		mode := map[bool]string{true: "ping", false: "poll"}[m.notified != nil]
		if !slices.Contains(list(m.t, document, "backchannel_token_delivery_modes_supported"), mode) || document["backchannel_authentication_endpoint"] != m.Issuer+cibaEndpoint ||
			!slices.Contains(list(m.t, document, "grant_types_supported"), cibaGrant) {
			m.t.Errorf("%v", document)
		}
		if !slices.Contains(list(m.t, document, "backchannel_authentication_request_signing_alg_values_supported"), "PS256") ||
			document["backchannel_user_code_parameter_supported"] != false || document["tls_client_certificate_bound_access_tokens"] != true {
			m.t.Errorf("%v", document)
		}
	},
	"happy-flow": func(m *cibaModule) {
		first, second := m.client(1), m.client(2)
		tokens := map[*asker]string{}
		for _, c := range []*asker{first, second} {
			id := c.inquire()
			oneOf(m.t, "before", c.collect(id), []int{400}, "authorization_pending")
			m.Clock.Advance(-4 * time.Second)
			oneOf(m.t, "too soon", c.collect(id), []int{400}, "slow_down", "authorization_pending")
			m.decide("approve", id)
			m.Clock.Advance(5 * time.Second) // the interval is longer after that
			a := c.collect(id)
			g := c.granted(a, "")
			if c.worksAt(g.access); g.claims["c_hash"] != nil || g.claims["s_hash"] != nil {
				m.t.Errorf("ID token %v", g.claims)
			}
			tokens[c] = g.access
		}
		if a := first.resource(tokens[second]); a.Status/100 != 4 {
			m.t.Errorf("client 2's token by client 1: %d %s", a.Status, a.Text)
		}
	},
	"user-rejects-authentication": func(m *cibaModule) {
		c := m.client(1)
		id := c.inquire()
		m.decide("deny", id)
		oneOf(m.t, "refused", c.collect(id), []int{400}, "access_denied")
	},
	"auth-req-id-expired": func(m *cibaModule) {
		for _, expiry := range []any{30, "30"} { // as a number, and as a text
			c := m.client(1)
			c.object = func(_, claims map[string]any) { claims["requested_expiry"] = expiry }
			a := c.send(cibaEndpoint, c.authenticate(c.question()))
			if a.Body["expires_in"] != 30.0 {
				m.t.Fatalf("%T: %d %s", expiry, a.Status, a.Text)
			}
			m.Clock.Advance(31 * time.Second)
			oneOf(m.t, "expired", c.collect(a.String("auth_req_id")), []int{400}, "expired_token")
		}
	},
	"ensure-wrong-auth-req-id-in-token-endpoint": func(m *cibaModule) {
		first, second := m.client(1), m.client(2)
		id := first.inquire()
		oneOf(m.t, "client 1's auth_req_id", second.collect(id), []int{400}, "invalid_grant")
		m.decide("approve", id)
		oneOf(m.t, "after it was allowed", second.collect(id), []int{400}, "invalid_grant")
		first.granted(first.collect(id), "")
	},
	"ensure-holder-of-key-required": func(m *cibaModule) {
		c := m.client(1)
		id := c.inquire()
		m.decide("approve", id)
		m.Clock.Advance(5 * time.Second)
		m.unproven(c.fapiClient, harness.Values("grant_type", cibaGrant, "auth_req_id", id))
	},
	"refresh-token": func(m *cibaModule) {
		c, other := m.client(1), m.client(2)
		id := c.inquire("scope", c.scope+" offline_access")
		m.decide("approve", id)
		g := c.granted(c.collect(id), "")
		form := func() url.Values { return harness.Values("grant_type", "refresh_token", "refresh_token", g.refresh) }
		c.worksAt(c.granted(c.token(form()), "").access)
		m.Clock.Advance(30 * time.Second)
		c.granted(c.token(form()), "")
		m.unproven(c.fapiClient, form())
		oneOf(m.t, "client 2", other.token(form()), []int{400}, "invalid_grant")
	},
	"ensure-authentication-of-the-client": func(m *cibaModule) {
		c, other := m.client(1), m.client(2)
		codes := []string{"invalid_client", "invalid_request", "access_denied"}
		oneOf(m.t, "nobody", m.post(m.t, nil, cibaEndpoint, "", "", c.question()), []int{400, 401}, codes...)
		form := other.authenticate(c.question()) // signed by client 1, sent by client 2
		oneOf(m.t, "client 2", other.send(cibaEndpoint, form), []int{400, 401}, codes...)
	},
	"keys are rotated while the plan runs": func(m *cibaModule) {
		c := m.client(1)
		m.Clock.Advance(10 * time.Minute)
		id := c.inquire()
		if err := m.Server.Domain.SigningKeys.Rotate(harness.System(m.t)); err != nil {
			m.t.Fatal(err)
		}
		m.decide("approve", id)
		c.worksAt(c.granted(c.collect(id), "").access)
	},
}

// cibaRequests are the modules about what is in a request, whose refusals have nothing unknown in them.
var cibaRequests = map[string]func(m *cibaModule){
	"ensure-request-object-is-whole": func(m *cibaModule) {
		now := m.Clock.Now().Unix()
		for name, change := range map[string]func(header, claims map[string]any){
			"another aud": func(_, c map[string]any) { c["aud"] = "https://other.example" }, "another iss": func(_, c map[string]any) { c["iss"] = m.client(2).id },
			"expired": func(_, c map[string]any) { c["exp"] = now - 300 }, "exp in 70 minutes": func(_, c map[string]any) { c["exp"] = now + 4200 },
			"nbf in 10 minutes": func(_, c map[string]any) { c["nbf"] = now + 600 }, "nbf 70 minutes ago": func(_, c map[string]any) { c["nbf"] = now - 4200 },
			"RS256": func(h, _ map[string]any) { h["alg"] = "RS256" }, "none": func(h, _ map[string]any) { h["alg"] = "none" },
			"ES256": func(h, _ map[string]any) { h["alg"] = "ES256" }, "two hints": func(_, c map[string]any) { c["login_hint_token"] = "a.b.c" },
			"no hint": func(_, c map[string]any) { delete(c, "login_hint") },
		} {
			m.refusedQuestion(name, change)
		}
		for _, claim := range []string{"aud", "iss", "exp", "iat", "nbf", "jti"} {
			m.refusedQuestion("no "+claim, func(_, c map[string]any) { delete(c, claim) })
		}
	},
	"ensure-request-object-is-signed-by-the-client": func(m *cibaModule) {
		c := m.client(1)
		own := c.key
		c.key = m.client(2).key
		form := c.question()
		c.key = own
		m.invalidRequest("signed by client 2", c.send(cibaEndpoint, c.authenticate(form)))
	},
	"ensure-unsigned-request-fails": func(m *cibaModule) {
		c := m.client(1)
		form := harness.Values("scope", c.scope, "login_hint", "conformance", "binding_message", "1234", "client_notification_token", notificationToken)
		m.invalidRequest("unsigned", c.send(cibaEndpoint, c.authenticate(form)))
	},
	"ensure-binding-message-is-strict": func(m *cibaModule) {
		for _, message := range []string{strings.Repeat("1234", 50), "1234 \U0001F600\U0001F4B6", "確認コード1234"} {
			c := m.client(1)
			oneOf(m.t, message, c.send(cibaEndpoint, c.authenticate(c.question("binding_message", message))), []int{400}, "invalid_binding_message")
		}
	},
}

// refusedQuestion asks with a request that change makes bad.
func (m *cibaModule) refusedQuestion(name string, change func(header, claims map[string]any)) {
	m.t.Helper()
	c := m.client(1)
	c.object = change
	m.invalidRequest(name, c.send(cibaEndpoint, c.authenticate(c.question())))
}

func (m *cibaModule) invalidRequest(name string, a harness.Answer) {
	m.t.Helper()
	oneOf(m.t, name, a, []int{400}, "invalid_request")
	for member := range a.Body {
		if !strings.HasPrefix(member, "error") {
			m.t.Errorf("%s: the member %s", name, member)
		}
	}
}

// cibaAssertions are the modules about assertions of clients.
var cibaAssertions = map[string]func(m *cibaModule){
	"ensure-client-assertion-is-good": func(m *cibaModule) {
		past := m.Clock.Now().Add(-5 * time.Minute).Unix()
		for name, change := range map[string]func(header, claims map[string]any){
			"another aud": func(_, c map[string]any) { c["aud"] = "https://other.example" }, "expired": func(_, c map[string]any) { c["exp"] = past },
			"no sub": func(_, c map[string]any) { delete(c, "sub") }, "another iss": func(_, c map[string]any) { c["iss"] = m.client(2).id },
			"RS256": func(h, _ map[string]any) { h["alg"] = "RS256" },
		} {
			c := m.client(1)
			c.assertion = change
			oneOf(m.t, name, c.send(cibaEndpoint, c.authenticate(c.question())), []int{400, 401}, "invalid_client", "invalid_request")
		}
	},
	"assertions for the issuer, the token endpoint and this one": func(m *cibaModule) {
		for _, audience := range []string{m.Issuer, m.Issuer + tokenPath, m.Issuer + cibaEndpoint} {
			c := m.client(1)
			c.assertion = func(_, claims map[string]any) { claims["aud"] = audience }
			m.decide("deny", c.inquire())
		}
	},
}

// cibaNotifications are the modules of ping: a reply that is none of success stops nothing, and is not followed.
var cibaNotifications = map[string]func(m *cibaModule){
	"ping-notification-endpoint-response": func(m *cibaModule) {
		for _, status := range []int{http.StatusOK, http.StatusUnauthorized, http.StatusForbidden, http.StatusFound, http.StatusSeeOther} {
			c := m.client(1)
			id := c.inquire()
			m.notified.status <- status
			m.decide("approve", id)
			c.granted(c.collect(id), "")
		}
		again := func() bool {
			return m.Database.Count(m.t, "SELECT count(*) FROM jobs WHERE kind = 'backchannel.notify' AND (finished_at IS NULL OR outcome <> 'success')") == 0
		}
		if !eventually(again) {
			m.t.Error("a refusal is tried again")
		}
	},
	"ensure-notification-token-is-needed": func(m *cibaModule) {
		c := m.client(1)
		m.invalidRequest("no client_notification_token", c.send(cibaEndpoint, c.authenticate(c.question("client_notification_token", ""))))
	},
}
