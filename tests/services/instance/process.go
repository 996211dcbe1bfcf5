package instance

import (
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
)

// Process is a child process in a process group of its own that ends when this program ends.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
}

// Start starts a command as a Process. The fields Setpgid and Pdeathsig of cmd.SysProcAttr are set here; a Pdeathsig
// that was set before is kept, otherwise it is SIGKILL.
func Start(cmd *exec.Cmd) (*Process, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	if cmd.SysProcAttr.Pdeathsig == 0 {
		cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	}
	p := &Process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// The kernel sends the death signal when the *thread* that forked ends, so that thread is kept until the child is
		// gone.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // what it says is in cmd.ProcessState
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

// Done is closed when the process has ended; cmd.ProcessState is set then.
func (p *Process) Done() <-chan struct{} { return p.done }

// Signal sends a signal to the process and to all that it started in its group. It does nothing when they have ended.
func (p *Process) Signal(s syscall.Signal) { _ = syscall.Kill(-p.cmd.Process.Pid, s) }
