package identity

import (
	"context"
	"net/netip"
	"time"
)

// Rate is an allowance: Burst at once, and one more per Interval.
type Rate struct {
	Burst    int
	Interval time.Duration
}

// Bucket is a rate that is counted under a key. The key says nothing about whom it is for: see Keyring.MAC.
type Bucket struct {
	Key string
	Rate
}

// Throttle keeps buckets. It does not fail: one whose shared memory is away counts by itself, and more strictly.
type Throttle interface {
	// Take takes one from each bucket, or from none of them when one is empty.
	Take(ctx context.Context, buckets ...Bucket) Taken
	// Wait returns how long it is until a bucket has something; 0 = it has. Nothing is taken.
	Wait(ctx context.Context, b Bucket) time.Duration
	// Give returns one to each bucket.
	Give(ctx context.Context, buckets ...Bucket)
	// Clear fills the buckets of the keys.
	Clear(ctx context.Context, keys ...string)
	// Begins reports whether something that goes on begins now: whether the key was not reported within quiet. It is
	// reported by this.
	Begins(ctx context.Context, key string, quiet time.Duration) bool
}

// Taken is what Take has come to.
type Taken struct {
	Empty int           // the first bucket that had nothing, or -1: one was taken from each
	Wait  time.Duration // until that bucket has something
	Left  []Left        // of each bucket that was taken from; of no use when one was empty
}

// Refused reports whether a bucket was empty.
func (t Taken) Refused() bool { return t.Empty >= 0 }

// Left is what is left in a bucket that was taken from.
type Left struct {
	Next  time.Duration // until another one can be taken; 0 = there is one
	First bool          // the bucket was full before
}

// Network is where a request came from, at two sizes that a stranger has cheaply: what one line or server has, and what
// a small provider gives away.
type Network struct {
	Narrow string // /32 of IPv4, /64 of IPv6
	Wide   string // /24 of IPv4, /48 of IPv6
}

// NetworkOf returns the network of an address. What is no address is a network of its own.
func NetworkOf(ip string) Network {
	narrow, wide := networksOf(ip)
	if !narrow.IsValid() {
		return Network{Narrow: "unknown", Wide: "unknown"}
	}
	return Network{Narrow: narrow.String(), Wide: wide.String()}
}

// networksOf is NetworkOf as prefixes, which are compared without being written; invalid ones for what is no address.
func networksOf(ip string) (narrow, wide netip.Prefix) {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return netip.Prefix{}, netip.Prefix{}
	}
	addr = addr.Unmap().WithZone("")
	narrowBits, wideBits := 64, 48
	if addr.Is4() {
		narrowBits, wideBits = 32, 24
	}
	return netip.PrefixFrom(addr, narrowBits).Masked(), netip.PrefixFrom(addr, wideBits).Masked()
}

// Network returns where the actor's request came from.
func (a Actor) Network() Network { return NetworkOf(a.IP) }
