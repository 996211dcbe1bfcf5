package keys

import (
	"crypto/sha256"
	"encoding/json"
	"sync"
)

// registeredMost bounds each of the two generations of sets that are remembered.
const registeredMost = 500

// registeredSets remembers what sets that clients have registered parse to, by their digest: to parse keys and to check their points
// costs more than a signature or an encryption by one of them.
type registeredSets struct {
	mu       sync.Mutex
	young    map[[sha256.Size]byte]clientSet
	previous map[[sha256.Size]byte]clientSet
}

func (r *registeredSets) get(text json.RawMessage) (clientSet, error) {
	digest := sha256.Sum256(text)
	r.mu.Lock()
	set, ok := r.young[digest]
	if !ok {
		set, ok = r.previous[digest]
	}
	r.mu.Unlock()
	if ok {
		return set, nil
	}
	set, err := parseKeySet(text)
	if err != nil {
		return clientSet{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.young == nil || len(r.young) >= registeredMost {
		r.previous, r.young = r.young, map[[sha256.Size]byte]clientSet{}
	}
	r.young[digest] = set
	return set, nil
}
