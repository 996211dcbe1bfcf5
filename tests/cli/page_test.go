package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestThePageRuns runs every block of docs/cli.md in its order, as a newcomer would on a server that is as it was made.
func TestThePageRuns(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(string(page), -1)
	if len(blocks) < 7 || strings.Count(string(page), "```sh") != len(blocks) {
		t.Fatalf("%d blocks", len(blocks))
	}
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		o := operator{Node: harness.Start(t, db), home: t.TempDir()}
		for _, block := range blocks {
			cmd := exec.CommandContext(t.Context(), "sh", "-euc", strings.ReplaceAll(block[1], "localhost:8080", strings.TrimPrefix(o.Issuer, "http://")))
			cmd.Dir, cmd.Env = o.home, o.command(t.Context(), t).Env
			cmd.Env = append(cmd.Env, "PATH="+filepath.Dir(harness.Binary(t))+string(os.PathListSeparator)+os.Getenv("PATH"))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v:\n%s\n%s", err, block[1], out)
			}
		}
		if n := strings.Count(read(t, filepath.Join(o.home, "users.csv")), "\n"); n != 4 {
			t.Errorf("users.csv has %d lines", n)
		}
	})
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
