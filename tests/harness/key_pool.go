package harness

import (
	"slices"
	"sync"

	"github.com/authly/authly/identity"
)

// firstKeys are the keys that nodes of this process begin with, and the first ones of further algorithms: RSA keys are slow to
// make, and every test starts a node.
var firstKeys struct {
	sync.Mutex
	made map[identity.Algorithm][]identity.SigningKey
}

// keyPool hands out the same first keys to every node; all nodes have one root secret, so they can open them. Later
// keys are new.
type keyPool struct {
	maker identity.KeyMaker
	used  map[identity.Algorithm]int
	done  bool
}

// Make implements identity.KeyMaker.
func (p *keyPool) Make(alg identity.Algorithm) (identity.SigningKey, error) {
	firstKeys.Lock()
	defer firstKeys.Unlock()
	if standing := slices.Contains(identity.StandingAlgorithms(), alg); p.done && (standing || p.used[alg] > 1) {
		return p.maker.Make(alg)
	}
	if firstKeys.made == nil {
		firstKeys.made = map[identity.Algorithm][]identity.SigningKey{}
	}
	at := p.used[alg]
	p.used[alg]++
	if at == len(firstKeys.made[alg]) {
		key, err := p.maker.Make(alg)
		if err != nil {
			return key, err
		}
		firstKeys.made[alg] = append(firstKeys.made[alg], key)
	}
	return firstKeys.made[alg][at], nil
}

// Import implements identity.KeyMaker.
func (p *keyPool) Import(material string, alg identity.Algorithm) (identity.SigningKey, error) {
	return p.maker.Import(material, alg)
}

// Public implements identity.KeyMaker.
func (p *keyPool) Public(k identity.SigningKey) (identity.PublicKey, error) { return p.maker.Public(k) }
