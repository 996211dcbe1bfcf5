package cache

import (
	"sync"
	"time"
)

// Versions remembers when names were last bumped, in the order of a counter. It is safe for concurrent use.
type Versions struct {
	clock func() time.Time
	keep  time.Duration

	mu     sync.RWMutex
	seq    uint64
	floor  uint64 // stamps at or below it are too old to be judged
	bumped map[string]bump
	swept  time.Time
}

type bump struct {
	seq uint64
	at  time.Time
}

// NewVersions makes a Versions whose memory of a bump lasts for keep, which must be longer than any answer is kept.
func NewVersions(clock func() time.Time, keep time.Duration) *Versions {
	return &Versions{clock: clock, keep: keep, seq: 1, bumped: map[string]bump{}}
}

// Stamp is the moment to note before reading what is going to be cached.
func (v *Versions) Stamp() uint64 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.seq
}

// Bump makes every answer that depends on one of the names and was stamped until now unservable.
func (v *Versions) Bump(names ...string) {
	if len(names) == 0 {
		return
	}
	now := v.clock()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, name := range names {
		v.bumped[name] = bump{seq: v.seq, at: now}
	}
	v.seq++
	if now.Sub(v.swept) > v.keep {
		for name, b := range v.bumped {
			if now.Sub(b.at) > v.keep {
				delete(v.bumped, name)
			}
		}
		v.swept = now
	}
}

// BumpAll makes every answer unservable.
func (v *Versions) BumpAll() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.floor = v.seq
	v.seq++
	clear(v.bumped)
}

// Current reports whether none of the names was bumped since the stamp was taken.
func (v *Versions) Current(stamp uint64, names ...string) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if stamp <= v.floor {
		return false
	}
	for _, name := range names {
		if b, ok := v.bumped[name]; ok && b.seq >= stamp {
			return false
		}
	}
	return true
}
