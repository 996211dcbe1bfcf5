package identity_test

import (
	"bytes"
	"testing"

	"github.com/authly/authly/identity"
)

var purposes = []identity.Purpose{
	identity.PurposeClientSecret, identity.PurposeRefreshToken, identity.PurposeSession, identity.PurposeCode,
	identity.PurposeInteraction, identity.PurposeCursor, identity.PurposeSigningKey,
}

func TestRootSecretsMustBeLong(t *testing.T) {
	t.Parallel()
	if _, err := identity.NewKeyring(make([]byte, 31)); err == nil {
		t.Error("a root secret of 31 bytes is taken")
	}
	if _, err := identity.NewKeyring(root('a'), make([]byte, 31)); err == nil {
		t.Error("an old root secret of 31 bytes is taken")
	}
}

func TestPurposesAreSeparate(t *testing.T) {
	t.Parallel()
	ring := keyring(t, root('a'))
	for _, made := range purposes {
		digest := ring.Digest(made, "secret")
		sealed := ring.Seal(made, []byte("plain"), "row")
		for _, used := range purposes {
			if got := ring.Verify(used, []byte("secret"), digest); got != (made == used) {
				t.Errorf("a digest for %s verifies as %s: %v", made, used, got)
			}
			if _, err := ring.Open(used, sealed, "row"); (err == nil) != (made == used) {
				t.Errorf("what is sealed for %s opens as %s: %v", made, used, err)
			}
		}
	}
}

func TestRootRotation(t *testing.T) {
	t.Parallel()
	before, after, stranger := keyring(t, root('a')), keyring(t, root('b'), root('a')), keyring(t, root('c'))
	digest := before.Digest(identity.PurposeCode, "secret")
	sealed := before.Seal(identity.PurposeSigningKey, []byte("plain"), "row")
	if !after.Verify(identity.PurposeCode, []byte("secret"), digest) {
		t.Error("a digest of the old root does not verify")
	}
	if plain, err := after.Open(identity.PurposeSigningKey, sealed, "row"); err != nil || string(plain) != "plain" {
		t.Errorf("what the old root sealed opens as %q, %v", plain, err)
	}
	if stranger.Verify(identity.PurposeCode, []byte("secret"), digest) {
		t.Error("a digest verifies under another root")
	}
	if _, err := stranger.Open(identity.PurposeSigningKey, sealed, "row"); err == nil {
		t.Error("another root opens what was sealed")
	}
	now := after.Digest(identity.PurposeCode, "secret")
	if bytes.Equal(now, digest) {
		t.Error("new digests are made under the old root")
	}
	wantSame(t, after.Digests(identity.PurposeCode, "secret"), [][]byte{now, digest})
}

func TestVerify(t *testing.T) {
	t.Parallel()
	ring := keyring(t, root('a'))
	mac := ring.MAC(identity.PurposeCursor, []byte("data"))
	for name, test := range map[string]struct {
		data   string
		digest []byte
		want   bool
	}{
		"the digest":        {"data", mac, true},
		"a truncated tag":   {"data", mac[:12], true},
		"a very short tag":  {"data", mac[:7], false},
		"nothing":           {"data", nil, false},
		"too long":          {"data", append(bytes.Clone(mac), 0), false},
		"other data":        {"date", mac, false},
		"a changed bit":     {"data", append(bytes.Clone(mac[:31]), mac[31]^1), false},
		"zeros":             {"data", make([]byte, 32), false},
		"the end of a tag":  {"data", mac[12:], false},
		"data with a break": {"data\n", mac, false},
	} {
		if got := ring.Verify(identity.PurposeCursor, []byte(test.data), test.digest); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSealedIsBound(t *testing.T) {
	t.Parallel()
	ring := keyring(t, root('a'))
	sealed := ring.Seal(identity.PurposeSigningKey, []byte("plain"), "row 1")
	if bytes.Contains(sealed, []byte("plain")) {
		t.Error("the plain text shows")
	}
	if bytes.Equal(sealed, ring.Seal(identity.PurposeSigningKey, []byte("plain"), "row 1")) {
		t.Error("sealing twice gives the same")
	}
	if _, err := ring.Open(identity.PurposeSigningKey, sealed, "row 2"); err == nil {
		t.Error("it opens in another row")
	}
	for i := range sealed {
		damaged := bytes.Clone(sealed)
		damaged[i] ^= 1
		if _, err := ring.Open(identity.PurposeSigningKey, damaged, "row 1"); err == nil {
			t.Fatalf("it opens though byte %d is damaged", i)
		}
	}
	if _, err := ring.Open(identity.PurposeSigningKey, nil, "row 1"); err == nil {
		t.Error("nothing opens")
	}
}
