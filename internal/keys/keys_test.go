package keys_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/keys"
)

const issuer = "https://id.example"

// rows is the key table of a test.
type rows struct {
	identity.KeyStore
	keys []identity.SigningKey
	err  error
}

func (r *rows) Keys(context.Context, time.Time) ([]identity.SigningKey, error) { return r.keys, r.err }

type payload struct {
	Issuer    string `json:"iss"`
	Subject   string `json:"sub"`
	IssuedAt  int64  `json:"iat"`
	ExpiresAt int64  `json:"exp"`
}

type fixture struct {
	*keys.Signer
	rows *rows
	now  time.Time
	ring *identity.Keyring
}

func setUp(t *testing.T, more ...identity.Algorithm) *fixture {
	t.Helper()
	ring, err := identity.NewKeyring([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{rows: &rows{}, now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), ring: ring}
	for _, alg := range append(identity.StandingAlgorithms(), more...) {
		f.add(t, alg, identity.KeyActive)
	}
	source := identity.Source{Clock: func() time.Time { return f.now }, Random: rand.Reader}
	f.Signer = keys.NewSigner(f.rows, ring, source, issuer)
	return f
}

func (f *fixture) add(t *testing.T, alg identity.Algorithm, state identity.KeyState) string {
	t.Helper()
	k, err := keys.Maker{Keyring: f.ring}.Make(alg)
	if err != nil {
		t.Fatal(err)
	}
	k.State = state
	f.rows.keys = append(f.rows.keys, k)
	return k.KID
}

func (f *fixture) payload() payload {
	return payload{Issuer: issuer, Subject: "alice", IssuedAt: f.now.Unix(), ExpiresAt: f.now.Add(time.Minute).Unix()}
}

func TestSignedTokensVerify(t *testing.T) {
	t.Parallel()
	f := setUp(t, identity.RS384, identity.RS512, identity.PS256, identity.PS384, identity.PS512, identity.ES384)
	for _, alg := range identity.Algorithms() {
		token, err := f.Sign(t.Context(), alg, identity.TypeAccessToken, f.payload())
		if err != nil {
			t.Fatal(err)
		}
		var got payload
		if err := f.Verify(t.Context(), token, identity.TypeAccessToken, &got); err != nil {
			t.Fatalf("%s: %v", alg, err)
		}
		if got != f.payload() {
			t.Errorf("%s: claims %+v", alg, got)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	good, err := f.Sign(t.Context(), identity.ES256, identity.TypeAccessToken, f.payload())
	if err != nil {
		t.Fatal(err)
	}
	other := f.payload()
	other.Issuer = "https://evil.example"
	foreign, _ := f.Sign(t.Context(), identity.ES256, identity.TypeAccessToken, other)
	idToken, _ := f.Sign(t.Context(), identity.ES256, identity.TypeIDToken, f.payload())
	parts := strings.Split(good, ".")
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	body, _ := base64.RawURLEncoding.DecodeString(parts[1])
	tampered := parts[0] + "." + encode(strings.Replace(string(body), "alice", "admin", 1)) + "." + parts[2]
	var head map[string]any
	raw, _ := base64.RawURLEncoding.DecodeString(parts[0])
	if err := json.Unmarshal(raw, &head); err != nil {
		t.Fatal(err)
	}
	with := func(name string, value any) string {
		changed := map[string]any{}
		for k, v := range head {
			changed[k] = v
		}
		changed[name] = value
		text, _ := json.Marshal(changed)
		return encode(string(text)) + "." + parts[1] + "." + parts[2]
	}
	for name, token := range map[string]string{
		"a changed payload":        tampered,
		"alg none":                 encode(`{"alg":"none","typ":"at+jwt"}`) + "." + parts[1] + ".",
		"alg NoNe":                 encode(`{"alg":"NoNe","typ":"at+jwt"}`) + "." + parts[1] + ".",
		"HS256":                    with("alg", "HS256"),
		"another asymmetric alg":   with("alg", "RS256"),
		"an unknown kid":           with("kid", "../../etc/passwd"),
		"a kid that is no string":  with("kid", 7),
		"a crit header":            with("crit", []string{"exp"}),
		"another issuer":           foreign,
		"another type":             idToken,
		"an empty signature":       parts[0] + "." + parts[1] + ".",
		"no dots":                  "abc",
		"a very long token":        strings.Repeat("a", 1<<20),
		"many dots":                strings.Repeat(".", 10_000),
		"a padded signature":       good + "=",
		"a token with white space": good + " ",
		"a line break at the end":  good + "\n",
		"CR and LF at the end":     good + "\r\n",
		"a line break inside":      good[:20] + "\n" + good[20:],
		"a break of the signature": parts[0] + "." + parts[1] + ".\r" + parts[2],
	} {
		var out payload
		if err := f.Verify(t.Context(), token, identity.TypeAccessToken, &out); !errors.Is(err, identity.ErrInvalidToken) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	token, err := f.Sign(t.Context(), identity.RS256, identity.TypeIDToken, f.payload())
	if err != nil {
		t.Fatal(err)
	}
	f.now = f.now.Add(time.Hour)
	var out payload
	if err := f.Verify(t.Context(), token, identity.TypeIDToken, &out); !errors.Is(err, identity.ErrInvalidToken) {
		t.Errorf("an expired token is accepted: %v", err)
	}
	if err := f.VerifyIgnoringTime(t.Context(), token, identity.TypeIDToken, &out); err != nil {
		t.Errorf("an expired hint is refused: %v", err)
	}
}

func TestKeySet(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.add(t, identity.RS256, identity.KeyNext)
	text, err := f.KeySet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var set struct {
		Keys []map[string]any `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	if len(set.Keys) != 4 {
		t.Fatalf("%d keys", len(set.Keys))
	}
	kids := map[any]bool{}
	for _, k := range set.Keys {
		kids[k["kid"]] = true
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
			if _, leaked := k[private]; leaked {
				t.Errorf("key set has the private member %s", private)
			}
		}
		if k["use"] != "sig" || k["alg"] == "" || k["kid"] == "" {
			t.Errorf("incomplete key %v", k)
		}
	}
	if len(kids) != 4 {
		t.Errorf("kids are not distinct")
	}
}

func TestAKeyOfAnotherNodeIsFound(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if _, err := f.KeySet(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.rows.keys = f.rows.keys[1:] // a node that has rotated RS256
	f.add(t, identity.RS256, identity.KeyActive)
	node := keys.NewSigner(f.rows, f.ring, identity.Source{Clock: func() time.Time { return f.now }, Random: rand.Reader}, issuer)
	token, err := node.Sign(t.Context(), identity.RS256, identity.TypeIDToken, f.payload())
	if err != nil {
		t.Fatal(err)
	}
	f.now = f.now.Add(2 * time.Second)
	var out payload
	if err := f.Verify(t.Context(), token, identity.TypeIDToken, &out); err != nil {
		t.Errorf("the new key is not found: %v", err)
	}
}

func TestKeysServeWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if _, err := f.KeySet(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.rows.err = identity.ErrUnavailable
	f.now = f.now.Add(time.Hour)
	if _, err := f.Sign(t.Context(), identity.ES256, identity.TypeAccessToken, f.payload()); err != nil {
		t.Errorf("signing stopped: %v", err)
	}
}

func TestSealedKeysNeedTheirRoot(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	ring, err := identity.NewKeyring([]byte(strings.Repeat("x", 32)))
	if err != nil {
		t.Fatal(err)
	}
	stranger := keys.NewSigner(f.rows, ring, identity.SystemSource(), issuer)
	if _, err := stranger.KeySet(t.Context()); err == nil {
		t.Error("keys open under another root secret")
	}
	rotated, err := identity.NewKeyring([]byte(strings.Repeat("x", 32)), []byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.NewSigner(f.rows, rotated, identity.SystemSource(), issuer).KeySet(t.Context()); err != nil {
		t.Errorf("keys do not open under an old root secret: %v", err)
	}
}

func BenchmarkSign(b *testing.B) {
	ring, _ := identity.NewKeyring([]byte(strings.Repeat("k", 32)))
	for _, alg := range identity.Algorithms() {
		k, err := keys.Maker{Keyring: ring}.Make(alg)
		if err != nil {
			b.Fatal(err)
		}
		k.State = identity.KeyActive
		signer := keys.NewSigner(&rows{keys: []identity.SigningKey{k}}, ring, identity.SystemSource(), issuer)
		b.Run(string(alg), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := signer.Sign(b.Context(), alg, identity.TypeAccessToken, payload{Issuer: issuer}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	ring, _ := identity.NewKeyring([]byte(strings.Repeat("k", 32)))
	k, err := keys.Maker{Keyring: ring}.Make(identity.ES256)
	if err != nil {
		b.Fatal(err)
	}
	k.State = identity.KeyActive
	signer := keys.NewSigner(&rows{keys: []identity.SigningKey{k}}, ring, identity.SystemSource(), issuer)
	now := identity.SystemSource().Now()
	claims := payload{Issuer: issuer, Subject: "alice", IssuedAt: now.Unix(), ExpiresAt: now.Add(time.Hour).Unix()}
	token, err := signer.Sign(b.Context(), identity.ES256, identity.TypeAccessToken, claims)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var out payload
		if err := signer.Verify(b.Context(), token, identity.TypeAccessToken, &out); err != nil {
			b.Fatal(err)
		}
	}
}
