package tests

import (
	"encoding/json"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

const declaration = `
users:
  - username: alice
    email: alice@example.org
    password: walks through wonderland
    email_verified: true
    given_name: Alice
    address: { street_address: Storgata 1, locality: Oslo, postal_code: "0155", country: NO }
  - { username: bob, email: bob@example.org, generate_password: true }
scopes:
  - { name: "invoices:read", description: Read invoices }
resources:
  - { uri: "https://api.example.org", scopes: ["invoices:read"] }
clients:
  - client_id: web
    client_name: Demo
    client_secret: env:WEB_SECRET
    redirect_uris: ["https://rp.example/callback"]
    scope: openid profile email offline_access
  - client_id: machine
    grant_types: [client_credentials]
    scope: invoices:read
`

func TestApplyTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	harness.EachEmptyDatabase(t, func(t *testing.T, db harness.Database) {
		env := map[string]string{
			"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "WEB_SECRET": harness.ClientSecret,
		}
		apply := func(args ...string) string {
			t.Helper()
			code, out, errs := harness.Command(t, env, declaration, append([]string{"apply", "-f", "-"}, args...)...)
			if code != 0 {
				t.Fatalf("exit code %d: %s", code, errs)
			}
			return out
		}
		if db.Name == "postgres" {
			if code, _, errs := harness.Command(t, env, declaration, "apply", "-f", "-"); code == 0 || !strings.Contains(errs, "authly migrate up") {
				t.Fatalf("a schema that is behind was accepted: %d %s", code, errs)
			}
			if code, _, errs := harness.Command(t, env, "", "migrate", "up"); code != 0 {
				t.Fatal(errs)
			}
		}
		if out := apply("--dry-run"); !strings.Contains(out, "6 of 6 would change") {
			t.Errorf("dry run: %s", out)
		}
		first := apply()
		if !strings.Contains(first, "6 of 6 changed") || strings.Count(first, "shown once") != 2 {
			t.Errorf("first: %s", first)
		}
		events := db.Count(t, "SELECT count(*) FROM audit_events")
		if out := apply(); !strings.Contains(out, "Nothing to change: 6 declared") {
			t.Errorf("second: %s", out)
		}
		if after := db.Count(t, "SELECT count(*) FROM audit_events"); after != events {
			t.Errorf("the second run wrote %d audit events", after-events)
		}
		var result []map[string]string
		if err := json.Unmarshal([]byte(apply("--output", "json")), &result); err != nil || len(result) != 6 {
			t.Errorf("JSON: %v %v", err, result)
		}
	})
}

func TestPruneRemovesWhatIsNotDeclared(t *testing.T) {
	t.Parallel()
	env := map[string]string{"AUTHLY_DATABASE_URL": harness.SQLite(t).URL, "WEB_SECRET": harness.ClientSecret}
	if code, _, errs := harness.Command(t, env, declaration, "apply", "-f", "-"); code != 0 {
		t.Fatal(errs)
	}
	code, out, errs := harness.Command(t, env, "scopes:\n  - { name: 'invoices:read', description: Read invoices }\n", "apply", "-f", "-", "--prune")
	if code != 0 || strings.Count(out, "deleted") != 3 {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
}

// TestAFaultyConfigurationNamesEveryVariable is one message for all faults, and status 2.
func TestAFaultyConfigurationNamesEveryVariable(t *testing.T) {
	t.Parallel()
	code, _, errs := harness.Command(t, map[string]string{
		"AUTHLY_ISSUER": "http://id.example.org", "AUTHLY_LISTEN": "nowhere", "AUTHLY_DATABASE_URL": "mysql://x",
		"AUTHLY_CODE_TTL": "soon", "AUTHLY_TYPO": "1", "AUTHLY_TRUSTED_PROXIES": "10.0.0.0/99",
	}, "", "serve")
	if code != 2 {
		t.Errorf("exit code %d", code)
	}
	for _, name := range []string{
		"AUTHLY_ISSUER", "AUTHLY_LISTEN", "AUTHLY_DATABASE_URL", "AUTHLY_CODE_TTL", "AUTHLY_TYPO", "AUTHLY_TRUSTED_PROXIES",
	} {
		if !strings.Contains(errs, name) {
			t.Errorf("%s is not named: %s", name, errs)
		}
	}
}

func TestUsageFaults(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"serve", "extra"}, {"serve", "--nonsense"}, {"apply"}, {"version", "-o", "xml"}, {"nonsense"}} {
		if code, _, errs := harness.Command(t, nil, "", args...); code != 2 || !strings.Contains(errs, "authly") {
			t.Errorf("%v: exit code %d: %s", args, code, errs)
		}
	}
}

