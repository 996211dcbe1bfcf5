package tests

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// authorizeWith sends the party's authorization request with changed parameters: an empty value removes one.
func authorizeWith(t *testing.T, b *harness.Browser, p *harness.Party, changes ...string) {
	t.Helper()
	u, err := url.Parse(p.AuthURL())
	if err != nil {
		t.Fatal(err)
	}
	values := u.Query()
	for i := 0; i+1 < len(changes); i += 2 {
		values.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			values.Del(changes[i])
		}
	}
	u.RawQuery = values.Encode()
	b.Get(u.String())
	if b.Has("login-submit") {
		b.SignIn("alice", harness.AlicePassword)
	}
	if b.Has("approve") {
		b.Submit("approve", nil)
	}
}

// TestPKCECannotBeDowngraded: RFC 9700 §4.8, attack checklist A-4.8-1 to 3, E-01, E-02, OAuch C-P1 to C-P3.
func TestPKCECannotBeDowngraded(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	legacy := harness.WebClient("legacy")
	legacy.Policy.RequirePKCE = false
	spa := harness.PublicClient("spa")
	spa.Policy.RequirePKCE = false // has no effect for a public client
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{legacy, spa}})
	browser := harness.NewBrowser(t, n)
	verifier := strings.Repeat("v", 43)

	t.Run("at the authorization endpoint", func(t *testing.T) {
		for name, c := range map[string]struct {
			client  string
			changes []string
		}{
			"stripped from a client that needs it":     {"web", []string{"code_challenge", "", "code_challenge_method", ""}},
			"stripped from a public client":            {"spa", []string{"code_challenge", "", "code_challenge_method", ""}},
			"only the challenge stripped":              {"web", []string{"code_challenge", ""}},
			"a method without a challenge":             {"legacy", []string{"code_challenge", ""}},
			"plain":                                    {"web", []string{"code_challenge_method", "plain"}},
			"plain of a client that need not have any": {"legacy", []string{"code_challenge_method", "plain"}},
			"no method, which means plain":             {"legacy", []string{"code_challenge_method", ""}},
			"a method of another case":                 {"web", []string{"code_challenge_method", "s256"}},
			"an unknown method":                        {"web", []string{"code_challenge_method", "S512"}},
			"a plain verifier as an S256 challenge":    {"web", []string{"code_challenge", strings.Repeat("v", 44)}},
			"a padded challenge":                       {"web", []string{"code_challenge", challenge(verifier) + "="}},
			"a short challenge":                        {"web", []string{"code_challenge", challenge(verifier)[:42]}},
			"an empty-looking challenge":               {"web", []string{"code_challenge", " "}},
		} {
			party := harness.NewParty(t, n, c.client)
			authorizeWith(t, browser, party, c.changes...)
			if answer := party.Answer(browser); answer.Get("error") != "invalid_request" || answer.Has("code") {
				t.Errorf("%s: %v", name, answer)
			}
		}
	})

	const path = "/api/v1/oauth/token"
	redeem := func(p *harness.Party, clientID, verifier string) harness.Answer {
		form := harness.Values("grant_type", "authorization_code", "code", p.Code(browser), "redirect_uri", harness.Callback)
		if verifier != "" {
			form.Set("code_verifier", verifier)
		}
		return n.Form(t, path, clientID, harness.ClientSecret, form)
	}
	t.Run("at the token endpoint", func(t *testing.T) {
		for name, c := range map[string]struct {
			client, challenge, verifier string
		}{
			"a verifier for a code without a challenge":  {"legacy", "", verifier},
			"no verifier for a code with a challenge":    {"legacy", challenge(verifier), ""},
			"no verifier of a client that needs it":      {"web", challenge(verifier), ""},
			"the challenge as the verifier":              {"web", challenge(verifier), challenge(verifier)},
			"another verifier":                           {"web", challenge(verifier), strings.Repeat("w", 43)},
			"a verifier of 42 characters":                {"web", challenge(verifier[:42]), verifier[:42]},
			"a verifier of 129 characters":               {"web", challenge(strings.Repeat("v", 129)), strings.Repeat("v", 129)},
			"a verifier with characters not allowed":     {"web", challenge(verifier + "+"), verifier + "+"},
			"a verifier that begins like the right one":  {"web", challenge(verifier), verifier + "v"},
			"a verifier of another case":                 {"web", challenge(verifier), strings.ToUpper(verifier)},
			"a verifier that hashes the empty challenge": {"legacy", "", strings.Repeat("a", 43)},
		} {
			party := harness.NewParty(t, n, c.client)
			method := "S256"
			if c.challenge == "" {
				method = ""
			}
			authorizeWith(t, browser, party, "code_challenge", c.challenge, "code_challenge_method", method)
			oauthError(t, name, redeem(party, c.client, c.verifier), 400, "invalid_grant")
		}
	})

	t.Run("and what is right still works", func(t *testing.T) {
		for name, c := range map[string]struct{ client, challenge, verifier string }{
			"no PKCE where it is not required": {"legacy", "", ""},
			"PKCE where it is not required":    {"legacy", challenge(verifier), verifier},
			"the shortest verifier":            {"web", challenge(verifier), verifier},
			"the longest verifier":             {"web", challenge(strings.Repeat("-._~", 32)), strings.Repeat("-._~", 32)},
		} {
			party := harness.NewParty(t, n, c.client)
			method := "S256"
			if c.challenge == "" {
				method = ""
			}
			authorizeWith(t, browser, party, "code_challenge", c.challenge, "code_challenge_method", method)
			if a := redeem(party, c.client, c.verifier); a.Status != http.StatusOK {
				t.Errorf("%s: %d %s", name, a.Status, a.Text)
			}
		}
	})
}
