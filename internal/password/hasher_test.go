package password

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/authly/authly/tests/growth"
)

// cheap keeps the tests fast; one of them uses the real parameters.
var cheap = Params{Memory: 64, Time: 2, Threads: 1}

func verify(t *testing.T, h *Hasher, password, encoded string) (ok, stale bool) {
	t.Helper()
	proof, err := h.Verify(t.Context(), password, encoded)
	if err != nil {
		t.Fatal(err)
	}
	return proof.OK, proof.Stale
}

func hash(t *testing.T, h *Hasher, password string) string {
	t.Helper()
	encoded, err := h.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func TestHashAndVerify(t *testing.T) {
	t.Parallel()
	h := New(Params{}, 0)
	encoded := hash(t, h, "correct horse")
	if !strings.HasPrefix(encoded, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("encoded as %s", encoded)
	}
	if encoded == hash(t, h, "correct horse") {
		t.Error("two hashes of one password are the same")
	}
	if ok, stale := verify(t, h, "correct horse", encoded); !ok || stale {
		t.Errorf("right password: ok %v, stale %v", ok, stale)
	}
	if ok, stale := verify(t, h, "correct Horse", encoded); ok || stale {
		t.Errorf("wrong password: ok %v, stale %v", ok, stale)
	}
}

func TestVerifyKnowsForeignHashes(t *testing.T) {
	t.Parallel()
	h := New(cheap, 1)
	made, err := bcrypt.GenerateFromPassword([]byte("open sesame"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	decomposed, err := bcrypt.GenerateFromPassword([]byte("cafe\u0301"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	foreign := argon2Hash{params: cheap, salt: make([]byte, saltLength)}
	foreign.key = foreign.derive("cafe\u0301", keyLength)
	tests := map[string]struct {
		encoded, password string
		ok, stale         bool
	}{
		"the reference implementation of argon2": {
			"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
			"password", true, true, // its salt is short
		},
		"bcrypt 2a":                               {string(made), "open sesame", true, true},
		"bcrypt 2b":                               {"$2b" + string(made[3:]), "open sesame", true, true},
		"bcrypt 2y":                               {"$2y" + string(made[3:]), "open sesame", true, true},
		"bcrypt, wrong password":                  {string(made), "open Sesame", false, false},
		"less memory than ours":                   {hash(t, New(Params{Memory: 32, Time: 2, Threads: 1}, 1), "x"), "x", true, true},
		"fewer passes than ours":                  {hash(t, New(Params{Memory: 64, Time: 1, Threads: 1}, 1), "x"), "x", true, true},
		"stronger than ours":                      {hash(t, New(Params{Memory: 128, Time: 3, Threads: 2}, 1), "x"), "x", true, false},
		"unknown user":                            {"", "x", false, false},
		"bcrypt of what is not NFC":               {string(decomposed), "cafe\u0301", true, true},
		"bcrypt of what is not NFC, wrong":        {string(decomposed), "cafe\u0300", false, false},
		"bcrypt of what is not NFC, typed in NFC": {string(decomposed), "caf\u00e9", false, false},
		"argon2id of what is not NFC":             {foreign.String(), "cafe\u0301", true, true},
		"unknown user, not NFC":                   {"", "cafe\u0301", false, false},
		"another normalisation form":              {hash(t, h, "caf\u00e9"), "cafe\u0301", true, false},
	}
	for name, test := range tests {
		if ok, stale := verify(t, h, test.password, test.encoded); ok != test.ok || stale != test.stale {
			t.Errorf("%s: ok %v, stale %v", name, ok, stale)
		}
	}
}

func TestVerifyNeverAcceptsTheDummy(t *testing.T) {
	t.Parallel()
	h := New(cheap, 1)
	h.dummy.key = h.dummy.derive("guess", keyLength)
	if ok, _ := verify(t, h, "guess", ""); ok {
		t.Error("an unknown user signed in")
	}
}

func TestVerifyRefusesOtherFormats(t *testing.T) {
	t.Parallel()
	const salt, key = "c29tZXNhbHRzb21lc2FsdA", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if err := new(Hasher).CheckEncoded("$argon2id$v=19$m=64,t=2,p=1$" + salt + "$" + key); err != nil {
		t.Fatalf("the good one is refused: %v", err)
	}
	bad := []string{
		" ", "plain", "$1$abc$def", "$argon2id$v=19$m=64,t=2,p=1$" + salt + "$" + key + "\n",
		"$argon2i$v=19$m=64,t=2,p=1$" + salt + "$" + key, "$argon2id$v=16$m=64,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=2$" + salt + "$" + key, "$argon2id$v=19$t=2,m=64,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=262145,t=2,p=1$" + salt + "$" + key, "$argon2id$v=19$m=64,t=11,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=128,t=2,p=9$" + salt + "$" + key, "$argon2id$v=19$m=128,t=2,p=257$" + salt + "$" + key,
		"$argon2id$v=19$m=4294967360,t=2,p=1$" + salt + "$" + key, "$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=7,t=2,p=1$" + salt + "$" + key, "$argon2id$v=19$m=+64,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=064,t=2,p=1$" + salt + "$" + key, "$argon2id$v=19$m=64,t=2,p=1$" + salt + "$",
		"$argon2id$v=19$m=64,t=2,p=1$$" + key, "$argon2id$v=19$m=64,t=2,p=1$" + salt[:9] + "\n" + salt[9:] + "$" + key,
		"$argon2id$v=19$m=64,t=2,p=1$" + salt + "$" + key + "=", "$argon2id$v=19$m=64,t=2,p=1$" + salt + "$" + key + "$x",
		"$argon2id$v=19$m=64,t=2,p=1$" + salt + "$" + strings.Repeat("A", 128),
		"$argon2id$v=19$m=64,t=2,p=1$" + strings.Repeat("A", 600) + "$" + key,
		"$2a$04$short", "$2x$04$" + strings.Repeat("a", 53),
		"$2a$16$" + strings.Repeat("a", 53), "$2a$31$" + strings.Repeat("a", 53),
		"$2a$03$" + strings.Repeat("a", 53), "$2a$04$" + strings.Repeat("a", 52) + "!", "$2$04$" + strings.Repeat("a", 54),
	}
	h := New(cheap, 1)
	for _, encoded := range bad {
		if proof, err := h.Verify(t.Context(), "x", encoded); proof.OK || !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %+v, %v", encoded, proof, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	h := New(Params{Memory: 8, Time: 1, Threads: 1}, 1)
	f.Add("")
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$2a$04$" + strings.Repeat("a", 53))
	f.Add("$scrypt$ln=4,r=8,p=1$c2FsdHk$OAZbIqOOErCwku6480WcxYYNNZYPoi+/uBRVucxCekg")
	f.Add("$pbkdf2-sha256$10$c2FsdHk$OAZbIqOOErCwku6480WcxYYNNZYPoi+/uBRVucxCekg")
	f.Add(firebaseCost + firebaseKey + firebaseSum)
	f.Fuzz(func(t *testing.T, encoded string) {
		growth.Linear(t, growth.Repeated(encoded, "$"), func(text string) { _, _ = parse(text) })
		parsed, err := parse(encoded)
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Fatalf("%q: %v", encoded, err)
			}
			return
		}
		if a, ok := parsed.(argon2Hash); ok {
			if err := a.params.check(); err != nil || a.String() != encoded {
				t.Fatalf("%q is read as %q, %v", encoded, a, err)
			}
			if a.params.Memory > 1024 {
				return
			}
		}
		if _, isBcrypt := parsed.(bcryptHash); isBcrypt && encoded[4:6] != "04" {
			return
		}
		if dear(parsed) {
			return
		}
		if _, err := h.Verify(t.Context(), "x", encoded); err != nil {
			t.Fatalf("%q: %v", encoded, err)
		}
	})
}

// dear reports whether a hash of another system takes long enough to slow the fuzzer.
func dear(parsed verifier) bool {
	switch h := parsed.(type) {
	case scryptHash:
		return h.costs.ln > 8
	case firebaseHash:
		return h.costs.ln > 8
	case pbkdf2Hash:
		return h.iterations > 1000
	}
	return false
}

func BenchmarkHash(b *testing.B) {
	h := New(DefaultParams, 0)
	for b.Loop() {
		if _, err := h.Hash(b.Context(), "correct horse battery staple"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyUnknownUser(b *testing.B) {
	h := New(DefaultParams, 0)
	for b.Loop() {
		if proof, err := h.Verify(b.Context(), "correct horse battery staple", ""); proof.OK || err != nil {
			b.Fatal(proof, err)
		}
	}
}
