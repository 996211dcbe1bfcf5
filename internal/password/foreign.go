package password

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	_ "crypto/sha1" //nolint:gosec // PBKDF2 with HMAC-SHA-1 is what others have stored
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"strings"

	"golang.org/x/crypto/scrypt"
)

// The bounds of what another system has hashed; each is about as dear as bcrypt at its bound, or cheaper.
const (
	maxScryptMemory     = 128 << 20 // bytes: 128·N·r (RFC 7914 §2)
	maxScryptWork       = 2 << 20   // N·r·p: twice what OWASP asks for
	maxPBKDF2Iterations = 2_000_000

	mostForeignSalt = 64 // bytes, and as much of a key

	scryptPrefix   = "$scrypt$"
	firebasePrefix = "$fbscrypt$"
	pbkdf2Prefix   = "$pbkdf2"
)

// scryptCosts are those of RFC 7914 §2: N = 2^ln.
type scryptCosts struct{ ln, r, p int }

func (c scryptCosts) check() error {
	if c.ln < 1 || c.ln > 20 || c.r < 1 || c.r > 32 || c.p < 1 || c.p > 32 ||
		128*c.r<<c.ln > maxScryptMemory || c.r*c.p<<c.ln > maxScryptWork {
		return ErrFormat
	}
	return nil
}

// derive returns nil for costs that check refuses.
func (c scryptCosts) derive(password string, salt []byte, length int) []byte {
	key, err := scrypt.Key([]byte(password), salt, 1<<c.ln, c.r, c.p, length)
	if err != nil {
		return nil
	}
	return key
}

// scryptHash is a hash as passlib writes it: $scrypt$ln=16,r=8,p=1$salt$key.
type scryptHash struct {
	costs     scryptCosts
	salt, key []byte
}

func (h scryptHash) matches(password string) bool {
	return subtle.ConstantTimeCompare(h.costs.derive(password, h.salt, len(h.key)), h.key) == 1
}

func (scryptHash) staleFor(Params) bool { return true }

func parseScrypt(encoded string) (scryptHash, error) {
	fields := strings.Split(encoded, "$")
	if len(fields) != 5 {
		return scryptHash{}, ErrFormat
	}
	costs, err := namedValues(fields[2], "ln", "r", "p")
	if err != nil {
		return scryptHash{}, err
	}
	var h scryptHash
	if h.costs, err = readScryptCosts(costs); err != nil {
		return scryptHash{}, err
	}
	if h.salt, err = decode(base64.RawStdEncoding, fields[3], 4, mostForeignSalt); err != nil {
		return scryptHash{}, err
	}
	h.key, err = decode(base64.RawStdEncoding, fields[4], 16, mostForeignSalt)
	return h, err
}

func readScryptCosts(texts []string) (scryptCosts, error) {
	var numbers [3]int
	for i := range numbers {
		var err error
		if numbers[i], err = decimal(texts[i]); err != nil {
			return scryptCosts{}, err
		}
	}
	costs := scryptCosts{ln: numbers[0], r: numbers[1], p: numbers[2]}
	return costs, costs.check()
}

// firebaseHash is a hash of Firebase Authentication, which encrypts the signer key of the project with a key that scrypt
// derives from the password. Everything that the project sets stands in each hash, so that no setting is needed:
// $fbscrypt$v=1,n=14,r=8,p=1,ss=SALTSEPARATOR,sk=SIGNERKEY$salt$hash, base64 with padding.
type firebaseHash struct {
	costs                     scryptCosts
	salt, separator, key, sum []byte
}

func (h firebaseHash) matches(password string) bool {
	block, err := aes.NewCipher(h.costs.derive(password, append(h.salt[:len(h.salt):len(h.salt)], h.separator...), 32))
	if err != nil {
		return false
	}
	sum := make([]byte, len(h.key))
	cipher.NewCTR(block, make([]byte, aes.BlockSize)).XORKeyStream(sum, h.key)
	return subtle.ConstantTimeCompare(sum, h.sum) == 1
}

func (firebaseHash) staleFor(Params) bool { return true }

