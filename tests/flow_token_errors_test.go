package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

func TestEveryFailureOfTheTokenEndpointIsOAuthJSON(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	const path = "/api/v1/oauth/token"
	code := url.Values{"grant_type": {"authorization_code"}, "code": {"x"}}
	for name, c := range map[string]struct {
		id, secret string
		form       url.Values
		status     int
		want       string
	}{
		"no grant_type":         {"web", harness.ClientSecret, url.Values{}, 400, "invalid_request"},
		"unknown grant_type":    {"web", harness.ClientSecret, url.Values{"grant_type": {"magic"}}, 400, "unsupported_grant_type"},
		"password grant":        {"web", harness.ClientSecret, url.Values{"grant_type": {"password"}}, 400, "unsupported_grant_type"},
		"a grant not allowed":   {"web", harness.ClientSecret, url.Values{"grant_type": {"client_credentials"}}, 400, "unauthorized_client"},
		"no client":             {"", "", code, 401, "invalid_client"},
		"unknown client":        {"nobody", "x", code, 401, "invalid_client"},
		"wrong secret":          {"web", "wrong", code, 401, "invalid_client"},
		"empty secret":          {"web", "", code, 401, "invalid_client"},
		"no code":               {"web", harness.ClientSecret, url.Values{"grant_type": {"authorization_code"}}, 400, "invalid_request"},
		"unknown code":          {"web", harness.ClientSecret, code, 400, "invalid_grant"},
		"repeated parameter":    {"web", harness.ClientSecret, url.Values{"grant_type": {"authorization_code"}, "code": {"x", "y"}}, 400, "invalid_request"},
		"no refresh token":      {"web", harness.ClientSecret, url.Values{"grant_type": {"refresh_token"}}, 400, "invalid_request"},
		"unknown refresh token": {"web", harness.ClientSecret, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"x"}}, 400, "invalid_grant"},
		"secret in the body":    {"", "", url.Values{"grant_type": {"authorization_code"}, "client_id": {"web"}, "client_secret": {"wrong"}}, 401, "invalid_client"},
		"two methods":           {"web", harness.ClientSecret, url.Values{"grant_type": {"authorization_code"}, "client_secret": {harness.ClientSecret}}, 400, "invalid_request"},
		"another client_id":     {"web", harness.ClientSecret, url.Values{"grant_type": {"authorization_code"}, "client_id": {"other"}}, 400, "invalid_request"},
	} {
		oauthError(t, name, n.Form(t, path, c.id, c.secret, c.form), c.status, c.want)
	}
	for name, c := range map[string]struct {
		media, body string
		status      int
	}{
		"a JSON body":       {"application/json", `{"grant_type":"authorization_code"}`, 400},
		"no media type":     {"", "grant_type=authorization_code", 400},
		"a broken form":     {"application/x-www-form-urlencoded", "grant_type=%zz", 400},
		"a body over limit": {"application/x-www-form-urlencoded", "grant_type=" + strings.Repeat("a", 1<<20), 413},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		if c.media != "" {
			request.Header.Set("Content-Type", c.media)
		}
		oauthError(t, name, harness.Do(t, request), c.status, "invalid_request")
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, n.URL+path+"?grant_type=authorization_code", nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer := harness.Do(t, request); answer.Status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", answer.Status)
	}
}

func TestACodeIsBoundToWhatItWasIssuedFor(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		browser := harness.NewBrowser(t, n)
		party := harness.NewParty(t, n, "web")
		code := party.Authorize(browser, "alice", harness.AlicePassword)
		good := url.Values{
			"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {harness.Callback}, "code_verifier": {party.Verifier},
		}
		with := func(name, value string) url.Values {
			changed := url.Values{}
			for k, v := range good {
				changed[k] = v
			}
			changed.Set(name, value)
			if value == "" {
				changed.Del(name)
			}
			return changed
		}
		const path = "/api/v1/oauth/token"
		for name, form := range map[string]url.Values{
			"another redirect_uri": with("redirect_uri", "https://rp.example/other"),
			"no redirect_uri":      with("redirect_uri", ""),
			"a wrong verifier":     with("code_verifier", strings.Repeat("a", 43)),
			"no verifier":          with("code_verifier", ""),
			"the challenge itself": with("code_verifier", strings.Repeat("a", 42)),
		} {
			oauthError(t, name, n.Form(t, path, "web", harness.ClientSecret, form), 400, "invalid_grant")
		}
		oauthError(t, "another client", n.Form(t, path, "other", harness.ClientSecret, good), 400, "invalid_grant")
		first := n.Form(t, path, "web", harness.ClientSecret, good)
		if first.Status != http.StatusOK {
			t.Fatalf("the failures burnt the code: %s", first.Text)
		}
		access, _ := first.Body["access_token"].(string)
		refresh, _ := first.Body["refresh_token"].(string)
		oauthError(t, "a second use", n.Form(t, path, "web", harness.ClientSecret, good), 400, "invalid_grant")
		if answer := n.UserInfo(t, access); answer.Status != http.StatusUnauthorized {
			t.Errorf("the access token survives the replay: %d", answer.Status)
		}
		oauthError(t, "the refresh token after the replay", n.Refresh(t, "web", refresh), 400, "invalid_grant")
	})
}
