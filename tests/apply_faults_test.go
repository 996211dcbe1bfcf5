package tests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/tests/harness"
)

// Each fault of this file is of a kind of its own.
const faultyDeclaration = `users:
  - username: carol
    emial: carol@example.org
    email: ALICE2@example.org
    generate_password: perhaps
    password: env:NOPE
  - { username: dan, email: dan@example.org, password: password1 }
  - { username: DAN, email: dan2@example.org, generate_password: true, locale: "?" }
scopes:
  - name: "orders:read"
    description: Read orders
    description: Read more
resources:
  - uri: https://orders.example.org
    scopes: ["orders:read", "orders:write"]
clients:
  - client_id: shop
    redirect_uris:
      - https://shop.example.org/callback
      - https://*.example.org/
      - HTTPS://SHOP.example.org/callback
    scope: openid porfile
    default_resource: https://nowhere.example.org
  - client_id: robot
    access_token_ttl: 90000
    logo_uri: "ftp://robot.example.org/logo.png"
    jwks: { keys: [] }
`

const theFaults = `users[0].emial (line 3): Is an unknown key.
users[0].email (line 4): Is the address of another user.
users[0].generate_password (line 5): Must be true or false.
users[0].password (line 6): Is from the variable NOPE, which is not set.
users[1].password (line 7): The password is one of the most common ones. Choose another.
users[2].username (line 8): Is the same as users[1].username (line 7).
users[2].locale (line 8): Must be a BCP 47 language tag of at most 64 characters, such as nb-NO.
scopes[0].description (line 12): Is the same as scopes[0].description (line 11).
clients[0].redirect_uris[1] (line 20): Must not have a wildcard or a backslash.
clients[0].redirect_uris[2] (line 21): Is the same as clients[0].redirect_uris[0] (line 19).
clients[0].default_resource (line 23): Must be the URI of a registered resource, or the issuer.
clients[1].redirect_uris (line 24): Must have at least one URI for the grant type authorization_code.
clients[1].access_token_ttl (line 25): Must be a number of seconds, at most a day.
clients[1].logo_uri (line 26): Must be an absolute http or https URL without a fragment, of at most 2048 characters.
clients[1].jwks (line 27): Has no key that can prove a signature: RSA of 2048 bits or more, EC P-256 or P-384, or OKP Ed25519.
`

// TestEveryFaultOfAFileIsToldWithItsLine at once and in the order of the file, and nothing changes: neither what the file
// declares rightly nor, with --prune, what it does not name.
func TestEveryFaultOfAFileIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		env := map[string]string{
			"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "WEB_SECRET": harness.ClientSecret,
		}
		command(t, env, "migrate", "up")
		command(t, env, "keys", "list") // the database knows its root key from the first command on
		refuse := func(text, count, want, file string, args ...string) {
			t.Helper()
			before := db.Rows(t)
			code, out, errs := harness.Command(t, env, text, append([]string{"apply", "-f", file}, args...)...)
			if code != 2 || out != "" {
				t.Errorf("%v: exit code %d: %s", args, code, out)
			}
			if file == "-" {
				file = "standard input"
			}
			if diff := cmp.Diff("authly: "+file+" has "+count+", so nothing was changed:\n"+want, errs); diff != "" {
				t.Errorf("%v (-want +got):\n%s", args, diff)
			}
			if diff := cmp.Diff(before, db.Rows(t)); diff != "" {
				t.Errorf("%v changes (-before +after):\n%s", args, diff)
			}
		}
		empty := strings.Replace(theFaults, "users[0].email (line 4): Is the address of another user.\n", "", 1)
		refuse(faultyDeclaration, "14 faults", empty, "-")

		refuse("scopes: [{ name: more }]\nusres: []\n", "1 fault", "usres (line 2): Is an unknown key.\n", "-")

		command(t, env, "apply", "-f", "-")
		other := "users: [{ username: alice2, email: alice2@example.org, generate_password: true }]"
		if code, _, errs := harness.Command(t, env, other, "apply", "-f", "-"); code != 0 {
			t.Fatal(errs)
		}
		file := filepath.Join(t.TempDir(), "authly.yaml")
		if err := os.WriteFile(file, []byte(faultyDeclaration), 0o600); err != nil {
			t.Fatal(err)
		}
		refuse("", "15 faults", theFaults, file)
		refuse("", "15 faults", theFaults, file, "--dry-run", "--output", "json")
		refuse("", "15 faults", theFaults, file, "--prune")
	})
}

// TestAFaultOfAnyKindIsToldWithItsLine also when it is the only one: what is no YAML, JSON, and what shows only when the file
// is carried out.
func TestAFaultOfAnyKindIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	env := map[string]string{"AUTHLY_DATABASE_URL": harness.SQLite(t).URL, "WEB_SECRET": harness.ClientSecret}
	command(t, env, "apply", "-f", "-")
	for text, want := range map[string]string{
		"users:\n  - username: a: b\n": "standard input (line 2): Mapping values are not allowed in this context.",
		`{"clients": [
			{"client_id": "web", "redirect_uris": [
				"http://a.example/"] } ] }`: "clients[0].redirect_uris[0] (line 3): Must be https: http leads to this very machine only.",
		"users:\n- { username: alice, email: bob@example.org, generate_password: true }\n" +
			"- { username: bob, email: alice@example.org, generate_password: true }\n": "users[0].email (line 2): This e-mail address is taken.",
		"users:\n  - { username: alice, email: al@example.org }\n": "users[0].password (line 2): " +
			"Give exactly one of a password, its hash, and the wish for a generated one.",
	} {
		code, out, errs := harness.Command(t, env, text, "apply", "-f", "-")
		if code != 2 || out != "" || errs != "authly: standard input has 1 fault, so nothing was changed:\n"+want+"\n" {
			t.Errorf("%q: exit code %d: %s%s", text, code, out, errs)
		}
	}
}

// TestTheFaultsOfAFileAreToldWithoutADatabase beside the reason why nobody could look at it.
func TestTheFaultsOfAFileAreToldWithoutADatabase(t *testing.T) {
	t.Parallel()
	env := map[string]string{"AUTHLY_DATABASE_URL": "sqlite:/dev/null/authly.db"}
	code, _, errs := harness.Command(t, env, "scopes: [{ label: more }]\n", "apply", "-f", "-")
	if code != 2 || !strings.Contains(errs, "scopes[0].label (line 1): Is an unknown key.\n") || !strings.Contains(errs, "/dev/null") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}
