package tests

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

const (
	cibaGrant    = "urn:openid:params:grant-type:ciba"
	cibaEndpoint = "/api/v1/oauth/ciba"
)

// till is a client that asks people by CIBA; change sets what is special about it.
func till(id string, change func(*identity.ClientMetadata)) admin.NewClient {
	c := harness.WebClient(id)
	c.Metadata.GrantTypes = []identity.GrantType{identity.GrantCIBA, identity.GrantRefreshToken}
	c.Metadata.RedirectURIs, c.Metadata.ResponseTypes, c.Metadata.DeliveryMode = nil, nil, identity.DeliveryPoll
	if change != nil {
		change(&c.Metadata)
	}
	return c
}

// asking is a client of a node that asks a user by CIBA.
type asking struct {
	n  *harness.Node
	id string // of the client
}

// withTill registers a client that polls.
func withTill(t *testing.T, n *harness.Node) asking {
	t.Helper()
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{till("till", nil)}})
	return asking{n, "till"}
}

func (a asking) ask(t *testing.T, params ...string) harness.Answer {
	t.Helper()
	return a.n.Form(t, cibaEndpoint, a.id, harness.ClientSecret, harness.Values(params...))
}

// begin asks Alice, and returns the auth_req_id.
func (a asking) begin(t *testing.T, params ...string) string {
	t.Helper()
	got := a.ask(t, append([]string{"scope", "openid", "login_hint", "alice"}, params...)...)
	if got.Status != http.StatusOK || len(got.String("auth_req_id")) != 43 || got.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", got.Status, got.Text)
	}
	return got.String("auth_req_id")
}

// poll asks what was decided. Each time is later than the interval.
func (a asking) poll(t *testing.T, id string) harness.Answer {
	t.Helper()
	a.n.Clock.Advance(5 * time.Second)
	return a.n.Token(t, a.id, "grant_type", cibaGrant, "auth_req_id", id)
}

// open leads a browser of Alice to the page on which she decides about the first request that waits.
func (a asking) open(t *testing.T, b *harness.Browser) {
	t.Helper()
	b.Get(a.n.URL + "/account/requests")
	if b.Has("login-submit") {
		b.SignIn("alice", harness.AlicePassword)
	}
	b.Submit(b.Page.Find("section.item button").AttrOr("id", "nothing waits"), nil)
	if b.Has("login-submit") { // not freshly enough
		b.SignIn("alice", harness.AlicePassword)
	}
}

// allow lets Alice allow the first request that waits.
func (a asking) allow(t *testing.T, b *harness.Browser) {
	t.Helper()
	a.open(t, b)
	b.Submit("approve", nil)
	if !b.Has("request-done") {
		t.Fatalf("at %s: %s", b.URL, b.Text())
	}
}

