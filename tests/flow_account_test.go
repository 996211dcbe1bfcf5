package tests

import (
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestWhoeverMustSignInForAPageComesBackToIt: on any node, and only to where the server said.
func TestWhoeverMustSignInForAPageComesBackToIt(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		b := harness.NewBrowser(t, n)
		b.Get(n.URL + "/account/password?return_path=https://evil.example/&return_to=//evil.example")
		handle := b.URL.Query().Get("interaction")
		if b.URL.Path != "/login" || handle == "" {
			t.Fatalf("at %s", b.URL)
		}
		b.SignIn("alice", harness.AlicePassword)
		if b.URL.Path != "/account/password" || b.URL.RawQuery != "" || !b.Has("password-submit") {
			t.Fatalf("at %s: %s", b.URL, b.Text())
		}

		b.Get(n.URL + "/api/v1/oauth/authorize?interaction=" + handle)
		if b.Status != http.StatusBadRequest || !strings.Contains(b.Text(), "unknown, finished or has expired") {
			t.Errorf("the authorization endpoint took it: %d %s", b.Status, b.Text())
		}
	})
}
