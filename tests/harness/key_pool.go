package harness

import (
	"sync"

	"github.com/authly/authly/identity"
)

// firstKeys are the keys that nodes of this process begin with: RSA keys are slow to make, and every test starts a
// node.
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
	if p.done {
		return p.maker.Make(alg)
	}
	firstKeys.Lock()
	defer firstKeys.Unlock()
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
func (p *keyPool) Import(material string) (identity.SigningKey, error) {
	return p.maker.Import(material)
}

// Public implements identity.KeyMaker.
func (p *keyPool) Public(k identity.SigningKey) (identity.PublicKey, error) { return p.maker.Public(k) }
