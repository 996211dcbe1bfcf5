package tests

import (
	"maps"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// everyKind is a declaration with an entry of each list, and with what is easily lost: who is inactive, an empty list, a text that looks
// like a number, a number that is too large for most.
const everyKind = `
scopes: [{ name: employment, description: Read where you work }, { name: orders, description: Orders, default: true }]
attributes:
  - { name: badge, type: string, pattern: "[A-Z0-9]+", required: true, unique: true, scopes: [employment] }
  - { name: level, type: integer, filterable: true, user_writable: true }
  - { name: desks, type: string_list }
resources: [{ uri: "https://api.example/orders", name: Orders, scopes: [orders], access_token_ttl: 120 }]
users:
  - username: ann
    email: ann@example.org
    password: env:ANN
    email_verified: true
    attributes: { badge: "007", level: 7, desks: [A, "2"] }
    given_name: Ann
    birthdate: 1980-02-03
    address: { locality: Oslo, country: "NO" }
  - { username: bob, email: bob@example.org, generate_password: true, attributes: { badge: B2 }, admin: true, active: false }
groups: [{ path: /sales, description: All }, { path: /sales/emea, members: [ann] }, { path: /empty }]
roles:
  - { name: desk, users: [ann], admin_scopes: ["admin:users:read"], admin_groups: [/sales] }
  - { client: shop, name: editor, groups: [/sales/emea] }
clients:
  - { client_id: shop, redirect_uris: ["https://shop.example/cb"], localized: { "client_name#de": Laden }, require_pkce: false, active: false }
  - client_id: machine
    grant_types: [client_credentials]
    token_endpoint_auth_method: private_key_jwt
    jwks:
      keys:
        - { kty: EC, crv: P-256, x: f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU, y: x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0 }
identity_providers: [{ slug: google, kind: google, name: Google, client_id: abc, client_secret: env:GOOGLE, levels: { mfa: 2 } }]
trusted_issuers: [{ issuer: "https://ci.example", jwks_uri: "https://ci.example/jwks" }]
authorization_details_types: [{ type: payment, schema: { type: object, properties: { amount: { maximum: 12345678901234567 } } } }]
settings: { AUTHLY_CODE_TTL: 45s }
branding: { product_name: Acme, accent: "#112233", logo: "data:;base64,LOGO", texts: { de: { Cancel: Lieber nicht } } }
`

// operated is a database with what the commands of its operator need.
type operated struct {
	harness.Database
	env map[string]string
}

func operate(t *testing.T, db harness.Database) operated {
	t.Helper()
	return operated{db, map[string]string{
		"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "ANN": harness.AlicePassword, "GOOGLE": "secret-at-google",
	}}
}

// run runs a command with a file on standard input, which must end with the code.
func (o operated) run(t *testing.T, code int, file string, args ...string) string {
	t.Helper()
	got, out, errs := harness.Command(t, o.env, file, args...)
	if got != code {
		t.Fatalf("%v: exit code %d: %s%s", args, got, out, errs)
	}
	return out + errs
}

func (o operated) apply(t *testing.T, file string, args ...string) string {
	t.Helper()
	return o.run(t, 0, file, append([]string{"apply", "-f", "-"}, args...)...)
}

// TestAnExportBringsAnotherDatabaseToTheSameState: from each to the other, passwords and secrets included.
func TestAnExportBringsAnotherDatabaseToTheSameState(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		other := harness.Postgres
		if db.Name == "postgres" {
			other = harness.SQLite
		}
		from, to := operate(t, db), operate(t, other(t))
		from.apply(t, strings.Replace(everyKind, "LOGO", aLogo(t), 1))
		before := from.RowCounts(t)
		full := from.run(t, 0, "", "export", "--secrets")
		if again := from.run(t, 0, "", "export", "--secrets"); again != full || !maps.Equal(from.RowCounts(t), before) {
			t.Error("a second export is another, or an export changes something")
		}
		to.apply(t, full)
		if out := to.run(t, 0, full, "export", "--secrets", "--diff", "-"); out != "" {
			t.Errorf("what was brought over differs:\n%s", out)
		}
		if out := from.apply(t, full, "--prune"); !strings.Contains(out, "Nothing to change") {
			t.Errorf("an export is not the state that it is of: %s", out)
		}
		n := harness.Start(t, to.Database)
		browser := harness.NewBrowser(t, n)
		browser.Get(n.URL + "/account")
		browser.SignIn("ann", harness.AlicePassword)
		if text := browser.Text(); !strings.Contains(text, "ann@example.org") || !strings.Contains(text, "Acme") {
			t.Errorf("whoever was brought over does not sign in: %s", text)
		}
	})
}

