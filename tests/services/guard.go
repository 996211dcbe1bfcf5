package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// guardArgument makes this program the guard of the folder in the next argument.
const guardArgument = "guard-folder"

// guard waits for the end of its input, that is of the launcher, however it died. Then it kills the process groups that
// were named there, one a line, and removes the folder.
func guard(folder string, input io.Reader) int {
	signal.Ignore(forwarded...)
	var groups []int
	for lines := bufio.NewScanner(input); lines.Scan(); {
		if pid, err := strconv.Atoi(lines.Text()); err == nil && pid > 1 {
			groups = append(groups, pid)
		}
	}
	for _, pid := range groups {
		_ = syscall.Kill(-pid, syscall.SIGKILL) // most often there is nobody left to kill
	}
	// A server that is just dying may still write into the folder, so one attempt is not enough.
	var err error
	for range 50 {
		if err = os.RemoveAll(folder); err == nil {
			return 0
		}
		time.Sleep(100 * time.Millisecond)
	}
	fmt.Fprintln(os.Stderr, "services: remove the temporary folder:", err)
	return 1
}

// watcher is the launcher's end of the guard.
type watcher struct {
	cmd   *exec.Cmd
	input io.WriteCloser
}

// startGuard starts the guard of a folder in a session of its own, out of reach of the signals of a terminal.
func startGuard(folder string) (*watcher, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.Command(self, guardArgument, folder)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("make the pipe to the guard: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the guard: %w", err)
	}
	return &watcher{cmd, input}, nil
}

// group puts a process group under guard.
func (w *watcher) group(pid int) { fmt.Fprintln(w.input, pid) }

// end lets the guard clean up and waits for it.
func (w *watcher) end() {
	if err := errors.Join(w.input.Close(), w.cmd.Wait()); err != nil {
		fmt.Fprintln(os.Stderr, "services: guard:", err)
	}
}

// dieWithParent asks the kernel for a signal when the parent of this process ends.
func dieWithParent(s syscall.Signal) error {
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(s), 0); errno != 0 {
		return fmt.Errorf("ask for a signal at the end of the parent: %w", errno)
	}
	return nil
}
