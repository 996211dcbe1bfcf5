package throttle

import (
	"context"
	"time"

	"github.com/authly/authly/identity"
)

// Off refuses nobody. Operators choose it by AUTHLY_THROTTLE=off.
type Off struct{}

var _ identity.Throttle = Off{}

// Take implements identity.Throttle: every bucket is full.
func (Off) Take(_ context.Context, buckets ...identity.Bucket) identity.Taken {
	return identity.Taken{Empty: -1, Left: make([]identity.Left, len(buckets))}
}

// Wait implements identity.Throttle: every bucket has something.
func (Off) Wait(context.Context, identity.Bucket) time.Duration { return 0 }

// Give implements identity.Throttle.
func (Off) Give(context.Context, ...identity.Bucket) {}

// Clear implements identity.Throttle.
func (Off) Clear(context.Context, ...string) {}

// Begins implements identity.Throttle: nothing begins.
func (Off) Begins(context.Context, string, time.Duration) bool { return false }
