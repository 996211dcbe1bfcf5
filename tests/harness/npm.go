package harness

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// exactVersion is what a package.json of the tests may ask for: a range would be another library tomorrow.
var exactVersion = regexp.MustCompile(`^\d+\.\d+\.\d+$`)

// NPMProject copies tests/npm/NAME into a temporary folder, with its packages, and returns that folder. The packages
// are installed once for each lock file, into authly-test-npm in the user's cache folder.
func NPMProject(t *testing.T, name string) string {
	t.Helper()
	source := filepath.Join(Root(t), "tests", "npm", name)
	description, lock := readFile(t, filepath.Join(source, "package.json")), readFile(t, filepath.Join(source, "package-lock.json"))
	var wanted struct {
		Dependencies map[string]string `json:"dependencies"`
	}
	if err := json.Unmarshal(description, &wanted); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for library, version := range wanted.Dependencies {
		if !exactVersion.MatchString(version) {
			t.Errorf("%s: %s %s is not an exact version", name, library, version)
		}
	}
	if strings.Contains(string(lock), `"resolved"`) {
		t.Errorf("%s: the lock file names a registry: lock with --omit-lockfile-registry-resolved", name)
	}
	target := t.TempDir()
	if err := os.CopyFS(target, os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(append(description, lock...))
	modules := installed(t, name+"-"+hex.EncodeToString(sum[:6]), description, lock)
	if err := os.Symlink(modules, filepath.Join(target, "node_modules")); err != nil {
		t.Fatal(err)
	}
	return target
}

// installed returns the node_modules of a lock file. They appear whole or not at all, so that an interrupted or a
// second run does no harm.
func installed(t *testing.T, key string, description, lock []byte) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(cache, "authly-test-npm", key)
	modules := filepath.Join(target, "node_modules")
	if _, err := os.Stat(modules); err == nil {
		return modules
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o750); err != nil {
		t.Fatal(err)
	}
	work, err := os.MkdirTemp(filepath.Dir(target), "installing-") //nolint:usetesting // it must be on the same file system to be renamed
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(work)
	for name, content := range map[string][]byte{"package.json": description, "package-lock.json": lock} {
		if err := os.WriteFile(filepath.Join(work, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	install := exec.CommandContext(t.Context(), program(t, "npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	install.Dir = work
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci in %s: %v: %s", key, err, out)
	}
	if err := os.Rename(work, target); err != nil && !errors.Is(err, fs.ErrExist) { // another run was faster
		t.Fatal(err)
	}
	return modules
}

// NodeScript runs a script of an npm project and returns its output; a failure of the script fails the test.
func NodeScript(t *testing.T, dir, script string, env map[string]string) string {
	t.Helper()
	out, err := RunNode(t, dir, env, script)
	if err != nil {
		t.Errorf("%s: %v\n%s", script, err, out)
	}
	return out
}

// RunNode runs Node.js in the folder of an npm project, with arguments, and returns its output; its failure is for the
// caller to judge.
func RunNode(t *testing.T, dir string, env map[string]string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t, "node"), args...)
	cmd.Dir = dir
	cmd.Env = os.Environ()
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%v: run make test, which installs what the tests need", err)
	}
	return path
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// Root is the folder of go.mod.
func Root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("go.mod was not found")
		}
		dir = parent
	}
}
