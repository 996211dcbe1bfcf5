package tests

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// forgedHeaders are what a client can claim about where it called and from where (A-4.13, E-28, F-S8).
var forgedHeaders = http.Header{
	"X-Forwarded-Host": {"evil.example"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Port": {"444"}, "X-Forwarded-For": {"203.0.113.66"},
	"X-Forwarded-Prefix": {"/evil"}, "X-Forwarded-Server": {"evil.example"}, "X-Real-Ip": {"203.0.113.66"}, "X-Host": {"evil.example"},
	"X-Original-Url": {"/evil"}, "X-Rewrite-Url": {"/evil"}, "X-Original-Host": {"evil.example"}, "True-Client-Ip": {"203.0.113.66"},
	"Cf-Connecting-Ip": {"203.0.113.66"}, "Forwarded": {"for=203.0.113.66;host=evil.example;proto=https"}, "Via": {"1.1 evil.example"},
}

// liar passes requests on to a node with forged headers and another Host.
func liar(t *testing.T, n *harness.Node) *harness.Node {
	t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := http.NewRequestWithContext(r.Context(), r.Method, n.URL+r.URL.RequestURI(), r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		request.Header = r.Header.Clone()
		for name, values := range forgedHeaders {
			request.Header[name] = values
		}
		request.Host = "evil.example"
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Error(err)
			return
		}
		defer response.Body.Close()
		for name, values := range response.Header {
			if strings.Contains(strings.Join(values, " "), "evil") {
				t.Errorf("%s %s: header %s: %v", r.Method, r.URL.Path, name, values)
			}
			// The browser speaks to the liar; links to the issuer lead back to it.
			for _, value := range values {
				w.Header().Add(name, strings.ReplaceAll(value, n.URL, "http://"+r.Host))
			}
		}
		w.WriteHeader(response.StatusCode)
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Error(err)
		}
		if strings.Contains(string(body), "evil") {
			t.Errorf("%s %s: body %s", r.Method, r.URL.Path, body)
		}
		_, _ = w.Write(body)
	}))
	t.Cleanup(proxy.Close)
	return &harness.Node{Issuer: n.Issuer, URL: proxy.URL, Clock: n.Clock, Server: n.Server, Database: n.Database}
}

// TestNothingIsBuiltFromWhatAClientSaysAboutTheHost: ASVS 10.5.3 seen from the server, A-4.13-2.
func TestNothingIsBuiltFromWhatAClientSaysAboutTheHost(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	through := liar(t, n)
	for _, path := range []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource"} {
		if honest, told := n.Get(t, path), through.Get(t, path); honest.Text != told.Text {
			t.Errorf("%s: %s", path, told.Text)
		}
	}
	browser := harness.NewBrowser(t, through)
	party := harness.NewParty(t, through, "web")
	token := party.Tokens(browser, "alice", harness.AlicePassword)
	for name, raw := range map[string]string{"access token": token.AccessToken, "ID token": idToken(token)} {
		if claims := harness.JWT(t, raw, 1); claims["iss"] != n.Issuer {
			t.Errorf("%s: iss %v", name, claims["iss"])
		}
	}
	live(t, n, token)
	for _, cookie := range browser.Cookies(through.URL) {
		if cookie.Domain != "" {
			t.Errorf("cookie for %s", cookie.Domain)
		}
	}
	through.Get(t, "/playground")
	through.Get(t, "/no/such/page")
	if refused := through.UserInfo(t, "x"); !strings.Contains(refused.Header.Get("WWW-Authenticate"), n.Issuer) &&
		!strings.Contains(refused.Header.Get("WWW-Authenticate"), through.URL) {
		t.Errorf("challenge %s", refused.Header.Get("WWW-Authenticate"))
	}
	for table, query := range map[string]string{
		"audit_events": "SELECT count(*) FROM audit_events WHERE ip NOT IN ('127.0.0.1', '')",
		"sessions":     "SELECT count(*) FROM sessions WHERE ip <> '127.0.0.1'",
		"users":        "SELECT count(*) FROM users WHERE last_login_ip NOT IN ('127.0.0.1', '')",
	} {
		if lies := n.Database.Count(t, query); lies != 0 {
			t.Errorf("%s: %d rows believe the client", table, lies)
		}
	}
}

// TestATrustedProxyIsBelievedAboutTheClientOnly: A-4.13-1.
func TestATrustedProxyIsBelievedAboutTheClientOnly(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_TRUSTED_PROXIES", "127.0.0.1/32"))
	through := liar(t, n)
	token := harness.NewParty(t, through, "web").Tokens(harness.NewBrowser(t, through), "alice", harness.AlicePassword)
	if claims := harness.JWT(t, token.AccessToken, 1); claims["iss"] != n.Issuer {
		t.Errorf("iss %v", claims["iss"])
	}
	if n.Database.Count(t, "SELECT count(*) FROM sessions WHERE ip = '203.0.113.66'") != 1 {
		t.Error("the address that the trusted proxy gives was not taken")
	}
}

// TestTheGateOfTheAdminAPILooksAtTheRealPeer: A-4.13-1.
func TestTheGateOfTheAdminAPILooksAtTheRealPeer(t *testing.T) {
	t.Parallel()
	for name, trusted := range map[string]string{"no trusted proxy": "192.0.2.1/32", "behind a trusted proxy": "127.0.0.1/32"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := start(t, harness.SQLite(t), harness.Env("AUTHLY_ADMIN_ALLOWED_CIDRS", "203.0.113.0/24"), harness.Env("AUTHLY_TRUSTED_PROXIES", trusted))
			n.Apply(t, admin.Desired{Clients: []admin.NewClient{adminClient("console")}})
			token := adminToken(t, n)
			for _, node := range []*harness.Node{n, liar(t, n)} {
				if a := node.GraphQL(t, token, "{ me { id } }", nil); a.Status != http.StatusForbidden || a.Body["data"] != nil {
					t.Errorf("GraphQL: %d %s", a.Status, a.Text)
				}
				for _, path := range []string{
					"/console/", "/console/session", "/console/sign-in", "/console/callback", "/playground", "/playground/flows", "/playground/flows/callback",
				} {
					if a := node.Get(t, path); a.Status != http.StatusForbidden {
						t.Errorf("%s: %d", path, a.Status)
					}
				}
			}
		})
	}
}
