package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestErrorsBeforeTheClientIsProvenNeverRedirect is RFC 9700 §4.11.2.
func TestErrorsBeforeTheClientIsProvenNeverRedirect(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	for name, change := range map[string]func(url.Values){
		"unknown client":            func(v url.Values) { v.Set("client_id", "nobody") },
		"no client":                 func(v url.Values) { v.Del("client_id") },
		"two clients":               func(v url.Values) { v.Add("client_id", "other") },
		"a client with NUL":         func(v url.Values) { v.Set("client_id", "web\x00") },
		"unregistered redirect URI": func(v url.Values) { v.Set("redirect_uri", "https://evil.example/callback") },
		"longer path":               func(v url.Values) { v.Set("redirect_uri", harness.Callback+"/x") },
		"added query":               func(v url.Values) { v.Set("redirect_uri", harness.Callback+"?x=1") },
		"other case":                func(v url.Values) { v.Set("redirect_uri", "https://RP.example/callback") },
		"user information":          func(v url.Values) { v.Set("redirect_uri", "https://rp.example@evil.example/callback") },
		"traversal":                 func(v url.Values) { v.Set("redirect_uri", "https://rp.example/callback/../x") },
		"encoded traversal":         func(v url.Values) { v.Set("redirect_uri", "https://rp.example/callback/..%2Fx") },
		"a fragment":                func(v url.Values) { v.Set("redirect_uri", harness.Callback+"#x") },
		"a trailing space":          func(v url.Values) { v.Set("redirect_uri", harness.Callback+" ") },
		"two redirect URIs":         func(v url.Values) { v.Add("redirect_uri", "https://evil.example/") },
		"a script":                  func(v url.Values) { v.Set("redirect_uri", "javascript:alert(1)") },
		"no scheme":                 func(v url.Values) { v.Set("redirect_uri", "//evil.example/callback") },
	} {
		u, err := url.Parse(harness.NewParty(t, n, "web").AuthURL())
		if err != nil {
			t.Fatal(err)
		}
		values := u.Query()
		change(values)
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			browser := harness.NewBrowser(t, n)
			if method == http.MethodGet {
				u.RawQuery = values.Encode()
				browser.Get(u.String())
			} else {
				browser.Post(n.URL+"/api/v1/oauth/authorize", values)
			}
			if browser.Status != http.StatusBadRequest || browser.Header.Get("Location") != "" {
				t.Errorf("%s %s: status %d at %s", method, name, browser.Status, browser.URL)
			}
			if !strings.Contains(browser.Text(), "Request error") || !strings.Contains(browser.Text(), browser.Header.Get("X-Request-ID")) {
				t.Errorf("%s %s: %s", method, name, browser.Text())
			}
		}
	}
}

// TestErrorsWithTokensGoByTheFragment, where a client that asks for tokens looks for the answer, also where they are not offered
// (OAuth 2.0 Multiple Response Type Encoding Practices §3, §5).
func TestErrorsWithTokensGoByTheFragment(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	for _, response := range []string{"token", "id_token", "code id_token", "token code"} {
		party, browser := harness.NewParty(t, n, "web"), harness.NewBrowser(t, n)
		browser.Get(party.AuthURL("response_type", response))
		if answer := inFragment(t, party, browser); answer.Get("error") != "unsupported_response_type" || len(answer) != 4 {
			t.Errorf("%s: %v", response, answer)
		}
	}
}

// TestErrorsOfAProvenClientRedirect is RFC 6749 §4.1.2.1 with RFC 9207.
func TestErrorsOfAProvenClientRedirect(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	for name, c := range map[string]struct {
		change func(url.Values)
		want   string
	}{
		"no response_type":       {func(v url.Values) { v.Del("response_type") }, "invalid_request"},
		"response_type none":     {func(v url.Values) { v.Set("response_type", "none") }, "unsupported_response_type"},
		"no PKCE":                {func(v url.Values) { v.Del("code_challenge"); v.Del("code_challenge_method") }, "invalid_request"},
		"plain PKCE":             {func(v url.Values) { v.Set("code_challenge_method", "plain") }, "invalid_request"},
		"PKCE without a method":  {func(v url.Values) { v.Del("code_challenge_method") }, "invalid_request"},
		"a short challenge":      {func(v url.Values) { v.Set("code_challenge", "short") }, "invalid_request"},
		"a repeated parameter":   {func(v url.Values) { v.Add("nonce", "two") }, "invalid_request"},
		"a foreign scope":        {func(v url.Values) { v.Set("scope", "admin:users:read") }, "invalid_scope"},
		"a malformed scope":      {func(v url.Values) { v.Set("scope", "openid \x01") }, "invalid_scope"},
		"an unknown mode":        {func(v url.Values) { v.Set("response_mode", "web_message") }, "invalid_request"},
		"a request by reference": {func(v url.Values) { v.Set("request_uri", "https://evil.example/") }, "request_uri_not_supported"},
		"an unknown prompt":      {func(v url.Values) { v.Set("prompt", "maybe") }, "invalid_request"},
		"none and login":         {func(v url.Values) { v.Set("prompt", "none login") }, "invalid_request"},
		"a negative max_age":     {func(v url.Values) { v.Set("max_age", "-1") }, "invalid_request"},
		"a bad claims request":   {func(v url.Values) { v.Set("claims", "[") }, "invalid_request"},
		"a forged hint":          {func(v url.Values) { v.Set("id_token_hint", "e30.e30.AA") }, "invalid_request"},
		"an unknown resource":    {func(v url.Values) { v.Set("resource", "https://nowhere.example") }, "invalid_target"},
	} {
		party := harness.NewParty(t, n, "web")
		u, err := url.Parse(party.AuthURL())
		if err != nil {
			t.Fatal(err)
		}
		values := u.Query()
		c.change(values)
		u.RawQuery = values.Encode()
		browser := harness.NewBrowser(t, n)
		browser.Get(u.String())
		answer := party.Answer(browser)
		if answer.Get("error") != c.want || answer.Has("code") {
			t.Errorf("%s: answer %v, want %s", name, answer, c.want)
		}
		for parameter := range answer {
			switch parameter {
			case "error", "error_description", "state", "iss":
			default:
				t.Errorf("%s: unexpected parameter %s", name, parameter)
			}
		}
	}
}

func TestUnknownParametersAreIgnored(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	party := harness.NewParty(t, n, "web")
	browser := harness.NewBrowser(t, n)
	party.Authorize(browser, "alice", harness.AlicePassword, "extra", "foobar", "display", "popup", "ui_locales", "se", "claims_locales", "se",
		"login_hint", "buffy@example.org", "acr_values", "1 2")
}

func TestTheStateComesBackToTheByte(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser := harness.NewBrowser(t, n)
	for _, state := range []string{strings.Repeat("Aa0-._~", 18), `"<>&=+%20 ;#`, "æøå \u202e", strings.Repeat("x", 1000)} {
		party := harness.NewParty(t, n, "web")
		party.State = state
		party.Authorize(browser, "alice", harness.AlicePassword)
	}
}
