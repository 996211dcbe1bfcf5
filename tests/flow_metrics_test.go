package tests

import (
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestMetricsTellWhatHappensAndNoSecret reads /metrics on its own listener after a whole login.
func TestMetricsTellWhatHappensAndNoSecret(t *testing.T) {
	t.Parallel()
	address := harness.FreeAddress(t)
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), append(withMail(mailbox), harness.Env("AUTHLY_METRICS_ADDR", address))...)
	up := newUpstream(t, n)
	up.provider(n)
	connected(t, n, "up") // of which the person gets a message
	mailbox.Next(t)
	throughUpstream(t, n, harness.NewBrowser(t, n), "up")
	up.lie(func(u *upstream) { u.claims = map[string]any{"aud": "another"} })
	throughUpstream(t, n, harness.NewBrowser(t, n), "up")
	party := harness.NewParty(t, n, "web")
	code := party.Authorize(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
	token, err := party.Exchange(code)
	if err != nil {
		t.Fatal(err)
	}
	n.UserInfo(t, token.AccessToken)
	n.UserInfo(t, token.AccessToken)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	text := harness.Do(t, request).Text
	for _, want := range []string{
		`authly_http_requests_total{method="POST",route="/api/v1/oauth/token",status="200"} 1`,
		`authly_http_requests_total{method="GET",route="/oidc/userinfo",status="200"} 2`,
		`authly_cache_lookups_total{of="lookup",result="hit"}`, `authly_cache_lookups_total{of="answer",result="redis"}`, `authly_db_connections_in_use{pool="write"}`, "go_goroutines",
		`authly_federation_total{kind="oidc",outcome="not_connected",provider="up"} 1`,
		`authly_federation_total{kind="oidc",outcome="success",provider="up"} 1`,
		`authly_federation_total{kind="oidc",outcome="id_token_refused",provider="up"} 1`,
		`authly_mail_total{kind="identity_linked",outcome="sent"} 1`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, secret := range []string{code, token.AccessToken, token.RefreshToken, "alice", harness.AlicePassword} {
		if strings.Contains(text, secret) {
			t.Errorf("a secret or a name is in the metrics: %.12s...", secret)
		}
	}
	request, err = http.NewRequestWithContext(t.Context(), http.MethodGet, n.URL+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer := harness.Do(t, request); answer.Status != http.StatusNotFound {
		t.Errorf("the public listener answers /metrics: %d", answer.Status)
	}
}
