package tests

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// npmProject installs tests/npm/NAME outside the tree, once for each lock file, and gives the folder. Package managers put what they install into the
// user's cache folder.
func npmProject(t *testing.T, name string) string {
	t.Helper()
	source := filepath.Join("npm", name)
	lock, err := os.ReadFile(filepath.Join(source, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(lock), `"resolved"`) {
		t.Errorf("%s: the lock file names a registry", name)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(lock)
	target := filepath.Join(cache, "authly-test-npm", name+"-"+hex.EncodeToString(sum[:6]))
	ready := filepath.Join(target, ".ready")
	if _, err := os.Stat(ready); err != nil {
		if err := os.MkdirAll(target, 0o750); err != nil {
			t.Fatal(err)
		}
		copyProject(t, source, target)
		install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
		install.Dir = target
		if out, err := install.CombinedOutput(); err != nil {
			t.Fatalf("npm ci in %s: %v: %s", name, err, out)
		}
		if err := os.WriteFile(ready, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	copyProject(t, source, target) // the scripts may have changed since
	return target
}

func copyProject(t *testing.T, source, target string) {
	t.Helper()
	files, err := os.ReadDir(source)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if file.IsDir() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(source, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(target, file.Name()), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// node runs a script of an npm project and gives its output; a failure of the script fails the test.
func node(t *testing.T, dir, script string, env map[string]string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", script)
	cmd.Dir = dir
	cmd.Env = os.Environ()
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", script, err, out)
	}
	return string(out)
}

// consoleClient is a client through which administrators get the scopes of administration.
func consoleClient() identity.NewClient {
	c := harness.WebClient("console")
	c.Metadata.SkipConsent = true
	var scopes []string
	for _, s := range identity.BuiltInScopes() {
		scopes = append(scopes, s.Name)
	}
	c.Metadata.Scope = identity.JoinScope(scopes)
	return c
}

// consoleToken signs the first administrator in and gives an access token with the scopes.
func consoleToken(t *testing.T, n *harness.Node, scopes ...string) string {
	t.Helper()
	party := harness.NewParty(t, n, "console", scopes...)
	return party.Tokens(harness.NewBrowser(t, n), "admin", harness.AdminPassword).AccessToken
}

// TestGraphQLOverHTTPAudits is the public audit suite of GraphQL over HTTP: all 61, and without the right to introspect all but the three that
// introspect.
func TestGraphQLOverHTTPAudits(t *testing.T) {
	t.Parallel()
	dir := npmProject(t, "graphql-audits")
	n := harness.Start(t, harness.SQLite(t))
	n.Apply(t, identity.Desired{Clients: []identity.NewClient{consoleClient()}})
	all := node(t, dir, "runner.mjs", map[string]string{
		"AUTHLY_AUDIT_URL": n.URL + "/graphql", "AUTHLY_AUDIT_TOKEN": consoleToken(t, n, identity.ScopeUsersRead, identity.ScopeSchemaRead),
	})
	if !strings.Contains(all, "61/61") {
		t.Errorf("with introspection: %s", all)
	}
	without := node(t, dir, "runner.mjs", map[string]string{
		"AUTHLY_AUDIT_URL": n.URL + "/graphql", "AUTHLY_AUDIT_TOKEN": consoleToken(t, n, identity.ScopeUsersRead),
		"AUTHLY_AUDIT_EXPECT": "28B9,D6D5,6A70",
	})
	if !strings.Contains(without, "58/61") {
		t.Errorf("without introspection: %s", without)
	}
}
