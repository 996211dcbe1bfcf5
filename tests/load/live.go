package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What is told to whom.
const (
	liveListeners = 100
	liveCallers   = 50 // each has a stream at either node
	liveWriters   = 4
	mostCatchUp   = 2 * time.Minute // for those who have not heard everything when the writers have ended
)

// LiveRun is what telling of events came to.
type LiveRun struct {
	Redis    bool    `json:"redis"`
	Wanted   int     `json:"wanted"` // events a second
	Seconds  float64 `json:"seconds"`
	Events   int     `json:"events"`
	Told     int     `json:"told"` // to all listeners
	Lost     int     `json:"lost"` // not heard within mostCatchUp
	Twice    int     `json:"twice"`
	Disorder int     `json:"disorder"` // told after a younger event of the same writer
	Breaks   int     `json:"breaks"`   // connections that ended before all was told
	CatchUp  float64 `json:"catch_up"` // seconds from the last event to the last listener

	Latency    Latency `json:"latency"`     // from before an event is written until a listener has read it
	NodeMS     float64 `json:"node_cpu_ms"` // per event, of both nodes; as the next two
	DatabaseMS float64 `json:"database_cpu_ms"`
	SelfMS     float64 `json:"load_cpu_ms"` // of writers and listeners
	PeakMiB    float64 `json:"peak_mib"`    // of the node that stays
	Loads      string  `json:"loads"`       // of the machine, before and after
}

// Latency are times in milliseconds.
type Latency struct {
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`
	Max float64 `json:"max_ms"`
}

// liveOf measures with and without Redis, and says whether all is well.
func liveOf(ctx context.Context, p plan, program program, result Result, folder string, stdout, stderr io.Writer) error {
	var fault error
	for _, redis := range slices.Compact([]string{os.Getenv("AUTHLY_TEST_REDIS_URL"), ""}) {
		one, err := live(ctx, p, program, redis, folder, stderr)
		if err != nil {
			return fmt.Errorf("live, Redis %t: %w", redis != "", err)
		}
		writeLive(stdout, one)
		result.Live = append(result.Live, one)
		if one.Lost+one.Twice+one.Disorder > 0 {
			fault = fmt.Errorf("live: %d not heard, %d twice, %d out of order", one.Lost, one.Twice, one.Disorder)
		}
	}
	return errors.Join(conclude(p, result, stdout), fault)
}

// writeLive prints what one run came to.
func writeLive(w io.Writer, r LiveRun) {
	fmt.Fprintf(w, "\n### Live events, Redis %t, load of the machine %s\n\n| | |\n|---|---:|\n", r.Redis, r.Loads)
	for _, row := range []struct {
		name   string
		figure float64
	}{
		{"events a second, wanted", float64(r.Wanted)},
		{"events a second", float64(r.Events) / r.Seconds},
		{"deliveries a second", float64(r.Told) / r.Seconds},
		{"events", float64(r.Events)},
		{"not heard within two minutes of the last", float64(r.Lost)},
		{"twice", float64(r.Twice)},
		{"out of order", float64(r.Disorder)},
		{"connections that broke", float64(r.Breaks)},
		{"s from the last event to the last listener", r.CatchUp},
		{"ms until a listener has an event, median", r.Latency.P50},
		{"the same, 99 of 100", r.Latency.P99},
		{"the same, all", r.Latency.Max},
		{"CPU ms per event, both nodes", r.NodeMS},
		{"CPU ms per event, database", r.DatabaseMS},
		{"CPU ms per event, writers and listeners", r.SelfMS},
		{"MiB at most, the node that stays", r.PeakMiB},
	} {
		fmt.Fprintf(w, "| %s | %s |\n", row.name, strconv.FormatFloat(row.figure, 'f', -1, 64))
	}
}

// live runs two nodes on a fresh PostgreSQL, tells all listeners what the writers add, and kills one node half way.
func live(ctx context.Context, p plan, program program, redis, folder string, stderr io.Writer) (r LiveRun, err error) {
	r = LiveRun{Redis: redis != "", Wanted: p.live, Loads: loadOfMachine()}
	note := func(what string, args ...any) {
		fmt.Fprintf(stderr, "load: live, Redis %t: %s\n", r.Redis, fmt.Sprintf(what, args...))
	}
	db, err := create(ctx, postgres, folder)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, db.drop(context.WithoutCancel(ctx))) }()
	pair, err := startPair(ctx, program, db.url, redis, stderr)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, pair.stays.stop()) }()
	written, err := newWriting(ctx, pair.stays.env, p.live, p.liveTime)
	if err != nil {
		return r, errors.Join(err, pair.dies.stop())
	}
	defer func() { err = errors.Join(err, written.close()) }()
	listeners, err := pair.listeners(ctx, written)
	if err != nil {
		return r, errors.Join(err, pair.dies.stop())
	}
	note("%d listeners, %d events a second for %s", len(listeners), p.live, p.liveTime)
	before, err := pair.clocks(db)
	if err != nil {
		return r, err
	}
	began := time.Now()
	half := make(chan struct{})
	killer := time.AfterFunc(p.liveTime/2, func() { close(half) })
	defer killer.Stop()
	ended := make(chan error, 1)
	go func() { ended <- written.run(ctx) }()
	<-half
	note("%d events; one node is killed", written.events())
	last, err := pair.dies.cpu()
	pair.dies.kill()
	pair.dead.Store(true)
	if err = errors.Join(err, <-ended); err != nil {
		return r, err
	}
	r.Events, r.Seconds = written.events(), time.Since(began).Seconds()
	note("%d events in %.1f s", r.Events, r.Seconds)
	r.CatchUp = pair.finish(listeners, r.Events)
	after, err := pair.clocks(db)
	if err != nil {
		return r, err
	}
	each := func(d time.Duration) float64 { return milliseconds(d) / float64(r.Events) }
	r.NodeMS = each(after.node - before.node + last - before.other)
	r.DatabaseMS, r.SelfMS = each(after.database-before.database), each(after.self-before.self)
	r.Loads += " and " + loadOfMachine()
	if r.PeakMiB, err = pair.stays.memory("VmHWM:"); err != nil {
		return r, err
	}
	r.count(listeners, written)
	return r, pair.stays.verify(ctx, stderr)
}

// count adds up what the listeners have heard.
func (r *LiveRun) count(listeners []*listener, written *writing) {
	var times []time.Duration
	for _, l := range listeners {
		r.Told += l.told
		r.Twice += l.twice
		r.Disorder += l.disorder
		r.Breaks += l.breaks
		r.Lost += l.missing(written)
		times = append(times, l.times...)
	}
	slices.Sort(times)
	r.Latency = Latency{
		P50: milliseconds(percentile(times, 50)), P99: milliseconds(percentile(times, 99)), Max: milliseconds(percentile(times, 100)),
	}
}

// loadOfMachine is the load average of the last minute (proc_loadavg(5)).
func loadOfMachine() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	load, _, _ := strings.Cut(string(text), " ")
	return load
}
