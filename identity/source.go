package identity

import (
	"crypto/rand"
	"encoding/base64"
	"io"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Source is where time, ids and randomness come from. Tests replace its fields.
type Source struct {
	Clock  func() time.Time // any zone and resolution; Now normalises
	Random io.Reader        // cryptographically secure
}

// SystemSource reads the system clock and the system's random generator.
func SystemSource() Source {
	return Source{Clock: time.Now, Random: rand.Reader} //nolint:forbidigo // the one place that reads the clock
}

// Now is the current time in UTC at microseconds: what both databases keep without loss.
func (s Source) Now() time.Time { return s.Clock().UTC().Truncate(time.Microsecond) }

// NewID makes a UUID of version 7 (RFC 9562 §5.7): ordered by the time of Clock, unpredictable in its last 74 bits.
func (s Source) NewID() uuid.UUID {
	id := LeastID(s.Now())
	s.read(id[6:])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// LeastID returns a lower bound of the ids that NewID makes at or after t: ids grow with time, so that old rows are a
// range of the primary key.
func LeastID(t time.Time) uuid.UUID {
	var id uuid.UUID
	ms := t.UnixMilli()
	for i := range 6 {
		id[i] = byte(ms >> (8 * (5 - i))) //nolint:gosec // the low eight bits are meant
	}
	return id
}

// NewSecret makes 256 random bits as 43 characters of base64url.
func (s Source) NewSecret() string {
	var b [32]byte
	s.read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// NewClientID makes a client_id, which is no UUID (RFC 9700 §4.15).
func (s Source) NewClientID() string { return s.NewID().String()[:18] + s.NewSecret()[:8] }

// newBytes makes n random bytes.
func (s Source) newBytes(n int) []byte {
	b := make([]byte, n)
	s.read(b)
	return b
}

// Intn returns a uniform number in [0, n) for n up to 256, by rejection.
func (s Source) Intn(n int) int {
	if n < 1 || n > 256 {
		panic("identity: a byte has no uniform number below " + strconv.Itoa(n)) // it would look for one for ever
	}
	limit := 256 - 256%n
	for {
		var b [1]byte
		s.read(b[:])
		if int(b[0]) < limit {
			return int(b[0]) % n
		}
	}
}

const digits = "0123456789"

// newText makes n random characters of an alphabet, which is ASCII.
func (s Source) newText(alphabet string, n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[s.Intn(len(alphabet))]
	}
	return string(text)
}

// read fills b. A system without randomness must not go on: every secret would be guessable.
func (s Source) read(b []byte) {
	if _, err := io.ReadFull(s.Random, b); err != nil {
		panic("identity: no randomness: " + err.Error())
	}
}

// earliest returns the time that comes first.
func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
