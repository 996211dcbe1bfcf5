package browser_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestASinglePageApplication is oidc-client-ts on another origin: login, silent renewal with prompt=none in a frame,
// UserInfo and revocation across origins, logout. Both have names under one domain and TLS, as they have where such
// applications run: on the loopback nobody gets a code silently (RFC 8252 §8.6).
func TestASinglePageApplication(t *testing.T) {
	t.Parallel()
	dir := harness.NPMProject(t, "oidc-client-ts")
	mux := http.NewServeMux()
	for _, name := range []string{"application.html", "application.js", "silent.html", "silent.js", "bye.html"} {
		mux.HandleFunc("/"+name, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, filepath.Join(dir, name)) })
	}
	mux.HandleFunc("/oidc-client-ts.min.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(dir, "node_modules", "oidc-client-ts", "dist", "browser", "oidc-client-ts.min.js"))
	})
	application := httptest.NewTLSServer(mux)
	t.Cleanup(application.Close)
	const origin, issuer = "https://app.shop.example", "https://login.shop.example"

	n := harness.Start(t, harness.SQLite(t), harness.Env("AUTHLY_ISSUER", issuer))
	login := behindTLS(t, n)
	spa := harness.PublicClient("spa")
	spa.Metadata.Scope = "openid profile email"
	spa.Metadata.RedirectURIs = []string{origin + "/application.html", origin + "/silent.html"}
	spa.Metadata.PostLogoutRedirectURIs = []string{origin + "/bye.html"}
	spa.Metadata.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode}
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Alice()}, Clients: []admin.NewClient{spa}})

	b := openNaming(t, desktop, height, map[string]string{
		"app.shop.example": application.Listener.Addr().String(), "login.shop.example": login.Listener.Addr().String(),
	})
	state := func(want string) string {
		t.Helper()
		text := b.eventually(`document.getElementById('state')?.textContent ?? ''`)
		rest, ok := strings.CutPrefix(text, want)
		if !ok {
			t.Fatalf("state %q, want %q", text, want)
		}
		return rest
	}
	b.do(chromedp.Navigate(origin + "/application.html#" + issuer))
	b.click("sign-in")
	b.signIn("alice", harness.AlicePassword)
	b.click("approve")
	first := state("signed in alice@example.org Alice ")
	b.click("renew")
	if renewed := state("renewed alice@example.org Alice "); renewed == first {
		t.Error("the access token is the same after the renewal")
	}
	b.expect("status of 401")
	b.click("revoke")
	state("revoked 200 alice@example.org 401 invalid_token")
	b.click("sign-out")
	b.see("bye")
	b.do(chromedp.Navigate(origin + "/application.html"))
	b.click("renew")
	state("failed: login_required")
}
