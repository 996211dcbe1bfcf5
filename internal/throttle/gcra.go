package throttle

import (
	"time"

	"github.com/authly/authly/identity"
)

// A bucket is stored as the time at which it will be full, in microseconds since 1970 (the theoretical arrival time of
// GCRA); one that is full is not stored at all.

// taken is what taking one from a bucket comes to.
type taken struct {
	full int64         // when it will be full; as it was when it is empty
	wait time.Duration // > 0: it was empty
	identity.Left
}

// take computes one step of GCRA. A time further away than an empty bucket is one, which the clock's going back or a
// smaller rate can cause.
func take(full, now int64, r identity.Rate) taken {
	interval := r.Interval.Microseconds()
	first := full <= now
	full = min(max(full, now), now+interval*int64(r.Burst))
	after := full + interval
	over := after - now - interval*int64(r.Burst) // > 0: there was not one left
	if over > 0 {
		return taken{full: full, wait: microseconds(over)}
	}
	return taken{full: after, Left: identity.Left{Next: microseconds(max(over+interval, 0)), First: first}}
}

// give computes when a bucket will be full that gets one back.
func give(full int64, r identity.Rate) int64 { return full - r.Interval.Microseconds() }

func microseconds(n int64) time.Duration { return time.Duration(n) * time.Microsecond }

// stricter is the rate that a node has to itself while it does not know what the others count.
func stricter(r identity.Rate) identity.Rate {
	return identity.Rate{Burst: max(r.Burst/2, 1), Interval: 2 * r.Interval}
}