func TestAFlagWinsOverTheEnvironmentOverTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "authly.yaml")
	if err := os.WriteFile(file, []byte("listen: from-file\nissuer: from-file\nlog_level: from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"AUTHLY_CONFIG": file, "AUTHLY_ISSUER": "from-env", "AUTHLY_LISTEN": "from-env"}
	code, _, errs := harness.Command(t, env, "", "serve", "--listen", "127.0.0.1:0")
	if code != 2 || strings.Contains(errs, "AUTHLY_LISTEN") || !strings.Contains(errs, "AUTHLY_ISSUER") || !strings.Contains(errs, "AUTHLY_LOG_LEVEL") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

// TestKeysCommands lists the keys without their private parts, and refuses to let a key sign that no client can know
// yet.
func TestKeysCommands(t *testing.T) {
	t.Parallel()
	server := harness.Launch(t, map[string]string{"AUTHLY_DATABASE_URL": harness.SQLite(t).URL})
	server.Start(t)
	server.Terminate()
	env := server.Environment()
	code, out, errs := harness.Command(t, env, "", "keys", "list", "--output", "json")
	var keys []map[string]any
	if err := json.Unmarshal([]byte(out), &keys); code != 0 || err != nil || len(keys) != 6 {
		t.Fatalf("exit code %d, %v: %s%s", code, err, out, errs)
	}
	for _, key := range keys {
		want := []string{"alg", "created_at", "kid", "state"}
		if key["state"] == "active" {
			want = append([]string{"activated_at"}, want...)
		}
		if names := slices.Sorted(maps.Keys(key)); key["kid"] == "" || key["state"] != "active" && key["state"] != "next" || !slices.Equal(names, want) {
			t.Errorf("key %v", key)
		}
	}
	if code, _, errs := harness.Command(t, env, "", "keys", "rotate"); code != 1 || !strings.Contains(errs, "too short a time") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

func TestVersionAndSeed(t *testing.T) {
	t.Parallel()
	if code, out, _ := harness.Command(t, nil, "", "version"); code != 0 || !strings.HasPrefix(out, "authly ") {
		t.Errorf("version: %d %s", code, out)
	}
	db := harness.SQLite(t)
	env := map[string]string{"AUTHLY_DATABASE_URL": db.URL}
	if code, out, errs := harness.Command(t, env, "", "seed", "--users", "700", "--sessions", "2"); code != 0 || !strings.Contains(out, "700 users") {
		t.Fatalf("seed: %d %s%s", code, out, errs)
	}
	if users := db.Count(t, "SELECT count(*) FROM users"); users != 700 {
		t.Errorf("%d users", users)
	}
	if sessions := db.Count(t, "SELECT count(*) FROM sessions"); sessions < 700 || sessions > 2800 {
		t.Errorf("%d sessions", sessions)
	}
	if alive := db.Count(t, "SELECT count(*) FROM sessions WHERE ended_at IS NULL AND level >= 1"); alive < 400 {
		t.Errorf("only %d sessions are of use", alive)
	}
	if code, _, _ := harness.Command(t, env, "", "seed"); code != 2 {
		t.Errorf("seed without a number: %d", code)
	}
}

// TestAStartThatFailsMakesNoAdministrator: the password is shown once, by the start that goes on.
func TestAStartThatFailsMakesNoAdministrator(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = taken.Close() })
		env := map[string]string{
			"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "AUTHLY_METRICS_ADDR": "off",
			"AUTHLY_LISTEN": taken.Addr().String(), "AUTHLY_ISSUER": "http://" + taken.Addr().String(),
		}
		command(t, env, "migrate", "up")
		for fault, change := range map[string]map[string]string{
			"AUTHLY_LISTEN":        {},
			"AUTHLY_TLS_CERT_FILE": {"AUTHLY_LISTEN": "127.0.0.1:0", "AUTHLY_TLS_CERT_FILE": "/nope", "AUTHLY_TLS_KEY_FILE": "/nope"},
		} {
			with := maps.Clone(env)
			maps.Copy(with, change)
			if code, out, errs := harness.Command(t, with, "", "serve"); code == 0 || out != "" || !strings.Contains(errs, fault) {
				t.Errorf("%s: exit code %d: %s%s", fault, code, out, errs)
			}
			if n := db.Count(t, "SELECT count(*) FROM users"); n != 0 {
				t.Errorf("%s: %d users", fault, n)
			}
		}
	})
}
