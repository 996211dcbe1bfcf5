package cache_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/cache"
	"github.com/authly/authly/store/storetest"
)

// cachingNode is a node that caches responses.
type cachingNode struct {
	*node
	responses *cache.ResponseCache
	loads     int
}

func newCachingNode(t *testing.T, at *clock, redis string) *cachingNode {
	t.Helper()
	inner, _ := storetest.SQLite(t)
	n := newNode(t, inner, at, redis)
	ring, err := identity.NewKeyring([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	if redis != "" {
		n.subscribe(t)
	}
	return &cachingNode{node: n, responses: cache.NewResponseCache(n.versions, at.Now, n.bus, ring)}
}

// get returns the response of a key; text is what loading returns.
func (n *cachingNode) get(t *testing.T, key, text string, local bool) string {
	t.Helper()
	tags := []string{identity.CacheTagUsers}
	data, err := n.responses.Get(t.Context(), key, time.Minute, local, tags, func(context.Context) ([]byte, error) {
		n.loads++
		return []byte(text), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func redisURL(t *testing.T) string {
	t.Helper()
	address := os.Getenv("AUTHLY_TEST_REDIS_URL")
	if address == "" {
		t.Fatal("AUTHLY_TEST_REDIS_URL is not set: run the tests with make test")
	}
	return address
}

// spaceOf is the prefix of what the nodes of a test have in Redis.
func spaceOf(t *testing.T) string {
	t.Helper()
	sum := sha256.Sum256([]byte(t.Name()))
	return "authly:" + hex.EncodeToString(sum[:8]) + ":"
}

// contents is what the nodes of a test have in Redis.
func contents(t *testing.T, client *redis.Client) map[string]string {
	t.Helper()
	all := map[string]string{}
	keys, err := client.Keys(t.Context(), spaceOf(t)+"*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		all[key] = client.Get(t.Context(), key).Val()
	}
	return all
}

func connect(t *testing.T) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(redisURL(t))
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestResponsesAreSharedThroughRedisUntilATagIsInvalidated(t *testing.T) {
	t.Parallel()
	at := newClock()
	a, b := newCachingNode(t, at, redisURL(t)), newCachingNode(t, at, redisURL(t))
	for _, l := range []*cachingNode{a, a, b, b} {
		if got := l.get(t, "list", "one", false); got != "one" {
			t.Errorf("got %q", got)
		}
	}
	if a.loads != 1 || b.loads != 0 {
		t.Errorf("%d and %d loads", a.loads, b.loads)
	}
	if local, shared, misses := b.responses.Stats(); local != 1 || shared != 1 || misses != 0 {
		t.Errorf("found %d in memory, %d in Redis, %d were loaded", local, shared, misses)
	}
	at.advance(59 * time.Second)
	b.get(t, "list", "old", false)
	at.advance(time.Second) // a response from Redis is as old as when it was read
	if got := b.get(t, "list", "two", false); got != "two" {
		t.Errorf("after its lifetime: %q", got)
	}
	a.bus.Invalidate(t.Context(), identity.CacheTagUsers)
	if got := a.get(t, "list", "three", false); got != "three" {
		t.Errorf("on the node of the write: %q", got)
	}
	eventually(t, "the other node knows", func() bool { return b.get(t, "list", "three", false) == "three" })
	if got := b.get(t, "another", "x", true); got != "x" {
		t.Errorf("local: %q", got)
	}
	if got := a.get(t, "another", "y", true); got != "y" {
		t.Errorf("a local response was shared: %q", got)
	}
}

// TestAPlantedResponseIsNotServed puts old, foreign and made up responses into Redis.
func TestAPlantedResponseIsNotServed(t *testing.T) {
	t.Parallel()
	at := newClock()
	a := newCachingNode(t, at, redisURL(t))
	client := connect(t)
	a.get(t, "mine", "secret of alice", false)
	a.get(t, "other", "of another key", false)
	for _, value := range contents(t, client) {
		if strings.Contains(value, "alice") {
			t.Error("a response can be read in Redis")
		}
	}
	mine, other := spaceOf(t)+"answer:mine", spaceOf(t)+"answer:other"
	old := client.Get(t.Context(), mine).Val()
	foreign := client.Get(t.Context(), other).Val()
	if old == "" || foreign == "" {
		t.Fatal("nothing was stored in Redis")
	}
	for name, planted := range map[string]string{"old": old, "of another key": foreign, "made up": "{}", "empty": ""} {
		a.bus.Invalidate(t.Context(), identity.CacheTagUsers)
		if err := client.Set(t.Context(), mine, planted, time.Minute).Err(); err != nil {
			t.Fatal(err)
		}
		if got := a.get(t, "mine", "fresh", false); got != "fresh" {
			t.Errorf("%s: %q was served", name, got)
		}
	}
	// Versions that Redis has lost begin anew, and never as they were.
	current := client.Get(t.Context(), mine).Val()
	for key := range contents(t, client) {
		if strings.Contains(key, ":version:") {
			client.Del(t.Context(), key)
		}
	}
	b := newCachingNode(t, at, redisURL(t))
	client.Set(t.Context(), mine, current, time.Minute)
	if got := b.get(t, "mine", "anew", false); got != "anew" {
		t.Errorf("after the loss of the versions: %q", got)
	}
}

func TestAnErrorIsNotCached(t *testing.T) {
	t.Parallel()
	a := newCachingNode(t, newClock(), redisURL(t))
	fault := errors.New("away")
	_, err := a.responses.Get(t.Context(), "k", time.Minute, false, nil, func(context.Context) ([]byte, error) { return nil, fault })
	if !errors.Is(err, fault) {
		t.Errorf("got %v", err)
	}
	if got := a.get(t, "k", "there", false); got != "there" {
		t.Errorf("the error is cached: %q", got)
	}
}

// TestASilentNodeIsSuspected: a node published heartbeats and misses them now, without having left. What it has written
// last may not have been published.
func TestASilentNodeIsSuspected(t *testing.T) {
	t.Parallel()
	at := newClock()
	a := newCachingNode(t, at, redisURL(t))
	a.get(t, "list", "before", false)
	client := connect(t)
	space := spaceOf(t)
	say := func(text string) { client.Publish(t.Context(), space+"changed", text) }
	say(`{"node":"` + uuid.NewString() + `","names":["users"]}`) // a command
	gone := `{"node":"` + uuid.NewString() + `"`
	say(gone + `}`)
	say(gone + `,"gone":true}`)
	say(`{"node":"` + uuid.NewString() + `"}`)
	eventually(t, "the node is known", func() bool { return a.bus.Peers() == 1 })
	eventually(t, "the silence is noticed", func() bool { return a.bus.LimitTTL(time.Hour) == cache.DegradedTTL })
	if got := a.get(t, "list", "after", false); got != "after" {
		t.Errorf("a response of before is served: %q", got)
	}
	if a.bus.InSync() {
		t.Error("Redis is trusted")
	}
}