// TestAUserIsAskedWithoutABrowser: CIBA Core §7 to §10, by polling.
func TestAUserIsAskedWithoutABrowser(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		client := withTill(t, n)
		got := client.ask(t, "scope", "openid profile offline_access", "login_hint", "alice@example.org", "binding_message", "Till 4, no. 17")
		if got.Status != http.StatusOK || got.Body["expires_in"] != 600.0 || got.Body["interval"] != 5.0 || len(got.Body) != 3 {
			t.Fatalf("%d %s", got.Status, got.Text)
		}
		id := got.String("auth_req_id")
		rows := db.RowCounts(t)
		oauthError(t, "before", client.poll(t, id), 400, "authorization_pending")
		oauthError(t, "after the interval", client.poll(t, id), 400, "authorization_pending")
		n.Clock.Advance(-4 * time.Second)
		oauthError(t, "before the interval is over", client.poll(t, id), 400, "slow_down")
		after := db.RowCounts(t)
		for _, table := range []string{"backchannel_requests", "authorization_requests", "grants", "audit_events"} {
			if after[table] != rows[table] {
				t.Errorf("a question writes into %s", table)
			}
		}

		browser := harness.NewBrowser(t, n)
		client.open(t, browser)
		for _, words := range []string{"Web till asks for access", "MessageTill 4, no. 17", "Asked from127.0.0.1", "This application asks from elsewhere"} {
			if !strings.Contains(browser.Text(), words) {
				t.Errorf("the page does not say %q: %s", words, browser.Text())
			}
		}
		browser.Submit("approve", nil)
		if !browser.Has("request-done") || !browser.Has("none") || !strings.Contains(browser.Text(), "You have allowed Web till what it asked for.") {
			t.Fatalf("at %s: %s", browser.URL, browser.Text())
		}
		tokens := client.poll(t, id)
		if tokens.Status != http.StatusOK {
			t.Fatalf("%d %s", tokens.Status, tokens.Text)
		}
		claims := harness.JWT(t, tokens.String("id_token"), 1)
		if claims["sub"] != n.User(t, "alice").ID.String() || claims["aud"] != "till" || claims["acr"] != "urn:authly:acr:1" || claims["nonce"] != nil {
			t.Errorf("ID token %v", claims)
		}
		if a := n.UserInfo(t, tokens.String("access_token")); a.Status != http.StatusOK {
			t.Errorf("UserInfo: %d %s", a.Status, a.Text)
		}
		refreshed := n.Refresh(t, "till", tokens.String("refresh_token"))
		if refreshed.Status != http.StatusOK {
			t.Errorf("refresh: %d %s", refreshed.Status, refreshed.Text)
		}
		oauthError(t, "a second time", client.poll(t, id), 400, "invalid_grant")
		oauthError(t, "refresh after the replay", n.Refresh(t, "till", refreshed.String("refresh_token")), 400, "invalid_grant")
	})
}

// TestAClientHearsWhatAUserDecided: CIBA Core §11.
func TestAClientHearsWhatAUserDecided(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		client, browser := withTill(t, n), harness.NewBrowser(t, n)
		id := client.begin(t)
		client.open(t, browser)
		browser.Submit("deny", nil)
		if !browser.Has("request-done") || !strings.Contains(browser.Text(), "You have refused Web till.") {
			t.Fatalf("at %s: %s", browser.URL, browser.Text())
		}
		oauthError(t, "denied", client.poll(t, id), 400, "access_denied")
		oauthError(t, "denied, again", client.poll(t, id), 400, "access_denied")

		if got := client.ask(t, "scope", "openid", "login_hint", "alice", "requested_expiry", "99999"); got.Body["expires_in"] != 3600.0 {
			t.Errorf("a day and more: %s", got.Text)
		}
		client.open(t, browser)
		browser.Submit("deny", nil)
		id = client.begin(t, "requested_expiry", "120")
		client.open(t, browser)
		n.Clock.Advance(2 * time.Minute)
		oauthError(t, "expired", client.poll(t, id), 400, "expired_token")
		browser.Submit("approve", nil)
		if browser.Status != http.StatusBadRequest {
			t.Errorf("approved after the end: %d %s", browser.Status, browser.Text())
		}
		oauthError(t, "still expired", client.poll(t, id), 400, "expired_token")
		if grants := db.Count(t, "SELECT count(*) FROM grants"); grants != 0 {
			t.Errorf("%d grants", grants)
		}
		n.Advance(t, 25*time.Hour)
		if _, err := n.Server.Domain.Retention.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		oauthError(t, "a day later", client.poll(t, id), 400, "invalid_grant")
	})
}

