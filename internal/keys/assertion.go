package keys

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/authly/authly/identity"
)

// How long a key set of a client is cached, and how soon an unknown kid makes it be fetched again: soon enough for a
// client that has just rotated its key, and too seldom to be used against the client's server.
const (
	clientKeysFor   = 10 * time.Minute
	clientKeysRetry = 10 * time.Second
	maxClientSets   = 1000
	maxCandidates   = 10 // keys that are tried on one assertion
)

// Fetch gets a document from an address that a client registered.
type Fetch func(ctx context.Context, address string) ([]byte, error)

// ClientKeys verifies what clients sign, with the keys that they registered. It implements identity.AssertionVerifier.
type ClientKeys struct {
	fetch  Fetch
	source identity.Source

	mu   sync.Mutex
	sets map[string]clientSet // by jwks_uri
}

type clientSet struct {
	keys      jose.JSONWebKeySet
	fetchedAt time.Time
}

// NewClientKeys makes a ClientKeys that fetches jwks_uri documents with fetch.
func NewClientKeys(fetch Fetch, source identity.Source) *ClientKeys {
	return &ClientKeys{fetch: fetch, source: source, sets: map[string]clientSet{}}
}

// VerifyAssertion checks the signature of a JWT with a registered key of the client and returns its claims, unchecked.
// A failure of the token is ErrInvalidToken.
func (c *ClientKeys) VerifyAssertion(ctx context.Context, client identity.Client, token string) (json.RawMessage, error) {
	if !compact(token) {
		return nil, identity.ErrInvalidToken
	}
	methods := identity.AssertionAlgorithms()
	if alg := client.Metadata.TokenEndpointAuthAlg; alg != "" {
		methods = []string{alg}
	}
	var payload claims
	parser := jwt.NewParser(jwt.WithValidMethods(methods), jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation())
	_, err := parser.ParseWithClaims(token, &payload, func(t *jwt.Token) (any, error) {
		if _, critical := t.Header["crit"]; critical {
			return nil, identity.ErrInvalidToken
		}
		kid, _ := t.Header["kid"].(string)
		return c.candidates(ctx, client, kid, t.Method.Alg())
	})
	if err != nil {
		return nil, identity.ErrInvalidToken.Because(err)
	}
	return payload.raw, nil
}

// candidates are the client's keys that may have signed: by kid, or all of the fitting type when the token names none.
func (c *ClientKeys) candidates(ctx context.Context, client identity.Client, kid, alg string) (jwt.VerificationKeySet, error) {
	set, err := c.set(ctx, client, kid)
	if err != nil {
		return jwt.VerificationKeySet{}, err
	}
	var out jwt.VerificationKeySet
	for _, key := range set.Keys {
		if kid != "" && key.KeyID != "" && key.KeyID != kid || key.Algorithm != "" && key.Algorithm != alg {
			continue
		}
		out.Keys = append(out.Keys, key.Key)
	}
	if len(out.Keys) == 0 || len(out.Keys) > maxCandidates {
		return jwt.VerificationKeySet{}, errors.New("no key of the client fits")
	}
	return out, nil
}

func (c *ClientKeys) set(ctx context.Context, client identity.Client, kid string) (jose.JSONWebKeySet, error) {
	if client.Metadata.JWKSURI == "" {
		return parseKeySet(client.Metadata.JWKS)
	}
	address := client.Metadata.JWKSURI
	now := c.source.Now()
	c.mu.Lock()
	cached, ok := c.sets[address]
	c.mu.Unlock()
	age := now.Sub(cached.fetchedAt)
	known := kid == "" || slices.ContainsFunc(cached.keys.Keys, func(k jose.JSONWebKey) bool { return k.KeyID == kid })
	if ok && age < clientKeysFor && (known || age < clientKeysRetry) {
		return cached.keys, nil
	}
	text, err := c.fetch(ctx, address)
	if err != nil {
		if ok { // what was known still serves
			return cached.keys, nil
		}
		return jose.JSONWebKeySet{}, fmt.Errorf("fetch key set of client: %w", err)
	}
	set, err := parseKeySet(text)
	if err != nil {
		return jose.JSONWebKeySet{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sets) >= maxClientSets {
		clear(c.sets)
	}
	c.sets[address] = clientSet{keys: set, fetchedAt: now}
	return set, nil
}

// parseKeySet decodes the usable keys of a set, one by one: what it has besides must not make them useless.
func parseKeySet(text []byte) (jose.JSONWebKeySet, error) {
	usable, err := identity.UsableKeys(text)
	if err != nil {
		return jose.JSONWebKeySet{}, fmt.Errorf("parse key set of client: %w", err)
	}
	var set jose.JSONWebKeySet
	for _, raw := range usable {
		var key jose.JSONWebKey
		if json.Unmarshal(raw, &key) == nil && key.IsPublic() {
			set.Keys = append(set.Keys, key)
		}
	}
	return set, nil
}
