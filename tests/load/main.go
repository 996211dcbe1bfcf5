package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// connections is how many requests are under way at once.
const connections = 16

// mostTime bounds one scenario; a server that hangs must not hang the run.
const mostTime = 3 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	p, err := parse(args, stderr)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "authly-load-")
	if err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	program, err := build(ctx, filepath.Join(folder, "authly"))
	if err != nil {
		return err
	}
	result := Result{Machine: machine()}
	if p.transfer > 0 {
		return transfersOf(ctx, p, program, result, folder, stdout, stderr)
	}
	if p.live > 0 {
		return liveOf(ctx, p, program, result, folder, stdout, stderr)
	}
	for _, users := range p.users {
		for _, name := range p.databases {
			one, err := measure(ctx, p, program, name, users, folder, stderr)
			if err != nil {
				return fmt.Errorf("%s with %d users: %w", name, users, err)
			}
			writeRun(stdout, one)
			result.Runs = append(result.Runs, one)
		}
	}
	return conclude(p, result, stdout)
}

// measure makes a database, runs every scenario on it and removes it.
func measure(ctx context.Context, p plan, program program, name string, users int, folder string, stderr io.Writer) (r Run, err error) {
	r = Run{Database: name, Users: users}
	note := func(what string) { fmt.Fprintf(stderr, "load: %s, %d users: %s\n", name, users, what) }
	db, err := create(ctx, name, folder)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, db.drop(context.WithoutCancel(ctx))) }()
	program, err = program.on(db.url)
	if err != nil {
		return r, err
	}
	note("seed")
	if err := program.fill(ctx, users, stderr); err != nil {
		return r, err
	}
	note("fill")
	if err := db.run(ctx, db.registrations()); err != nil {
		return r, err
	}
	if err := db.settle(ctx); err != nil {
		return r, err
	}
	note("prepare")
	world, err := prepare(ctx, program, users)
	if err != nil {
		return r, err
	}
	server, err := program.startAgain(ctx, &r.Process)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	for _, s := range world.scenarios() {
		if !p.only.MatchString(s.name) {
			continue
		}
		if s.hashes && r.Process.LoadedMiB == 0 { // the memory of password hashes is counted apart
			if r.Process.LoadedMiB, err = server.resident(); err != nil {
				return r, err
			}
		}
		note(s.name)
		figures, err := loop{server: server, database: db, world: world, perf: p.profile(name, users, s.name)}.run(ctx, s)
		if err != nil {
			return r, fmt.Errorf("%s: %w", s.name, err)
		}
		if figures.Errors > 0 {
			note(fmt.Sprintf("%d errors, the first: %s", figures.Errors, figures.firstError))
		}
		r.Scenarios = append(r.Scenarios, figures)
	}
	if r.Process.LoadedMiB == 0 {
		r.Process.LoadedMiB, err = server.resident()
	}
	return r, err
}
