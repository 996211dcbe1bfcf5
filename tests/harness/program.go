package harness

import (
	"context"
	"net"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// Listen runs a program that is not Authly until the test ends, and waits until it listens at the address.
func Listen(t *testing.T, address string, cmd *exec.Cmd) {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	out := &Logs{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-ended
		if t.Failed() {
			t.Logf("output of %s:\n%s", cmd.Path, out)
		}
	})
	await(t, address, ended)
}

// await waits until somebody listens at the address.
func await(t *testing.T, address string, ended <-chan struct{}) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // a slow machine compiles
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-ended:
			t.Fatal("the program has ended")
		case <-ctx.Done():
			t.Fatalf("nobody listens at %s", address)
		case <-tick.C:
		}
	}
}
