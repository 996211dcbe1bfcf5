package tests

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"testing"
)

// TestTheConsoleIsPinned holds that the packages of the console are those that were looked at, from wherever npm takes them: exact
// versions, and a lock file that names no registry.
func TestTheConsoleIsPinned(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../console/package.json")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Dependencies    map[string]string `json:"dependencies"`
		DevDependencies map[string]string `json:"devDependencies"`
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest.Dependencies) == 0 || len(manifest.DevDependencies) == 0 {
		t.Fatal("the console has no packages")
	}
	exact := regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	for _, packages := range []map[string]string{manifest.Dependencies, manifest.DevDependencies} {
		for name, version := range packages {
			if !exact.MatchString(version) {
				t.Errorf("%s: the version %s is not exact", name, version)
			}
		}
	}
	lock, err := os.ReadFile("../console/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(lock, []byte(`"resolved"`)) {
		t.Error("package-lock.json names a registry: npm install --omit-lockfile-registry-resolved")
	}
}
