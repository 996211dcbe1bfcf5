package tests

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
)

const otherRoot = "another-root-secret-another-root-secret"

// storeCommands are all the commands that open the database.
func storeCommands() [][]string {
	return [][]string{
		{"serve"},
		{"apply", "-f", "-"},
		{"apply", "-f", "-", "--dry-run"},
		{"export"},
		{"keys", "list"},
		{"keys", "rotate"},
		{"keys", "rotate-root"},
		{"recover", "admin"},
		{"invitations", "list"},
		{"initial-access-tokens", "list"},
		{"seed", "--users", "1"},
		{"migrate", "up"},
		{"migrate", "status"},
	}
}

// served makes a database that a server has run on, with clients, and returns the environment of commands for it.
func served(t *testing.T, db harness.Database) map[string]string {
	t.Helper()
	env := map[string]string{
		"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "WEB_SECRET": harness.ClientSecret,
		"AUTHLY_METRICS_ADDR": "off", "AUTHLY_LISTEN": harness.FreeAddress(t),
	}
	n := harness.Start(t, db)
	n.Stop()
	command(t, env, "apply", "-f", "-")
	return env
}

// command runs one that must succeed, with the declaration as input.
func command(t *testing.T, env map[string]string, args ...string) string {
	t.Helper()
	code, out, errs := harness.Command(t, env, declaration, args...)
	if code != 0 {
		t.Fatalf("%v: exit code %d: %s", args, code, errs)
	}
	return out
}

// commandsRefused runs every command and demands that each names the remedy and changes nothing.
func commandsRefused(t *testing.T, db harness.Database, env map[string]string) {
	t.Helper()
	state := func() (rows int, file string) {
		for _, table := range []string{"audit_events", "users", "clients", "signing_keys", "scopes", "goose_db_version"} {
			rows += db.Count(t, "SELECT count(*) FROM "+table)
		}
		if db.Name == "sqlite" {
			content, err := os.ReadFile(strings.TrimPrefix(db.URL, "sqlite:"))
			if err != nil {
				t.Fatal(err)
			}
			file = string(content)
		}
		return rows, file
	}
	rows, file := state()
	for _, args := range storeCommands() {
		code, _, errs := harness.Command(t, env, declaration, args...)
		if code != 2 || !strings.Contains(errs, "AUTHLY_SECRET_KEY") || !strings.Contains(errs, "AUTHLY_SECRET_KEYS_OLD") {
			t.Errorf("%v: exit code %d: %s", args, code, errs)
		}
		if db.Name == "sqlite" && !strings.Contains(errs, "secret.key") {
			t.Errorf("%v: the key file is not named: %s", args, errs)
		}
		for _, secret := range []string{otherRoot, harness.RootSecret} {
			if strings.Contains(errs, secret) {
				t.Errorf("%v: a root key is written out: %s", args, errs)
			}
		}
		if after, content := state(); after != rows || content != file {
			t.Errorf("%v: the database has changed", args)
		}
	}
	command(t, withRoot(env, harness.RootSecret), "keys", "list")
}

// withRoot returns the environment with another root key and former ones; an empty root is none.
func withRoot(env map[string]string, root string, old ...string) map[string]string {
	changed := map[string]string{}
	for name, value := range env {
		changed[name] = value
	}
	changed["AUTHLY_SECRET_KEY"], changed["AUTHLY_SECRET_KEYS_OLD"] = root, strings.Join(old, ",")
	for _, name := range []string{"AUTHLY_SECRET_KEY", "AUTHLY_SECRET_KEYS_OLD"} {
		if changed[name] == "" {
			delete(changed, name)
		}
	}
	return changed
}

// TestAnotherRootKeyIsRefusedByEveryCommand: what it would write could not be read by the servers that run.
func TestAnotherRootKeyIsRefusedByEveryCommand(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		env := served(t, db)
		commandsRefused(t, db, withRoot(env, otherRoot))
		commandsRefused(t, db, withRoot(env, otherRoot, "a-third-root-secret-a-third-root-secret"))
	})
}

// TestAnotherRootKeyIsRefusedBeforeThereAreSigningKeys: clients that were applied to an empty database hang on it too.
func TestAnotherRootKeyIsRefusedBeforeThereAreSigningKeys(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		env := map[string]string{
			"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "WEB_SECRET": harness.ClientSecret,
			"AUTHLY_LISTEN": harness.FreeAddress(t), "AUTHLY_METRICS_ADDR": "off",
		}
		command(t, env, "migrate", "up")
		command(t, env, "apply", "-f", "-")
		if db.Count(t, "SELECT count(*) FROM signing_keys") != 0 {
			t.Fatal("there are signing keys")
		}
		commandsRefused(t, db, withRoot(env, otherRoot))
	})
}