// TestAClientAsksByCIBAWithWhatItMay: CIBA Core §7.1, §13.
func TestAClientAsksByCIBAWithWhatItMay(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	client := withTill(t, n)
	public := harness.PublicClient("app")
	ping := till("ping", func(m *identity.ClientMetadata) {
		m.DeliveryMode, m.NotificationURI = identity.DeliveryPing, "https://till.example/ping"
	})
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{public, ping}})
	_, token := signedIn(t, n)

	form := func(id, secret string, params ...string) harness.Answer {
		return n.Form(t, cibaEndpoint, id, secret, harness.Values(append([]string{"scope", "openid", "login_hint", "alice"}, params...)...))
	}
	oauthError(t, "no client", form("", ""), 401, "invalid_client")
	oauthError(t, "a wrong secret", form("till", "wrong"), 401, "invalid_client")
	oauthError(t, "a public client", form("", "", "client_id", "app"), 401, "invalid_client")
	oauthError(t, "a client without the grant", form("web", harness.ClientSecret), 400, "unauthorized_client")
	for name, c := range map[string]struct {
		params []string
		code   string
	}{
		"no hint":                   {[]string{"scope", "openid"}, "invalid_request"},
		"two hints":                 {[]string{"scope", "openid", "login_hint", "alice", "id_token_hint", idToken(token)}, "invalid_request"},
		"a hint of somebody else":   {[]string{"scope", "openid", "login_hint_token", "a.b.c"}, "invalid_request"},
		"no ID token":               {[]string{"scope", "openid", "id_token_hint", "a.b.c"}, "invalid_request"},
		"another client's ID token": {[]string{"scope", "openid", "id_token_hint", idToken(token)}, "invalid_request"},
		"nobody":                    {[]string{"scope", "openid", "login_hint", "nobody"}, "unknown_user_id"},
		"a long hint":               {[]string{"scope", "openid", "login_hint", strings.Repeat("a", 300)}, "unknown_user_id"},
		"no scope":                  {[]string{"login_hint", "alice", "scope", "email"}, "invalid_scope"},
		"a foreign scope":           {[]string{"login_hint", "alice", "scope", "admin:users:read"}, "invalid_scope"},
		"an unknown resource":       {[]string{"scope", "openid", "login_hint", "alice", "resource", "https://nobody.example"}, "invalid_target"},
		"a long message":            {[]string{"scope", "openid", "login_hint", "alice", "binding_message", strings.Repeat("a", 65)}, "invalid_binding_message"},
		"an emoji":                  {[]string{"scope", "openid", "login_hint", "alice", "binding_message", "pay 💶"}, "invalid_binding_message"},
		"a link":                    {[]string{"scope", "openid", "login_hint", "alice", "binding_message", "https://evil.example"}, "invalid_binding_message"},
		"two lines":                 {[]string{"scope", "openid", "login_hint", "alice", "binding_message", "a\nb"}, "invalid_binding_message"},
		"no time":                   {[]string{"scope", "openid", "login_hint", "alice", "requested_expiry", "0"}, "invalid_request"},
		"words for a time":          {[]string{"scope", "openid", "login_hint", "alice", "requested_expiry", "soon"}, "invalid_request"},
	} {
		oauthError(t, name, client.ask(t, c.params...), 400, c.code)
	}
	oauthError(t, "a ping with nothing to say", asking{n, "ping"}.ask(t, "scope", "openid", "login_hint", "alice"), 400, "invalid_request")
	oauthError(t, "a ping with a text that is no token",
		asking{n, "ping"}.ask(t, "scope", "openid", "login_hint", "alice", "client_notification_token", "a b"), 400, "invalid_request")
	oauthError(t, "a ping with a long token", asking{n, "ping"}.ask(t, "scope", "openid", "login_hint", "alice",
		"client_notification_token", strings.Repeat("a", 1025)), 400, "invalid_request")
	twice := harness.Values("scope", "openid", "login_hint", "alice")
	twice["binding_message"] = []string{"a", "b"}
	oauthError(t, "a message twice", n.Form(t, cibaEndpoint, "till", harness.ClientSecret, twice), 400, "invalid_request")

	n.Change(t, "alice", admin.UserChange{Active: new(false)})
	oauthError(t, "who is switched off", client.ask(t, "scope", "openid", "login_hint", "alice"), 400, "unknown_user_id")
	n.Change(t, "alice", admin.UserChange{Active: new(true), Verified: new(false)})
	oauthError(t, "an address that nobody has shown to be theirs", client.ask(t, "scope", "openid", "login_hint", "alice@example.org"), 400, "unknown_user_id")

	id := client.begin(t, "user_code", "1234", "acr_values", "urn:authly:acr:1")
	oauthError(t, "no id", n.Token(t, "till", "grant_type", cibaGrant), 400, "invalid_request")
	oauthError(t, "an unknown id", client.poll(t, "x"), 400, "invalid_grant")
	oauthError(t, "another client's id", n.Token(t, "ping", "grant_type", cibaGrant, "auth_req_id", id), 400, "invalid_grant")
	oauthError(t, "a client without the grant", n.Token(t, "web", "grant_type", cibaGrant, "auth_req_id", id), 400, "unauthorized_client")

	var metadata struct {
		Endpoint string   `json:"backchannel_authentication_endpoint"`
		Modes    []string `json:"backchannel_token_delivery_modes_supported"`
		Algs     []string `json:"backchannel_authentication_request_signing_alg_values_supported"`
		UserCode *bool    `json:"backchannel_user_code_parameter_supported"`
		Grants   []string `json:"grant_types_supported"`
	}
	if err := json.Unmarshal([]byte(n.Get(t, "/.well-known/openid-configuration").Text), &metadata); err != nil {
		t.Fatal(err)
	}
	if metadata.Endpoint != n.Issuer+cibaEndpoint || !slices.Contains(metadata.Grants, cibaGrant) || !slices.Equal(metadata.Modes, []string{"poll", "ping"}) ||
		!slices.Contains(metadata.Algs, "ES256") || metadata.UserCode == nil || *metadata.UserCode {
		t.Errorf("metadata %+v", metadata)
	}
}

