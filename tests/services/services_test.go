package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asLauncher makes this test binary behave as the command.
const asLauncher = "AUTHLY_TEST_AS_LAUNCHER"

func TestMain(m *testing.M) {
	if os.Getenv(asLauncher) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// launch is a launcher whose command has printed the two URLs and goes on, with an open connection to each server.
type launch struct {
	cmd     *exec.Cmd
	output  io.Reader // its end shows that the launcher, the command and the guard have all ended
	temp    string
	servers []net.Conn // the end of one shows that the server has ended
}

// hello makes a server answer something: an SSLRequest of PostgreSQL, a PING of Redis. Until then the connection may be
// one that nobody has accepted.
var hello = []string{"\x00\x00\x00\x08\x04\xd2\x16\x2f", "PING\r\n"}

const report = `echo "$AUTHLY_TEST_POSTGRES_URL"; echo "$AUTHLY_TEST_REDIS_URL"; read go; `

func start(t *testing.T, command string) *launch {
	t.Helper()
	//nolint:usetesting // PostgreSQL runs as another user, who could not go through the folder of t.TempDir
	temp, err := os.MkdirTemp("", "authly-services-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(temp) })
	if err := os.Chmod(temp, 0o711); err != nil {
		t.Fatal(err)
	}
	l := &launch{temp: temp}
	l.cmd = exec.CommandContext(t.Context(), os.Args[0], "-postgres", "-redis", "--", "sh", "-c", command)
	l.cmd.Env = append(os.Environ(), "TMPDIR="+temp, asLauncher+"=1")
	l.cmd.Stderr = os.Stderr
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = read.Close() })
	l.cmd.Stdout = write
	input, err := l.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	lines := bufio.NewReader(read)
	for _, hello := range hello {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("read the URL of a service: %v", err)
		}
		u, err := url.Parse(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", u.Host)
		if err != nil {
			t.Fatalf("connect to %s: %v", u.Scheme, err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if _, err := io.WriteString(conn, hello); err != nil {
			t.Fatalf("talk to %s: %v", u.Scheme, err)
		}
		if _, err := conn.Read(make([]byte, 1)); err != nil {
			t.Fatalf("hear from %s: %v", u.Scheme, err)
		}
		l.servers = append(l.servers, conn)
	}
	l.output = lines
	if _, err := input.Write([]byte("go on\n")); err != nil {
		t.Fatal(err)
	}
	return l
}

// end waits for the launcher and fails the test when it left something behind.
func (l *launch) end(t *testing.T) (exitCode int) {
	t.Helper()
	err := l.cmd.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, l.output); err != nil {
		t.Fatal(err)
	}
	deadline, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for i, conn := range l.servers {
		stop := context.AfterFunc(deadline, func() { _ = conn.Close() })
		_, err := io.Copy(io.Discard, conn) // a reset is an end as well
		if errors.Is(err, net.ErrClosed) {
			t.Errorf("server %d is still running", i)
		}
		stop()
	}
	entries, err := os.ReadDir(l.temp)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("%s was left behind", e.Name())
	}
	return l.cmd.ProcessState.ExitCode()
}

func TestNothingIsLeftRunning(t *testing.T) {
	t.Parallel()
	t.Run("after a command that succeeds", func(t *testing.T) {
		t.Parallel()
		if code := start(t, report+`exit 0`).end(t); code != 0 {
			t.Errorf("exit code %d, want 0", code)
		}
	})
	t.Run("after a command that fails and leaves a child", func(t *testing.T) {
		t.Parallel()
		if code := start(t, report+`sleep 1000 & exit 7`).end(t); code != 7 {
			t.Errorf("exit code %d, want that of the command, 7", code)
		}
	})
	for name, c := range map[string]struct {
		signal syscall.Signal
		code   int
	}{
		"after SIGINT":  {syscall.SIGINT, 130},
		"after SIGTERM": {syscall.SIGTERM, 143},
		"after SIGKILL": {syscall.SIGKILL, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, report+`exec sleep 1000`)
			if err := l.cmd.Process.Signal(c.signal); err != nil {
				t.Fatal(err)
			}
			if code := l.end(t); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
		})
	}
}

func TestAMissingServiceIsAFailure(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-redis", "--", "/bin/true")
	cmd.Env = []string{"PATH=" + t.TempDir(), asLauncher + "=1"} // nothing installed, and no apt-get
	cmd.Stderr = &out
	exit := (*exec.ExitError)(nil)
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("got %v, want exit code 1", err)
	}
	if !strings.Contains(out.String(), "redis-server") {
		t.Errorf("the message does not name the package: %s", out.String())
	}
}
