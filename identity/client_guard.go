package identity

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// clientGuard bounds failed authentications of clients, by client and network. Where a client has authenticated before
// it is never refused with the right secret, whatever others in its network do; and what is tried elsewhere does not
// concern it. The counts are shared by nodes. What follows from them is noted in memory, so that a client that
// authenticates costs one look at a map.
type clientGuard struct {
	guard *guard

	mu     sync.RWMutex
	known  map[clientPlace]struct{}
	closed map[clientPlace]time.Time // until when
}

// clientPlace is a client in a network. An empty id is every client there.
type clientPlace struct {
	clientID string
	network  netip.Prefix
}

// maxClientPlaces bounds each of the two lists.
const maxClientPlaces = 20_000

func newClientGuard(g *guard) *clientGuard {
	return &clientGuard{guard: g, known: map[clientPlace]struct{}{}, closed: map[clientPlace]time.Time{}}
}

func clientPlaceOf(ctx context.Context, clientID string) clientPlace {
	network, _ := networksOf(ActorFrom(ctx).IP)
	if !network.IsValid() || len(clientID) > MaxText {
		return clientPlace{}
	}
	return clientPlace{clientID: clientID, network: network}
}

// everyClient is all clients in the same network.
func (p clientPlace) everyClient() clientPlace { return clientPlace{network: p.network} }

// admit refuses whoever has failed too often there, unless the client has authenticated there before.
func (c *clientGuard) admit(p clientPlace) error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if len(c.closed) == 0 {
		return nil
	}
	if _, known := c.known[p]; known {
		return nil
	}
	now := c.guard.source.Now()
	for limit, place := range map[Limit]clientPlace{LimitClient: p, LimitClients: p.everyClient()} {
		if wait := c.closed[place].Sub(now); wait > 0 {
			c.guard.watch.Refused(limit)
			return TooManyAttempts(wait)
		}
	}
	return nil
}

// succeeded notes where a client has authenticated.
func (c *clientGuard) succeeded(p clientPlace) {
	c.mu.RLock()
	_, known := c.known[p]
	c.mu.RUnlock()
	if known {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for other := range c.known { // which one does not matter: it becomes known again when it is used
		if len(c.known) < maxClientPlaces {
			break
		}
		delete(c.known, other)
	}
	c.known[p] = struct{}{}
}

// failed counts a failure and returns its refusal, or that of the limit that it has reached.
func (c *clientGuard) failed(ctx context.Context, p clientPlace, client Client, refusal error) error {
	g, network := c.guard, p.network.String()
	taken := g.throttle.Take(ctx, g.bucket(LimitClient, p.clientID, network), g.bucket(LimitClients, network))
	about := subject{key: p.clientID + "\x00" + network, target: TargetClient}
	if client.ClientID != "" {
		about.id, about.name = client.ID.String(), client.ClientID
	}
	if !taken.Refused() {
		if about.id == "" { // what does not exist is of no interest to those who administer it
			return refusal
		}
		if err := g.sample(ctx, ActionClientRefused, about, string(AsError(refusal).violation.Rule)); err != nil {
			return err
		}
		return refusal
	}
	limit, place := LimitClient, p
	if taken.Empty == 1 {
		limit, place, about = LimitClients, p.everyClient(), subject{key: network, target: TargetClient}
	}
	c.close(place, g.source.Now(), taken.Wait)
	return g.refuse(ctx, limit, about, taken.Wait)
}

func (c *clientGuard) close(p clientPlace, now time.Time, wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for other, until := range c.closed {
		if !until.After(now) || len(c.closed) >= maxClientPlaces {
			delete(c.closed, other)
		}
	}
	c.closed[p] = now.Add(wait)
}
