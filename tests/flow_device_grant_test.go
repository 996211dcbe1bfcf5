package tests

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

const (
	deviceGrant    = "urn:ietf:params:oauth:grant-type:device_code"
	deviceEndpoint = "/api/v1/oauth/device_authorization"
)

// television registers a public client that has no browser, and a confidential one.
func television(t *testing.T, n *harness.Node) {
	t.Helper()
	public := harness.PublicClient("tv")
	confidential := harness.WebClient("console")
	for _, c := range []*admin.NewClient{&public, &confidential} {
		c.Metadata.GrantTypes = []identity.GrantType{identity.GrantDeviceCode, identity.GrantRefreshToken}
		c.Metadata.RedirectURIs, c.Metadata.ResponseTypes = nil, nil
	}
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{public, confidential}})
}

// shown is what a device is told.
type shown struct{ deviceCode, userCode, complete string }

// turnOn begins on a device of the public client.
func turnOn(t *testing.T, n *harness.Node, params ...string) shown {
	t.Helper()
	values := harness.Values(append([]string{"client_id", "tv"}, params...)...)
	a := n.Form(t, deviceEndpoint, "", "", values)
	if a.Status != http.StatusOK || a.Header.Get("Cache-Control") != "no-store" || a.Body["expires_in"] != 600.0 || len(a.String("device_code")) != 43 {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	return shown{a.String("device_code"), a.String("user_code"), a.String("verification_uri_complete")}
}

// poll asks as the device does. Each time is later than the interval.
func (s shown) poll(t *testing.T, n *harness.Node, clientID string) harness.Answer {
	t.Helper()
	n.Clock.Advance(5 * time.Second)
	return n.Form(t, "/api/v1/oauth/token", "", "", harness.Values("grant_type", deviceGrant, "device_code", s.deviceCode, "client_id", clientID))
}

// allow lets Alice allow what the device asks for, in a browser of hers.
func (s shown) allow(t *testing.T, browser *harness.Browser) {
	t.Helper()
	browser.Get(s.complete)
	browser.Submit("device-submit", nil)
	if browser.Has("login-submit") {
		browser.SignIn("alice", harness.AlicePassword)
	}
	browser.Submit("approve", nil)
	if !browser.Has("device-allowed") {
		t.Fatalf("at %s: %s", browser.URL, browser.Text())
	}
}

// TestADeviceIsConnected: RFC 8628 with the client of golang.org/x/oauth2.
func TestADeviceIsConnected(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		television(t, n)
		config := oauth2.Config{ClientID: "tv", Scopes: []string{"openid", "profile", "offline_access"}, Endpoint: oauth2.Endpoint{
			DeviceAuthURL: n.URL + deviceEndpoint, TokenURL: n.URL + "/api/v1/oauth/token", AuthStyle: oauth2.AuthStyleInParams,
		}}
		device, err := config.DeviceAuth(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if device.Interval != 5 || !regexp.MustCompile(`^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$`).MatchString(device.UserCode) ||
			device.VerificationURI != n.Issuer+"/device" || device.VerificationURIComplete != n.Issuer+"/device?user_code="+device.UserCode {
			t.Errorf("%+v", device)
		}
		browser := harness.NewBrowser(t, n)
		browser.Get(device.VerificationURIComplete)
		if browser.Page.Find("#user_code").AttrOr("value", "") != device.UserCode {
			t.Fatalf("the code is not filled in: %s", browser.Body)
		}
		browser.Submit("device-submit", map[string]string{"user_code": strings.ToLower(strings.ReplaceAll(device.UserCode, "-", " "))})
		browser.SignIn("alice", harness.AlicePassword)
		for _, words := range []string{"Web tv asks for access", device.UserCode, "Asked from127.0.0.1", "Go on only if you see this code"} {
			if !strings.Contains(browser.Text(), words) {
				t.Errorf("the page does not say %q: %s", words, browser.Text())
			}
		}
		approval := browser.URL.String()
		browser.Submit("approve", nil)
		if !browser.Has("device-allowed") {
			t.Fatalf("at %s: %s", browser.URL, browser.Text())
		}
		device.Interval = 1
		token, err := config.DeviceAccessToken(t.Context(), device)
		if err != nil {
			t.Fatal(err)
		}
		claims := harness.JWT(t, idToken(token), 1)
		if claims["sub"] != n.User(t, "alice").ID.String() || claims["acr"] != "urn:authly:acr:1" || claims["nonce"] != nil {
			t.Errorf("ID token %v", claims)
		}
		a := n.Form(t, "/api/v1/oauth/token", "", "",
			harness.Values("grant_type", "refresh_token", "refresh_token", token.RefreshToken, "client_id", "tv"))
		if a.Status != http.StatusOK {
			t.Errorf("refresh: %d %s", a.Status, a.Text)
		}
		for _, again := range []string{approval, device.VerificationURIComplete} {
			browser.Get(again)
			if browser.Has("device-submit") {
				browser.Submit("device-submit", nil)
			}
			if browser.Has("approve") {
				t.Errorf("it can be allowed again at %s", browser.URL)
			}
		}
		replay := shown{deviceCode: device.DeviceCode}.poll(t, n, "tv")
		oauthError(t, "the code a second time", replay, 400, "invalid_grant")
		a = n.Form(t, "/api/v1/oauth/token", "", "",
			harness.Values("grant_type", "refresh_token", "refresh_token", a.String("refresh_token"), "client_id", "tv"))
		oauthError(t, "refresh after the replay", a, 400, "invalid_grant")
	})
}

