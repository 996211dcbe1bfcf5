package tests

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// logoutVisit is a person who is signed in to the client of the RP-Initiated Logout plan.
type logoutVisit struct {
	*visit
	grant grant
}

const logoutState = "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.abcdefghijklmnopqrstuvwxyz~ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func signedInToSuite(t *testing.T, p plan) logoutVisit {
	t.Helper()
	v := p.open(t, harness.NewBrowser(t, p.Node), p.client("1")).pass()
	return logoutVisit{v, v.tokens()}
}

func (v logoutVisit) bye() string { return v.plan.base() + "/post_logout_redirect" }

// leave goes to the end_session_endpoint. Without changes: hint, URI and state, as the suite sends them.
func (v logoutVisit) leave(changes ...string) {
	v.t.Helper()
	params := harness.Values("id_token_hint", v.grant.id, "post_logout_redirect_uri", v.bye(), "state", logoutState)
	for i := 0; i+1 < len(changes); i += 2 {
		params.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			params.Del(changes[i])
		}
	}
	v.browser.Get(v.plan.URL + "/oidc/logout?" + params.Encode())
}

// gone checks where the browser is, and that nobody is signed in any more.
func (v logoutVisit) gone(want string) {
	v.t.Helper()
	if v.browser.URL.String() != want {
		v.t.Fatalf("at %s, want %s: %s", v.browser.URL, want, v.browser.Text())
	}
	v.plan.open(v.t, v.browser, v.client, "prompt", "none").refused("login_required")
}

// signedOut confirms if asked, and checks the page that says so.
func (v logoutVisit) signedOut() {
	v.t.Helper()
	if v.browser.Has("logout-confirm") {
		v.browser.Submit("logout-confirm", nil)
	}
	if !strings.Contains(v.browser.Text(), "You are signed out") || !strings.HasPrefix(v.browser.URL.String(), v.plan.URL+"/") {
		v.t.Fatalf("at %s: %s", v.browser.URL, v.browser.Text())
	}
	v.plan.open(v.t, v.browser, v.client, "prompt", "none").refused("login_required")
}

// logoutModules are the modules of the RP-Initiated Logout plan that send a browser.
var logoutModules = map[string]func(v logoutVisit){
	"oidcc-rp-initiated-logout": func(v logoutVisit) {
		v.leave()
		v.gone(v.bye() + "?" + url.Values{"state": {logoutState}}.Encode())
	},
	"oidcc-rp-initiated-logout-no-state": func(v logoutVisit) {
		v.leave("state", "")
		v.gone(v.bye())
	},
	"oidcc-rp-initiated-logout-bad-post-logout-redirect-uri": func(v logoutVisit) {
		v.leave("post_logout_redirect_uri", v.bye()+"/wrong")
		v.page()
	},
	"oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri": func(v logoutVisit) {
		v.leave("post_logout_redirect_uri", v.bye()+"?foo=bar")
		v.page()
	},
	"oidcc-rp-initiated-logout-no-id-token-hint": func(v logoutVisit) {
		v.leave("id_token_hint", "")
		v.page()
	},
	"oidcc-rp-initiated-logout-modified-id-token-hint": func(v logoutVisit) {
		v.leave("id_token_hint", harness.Forge(v.t, map[string]any{"alg": "none", "typ": "JWT"}, v.grant.claims, harness.Unsigned))
		v.page()
	},
	"oidcc-rp-initiated-logout-bad-id-token-hint": func(v logoutVisit) {
		claims := map[string]any{"iss": v.client, "aud": v.plan.Issuer, "sub": v.grant.claims["sub"], "sid": v.grant.claims["sid"]}
		sign := harness.HS256([]byte(suiteSecret(v.client)))
		v.leave("id_token_hint", harness.Forge(v.t, map[string]any{"alg": "HS256", "typ": "JWT"}, claims, sign))
		v.page()
	},
	"oidcc-rp-initiated-logout-no-params": func(v logoutVisit) {
		v.leave("id_token_hint", "", "post_logout_redirect_uri", "", "state", "")
		v.signedOut()
	},
	"oidcc-rp-initiated-logout-no-post-logout-redirect-uri": func(v logoutVisit) {
		v.leave("post_logout_redirect_uri", "")
		v.signedOut()
	},
	"oidcc-rp-initiated-logout-only-state": func(v logoutVisit) {
		v.leave("id_token_hint", "", "post_logout_redirect_uri", "")
		v.signedOut()
	},
	"an expired hint": func(v logoutVisit) {
		v.plan.Clock.Advance(11 * time.Hour)
		v.leave()
		v.gone(v.bye() + "?" + url.Values{"state": {logoutState}}.Encode())
	},
}

