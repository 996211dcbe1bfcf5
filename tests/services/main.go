package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/authly/authly/tests/services/instance"
)

// killAfter is how long the command may take to end after the first signal.
const killAfter = 15 * time.Second

var forwarded = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}

func main() {
	if len(os.Args) == 3 && os.Args[1] == guardArgument {
		os.Exit(guard(os.Args[2], os.Stdin))
	}
	code, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, "services:", err)
	}
	os.Exit(code)
}

// run does everything and returns the exit code. It returns only when nothing is left running.
func run() (int, error) {
	needs, parent, command := parse()
	starting, stop := signal.NotifyContext(context.Background(), forwarded...)
	defer stop()
	// `go run` does not pass on a SIGTERM and cannot pass on a SIGKILL: end when it ends.
	if err := dieWithParent(syscall.SIGTERM); err != nil {
		return 1, err
	}
	if err := install(needs); err != nil {
		return 1, err
	}

	folder, err := os.MkdirTemp(parent, "authly-services-")
	if err != nil {
		return 1, fmt.Errorf("make a temporary folder: %w", err)
	}
	watch, err := startGuard(folder)
	if err != nil {
		return 1, errors.Join(err, os.RemoveAll(folder))
	}
	defer watch.end()
	// A server that runs as another user must be able to reach its folder.
	if err := os.Chmod(folder, 0o711); err != nil {
		return 1, fmt.Errorf("open the temporary folder: %w", err)
	}

	environment, instances, err := provide(starting, needs, folder)
	defer func() {
		for _, i := range instances {
			i.Close()
		}
	}()
	switch {
	case starting.Err() != nil:
		return 128 + int(syscall.SIGINT), errors.New("interrupted while the services were starting")
	case err != nil:
		return 1, err
	}
	return execute(command, environment, watch)
}

// parse reads the command line. parent is where the folder of the servers is made, "" for the system's temporary folder.
func parse() (needs []need, parent string, command []string) {
	chosen := map[string]*bool{}
	disk := flag.Bool("disk", false, "the files of the servers on the disk, as in production: to measure")
	for _, n := range all {
		chosen[n.name] = flag.Bool(n.name, false, n.usage)
	}
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: services [FLAG...] -- COMMAND [ARGUMENT...]\nWithout a flag, all services.")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	for _, n := range all {
		if *chosen[n.name] {
			needs = append(needs, n)
		}
	}
	if len(needs) == 0 {
		needs = all
	}
	if !*disk {
		parent = memoryFolder()
	}
	return needs, parent, flag.Args()
}

// memoryFolder returns the folder of the machine whose files are in memory, or "" when it has too little room, or TMPDIR says where
// to be. Nearly each test makes a database of its own: in memory that takes a quarter of the time.
func memoryFolder() string {
	const folder, room = "/dev/shm", 4 << 30
	var fs syscall.Statfs_t
	if os.Getenv("TMPDIR") != "" || syscall.Statfs(folder, &fs) != nil || fs.Bavail*uint64(fs.Bsize) < room {
		return ""
	}
	return folder
}

// provide starts what has to run and returns the environment that tells the command where it is. The instances that did
// start come with an error too.
func provide(ctx context.Context, needs []need, folder string) (env []string, started []*instance.Instance, err error) {
	for _, n := range needs {
		path, err := n.find()
		if err != nil {
			return nil, started, err
		}
		if n.pathVariable != "" {
			env = append(env, n.pathVariable+"="+path)
		}
		if n.start == nil {
			continue
		}
		i, err := n.start(ctx, folder)
		if err != nil {
			return nil, started, err
		}
		started = append(started, i)
		env = append(env, n.urlVariable+"="+i.URL)
	}
	return env, started, nil
}

// execute runs the command to its end and returns its exit code.
func execute(command, environment []string, watch *watcher) (int, error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, forwarded...)

	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), environment...)
	child, err := instance.Start(cmd)
	if err != nil {
		return 127, fmt.Errorf("start the command: %w", err)
	}
	watch.group(cmd.Process.Pid)

	var kill <-chan time.Time
	for {
		select {
		case s := <-signals:
			if kill == nil {
				kill = time.After(killAfter)
			}
			child.Signal(s.(syscall.Signal))
		case <-kill:
			child.Signal(syscall.SIGKILL)
		case <-child.Done():
			status := cmd.ProcessState.Sys().(syscall.WaitStatus)
			if status.Signaled() {
				return 128 + int(status.Signal()), nil
			}
			return status.ExitStatus(), nil
		}
	}
}