// TestADeviceHearsWhatWasDecided: RFC 8628 §3.5.
func TestADeviceHearsWhatWasDecided(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		television(t, n)
		device := turnOn(t, n, "scope", "openid")
		rows := db.RowCounts(t)
		oauthError(t, "before", device.poll(t, n, "tv"), 400, "authorization_pending")
		oauthError(t, "after the interval", device.poll(t, n, "tv"), 400, "authorization_pending")
		n.Clock.Advance(-4 * time.Second)
		oauthError(t, "before the interval is over", device.poll(t, n, "tv"), 400, "slow_down")
		if after := db.RowCounts(t); after["device_authorizations"] != rows["device_authorizations"] || after["authorization_requests"] != rows["authorization_requests"] {
			t.Error("a question writes")
		}
		browser := harness.NewBrowser(t, n)
		browser.Get(device.complete)
		browser.Submit("device-submit", nil)
		browser.SignIn("alice", harness.AlicePassword)
		browser.Submit("deny", nil)
		if !browser.Has("device-denied") {
			t.Fatalf("at %s: %s", browser.URL, browser.Text())
		}
		oauthError(t, "denied", device.poll(t, n, "tv"), 400, "access_denied")
		oauthError(t, "denied, again", device.poll(t, n, "tv"), 400, "access_denied")

		late := turnOn(t, n)
		browser.Get(late.complete)
		browser.Submit("device-submit", nil)
		n.Clock.Advance(10 * time.Minute)
		oauthError(t, "expired", late.poll(t, n, "tv"), 400, "expired_token")
		browser.Submit("approve", nil)
		if browser.Status != http.StatusBadRequest {
			t.Errorf("approved after the end: %d %s", browser.Status, browser.Text())
		}
		browser.Get(late.complete)
		browser.Submit("device-submit", nil)
		if browser.Status != http.StatusBadRequest || !strings.Contains(browser.Text(), "This code is wrong, has expired, or was used already.") {
			t.Errorf("typed after the end: %d %s", browser.Status, browser.Text())
		}
	})
}

