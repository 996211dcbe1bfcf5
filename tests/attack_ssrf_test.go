package tests

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestJWKSURIReachesNoPrivateAddress is the SSRF of PortSwigger's OAuth labs (attack B-O2).
func TestJWKSURIReachesNoPrivateAddress(t *testing.T) {
	t.Parallel()
	reached := false
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inside.Close()
	n := harness.Start(t, harness.SQLite(t))
	key := newClientKey(t, "k1")
	port := inside.URL[strings.LastIndex(inside.URL, ":"):]
	for i, address := range []string{inside.URL, "https://localhost" + port, "https://[::1]" + port, "https://169.254.169.254/latest", "https://0.0.0.0" + port} {
		id := "robot" + string(rune('a'+i))
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{serviceClient(id, func(m *identity.ClientMetadata) { m.JWKSURI = address })}})
		answer := withAssertion(n, t, key.assertion(t, n, id, nil))
		oauthError(t, address, answer, 401, "invalid_client")
		if strings.Contains(answer.Text, "127.0.0.1") || strings.Contains(answer.Text, "public internet") {
			t.Errorf("the answer tells what happened inside: %s", answer.Text)
		}
	}
	if reached {
		t.Error("a private address was reached")
	}
}

// TestLogoURIReachesNoPrivateAddress: the same by the picture of a client, which is shown.
func TestLogoURIReachesNoPrivateAddress(t *testing.T) {
	t.Parallel()
	reached := false
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inside.Close()
	n := start(t, harness.SQLite(t))
	browser := harness.NewBrowser(t, n)
	port := inside.URL[strings.LastIndex(inside.URL, ":"):]
	for i, address := range []string{
		inside.URL, "https://localhost" + port, "https://[::1]" + port, "https://169.254.169.254/latest", "https://0.0.0.0" + port,
		"http://127.0.0.1" + port,
	} {
		client := harness.WebClient("logo" + string(rune('a'+i)))
		client.Metadata.LogoURI = address
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{client}})
		browser.Get(harness.NewParty(t, n, client.ClientID).AuthURL())
		if browser.Has("login-submit") {
			browser.SignIn("alice", harness.AlicePassword)
		}
		source, ok := browser.Page.Find(".badge img").Attr("src")
		if browser.Get(n.URL + source); !ok || browser.Status != http.StatusNoContent || browser.Body != "" {
			t.Errorf("%s: %d %s", address, browser.Status, browser.Text())
		}
	}
	if reached {
		t.Error("a private address was reached")
	}
}
