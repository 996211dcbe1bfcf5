package identity_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func TestNowIsNormalised(t *testing.T) {
	t.Parallel()
	oslo := time.FixedZone("", 7200)
	at := time.Date(2026, 3, 1, 14, 0, 0, 123456789, oslo)
	got := identity.Source{Clock: func() time.Time { return at }}.Now()
	if want := time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestIDsAreOfVersion7AndOrdered(t *testing.T) {
	t.Parallel()
	at := start
	source := identity.Source{Clock: func() time.Time { return at }, Random: rand.Reader}
	last := ""
	for range 200 {
		id := source.NewID()
		if id.Version() != 7 || id.Variant() != uuid.RFC4122 {
			t.Fatalf("%s has version %d and variant %v", id, id.Version(), id.Variant())
		}
		sec, nsec := id.Time().UnixTime()
		if got := time.Unix(sec, nsec); got.Sub(at).Abs() >= time.Millisecond {
			t.Fatalf("%s holds the time %v instead of %v", id, got, at)
		}
		if id.String() <= last {
			t.Fatalf("%s does not come after %s", id, last)
		}
		if least := identity.LeastID(at).String(); id.String() < least || last >= least {
			t.Fatalf("%s does not divide %s from %s", least, last, id)
		}
		last = id.String()
		at = at.Add(time.Millisecond)
	}
	ones := identity.Source{Clock: func() time.Time { return at }, Random: endless(0xff)}.NewID()
	if ones.Version() != 7 || ones.Variant() != uuid.RFC4122 {
		t.Errorf("random bits reach the version: %s", ones)
	}
}

// endless reads as one byte again and again.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestSecretsAre256Bits(t *testing.T) {
	t.Parallel()
	source := identity.SystemSource()
	seen := map[string]bool{}
	for range 100 {
		secret := source.NewSecret()
		if len(secret) != 43 || seen[secret] {
			t.Fatalf("secret of %d characters, seen before: %v", len(secret), seen[secret])
		}
		seen[secret] = true
	}
}

func TestIntnIsUniform(t *testing.T) {
	t.Parallel()
	// Of 256 bytes 250 to 255 must be thrown away for n = 10: otherwise 0 to 5 would be more likely.
	source := identity.Source{Random: bytes.NewReader([]byte{250, 255, 249, 7})}
	if got := source.Intn(10); got != 9 {
		t.Errorf("got %d: a biased byte was used", got)
	}
	if got := source.Intn(10); got != 7 {
		t.Errorf("got %d", got)
	}
}

func TestNoRandomnessIsFatal(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a secret was made without randomness")
		}
	}()
	identity.Source{Random: io.LimitReader(rand.Reader, 31)}.NewSecret()
}
