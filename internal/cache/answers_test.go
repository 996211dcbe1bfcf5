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

// library is a node that keeps answers.
type library struct {
	*node
	answers *cache.Answers
	reads   int
}

func newLibrary(t *testing.T, at *clock, redis string) *library {
	t.Helper()
	inner, _ := storetest.SQLite(t)
	n := newNode(t, inner, at, redis)
	ring, err := identity.NewKeyring([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	if redis != "" {
		n.listen(t)
	}
	return &library{node: n, answers: cache.NewAnswers(n.versions, at.Now, n.bus, ring)}
}

// ask returns the answer to a question; text is what reading would give.
func (l *library) ask(t *testing.T, key, text string, local bool) string {
	t.Helper()
	data, err := l.answers.Answer(t.Context(), key, time.Minute, local, []string{identity.CacheTagUsers}, func(context.Context) ([]byte, error) {
		l.reads++
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

func TestAnswersAreSharedThroughRedisUntilASubjectChanges(t *testing.T) {
	t.Parallel()
	at := newClock()
	a, b := newLibrary(t, at, redisURL(t)), newLibrary(t, at, redisURL(t))
	for _, l := range []*library{a, a, b, b} {
		if got := l.ask(t, "list", "one", false); got != "one" {
			t.Errorf("got %q", got)
		}
	}
	if a.reads != 1 || b.reads != 0 {
		t.Errorf("%d and %d reads", a.reads, b.reads)
	}
	if memory, shared, read := b.answers.Stats(); memory != 1 || shared != 1 || read != 0 {
		t.Errorf("found %d in memory, %d in Redis, %d were read", memory, shared, read)
	}
	at.advance(59 * time.Second)
	b.ask(t, "list", "old", false)
	at.advance(time.Second) // an answer from Redis is as old as when it was read
	if got := b.ask(t, "list", "two", false); got != "two" {
		t.Errorf("after its life: %q", got)
	}
	a.bus.Bump(t.Context(), identity.CacheTagUsers)
	if got := a.ask(t, "list", "three", false); got != "three" {
		t.Errorf("on the node of the write: %q", got)
	}
	eventually(t, "the other node hears", func() bool { return b.ask(t, "list", "three", false) == "three" })
	if got := b.ask(t, "another", "x", true); got != "x" {
		t.Errorf("local: %q", got)
	}
	if got := a.ask(t, "another", "y", true); got != "y" {
		t.Errorf("a local answer was shared: %q", got)
	}
}

// TestAPlantedAnswerIsNotServed puts old, foreign and made up answers into Redis.
func TestAPlantedAnswerIsNotServed(t *testing.T) {
	t.Parallel()
	at := newClock()
	a := newLibrary(t, at, redisURL(t))
	client := connect(t)
	a.ask(t, "mine", "secret of alice", false)
	a.ask(t, "other", "of another question", false)
	for _, value := range contents(t, client) {
		if strings.Contains(value, "alice") {
			t.Error("an answer can be read in Redis")
		}
	}
	mine, other := spaceOf(t)+"answer:mine", spaceOf(t)+"answer:other"
	old := client.Get(t.Context(), mine).Val()
	foreign := client.Get(t.Context(), other).Val()
	if old == "" || foreign == "" {
		t.Fatal("nothing was kept in Redis")
	}
	for name, planted := range map[string]string{"old": old, "of another question": foreign, "made up": "{}", "empty": ""} {
		a.bus.Bump(t.Context(), identity.CacheTagUsers)
		if err := client.Set(t.Context(), mine, planted, time.Minute).Err(); err != nil {
			t.Fatal(err)
		}
		if got := a.ask(t, "mine", "fresh", false); got != "fresh" {
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
	b := newLibrary(t, at, redisURL(t))
	client.Set(t.Context(), mine, current, time.Minute)
	if got := b.ask(t, "mine", "anew", false); got != "anew" {
		t.Errorf("after the loss of the versions: %q", got)
	}
}

func TestAnErrorIsNotAnAnswer(t *testing.T) {
	t.Parallel()
	a := newLibrary(t, newClock(), redisURL(t))
	fault := errors.New("away")
	_, err := a.answers.Answer(t.Context(), "k", time.Minute, false, nil, func(context.Context) ([]byte, error) { return nil, fault })
	if !errors.Is(err, fault) {
		t.Errorf("got %v", err)
	}
	if got := a.ask(t, "k", "there", false); got != "there" {
		t.Errorf("the error is kept: %q", got)
	}
}

// TestASilentNodeIsDoubted: a node was heard and says nothing any more, not even goodbye. What it has written last may
// not have been told.
func TestASilentNodeIsDoubted(t *testing.T) {
	t.Parallel()
	at := newClock()
	a := newLibrary(t, at, redisURL(t))
	a.ask(t, "list", "before", false)
	client := connect(t)
	space := spaceOf(t)
	say := func(text string) { client.Publish(t.Context(), space+"changed", text) }
	say(`{"node":"` + uuid.NewString() + `","names":["users"]}`) // a command
	gone := `{"node":"` + uuid.NewString() + `"`
	say(gone + `}`)
	say(gone + `,"gone":true}`)
	say(`{"node":"` + uuid.NewString() + `"}`)
	eventually(t, "the node is known", func() bool { return a.bus.Peers() == 1 })
	eventually(t, "the silence is noticed", func() bool { return a.bus.Limit(time.Hour) == cache.Unheard })
	if got := a.ask(t, "list", "after", false); got != "after" {
		t.Errorf("an answer of before is served: %q", got)
	}
	if a.bus.Heard() {
		t.Error("Redis is trusted")
	}
}
