package tests

import (
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestWhatIsNoHandleIsNoToken: guesses of every form, a handle that was changed, a JWT with the prefix, and one of another server.
func TestWhatIsNoHandleIsNoToken(t *testing.T) {
	t.Parallel()
	db := harness.SQLite(t)
	n := start(t, db)
	n.Apply(t, admin.Desired{Clients: opaque(harness.WebClient("closed"))})
	token := harness.NewParty(t, n, "closed").Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword).AccessToken
	_, plain := signedIn(t, n)
	if a := n.UserInfo(t, token); a.Status != http.StatusOK {
		t.Fatal(a.Text)
	}
	secret := strings.TrimPrefix(token, "authly_at_")
	for name, guess := range map[string]string{
		"the prefix alone": "authly_at_", "too short": token[:len(token)-1], "too long": token + "A", "another case": strings.ToUpper(token),
		"without the prefix": secret, "another prefix": "authly_rt_" + secret, "twice the prefix": "authly_at_" + token,
		"a JWT with the prefix": "authly_at_" + plain.AccessToken, "zeros": "authly_at_" + strings.Repeat("A", 43),
		"other bits at its end": token[:len(token)-1] + "_", "not base64url": token[:len(token)-1] + "+", "a refresh token": plain.RefreshToken,
	} {
		if a := n.UserInfo(t, guess); a.Status != http.StatusUnauthorized || a.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d %s", name, a.Status, a.Text)
		}
		if guess != plain.RefreshToken {
			inactive(t, name, n.Introspect(t, "closed", guess))
		}
		if a := n.Revoke(t, "closed", guess); a.Status != http.StatusOK {
			t.Errorf("%s, revoked: %d", name, a.Status)
		}
	}
	if a := n.UserInfo(t, token); a.Status != http.StatusOK {
		t.Errorf("a guess has ended it: %s", a.Text)
	}
	n.Stop()
	elsewhere := harness.Start(t, db, harness.Env("AUTHLY_ISSUER", "https://other.example.org"), harness.WithClock(n.Clock))
	if a := elsewhere.UserInfo(t, token); a.Status != http.StatusUnauthorized {
		t.Errorf("of another issuer: %d %s", a.Status, a.Text)
	}
	inactive(t, "of another issuer", elsewhere.Introspect(t, "closed", token))
	stranger := start(t, harness.SQLite(t), harness.WithClock(n.Clock))
	if a := stranger.UserInfo(t, token); a.Status != http.StatusUnauthorized {
		t.Errorf("of another server: %d %s", a.Status, a.Text)
	}
}
