package instance

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	readyWithin = 60 * time.Second
	stopWithin  = 20 * time.Second
	pollEvery   = 20 * time.Millisecond
	attempts    = 3 // another program may take a free port before the server does
)

// Instance is one private server. It is not safe for concurrent use.
type Instance struct {
	// URL is where the server is, in the form that the configuration of Authly takes. It stays the same after a restart.
	URL string

	name    string
	folder  string
	command func() *exec.Cmd
	ready   func(ctx context.Context) error
	process *Process
	stop    syscall.Signal // ends it in its orderly way
	crash   syscall.Signal // ends it without a goodbye
}

// Start starts the server again after Stop or Kill, with the same data on the same port, and waits until it answers.
func (i *Instance) Start(ctx context.Context) error {
	log, err := os.OpenFile(i.log(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open the log of %s: %w", i.name, err)
	}
	defer func() { _ = log.Close() }()
	cmd := i.command()
	cmd.Dir, cmd.Stdout, cmd.Stderr = i.folder, log, log
	if i.process, err = Start(cmd); err != nil {
		return err
	}
	if err := i.await(ctx); err != nil {
		i.Kill()
		said, _ := os.ReadFile(i.log())
		return fmt.Errorf("start %s: %w; it said:\n%s", i.name, err, said)
	}
	return nil
}

func (i *Instance) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		err := i.ready(ctx)
		select {
		case <-i.process.Done(): // asked first: what answers on the port then is not ours
			return errors.New("it ended before it was ready")
		default:
		}
		if err == nil {
			return nil
		}
		select {
		case <-i.process.Done():
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w (%w)", ctx.Err(), err)
		}
	}
}

// Stop ends the server in its orderly way, and by force when it takes too long. It waits for the end.
func (i *Instance) Stop() { i.end(i.stop) }

// Kill ends the server at once, as a crash would: nothing is flushed, PostgreSQL recovers at its next start. It waits
// for the end.
func (i *Instance) Kill() { i.end(i.crash) }

// Close ends the server and removes its data.
func (i *Instance) Close() {
	i.Kill()
	_ = os.RemoveAll(i.folder)
}

func (i *Instance) end(s syscall.Signal) {
	if i.process == nil {
		return
	}
	i.process.Signal(s)
	select {
	case <-i.process.Done():
	case <-time.After(stopWithin):
		i.process.Signal(syscall.SIGKILL)
		<-i.process.Done()
	}
}

func (i *Instance) log() string { return filepath.Join(i.folder, "server.log") }

// startOnFreePort starts an instance that has no port yet. configure gives it one.
func startOnFreePort(ctx context.Context, i *Instance, configure func(port string)) error {
	var err error
	for range attempts {
		var port string
		if port, err = freePort(); err != nil {
			return err
		}
		configure(port)
		if err = i.Start(ctx); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("look for a free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}
