package keys

import (
	"context"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/authly/authly/identity"
)

// reloadAfter is how old the keys in memory may get when nobody says that they have changed (Forget). A new key is
// published longer than this before it signs, so every node knows it in time.
const reloadAfter = time.Minute

// Signer signs and verifies with the keys of the store, which it keeps in memory.
type Signer struct {
	store   identity.KeyStore
	keyring *identity.Keyring
	source  identity.Source
	issuer  string

	seen generations[proven] // tokens whose signature was good

	mu      sync.Mutex // one reload at a time
	current atomic.Pointer[keySet]
	stale   atomic.Bool // the keys may have changed since current was read
}

// NewSigner reads keys from store when they are first needed. issuer is the value of iss that Verify demands.
func NewSigner(store identity.KeyStore, keyring *identity.Keyring, source identity.Source, issuer string) *Signer {
	return &Signer{
		store: store, keyring: keyring, source: source, issuer: issuer, seen: generations[proven]{most: verifiedMost},
	}
}

// keySet is an immutable snapshot of the published keys.
type keySet struct {
	loadedAt time.Time
	byKID    map[string]*key
	active   map[identity.Algorithm]*key
	json     []byte
}

type key struct {
	kid     string
	alg     identity.Algorithm
	method  jwt.SigningMethod
	private crypto.Signer
	public  crypto.PublicKey
}

// header is the protected header of everything that Authly signs.
type header struct {
	Algorithm identity.Algorithm `json:"alg"`
	Type      string             `json:"typ"`
	KID       string             `json:"kid,omitempty"` // none of a secret, which the two that have it know
}

// Sign implements identity.TokenSigner. The JWS is put together here (RFC 7515 §5.1) and signed by the library: its own
// way makes a map of each header and wants claims of its own type, which is 11 allocations more for each token (26, not
// 15, for EdDSA).
func (s *Signer) Sign(ctx context.Context, alg identity.Algorithm, typ string, claims any) (string, error) {
	set, err := s.keys(ctx)
	if err != nil {
		return "", err
	}
	k, ok := set.active[alg]
	if !ok {
		if set, err = s.reload(ctx, set); err != nil {
			return "", err
		}
		if k, ok = set.active[alg]; !ok {
			return "", fmt.Errorf("sign: no active %s key", alg)
		}
	}
	return sign(header{Algorithm: alg, Type: typ, KID: k.kid}, claims, k.method, k.private)
}

func sign(h header, claims any, method jwt.SigningMethod, key any) (string, error) {
	head, err := json.Marshal(h)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	encode := base64.RawURLEncoding
	input := encode.EncodeToString(head) + "." + encode.EncodeToString(body)
	signature, err := method.Sign(input, key)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return input + "." + encode.EncodeToString(signature), nil
}

// claims keeps the payload as it came, next to what the parser checks itself.
type claims struct {
	jwt.RegisteredClaims
	raw json.RawMessage
}

// UnmarshalJSON keeps the bytes for the caller's own type.
func (c *claims) UnmarshalJSON(data []byte) error {
	c.raw = append(c.raw[:0], data...)
	return json.Unmarshal(data, &c.RegisteredClaims)
}

// parseSigned checks the signature of a JWT by one of the methods with the key that find returns, and returns its claims,
// unchecked. A header that must be understood (crit, RFC 7515 §4.1.11) is not.
func parseSigned(token string, methods []string, find jwt.Keyfunc) (c claims, err error) {
	parser := jwt.NewParser(jwt.WithValidMethods(methods), jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation())
	_, err = parser.ParseWithClaims(token, &c, func(t *jwt.Token) (any, error) {
		if _, critical := t.Header["crit"]; critical {
			return nil, identity.ErrInvalidToken
		}
		return find(t)
	})
	return c, err
}

// maxToken is the longest token that is looked at, in bytes.
const maxToken = 16 << 10