// TestAnotherRootKeyIsRefusedBeforeMigrating: a database of an earlier version is left as it is.
func TestAnotherRootKeyIsRefusedBeforeMigrating(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		env := served(t, db)
		db.Execute(t, "DROP TABLE root_key_check")
		db.Execute(t, "DELETE FROM goose_db_version WHERE version_id = 20261129096100")
		refuse := func(args ...string) {
			t.Helper()
			code, _, errs := harness.Command(t, withRoot(env, otherRoot), declaration, args...)
			if code != 2 || !strings.Contains(errs, "AUTHLY_SECRET_KEYS_OLD") {
				t.Errorf("%v: exit code %d: %s", args, code, errs)
			}
			if db.Count(t, "SELECT count(*) FROM goose_db_version WHERE version_id = 20261129096100") != 0 {
				t.Errorf("%v: it was migrated", args)
			}
		}
		for _, args := range storeCommands() {
			refuse(args...)
		}
	})
}

// TestNoRootKeyIsMadeForADatabaseInUse: a shell without the key, or a restored database without its file, must not
// void every client.
func TestNoRootKeyIsMadeForADatabaseInUse(t *testing.T) {
	t.Parallel()
	db := harness.SQLite(t)
	env := served(t, db)
	path := filepath.Join(filepath.Dir(strings.TrimPrefix(db.URL, "sqlite:")), "secret.key")
	commandsRefused(t, db, withRoot(env, ""))
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("a root key was made: %v", err)
	}
	if err := os.WriteFile(path, []byte(otherRoot), 0o600); err != nil {
		t.Fatal(err)
	}
	commandsRefused(t, db, withRoot(env, ""))
	if err := os.WriteFile(path, []byte(harness.RootSecret), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, withRoot(env, ""), "keys", "list")
}

// TestARootKeyIsReplacedWithoutABreak follows docs/operations.md: while the former key is named, all that was sealed
// under it serves; once nothing is, the new one is enough.
func TestARootKeyIsReplacedWithoutABreak(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		env := served(t, db)
		command(t, withRoot(env, harness.RootSecret, otherRoot), "keys", "list")
		replaced := withRoot(env, otherRoot, harness.RootSecret)
		server := harness.Launch(t, map[string]string{
			"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": otherRoot, "AUTHLY_SECRET_KEYS_OLD": harness.RootSecret,
		})
		server.Start(t) // ready, so that it signs
		server.Terminate()
		command(t, replaced, "apply", "-f", "-")
		if code, _, _ := harness.Command(t, withRoot(env, otherRoot), "", "keys", "list"); code != 2 {
			t.Errorf("the former key is still needed, but its absence is accepted: %d", code)
		}
		db.Execute(t, "DELETE FROM signing_keys")
		if code, _, _ := harness.Command(t, withRoot(env, otherRoot), "", "keys", "list"); code != 2 {
			t.Errorf("without signing keys any root key is accepted: %d", code)
		}
		server.Start(t)
		server.Terminate()
		command(t, withRoot(env, otherRoot), "keys", "list")
	})
}

// TestTwoProgramsBeginWithAnEmptyDatabase at once: with one root key both work, with two one of them is refused.
func TestTwoProgramsBeginWithAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	harness.EachEmptyDatabase(t, func(t *testing.T, db harness.Database) {
		env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "WEB_SECRET": harness.ClientSecret, "AUTHLY_SECRET_KEY": harness.RootSecret}
		if db.Name == "sqlite" {
			env = withRoot(env, "") // they agree on one that is made
		} else {
			command(t, env, "migrate", "up")
		}
		atOnce(t, []map[string]string{env, env, env}, func(codes []int) bool { return codes[0]+codes[1]+codes[2] == 0 })
	})
	t.Run("different root keys", func(t *testing.T) {
		t.Parallel()
		harness.EachEmptyDatabase(t, func(t *testing.T, db harness.Database) {
			env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "WEB_SECRET": harness.ClientSecret, "AUTHLY_SECRET_KEY": harness.RootSecret}
			if db.Name == "postgres" {
				command(t, env, "migrate", "up")
			}
			atOnce(t, []map[string]string{env, withRoot(env, otherRoot)}, func(codes []int) bool { return codes[0]+codes[1] == 2 })
		})
	})
}

// atOnce runs a command in each environment and judges the exit codes.
func atOnce(t *testing.T, envs []map[string]string, right func(codes []int) bool) {
	t.Helper()
	codes, faults := make([]int, len(envs)), make([]string, len(envs))
	var all sync.WaitGroup
	for i, env := range envs {
		all.Go(func() { codes[i], _, faults[i] = harness.Command(t, env, "", "keys", "list") })
	}
	all.Wait()
	if !right(codes) {
		t.Errorf("exit codes %v: %v", codes, faults)
	}
}

// TestANodeThatCannotSignIsNotReady: every token that is asked of it would be a fault.
func TestANodeThatCannotSignIsNotReady(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := harness.Start(t, db)
		if ready := n.Get(t, "/health/ready"); ready.Status != http.StatusOK {
			t.Fatalf("not ready: %v", ready.Body)
		}
		db.Execute(t, "DELETE FROM signing_keys WHERE algorithm = 'ES256'")
		n.Clock.Advance(2 * time.Minute)
		if ready := n.Get(t, "/health/ready"); ready.Status != http.StatusServiceUnavailable || ready.String("signing_keys") == "" {
			body, _ := json.Marshal(ready.Body)
			t.Errorf("status %d: %s", ready.Status, body)
		}
		if live := n.Get(t, "/health/live"); live.Status != http.StatusOK {
			t.Errorf("live: %d", live.Status)
		}
	})
}
