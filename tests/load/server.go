package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	starts    = 3                // of which the median time counts
	mostStart = 30 * time.Second // a server that takes longer does not work
	mostStop  = 30 * time.Second
	rest      = time.Second // until a server that was started counts as idle
)

// program is the built binary with an environment.
type program struct {
	path string
	base string // URL of the server that it will be
	env  []string
}

// build makes the binary as a release is made, and tells where it is.
func build(ctx context.Context, path string) (program, error) {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, "github.com/authly/authly/cmd/authly")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return program{}, fmt.Errorf("build authly: %w: %s", err, said)
	}
	return program{path: path}, nil
}

// on returns the program a database and a free port. Everything else is as an operator gets it, but for what a long run
// needs.
func (p program) on(databaseURL string) (program, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return p, fmt.Errorf("find a free port: %w", err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	p.base = "http://" + address
	p.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "AUTHLY_DATABASE_URL=" + databaseURL, "AUTHLY_LISTEN=" + address,
		"AUTHLY_ISSUER=" + p.base, "AUTHLY_METRICS_ADDR=off", "AUTHLY_SECRET_KEY=load-root-secret-load-root-secret-0",
		"AUTHLY_ADMIN_PASSWORD=correct horse battery 42", "AUTHLY_LOG_FORMAT=json", "AUTHLY_ACCESS_TOKEN_TTL=4h",
	}
	return p, nil
}

// fill makes the schema, the users and the clients.
func (p program) fill(ctx context.Context, users int, stderr io.Writer) error {
	for _, c := range []struct {
		stdin string
		args  []string
	}{
		{"", []string{"migrate", "up"}},
		{"", []string{"seed", "--users", strconv.Itoa(users), "--sessions", "3"}},
		{declaration(), []string{"apply", "-f", "-"}},
	} {
		if err := p.command(ctx, c.stdin, stderr, c.args...); err != nil {
			return err
		}
	}
	return nil
}

// command runs the program until it ends.
func (p program) command(ctx context.Context, stdin string, stderr io.Writer, args ...string) error {
	cmd := exec.CommandContext(ctx, p.path, args...)
	cmd.Env, cmd.Stdin, cmd.Stderr = p.env, strings.NewReader(stdin), stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("authly %s: %w", args[0], err)
	}
	return nil
}

// server is a running program.
type server struct {
	base  string
	cmd   *exec.Cmd
	log   *os.File
	ended chan struct{}
}

// start runs the server and waits for its first 200, at discovery. It returns the time from before the process was made.
func (p program) start(ctx context.Context) (*server, time.Duration, error) {
	log, err := os.Create(p.path + ".log")
	if err != nil {
		return nil, 0, fmt.Errorf("make the log: %w", err)
	}
	s := &server{base: p.base, cmd: exec.Command(p.path, "serve"), log: log, ended: make(chan struct{})}
	s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = p.env, log, log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, 0, fmt.Errorf("start the server: %w", err)
	}
	go func() { _ = s.cmd.Wait(); close(s.ended) }()
	ctx, cancel := context.WithTimeout(ctx, mostStart)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	c := newConnection(p.base)
	for {
		if _, err := c.get(ctx, pathDiscovery, nil, http.StatusOK); err == nil {
			return s, time.Since(began), nil
		}
		select {
		case <-s.ended:
			return nil, 0, fmt.Errorf("the server ended: %s", s.tail())
		case <-ctx.Done():
			return nil, 0, errors.Join(fmt.Errorf("the server does not answer: %s", s.tail()), s.stop())
		case <-tick.C:
		}
	}
}

// startAgain starts the server on a database that has everything, several times, and leaves the last one running. It
// notes what that took, the memory of the idle server, and the size of the binary.
func (p program) startAgain(ctx context.Context, figures *Process) (*server, error) {
	info, err := os.Stat(p.path)
	if err != nil {
		return nil, fmt.Errorf("measure the binary: %w", err)
	}
	figures.BinaryMiB = mebibytes(info.Size())
	var times []time.Duration
	for {
		s, took, err := p.start(ctx)
		if err != nil {
			return nil, err
		}
		if times = append(times, took); len(times) < starts {
			if err := s.stop(); err != nil {
				return nil, err
			}
			continue
		}
		slices.Sort(times)
		figures.StartSeconds = times[len(times)/2].Seconds()
		<-time.After(rest)
		if figures.IdleMiB, err = s.resident(); err != nil {
			return nil, errors.Join(err, s.stop())
		}
		return s, nil
	}
}

// stop ends the server in good order.
func (s *server) stop() error {
	defer s.log.Close()
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(mostStop):
		_ = s.cmd.Process.Kill()
		<-s.ended
	}
	if !s.cmd.ProcessState.Success() {
		return fmt.Errorf("the server ended with %s: %s", s.cmd.ProcessState, s.tail())
	}
	return nil
}

// kill ends the server at once, as SIGKILL does.
func (s *server) kill() {
	defer s.log.Close()
	_ = s.cmd.Process.Kill()
	<-s.ended
}

// tail is the end of what the server said.
func (s *server) tail() string {
	const most = 2000
	text, err := os.ReadFile(s.log.Name())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-most):])
}

// cpu is the processor time of the server so far, with the threads that have ended.
func (s *server) cpu() (time.Duration, error) { return processCPU(s.cmd.Process.Pid) }

// resident is the memory of the server in MiB.
func (s *server) resident() (float64, error) { return s.memory("VmRSS:") }

// memory is a line of what the kernel says of the memory of the server (proc_pid_status(5)), in MiB.
func (s *server) memory(line string) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read the memory of the server: %w", err)
	}
	for said := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(said, line); ok {
			kibibytes, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			return mebibytes(kibibytes << 10), err
		}
	}
	return 0, errors.New("the kernel does not tell the memory of the server")
}

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }
