package keys

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"

	"github.com/authly/authly/identity"
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
	maxHostFetches  = 4 // at once: the clients of one owner, who answers slowly, do not fill the rest
)

var (
	errKeySetPaused = errors.New("the key set of the client could not be fetched a moment ago")
	errHostBusy     = errors.New("the host has not answered those who wait for its key sets")
)

// Fetch gets a document from an address that a client registered.
type Fetch func(ctx context.Context, address string) ([]byte, error)

// clientSets are the documents behind the jwks_uri of clients, each fetched once for all who ask at the same time. Any
// stranger can ask by naming a client, so failures are remembered too.
type clientSets struct {
	fetch  Fetch
	source identity.Source
	flight singleflight.Group // by jwks_uri

	mu    sync.Mutex
	sets  map[string]clientSet // by jwks_uri
	hosts map[string]int       // fetches that run, by host
}

// clientSet is what is known of one document.
type clientSet struct {
	keys      jose.JSONWebKeySet
	fetchedAt time.Time // of keys; zero if there are none
	triedAt   time.Time
	usedAt    time.Time
	failures  int // in a row
}

// due reports whether the document is to be fetched for a kid.
func (c clientSet) due(now time.Time, kid string) bool {
	if c.failures > 0 {
		pause := clientKeysRetry << min(c.failures-1, 10)
		return !now.Before(c.triedAt.Add(min(pause, clientKeysPause)))
	}
	age := now.Sub(c.fetchedAt)
	known := kid == "" || slices.ContainsFunc(c.keys.Keys, func(k jose.JSONWebKey) bool { return k.KeyID == kid })
	return age >= clientKeysFor || !known && age >= clientKeysRetry
}

// serve returns the keys unless they are too old.
func (c clientSet) serve(now time.Time) (jose.JSONWebKeySet, error) {
	if c.fetchedAt.IsZero() || now.Sub(c.fetchedAt) >= clientKeysStale {
		return jose.JSONWebKeySet{}, errKeySetPaused
	}
	return c.keys, nil
}

// get returns the key set at an address, which for an unknown kid is a fresh one.
func (s *clientSets) get(ctx context.Context, address, kid string) (jose.JSONWebKeySet, error) {
	set, due := s.cached(address, kid)
	if !due {
		return set.serve(s.source.Now())
	}
	// The fetch goes on for the others when the first caller gives up.
	shared := context.WithoutCancel(ctx)
	result := s.flight.DoChan(address, func() (any, error) {
		set, due := s.cached(address, kid) // another flight may have landed in between
		if !due {
			return set, nil
		}
		return s.refresh(shared, address, set)
	})
	select {
	case <-ctx.Done():
		return jose.JSONWebKeySet{}, fmt.Errorf("wait for key set of client: %w", ctx.Err())
	case landed := <-result:
		set, ok := landed.Val.(clientSet)
		if keys, stale := set.serve(s.source.Now()); ok && stale == nil {
			return keys, nil // also if it could not be fetched again
		}
		return jose.JSONWebKeySet{}, errors.Join(landed.Err, errKeySetPaused)
	}
}

// cached returns what is known of an address and whether it is to be fetched.
func (s *clientSets) cached(address, kid string) (clientSet, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.source.Now()
	set, ok := s.sets[address]
	if ok {
		set.usedAt = now
		s.sets[address] = set
	}
	return set, !ok || set.due(now, kid)
}

// refresh fetches a document and remembers how that went.
func (s *clientSets) refresh(ctx context.Context, address string, set clientSet) (clientSet, error) {
	host := address
	if uri, err := url.Parse(address); err == nil {
		host = uri.Hostname()
	}
	if !s.enter(host) {
		return set, errHostBusy
	}
	text, err := s.fetch(ctx, address)
	var keys jose.JSONWebKeySet
	if err == nil {
		keys, err = parseKeySet(text)
	}
	if len(keys.Keys) > maxSetKeys {
		err = fmt.Errorf("%d keys", len(keys.Keys))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hosts[host]--; s.hosts[host] == 0 {
		delete(s.hosts, host)
	}
	now := s.source.Now()
	set.triedAt, set.usedAt = now, now
	if err == nil {
		set.keys, set.fetchedAt, set.failures = keys, now, 0
	} else {
		set.failures++
		err = fmt.Errorf("fetch key set of client: %w", err)
	}
	if _, ok := s.sets[address]; !ok && len(s.sets) >= maxClientSets {
		s.evict()
	}
	s.sets[address] = set
	return set, err
}

// enter counts one more fetch from a host, unless there are enough.
func (s *clientSets) enter(host string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hosts[host] >= maxHostFetches {
		return false
	}
	s.hosts[host]++
	return true
}

// evict drops the set that nobody has asked for for the longest time.
func (s *clientSets) evict() {
	var oldest string
	for address, set := range s.sets {
		if oldest == "" || set.usedAt.Before(s.sets[oldest].usedAt) {
			oldest = address
		}
	}
	delete(s.sets, oldest)
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
