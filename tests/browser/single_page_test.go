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

// The names of two applications and of the server are under one domain, as they are where such applications run.
const (
	applicationOrigin = "https://spa.shop.example"
	storeOrigin       = "https://store.shop.example"
	applicationIssuer = "https://login.shop.example"
)

// singlePage is a browser with oidc-client-ts on two other origins than a node, and a client for each, whose client_id is the first label
// of its name.
func singlePage(t *testing.T, opts ...harness.Option) *tab {
	t.Helper()
	dir := harness.NPMProject(t, "oidc-client-ts")
	mux := http.NewServeMux()
	for _, name := range []string{"application.html", "application.js", "silent.html", "silent.js", "bye.html", "frontchannel.html", "frontchannel.js"} {
		mux.HandleFunc("/"+name, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, filepath.Join(dir, name)) })
	}
	mux.HandleFunc("/oidc-client-ts.min.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(dir, "node_modules", "oidc-client-ts", "dist", "browser", "oidc-client-ts.min.js"))
	})
	application := httptest.NewTLSServer(mux)
	t.Cleanup(application.Close)
	n := harness.Start(t, harness.SQLite(t), append(opts, harness.Env("AUTHLY_ISSUER", applicationIssuer))...)
	login := behindTLS(t, n)
	var clients []admin.NewClient
	for id, origin := range map[string]string{"spa": applicationOrigin, "store": storeOrigin} {
		c := harness.PublicClient(id)
		c.Metadata.Scope = "openid profile email"
		c.Metadata.RedirectURIs = []string{origin + "/application.html", origin + "/silent.html"}
		c.Metadata.PostLogoutRedirectURIs = []string{origin + "/bye.html"}
		c.Metadata.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode}
		c.Metadata.FrontchannelLogoutURI, c.Metadata.FrontchannelNeedsSID = origin+"/frontchannel.html", true
		clients = append(clients, c)
	}
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Alice()}, Clients: clients})
	return openNaming(t, desktop, height, map[string]string{
		"spa.shop.example": application.Listener.Addr().String(), "store.shop.example": application.Listener.Addr().String(),
		"login.shop.example": login.Listener.Addr().String(),
	})
}

// stateOf returns what the application says after want.
func (b *tab) stateOf(want string) string {
	b.t.Helper()
	text := b.eventually(`document.getElementById('state')?.textContent ?? ''`)
	rest, ok := strings.CutPrefix(text, want)
	if !ok {
		b.t.Fatalf("state %q, want %q", text, want)
	}
	return rest
}

// TestAnApplicationSeesInAFrameThatTheSessionHasEnded: OpenID Connect Session Management 1.0 with oidc-client-ts, while the person signs
// out in another tab.
func TestAnApplicationSeesInAFrameThatTheSessionHasEnded(t *testing.T) {
	t.Parallel()
	b := singlePage(t, harness.Env("AUTHLY_SESSION_MANAGEMENT", "true"))
	b.do(chromedp.Navigate(applicationOrigin + "/application.html?watch#" + applicationIssuer))
	b.click("sign-in")
	b.signIn("alice", harness.AlicePassword)
	b.click("approve")
	b.stateOf("signed in alice@example.org Alice ")
	ask := `new Promise((done) => {
		const frame = document.createElement("iframe");
		addEventListener("message", (e) => { if (e.source === frame.contentWindow) done(e.data); });
		frame.src = "` + applicationIssuer + `/oidc/session";
		frame.onload = async () => frame.contentWindow.postMessage(%s, "` + applicationIssuer + `");
		document.body.appendChild(frame);
	})`
	const state = `"spa " + (await manager.getUser()).session_state`
	for message, want := range map[string]string{
		state: "unchanged", `"other " + (await manager.getUser()).session_state`: "changed", `"spa"`: "error", `"spa .".repeat(9999)`: "error",
	} {
		if got := b.asked(strings.Replace(ask, "%s", message, 1)); got != want {
			t.Errorf("%s: %s, want %s", message, got, want)
		}
	}
	other := b.anotherTab(applicationIssuer + "/logout")
	other.click("logout-confirm")
	b.eventually(`document.getElementById('state').textContent === 'signed out elsewhere' ? 'yes' : ''`)
	if got := b.asked(strings.Replace(ask, "%s", state, 1)); got != "changed" && got != "error" { // the application has forgotten its user
		t.Errorf("after the end: %s", got)
	}
}

// TestASignOutInOneTabReachesTheOther: oidc-client-ts in two tabs of two origins, whose sessions end together, by the frames of the page
// after the logout (OpenID Connect Front-Channel Logout 1.0 §2) or by those that watch (Session Management 1.0).
func TestASignOutInOneTabReachesTheOther(t *testing.T) {
	t.Parallel()
	for way, want := range map[string]string{"shared": "signed out by a frame", "watch": "signed out elsewhere"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			b := singlePage(t, harness.Env("AUTHLY_SESSION_MANAGEMENT", "true"))
			b.do(chromedp.Navigate(applicationOrigin + "/application.html?" + way + "#" + applicationIssuer))
			b.click("sign-in")
			b.signIn("alice", harness.AlicePassword)
			b.click("approve")
			b.stateOf("signed in alice@example.org Alice ")
			other := b.anotherTab(storeOrigin + "/application.html?" + way + "#" + applicationIssuer)
			other.click("sign-in")
			other.click("approve")
			other.stateOf("signed in alice@example.org Alice ")
			b.stateOf("signed in alice@example.org Alice ")
			other.click("sign-out")
			other.see("bye")
			b.eventually(`document.getElementById('state').textContent === '` + want + `' ? 'yes' : ''`)
		})
	}
}

// asked evaluates a promise of a text.
func (b *tab) asked(expression string) string {
	b.t.Helper()
	b.do(chromedp.Navigate(applicationOrigin + "/application.html"))
	b.eventually(`typeof manager === "object" ? (window.answer ??= (` + expression + `).then((text) => { window.got = text; }), "yes") : ""`)
	return b.eventually(`window.got ?? ""`)
}

// TestASinglePageApplication is oidc-client-ts on another origin: login, silent renewal with prompt=none in a frame,
// UserInfo and revocation across origins, logout. Both have names under one domain and TLS, as they have where such
// applications run: on the loopback nobody gets a code silently (RFC 8252 §8.6).
func TestASinglePageApplication(t *testing.T) {
	t.Parallel()
	b := singlePage(t)
	b.do(chromedp.Navigate(applicationOrigin + "/application.html#" + applicationIssuer))
	b.click("sign-in")
	b.signIn("alice", harness.AlicePassword)
	b.click("approve")
	first := b.stateOf("signed in alice@example.org Alice ")
	b.click("renew")
	if renewed := b.stateOf("renewed alice@example.org Alice "); renewed == first {
		t.Error("the access token is the same after the renewal")
	}
	b.expect("status of 401")
	b.click("revoke")
	b.stateOf("revoked 200 alice@example.org 401 invalid_token")
	b.click("sign-out")
	b.see("bye")
	b.do(chromedp.Navigate(applicationOrigin + "/application.html"))
	b.click("renew")
	b.stateOf("failed: login_required")
}
