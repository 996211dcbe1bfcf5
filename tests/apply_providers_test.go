package tests

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/tests/harness"
)

// TestIdentityProvidersAreDeclared: what is declared is there, once; the secret comes from the environment and stays when the file says
// none; a fault is told with its line; and what the file names no more goes.
func TestIdentityProvidersAreDeclared(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "WORK": "one"}
		command(t, env, "migrate", "up")
		file := `identity_providers:
  - { slug: work, kind: oidc, name: Work, issuer: "https://idp.example.org", client_id: authly, client_secret: "env:WORK", levels: { mfa: 2 },
      trust_email: true, email_domains: [Example.org], link_policy: verified_email, scopes: [], position: 1 }
  - { slug: hub, kind: github, name: GitHub, client_id: authly, enabled: false }
`
		apply := func(want, text string, args ...string) {
			t.Helper()
			code, out, errs := harness.Command(t, env, text, append([]string{"apply", "-f", "-"}, args...)...)
			if !strings.Contains(out+errs, want) || strings.Contains(out+errs, "one") {
				t.Errorf("%v: %d %s%s, want %s", args, code, out, errs, want)
			}
		}
		providers := func(where string) int {
			return db.Count(t, "SELECT count(*) FROM identity_providers WHERE "+where)
		}
		apply("2 of 2 would change", file, "--dry-run")
		if n := providers("true"); n != 0 {
			t.Errorf("a dry run makes %d", n)
		}
		apply("created   provider work\ncreated   provider hub\n2 of 2 changed", file)
		if n := providers("enabled AND slug = 'work' AND issuer = 'https://idp.example.org'"); n != 1 {
			t.Error("what is declared is not there")
		}
		if n := providers("NOT enabled AND issuer = 'https://github.com'"); n != 1 {
			t.Error("a provider is not as its kind is, or enabled")
		}
		events := db.Count(t, "SELECT count(*) FROM audit_events")
		apply("Nothing to change: 2 declared", file)
		apply("Nothing to change: 2 declared", strings.Replace(file, `client_secret: "env:WORK", `, "", 1))
		if after := db.Count(t, "SELECT count(*) FROM audit_events"); after != events {
			t.Errorf("%d events tell of nothing", after-events)
		}
		env["WORK"] = "two"
		apply("updated   provider work\n1 of 2 changed", file)
		apply("Nothing to change", file)
		apply("updated   provider work\n1 of 2 changed", strings.Replace(file, "levels: { mfa: 2 },", "enabled: false,", 1))
		if n := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'provider.disabled'"); n != 1 {
			t.Errorf("%d events tell that it was switched off", n)
		}
		apply("Nothing to change: 0 declared", "users: []\n", "--prune")
		apply("deleted   provider hub\n", strings.Split(file, "  - { slug: hub")[0], "--prune")
		if n := providers("true"); n != 1 {
			t.Errorf("%d are left", n)
		}
	})
}

// TestEveryFaultOfAnIdentityProviderIsToldWithItsLine, and nothing is changed.
func TestEveryFaultOfAnIdentityProviderIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	env := map[string]string{"AUTHLY_DATABASE_URL": harness.SQLite(t).URL, "AUTHLY_SECRET_KEY": harness.RootSecret}
	if code, out, errs := harness.Command(t, env, `identity_providers: [{ slug: work, kind: github, name: W, client_id: a }]`, "apply", "-f", "-"); code != 0 {
		t.Fatal(out, errs)
	}
	code, _, errs := harness.Command(t, env, `identity_providers:
  - slug: work
    kind: oidc
    name: Work
    issuer: http://idp.example.org
    client_id: authly
    client_secret: env:MISSING
    register: true
  - slug: work
    kind: saml
    name: ""
    issuer: https://idp.example.org
    client_id: authly
    levels: { mfa: 3, other: x }
    tenant: none
`, "apply", "-f", "-")
	_, faults, _ := strings.Cut(errs, "\n")
	want := `identity_providers[0].kind (line 3): Must stay as it is there: github.
identity_providers[0].issuer (line 5): Must be an https URL of at most 2048 characters.
identity_providers[0].client_secret (line 7): Is from the variable MISSING, which is not set.
identity_providers[0].register (line 8): Must be false unless the provider is trusted about addresses.
identity_providers[1].slug (line 9): Is the same as identity_providers[0].slug (line 2).
identity_providers[1].kind (line 10): Must be oidc, google, entra, github or oauth2.
identity_providers[1].kind (line 10): Must stay as it is there: github.
identity_providers[1].name (line 11): Must not be empty.
identity_providers[1].levels (line 14): Must be an object with a value or a list of values for each name, without a name twice.
identity_providers[1].tenant (line 15): Is an unknown key.
`
	if diff := cmp.Diff(want, faults); code != 2 || diff != "" {
		t.Error(code, diff)
	}
}