// compact reports whether a text can be a JWT in the compact form (RFC 7515 §3.1): no longer than what is looked at, and of
// base64url and dots alone.
func compact(token string) bool { return len(token) <= maxToken && spelled(token) }

// spelled reports whether a text is of base64url and dots alone. The decoder would overlook line breaks, so that one token had many
// spellings.
func spelled(token string) bool {
	for _, c := range []byte(token) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

// leeway is how far the clocks of two nodes may differ.
const leeway = 5 * time.Second

// Verify implements identity.TokenSigner. Keys are found by kid among the server's own; header members that name other
// keys (jwk, jku, x5u) have no effect (RFC 8725 §3.10).
func (s *Signer) Verify(ctx context.Context, token, typ string, out any) error {
	p, err := s.verify(ctx, token)
	if err != nil {
		return err
	}
	if now := s.source.Now(); !p.times.hold(now) {
		if p.typ == typ && p.issuer == s.issuer && p.times.past(now) {
			return identity.ErrInvalidToken.Because(identity.ErrTokenExpired)
		}
		return identity.ErrInvalidToken
	}
	return s.read(p, typ, out)
}

// VerifyIgnoringTime implements identity.TokenSigner.
func (s *Signer) VerifyIgnoringTime(ctx context.Context, token, typ string, out any) error {
	p, err := s.verify(ctx, token)
	if err != nil {
		return err
	}
	return s.read(p, typ, out)
}

// verify checks the signature, or remembers that it was checked.
func (s *Signer) verify(ctx context.Context, token string) (proven, error) {
	if !compact(token) {
		return proven{}, identity.ErrInvalidToken
	}
	p, ok := s.seen.get([]byte(token))
	if ok {
		k, err := s.find(ctx, p.kid)
		if err != nil {
			return proven{}, err
		}
		ok = k != nil // a key that is gone proves nothing
	}
	if !ok {
		var err error
		if p, err = s.prove(ctx, token); err != nil {
			return proven{}, err
		}
		s.seen.put([]byte(token), p)
	}
	return p, nil
}

// read returns the claims of a token of the type.
func (s *Signer) read(p proven, typ string, out any) error {
	if p.typ != typ || p.issuer != s.issuer {
		return identity.ErrInvalidToken
	}
	if err := json.Unmarshal(p.claims, out); err != nil {
		return identity.ErrInvalidToken.Because(err)
	}
	return nil
}

// prove checks the signature. What the claims say is for the caller to judge.
func (s *Signer) prove(ctx context.Context, token string) (proven, error) {
	var p proven
	var fault error
	c, err := parseSigned(token, identity.AssertionAlgorithms(), func(t *jwt.Token) (any, error) {
		p.typ, _ = t.Header["typ"].(string)
		p.kid, _ = t.Header["kid"].(string)
		var k *key
		if k, fault = s.find(ctx, p.kid); fault != nil {
			return nil, fault
		}
		if k == nil || string(k.alg) != t.Method.Alg() {
			return nil, identity.ErrInvalidToken
		}
		return k.public, nil
	})
	if fault != nil {
		return proven{}, fault
	}
	if err == nil {
		err = json.Unmarshal(c.raw, &p.times)
	}
	if err != nil {
		return proven{}, identity.ErrInvalidToken.Because(err)
	}
	p.issuer, p.claims = c.Issuer, c.raw
	return p, nil
}

// hold reports whether the token is in its time: it must expire, and must not come from the future.
func (t times) hold(now time.Time) bool {
	at := func(seconds float64) time.Time { return time.Unix(int64(seconds), 0) }
	return t.ExpiresAt != nil && *t.ExpiresAt < maxSeconds && at(*t.ExpiresAt).Add(leeway).After(now) &&
		(t.NotBefore == nil || *t.NotBefore < maxSeconds && !at(*t.NotBefore).After(now.Add(leeway))) &&
		(t.IssuedAt == nil || *t.IssuedAt < maxSeconds && !at(*t.IssuedAt).After(now.Add(leeway)))
}

// past reports whether the token was good until it expired.
func (t times) past(now time.Time) bool {
	if t.ExpiresAt == nil || *t.ExpiresAt >= maxSeconds {
		return false
	}
	return !time.Unix(int64(*t.ExpiresAt), 0).Add(leeway).After(now)
}

// maxSeconds keeps a NumericDate within what a time can hold.
const maxSeconds = 1e11

// find looks a kid up and, when it is unknown, once more in the store: another node may have made it.
func (s *Signer) find(ctx context.Context, kid string) (*key, error) {
	set, err := s.keys(ctx)
	if err != nil {
		return nil, err
	}
	if k, ok := set.byKID[kid]; ok {
		return k, nil
	}
	// A forged kid must not turn every request into a read.
	if s.source.Now().Sub(set.loadedAt) < time.Second {
		return nil, nil // unknown is not a fault
	}
	if set, err = s.reload(ctx, set); err != nil {
		return nil, err
	}
	return set.byKID[kid], nil
}

// KeySet implements identity.TokenSigner.
func (s *Signer) KeySet(ctx context.Context) ([]byte, error) {
	set, err := s.keys(ctx)
	if err != nil {
		return nil, err
	}
	return set.json, nil
}

// Ready returns an error when a token of some algorithm could not be signed.
func (s *Signer) Ready(ctx context.Context) error {
	set, err := s.keys(ctx)
	if err != nil {
		return err
	}
	for _, alg := range identity.StandingAlgorithms() {
		if set.active[alg] == nil {
			return fmt.Errorf("no active %s key", alg)
		}
	}
	return nil
}

// Forget makes the next use read the keys again.
func (s *Signer) Forget() { s.stale.Store(true) }

func (s *Signer) keys(ctx context.Context) (*keySet, error) {
	set := s.current.Load()
	if set != nil && !s.stale.Load() && s.source.Now().Sub(set.loadedAt) < reloadAfter {
		return set, nil
	}
	return s.reload(ctx, set)
}

// reload reads the keys unless another caller has done so since old was looked at. Keys that were read before still
// serve when the database is away.
func (s *Signer) reload(ctx context.Context, old *keySet) (*keySet, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if set := s.current.Load(); set != old {
		return set, nil
	}
	s.stale.Store(false) // before reading: what changes meanwhile is read again
	now := s.source.Now()
	rows, err := s.store.Keys(ctx, now)
	if err != nil {
		s.stale.Store(true)
		if old != nil {
			return old, nil
		}
		return nil, fmt.Errorf("read signing keys: %w", err)
	}
	set, err := s.build(rows, old)
	if err != nil {
		return nil, err
	}
	set.loadedAt = now
	s.current.Store(set)
	return set, nil
}

func (s *Signer) build(rows []identity.SigningKey, old *keySet) (*keySet, error) {
	set := &keySet{byKID: map[string]*key{}, active: map[identity.Algorithm]*key{}}
	all := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, row := range rows {
		k := old.known(row.KID)
		if k == nil {
			private, err := open(s.keyring, row)
			if err != nil {
				return nil, err
			}
			k = &key{
				kid: row.KID, alg: row.Algorithm, method: jwt.GetSigningMethod(string(row.Algorithm)),
				private: private, public: private.Public(),
			}
		}
		set.byKID[k.kid] = k
		if row.State == identity.KeyActive {
			set.active[k.alg] = k
		}
		if row.Published() {
			all.Keys = append(all.Keys, published(k.kid, k.alg, k.public))
		}
	}
	var err error
	if set.json, err = json.Marshal(all); err != nil {
		return nil, fmt.Errorf("encode key set: %w", err)
	}
	return set, nil
}

func (set *keySet) known(kid string) *key {
	if set == nil {
		return nil
	}
	return set.byKID[kid]
}
