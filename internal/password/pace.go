package password

import (
	"context"
	"sync"
	"time"

	"github.com/authly/authly/identity"
)

// Refusals are sent at the same time after the work began, whatever it was: 250 ms, which is twice what an imported bcrypt
// hash of the usual cost takes, doubled until it is more than the slowest work of the last hour or two.
const (
	leastPace = 250 * time.Millisecond
	mostPace  = 4 * time.Second
)

// pace makes refusals take the same time. The zero pace does not wait.
type pace struct {
	now  func() time.Time
	wait func(ctx context.Context, d time.Duration)

	mu      sync.Mutex
	hour    int64
	slowest [2]time.Duration // of this hour and the one before
}

// began returns the time at which work begins.
func (p *pace) began() time.Time {
	if p.now == nil {
		return time.Time{}
	}
	return p.now()
}

// ended notes how long work took that began at the time.
func (p *pace) ended(began time.Time) {
	if p.now == nil {
		return
	}
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	switch hour := now.Unix() / 3600; hour {
	case p.hour:
	case p.hour + 1:
		p.hour, p.slowest = hour, [2]time.Duration{0, p.slowest[0]}
	default:
		p.hour, p.slowest = hour, [2]time.Duration{}
	}
	p.slowest[0] = max(p.slowest[0], now.Sub(began))
}

// length returns how long after the work began a refusal is sent.
func (p *pace) length() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := leastPace
	for d < mostPace && d < max(p.slowest[0], p.slowest[1]) {
		d *= 2
	}
	return d
}

// Begin implements identity.PasswordHasher.
func (h *Hasher) Begin() identity.PasswordProof {
	return identity.PasswordProof{Began: h.pace.began()}
}

// AwaitRefusal implements identity.PasswordHasher.
func (h *Hasher) AwaitRefusal(ctx context.Context, proof identity.PasswordProof) {
	if h.pace.wait == nil {
		return
	}
	if rest := h.pace.length() - h.pace.now().Sub(proof.Began); rest > 0 {
		h.pace.wait(ctx, rest)
	}
}

// Sleep waits, or until the context ends.
func Sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
