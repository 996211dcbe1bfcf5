package tests

import (
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestWhichOriginsMayCallTheAdminAPI: those of the server's setting, and those of the redirect URIs of active clients that
// may ask for scopes of administration; without cookies, and with the headers that a console reads.
func TestWhichOriginsMayCallTheAdminAPI(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_ADMIN_ORIGINS", "https://ops.example.org, http://admin.localhost:5173"))
	console, plain, off := adminClient("console"), harness.WebClient("plain"), adminClient("off")
	console.Metadata.RedirectURIs = []string{harness.Callback, "https://console.example.org:443/callback"}
	plain.Metadata.RedirectURIs = []string{"https://plain.example.org/callback"}
	off.Metadata.RedirectURIs, off.Inactive = []string{"https://off.example.org/callback"}, true
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{console, plain, off}})
	token := adminToken(t, n)
	for origin, allowed := range map[string]bool{
		"https://ops.example.org": true, "http://admin.localhost:5173": true, "https://rp.example": true, "https://console.example.org": true,
		"https://plain.example.org": false, "https://off.example.org": false, "http://ops.example.org": false, "https://ops.example.org:8443": false,
		"https://ops.example.org.evil.example": false, "null": false, "*": false,
	} {
		preflight := n.Send(t, http.MethodOptions, "/graphql", "Origin", origin, "Access-Control-Request-Method", "POST",
			"Access-Control-Request-Headers", "authorization, content-type, traceparent")
		answer := n.GraphQL(t, token, "{ users(first: 1) { nodes { id } } }", nil, "Origin", origin)
		for name, a := range map[string]harness.Answer{"preflight": preflight, "query": answer} {
			want := ""
			if allowed {
				want = origin
			}
			if got := a.Header.Get("Access-Control-Allow-Origin"); got != want || a.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s from %s: %v", name, origin, a.Header)
			}
			if !strings.Contains(strings.Join(a.Header.Values("Vary"), ","), "Origin") {
				t.Errorf("%s from %s: Vary %v", name, origin, a.Header.Values("Vary"))
			}
		}
		if !allowed {
			continue
		}
		if headers := strings.ToLower(preflight.Header.Get("Access-Control-Allow-Headers")); !strings.Contains(headers, "traceparent") {
			t.Errorf("preflight from %s: %v", origin, preflight.Header)
		}
		exposed := strings.ToLower(answer.Header.Get("Access-Control-Expose-Headers"))
		for _, name := range []string{"x-request-id", "retry-after", "etag", "ratelimit", "ratelimit-policy", "www-authenticate"} {
			if !strings.Contains(exposed, name) {
				t.Errorf("%s is not exposed: %s", name, exposed)
			}
		}
	}
	off.Inactive = false
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{off}})
	if a := n.GraphQL(t, token, "{ __typename }", nil, "Origin", "https://off.example.org"); a.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Error("a client that was switched on is not known yet")
	}
}
