package cache

import (
	"sync"
	"time"
)

// Versions remembers when tags were last invalidated, in the order of a counter. It is safe for concurrent use.
type Versions struct {
	clock     func() time.Time
	retention time.Duration

	mu          sync.RWMutex
	current     uint64
	floor       uint64 // versions at or below it are too old to be judged
	invalidated map[string]invalidation
	swept       time.Time
	watchers    map[string][]func()
}

type invalidation struct {
	version uint64
	at      time.Time
}

// NewVersions returns a Versions that remembers an invalidation for retention, which must be longer than any entry is
// cached.
func NewVersions(clock func() time.Time, retention time.Duration) *Versions {
	return &Versions{clock: clock, retention: retention, current: 1, invalidated: map[string]invalidation{}}
}

// Version returns the version to note before reading what is going to be cached.
func (v *Versions) Version() uint64 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.current
}

// Watch makes each invalidation of the tag call changed, which must not block. It is called before there are any.
func (v *Versions) Watch(tag string, changed func()) {
	if v.watchers == nil {
		v.watchers = map[string][]func(){}
	}
	v.watchers[tag] = append(v.watchers[tag], changed)
}

// Invalidate makes every entry that has one of the tags and a version of until now unservable.
func (v *Versions) Invalidate(tags ...string) {
	if len(tags) == 0 {
		return
	}
	now := v.clock()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, tag := range tags {
		v.invalidated[tag] = invalidation{version: v.current, at: now}
		for _, changed := range v.watchers[tag] {
			changed()
		}
	}
	v.current++
	if now.Sub(v.swept) > v.retention {
		for tag, i := range v.invalidated {
			if now.Sub(i.at) > v.retention {
				delete(v.invalidated, tag)
			}
		}
		v.swept = now
	}
}

// InvalidateAll makes every entry unservable.
func (v *Versions) InvalidateAll() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.floor = v.current
	v.current++
	clear(v.invalidated)
	for _, watchers := range v.watchers {
		for _, changed := range watchers {
			changed()
		}
	}
}

// UnchangedSince reports whether none of the tags was invalidated since the version was noted.
func (v *Versions) UnchangedSince(version uint64, tags ...string) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if version <= v.floor {
		return false
	}
	for _, tag := range tags {
		if i, ok := v.invalidated[tag]; ok && i.version >= version {
			return false
		}
	}
	return true
}
