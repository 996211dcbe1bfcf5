package tests

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

var (
	agentPID  = regexp.MustCompile(`OIDCD_PID=(\d+)`)
	agentCode = regexp.MustCompile(`enter the code: ([A-Z-]+)`)
)

// TestOIDCAgentRegistersItselfAndConnects: oidc-agent of the distribution, unchanged, as its manual says: it registers itself, shows a
// code, and from then on has tokens for the programs of the person.
func TestOIDCAgentRegistersItselfAndConnects(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.ByName(), harness.Env("AUTHLY_CLIENT_REGISTRATION", "open"),
		harness.Env("AUTHLY_CLIENT_REGISTRATION_GRANTS", "authorization_code,refresh_token,"+string(identity.GrantDeviceCode)))
	home := t.TempDir()
	socket := filepath.Join(home, "agent")
	command := func(name string, arguments ...string) *exec.Cmd {
		c := exec.CommandContext(t.Context(), name, arguments...)
		c.Env = append(os.Environ(), "HOME="+home, "OIDC_SOCK="+socket, "OIDC_ENCRYPTION_PW=x", "TMPDIR="+home, "DISPLAY=")
		c.WaitDelay = time.Second // what it has begun in turn has the pipe
		return c
	}
	started, err := command("oidc-agent", "--socket-path="+socket).Output()
	pid := agentPID.FindSubmatch(started)
	if err != nil || pid == nil {
		t.Fatalf("oidc-agent: %v: %s", err, started)
	}
	defer func() {
		end := command("oidc-agent", "--kill")
		end.Env = append(end.Env, "OIDCD_PID="+string(pid[1]))
		if err := end.Run(); err != nil {
			t.Error(err)
		}
	}()
	gen := command("stdbuf", "--output=L", "oidc-gen", "work", "--issuer="+n.Issuer, "--scope=openid email offline_access", "--flow=device", "--pw-env",
		"--confirm-default", "--no-url-call", "--prompt=none")
	shows, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	gen.Stdout, gen.Stderr = w, w
	if err := gen.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	var text bytes.Buffer
	for lines := bufio.NewScanner(shows); lines.Scan(); {
		text.Write(append(lines.Bytes(), '\n'))
		if code := agentCode.FindStringSubmatch(lines.Text()); code != nil {
			shown{complete: n.Issuer + "/device?user_code=" + code[1]}.allow(t, harness.NewBrowser(t, n))
			break
		}
	}
	if _, err := io.Copy(&text, shows); err != nil {
		t.Fatal(err)
	}
	if err := gen.Wait(); err != nil {
		t.Fatalf("oidc-gen: %v: %s", err, text.String())
	}
	token, err := command("oidc-token", "work").Output()
	if err != nil {
		t.Fatalf("oidc-token: %v", err)
	}
	info := n.UserInfo(t, strings.TrimSpace(string(token)))
	if info.Status != http.StatusOK || info.String("email") != "alice@example.org" {
		t.Errorf("%d %s", info.Status, info.Text)
	}
	if n := n.Database.Count(t, "SELECT count(*) FROM clients WHERE origin = 'open' AND metadata LIKE '%native%'"); n != 1 {
		t.Errorf("%d clients have registered themselves", n)
	}
}