// TestAnIDTokenNamesWhoIsAsked: an ID token that the client got before, also one that has expired (CIBA Core §7.1).
func TestAnIDTokenNamesWhoIsAsked(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	client, browser := withTill(t, n), harness.NewBrowser(t, n)
	first := client.begin(t)
	client.allow(t, browser)
	hint := client.poll(t, first).String("id_token")
	n.Clock.Advance(2 * time.Hour)
	a := client.ask(t, "scope", "openid", "id_token_hint", hint)
	if a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	client.allow(t, browser)
	if a := client.poll(t, a.String("auth_req_id")); a.Status != http.StatusOK {
		t.Errorf("%d %s", a.Status, a.Text)
	}
}

// TestWhoDecidesHasSignedInFreshly: an old session is not enough, nor one factor where the client demands two, and tokens say how it was.
func TestWhoDecidesHasSignedInFreshly(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	client := withTill(t, n)
	browser, _ := signedIn(t, n)
	secret := addApp(t, n, browser)
	browser = harness.NewBrowser(t, n)
	browser.Get(n.URL + "/account/requests")
	browser.SignIn("alice", harness.AlicePassword)
	browser.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
	n.Clock.Advance(time.Hour)
	id := client.begin(t, "acr_values", "urn:authly:acr:2")
	browser.Get(n.URL + "/account/requests")
	browser.Submit(browser.Page.Find("section.item button").AttrOr("id", ""), nil)
	if !browser.Has("login-submit") {
		t.Fatalf("a sign-in of an hour ago decides at %s: %s", browser.URL, browser.Text())
	}
	consent := n.URL + "/consent?" + browser.URL.RawQuery
	browser.SignIn("alice", harness.AlicePassword)
	if browser.URL.Path != "/login/second" {
		t.Fatalf("one factor leads to %s: %s", browser.URL, browser.Text())
	}
	browser.Get(consent)
	if browser.Has("approve") {
		t.Errorf("the page of consent opens with one factor at %s", browser.URL)
	}
	browser.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
	browser.Submit("approve", nil)
	if acr := harness.JWT(t, client.poll(t, id).String("id_token"), 1)["acr"]; acr != "urn:authly:acr:2" {
		t.Errorf("acr %v", acr)
	}
}

// TestTokensOfCIBAAreBoundToAKey: RFC 9449 at the token endpoint.
func TestTokensOfCIBAAreBoundToAKey(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	client := withTill(t, n)
	id := client.begin(t)
	client.allow(t, harness.NewBrowser(t, n))
	a := post(t, n, tokenPath, "till", harness.ClientSecret, harness.Values("grant_type", cibaGrant, "auth_req_id", id),
		newClientKey(t, "").proof(t, n, http.MethodPost, tokenPath, "", nil))
	if a.Status != http.StatusOK || a.Body["token_type"] != "DPoP" || harness.JWT(t, a.String("access_token"), 1)["cnf"] == nil {
		t.Errorf("%d %s", a.Status, a.Text)
	}
}

