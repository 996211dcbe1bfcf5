package password

import (
	"context"
	"crypto/rand"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/authly/authly/identity"
)

// How many callers may wait for each hash that runs: in all, and from one network.
const (
	queuePerSlot   = 64
	networkPerSlot = 16
)

// Hasher hashes and verifies passwords. It is safe for concurrent use.
type Hasher struct {
	params Params
	dummy  argon2Hash // what unknown users are verified against
	queue  *queue
	pace   pace
	hashes atomic.Uint64
}

var _ identity.PasswordHasher = (*Hasher)(nil)

// New makes a Hasher that writes argon2id with the parameters; the zero Params are DefaultParams. At most parallel
// hashes run at once; 0 means one per core. It panics on parameters out of bounds, which only a programmer can give.
func New(params Params, parallel int) *Hasher {
	if params == (Params{}) {
		params = DefaultParams
	}
	if err := params.check(); err != nil {
		panic(err)
	}
	if parallel <= 0 {
		parallel = runtime.GOMAXPROCS(0)
	}
	return &Hasher{
		params: params,
		dummy:  argon2Hash{params: params, salt: make([]byte, saltLength), key: make([]byte, keyLength)},
		queue:  newQueue(parallel, parallel*queuePerSlot, parallel*networkPerSlot),
	}
}

// Paced makes refusals take the same time, by the clock, and waits by wait. It returns the Hasher.
func (h *Hasher) Paced(now func() time.Time, wait func(ctx context.Context, d time.Duration)) *Hasher {
	h.pace.now, h.pace.wait = now, wait
	return h
}

// Hashes returns how many hashes have been computed.
func (h *Hasher) Hashes() uint64 { return h.hashes.Load() }

// Hash returns the argon2id hash of a password as a PHC string with a fresh salt. It does not judge the password: see
// Policy. The error is an identity.Error: of kind Unavailable when too many wait or the context ends, and RateLimited
// when too many wait in the network of the actor.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	release, err := h.queue.acquire(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	h.hashes.Add(1)
	hash := argon2Hash{params: h.params, salt: make([]byte, saltLength)}
	_, _ = rand.Read(hash.salt) // never fails
	hash.key = hash.derive(norm.NFC.String(password), keyLength)
	return hash.String(), nil
}

// Verify reports whether the password, in NFC or else as it was typed, belongs to the encoded hash (the formats of
// docs/import.md), and if so whether the hash is stale: not argon2id, weaker than what Hash makes, or not of the NFC. An
// empty encoded hash costs the same time and is never ok, so that unknown users cannot be told from known ones. The error
// is ErrFormat for any other text, or as for Hash.
func (h *Hasher) Verify(ctx context.Context, password, encoded string) (identity.PasswordProof, error) {
	var hash verifier = h.dummy
	if encoded != "" {
		var err error
		if hash, err = parse(encoded); err != nil {
			return identity.PasswordProof{}, err
		}
	}
	release, err := h.queue.acquire(ctx)
	if err != nil {
		return identity.PasswordProof{}, err
	}
	defer release()
	h.hashes.Add(1)
	proof := identity.PasswordProof{Began: h.pace.began()}
	normal := norm.NFC.String(password)
	proof.OK = hash.matches(normal)
	// Another system may have hashed what was typed. Whoever types what is not NFC pays twice, known or not.
	foreign := !proof.OK && normal != password && hash.matches(password)
	proof.OK = (proof.OK || foreign) && encoded != ""
	proof.Stale = proof.OK && (foreign || hash.staleFor(h.params))
	h.pace.ended(proof.Began)
	return proof, nil
}

// CheckEncoded reports whether Verify understands the encoded hash; the error is ErrFormat. It is for hashes that come
// from another system.
func (*Hasher) CheckEncoded(encoded string) error {
	_, err := parse(encoded)
	return err
}

// verifier is a parsed hash.
type verifier interface {
	matches(password string) bool
	staleFor(want Params) bool
}

// parse reads an encoded hash of any known format.
func parse(encoded string) (verifier, error) {
	switch {
	case len(encoded) > maxEncoded:
		return nil, ErrFormat
	case strings.HasPrefix(encoded, argon2Prefix):
		return parseArgon2(encoded)
	case strings.HasPrefix(encoded, "$2"):
		return parseBcrypt(encoded)
	case strings.HasPrefix(encoded, scryptPrefix):
		return parseScrypt(encoded)
	case strings.HasPrefix(encoded, firebasePrefix):
		return parseFirebase(encoded)
	case strings.HasPrefix(encoded, pbkdf2Prefix):
		return parsePBKDF2(encoded)
	}
	return nil, ErrFormat
}
