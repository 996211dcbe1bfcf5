package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// loop runs one scenario with everything that watches it.
type loop struct {
	server   *server
	database *database
	world    *world
	perf     string // file for what perf records, or empty
}

// run warms up and measures.
func (l loop) run(ctx context.Context, s scenario) (Figures, error) {
	ctx, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	warm := l.rounds(ctx, s, 0, s.warmUp)
	endPerf, err := l.record(ctx)
	if err != nil {
		return Figures{}, err
	}
	serverBefore, databaseBefore, err := l.clocks()
	if err != nil {
		return Figures{}, err
	}
	measured := l.rounds(ctx, s, s.warmUp, s.operations)
	serverAfter, databaseAfter, err := l.clocks()
	if err := errors.Join(err, endPerf()); err != nil {
		return Figures{}, err
	}
	if err := ctx.Err(); err != nil {
		return Figures{}, fmt.Errorf("not done after %s: %w", mostTime, err)
	}
	f := Figures{
		Name: s.name, Title: s.title, Operations: s.operations, Errors: warm.errors + measured.errors,
		ServerMS: perOperation(serverAfter-serverBefore, s.operations), DatabaseMS: perOperation(databaseAfter-databaseBefore, s.operations),
		firstError: errors.Join(warm.first, measured.first),
	}
	slices.Sort(measured.times)
	f.P50MS, f.P95MS = milliseconds(percentile(measured.times, 50)), milliseconds(percentile(measured.times, 95))
	f.P99MS, f.MaxMS = milliseconds(percentile(measured.times, 99)), milliseconds(percentile(measured.times, 100))
	return f, nil
}

func (l loop) clocks() (server, database time.Duration, err error) {
	server, err = l.server.cpu()
	if err != nil {
		return 0, 0, err
	}
	database, err = l.database.cpu()
	return server, database, err
}

// outcome is what some operations came to.
type outcome struct {
	times  []time.Duration
	errors int
	first  error
}

// rounds does operations from a number on: each connection takes the next one as soon as its last is answered.
func (l loop) rounds(ctx context.Context, s scenario, from, operations int) outcome {
	var next atomic.Int64
	callers := l.world.connections
	if s.few > 0 {
		callers = callers[:s.few]
	}
	parts := make([]outcome, len(callers))
	var group sync.WaitGroup
	for i, c := range callers {
		group.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= operations || ctx.Err() != nil {
					return
				}
				began := time.Now()
				err := s.do(ctx, c, from+n)
				parts[i].times = append(parts[i].times, time.Since(began))
				if err != nil {
					parts[i].errors++
					if parts[i].first == nil {
						parts[i].first = err
					}
				}
			}
		})
	}
	group.Wait()
	var all outcome
	for _, p := range parts {
		all.times, all.errors = append(all.times, p.times...), all.errors+p.errors
		if all.first == nil {
			all.first = p.first
		}
	}
	return all
}

// percentile is the smallest of the sorted times that p percent of them are not above (nearest rank).
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(1, (len(sorted)*p+99)/100)-1]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func perOperation(d time.Duration, operations int) float64 {
	return milliseconds(d) / float64(operations)
}

// record has perf record the server until the function that it returns is called.
func (l loop) record(ctx context.Context) (end func() error, err error) {
	if l.perf == "" {
		return func() error { return nil }, nil
	}
	if err := os.MkdirAll(filepath.Dir(l.perf), 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for perf: %w", err)
	}
	// The clock of the processor is there on virtual machines too, where the counters often are not.
	cmd := exec.CommandContext(ctx, "perf", "record", "-q", "-e", "cpu-clock", "-F", "997", "-g", "-o", l.perf,
		"-p", strconv.Itoa(l.server.cmd.Process.Pid))
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start perf: %w", err)
	}
	return func() error {
		_ = cmd.Process.Signal(syscall.SIGINT)
		var exit *exec.ExitError
		if err := cmd.Wait(); err != nil && !errors.As(err, &exit) { // it ends by the signal
			return fmt.Errorf("perf: %w", err)
		}
		return nil
	}, nil
}