// TestADeviceAsksWithWhatItMay: bad input at both endpoints.
func TestADeviceAsksWithWhatItMay(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	television(t, n)
	ask := func(id, secret string, params ...string) harness.Answer {
		return n.Form(t, deviceEndpoint, id, secret, harness.Values(params...))
	}
	oauthError(t, "no client", ask("", ""), 401, "invalid_client")
	oauthError(t, "a wrong secret", ask("console", "wrong"), 401, "invalid_client")
	oauthError(t, "a confidential client without its secret", ask("", "", "client_id", "console"), 401, "invalid_client")
	oauthError(t, "a client without the grant", ask("web", harness.ClientSecret), 400, "unauthorized_client")
	oauthError(t, "a foreign scope", ask("", "", "client_id", "tv", "scope", "admin:users:read"), 400, "invalid_scope")
	oauthError(t, "an unknown resource", ask("", "", "client_id", "tv", "resource", "https://nobody.example"), 400, "invalid_target")
	oauthError(t, "a parameter twice", n.Form(t, deviceEndpoint, "", "", url.Values{"client_id": {"tv"}, "scope": {"openid", "email"}}), 400, "invalid_request")
	if a := ask("console", harness.ClientSecret, "scope", "openid"); a.Status != http.StatusOK {
		t.Errorf("with its secret: %d %s", a.Status, a.Text)
	}
	device := turnOn(t, n)
	oauthError(t, "no code", n.Form(t, "/api/v1/oauth/token", "", "", harness.Values("grant_type", deviceGrant, "client_id", "tv")), 400, "invalid_request")
	oauthError(t, "an unknown code", shown{deviceCode: "x"}.poll(t, n, "tv"), 400, "invalid_grant")
	oauthError(t, "the code that people type", shown{deviceCode: device.userCode}.poll(t, n, "tv"), 400, "invalid_grant")
	oauthError(t, "another client's code", n.Token(t, "console", "grant_type", deviceGrant, "device_code", device.deviceCode), 400, "invalid_grant")

	var metadata struct {
		Endpoint string   `json:"device_authorization_endpoint"`
		Grants   []string `json:"grant_types_supported"`
	}
	if err := json.Unmarshal([]byte(n.Get(t, "/.well-known/oauth-authorization-server").Text), &metadata); err != nil {
		t.Fatal(err)
	}
	if metadata.Endpoint != n.Issuer+deviceEndpoint || !slices.Contains(metadata.Grants, deviceGrant) {
		t.Errorf("metadata %+v", metadata)
	}
}

// TestADeviceIsAskedAboutLikeEverybody: a due second factor, a due password, and consent even where it is remembered or trusted.
func TestADeviceIsAskedAboutLikeEverybody(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	television(t, n)
	owner, _ := signedIn(t, n)
	turnOn(t, n).allow(t, owner)
	secret := addApp(t, n, owner)
	client := n.Client(t, "tv")
	client.Policy.SkipConsent = true
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{{ClientID: "tv", Metadata: client.Metadata, Policy: &client.Policy}}})

	device, browser := turnOn(t, n, "scope", "openid"), harness.NewBrowser(t, n)
	browser.Get(device.complete)
	browser.Submit("device-submit", nil)
	browser.SignIn("alice", harness.AlicePassword)
	if browser.URL.Path != "/login/second" {
		t.Fatalf("a second factor is due, and the browser is at %s", browser.URL)
	}
	browser.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
	if !browser.Has("device-warning") {
		t.Fatalf("a person who has allowed it before is at %s: %s", browser.URL, browser.Text())
	}
	browser.Submit("approve", nil)
	n.Clock.Advance(5 * time.Second)
	a := post(t, n, tokenPath, "", "", harness.Values("grant_type", deviceGrant, "device_code", device.deviceCode, "client_id", "tv"),
		newClientKey(t, "").proof(t, n, http.MethodPost, tokenPath, "", nil))
	if a.Status != http.StatusOK || a.Body["token_type"] != "DPoP" || harness.JWT(t, a.String("access_token"), 1)["cnf"] == nil {
		t.Fatalf("with a proof: %d %s", a.Status, a.Text)
	}
	if acr := harness.JWT(t, a.String("id_token"), 1)["acr"]; acr != "urn:authly:acr:2" {
		t.Errorf("acr %v", acr)
	}
}

// TestDevicesThatWaitAreNotHeldBack: that nobody has allowed them yet is no refusal, and there may be many in a network. One that
// does not wait for the interval is refused.
func TestDevicesThatWaitAreNotHeldBack(t *testing.T) {
	t.Parallel()
	address := harness.FreeAddress(t)
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_METRICS_ADDR", address), harness.Env("AUTHLY_THROTTLE", "failures=1/1h"))
	television(t, n)
	held := `authly_throttle_total{limit="failures"}`
	for range 3 {
		oauthError(t, "pending", turnOn(t, n).poll(t, n, "tv"), 400, "authorization_pending")
	}
	if got := metric(t, address, held); got != "0" && got != "" {
		t.Errorf("%s answers were held back", got)
	}
	device := turnOn(t, n)
	device.poll(t, n, "tv")
	for range 2 {
		n.Clock.Advance(-5 * time.Second)
		oauthError(t, "at once", device.poll(t, n, "tv"), 400, "slow_down")
	}
	if got := metric(t, address, held); got != "1" {
		t.Errorf("%q answers were held back", got)
	}
}
