package tests

import (
	"bufio"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestWhatTryPrintsWorks: each command as it stands, of two servers at once; and nothing is left of them.
func TestWhatTryPrintsWorks(t *testing.T) {
	t.Parallel()
	temporary, home := t.TempDir(), t.TempDir()
	environment := []string{
		"TMPDIR=" + temporary, "HOME=" + home, "XDG_CONFIG_HOME=" + home, "PATH=" + os.Getenv("PATH"), "AUTHLY_ISSUER=nonsense",
	}
	servers, addresses := make([]*exec.Cmd, 2), map[string]bool{}
	for i := range servers {
		cmd := exec.CommandContext(t.Context(), harness.Binary(t), "try")
		cmd.Env, cmd.Stderr = environment, os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		servers[i] = cmd
		var said strings.Builder
		for lines := bufio.NewScanner(out); lines.Scan(); {
			said.WriteString(lines.Text() + "\n")
			if strings.Contains(lines.Text(), "/playground  ") {
				break // the last one
			}
		}
		address := regexp.MustCompile(`http://localhost:\d+`).FindString(said.String())
		if address == "" || addresses[address] {
			t.Fatalf("no address of its own: %s", said.String())
		}
		addresses[address] = true
		for _, want := range []struct{ command, out string }{
			{`(?m)^  (curl .*)$`, `"access_token"`}, {`(?m)^  (SECRET=.* admin login .*)$`, ""}, {`(?m)^  (.* admin users list .*)$`, "alice@example.org"},
		} {
			found := regexp.MustCompile(want.command).FindStringSubmatch(said.String())
			if found == nil {
				t.Fatalf("no %s in %s", want.command, said.String())
			}
			shell := exec.CommandContext(t.Context(), "sh", "-c", found[1])
			shell.Env = environment
			if answer, err := shell.CombinedOutput(); err != nil || !strings.Contains(string(answer), want.out) {
				t.Errorf("%s: %v: %s", found[1], err, answer)
			}
		}
	}
	for _, cmd := range servers {
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("interrupted, it ends with %v", err)
		}
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestTryRefusesAPortThatIsTaken, and what is none.
func TestTryRefusesAPortThatIsTaken(t *testing.T) {
	t.Parallel()
	_, taken, _ := strings.Cut(strings.TrimPrefix(harness.Start(t, harness.SQLite(t)).URL, "http://"), ":")
	for port, want := range map[string]int{taken: 1, "-1": 2, "65536": 2, "x": 2} {
		if code, out, errs := harness.Command(t, nil, "", "try", "--port", port); code != want || out != "" || !strings.Contains(errs, "port") {
			t.Errorf("%s: exit code %d: %s%s", port, code, out, errs)
		}
	}
}
