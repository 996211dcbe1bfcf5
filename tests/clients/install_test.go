package clients

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/authly/authly/tests/harness"
)

// apt installs the Debian packages that the page names, and further ones, where they are missing.
func (g *guide) apt(further ...string) {
	g.t.Helper()
	packages := slices.Concat(g.installs("apt-get install"), further)
	aptLock.Lock() // dpkg has a lock too, but apt-get update does not wait for it
	defer aptLock.Unlock()
	var missing []string
	for _, name := range packages {
		out, err := exec.CommandContext(g.t.Context(), "dpkg-query", "-W", "-f", "${db:Status-Status}", name).Output()
		if err != nil || string(out) != "installed" {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return
	}
	for _, line := range [][]string{{"update"}, append([]string{"install", "-y", "--no-install-recommends"}, missing...)} {
		command := append([]string{"env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"}, line...)
		if os.Geteuid() != 0 {
			command = append([]string{"sudo", "-n"}, command...)
		}
		g.mustRun(exec.CommandContext(g.t.Context(), command[0], command[1:]...))
	}
}

var aptLock, javaLock sync.Mutex

// npm links the packages of tests/npm/clients into the guide's folder. The page must name the versions that are locked
// there.
func (g *guide) npm() {
	g.t.Helper()
	project := harness.NPMProject(g.t, "clients")
	raw, err := os.ReadFile(filepath.Join(project, "package.json"))
	if err != nil {
		g.t.Fatal(err)
	}
	var locked struct {
		Dependencies map[string]string `json:"dependencies"`
	}
	if err := json.Unmarshal(raw, &locked); err != nil {
		g.t.Fatal(err)
	}
	packages := g.installs("npm install")
	for _, name := range packages {
		at := strings.LastIndexByte(name, '@')
		if at < 1 || locked.Dependencies[name[:at]] != name[at+1:] {
			g.t.Errorf("the page installs %s; locked in tests/npm/clients are %v", name, locked.Dependencies)
		}
	}
	if len(packages) == 0 {
		g.t.Error("the page installs nothing by npm")
	}
	if err := os.Symlink(filepath.Join(project, "node_modules"), filepath.Join(g.dir, "node_modules")); err != nil {
		g.t.Fatal(err)
	}
}

// pip installs the packages that the page names into a virtual environment in the user's cache folder, once for each
// list, and returns the path of its Python.
func (g *guide) pip() string {
	g.t.Helper()
	packages := g.installs("pip install")
	if len(packages) == 0 {
		g.t.Fatal("the page installs nothing by pip")
	}
	target := g.cached("pip", strings.Join(packages, " "), func(work string) {
		if exec.CommandContext(g.t.Context(), "python3", "-c", "import ensurepip").Run() != nil {
			g.apt("python3", "python3-venv")
		}
		g.mustRun(exec.CommandContext(g.t.Context(), "python3", "-m", "venv", work))
		install := append([]string{"-m", "pip", "install", "-q", "--disable-pip-version-check"}, packages...)
		g.mustRun(exec.CommandContext(g.t.Context(), filepath.Join(work, "bin", "python"), install...))
	})
	return filepath.Join(target, "bin", "python")
}

// cached returns a folder in the user's cache that belongs to a content, and makes it when it is missing. It appears
// whole or not at all.
func (g *guide) cached(kind, content string, fill func(folder string)) string {
	g.t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		g.t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(content))
	target := filepath.Join(cache, "authly-test-clients", kind+"-"+hex.EncodeToString(sum[:6]))
	if _, err := os.Stat(target); err == nil {
		return target
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o750); err != nil {
		g.t.Fatal(err)
	}
	work, err := os.MkdirTemp(filepath.Dir(target), "installing-")
	if err != nil {
		g.t.Fatal(err)
	}
	defer os.RemoveAll(work)
	fill(work)
	if err := os.Rename(work, target); err != nil && !errors.Is(err, fs.ErrExist) { // another run was faster
		g.t.Fatal(err)
	}
	return target
}
