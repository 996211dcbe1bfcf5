package keys

import (
	"crypto/sha256"
	"sync"
)

// generations remembers values by the digest of what they were made of: two generations of most values, so that what is not asked for
// is forgotten when two have passed. The zero value remembers nothing yet; most must be set.
type generations[V any] struct {
	most int

	mu       sync.Mutex
	young    map[[sha256.Size]byte]V
	previous map[[sha256.Size]byte]V
}

func (g *generations[V]) get(text []byte) (V, bool) {
	digest := sha256.Sum256(text)
	g.mu.Lock()
	defer g.mu.Unlock()
	if v, ok := g.young[digest]; ok {
		return v, true
	}
	v, ok := g.previous[digest]
	return v, ok
}

func (g *generations[V]) put(text []byte, v V) {
	digest := sha256.Sum256(text)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.young == nil || len(g.young) >= g.most {
		g.previous, g.young = g.young, map[[sha256.Size]byte]V{}
	}
	g.young[digest] = v
}
