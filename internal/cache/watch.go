package cache

import (
	"context"
	"log/slog"
	"time"
)

// watchInterval is how often a node looks for writes that nobody announced, and how long it may take over it.
const watchInterval = time.Second

// Watcher notices what was written to the database without the bus: by a command without the Redis URL, by a node that
// cannot reach Redis, by hand.
type Watcher struct {
	bus        *Bus
	read       ReadVersions
	forgetKeys func()
	logger     *slog.Logger

	begun                bool // the versions below were read
	lookups, signingKeys int64
}

// ReadVersions returns numbers that have changed when somebody has written, without announcing it, to what is cached.
type ReadVersions func(ctx context.Context) (lookups, signingKeys int64, err error)

// NewWatcher returns a Watcher of the versions that read returns; forgetKeys is called when the signing keys may have
// changed.
func NewWatcher(bus *Bus, read ReadVersions, forgetKeys func(), logger *slog.Logger) *Watcher {
	return &Watcher{bus: bus, read: read, forgetKeys: forgetKeys, logger: logger}
}

// Run looks until ctx ends.
func (w *Watcher) Run(ctx context.Context) error {
	ticker := time.NewTicker(watchInterval)
	defer ticker.Stop()
	for ctx.Err() == nil {
		w.look(ctx)
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
	return nil
}

// look compares the versions with those that were seen. While they cannot be read, entries are served for DegradedTTL
// only.
func (w *Watcher) look(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, watchInterval)
	defer cancel()
	lookups, signingKeys, err := w.read(limited)
	if err != nil {
		if !w.bus.blind.Swap(true) && ctx.Err() == nil {
			w.logger.WarnContext(ctx, "cannot look for writes of others", "cause", err.Error())
		}
		return
	}
	if !w.begun || w.signingKeys != signingKeys {
		w.forgetKeys()
	}
	if !w.begun || w.lookups != lookups {
		w.bus.invalidateAll(ctx)
	}
	w.begun, w.lookups, w.signingKeys = true, lookups, signingKeys
	w.bus.blind.Store(false)
}
