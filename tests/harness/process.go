package harness

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// binary builds the program once for all tests of a package.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "authly-binary-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "authly")
	build := exec.Command("go", "build", "-o", path, "github.com/authly/authly/cmd/authly")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", errors.New("build authly: " + string(out))
	}
	return path, nil
})

// Binary returns the path of the built program.
func Binary(t *testing.T) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// RemoveBinary deletes the built program; call it from TestMain.
func RemoveBinary() {
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
}

// Process is the real program.
type Process struct {
	Issuer string
	URL    string // where it listens; differs from Issuer when that was given
	env    []string
	cmd    *exec.Cmd
	out    *bytes.Buffer
	done   chan struct{}
}

// Command runs the program to its end and returns its exit code and output.
func Command(t *testing.T, env map[string]string, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), Binary(t), args...)
	cmd.Env = environment(env)
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			t.Fatal(err)
		}
		code = exit.ExitCode()
	}
	return code, out.String(), errs.String()
}

func environment(env map[string]string) []string {
	list := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	return list
}

// Test processes take their ports from below the range from which the system chooses those of outgoing connections and
// of listeners on port 0 (ip_local_port_range), so that nothing else is given one between its choice and its use.
const firstPort, ports = 20_000, 12_000

// tried counts the ports that this process has looked at.
var tried atomic.Int32

// FreeAddress returns a loopback address that is the test's own until it ends. The same port of 127.0.0.2, on which the
// test listens for so long, is the lock that says so to other test processes.
func FreeAddress(t *testing.T) string {
	t.Helper()
	for range ports {
		port := strconv.Itoa(firstPort + (os.Getpid()+int(tried.Add(1)))%ports)
		lock, err := net.Listen("tcp", "127.0.0.2:"+port)
		if err != nil {
			continue
		}
		address := "127.0.0.1:" + port
		if listener, err := net.Listen("tcp", address); err == nil {
			_ = listener.Close()
			t.Cleanup(func() { _ = lock.Close() })
			return address
		}
		_ = lock.Close()
	}
	t.Fatal("no port is free")
	return ""
}

// Launch prepares a server process with the environment; Start runs it. AUTHLY_LISTEN and AUTHLY_ISSUER are chosen
// unless given.
func Launch(t *testing.T, env map[string]string) *Process {
	t.Helper()
	all := map[string]string{
		"AUTHLY_METRICS_ADDR": "off", "AUTHLY_ADMIN_PASSWORD": AdminPassword, "AUTHLY_SECRET_KEY": RootSecret, "AUTHLY_DISK_RESERVE": "0",
		"AUTHLY_MFA": "optional", "AUTHLY_PASSKEYS": "allow",
	}
	address := FreeAddress(t)
	all["AUTHLY_LISTEN"], all["AUTHLY_ISSUER"] = address, "http://"+address
	for name, value := range env {
		all[name] = value
	}
	p := &Process{Issuer: all["AUTHLY_ISSUER"], URL: "http://" + all["AUTHLY_LISTEN"], env: environment(all)}
	t.Cleanup(func() {
		if p.cmd != nil {
			p.Kill()
		}
		if t.Failed() && p.out != nil {
			t.Logf("output of the server:\n%s", p.out.String())
		}
	})
	return p
}

// Start runs the process and waits until it is ready.
func (p *Process) Start(t *testing.T) {
	t.Helper()
	p.cmd = exec.Command(Binary(t), "serve")
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p.cmd.Env = p.env
	p.out = &bytes.Buffer{}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.done = make(chan struct{})
	go func() { _ = p.cmd.Wait(); close(p.done) }()
	p.waitReady(t)
}

// waitReady polls the readiness probe, as an orchestrator does.
func (p *Process) waitReady(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+"/health/ready", nil)
		if err != nil {
			t.Fatal(err)
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-p.done:
			t.Fatalf("the server ended: %s", p.out)
		case <-ctx.Done():
			t.Fatalf("the server is not ready: %s", p.out)
		case <-tick.C:
		}
	}
}

// Kill ends the process at once (SIGKILL), as a power cut would.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Terminate asks the process to end (SIGTERM) and returns its exit code.
func (p *Process) Terminate() int {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	<-p.done
	return p.cmd.ProcessState.ExitCode()
}

// Signal sends a signal and does not wait for what comes of it.
func (p *Process) Signal(s os.Signal) { _ = p.cmd.Process.Signal(s) }

// Wait waits for the end and returns the exit code.
func (p *Process) Wait() int {
	<-p.done
	return p.cmd.ProcessState.ExitCode()
}

// LimitFiles lets no write reach beyond so many bytes of a file, as a full disk would; empty means no limit.
func (p *Process) LimitFiles(t *testing.T, bytes string) {
	t.Helper()
	if bytes == "" {
		bytes = "unlimited"
	}
	cmd := exec.CommandContext(t.Context(), "prlimit", "--pid", strconv.Itoa(p.cmd.Process.Pid), "--fsize="+bytes+":")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("prlimit: %v: %s", err, out)
	}
}

// Output is what the process has written; only to be read after its end.
func (p *Process) Output() string { return p.out.String() }

// Environment is that of the process, for commands on the same database.
func (p *Process) Environment() map[string]string {
	env := map[string]string{}
	for _, entry := range p.env {
		if name, value, ok := strings.Cut(entry, "="); ok {
			env[name] = value
		}
	}
	return env
}

// Node is the process as the other helpers want it.
func (p *Process) Node() *Node { return &Node{Issuer: p.Issuer, URL: p.URL, Clock: &Clock{}} }
