package tests

import (
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// TestAReplayedCodeEndsWhatItGave: RFC 6749 §4.1.2, ASVS 10.4.2, OAuch C-T3.
func TestAReplayedCodeEndsWhatItGave(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	for name, after := range map[string]time.Duration{"at once": 0, "after half a minute": 30 * time.Second, "long after": 5 * time.Minute} {
		browser := harness.NewBrowser(t, n)
		party := harness.NewParty(t, n, "web")
		code := party.Authorize(browser, "alice", harness.AlicePassword)
		token, err := party.Exchange(code)
		if err != nil {
			t.Fatal(err)
		}
		live(t, n, token)
		n.Clock.Advance(after)
		oauthError(t, name, exchange(t, n, party, "web", code), 400, "invalid_grant")
		dead(t, n, token)
	}
	events := n.Database.Count(t, "SELECT count(*) FROM audit_events WHERE action = '"+string(identity.ActionCodeReplayed)+"' AND outcome = 'failure'")
	if events != 3 {
		t.Errorf("%d audit events", events)
	}
}

// TestNobodyElseCanEndAGrantWithItsCode: only the client that the code was issued to can show that it leaked.
func TestNobodyElseCanEndAGrantWithItsCode(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	party := harness.NewParty(t, n, "web")
	code := party.Authorize(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
	token, err := party.Exchange(code)
	if err != nil {
		t.Fatal(err)
	}
	oauthError(t, "another client", exchange(t, n, party, "other", code), 400, "invalid_grant")
	oauthError(t, "a wrong secret", n.Form(t, "/api/v1/oauth/token", "web", strings.Repeat("x", 40), harness.Values(
		"grant_type", "authorization_code", "code", code, "redirect_uri", harness.Callback)), 401, "invalid_client")
	live(t, n, token)
}

// TestACodeExpires: ASVS 10.4.3 level 3, FAPI 2.0 (60 seconds).
func TestACodeExpires(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser := harness.NewBrowser(t, n)
	party := harness.NewParty(t, n, "web")
	code := party.Authorize(browser, "alice", harness.AlicePassword)
	n.Clock.Advance(61 * time.Second)
	oauthError(t, "an old code", exchange(t, n, party, "web", code), 400, "invalid_grant")
	fresh := party.Authorize(browser, "alice", harness.AlicePassword)
	n.Clock.Advance(50 * time.Second)
	if a := exchange(t, n, party, "web", fresh); a.Status != 200 {
		t.Errorf("a code of 50 seconds: %d %s", a.Status, a.Text)
	}
}

// TestCodesAreLongAndAllDifferent: OAuch C-K1; 160 bits are 27 characters of base64, 256 are 43.
func TestCodesAreLongAndAllDifferent(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser := harness.NewBrowser(t, n)
	seen := map[string]bool{}
	for range 20 {
		party := harness.NewParty(t, n, "web")
		code := party.Authorize(browser, "alice", harness.AlicePassword)
		if len(code) != 43 || seen[code] || code == challenge(party.Verifier) { // nor is there room for another (RFC 7636 §4.4)
			t.Fatalf("code %q", code)
		}
		seen[code] = true
	}
}
