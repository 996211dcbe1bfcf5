package password

import (
	"context"
	"crypto/rand"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/text/unicode/norm"

	"github.com/authly/authly/identity"
)

// queuePerSlot bounds how many callers may wait for each hash that runs.
const queuePerSlot = 64

// Hasher hashes and verifies passwords. It is safe for concurrent use.
type Hasher struct {
	params  Params
	dummy   argon2Hash // what unknown users are verified against
	slots   *semaphore.Weighted
	waiting atomic.Int64
	queue   int64
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
		slots:  semaphore.NewWeighted(int64(parallel)),
		queue:  int64(parallel) * queuePerSlot,
	}
}

// Hash returns the argon2id hash of a password as a PHC string with a fresh salt. It does not judge the password: see
// Policy. The error is an identity.Error of kind Unavailable when too many wait or the context ends.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := h.acquire(ctx); err != nil {
		return "", err
	}
	defer h.slots.Release(1)
	hash := argon2Hash{params: h.params, salt: make([]byte, saltLength)}
	_, _ = rand.Read(hash.salt) // never fails
	hash.key = hash.derive(norm.NFC.String(password), keyLength)
	return hash.String(), nil
}

// Verify reports whether the password, in NFC or else as it was typed, belongs to the encoded hash (argon2id as a PHC
// string, or bcrypt), and if so whether the hash is stale: bcrypt, weaker than what Hash makes, or not of the NFC. An
// empty encoded hash costs the same time and is never ok, so that unknown users cannot be told from known ones. The error
// is ErrFormat for any other text, or as for Hash.
func (h *Hasher) Verify(ctx context.Context, password, encoded string) (ok, stale bool, err error) {
	var hash verifier = h.dummy
	if encoded != "" {
		if hash, err = parse(encoded); err != nil {
			return false, false, err
		}
	}
	if err := h.acquire(ctx); err != nil {
		return false, false, err
	}
	defer h.slots.Release(1)
	normal := norm.NFC.String(password)
	ok = hash.matches(normal)
	// Another system may have hashed what was typed. Whoever types what is not NFC pays twice, known or not.
	foreign := !ok && normal != password && hash.matches(password)
	ok = (ok || foreign) && encoded != ""
	return ok, ok && (foreign || hash.staleFor(h.params)), nil
}

// CheckEncoded reports whether Verify understands the encoded hash; the error is ErrFormat. It is for hashes that come
// from another system.
func (*Hasher) CheckEncoded(encoded string) error {
	_, err := parse(encoded)
	return err
}

// acquire waits for a slot in the bounded queue.
func (h *Hasher) acquire(ctx context.Context) error {
	if h.slots.TryAcquire(1) {
		return nil
	}
	defer h.waiting.Add(-1)
	if h.waiting.Add(1) > h.queue {
		return busy()
	}
	if err := h.slots.Acquire(ctx, 1); err != nil {
		return busy().Because(err)
	}
	return nil
}

func busy() *identity.Error {
	return &identity.Error{
		Kind: identity.Unavailable, Code: identity.CodeUnavailable,
		Detail: "Too many sign-ins at the moment. Try again shortly.", RetryAfter: time.Second,
	}
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
	}
	return nil, ErrFormat
}
