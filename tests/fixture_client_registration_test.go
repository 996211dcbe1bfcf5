package tests

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

const registerPath = "/api/v1/oauth/register"

// initialToken makes an initial access token as the operator.
func initialToken(t *testing.T, n *harness.Node, uses int) string {
	t.Helper()
	_, token, err := n.Server.Admin.InitialAccess.Create(harness.System(t), admin.NewInitialAccessToken{Name: "test", Uses: uses, TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// sendRegistration sends JSON to an endpoint of registration, with a token if it is not empty.
func sendRegistration(t *testing.T, n *harness.Node, method, address, token, body string, headers ...string) harness.Answer {
	t.Helper()
	if strings.HasPrefix(address, "/") {
		address = n.URL + address
	}
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return harness.Do(t, request)
}

// registered registers a client that must be good.
func registered(t *testing.T, n *harness.Node, token, body string) harness.Answer {
	t.Helper()
	a := sendRegistration(t, n, http.MethodPost, registerPath, token, body)
	if a.Status != http.StatusCreated {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	return a
}
