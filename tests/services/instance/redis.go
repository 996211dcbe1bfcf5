package instance

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// StartRedis starts a Redis that keeps nothing on disk and waits until it answers. Its folder is made in parent, or in
// the system's folder for temporary files when parent is "". Close it.
func StartRedis(ctx context.Context, parent string) (*Instance, error) {
	folder, err := os.MkdirTemp(parent, "authly-redis-")
	if err != nil {
		return nil, fmt.Errorf("make the folder of Redis: %w", err)
	}
	i := &Instance{name: "Redis", folder: folder, stop: syscall.SIGTERM, crash: syscall.SIGKILL}
	err = startOnFreePort(ctx, i, func(port string) {
		address := "127.0.0.1:" + port
		i.URL = "redis://" + address + "/0"
		i.ready = func(ctx context.Context) error { return ping(ctx, address) }
		i.command = func() *exec.Cmd {
			return exec.Command("redis-server", "--bind", "127.0.0.1", "--port", port, "--dir", folder,
				"--save", "", "--appendonly", "no", "--daemonize", "no")
		}
	})
	if err != nil {
		i.Close()
		return nil, err
	}
	return i, nil
}

// ping speaks the one line of the Redis protocol that is needed, so that go-redis keeps its one home.
func ping(ctx context.Context, address string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if _, err := io.WriteString(conn, "PING\r\n"); err != nil {
		return fmt.Errorf("send PING: %w", err)
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return fmt.Errorf("read the answer to PING: %w", err)
	}
	if !strings.HasPrefix(answer, "+PONG") {
		return fmt.Errorf("PING was answered with %q", answer)
	}
	return nil
}
