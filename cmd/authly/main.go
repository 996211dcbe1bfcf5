package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zone names are validated also where the system has no tz database

	"github.com/authly/authly/internal/config"
)

// The exit codes: a fault of the configuration, the command line or the file of apply is told apart, so that scripts need
// not parse text.
const (
	exitFailure = 1
	exitUsage   = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, program{args: os.Args[1:], env: os.Environ(), stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr})
	stop()
	os.Exit(code)
}

// program is the process that a command runs in; tests give their own.
type program struct {
	args   []string
	env    []string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
}

// run executes one command and returns the exit code.
func run(ctx context.Context, p program) int {
	root := rootCommand(p)
	root.SetArgs(p.args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	err := root.ExecuteContext(ctx)
	var faults config.Faults
	var usage usageError
	var declared faultyDeclarationError
	var coded interface{ ExitCode() int } // of authly admin
	switch {
	case err == nil:
		return 0
	case errors.As(err, &declared):
		fmt.Fprintln(p.stderr, "authly:", err)
		return exitUsage
	case errors.As(err, &faults):
		fmt.Fprintln(p.stderr, "The configuration has faults:")
		fmt.Fprintln(p.stderr, faults.Error())
		return exitUsage
	case errors.As(err, &usage):
		fmt.Fprintln(p.stderr, "authly:", usage.Error())
		fmt.Fprintln(p.stderr, "Run authly --help for the commands and their flags.")
		return exitUsage
	case errors.As(err, &coded):
		fmt.Fprintln(p.stderr, "authly:", err)
		return coded.ExitCode()
	}
	fmt.Fprintln(p.stderr, "authly:", err)
	return exitFailure
}

// usageError is a fault of the command line.
type usageError struct{ error }
