package tests

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestAReusedRefreshTokenEndsTheFamily: RFC 9700 §4.14.2, ASVS 10.4.5, OAuch C-T4.
func TestAReusedRefreshTokenEndsTheFamily(t *testing.T) {
	t.Parallel()
	for name, reuse := range map[string]func(n *harness.Node, first, second, third string) string{
		"the previous one after the window": func(n *harness.Node, _, second, _ string) string {
			n.Clock.Advance(31 * time.Second)
			return second
		},
		"an older one inside the window": func(_ *harness.Node, first, _, _ string) string { return first },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
				n := start(t, db)
				_, tokens := signedIn(t, n)
				access, second := refresh(t, n, "web", tokens.RefreshToken)
				_, third := refresh(t, n, "web", second)
				oauthError(t, name, n.Refresh(t, "web", reuse(n, tokens.RefreshToken, second, third)), 400, "invalid_grant")
				oauthError(t, "the newest", n.Refresh(t, "web", third), 400, "invalid_grant")
				for _, token := range []string{tokens.AccessToken, access} {
					if a := n.UserInfo(t, token); a.Status != http.StatusUnauthorized {
						t.Errorf("UserInfo: %d", a.Status)
					}
				}
				if events := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = '"+string(identity.ActionRefreshReused)+"'"); events != 1 {
					t.Errorf("%d audit events", events)
				}
			})
		})
	}
}

func TestAnImpatientClientGetsTheSameSuccessorButNotForEver(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.WithSettings(func(s *identity.Settings) { s.RefreshGraceUses = 2 }))
	_, tokens := signedIn(t, n)
	_, successor := refresh(t, n, "web", tokens.RefreshToken)
	for range 2 {
		if _, again := refresh(t, n, "web", tokens.RefreshToken); again != successor {
			t.Error("another successor")
		}
	}
	oauthError(t, "once too often", n.Refresh(t, "web", tokens.RefreshToken), 400, "invalid_grant")
	oauthError(t, "the successor", n.Refresh(t, "web", successor), 400, "invalid_grant")
}

// TestTwoDevicesThatAlternateInsideTheGraceAreFound: each presents, within the grace, the token that the other one has
// just spent, so no token is ever too old (RFC 9700 §4.14.2). They overlap at every rotation, which runs out.
func TestTwoDevicesThatAlternateInsideTheGraceAreFound(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		const overlaps = 3
		n := start(t, db, harness.WithSettings(func(s *identity.Settings) { s.RefreshOverlaps = overlaps }))
		_, tokens := signedIn(t, n)
		token := tokens.RefreshToken
		for range overlaps {
			_, owners := refresh(t, n, "web", token)
			if _, thiefs := refresh(t, n, "web", token); thiefs != owners {
				t.Fatal("another successor")
			}
			n.Clock.Advance(10 * time.Minute)
			token = owners
		}
		_, last := refresh(t, n, "web", token)
		oauthError(t, "once too often", n.Refresh(t, "web", token), 400, "invalid_grant")
		oauthError(t, "the successor", n.Refresh(t, "web", last), 400, "invalid_grant")
		reused := "SELECT count(*) FROM audit_events WHERE action = '" + string(identity.ActionRefreshReused) + "'"
		if events := db.Count(t, reused); events != 1 {
			t.Errorf("%d audit events", events)
		}
	})
}

func TestAPublicClientRotatesToo(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.PublicClient("spa")}})
	tokens := harness.NewPublicParty(t, n, "spa").Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
	rotate := func(token string) harness.Answer {
		return n.Form(t, "/api/v1/oauth/token", "", "", harness.Values("grant_type", "refresh_token", "client_id", "spa", "refresh_token", token))
	}
	first := rotate(tokens.RefreshToken)
	if first.Status != http.StatusOK || first.String("refresh_token") == tokens.RefreshToken {
		t.Fatalf("%d %s", first.Status, first.Text)
	}
	n.Clock.Advance(time.Minute)
	oauthError(t, "reuse", rotate(tokens.RefreshToken), 400, "invalid_grant")
	oauthError(t, "the successor", rotate(first.String("refresh_token")), 400, "invalid_grant")
}

// TestAForgedRefreshTokenIsWorthNothingAndEndsNothing changes every part of a token.
func TestAForgedRefreshTokenIsWorthNothingAndEndsNothing(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	_, tokens := signedIn(t, n)
	raw, err := base64.RawURLEncoding.DecodeString(tokens.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	for at := range raw {
		forged := append([]byte(nil), raw...)
		forged[at] ^= 1
		oauthError(t, "forged", n.Refresh(t, "web", base64.RawURLEncoding.EncodeToString(forged)), 400, "invalid_grant")
	}
	for _, token := range []string{
		tokens.RefreshToken[:len(tokens.RefreshToken)-1], tokens.RefreshToken + "A", tokens.RefreshToken + "=", " " + tokens.RefreshToken,
		tokens.AccessToken, idToken(tokens), "\x01", tokens.RefreshToken + "\n",
	} {
		oauthError(t, "mangled", n.Refresh(t, "web", token), 400, "invalid_grant")
	}
	oauthError(t, "another client", n.Refresh(t, "other", tokens.RefreshToken), 400, "invalid_grant")
	live(t, n, tokens)
}