// notified is a client's notification endpoint.
type notified struct {
	*httptest.Server
	status chan int // of the replies to come
	told   chan *http.Request
	bodies chan string
}

func newNotified(t *testing.T) notified {
	t.Helper()
	s := notified{status: make(chan int, 10), told: make(chan *http.Request, 10), bodies: make(chan string, 10)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		select {
		case status := <-s.status:
			w.Header().Set("Location", s.URL+"/elsewhere")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"error":"access_denied"}`)) // which nobody reads
		default:
			w.WriteHeader(http.StatusNoContent)
		}
		s.bodies <- string(body)
		s.told <- r
	}))
	t.Cleanup(s.Close)
	return s
}

func (s notified) next(t *testing.T) (r *http.Request, body string) {
	t.Helper()
	select {
	case r := <-s.told:
		return r, <-s.bodies
	case <-time.After(20 * time.Second):
		t.Fatal("the client was not notified")
	}
	return nil, ""
}

// TestAClientIsNotified that a user has allowed or refused (CIBA Core §10.2): again after a fault of its server, never after its refusal or
// to where it points; and it may ask all the same.
func TestAClientIsNotified(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		s := newNotified(t)
		n := start(t, db, harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{till("ping", func(m *identity.ClientMetadata) {
			m.DeliveryMode, m.NotificationURI = identity.DeliveryPing, s.URL+"/ping"
		})}})
		client, browser := asking{n, "ping"}, harness.NewBrowser(t, n)
		for _, status := range []int{http.StatusNoContent, http.StatusFound, http.StatusUnauthorized} {
			id := client.begin(t, "client_notification_token", "notify-me-0123456789abcdef")
			oauthError(t, "before", client.poll(t, id), 400, "authorization_pending")
			s.status <- status
			client.allow(t, browser)
			r, body := s.next(t)
			if r.URL.Path != "/ping" || r.Method != http.MethodPost || r.Header.Get("Authorization") != "Bearer notify-me-0123456789abcdef" ||
				r.Header.Get("Content-Type") != "application/json" || body != `{"auth_req_id":"`+id+`"}` {
				t.Errorf("%s %s %v %s", r.Method, r.URL, r.Header, body)
			}
			if a := client.poll(t, id); a.Status != http.StatusOK {
				t.Errorf("after %d: %d %s", status, a.Status, a.Text)
			}
		}
		finished := func() bool {
			return db.Count(t, "SELECT count(*) FROM jobs WHERE kind = 'backchannel.notify' AND finished_at IS NOT NULL AND outcome = 'success'") == 3
		}
		if !eventually(finished) {
			t.Error("a refusal of the client is tried again")
		}
		id := client.begin(t, "client_notification_token", "another")
		s.status <- http.StatusServiceUnavailable
		client.open(t, browser)
		browser.Submit("deny", nil)
		s.next(t)
		n.Advance(t, time.Minute)
		if r, _ := s.next(t); r.Header.Get("Authorization") != "Bearer another" {
			t.Errorf("after a fault: %v", r.Header)
		}
		oauthError(t, "denied", client.poll(t, id), 400, "access_denied")
		if dump := db.Dump(t); strings.Contains(dump, "notify-me") || strings.Contains(dump, id) {
			t.Error("the database has the notification token or the auth_req_id")
		}
	})
}

// TestAUserHearsByMailThatAClientAsks, in words of ours alone.
func TestAUserHearsByMailThatAClientAsks(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), withMail(mailbox)...)
	withTill(t, n).begin(t, "binding_message", "Call 555 0100")
	l := mailbox.Next(t)
	if l.Subject() != "An application asks for access to your account" || strings.Contains(l.Plain, "555") || strings.Contains(l.Plain, "till") {
		t.Errorf("%s: %s", l.Subject(), l.Plain)
	}
}
