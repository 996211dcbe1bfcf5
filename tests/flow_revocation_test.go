package tests

import (
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestRevocation: RFC 7009 §2, OAuch C-V1.
func TestRevocation(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		browser, _ := signedIn(t, n)
		for _, hint := range []string{"right", "wrong", "unknown", ""} {
			params := func(right, wrong string) []string {
				switch hint {
				case "right":
					return []string{"token_type_hint", right}
				case "wrong":
					return []string{"token_type_hint", wrong}
				case "unknown":
					return []string{"token_type_hint", "sandwich"}
				}
				return nil
			}
			tokens := harness.NewParty(t, n, "web").Tokens(browser, "alice", harness.AlicePassword)
			second, next := refresh(t, n, "web", tokens.RefreshToken)

			a := n.Revoke(t, "web", tokens.AccessToken, params("access_token", "refresh_token")...)
			if a.Status != http.StatusOK || a.Text != "" || !strings.Contains(a.Header.Get("Cache-Control"), "no-store") {
				t.Fatalf("access token, hint %q: %d %q %v", hint, a.Status, a.Text, a.Header)
			}
			if a := n.UserInfo(t, tokens.AccessToken); a.Status != http.StatusUnauthorized {
				t.Errorf("hint %q: the access token lives", hint)
			}
			if a := n.UserInfo(t, second); a.Status != http.StatusOK {
				t.Errorf("hint %q: another access token of the grant died too: %d", hint, a.Status)
			}

			if a := n.Revoke(t, "web", next, params("refresh_token", "access_token")...); a.Status != http.StatusOK {
				t.Fatalf("refresh token, hint %q: %d %s", hint, a.Status, a.Text)
			}
			inactive(t, "refresh token", n.Introspect(t, "web", next))
			oauthError(t, "refresh", n.Refresh(t, "web", next), 400, "invalid_grant")
			if a := n.UserInfo(t, second); a.Status != http.StatusUnauthorized {
				t.Errorf("hint %q: an access token outlives the revoked refresh token (RFC 7009 §2.1)", hint)
			}
			for _, token := range []string{next, tokens.RefreshToken, tokens.AccessToken} {
				if a := n.Revoke(t, "web", token); a.Status != http.StatusOK {
					t.Errorf("revoked again: %d %s", a.Status, a.Text)
				}
			}
		}
		if ended := db.Count(t, "SELECT count(*) FROM grants WHERE end_reason = 'client_revoked'"); ended != 4 {
			t.Errorf("%d grants were ended", ended)
		}
	})
}

// TestAnOldRefreshTokenRevokesTheFamily: RFC 7009 §2.1; a client that lost the newest token must still be able to end
// the grant.
func TestAnOldRefreshTokenRevokesTheFamily(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	_, tokens := signedIn(t, n)
	access, next := refresh(t, n, "web", tokens.RefreshToken)
	n.Revoke(t, "web", tokens.RefreshToken)
	inactive(t, "the successor", n.Introspect(t, "web", next))
	inactive(t, "the access token", n.Introspect(t, "web", access))
}

func TestWhatRevocationLeavesAlone(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.PublicClient("spa")}})
	browser, tokens := signedIn(t, n)
	for _, token := range []string{
		"x", "a.b.c", strings.Repeat("x", 20_000), "\x01", tokens.AccessToken + "x", tokens.RefreshToken + "x", idToken(tokens),
	} {
		if a := n.Revoke(t, "web", token); a.Status != http.StatusOK {
			t.Errorf("%.20q: %d %s", token, a.Status, a.Text)
		}
	}
	for _, token := range []string{tokens.AccessToken, tokens.RefreshToken} {
		if a := n.Revoke(t, "other", token); a.Status != http.StatusOK {
			t.Errorf("another client: %d %s", a.Status, a.Text)
		}
	}
	live(t, n, tokens)

	const path = "/api/v1/oauth/revoke"
	oauthError(t, "no text", n.Form(t, path, "web", harness.ClientSecret, harness.Values("token", "\x00")), 400, "invalid_request")
	oauthError(t, "no token", n.Form(t, path, "web", harness.ClientSecret, nil), 400, "invalid_request")
	oauthError(t, "nobody", n.Form(t, path, "", "", harness.Values("token", tokens.AccessToken)), 401, "invalid_client")
	oauthError(t, "without its secret", n.Form(t, path, "", "", harness.Values("token", tokens.AccessToken, "client_id", "web")), 401, "invalid_client")
	oauthError(t, "a public client with another's", n.Form(t, path, "web", "", harness.Values("token", tokens.AccessToken)), 401, "invalid_client")
	live(t, n, tokens)

	public := harness.NewPublicParty(t, n, "spa").Tokens(browser, "alice", harness.AlicePassword)
	if a := n.Form(t, path, "", "", harness.Values("token", public.RefreshToken, "client_id", "spa")); a.Status != http.StatusOK {
		t.Errorf("a public client: %d %s", a.Status, a.Text)
	}
	if a := n.UserInfo(t, public.AccessToken); a.Status != http.StatusUnauthorized {
		t.Errorf("a public client's grant lives on: %d", a.Status)
	}
}
