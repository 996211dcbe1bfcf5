package clients

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// build runs the go commands of the page and returns the path of the program.
func (g *guide) build() string {
	g.t.Helper()
	for _, line := range g.shell {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if words[0] != "go" {
			g.t.Fatalf("not a go command: %s", line)
		}
		g.goCommand(words[1:]...)
	}
	program := filepath.Join(g.dir, "program")
	g.goCommand("build", "-o", program, ".")
	return program
}

func (g *guide) goCommand(args ...string) {
	g.t.Helper()
	cmd := exec.CommandContext(g.t.Context(), "go", args...)
	cmd.Dir, cmd.Env = g.dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	g.mustRun(cmd)
}

func goLogin(t *testing.T, s section) {
	g := newGuide(t, s)
	g.start(g.build())
	g.shows(g.signIn("/"), "Alice Adams", "alice@example.org")
}

func goAPI(t *testing.T, s section) {
	g := newGuide(t, s)
	g.start(g.build())
	g.protects("/invoices", "caller")
}

func genqlient(t *testing.T, s section) {
	g := newGuide(t, s)
	schema, err := os.ReadFile(filepath.Join(harness.Root(t), "docs", "schema.graphqls"))
	if err != nil {
		t.Fatal(err)
	}
	g.write("schema.graphqls", string(schema))
	cmd := exec.CommandContext(t.Context(), g.build())
	cmd.Env = g.environment()
	g.shows(g.mustRun(cmd), "alice alice@example.org")
}
