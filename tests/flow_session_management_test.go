package tests

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestTheSessionStateIsThatOfTheBrowser: OpenID Connect Session Management 1.0 §3 and §4.2, over HTTP. The frame of the browser is in
// tests/browser.
func TestTheSessionStateIsThatOfTheBrowser(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, harness.Env("AUTHLY_SESSION_MANAGEMENT", "true"))
		if got := n.Get(t, "/.well-known/openid-configuration").Body["check_session_iframe"]; got != n.Issuer+"/oidc/session" {
			t.Errorf("check_session_iframe %v", got)
		}
		b := harness.NewBrowser(t, n)
		browserState := func() string {
			for _, c := range b.Cookies(strings.Replace(n.URL, "http:", "https:", 1)) {
				if strings.HasPrefix(c.Name, "authly_state") {
					return c.Value
				}
			}
			return ""
		}
		answered := func(changes ...string) string {
			party := harness.NewParty(t, n, "web")
			b.Get(party.AuthURL(changes...))
			if b.Has("login-submit") {
				b.SignIn("alice", harness.AlicePassword)
			}
			if b.Has("approve") {
				b.Submit("approve", nil)
			}
			return party.Answer(b).Get("session_state")
		}
		check := func(state string) {
			t.Helper()
			_, salt, _ := strings.Cut(state, ".")
			digest := sha256.Sum256([]byte("web https://rp.example " + browserState() + " " + salt))
			if salt == "" || browserState() == "" || state != hex.EncodeToString(digest[:])+"."+salt {
				t.Errorf("session_state %q for the browser's %q", state, browserState())
			}
		}
		first := answered()
		check(first)
		signedIn := browserState()
		if second := answered("prompt", "none"); second == first {
			t.Error("the salt is the same")
		} else {
			check(second)
		}
		if state := answered("scope", "profile"); state != "" {
			t.Errorf("without openid: %q", state)
		}
		b.Get(n.URL + "/logout")
		b.Submit("logout-confirm", nil)
		if now := browserState(); now == "" || now == signedIn {
			t.Errorf("after the logout %q", now)
		}
		set := ""
		for _, line := range b.Header.Values("Set-Cookie") {
			if strings.HasPrefix(line, "authly_state") {
				set = line
			}
		}
		if !strings.Contains(set, "; Secure; SameSite=None") || strings.Contains(set, "HttpOnly") {
			t.Errorf("cookie %q", set)
		}
		answered()
		if browserState() == signedIn {
			t.Error("another session has the same state")
		}
		frame := n.Get(t, "/oidc/session")
		policy := frame.Header.Get("Content-Security-Policy")
		if frame.Status != http.StatusOK || frame.Header.Get("X-Frame-Options") != "" || strings.Contains(policy, "frame-ancestors") || !strings.HasPrefix(policy, "default-src 'none'") {
			t.Errorf("%d %v", frame.Status, frame.Header)
		}
	})
}

// TestWithoutSessionManagementNothingIsShown: the switch is off by default.
func TestWithoutSessionManagementNothingIsShown(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	b := harness.NewBrowser(t, n)
	party := harness.NewParty(t, n, "web")
	b.Get(party.AuthURL())
	b.SignIn("alice", harness.AlicePassword)
	b.Submit("approve", nil)
	if answer := party.Answer(b); answer.Has("session_state") || !answer.Has("code") {
		t.Errorf("answer %v", answer)
	}
	if got := n.Get(t, "/.well-known/openid-configuration").Body["check_session_iframe"]; got != nil {
		t.Errorf("check_session_iframe %v", got)
	}
	if frame := n.Get(t, "/oidc/session"); frame.Status != http.StatusNotFound {
		t.Errorf("%d", frame.Status)
	}
}
