package tests

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestUserCodesAreNotGuessed: RFC 8628 §5.1. Whoever types wrong codes has few of them, in one network and on one browser, also
// on many nodes; others are not kept from typing theirs.
func TestUserCodesAreNotGuessed(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), proxied)
	television(t, n)
	device := turnOn(t, n)
	guess := func(ip, code string) int {
		return postFrom(t, n, ip, "/device", url.Values{"user_code": {code}}).Status
	}
	for i := range 5 {
		if status := guess("192.0.2.1", "BBBB-BBB"+string("BCDFG"[i])); status != http.StatusBadRequest {
			t.Errorf("guess %d: %d", i, status)
		}
	}
	if status := guess("192.0.2.1", device.userCode); status != http.StatusTooManyRequests {
		t.Errorf("the right code after five wrong ones: %d", status)
	}
	for range 20 { // right ones use nothing up
		if status := guess("192.0.2.2", device.userCode); status != http.StatusSeeOther {
			t.Errorf("another network: %d", status)
		}
	}
	n.Clock.Advance(time.Minute)
	if status := guess("192.0.2.1", device.userCode); status != http.StatusSeeOther {
		t.Errorf("a minute later: %d", status)
	}
	refused := 0
	for i := range 300 {
		if guess(fmt.Sprintf("203.0.113.%d", i%250), "junk") == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 90 {
		t.Errorf("of 300 guesses of strangers everywhere %d are refused", refused)
	}
}

// TestDevicesOfStrangersAreBounded: who can ask as a public client is anybody, and each request is a row.
func TestDevicesOfStrangersAreBounded(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	television(t, n)
	for range 20 {
		turnOn(t, n)
	}
	a := n.Form(t, deviceEndpoint, "", "", harness.Values("client_id", "tv"))
	if a.Status != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" {
		t.Errorf("the 21st: %d %s", a.Status, a.Text)
	}
	for range 25 {
		if a := n.Form(t, deviceEndpoint, "console", harness.ClientSecret, nil); a.Status != http.StatusOK {
			t.Fatalf("of a client that has proven itself: %d %s", a.Status, a.Text)
		}
	}
}

// TestOneDeviceCodeSentByMany: issue 12, must show 5.
func TestOneDeviceCodeSentByMany(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		n := nodes[0]
		webConnectsDevices(t, n)
		a := n.Form(t, deviceEndpoint, "web", harness.ClientSecret, harness.Values("scope", "openid offline_access"))
		browser := harness.NewBrowser(t, n)
		shown{complete: a.String("verification_uri_complete")}.allow(t, browser)
		form := url.Values{"grant_type": {deviceGrant}, "device_code": {a.String("device_code")}}
		won := 0
		for _, r := range together(t, crowd, form, nodes...) {
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

// TestOneDeviceIsDecidedOnce: two people have the code on their screens; the first answer counts, whatever it is.
func TestOneDeviceIsDecidedOnce(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		bob := harness.Bob()
		bob.Verified = true
		n.Apply(t, admin.Desired{Users: []admin.DesiredUser{bob}})
		television(t, n)
		device := turnOn(t, n, "scope", "openid")
		alice, other := harness.NewBrowser(t, n), harness.NewBrowser(t, n)
		for browser, login := range map[*harness.Browser][2]string{alice: {"alice", harness.AlicePassword}, other: {"bob", harness.BobPassword}} {
			browser.Get(device.complete)
			browser.Submit("device-submit", nil)
			browser.SignIn(login[0], login[1])
		}
		other.Submit("deny", nil)
		if !other.Has("device-denied") {
			t.Fatalf("the first is at %s: %s", other.URL, other.Text())
		}
		alice.Submit("approve", nil)
		if alice.Has("device-allowed") || alice.Status != http.StatusBadRequest {
			t.Errorf("the second: %d at %s: %s", alice.Status, alice.URL, alice.Text())
		}
		oauthError(t, "the device", device.poll(t, n, "tv"), 400, "access_denied")
		if grants := db.Count(t, "SELECT count(*) FROM grants"); grants != 0 {
			t.Errorf("%d grants", grants)
		}
	})
}

// TestCodesAreNotSwapped: a device code is no authorization code, and the handle of a device leads to no client.
func TestCodesAreNotSwapped(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	webConnectsDevices(t, n)
	a := n.Form(t, deviceEndpoint, "web", harness.ClientSecret, harness.Values("scope", "openid"))
	device, browser := shown{a.String("device_code"), a.String("user_code"), a.String("verification_uri_complete")}, harness.NewBrowser(t, n)
	browser.Get(device.complete)
	browser.Submit("device-submit", nil)
	handle := browser.URL.Query().Get("interaction")
	browser.SignIn("alice", harness.AlicePassword)
	browser.Get(n.URL + "/api/v1/oauth/authorize?interaction=" + url.QueryEscape(handle))
	if browser.Status != http.StatusBadRequest {
		t.Errorf("the authorization endpoint with the handle of a device: %d at %s", browser.Status, browser.URL)
	}
	device.allow(t, browser)
	oauthError(t, "as an authorization code", n.Token(t, "web", "grant_type", "authorization_code", "code", device.deviceCode), 400, "invalid_grant")
	party := harness.NewParty(t, n, "web")
	code := party.Authorize(browser, "alice", harness.AlicePassword)
	oauthError(t, "an authorization code", n.Token(t, "web", "grant_type", deviceGrant, "device_code", code), 400, "invalid_grant")
	if a := n.Token(t, "web", "grant_type", deviceGrant, "device_code", device.deviceCode); a.Status != http.StatusOK {
		t.Errorf("the device code: %d %s", a.Status, a.Text)
	}
}

// webConnectsDevices lets the client web use both grants.
func webConnectsDevices(t *testing.T, n *harness.Node) {
	t.Helper()
	c := harness.WebClient("web")
	c.Metadata.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode, identity.GrantDeviceCode, identity.GrantRefreshToken}
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{c}})
}
