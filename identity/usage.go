package identity

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Meter counts what this node's token endpoint does. It lives in memory, because issuing a token writes nothing to the
// database; a restart begins anew. It is safe for concurrent use, and a nil Meter counts nothing.
type Meter struct {
	mu      sync.Mutex
	since   time.Time
	grants  map[GrantType]int
	clients map[string]*ClientUsage
}

// NewMeter makes a Meter that counts since now.
func NewMeter(now time.Time) *Meter {
	return &Meter{since: now, grants: map[GrantType]int{}, clients: map[string]*ClientUsage{}}
}

// Usage is what a Meter has counted.
type Usage struct {
	Since   time.Time
	Tokens  map[GrantType]int // token responses by grant type
	Slowest []ClientUsage     // clients with the highest mean time, slowest first
	Refused []ClientUsage     // clients with the most refusals, most first
}

// ClientUsage is what one client asked of the token endpoint.
type ClientUsage struct {
	ClientID string
	Requests int
	Refusals int
	Time     time.Duration // in all
}

// Mean is the mean time of a request.
func (u ClientUsage) Mean() time.Duration {
	if u.Requests == 0 {
		return 0
	}
	return u.Time / time.Duration(u.Requests)
}

// The bounds of what is stored and returned.
const (
	maxMetered = 10_000
	topClients = 10
)

// Token counts one request of an authenticated client.
func (m *Meter) Token(clientID string, grant GrantType, refused bool, took time.Duration) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	u, ok := m.clients[clientID]
	if !ok {
		if len(m.clients) >= maxMetered {
			return
		}
		u = &ClientUsage{ClientID: clientID}
		m.clients[clientID] = u
	}
	u.Requests++
	u.Time += took
	if refused {
		u.Refusals++
	} else {
		m.grants[grant]++
	}
}

// Read returns what was counted so far.
func (m *Meter) Read() Usage {
	if m == nil {
		return Usage{}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	out := Usage{Since: m.since, Tokens: make(map[GrantType]int, len(m.grants))}
	for grant, n := range m.grants {
		out.Tokens[grant] = n
	}
	var refused, all []ClientUsage
	for _, u := range m.clients {
		all = append(all, *u)
		if u.Refusals > 0 {
			refused = append(refused, *u)
		}
	}
	slices.SortFunc(all, func(a, b ClientUsage) int {
		return cmp.Or(cmp.Compare(b.Mean(), a.Mean()), strings.Compare(a.ClientID, b.ClientID))
	})
	slices.SortFunc(refused, func(a, b ClientUsage) int {
		return cmp.Or(b.Refusals-a.Refusals, strings.Compare(a.ClientID, b.ClientID))
	})
	out.Slowest, out.Refused = all[:min(topClients, len(all))], refused[:min(topClients, len(refused))]
	return out
}
