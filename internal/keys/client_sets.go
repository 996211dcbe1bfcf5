package keys

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/document"
)

// How long the key set of a client is cached, and how soon an unknown kid makes it be fetched again: soon enough for a
// client that has just rotated its key, and too seldom to be used against the client's server.
const (
	clientKeysFor   = 10 * time.Minute
	clientKeysRetry = 10 * time.Second
	clientKeysStale = time.Hour // so long a set serves that cannot be fetched again: a revoked key must end
	maxClientSets   = 1000
	maxSetKeys      = 100
)

// clientSet is what a client publishes: keys that may have signed something, for each alg the one to encrypt with,
// and certificates, as DER.
type clientSet struct {
	keys         []jose.JSONWebKey
	encryption   map[string]jose.JSONWebKey
	certificates [][]byte
}

func (s clientSet) hasKey(kid string) bool {
	return slices.ContainsFunc(s.keys, func(k jose.JSONWebKey) bool { return k.KeyID == kid })
}

func (s clientSet) hasCertificate(der []byte) bool {
	return slices.ContainsFunc(s.certificates, func(c []byte) bool { return bytes.Equal(c, der) })
}

// clientSets are the documents behind the jwks_uri of clients.
type clientSets struct {
	documents *document.Cache[clientSet]
	source    identity.Source
}

func newClientSets(fetch document.Fetch, source identity.Source) clientSets {
	rules := document.Rules[clientSet]{Parse: parseFetched, Documents: maxClientSets}
	return clientSets{document.New(fetch, source, rules), source}
}

// get returns the key set at an address, which is a fresh one where it does not have what is looked for.
func (s clientSets) get(ctx context.Context, address string, has func(clientSet) bool) (clientSet, error) {
	set, err := s.documents.Get(ctx, address, func(set document.Entry[clientSet], now time.Time) bool {
		return due(set, now, has)
	})
	if !set.Serves(s.source.Now(), clientKeysStale) {
		return clientSet{}, errors.Join(err, document.ErrPaused)
	}
	return set.Value, nil // also if it could not be fetched again
}

// due reports whether a key set is to be fetched.
func due(set document.Entry[clientSet], now time.Time, has func(clientSet) bool) bool {
	if set.Failures > 0 {
		return set.MayRetry(now)
	}
	age := now.Sub(set.FetchedAt)
	return age >= clientKeysFor || age >= clientKeysRetry && !has(set.Value)
}

// parseFetched is parseKeySet for a set that is no part of the client, and so was not bounded there.
func parseFetched(text []byte) (clientSet, error) {
	set, err := parseKeySet(text)
	if n := max(len(set.keys), len(set.certificates)); err == nil && n > maxSetKeys {
		err = fmt.Errorf("%d keys", n)
	}
	return set, err
}

// parseKeySet decodes the usable keys of a set, one by one: what it has besides must not make them useless.
func parseKeySet(text []byte) (clientSet, error) {
	usable, err := identity.UsableKeys(text)
	if err != nil {
		return clientSet{}, fmt.Errorf("parse key set of client: %w", err)
	}
	set := clientSet{certificates: identity.PublishedCertificates(text)}
	for _, raw := range usable {
		if key, ok := parseKey(raw); ok {
			set.keys = append(set.keys, key)
		}
	}
	set.encryption = map[string]jose.JSONWebKey{}
	for _, alg := range identity.KeyEncryptions() {
		fitting, err := identity.EncryptionKeys(text, alg)
		if err != nil {
			return clientSet{}, fmt.Errorf("parse key set of client: %w", err)
		}
		for _, raw := range fitting {
			if key, ok := parseKey(raw); ok {
				set.encryption[alg] = key
				break
			}
		}
	}
	return set, nil
}

func parseKey(raw json.RawMessage) (key jose.JSONWebKey, ok bool) {
	err := json.Unmarshal(raw, &key)
	return key, err == nil && key.IsPublic()
}
