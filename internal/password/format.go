package password

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// ErrFormat reports an encoded hash of an unknown format or with parameters out of bounds. It never repeats the hash.
var ErrFormat = errors.New("password: the hash is of no known format, or its parameters are out of bounds")

// Params are the costs of argon2id (RFC 9106 §3.1).
type Params struct {
	Memory  uint32 // KiB, at most 256 MiB
	Time    uint32 // passes, at most 10
	Threads uint8  // lanes, at most 8
}

// DefaultParams are the OWASP Password Storage Cheat Sheet's first choice for argon2id.
var DefaultParams = Params{Memory: 19456, Time: 2, Threads: 1}

// The bounds hold before anything is computed: a stored hash must not be able to take the server down.
const (
	maxMemory     = 256 << 10 // KiB
	maxTime       = 10
	maxThreads    = 8
	maxBcryptCost = 15 // about two seconds

	maxEncoded = 512
	saltLength = 16
	keyLength  = 32

	argon2Prefix = "$argon2id$"
)

func (p Params) check() error {
	switch {
	case p.Threads < 1 || p.Threads > maxThreads:
		return fmt.Errorf("password: %d argon2 threads are not between 1 and %d", p.Threads, maxThreads)
	case p.Time < 1 || p.Time > maxTime:
		return fmt.Errorf("password: %d argon2 passes are not between 1 and %d", p.Time, maxTime)
	case p.Memory < 8*uint32(p.Threads) || p.Memory > maxMemory:
		return fmt.Errorf("password: %d KiB of argon2 memory are not between 8 per thread and %d", p.Memory, maxMemory)
	}
	return nil
}

type argon2Hash struct {
	params    Params
	salt, key []byte
}

// String returns the PHC form with version 19 (0x13).
func (h argon2Hash) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("%sv=%d$m=%d,t=%d,p=%d$%s$%s", argon2Prefix, argon2.Version,
		h.params.Memory, h.params.Time, h.params.Threads, b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

func (h argon2Hash) derive(password string, length int) []byte {
	p := h.params
	return argon2.IDKey([]byte(password), h.salt, p.Time, p.Memory, p.Threads, uint32(length)) //nolint:gosec // ≤ 64
}

func (h argon2Hash) matches(password string) bool {
	return subtle.ConstantTimeCompare(h.derive(password, len(h.key)), h.key) == 1
}

func (h argon2Hash) staleFor(want Params) bool {
	return h.params.Memory < want.Memory || h.params.Time < want.Time || len(h.salt) < saltLength || len(h.key) < keyLength
}

// parseArgon2 reads $argon2id$v=19$m=19456,t=2,p=1$salt$key.
func parseArgon2(encoded string) (argon2Hash, error) {
	fields := strings.Split(encoded, "$")
	if len(fields) != 6 || fields[2] != "v=19" {
		return argon2Hash{}, ErrFormat
	}
	var h argon2Hash
	costs := strings.Split(fields[3], ",")
	if len(costs) != 3 {
		return argon2Hash{}, ErrFormat
	}
	memory, err1 := parseCost(costs[0], "m=")
	time, err2 := parseCost(costs[1], "t=")
	threads, err3 := parseCost(costs[2], "p=")
	if err := errors.Join(err1, err2, err3); err != nil || threads > maxThreads {
		return argon2Hash{}, ErrFormat
	}
	h.params = Params{Memory: memory, Time: time, Threads: uint8(threads)}
	if h.params.check() != nil {
		return argon2Hash{}, ErrFormat
	}
	var err error
	b64 := base64.RawStdEncoding.Strict()
	if h.salt, err = b64.DecodeString(fields[4]); err != nil || len(h.salt) < 8 || len(h.salt) > 64 {
		return argon2Hash{}, ErrFormat
	}
	if h.key, err = b64.DecodeString(fields[5]); err != nil || len(h.key) < 16 || len(h.key) > 64 {
		return argon2Hash{}, ErrFormat
	}
	if h.String() != encoded { // one spelling only: base64 overlooks line breaks, numbers leading zeros
		return argon2Hash{}, ErrFormat
	}
	return h, nil
}

func parseCost(field, prefix string) (uint32, error) {
	digits, ok := strings.CutPrefix(field, prefix)
	if !ok {
		return 0, ErrFormat
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	return uint32(n), err
}

// bcryptHash is a whole bcrypt string. Bcrypt itself looks at the first 72 bytes of a password only.
type bcryptHash string

func (h bcryptHash) matches(password string) bool {
	return bcrypt.CompareHashAndPassword([]byte(h), []byte(password)) == nil
}

func (bcryptHash) staleFor(Params) bool { return true }

// parseBcrypt reads $2a$, $2b$ and $2y$: three names of one algorithm.
func parseBcrypt(encoded string) (bcryptHash, error) {
	const length, alphabet = 60, "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	if len(encoded) != length || !strings.Contains("aby", encoded[2:3]) || encoded[3] != '$' || encoded[6] != '$' {
		return "", ErrFormat
	}
	if strings.Trim(encoded[7:], alphabet) != "" {
		return "", ErrFormat
	}
	if cost, err := bcrypt.Cost([]byte(encoded)); err != nil || cost > maxBcryptCost {
		return "", ErrFormat
	}
	return bcryptHash(encoded), nil
}
