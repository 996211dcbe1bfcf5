package keys

import (
	"crypto/sha256"
	"encoding/json"
	"sync"
)

// verifiedMost bounds each of the two generations of remembered tokens; together they take some 16 MiB at most.
const verifiedMost = 8192

// verified remembers tokens whose signature was good, by their digest: checking ES256 costs more than all the rest of
// an introspection. A token is forgotten when two generations have passed. Whether it has expired is not remembered but
// asked each time.
type verified struct {
	mu       sync.Mutex
	young    map[[sha256.Size]byte]proven
	previous map[[sha256.Size]byte]proven
}

// proven is what a good signature stood for.
type proven struct {
	kid    string
	typ    string
	issuer string
	claims json.RawMessage
	times  times
}

// times are the claims that can end a token.
type times struct {
	ExpiresAt *float64 `json:"exp"`
	NotBefore *float64 `json:"nbf"`
	IssuedAt  *float64 `json:"iat"`
}

func (v *verified) get(token string) (proven, bool) {
	digest := sha256.Sum256([]byte(token))
	v.mu.Lock()
	defer v.mu.Unlock()
	if p, ok := v.young[digest]; ok {
		return p, true
	}
	p, ok := v.previous[digest]
	return p, ok
}

func (v *verified) put(token string, p proven) {
	digest := sha256.Sum256([]byte(token))
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.young == nil || len(v.young) >= verifiedMost {
		v.previous, v.young = v.young, make(map[[sha256.Size]byte]proven)
	}
	v.young[digest] = p
}
