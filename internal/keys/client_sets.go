package keys

import (
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
	clientKeysRetry = 10 * time.Second // also the pause after a first failure, which each further one doubles
	clientKeysPause = 10 * time.Minute // and which grows up to this
	clientKeysStale = time.Hour        // so long a set serves that cannot be fetched again: a revoked key must end
	maxClientSets   = 1000
	maxSetKeys      = 100
)

var errKeySetPaused = errors.New("the key set of the client could not be fetched a moment ago")

// clientSets are the documents behind the jwks_uri of clients.
type clientSets struct {
	documents *document.Cache[jose.JSONWebKeySet]
	source    identity.Source
}

func newClientSets(fetch document.Fetch, source identity.Source) clientSets {
	rules := document.Rules[jose.JSONWebKeySet]{Parse: parseFetched, Documents: maxClientSets}
	return clientSets{document.New(fetch, source, rules), source}
}

// get returns the key set at an address, which for an unknown kid is a fresh one.
func (s clientSets) get(ctx context.Context, address, kid string) (jose.JSONWebKeySet, error) {
	set, err := s.documents.Get(ctx, address, func(set document.Entry[jose.JSONWebKeySet], now time.Time) bool {
		return due(set, now, kid)
	})
	if set.FetchedAt.IsZero() || s.source.Now().Sub(set.FetchedAt) >= clientKeysStale {
		return jose.JSONWebKeySet{}, errors.Join(err, errKeySetPaused)
	}
	return set.Value, nil // also if it could not be fetched again
}

// due reports whether a key set is to be fetched for a kid.
func due(set document.Entry[jose.JSONWebKeySet], now time.Time, kid string) bool {
	if set.Failures > 0 {
		pause := clientKeysRetry << min(set.Failures-1, 10)
		return !now.Before(set.TriedAt.Add(min(pause, clientKeysPause)))
	}
	age := now.Sub(set.FetchedAt)
	known := kid == "" || slices.ContainsFunc(set.Value.Keys, func(k jose.JSONWebKey) bool { return k.KeyID == kid })
	return age >= clientKeysFor || !known && age >= clientKeysRetry
}

// parseFetched is parseKeySet for a set that is no part of the client, and so was not bounded there.
func parseFetched(text []byte) (jose.JSONWebKeySet, error) {
	set, err := parseKeySet(text)
	if err == nil && len(set.Keys) > maxSetKeys {
		err = fmt.Errorf("%d keys", len(set.Keys))
	}
	return set, err
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
