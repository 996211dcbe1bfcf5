package clients

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func springLogin(t *testing.T, s section) {
	g := newGuide(t, s)
	g.start("java", "-jar", g.mavenPackage("shop-1.jar"))
	g.shows(g.signIn("/"), "Alice Adams", "alice@example.org")
}

func springAPI(t *testing.T, s section) {
	g := newGuide(t, s)
	g.start("java", "-jar", g.mavenPackage("invoices-1.jar"))
	g.protects("/invoices", "caller")
}

// mavenPackage builds the project of the page and returns the path of its archive. What it needs is kept in the user's
// cache folder.
func (g *guide) mavenPackage(archive string) string {
	g.t.Helper()
	g.apt()
	repository := g.cached("maven", "repository", func(string) {})
	javaLock.Lock() // two builds would write into one repository
	defer javaLock.Unlock()
	cmd := exec.CommandContext(g.t.Context(), "mvn", "-B", "-q", "-Dmaven.repo.local="+repository, "package")
	cmd.Dir, cmd.Env = g.dir, os.Environ()
	g.mustRun(cmd)
	return filepath.Join(g.dir, "target", archive)
}