func parseFirebase(encoded string) (firebaseHash, error) {
	fields := strings.Split(encoded, "$")
	if len(fields) != 5 {
		return firebaseHash{}, ErrFormat
	}
	values, err := namedValues(fields[2], "v", "n", "r", "p", "ss", "sk")
	if err != nil || values[0] != "1" {
		return firebaseHash{}, ErrFormat
	}
	var h firebaseHash
	if h.costs, err = readScryptCosts(values[1:4]); err != nil {
		return firebaseHash{}, err
	}
	for _, part := range []struct {
		to          *[]byte
		text        string
		least, most int
	}{
		{&h.separator, values[4], 0, 16}, {&h.key, values[5], 16, 128}, {&h.salt, fields[3], 4, mostForeignSalt}, {&h.sum, fields[4], 16, 128},
	} {
		if *part.to, err = decode(base64.StdEncoding, part.text, part.least, part.most); err != nil {
			return firebaseHash{}, err
		}
	}
	if len(h.sum) != len(h.key) {
		return firebaseHash{}, ErrFormat
	}
	return h, nil
}

// pbkdf2Hash is a hash as passlib writes it: $pbkdf2-sha256$iterations$salt$key, where a dot may stand for a plus. Its
// digest is SHA-1 when none is named.
type pbkdf2Hash struct {
	digest     crypto.Hash
	iterations int
	salt, key  []byte
}

var pbkdf2Digests = map[string]crypto.Hash{"": crypto.SHA1, "-sha1": crypto.SHA1, "-sha256": crypto.SHA256, "-sha512": crypto.SHA512}

func (h pbkdf2Hash) matches(password string) bool {
	key, err := pbkdf2.Key(h.digest.New, password, h.salt, h.iterations, len(h.key))
	return err == nil && subtle.ConstantTimeCompare(key, h.key) == 1
}

func (pbkdf2Hash) staleFor(Params) bool { return true }

func parsePBKDF2(encoded string) (pbkdf2Hash, error) {
	fields := strings.Split(encoded, "$")
	if len(fields) != 5 {
		return pbkdf2Hash{}, ErrFormat
	}
	h := pbkdf2Hash{digest: pbkdf2Digests[strings.TrimPrefix(fields[1], "pbkdf2")]}
	if h.digest == 0 {
		return pbkdf2Hash{}, ErrFormat
	}
	var err error
	if h.iterations, err = decimal(fields[2]); err != nil || h.iterations < 1 || h.iterations > maxPBKDF2Iterations {
		return pbkdf2Hash{}, ErrFormat
	}
	plus := func(text string) string { return strings.ReplaceAll(text, ".", "+") }
	if h.salt, err = decode(base64.RawStdEncoding, plus(fields[3]), 4, mostForeignSalt); err != nil {
		return pbkdf2Hash{}, err
	}
	if h.key, err = decode(base64.RawStdEncoding, plus(fields[4]), 16, mostForeignSalt); err != nil {
		return pbkdf2Hash{}, err
	}
	// Keycloak stores 64 bytes of SHA-1 too. Each block is derived on its own (RFC 8018 §5.2): the first says it all, and
	// more would only take us longer than the one who guesses.
	h.key = h.key[:min(len(h.key), h.digest.Size())]
	return h, nil
}

// namedValues reads name=value,name=value in exactly this order.
func namedValues(text string, names ...string) ([]string, error) {
	values := strings.Split(text, ",")
	if len(values) != len(names) {
		return nil, ErrFormat
	}
	for i, name := range names {
		value, ok := strings.CutPrefix(values[i], name+"=")
		if !ok {
			return nil, ErrFormat
		}
		values[i] = value
	}
	return values, nil
}

// decimal reads a number in its one spelling.
func decimal(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || strconv.FormatUint(n, 10) != text {
		return 0, ErrFormat
	}
	return int(n), nil
}

// decode reads base64 in its one spelling.
func decode(encoding *base64.Encoding, text string, least, most int) ([]byte, error) {
	raw, err := encoding.Strict().DecodeString(text)
	if err != nil || len(raw) < least || len(raw) > most || encoding.EncodeToString(raw) != text {
		return nil, ErrFormat
	}
	return raw, nil
}