// TestRPInitiatedLogoutPlan runs the modules of the RP-Initiated Logout OP plan.
func TestRPInitiatedLogoutPlan(t *testing.T) {
	t.Parallel()
	n := suite(t)
	for name, module := range logoutModules { // one after the other: they move the clock
		t.Run(name, func(t *testing.T) {
			module(signedInToSuite(t, plan{Node: n, name: "rp-logout", alias: "rp-logout", mode: "query"}))
		})
	}
}

// TestFrontChannelLogoutPlan runs the module of the Front-Channel Logout OP plan that sends a browser.
func TestFrontChannelLogoutPlan(t *testing.T) {
	t.Parallel()
	v := signedInToSuite(t, plan{Node: suite(t), name: "frontchannel", alias: "frontchannel", mode: "query"})
	v.leave()
	frames := framesOf(t, v.browser)
	want := v.plan.base() + "/frontchannel_logout?" + url.Values{"iss": {v.plan.Issuer}, "sid": {v.grant.claims["sid"].(string)}}.Encode()
	if len(frames) != 1 || frames[0] != want {
		t.Fatalf("frames %q, want %q", frames, want)
	}
	want = v.bye() + "?" + url.Values{"state": {logoutState}}.Encode()
	if next := v.browser.Page.Find("#next").AttrOr("href", ""); next != want {
		t.Errorf("goes on to %s", next)
	}
	v.plan.open(v.t, v.browser, v.client, "prompt", "none").refused("login_required")
}

// TestSessionManagementPlan runs what of the Session Management OP plan needs no frame. What the frame says is looked at in Chromium.
func TestSessionManagementPlan(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := suiteOn(t, db, harness.Env("AUTHLY_SESSION_MANAGEMENT", "true"))
		document := n.Get(t, "/.well-known/openid-configuration").Body
		for _, name := range []string{"check_session_iframe", "end_session_endpoint"} {
			if address, _ := document[name].(string); !strings.HasPrefix(address, n.Issuer+"/") {
				t.Errorf("%s is %q", name, address)
			}
		}
		p := plan{Node: n, name: "session", alias: "session", mode: "query"}
		v := p.open(t, harness.NewBrowser(t, n), p.client("1")).pass()
		first := v.answer().Get("session_state")
		out := logoutVisit{v, v.tokens()}
		second := p.open(t, v.browser, p.client("1"), "prompt", "none").answer().Get("session_state")
		if first == "" || second == "" || strings.ContainsAny(first+second, " ") {
			t.Errorf("session_state %q and %q", first, second)
		}
		out.leave()
		out.gone(out.bye() + "?" + url.Values{"state": {logoutState}}.Encode())
	})
}

// TestBackChannelLogoutOffersTLS13: the conformance suite warns when the provider's own calls offer less.
func TestBackChannelLogoutOffersTLS13(t *testing.T) {
	t.Parallel()
	offered := make(chan []uint16, 1)
	receiver := httptest.NewUnstartedServer(http.NotFoundHandler())
	receiver.TLS = &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		select {
		case offered <- hello.SupportedVersions:
		default:
		}
		return nil, nil // no other configuration
	}}
	receiver.StartTLS()
	t.Cleanup(receiver.Close)
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
	client := harness.WebClient("secure")
	client.Metadata.BackchannelLogoutURI = receiver.URL + "/backchannel_logout"
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{client}})
	browser := harness.NewBrowser(t, n)
	harness.NewParty(t, n, "secure").Tokens(browser, "alice", harness.AlicePassword)
	browser.Get(n.URL + "/logout")
	browser.Submit("logout-confirm", nil)
	select {
	case versions := <-offered:
		if !slices.Contains(versions, tls.VersionTLS13) || slices.Contains(versions, tls.VersionTLS11) {
			t.Errorf("offered %x", versions)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the client was not told")
	}
}
