package tests

import (
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestTheBoundsOfARequest by HTTP: header, query, form and number of parameters, each at its value and above it.
func TestTheBoundsOfARequest(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	status := func(method, path string, header http.Header, body string) int {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, n.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = header.Clone()
		r.SetBasicAuth("web", harness.ClientSecret)
		return harness.Do(t, r).Status
	}
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	const revoke = "/api/v1/oauth/revoke"
	for name, c := range map[string]struct{ got, want int }{
		"a query at the bound":     {status(http.MethodGet, "/oidc/logout?x="+strings.Repeat("x", 24<<10-2), http.Header{}, ""), 200},
		"a query above it":         {status(http.MethodGet, "/oidc/logout?x="+strings.Repeat("x", 24<<10-1), http.Header{}, ""), 400},
		"a form at the bound":      {status(http.MethodPost, revoke, form, "token="+strings.Repeat("x", 64<<10-6)), 200},
		"a form above it":          {status(http.MethodPost, revoke, form, "token="+strings.Repeat("x", 64<<10-5)), 413},
		"parameters at the bound":  {status(http.MethodPost, revoke, form, "token=x"+strings.Repeat("&resource=x", 99)), 200},
		"parameters above it":      {status(http.MethodPost, revoke, form, "token=x"+strings.Repeat("&resource=x", 100)), 400},
		"headers within the bound": {status(http.MethodGet, "/health/live", http.Header{"X": {strings.Repeat("x", 30<<10)}}, ""), 200},
		"headers above it":         {status(http.MethodGet, "/health/live", http.Header{"X": {strings.Repeat("x", 40<<10)}}, ""), 431},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", name, c.got, c.want)
		}
	}
	// What is too long to be sent back is told to the person, not to the client.
	browser := harness.NewBrowser(t, n)
	party := harness.NewParty(t, n, "web")
	party.State = strings.Repeat("s", 4097)
	browser.Get(party.AuthURL())
	if browser.Status != 400 || !strings.Contains(browser.Text(), "4096 bytes") {
		t.Errorf("a long state: %d at %.80s: %s", browser.Status, browser.URL, browser.Text())
	}
	party.State = strings.Repeat("s", 4096)
	browser.Get(party.AuthURL("scope", strings.TrimSpace(strings.Repeat("x ", 101))))
	if got := party.Answer(browser); got.Get("error") != "invalid_scope" || !strings.Contains(got.Get("error_description"), "100 values") {
		t.Errorf("too many scopes: %s", got.Encode())
	}
}
