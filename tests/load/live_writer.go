package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/cache"
	"github.com/authly/authly/internal/config"
	authly "github.com/authly/authly/internal/server"
)

// writing adds events to the trail as a third node would: signed, in transactions of different sizes, and announced
// through Redis if there is one.
type writing struct {
	server *authly.Server
	store  *cache.Store
	source identity.Source
	rate   int // events a second, of all writers
	time   time.Duration
	ended  func() error

	done [liveWriters]atomic.Int64
	born [liveWriters][]atomic.Int64 // when each was written, in nanoseconds since the epoch
}

func newWriting(ctx context.Context, env []string, rate int, time time.Duration) (*writing, error) {
	c, err := config.Load(config.Sources{Env: env})
	if err != nil {
		return nil, err
	}
	w := &writing{source: identity.SystemSource(), rate: rate, time: time}
	if w.server, err = authly.Build(ctx, c, authly.Options{Logger: slog.New(slog.DiscardHandler), Command: true}); err != nil {
		return nil, err
	}
	const size = 10 // nothing is looked up
	versions := cache.NewVersions(w.source.Now, time)
	bus, err := cache.NewBus(string(c.RedisURL), c.Issuer, w.source.NewSecret(), versions, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, errors.Join(err, w.server.Close())
	}
	w.store = cache.NewStore(w.server.Store, cache.NewLocalCache(versions, w.source.Now, size, bus.LimitTTL), bus)
	for i := range w.born {
		w.born[i] = make([]atomic.Int64, w.most())
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() { _ = bus.Run(ctx) })
	w.ended = func() error { stop(); running.Wait(); return w.server.Close() }
	return w, nil
}

func (w *writing) close() error { return w.ended() }

// most is how many events one writer adds if it keeps up.
func (w *writing) most() int { return int(w.time.Seconds()*float64(w.rate))/liveWriters + 1 }

// of is how many events a writer has added.
func (w *writing) of(writer int) int { return int(w.done[writer].Load()) }

func (w *writing) events() (sum int) {
	for i := range w.done {
		sum += w.of(i)
	}
	return sum
}

// age is how long ago an event was written.
func (w *writing) age(writer, n int) time.Duration {
	return time.Duration(time.Now().UnixNano() - w.born[writer][n].Load())
}

// run writes until the time is over. Who does not keep up has written less then.
func (w *writing) run(ctx context.Context) error {
	began := time.Now()
	group, ctx := errgroup.WithContext(identity.WithActor(ctx, identity.SystemActor("load")))
	for writer := range liveWriters {
		group.Go(func() error {
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			for time.Since(began) < w.time {
				due := int(time.Since(began).Seconds() * float64(w.rate) / liveWriters)
				for w.of(writer) < min(due, w.most()) {
					if err := w.write(ctx, writer); err != nil {
						return err
					}
				}
				<-tick.C
			}
			return nil
		})
	}
	return group.Wait()
}

// write adds what one transaction has: one event to seven.
func (w *writing) write(ctx context.Context, writer int) error {
	first := w.of(writer)
	var events []identity.AuditEvent
	for n := first; n < min(first+1+first%7, w.most()); n++ {
		w.born[writer][n].Store(time.Now().UnixNano())
		name := fmt.Sprintf("%d/%d", writer, n)
		events = append(events, identity.NewEvent(ctx, w.source, identity.ActionScopeSaved, identity.TargetScope, "", name))
	}
	if err := w.store.InsertAudit(ctx, events...); err != nil {
		return err
	}
	w.done[writer].Add(int64(len(events)))
	return nil
}