// TestAnExportHasNoSecretUnlessItIsToldTo: and what it has suffices for a server on which nobody is yet.
func TestAnExportHasNoSecretUnlessItIsToldTo(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		o := operate(t, db)
		o.apply(t, strings.Replace(everyKind, "LOGO", aLogo(t), 1))
		plain, full := o.run(t, 0, "", "export"), o.run(t, 0, "", "export", "--secrets")
		for _, secret := range []string{"$argon2id$", o.env["GOOGLE"]} {
			if strings.Contains(plain, secret) || !strings.Contains(full, secret) {
				t.Errorf("%q: %s", secret, plain)
			}
		}
		empty := operate(t, harness.SQLite(t))
		if out := empty.apply(t, plain); strings.Count(out, "shown once") != 3 { // two users and a client
			t.Error(out)
		}
		if out := empty.run(t, 0, plain, "export", "--diff", "-"); out != "" {
			t.Errorf("what was brought over differs:\n%s", out)
		}
	})
}

// TestAnExportTellsWhatHasChanged: in the exit code too, and without users nothing names one.
func TestAnExportTellsWhatHasChanged(t *testing.T) {
	t.Parallel()
	o := operate(t, harness.SQLite(t))
	o.apply(t, strings.Replace(everyKind, "LOGO", aLogo(t), 1))
	before := o.run(t, 0, "", "export", "--without-users")
	if strings.Contains(before, "ann") || strings.Contains(before, "members") || !strings.Contains(before, "/sales/emea") {
		t.Errorf("%s", before)
	}
	o.apply(t, "scopes: [{ name: orders, description: All orders }]\ngroups: [{ path: /sales/apac }]\n")
	changed := o.run(t, 1, before, "export", "--without-users", "--diff", "-")
	for _, line := range []string{"-      description: Orders", "-      default: true", "+      description: All orders", "+    - path: /sales/apac"} {
		if !strings.Contains(changed, line+"\n") {
			t.Errorf("%q is not told: %s", line, changed)
		}
	}
	if strings.Contains(changed, "Acme") {
		t.Errorf("what has not changed is told: %s", changed)
	}
	if out := o.run(t, 1, "", "export", "--diff", "missing.yaml"); !strings.Contains(out, "missing.yaml") {
		t.Error(out)
	}
}

// TestSettingsAreDeclared: what a server obeys while it runs, by the rules of the admin API; with its line where it is wrong.
func TestSettingsAreDeclared(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		o := operate(t, db)
		stored := func() int { return o.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'settings.updated'") }
		o.apply(t, "settings: { AUTHLY_CODE_TTL: 45s, AUTHLY_SESSION_TTL: 1h }\n")
		if out := o.apply(t, "settings: { AUTHLY_CODE_TTL: 45s }\n"); !strings.Contains(out, "Nothing to change") || stored() != 1 {
			t.Errorf("%s: %d changes", out, stored())
		}
		if out := o.apply(t, "scopes: []\n", "--prune"); !strings.Contains(out, "Nothing to change") {
			t.Errorf("a file that says nothing of them takes settings back: %s", out)
		}
		if out := o.apply(t, "settings:\n  AUTHLY_CODE_TTL: 50s\n", "--prune"); !strings.Contains(out, "updated   settings AUTHLY_CODE_TTL") ||
			!strings.Contains(out, "deleted   settings AUTHLY_SESSION_TTL") || stored() != 2 {
			t.Errorf("%s: %d changes", out, stored())
		}
		out := o.run(t, 2, "settings:\n  AUTHLY_CODE_TTL: soon\n  AUTHLY_LISTEN: \":80\"\n  AUTHLY_NONE: 1\n", "apply", "-f", "-")
		for _, fault := range []string{
			"settings.AUTHLY_CODE_TTL (line 2): ", "settings.AUTHLY_LISTEN (line 3): ", "settings.AUTHLY_NONE (line 4): Is not the name of a setting.",
		} {
			if !strings.Contains(out, fault) {
				t.Errorf("%q is not told: %s", fault, out)
			}
		}
		if out := o.run(t, 2, "settings: [AUTHLY_CODE_TTL]\n", "apply", "-f", "-"); !strings.Contains(out, "settings (line 1): Must be an object") {
			t.Error(out)
		}
		o.env["AUTHLY_CODE_TTL"] = "30s"
		if out := o.run(t, 2, "settings: { AUTHLY_CODE_TTL: 55s }\n", "apply", "-f", "-"); !strings.Contains(out, "AUTHLY_CODE_TTL") {
			t.Errorf("what the environment pins is stored: %s", out)
		}
		if stored() != 2 {
			t.Error("what is refused changes something")
		}
	})
}
